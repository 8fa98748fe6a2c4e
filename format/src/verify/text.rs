//! Text of the data section: in range and UTF-8.
//!
//! Many records may name the same bytes. So that a small file can't make for
//! much work, short text is checked each time it is named (it costs no more
//! than some records), and long text once; long text that overlaps is paid for
//! from a budget in proportion to the data.

use crate::archive::{ArchivedText, Text};
use crate::error::{Error, ErrorCode};
use std::collections::HashSet;

/// Bytes up to which text is checked as often as it is named.
const SHORT: usize = 64;

/// How often a byte may be part of long text, on average.
const OVERLAP: usize = 4;

/// The data section, and which of its long text is known to be UTF-8.
#[derive(Debug)]
pub(super) struct Texts<'a> {
    data: &'a [u8],
    long: HashSet<(u32, u32)>,
    left: usize,
}

impl<'a> Texts<'a> {
    pub(super) fn new(data: &'a [u8]) -> Texts<'a> {
        Texts { data, long: HashSet::new(), left: data.len().saturating_mul(OVERLAP) }
    }

    /// The bytes of the data section.
    pub(super) fn data(&self) -> &'a [u8] {
        self.data
    }

    /// Whether this is text.
    pub(super) fn is_text(&mut self, text: Text) -> bool {
        let start = text.offset as usize;
        let end = start.checked_add(text.length as usize);
        let Some(bytes) = end.and_then(|end| self.data.get(start..end)) else { return false };
        if bytes.len() > SHORT {
            if !self.long.insert((text.offset, text.length)) {
                return true;
            }
            match self.left.checked_sub(bytes.len()) {
                Some(left) => self.left = left,
                None => return false,
            }
        }
        std::str::from_utf8(bytes).is_ok()
    }

    /// Text of any length.
    pub(super) fn check(&mut self, text: &ArchivedText, at: usize) -> Result<(), Error> {
        let text = Text { offset: text.offset.to_native(), length: text.length.to_native() };
        if self.is_text(text) { Ok(()) } else { Err(Error::at(ErrorCode::TextRange, at as u64)) }
    }
}
