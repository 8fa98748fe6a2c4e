//! Values of decisions as values of Rust and of serde.

use super::value::{ListRef, MapRef, ValueRef, WrongType};
use super::{Decision, DecisionError, Rules};
use crate::json;
use rulestone_format::meaning::{Outcome, Point, Sink, Timestamp, double, duration};
use serde::ser::{Error, Serialize, SerializeMap, SerializeStruct, Serializer};

impl ValueRef<'_> {
    fn type_name(&self) -> &'static str {
        match self {
            ValueRef::Bool(_) => "bool",
            ValueRef::Int(_) => "int",
            ValueRef::Uint(_) => "uint",
            ValueRef::Double(_) => "double",
            ValueRef::String(_) => "string",
            ValueRef::Bytes(_) => "bytes",
            ValueRef::Timestamp(_) => "timestamp",
            ValueRef::Duration(_) => "duration",
            ValueRef::Point(_) => "point",
            ValueRef::List(_) => "list",
            ValueRef::Map(_) => "map",
        }
    }
}

macro_rules! converts {
    ($($variant:ident, $name:literal => $type:ty;)*) => {$(
        impl<'s> TryFrom<ValueRef<'s>> for $type {
            type Error = WrongType;

            fn try_from(value: ValueRef<'s>) -> Result<Self, WrongType> {
                match value {
                    ValueRef::$variant(value) => Ok(value),
                    other => Err(WrongType { wanted: $name, found: other.type_name() }),
                }
            }
        }
    )*};
}

// A duration is a number of nanoseconds, and an int is none.
converts! {
    Bool, "bool" => bool;
    Int, "int" => i64;
    Uint, "uint" => u64;
    Double, "double" => f64;
    String, "string" => &'s str;
    Bytes, "bytes" => &'s [u8];
    Timestamp, "timestamp" => Timestamp;
    Point, "point" => Point;
    List, "list" => ListRef<'s>;
    Map, "map" => MapRef<'s>;
}

/// Longer than any timestamp or duration.
const LONGEST: usize = 64;

fn text<S: Serializer>(
    serializer: S,
    write: impl FnOnce(&mut Sink<'_>) -> Outcome<()>,
) -> Result<S::Ok, S::Error> {
    let mut buffer = [0; LONGEST];
    let mut sink = Sink::new(&mut buffer);
    write(&mut sink).map_err(|fault| S::Error::custom(fault.message()))?;
    serializer.serialize_str(std::str::from_utf8(sink.written()).map_err(S::Error::custom)?)
}

/// As in a decision's JSON: timestamps, durations, bytes and what is no number are text.
impl Serialize for ValueRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            ValueRef::Bool(value) => serializer.serialize_bool(value),
            ValueRef::Int(value) => serializer.serialize_i64(value),
            ValueRef::Uint(value) => serializer.serialize_u64(value),
            ValueRef::Double(value) if value.is_finite() => serializer.serialize_f64(value),
            ValueRef::Double(value) => {
                text(serializer, |sink| double::write_positional(value, sink))
            }
            ValueRef::String(text) => serializer.serialize_str(text),
            ValueRef::Bytes(bytes) => serializer.serialize_str(&json::base64(bytes)),
            ValueRef::Timestamp(moment) => text(serializer, |sink| moment.write(sink)),
            ValueRef::Duration(span) => text(serializer, |sink| duration::write(span, sink)),
            ValueRef::Point(point) => {
                let mut members = serializer.serialize_struct("Point", 2)?;
                members.serialize_field("lat", &ValueRef::Double(point.lat))?;
                members.serialize_field("lon", &ValueRef::Double(point.lon))?;
                members.end()
            }
            ValueRef::List(list) => serializer.collect_seq(list),
            ValueRef::Map(map) => serializer.collect_map(map),
        }
    }
}

impl Serialize for ListRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(*self)
    }
}

impl Serialize for MapRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(*self)
    }
}

/// Their ids.
impl Serialize for Rules<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.clone().map(|rule| rule.id()))
    }
}

/// What [`Decision::write_json`] writes.
impl Serialize for Decision<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let errors = self.errors();
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("matched", &self.matched())?;
        members.serialize_entry("outputs", &Outputs(self))?;
        if errors.len() > 0 {
            members.serialize_entry("errors", &errors.collect::<Vec<_>>())?;
        }
        members.end()
    }
}

struct Outputs<'d, 's>(&'d Decision<'s>);

impl Serialize for Outputs<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let outputs = self.0.outputs();
        serializer.collect_map(outputs.filter_map(|(name, value)| Some((name, value?))))
    }
}

impl Serialize for DecisionError<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        match self {
            DecisionError::Output { rule, output, fault } => {
                members.serialize_entry("kind", "output")?;
                members.serialize_entry("rule", rule.id())?;
                members.serialize_entry("output", output)?;
                members.serialize_entry("message", fault.message())?;
            }
            DecisionError::Conflict { group, rules } => {
                members.serialize_entry("kind", "conflict")?;
                members.serialize_entry("group", group)?;
                members.serialize_entry("rules", rules)?;
            }
        }
        members.end()
    }
}
