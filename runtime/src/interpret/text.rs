//! Text: joining, splitting, searching.
//!
//! In come references to text; out come references to new text in the scratch
//! memory, or to a part of what came in: what is only cut out is not copied.

use super::{Machine, from_text};
use crate::memory::Memory;
use rulestone_format::meaning::{Fault, Outcome, Sink, regex, text};
use rulestone_format::value::{CELL, Reference, Word};

/// A search takes some nanoseconds a byte.
const BYTES_A_STEP_OF_SEARCH: usize = 2;

impl Machine<'_> {
    /// New text in the scratch memory.
    pub(super) fn write_text(
        &mut self,
        write: impl FnMut(Memory<'_>, &mut Sink<'_>) -> Outcome<()>,
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
        self.write_text(|memory, sink| {
            sink.push(memory.bytes(a))?;
            sink.push(memory.bytes(b))
        })
    }

    #[inline(never)]
    pub(super) fn join(&mut self, list: Reference, separator: Reference) -> Outcome<Word> {
        self.scratch.spend(list.length())?;
        self.write_text(|memory, sink| {
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
        self.scratch.spend_text(whole.length())?;
        let written = self.scratch.write(
            self.frame.bytes(),
            &self.program.archive.data,
            |memory, sink| {
                let (text, separator) = (memory.text(whole)?, memory.text(separator)?);
                text::split(text, separator, limit)
                    .try_for_each(|piece| sink.push(&part(whole, text, piece).0.to_le_bytes()))
            },
        )?;
        let count = written.length() / CELL;
        let list = Reference::new(written.space(), written.offset(), count);
        Ok(Word::from_reference(list))
    }

    /// Whether a regex is found in the text.
    #[inline(never)]
    pub(super) fn matches(&mut self, text: Reference, regex: u32) -> Outcome<bool> {
        let Some(automaton) = self.program.regexes.regex(regex as usize) else {
            return Ok(false);
        };
        self.scratch.spend(text.length() / BYTES_A_STEP_OF_SEARCH)?;
        Ok(regex::is_match(automaton, self.memory().bytes(text)))
    }

    /// A part that is cut out of the text and not copied.
    pub(super) fn cut(
        &self,
        whole: Reference,
        cut: impl FnOnce(&str) -> Outcome<&str>,
    ) -> Outcome<Word> {
        let text = self.memory().text(whole)?;
        let piece = cut(text)?;
        Ok(Word::from_reference(part(whole, text, piece)))
    }
}

/// The reference to `piece`, which was cut out of `text`, to which `whole` refers.
fn part(whole: Reference, text: &str, piece: &str) -> Reference {
    // Addresses are only subtracted, never followed. An empty piece may be any.
    let before = (piece.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let before = if before.saturating_add(piece.len()) <= text.len() { before } else { 0 };
    Reference::new(whole.space(), whole.offset() + before, piece.len())
}

/// Text of two operands, for what takes both.
pub(super) fn both(memory: Memory<'_>, a: Word, b: Word) -> Outcome<(&str, &str)> {
    Ok((memory.text(a.reference())?, memory.text(b.reference())?))
}

/// A fault if the text is not UTF-8, which no string is.
pub(super) fn checked(memory: Memory<'_>, bytes: Reference) -> Outcome<Word> {
    let text: Result<&str, Fault> = text::from_bytes(memory.bytes(bytes));
    text.map(|_| Word::from_reference(bytes))
}
