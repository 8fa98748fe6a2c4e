//! The static types of the language, and how they come together.

use std::fmt;

/// The type of an expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    Point,
    List(Box<Type>),
    Map(Box<Type>, Box<Type>),
    /// Of an expression that never has a value, such as an item of `[]`. It
    /// stands in for any type.
    Never,
}

impl Type {
    pub fn list(element: Type) -> Type {
        Type::List(Box::new(element))
    }

    pub fn map(key: Type, value: Type) -> Type {
        Type::Map(Box::new(key), Box::new(value))
    }

    /// The type that values of both have, if there is one: they are the same
    /// but for parts that are [`Type::Never`] in one of them.
    pub fn join(&self, other: &Type) -> Option<Type> {
        Some(match (self, other) {
            (Type::Never, t) | (t, Type::Never) => t.clone(),
            (Type::List(a), Type::List(b)) => Type::list(a.join(b)?),
            (Type::Map(k1, v1), Type::Map(k2, v2)) => Type::map(k1.join(k2)?, v1.join(v2)?),
            (a, b) if a == b => a.clone(),
            _ => return None,
        })
    }

    pub fn is_number(&self) -> bool {
        matches!(self, Type::Int | Type::Uint | Type::Double)
    }

    /// Whether a map may have keys of this type.
    pub fn is_key(&self) -> bool {
        matches!(self, Type::Bool | Type::Int | Type::Uint | Type::String | Type::Never)
    }

    /// Whether [`Type::Never`] is the type or a part of it.
    pub fn has_never(&self) -> bool {
        match self {
            Type::Never => true,
            Type::List(element) => element.has_never(),
            Type::Map(key, value) => key.has_never() || value.has_never(),
            _ => false,
        }
    }

    /// How deep lists and maps nest.
    pub fn depth(&self) -> usize {
        match self {
            Type::List(element) => 1 + element.depth(),
            Type::Map(key, value) => 1 + key.depth().max(value.depth()),
            _ => 0,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Bool => f.write_str("bool"),
            Type::Int => f.write_str("int"),
            Type::Uint => f.write_str("uint"),
            Type::Double => f.write_str("double"),
            Type::String => f.write_str("string"),
            Type::Bytes => f.write_str("bytes"),
            Type::Timestamp => f.write_str("timestamp"),
            Type::Duration => f.write_str("duration"),
            Type::Point => f.write_str("point"),
            Type::List(element) => write!(f, "list({element})"),
            Type::Map(key, value) => write!(f, "map({key}, {value})"),
            Type::Never => f.write_str("nothing"),
        }
    }
}
