//! What can be wrong with a CEL text, as the lexer and the parser report it.
//! The first error ends the parse, so there is one of these for a text.

use std::fmt;

use super::ast::Range;

/// Why a CEL text was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The class of the error, stable enough to map to a diagnostic code.
    pub kind: ErrorKind,
    /// The bytes of the text that are at fault.
    pub range: Range,
    /// What was found and what was expected, in one line.
    pub message: String,
    /// What to write instead, where that can be guessed.
    pub help: Option<String>,
}

/// The classes of [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The text doesn't follow the grammar.
    Syntax,
    /// The expression is nested deeper than [`Limits::depth`](super::Limits::depth).
    Depth,
    /// The text is longer, or has more parts, than [`Limits`](super::Limits) allows.
    Size,
    /// A number that its type can't hold.
    Number,
    /// A bad escape sequence, or a string that is never closed.
    Escape,
    /// Syntax that CEL has and this language leaves out: optionals.
    Outside,
}

impl Error {
    pub(super) fn new(kind: ErrorKind, range: Range, message: impl Into<String>) -> Self {
        Self { kind, range, message: message.into(), help: None }
    }

    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.message)?;
        match &self.help {
            Some(help) => write!(formatter, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
