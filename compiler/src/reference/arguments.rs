//! Taking the plain values out of arguments, by the types that a function of
//! [`rulestone_format::meaning`] has.
//!
//! What has another type or number than the checker promised is
//! [`UNCHECKED`].

use crate::check::value::Value;
use rulestone_format::meaning::{Fault, Outcome, Point, Timestamp};

/// For what the checker rules out: a value of another type than the tree says, a
/// name that nothing binds.
pub(super) const UNCHECKED: Fault = Fault::Unreachable;

/// A duration in nanoseconds, which would otherwise be taken for an int.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nanoseconds(pub(super) i64);

/// What an argument can be taken as.
pub(super) trait Argument<'v>: Sized {
    fn of(value: &'v Value) -> Option<Self>;
}

macro_rules! arguments {
    ($( $plain:ty: $pattern:pat => $taken:expr; )+) => {
        $(
            impl<'v> Argument<'v> for $plain {
                fn of(value: &'v Value) -> Option<Self> {
                    match value {
                        $pattern => Some($taken),
                        _ => None,
                    }
                }
            }
        )+
    };
}

arguments! {
    bool: Value::Bool(value) => *value;
    i64: Value::Int(value) => *value;
    u64: Value::Uint(value) => *value;
    f64: Value::Double(value) => *value;
    &'v str: Value::String(value) => value;
    &'v [u8]: Value::Bytes(value) => value;
    Timestamp: Value::Timestamp(value) => *value;
    Nanoseconds: Value::Duration(value) => Nanoseconds(*value);
    Point: Value::Point(value) => *value;
    &'v [Value]: Value::List(value) => value;
}

/// One value as what it should be.
pub(super) fn take<'v, A: Argument<'v>>(value: &'v Value) -> Outcome<A> {
    A::of(value).ok_or(UNCHECKED)
}

/// The only argument.
pub(super) fn one<'v, A: Argument<'v>>(arguments: &'v [Value]) -> Outcome<A> {
    match arguments {
        [a] => take(a),
        _ => Err(UNCHECKED),
    }
}

/// The two arguments.
pub(super) fn two<'v, A, B>(arguments: &'v [Value]) -> Outcome<(A, B)>
where
    A: Argument<'v>,
    B: Argument<'v>,
{
    match arguments {
        [a, b] => Ok((take(a)?, take(b)?)),
        _ => Err(UNCHECKED),
    }
}

/// The three arguments.
pub(super) fn three<'v, A, B, C>(arguments: &'v [Value]) -> Outcome<(A, B, C)>
where
    A: Argument<'v>,
    B: Argument<'v>,
    C: Argument<'v>,
{
    match arguments {
        [a, b, c] => Ok((take(a)?, take(b)?, take(c)?)),
        _ => Err(UNCHECKED),
    }
}

/// The four arguments.
pub(super) fn four<'v, A, B, C, D>(arguments: &'v [Value]) -> Outcome<(A, B, C, D)>
where
    A: Argument<'v>,
    B: Argument<'v>,
    C: Argument<'v>,
    D: Argument<'v>,
{
    match arguments {
        [a, b, c, d] => Ok((take(a)?, take(b)?, take(c)?, take(d)?)),
        _ => Err(UNCHECKED),
    }
}
