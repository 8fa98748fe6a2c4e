//! The native twin of a ruleset: a crate of plain Rust that decides as the
//! ruleset does, such as a good engineer would write by hand.
//!
//! In: a checked ruleset. Out: the files of a crate without dependencies
//! ([`Crate`]), or what the twin can't say ([`Refused`]). It shares no code with
//! the interpreter, so that it is a further witness of what rules mean, and a
//! yardstick for how fast they can be.
//!
//! A fault is `None`: a value that may fail is written with `?` inside of a
//! closure that gives an `Option` (`value`). A condition asks only whether an
//! expression is definitely true, or definitely false; there a fault is `false`,
//! negations stand at the leaves only, and `&&` and `||` are Rust's (`condition`).

mod code;
mod comparison;
mod condition;
mod decision;
mod facts;
mod layout;
mod lists;
mod membership;
mod names;
mod refused;
mod rules;
mod support;
mod value;
mod variables;
mod writer;

#[cfg(test)]
mod tests;

pub use layout::Crate;
pub use refused::Refused;

use crate::check::checked;
use crate::source::Sources;

/// Writes a ruleset as a crate with these items:
///
/// - `struct Facts`: the facts of a request, one field each, named by the path
///   joined by `_`; an enum is the index of its value (`values::FACT::VALUE`), a
///   point is `(lat, lon)`, an optional fact an `Option`, and one that has a default is to be given it;
/// - `RULES`: the ids in decision order;
/// - `fn matching(&Facts, &mut Vec<u32>)`: which rules match, before hit policies;
/// - `fn decide(&Facts, &mut Decision)`: the rules that are kept and the outputs,
///   if every output is covered.
///
/// Neither function allocates once its buffers have grown. `sources` is where
/// the ruleset came from; it gives the hash that stands in the files.
///
/// # Errors
/// The first condition, schedule or rollout that has something not covered.
pub fn emit(ruleset: &checked::Ruleset, sources: &Sources) -> Result<Crate, Refused> {
    layout::lay_out(ruleset, sources)
}
