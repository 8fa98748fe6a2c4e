//! How much an evaluation may take before it ends with
//! [`Fault::TooLong`](rulestone_format::meaning::Fault::TooLong).
//!
//! Rulesets that `check` accepts and facts within their declared bounds stay far
//! below all of these.

/// How deep trees and values may nest. The parser allows 96 levels, and
/// conditions nest 64 deep. Even a debug build walks twice this deep (an
/// expression, and within it a variable) on a thread of 2 MiB.
pub const DEPTH: usize = 320;

/// Bytes of a text, items of a list, entries of a map.
pub const LENGTH: usize = 16 << 20;

/// Steps for one expression, and for each variable that it is the first to read.
/// A step is a node of the tree, a turn of a loop, an item of a list that is
/// looked at or made, or [`BYTES_A_STEP`] bytes of text.
pub const STEPS: usize = 50_000_000;

/// Steps for one expression of constants: well below a second.
pub const CONSTANT_STEPS: usize = 1_000_000;

/// How many bytes of text are one step.
pub const BYTES_A_STEP: usize = 16;
