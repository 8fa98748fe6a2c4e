//! Two partial frames as one: facts that are bound once, and those of one item
//! after the other. In come partial frames of one archive; out comes a whole
//! frame over memory of its own.
//!
//! References in a frame count from its first byte, and values refer to one frame
//! only. So both frames are copied into one memory:
//!
//! | where | what |
//! |---|---|
//! | 0 | room for the item's frame, as it is |
//! | `room` | presence bits of all facts, of both frames together |
//! | then | cells of all facts, of both frames together |
//! | then | heap of the frame that is bound |
//!
//! The item's frame lies at 0 since its references then hold as they are, also those
//! in lists of lists: an item costs a copy. What moves is the bound frame, once when
//! it is bound, and again where an item needs more room than any before.

use super::checked::{Frame, Partial};
use super::layout::{cells_length, presence_length};
use crate::archive::ArchivedRuleset;
use crate::error::{Error, ErrorCode};
use crate::schema::{FactKind, MAX_DEPTH};
use crate::value::{CELL, Reference, Space, Word, read_cell, write_cell};

/// The room for items' frames is a multiple of this.
const ROOM: usize = 4096;

/// Memory for two partial frames that become one.
///
/// All frames that one of these is given must have been checked against the archive
/// that is given with them, and all against the same; else the facts of what comes
/// out are anything.
#[derive(Debug, Default)]
pub struct Joint {
    memory: Vec<u8>,
    room: usize,
    cells: usize,
    /// How many facts the sender of the bound frame knows.
    count: usize,
    /// A bit for each fact that is bound.
    bound: Vec<u64>,
    /// A bit for each fact that isn't optional and not bound.
    missing: Vec<u64>,
}

impl Joint {
    /// Binds the facts of a frame, instead of those that were bound.
    ///
    /// # Errors
    /// [`ErrorCode::FrameJoint`]; nothing is bound then.
    ///
    /// # Cost
    /// Linear in the facts of the schema and the length of the frame. Allocates where
    /// it never held as much, and just as much.
    pub fn bind(&mut self, frame: &Partial<'_>, archive: &ArchivedRuleset) -> Result<(), Error> {
        let Partial(frame) = frame;
        let facts = &archive.schema.facts;
        let too_large = Error::new(ErrorCode::FrameJoint);
        let presence = presence_length(facts.len());
        let cells = cells_length(archive, facts.len()).ok_or(too_large)?;
        let heap = frame.heap(archive)?;
        let behind = self.room + presence + cells;
        let length = behind + frame.bytes.len() - heap;
        let fits = length < Reference::MAX_OFFSET;
        self.count = if fits { frame.count } else { 0 };
        for bits in [&mut self.bound, &mut self.missing] {
            bits.clear();
            bits.reserve_exact(facts.len().div_ceil(64));
        }
        for facts in facts.chunks(64) {
            let first = self.bound.len() * 64;
            let bits = |is: &dyn Fn(usize) -> bool| {
                (0..facts.len()).fold(0, |bits, at| bits | u64::from(is(at)) << at)
            };
            let bound = bits(&|at| fits && frame.has(first + at));
            let required = bits(&|at| facts.get(at).is_some_and(|fact| fact.optional == 0));
            self.bound.push(bound);
            self.missing.push(required & !bound);
        }
        self.cells = self.room + presence;
        self.memory.truncate(self.room);
        // No more than it needs: frames may be large.
        let needs = if fits { length } else { behind };
        self.memory.reserve_exact(needs - self.room);
        self.memory.resize(behind, 0);
        if !fits {
            return Err(too_large);
        }
        self.memory.extend_from_slice(frame.bytes.get(heap..).unwrap_or_default());
        let from = frame.bytes.get(frame.cells..heap).unwrap_or_default();
        copy(&mut self.memory, self.cells, from);
        self.relocate(archive, behind as i64 - heap as i64);
        Ok(())
    }

    /// Whether a fact is bound.
    #[inline]
    pub fn is_bound(&self, fact: usize) -> bool {
        self.bound.get(fact / 64).is_some_and(|bits| bits >> (fact % 64) & 1 != 0)
    }

    /// The facts that are bound as a frame, of which all others are absent.
    pub fn bound(&mut self) -> Frame<'_> {
        for (word, bound) in self.bound.iter().enumerate() {
            copy(&mut self.memory, self.room + word * 8, &bound.to_le_bytes());
        }
        self.frame(self.count)
    }

    /// The facts that are bound and those of an item as one frame. Senders of the two
    /// may know different numbers of facts; the frame has as many as the one that
    /// knows more.
    ///
    /// # Errors
    /// [`ErrorCode::FrameRepeated`] for a fact that both have,
    /// [`ErrorCode::FrameMissing`] for one that neither has and that isn't optional,
    /// [`ErrorCode::FrameJoint`] where both don't fit into the memory of one.
    ///
    /// # Cost
    /// A copy of the item's frame. Allocates where it never held as much.
    pub fn add(
        &mut self,
        item: &Partial<'_>,
        archive: &ArchivedRuleset,
    ) -> Result<Frame<'_>, Error> {
        let Partial(item) = item;
        let count = self.count.max(item.count);
        for (word, (bound, missing)) in self.bound.iter().zip(&self.missing).enumerate() {
            let given = presence(item, word);
            let fact = |bits: u64| (word * 64) as u64 + u64::from(bits.trailing_zeros());
            let (twice, never) = (given & bound, missing & !given);
            if twice != 0 {
                return Err(Error::at(ErrorCode::FrameRepeated, fact(twice)));
            }
            if never != 0 {
                return Err(Error::at(ErrorCode::FrameMissing, fact(never)));
            }
        }
        if item.bytes.len() > self.room {
            self.grow(item.bytes.len(), archive)?;
        }
        copy(&mut self.memory, 0, item.bytes);
        for (word, bound) in self.bound.iter().enumerate() {
            let given = presence(item, word);
            copy(&mut self.memory, self.room + word * 8, &(given | bound).to_le_bytes());
            let mut rest = given;
            while rest != 0 {
                let fact = archive.schema.fact(word * 64 + rest.trailing_zeros() as usize);
                rest &= rest - 1;
                let Some(fact) = fact else { continue };
                let kind = archive.schema.fact_type(fact.fact_type.to_native());
                let width = kind.and_then(|kind| kind.kind()).map_or(0, FactKind::width);
                let slot = fact.slot.to_native() as usize;
                let from = item.cells().get(slot..slot + width).unwrap_or_default();
                copy(&mut self.memory, self.cells + slot, from);
            }
        }
        Ok(self.frame(count))
    }

    fn frame(&self, count: usize) -> Frame<'_> {
        Frame { bytes: &self.memory, count, presence: self.room, cells: self.cells }
    }

    /// Makes the room for items as large as this one needs.
    #[cold]
    fn grow(&mut self, length: usize, archive: &ArchivedRuleset) -> Result<(), Error> {
        let room = length.next_multiple_of(ROOM);
        let (old, end) = (self.room, self.memory.len());
        let more = room - old;
        if end + more >= Reference::MAX_OFFSET {
            return Err(Error::new(ErrorCode::FrameJoint));
        }
        self.memory.reserve_exact(more);
        self.memory.resize(end + more, 0);
        self.memory.copy_within(old..end, room);
        self.room = room;
        self.cells += more;
        self.relocate(archive, more as i64);
        Ok(())
    }

    /// Moves all references of the facts that are bound.
    fn relocate(&mut self, archive: &ArchivedRuleset, by: i64) {
        let mut moved = Moved { archive, memory: &mut self.memory, by };
        for (number, fact) in archive.schema.facts.iter().enumerate() {
            if self.bound.get(number / 64).is_some_and(|bits| bits >> (number % 64) & 1 != 0) {
                let at = self.cells + fact.slot.to_native() as usize;
                // INVARIANT: of frames that were checked all cells are there.
                let _ = moved.value(fact.fact_type.to_native(), at, MAX_DEPTH + 1);
            }
        }
    }
}

/// The presence bits of 64 facts.
#[inline]
fn presence(frame: &Frame<'_>, word: usize) -> u64 {
    if word * 64 >= frame.count {
        return 0;
    }
    let bits = frame.bytes.get(frame.presence + word * 8..).and_then(|bytes| bytes.first_chunk());
    bits.map_or(0, |bits| u64::from_le_bytes(*bits))
}

/// INVARIANT: all callers copy to where there is room.
#[inline]
fn copy(memory: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(room) = memory.get_mut(at..at + bytes.len()) {
        room.copy_from_slice(bytes);
    }
}

/// Moves all references of the value whose cell is at an offset by so many bytes: what
/// they lead to has moved already.
#[doc(hidden)]
pub fn move_value(
    archive: &ArchivedRuleset,
    memory: &mut [u8],
    fact_type: u16,
    at: usize,
    by: i64,
) {
    // What isn't there doesn't move.
    let _ = Moved { archive, memory, by }.value(fact_type, at, MAX_DEPTH + 1);
}

/// Values whose references are being moved. They were checked: all that they refer to
/// is there, and no two refer to the same.
struct Moved<'a> {
    archive: &'a ArchivedRuleset,
    memory: &'a mut [u8],
    by: i64,
}

impl Moved<'_> {
    /// `None` ends where a cell isn't there.
    fn value(&mut self, fact_type: u16, at: usize, depth: usize) -> Option<()> {
        let archive = self.archive;
        let depth = depth.checked_sub(1)?;
        let whole = archive.schema.fact_type(fact_type)?;
        let key_width = match whole.kind()? {
            FactKind::String | FactKind::Bytes => return self.reference(at).map(|_| ()),
            FactKind::Map => CELL,
            FactKind::List => 0,
            _ => return Some(()),
        };
        let items = self.reference(at)?;
        let item_type = whole.item.to_native();
        let item = archive.schema.fact_type(item_type)?.kind()?;
        let refers =
            matches!(item, FactKind::String | FactKind::Bytes | FactKind::List | FactKind::Map);
        if key_width == 0 && !refers {
            return Some(());
        }
        for index in 0..items.length() {
            let at = items.offset() + index * (key_width + item.width());
            if key_width > 0 {
                self.reference(at)?;
            }
            if refers {
                self.value(item_type, at + key_width, depth)?;
            }
        }
        Some(())
    }

    /// Moves the reference in a cell, and says where it leads now.
    fn reference(&mut self, at: usize) -> Option<Reference> {
        let old = read_cell(self.memory, at, CELL)?.reference();
        let offset = (old.offset() as i64 + self.by) as usize & (Reference::MAX_OFFSET - 1);
        let new = Reference::new(Space::Frame, offset, old.length());
        write_cell(self.memory, at, CELL, Word::from_reference(new))?;
        Some(new)
    }
}
