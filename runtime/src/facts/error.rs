//! Why facts were refused: which fact, what was expected, what was found.

use super::found::Found;
use std::fmt::{self, Write};

/// Facts that cannot be put into a frame. Its text is one line that begins
/// with the fact, such as `player.level: expected int, found "ten"`; of several
/// problems, one after the other with semicolons between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactsError {
    /// In a box, since errors are rare and results are passed by value.
    inner: Box<Inner>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    path: String,
    problem: Problem,
    /// Further problems, each of which has none.
    others: Vec<FactsError>,
}

/// What is wrong with a fact, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FactsErrorKind {
    /// A value of another type, or out of range for its type.
    WrongType,
    /// A fact that is not optional is missing.
    Missing,
    /// A bound is exceeded.
    TooLong,
    /// The schema has no such fact.
    Unknown,
    /// A fact or a key of a map is there twice.
    Repeated,
    /// The value's own serialisation failed.
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    Expected {
        expected: String,
        found: String,
    },
    Missing,
    /// Typed facts have no field for it.
    NoField,
    Items {
        count: u64,
        bound: u32,
    },
    Bytes {
        length: u64,
        bound: u32,
    },
    KeyBytes {
        length: usize,
        bound: u32,
    },
    FrameTooLarge,
    Unknown {
        suggestion: Option<String>,
    },
    Repeated,
    RepeatedKey {
        key: String,
    },
    Custom(String),
}

impl FactsError {
    pub(super) fn new(problem: Problem) -> FactsError {
        FactsError::at(String::new(), problem)
    }

    pub(super) fn expected(expected: impl Into<String>, found: &Found<'_>) -> FactsError {
        FactsError::new(Problem::Expected { expected: expected.into(), found: found.to_string() })
    }

    pub(super) fn unknown(path: String, suggestion: Option<String>) -> FactsError {
        FactsError::at(path, Problem::Unknown { suggestion })
    }

    fn at(path: String, problem: Problem) -> FactsError {
        FactsError { inner: Box::new(Inner { path, problem, others: Vec::new() }) }
    }

    /// This problem, after those that were found before.
    pub(super) fn after(mut self, before: Option<FactsError>) -> FactsError {
        let Some(mut first) = before else { return self };
        let others = std::mem::take(&mut self.inner.others);
        first.inner.others.push(self);
        first.inner.others.extend(others);
        first
    }

    /// Puts what encloses the wrong value before its path.
    pub(super) fn prefix(mut self, prefix: &str) -> FactsError {
        self.inner.path.insert_str(0, prefix);
        for other in &mut self.inner.others {
            other.inner.path.insert_str(0, prefix);
        }
        self
    }

    pub(super) fn in_item(self, index: u64) -> FactsError {
        self.prefix(&format!("[{index}]"))
    }

    pub(super) fn in_entry(self, key: &str) -> FactsError {
        self.prefix(&format!("[{}]", Found::Str(key)))
    }

    /// Each problem by itself, this one first.
    pub fn problems(&self) -> impl Iterator<Item = FactsError> {
        let first = FactsError::at(self.inner.path.clone(), self.inner.problem.clone());
        std::iter::once(first).chain(self.inner.others.iter().cloned())
    }

    /// The path of the fact, with the item of it that is wrong, such as
    /// `player.tags[2]`. Empty if it is the facts as a whole.
    pub fn path(&self) -> &str {
        &self.inner.path
    }

    /// What is wrong, for programs.
    pub fn kind(&self) -> FactsErrorKind {
        match self.inner.problem {
            Problem::Expected { .. } => FactsErrorKind::WrongType,
            Problem::Missing | Problem::NoField => FactsErrorKind::Missing,
            Problem::Items { .. }
            | Problem::Bytes { .. }
            | Problem::KeyBytes { .. }
            | Problem::FrameTooLarge => FactsErrorKind::TooLong,
            Problem::Unknown { .. } => FactsErrorKind::Unknown,
            Problem::Repeated | Problem::RepeatedKey { .. } => FactsErrorKind::Repeated,
            Problem::Custom(_) => FactsErrorKind::Other,
        }
    }
}

impl fmt::Display for FactsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt_first(f)?;
        self.inner.others.iter().try_for_each(|other| write!(f, "; {other}"))
    }
}

impl Inner {
    fn fmt_first(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { path, problem, .. } = self;
        if let Problem::Unknown { suggestion } = problem {
            f.write_str("unknown fact ")?;
            write_path(path, f)?;
            return match suggestion {
                Some(suggestion) => write!(f, " (did you mean {suggestion}?)"),
                None => Ok(()),
            };
        }
        if !path.is_empty() {
            write_path(path, f)?;
            f.write_str(": ")?;
        }
        match problem {
            Problem::Expected { expected, found } => {
                write!(f, "expected {expected}, found {found}")
            }
            Problem::Missing => f.write_str("missing"),
            Problem::NoField => f.write_str("the fact is not optional, and no field gives it"),
            Problem::Items { count, bound } => write!(f, "{count} items, at most {bound}"),
            Problem::Bytes { length, bound } => write!(f, "{length} bytes, at most {bound}"),
            Problem::KeyBytes { length, bound } => {
                write!(f, "a key of {length} bytes, at most {bound}")
            }
            Problem::FrameTooLarge => f.write_str("the facts are too large for one frame"),
            // Written above.
            Problem::Unknown { .. } => Ok(()),
            Problem::Repeated => f.write_str("given twice"),
            Problem::RepeatedKey { key } => write!(f, "key {} given twice", Found::Str(key)),
            Problem::Custom(message) => f.write_str(message),
        }
    }
}

/// Characters of a path that are shown. An unknown name may be of any length.
const SHOWN_PATH: usize = 200;

/// Escapes what would break the line or hide in it; keys of maps stand in the
/// path in quotes, and are escaped already.
fn write_path(path: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for character in path.chars().take(SHOWN_PATH) {
        match character {
            '"' | '\'' | '\\' => f.write_char(character)?,
            other => other.escape_debug().try_for_each(|c| f.write_char(c))?,
        }
    }
    if path.chars().nth(SHOWN_PATH).is_some() {
        f.write_char('…')?;
    }
    Ok(())
}

impl std::error::Error for FactsError {}

/// A type's own `Serialize` may fail.
impl serde::ser::Error for FactsError {
    fn custom<T: fmt::Display>(message: T) -> FactsError {
        FactsError::new(Problem::Custom(message.to_string()))
    }
}
