//! What every operation of the language means on plain values, said once.
//!
//! Constant folding, the reference evaluator and the bytecode interpreter all call the functions of this
//! folder, so that they cannot differ in a leaf. In come numbers, text and bytes; out comes a value or the
//! [`Fault`] that says why there is none. The semantics are those of the Common Expression Language
//! (<https://github.com/google/cel-spec>) as its conformance tests fix them, and of cel-go where these are silent.
//!
//! Nothing here allocates except [`collect`]: text is written into a caller's buffer through a [`Sink`].
//! Nothing here panics, whatever the input.
//!
//! Lists, maps and deep equality belong to the callers: they know how their values are laid out.

pub mod bucket;
pub mod clauses;
pub mod double;
pub mod duration;
mod fault;
pub mod geo;
pub mod integer;
pub mod numeral;
pub mod order;
mod orientation;
pub mod print;
pub mod regex;
mod sink;
pub mod text;
pub mod time;

pub use fault::{Fault, Outcome};
pub use geo::Point;
pub use numeral::Numeral;
pub use sink::{COLLECT_LIMIT, Sink, collect};
pub use time::Timestamp;

/// A scalar as printing and formatting see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'a> {
    /// A truth value.
    Bool(bool),
    /// A signed 64-bit integer.
    Int(i64),
    /// An unsigned 64-bit integer.
    Uint(u64),
    /// An IEEE 754 binary64 number.
    Double(f64),
    /// Text.
    String(&'a str),
    /// Bytes of any content.
    Bytes(&'a [u8]),
    /// A moment of UTC.
    Timestamp(Timestamp),
    /// A span of time in nanoseconds.
    Duration(i64),
}
