//! What doesn't fit into an archive, as a finding.
//!
//! `check` refuses most of what an archive can't hold where it is written. What
//! depends on the code that an expression becomes is known only here.

use crate::check::tree::Place;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::span::Span;
use rulestone_format::verify::{Limits, MAX_LOOPS, MAX_TYPES};

/// Something needs more than an archive can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Excess {
    /// Registers or instructions of one unit.
    Code,
    /// Loops within one another.
    Loops,
    /// Types of all values together.
    Types,
    /// Bytes of all tables together.
    Bytes,
    /// Comparisons of one rule.
    Comparisons,
    /// Values that all rules compare one fact or expression with.
    Cuts,
    /// Items of all lists that rules compare facts with.
    Lists,
}

/// What is too much, and at which expression, if not all of a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exceeded {
    pub(super) excess: Excess,
    pub(super) place: Option<Place>,
}

impl From<Excess> for Exceeded {
    fn from(excess: Excess) -> Exceeded {
        Exceeded { excess, place: None }
    }
}

impl Excess {
    pub(crate) fn finding(self, span: Span) -> Diagnostic {
        let (code, message, help) = match self {
            Excess::Code => (
                Code::TooComplex,
                "this needs more code than an archive can hold".to_owned(),
                "split it into several rules or variables",
            ),
            Excess::Loops => (
                Code::TooComplex,
                format!("macros are nested more than {MAX_LOOPS} deep here"),
                "make a variable of the inner ones",
            ),
            Excess::Types => (
                Code::TooMany,
                format!("up to here there are more than {MAX_TYPES} types of lists and maps"),
                "use fewer lists of lists and maps of maps",
            ),
            Excess::Bytes => (
                Code::TooLarge,
                format!(
                    "up to here the archive would be larger than the {} MiB that servers load",
                    Limits::DEFAULT.bytes >> 20
                ),
                "split the ruleset, or use shorter texts and lists",
            ),
            Excess::Comparisons => (
                Code::TooComplex,
                "this asks more questions than a rule of an archive can".to_owned(),
                "split it into several rules or variables",
            ),
            Excess::Cuts => (
                Code::TooMany,
                "up to here the same fact or expression is compared with more values than an \
                 archive can hold"
                    .to_owned(),
                "use fewer schedules, or schedules of fewer windows",
            ),
            Excess::Lists => (
                Code::TooComplex,
                "with this rule, which changes a long list or copies it, the lists that rules \
                 compare facts with are too long together"
                    .to_owned(),
                "rules that use one constant list as it is share it; `x in constants.list && \
                 x != 7`, or a list with an item added, is a list of its own: put what differs \
                 into a variable or another condition",
            ),
        };
        Diagnostic::new(code, message).at(span, "").help(help)
    }
}
