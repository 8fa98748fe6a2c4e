//! Text, places and moments: what nodes do that isn't a builtin.
//!
//! In: parts of the tree. Out: values; text within the bounds.

use super::arguments::{UNCHECKED, take};
use super::expression::Walk;
use super::{format, limits, values};
use crate::check::tree::{Expr, FenceId, ZoneRef};
use crate::check::value::Value;
use crate::check::zone::offset_at;
use crate::source::model::{self, Shape};
use regex_automata::dfa::sparse;
use rulestone_format::code::Getter;
use rulestone_format::meaning::{
    COLLECT_LIMIT, Fault, Outcome, Point, Timestamp, geo, regex, text,
};
use std::collections::hash_map::Entry;

impl<'a> Walk<'a> {
    pub(super) fn join(&mut self, list: &Expr, separator: &Expr) -> Outcome<Value> {
        let (items, separator) = (self.list(list)?, self.text(separator)?);
        self.spend(items.len())?;
        let parts: Vec<&str> = items.iter().map(take).collect::<Outcome<_>>()?;
        let separators = separator.len().saturating_mul(parts.len().saturating_sub(1));
        let length =
            parts.iter().fold(separators, |length, part| length.saturating_add(part.len()));
        if length > limits::LENGTH {
            return Err(Fault::TooLong);
        }
        self.made_text(Ok(Value::string(&parts.join(&separator))))
    }

    pub(super) fn split(&mut self, text: &Expr, separator: &Expr, limit: &Expr) -> Outcome<Value> {
        let (text, separator) = (self.text(text)?, self.text(separator)?);
        let limit = self.int(limit)?;
        let mut parts = Vec::new();
        for part in text::split(text.as_bytes(), separator.as_bytes(), limit) {
            self.spend(1 + part.len() / limits::BYTES_A_STEP)?;
            parts.push(Value::string(text::from_bytes(part)?));
        }
        Ok(Value::list(parts))
    }

    pub(super) fn matches(&mut self, text: &Expr, regex: u32) -> Outcome<Value> {
        let text = self.text(text)?;
        self.spend(text.len() / limits::BYTES_A_STEP)?;
        let automaton = self.automaton(regex)?;
        Ok(Value::Bool(regex::is_match(automaton, text.as_bytes())))
    }

    fn automaton(&mut self, regex: u32) -> Outcome<&sparse::DFA<&'a [u8]>> {
        match self.automata.entry(regex) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => {
                let regexes = self.world.regexes;
                let compiled = regexes.get(regex as usize).ok_or(UNCHECKED)?;
                let (automaton, _) =
                    sparse::DFA::from_bytes(&compiled.bytes).map_err(|_| UNCHECKED)?;
                Ok(unknown.insert(automaton))
            }
        }
    }

    pub(super) fn format(&mut self, text: &Expr, arguments: &[Expr]) -> Outcome<Value> {
        let text = self.text(text)?;
        let arguments = self.values(arguments)?;
        self.made_text(format::formatted(&text, &arguments))
    }

    pub(super) fn format_list(&mut self, text: &Expr, list: &Expr) -> Outcome<Value> {
        let text = self.text(text)?;
        let arguments = self.list(list)?;
        self.made_text(format::formatted(&text, &arguments))
    }

    pub(super) fn within(&mut self, point: &Expr, fence: FenceId) -> Outcome<Value> {
        let point = take(&self.value(point)?)?;
        let fences = self.world.fences;
        let fence = fences.get(fence.0 as usize).ok_or(UNCHECKED)?;
        Ok(Value::Bool(is_within(point, &fence.shape)))
    }

    pub(super) fn civil(
        &mut self,
        timestamp: &Expr,
        getter: Getter,
        zone: ZoneRef,
    ) -> Outcome<Value> {
        let timestamp: Timestamp = take(&self.value(timestamp)?)?;
        let offset = match zone {
            ZoneRef::Fixed(offset) => offset,
            ZoneRef::Named(index) => {
                let zones = self.world.zones;
                let zone = zones.get(index as usize).ok_or(UNCHECKED)?;
                offset_at(zone, timestamp.seconds)
            }
        };
        Ok(Value::Int(getter.read(timestamp, offset)))
    }

    pub(super) fn bucket(&mut self, by: &Expr, seed: &Expr) -> Outcome<Value> {
        let (by, seed) = (self.value(by)?, self.text(seed)?);
        self.spend_text(&by)?;
        values::bucket(&by, &seed).map(Value::Int)
    }

    /// Takes the steps for text or bytes that are read or made; none for another
    /// value.
    pub(super) fn spend_text(&mut self, value: &Value) -> Outcome<()> {
        let length = match value {
            Value::String(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        self.spend(length / limits::BYTES_A_STEP)
    }

    /// What became of text that was made, within the bounds.
    pub(super) fn made_text(&mut self, outcome: Outcome<Value>) -> Outcome<Value> {
        match outcome {
            Ok(Value::String(text)) if text.len() > limits::LENGTH => {
                self.spend(text.len() / limits::BYTES_A_STEP)?;
                Err(Fault::TooLong)
            }
            Ok(value) => {
                self.spend_text(&value)?;
                Ok(value)
            }
            Err(Fault::ScratchFull | Fault::TooLong) => {
                self.spend(COLLECT_LIMIT / limits::BYTES_A_STEP)?;
                Err(Fault::TooLong)
            }
            Err(fault) => Err(fault),
        }
    }
}

fn is_within(point: Point, shape: &Shape) -> bool {
    let vertex = |vertex: &model::Point| Point { lat: vertex.lat, lon: vertex.lon };
    match shape {
        Shape::Circle { center, radius_metres } => {
            geo::within_circle(point, vertex(center), *radius_metres)
        }
        Shape::Box { south, west, north, east } => {
            geo::within_box(point, *south, *west, *north, *east)
        }
        Shape::Polygon(vertices) => geo::within_polygon(point, vertices.iter().map(vertex)),
    }
}
