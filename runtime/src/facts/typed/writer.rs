//! Stores values into a frame that is being made.
//!
//! In: values, and the places that they were bound to. Out: cells at their places, and
//! text and items behind them in the order in which they come.

use crate::facts::error::{FactsError, Problem};
use crate::ruleset::Ruleset;
use rulestone_format::frame::HEADER_LENGTH;
use rulestone_format::value::{CELL, Reference, Space, Word};

/// A frame that is being made. All before `end` is written.
#[derive(Debug)]
pub struct Writer<'f> {
    pub(super) ruleset: &'f Ruleset,
    frame: &'f mut Vec<u8>,
    end: usize,
    /// Presence of the first 64 facts.
    pub(super) presence: u64,
    problems: Option<FactsError>,
}

/// Room that a frame has at least for text and items, so that most never grow.
const ROOM: usize = 512;

impl<'f> Writer<'f> {
    /// A frame that begins like this: with its header, presence bits and empty cells.
    #[inline]
    pub(super) fn new(ruleset: &'f Ruleset, frame: &'f mut Vec<u8>, fixed: &[u8]) -> Writer<'f> {
        let end = fixed.len();
        if frame.len() < end {
            frame.resize(end + ROOM, 0);
        }
        if let Some(start) = frame.get_mut(..end) {
            start.copy_from_slice(fixed);
        }
        let presence = fixed.get(HEADER_LENGTH..).and_then(|bits| bits.first_chunk());
        let presence = presence.map_or(0, |bits| u64::from_le_bytes(*bits));
        Writer { ruleset, frame, end, presence, problems: None }
    }

    /// Writes what is known at the end, and gives the length of the frame.
    #[inline]
    pub(super) fn finish(self, has_facts: bool) -> Result<usize, FactsError> {
        if let Some(problems) = self.problems {
            return Err(problems);
        }
        if let Some(length) = self.frame.get_mut(4..8) {
            length.copy_from_slice(&(self.end as u32).to_le_bytes());
        }
        if let (true, Some(bits)) =
            (has_facts, self.frame.get_mut(HEADER_LENGTH..HEADER_LENGTH + 8))
        {
            bits.copy_from_slice(&self.presence.to_le_bytes());
        }
        Ok(self.end)
    }

    /// Notes that a fact is there that may be absent.
    #[inline]
    pub(super) fn has(&mut self, fact: u32) {
        if fact < 64 {
            self.presence |= 1 << fact;
        } else if let Some(byte) = self.frame.get_mut(HEADER_LENGTH + fact as usize / 8) {
            *byte |= 1 << (fact % 8);
        }
    }

    /// Notes why a fact was refused.
    #[cold]
    pub(super) fn refuse(&mut self, fact: u32, error: FactsError) {
        let archive = self.ruleset.archive();
        let fact = archive.schema.fact(fact as usize);
        let path = fact.map_or("", |fact| archive.text(&fact.path));
        self.problems = Some(error.prefix(path).after(self.problems.take()));
    }

    /// Stores 8 bytes at an offset.
    #[inline(always)]
    pub(super) fn cell(&mut self, at: usize, bits: u64) {
        if let Some(cell) = self.frame.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
            *cell = bits.to_le_bytes();
        }
    }

    #[inline]
    pub(super) fn wide_cell(&mut self, at: usize, word: Word) {
        self.cell(at, word.low);
        self.cell(at + CELL, word.high);
    }

    /// Stores text behind all that is written, and the way to it at an offset.
    #[inline(always)]
    pub(super) fn text(&mut self, text: &[u8], bound: u32, at: usize) -> Result<(), FactsError> {
        if text.len() > bound as usize {
            return Err(too_long(text.len(), bound));
        }
        let start = self.grow(text.len())?;
        if let Some(room) = self.frame.get_mut(start..start + text.len()) {
            room.copy_from_slice(text);
        }
        self.reference(start, text.len(), at);
        Ok(())
    }

    /// Room for so many items of a list or map behind all that is written, and the way to
    /// it at an offset. Gives where it begins.
    #[inline]
    pub(super) fn items(
        &mut self,
        count: usize,
        stride: usize,
        bound: u32,
        at: usize,
    ) -> Result<usize, FactsError> {
        if count > bound as usize {
            let problem = Problem::Items { count: count as u64, bound };
            return Err(FactsError::new(problem));
        }
        let start = self.grow(count.saturating_mul(stride))?;
        self.reference(start, count, at);
        Ok(start)
    }

    #[inline]
    fn reference(&mut self, start: usize, length: usize, at: usize) {
        self.cell(at, Reference::new(Space::Frame, start, length).0);
    }

    /// Room for so many bytes behind all that is written.
    #[inline(always)]
    fn grow(&mut self, length: usize) -> Result<usize, FactsError> {
        let (start, end) = (self.end, self.end.saturating_add(length));
        if end > self.frame.len() {
            self.make_room(end)?;
        }
        self.end = end;
        Ok(start)
    }

    #[cold]
    fn make_room(&mut self, end: usize) -> Result<(), FactsError> {
        if end >= Reference::MAX_OFFSET {
            return Err(FactsError::new(Problem::FrameTooLarge));
        }
        self.frame.resize((end + ROOM).next_power_of_two(), 0);
        Ok(())
    }
}

#[cold]
fn too_long(length: usize, bound: u32) -> FactsError {
    FactsError::new(Problem::Bytes { length: length as u64, bound })
}
