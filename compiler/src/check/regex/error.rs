//! What a refusal of a pattern says.

/// Why a pattern can't be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegexError {
    pub kind: RegexErrorKind,
    pub message: String,
    /// The half-open range of the pattern's bytes that is at fault, if it is
    /// not the pattern as a whole.
    pub range: Option<(u32, u32)>,
    pub help: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegexErrorKind {
    /// Not a regular expression.
    Syntax,
    /// Has a meaning in other engines, none in RE2.
    Unsupported,
    /// Above a bound on the pattern or its automaton.
    TooLarge,
    /// Too much together with the patterns before it.
    TooMany,
}

pub(super) fn syntax(message: impl Into<String>, start: usize, end: usize) -> RegexError {
    RegexError {
        kind: RegexErrorKind::Syntax,
        message: message.into(),
        range: range(start, end),
        help: None,
    }
}

pub(super) fn unsupported(message: impl Into<String>, start: usize, end: usize) -> RegexError {
    RegexError { kind: RegexErrorKind::Unsupported, ..syntax(message, start, end) }
}

impl RegexError {
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Offsets within a pattern, which is bounded far below what 32 bits hold.
pub(super) fn range(start: usize, end: usize) -> Option<(u32, u32)> {
    Some((u32::try_from(start).ok()?, u32::try_from(end).ok()?))
}
