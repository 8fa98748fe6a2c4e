//! The compiler of the Rulestone rule engine: rulesets in YAML with conditions
//! in CEL become one validated archive (`.stone`) that servers map at boot.
//!
//! ```text
//! YAML files -> source -> cel -> check -> lower -> index -> emit -> archive.stone
//! ```
//!
//! Each stage is a module, and a later one never reaches back. [`compile`] runs
//! them all. Everything that is wrong with a ruleset is told at once, as
//! [`diagnostic::Diagnostic`]s that point at the source.

#![forbid(unsafe_code)]

pub mod cel;
pub mod check;
mod compile;
pub mod diagnostic;
pub mod emit;
pub mod expression;
pub mod index;
pub mod lower;
pub mod native;
pub mod reference;
pub mod source;
pub mod visible;

pub use compile::{Checked, Compiled, Options, check_source, compile};
pub use index::Indexing;
