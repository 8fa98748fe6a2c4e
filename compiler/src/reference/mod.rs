//! The reference evaluator: what a ruleset means, as a plain walk over the
//! checked tree.
//!
//! In: checked trees and the facts of a request. Out: values, faults and whole
//! decisions. It is the oracle that the bytecode interpreter is compared with,
//! it folds constants for `check`, and it answers `explain`; so it is written
//! to be read, not to be fast. The leaves (what `+` or `indexOf` is) are those of
//! [`rulestone_format::meaning`]; this folder adds what absorbs a fault, what is
//! evaluated in which order, and what lists and maps are.
//!
//! Recursion, work and the size of values are bounded ([`limits`]):
//! source text is not trusted.

mod arguments;
mod builtins;
mod decide;
mod evaluator;
mod expression;
mod facts;
mod format;
pub mod limits;
mod lists;
mod macros;
mod operators;
mod text;
mod values;

#[cfg(test)]
mod tests;

pub use decide::{Decision, DecisionError, decide};
pub(crate) use evaluator::constant_within;
pub use evaluator::{Evaluator, constant};
pub use facts::Facts;
