//! Text: joining, splitting, searching.
//!
//! In come references to text; out come references to new text in the scratch
//! memory, or to a part of what came in: what is only cut out is not copied.

use super::machine::Machine;
use crate::memory::{Memory, Purse};
use rulestone_format::code::work;
use rulestone_format::meaning::{Fault, Outcome, Sink, regex, text};
use rulestone_format::value::{CELL, Reference, Word};

impl Machine<'_> {
    /// New text in the scratch memory.
    pub(super) fn write_text(
        &mut self,
        write: impl FnMut(&Purse, Memory<'_>, &mut Sink<'_>) -> Outcome<()>,
    ) -> Outcome<Word> {
        let data = &self.program.archive.data;
        from_text(self.scratch.write(self.frame.bytes(), data, write))
    }

    /// Two strings or two bytes, one behind the other.
    #[inline(never)]
    pub(super) fn join2(&mut self, a: Reference, b: Reference) -> Outcome<Word> {
        if a.is_empty() {
            return Ok(Word::from_reference(b));
        }
        if b.is_empty() {
            return Ok(Word::from_reference(a));
        }
        self.write_text(|_, memory, sink| {
            sink.push(memory.bytes(a))?;
            sink.push(memory.bytes(b))
        })
    }

    #[inline(never)]
    pub(super) fn join(&mut self, list: Reference, separator: Reference) -> Outcome<Word> {
        self.scratch.pay(work::ITEM.saturating_mul(list.length() as u64))?;
        self.write_text(|_, memory, sink| {
            for index in 0..list.length() {
                if index > 0 {
                    sink.push(memory.bytes(separator))?;
                }
                let item = memory.item(list, index, CELL)?;
                sink.push(memory.bytes(item.reference()))?;
            }
            Ok(())
        })
    }

    /// A list of parts of the text.
    #[inline(never)]
    pub(super) fn split(
        &mut self,
        whole: Reference,
        separator: Reference,
        limit: i64,
    ) -> Outcome<Word> {
        let (length, by) = (whole.length() as u64, separator.length() as u64);
        self.scratch.pay(work::searched(length, by))?;
        let data = &self.program.archive.data;
        let written = self.scratch.write(self.frame.bytes(), data, |purse, memory, sink| {
            let (text, separator) = (memory.bytes(whole), memory.bytes(separator));
            text::split(text, separator, limit).try_for_each(|piece| {
                purse.pay(work::PART)?;
                sink.push(&part(whole, text, piece).0.to_le_bytes())
            })
        })?;
        let count = written.length() / CELL;
        let list = Reference::new(written.space(), written.offset(), count);
        Ok(Word::from_reference(list))
    }

    /// Whether a regex is found in the text.
    #[inline(never)]
    pub(super) fn matches(&mut self, text: Reference, regex: u32) -> Outcome<bool> {
        let Some(regex) = self.program.plan.regex(regex as usize) else {
            return Ok(false);
        };
        self.scratch.pay(regex.work.of(text.length() as u64))?;
        Ok(regex::is_match(&regex.automaton, self.memory().bytes(text)))
    }

    /// A part that is cut out of the text and not copied.
    pub(super) fn cut(
        &self,
        whole: Reference,
        cut: impl FnOnce(&[u8]) -> Outcome<&[u8]>,
    ) -> Outcome<Word> {
        let text = self.memory().bytes(whole);
        let piece = cut(text)?;
        Ok(Word::from_reference(part(whole, text, piece)))
    }
}

/// The reference to `piece`, which was cut out of `text`, to which `whole` refers.
fn part(whole: Reference, text: &[u8], piece: &[u8]) -> Reference {
    // Addresses are only subtracted, never followed. An empty piece may be any.
    let before = (piece.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let before = if before.saturating_add(piece.len()) <= text.len() { before } else { 0 };
    Reference::new(whole.space(), whole.offset() + before, piece.len())
}

/// Text of two operands, for what takes both.
pub(super) fn both(memory: Memory<'_>, a: Word, b: Word) -> (&[u8], &[u8]) {
    (memory.bytes(a.reference()), memory.bytes(b.reference()))
}

/// A fault if the text is not UTF-8, which no string is.
pub(super) fn checked(memory: Memory<'_>, bytes: Reference) -> Outcome<Word> {
    let text: Result<&str, Fault> = text::from_bytes(memory.bytes(bytes));
    text.map(|_| Word::from_reference(bytes))
}

/// Text as the result of an operation.
#[inline]
fn from_text(text: Outcome<Reference>) -> Outcome<Word> {
    text.map(Word::from_reference)
}
