//! Where in a pattern its reader is.

use super::error::{RegexError, RegexErrorKind, range};

/// Characters that `(?i)` may look up, all classes together: 0.15 s of them.
const MAX_FOLDED: usize = 32 * 1024 * 1024;

/// What is left of a pattern, and what flags hold there.
pub(super) struct Cursor<'p> {
    pub(super) pattern: &'p str,
    pub(super) at: usize,
    pub(super) flags: Flags,
    /// How many characters may still be folded.
    foldable: usize,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    /// `i`
    pub(super) ignores_case: bool,
    /// `m`
    pub(super) is_multi_line: bool,
    /// `s`
    pub(super) dot_matches_newline: bool,
}

impl<'p> Cursor<'p> {
    pub(super) fn new(pattern: &'p str) -> Cursor<'p> {
        Cursor { pattern, at: 0, flags: Flags::default(), foldable: MAX_FOLDED }
    }

    pub(super) fn rest(&self) -> &'p str {
        self.pattern.get(self.at..).unwrap_or("")
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    pub(super) fn take(&mut self, text: &str) -> bool {
        let is_next = self.rest().starts_with(text);
        if is_next {
            self.at += text.len();
        }
        is_next
    }

    /// Takes characters out of those that may be folded, for what began at `start`.
    pub(super) fn pay_for_folding(
        &mut self,
        characters: usize,
        start: usize,
    ) -> Result<(), RegexError> {
        let left = self.foldable.checked_sub(characters);
        self.foldable = left.ok_or_else(|| too_much_to_fold(start, self.at))?;
        Ok(())
    }
}

fn too_much_to_fold(start: usize, end: usize) -> RegexError {
    RegexError {
        kind: RegexErrorKind::TooLarge,
        message: "too many large classes under `(?i)`".to_owned(),
        range: range(start, end),
        help: Some("set `(?i:...)` around letters only".to_owned()),
    }
}
