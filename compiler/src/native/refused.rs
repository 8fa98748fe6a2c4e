//! What a twin can't say.

use crate::source::Sources;
use crate::source::span::Span;
use std::fmt;

/// What stands in the ruleset and can't be written as a native twin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The id of the rule in which it stands; `None` where it stands in no rule.
    pub rule: Option<String>,
    /// What it is, as in "rollouts".
    pub construct: String,
    pub span: Option<Span>,
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
