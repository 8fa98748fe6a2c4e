//! Macros: comprehensions over the items of a list or the entries of a map.
//!
//! In: a [`Macro`]. Out: its value. Each turn binds the macro's names and
//! evaluates its body; `all` and `exists` absorb faults of other turns, every
//! other form ends with its first fault.

use super::arguments::UNCHECKED;
use super::expression::{Absorption, Walk};
use super::limits;
use crate::check::tree::{Expr, Form, Local, Macro};
use crate::check::value::Value;
use rulestone_format::meaning::{Fault, Outcome};

/// What a comprehension goes through, and the names that it binds.
struct Turns<'m> {
    first: Local,
    second: Option<Local>,
    range: &'m Value,
}

impl Walk<'_> {
    pub(super) fn comprehension(&mut self, comprehension: &Macro) -> Outcome<Value> {
        let range = self.value(&comprehension.range)?;
        let turns =
            Turns { first: comprehension.first, second: comprehension.second, range: &range };
        match &comprehension.form {
            Form::All(body) => self.any_turn(&turns, body, false),
            Form::Exists(body) => self.any_turn(&turns, body, true),
            Form::ExistsOne(body) => self.exists_one(&turns, body),
            Form::List { filter, transform } => {
                self.transform_list(&turns, filter.as_ref(), transform)
            }
            Form::Map { filter, transform } => {
                self.transform_map(&turns, filter.as_ref(), transform)
            }
            Form::Entries { filter, entries } => {
                self.transform_entries(&turns, filter.as_ref(), entries)
            }
        }
    }

    fn any_turn(&mut self, turns: &Turns<'_>, body: &Expr, absorber: bool) -> Outcome<Value> {
        let mut absorption = Absorption::new(absorber);
        for turn in 0..turns.count()? {
            let outside = self.begin(turns, turn)?;
            let outcome = self.bool(body);
            self.forget_locals(outside);
            if absorption.is_decided_by(outcome) {
                break;
            }
        }
        absorption.outcome()
    }

    fn exists_one(&mut self, turns: &Turns<'_>, body: &Expr) -> Outcome<Value> {
        let mut holding = 0_usize;
        for turn in 0..turns.count()? {
            let outside = self.begin(turns, turn)?;
            let outcome = self.bool(body);
            self.forget_locals(outside);
            if outcome? {
                holding += 1;
            }
        }
        Ok(Value::Bool(holding == 1))
    }

    fn transform_list(
        &mut self,
        turns: &Turns<'_>,
        filter: Option<&Expr>,
        transform: &Expr,
    ) -> Outcome<Value> {
        let mut items = Vec::new();
        for turn in 0..turns.count()? {
            let outside = self.begin(turns, turn)?;
            let item = self.transformed(filter, transform);
            self.forget_locals(outside);
            items.extend(item?);
        }
        Ok(Value::list(items))
    }

    fn transform_map(
        &mut self,
        turns: &Turns<'_>,
        filter: Option<&Expr>,
        transform: &Expr,
    ) -> Outcome<Value> {
        let mut entries = Vec::new();
        for turn in 0..turns.count()? {
            let outside = self.begin(turns, turn)?;
            let value = self.transformed(filter, transform);
            self.forget_locals(outside);
            if let Some(value) = value? {
                entries.push((turns.key(turn)?, value));
            }
        }
        self.finish_map(entries)
    }

    fn transform_entries(
        &mut self,
        turns: &Turns<'_>,
        filter: Option<&Expr>,
        entries: &[(Expr, Expr)],
    ) -> Outcome<Value> {
        let mut made = Vec::new();
        for turn in 0..turns.count()? {
            let outside = self.begin(turns, turn)?;
            let outcome = self.add_entries(filter, entries, &mut made);
            self.forget_locals(outside);
            outcome?;
            if made.len() > limits::LENGTH {
                return Err(Fault::TooLong);
            }
        }
        self.finish_map(made)
    }

    /// Begins a turn: binds the names. What it returns is for
    /// [`Walk::forget_locals`], at the end of the turn.
    fn begin(&mut self, turns: &Turns<'_>, turn: usize) -> Outcome<usize> {
        self.spend(1)?;
        let (key, value) = (turns.key(turn)?, turns.value(turn)?);
        Ok(match (turns.second, turns.range) {
            (Some(second), _) => {
                let outside = self.bind_local(turns.first, Ok(key));
                self.bind_local(second, Ok(value));
                outside
            }
            (None, Value::List(_)) => self.bind_local(turns.first, Ok(value)),
            (None, _) => self.bind_local(turns.first, Ok(key)),
        })
    }

    /// `None` where the filter doesn't hold.
    fn transformed(&mut self, filter: Option<&Expr>, transform: &Expr) -> Outcome<Option<Value>> {
        if !self.passes(filter)? {
            return Ok(None);
        }
        self.value(transform).map(Some)
    }

    fn add_entries(
        &mut self,
        filter: Option<&Expr>,
        entries: &[(Expr, Expr)],
        made: &mut Vec<(Value, Value)>,
    ) -> Outcome<()> {
        if self.passes(filter)? {
            for (key, value) in entries {
                made.push((self.value(key)?, self.value(value)?));
            }
        }
        Ok(())
    }

    fn passes(&mut self, filter: Option<&Expr>) -> Outcome<bool> {
        match filter {
            Some(filter) => self.bool(filter),
            None => Ok(true),
        }
    }
}

impl Turns<'_> {
    fn count(&self) -> Outcome<usize> {
        match self.range {
            Value::List(items) => Ok(items.len()),
            Value::Map(entries) => Ok(entries.len()),
            _ => Err(UNCHECKED),
        }
    }

    /// The index of an item, or the key of an entry.
    fn key(&self, turn: usize) -> Outcome<Value> {
        match self.range {
            Value::Map(entries) => entries.get(turn).map(|(key, _)| key.clone()),
            _ => i64::try_from(turn).ok().map(Value::Int),
        }
        .ok_or(UNCHECKED)
    }

    fn value(&self, turn: usize) -> Outcome<Value> {
        match self.range {
            Value::List(items) => items.get(turn).cloned(),
            Value::Map(entries) => entries.get(turn).map(|(_, value)| value.clone()),
            _ => None,
        }
        .ok_or(UNCHECKED)
    }
}
