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
mod condition;
mod decision;
mod facts;
mod layout;
mod membership;
mod names;
mod rules;
mod support;
mod value;
mod variables;
mod writer;

#[cfg(test)]
mod tests;

use crate::check::checked;
use crate::source::Sources;
use crate::source::span::Span;
use std::fmt;

/// The files of a crate.
#[derive(Debug, Clone)]
pub struct Crate {
    /// Path within the crate, with `/`, and content.
    pub files: Vec<(String, String)>,
    /// Why there is no `decide`, only `matching`: an output is not covered.
    pub undecided: Option<Refused>,
}

/// What stands in the ruleset and can't be written as a native twin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The id of the rule in which it stands; `None` where it stands in no rule.
    pub rule: Option<String>,
    /// What it is, as in "rollouts".
    pub construct: String,
    pub span: Option<Span>,
}

/// Writes a ruleset as a crate with these items:
///
/// - `struct Facts`: the facts of a request, one field each, named by the path
///   joined by `_`; an enum is the index of its value (`values::FACT::VALUE`), a
///   point is `(lat, lon)`, an optional fact an `Option`;
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

impl Refused {
    /// The refusal in words, with file, line and column.
    pub fn message(&self, sources: &Sources) -> String {
        match self.span {
            Some(span) => {
                let (line, column) = sources.line_column(span.file, span.start);
                format!("{}:{line}:{column}: {self}", sources.path(span.file))
            }
            None => self.to_string(),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(rule) = &self.rule {
            write!(f, "rule `{rule}`: ")?;
        }
        write!(f, "a native twin has no {}", self.construct)
    }
}

impl std::error::Error for Refused {}
