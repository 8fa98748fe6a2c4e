//! Values as the compiler knows them: literals, constants, results of the
//! reference evaluator.

use super::types::Type;
use rulestone_format::meaning::{Point, Timestamp};
use std::cmp::Ordering;
use std::sync::Arc;

/// A value of the language.
#[derive(Debug, Clone)]
pub enum Value {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(Arc<str>),
    Bytes(Arc<[u8]>),
    Timestamp(Timestamp),
    /// Nanoseconds.
    Duration(i64),
    Point(Point),
    List(Arc<Vec<Value>>),
    /// In ascending order of keys ([`Value::compare_keys`]), each key once.
    Map(Arc<Vec<(Value, Value)>>),
}

impl Value {
    pub fn string(text: &str) -> Value {
        Value::String(Arc::from(text))
    }

    pub fn list(items: Vec<Value>) -> Value {
        Value::List(Arc::new(items))
    }

    /// Where the items of a list or a map, or long text lie: what has the same address
    /// is the same value. `None` of what is small.
    pub fn address(&self) -> Option<usize> {
        const LONG_TEXT: usize = 256;
        match self {
            Value::List(items) if !items.is_empty() => Some(Arc::as_ptr(items).addr()),
            Value::Map(entries) if !entries.is_empty() => Some(Arc::as_ptr(entries).addr()),
            Value::String(text) if text.len() > LONG_TEXT => Some(text.as_ptr().addr()),
            _ => None,
        }
    }

    /// Puts the entries in order. `None` where a key stands there twice.
    pub fn map(mut entries: Vec<(Value, Value)>) -> Option<Value> {
        entries.sort_by(|(a, _), (b, _)| a.compare_keys(b));
        let repeated = entries.windows(2).any(|pair| pair[0].0.compare_keys(&pair[1].0).is_eq());
        (!repeated).then(|| Value::Map(Arc::new(entries)))
    }

    /// The order of the keys of a map: false before true, numbers by value,
    /// strings by bytes.
    pub fn compare_keys(&self, other: &Value) -> Ordering {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Int(a), Value::Int(b)) => a.cmp(b),
            (Value::Uint(a), Value::Uint(b)) => a.cmp(b),
            (Value::String(a), Value::String(b)) => a.as_bytes().cmp(b.as_bytes()),
            _ => Ordering::Equal,
        }
    }

    /// Equality of the language: NaN equals nothing, lists and maps go deep.
    pub fn equals(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Uint(a), Value::Uint(b)) => a == b,
            (Value::Double(a), Value::Double(b)) => a == b,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::Timestamp(a), Value::Timestamp(b)) => a == b,
            (Value::Duration(a), Value::Duration(b)) => a == b,
            (Value::Point(a), Value::Point(b)) => a.lat == b.lat && a.lon == b.lon,
            (Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.equals(b))
            }
            (Value::Map(a), Value::Map(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(b.iter())
                        .all(|((ka, va), (kb, vb))| ka.equals(kb) && va.equals(vb))
            }
            _ => false,
        }
    }

    /// The type; [`Type::Never`] stands for the items of what is empty.
    pub fn ty(&self) -> Type {
        match self {
            Value::Bool(_) => Type::Bool,
            Value::Int(_) => Type::Int,
            Value::Uint(_) => Type::Uint,
            Value::Double(_) => Type::Double,
            Value::String(_) => Type::String,
            Value::Bytes(_) => Type::Bytes,
            Value::Timestamp(_) => Type::Timestamp,
            Value::Duration(_) => Type::Duration,
            Value::Point(_) => Type::Point,
            Value::List(items) => {
                let element = items
                    .iter()
                    .fold(Type::Never, |ty, item| ty.join(&item.ty()).unwrap_or(Type::Never));
                Type::list(element)
            }
            Value::Map(entries) => {
                let (key, value) =
                    entries.iter().fold((Type::Never, Type::Never), |(k, v), (key, value)| {
                        (
                            k.join(&key.ty()).unwrap_or(Type::Never),
                            v.join(&value.ty()).unwrap_or(Type::Never),
                        )
                    });
                Type::map(key, value)
            }
        }
    }
}
