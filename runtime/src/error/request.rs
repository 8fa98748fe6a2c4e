//! Why there is no decision about a request.

use rulestone_format::{Error, ErrorCode};
use std::fmt;

/// There is no decision about a request: its bytes are no frame of facts for the ruleset
/// (`F…`), or the decision exceeds a limit of its session (`D001`).
///
/// Its text is one line, and names the fact that is wrong, if one is:
/// `F010: a fact that is not optional is missing: player.level`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestError {
    error: Error,
    fact: Option<Box<str>>,
}

impl RequestError {
    /// An error about the fact of this path, if it is about one.
    #[cold]
    pub(crate) fn new(error: Error, fact: Option<&str>) -> RequestError {
        RequestError { error, fact: fact.map(Box::from) }
    }

    /// What it is, for programs.
    pub fn code(&self) -> ErrorCode {
        self.error.code()
    }

    /// The path of the fact that is wrong, if one is.
    pub fn fact(&self) -> Option<&str> {
        self.fact.as_deref()
    }

    /// The number of that fact in the schema.
    pub fn position(&self) -> Option<u64> {
        self.error.position()
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fact {
            Some(fact) => write!(f, "{}: {fact}", Error::new(self.error.code())),
            None => self.error.fmt(f),
        }
    }
}

impl std::error::Error for RequestError {}

impl From<Error> for RequestError {
    fn from(error: Error) -> RequestError {
        RequestError { error, fact: None }
    }
}

impl From<RequestError> for Error {
    fn from(error: RequestError) -> Error {
        error.error
    }
}
