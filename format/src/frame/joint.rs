//! Two partial frames as one: facts that are bound once, and those of one item
//! after the other; and the defaults of facts that neither of them has. In come partial
//! frames of one archive; out comes a whole frame over memory of its own.
//!
//! References in a frame count from its first byte, and values refer to one frame
//! only. So all frames are copied into one memory:
//!
//! | where | what |
//! |---|---|
//! | 0 | room for the item's frame, as it is |
//! | `room` | presence bits of all facts, of all frames together |
//! | `cells` | cells of all facts, of all frames together |
//! | `defaults` | cells of all facts once more, of which those of defaults are there (nothing of that where no fact has one) |
//! | then | heap of the frame that is bound |
//! | then | heap of the defaults |
//!
//! The item's frame lies at 0 since its references then hold as they are, also those
//! in lists of lists: an item costs a copy. What moves is the bound frame and the
//! defaults, once when they are bound, and again where an item needs more room than any
//! before.
//!
//! An item may have a fact of its own that has a default, and the next item may lack it: so
//! there are the cells of the defaults a second time, to be copied from.

use super::checked::{Frame, Partial};
use super::layout::{cells_length, presence_length};
use super::relocate::Moved;
use crate::archive::{ArchivedFact, ArchivedRuleset};
use crate::error::{Error, ErrorCode};
use crate::schema::FactKind;
use crate::value::Reference;

/// The room for items' frames is a multiple of this.
const ROOM: usize = 4096;

/// Memory for two partial frames and defaults that become one frame.
///
/// All frames that one of these is given must have been checked against the archive
/// that is given with them, and all against the same; else the facts of what comes
/// out are anything.
#[derive(Debug, Default)]
pub struct Joint {
    memory: Vec<u8>,
    room: usize,
    cells: usize,
    /// Where the cells of defaults are.
    defaults: usize,
    /// How many facts the sender of the bound frame knows.
    count: usize,
    /// A bit for each fact that is bound.
    bound: Vec<u64>,
    /// A bit for each fact that isn't optional and not bound.
    missing: Vec<u64>,
    /// A bit for each fact that has a default and is not bound.
    defaulted: Vec<u64>,
    /// Of these, a bit for each whose cell an item has replaced.
    replaced: Vec<u64>,
}

impl Joint {
    /// Binds the facts of a frame, instead of those that were bound. Facts that have a
    /// default have it where neither this frame nor an item has them.
    ///
    /// # Errors
    /// [`ErrorCode::FrameJoint`]; nothing is bound then.
    ///
    /// # Cost
    /// Linear in the facts of the schema and the length of the frame and of the defaults.
    /// Allocates where it never held as much, and just as much.
    pub fn bind(&mut self, frame: &Partial<'_>, archive: &ArchivedRuleset) -> Result<(), Error> {
        self.hold(Some(frame), archive)
    }

    /// Binds nothing, instead of the facts that were bound: what items lack that has a
    /// default has it.
    ///
    /// # Errors
    /// [`ErrorCode::FrameJoint`].
    ///
    /// # Cost
    /// As [`Joint::bind`].
    pub fn unbind(&mut self, archive: &ArchivedRuleset) -> Result<(), Error> {
        self.hold(None, archive)
    }

    fn hold(
        &mut self,
        frame: Option<&Partial<'_>>,
        archive: &ArchivedRuleset,
    ) -> Result<(), Error> {
        let too_large = Error::new(ErrorCode::FrameJoint);
        let defaults = Partial::defaults(archive);
        let bound = Held::of(frame, archive)?;
        let default = Held::of(defaults.as_ref(), archive)?;
        let facts = archive.schema.facts.len();
        let presence = presence_length(facts);
        let cells = cells_length(archive, facts).ok_or(too_large)?;
        let behind = self.room + presence + cells * if defaults.is_some() { 2 } else { 1 };
        let length = behind + bound.heap.len() + default.heap.len();
        let fits = length < Reference::MAX_OFFSET;
        self.count = bound.frame.filter(|_| fits).map_or(0, |frame| frame.count);
        self.note_facts(bound.frame.filter(|_| fits), default.frame.filter(|_| fits), archive);
        self.cells = self.room + presence;
        self.defaults = behind - cells;
        self.memory.truncate(self.room);
        // No more than it needs: frames may be large.
        let needs = if fits { length } else { behind };
        self.memory.reserve_exact(needs - self.room);
        self.memory.resize(behind, 0);
        if !fits {
            return Err(too_large);
        }
        self.memory.extend_from_slice(bound.heap);
        self.memory.extend_from_slice(default.heap);
        copy(&mut self.memory, self.cells, bound.cells);
        copy(&mut self.memory, self.defaults, default.cells);
        let (at, end) = (behind as i64, (behind + bound.heap.len()) as i64);
        relocate(&mut self.memory, archive, &self.bound, self.cells, at - bound.at as i64);
        relocate(
            &mut self.memory,
            archive,
            &self.defaulted,
            self.defaults,
            end - default.at as i64,
        );
        self.restore(archive);
        Ok(())
    }

    /// Which facts are bound, have a default, or have to come with an item.
    fn note_facts(
        &mut self,
        bound: Option<&Frame<'_>>,
        defaults: Option<&Frame<'_>>,
        archive: &ArchivedRuleset,
    ) {
        let facts = &archive.schema.facts;
        for bits in [&mut self.bound, &mut self.missing, &mut self.defaulted, &mut self.replaced] {
            bits.clear();
            bits.reserve_exact(facts.len().div_ceil(64));
        }
        for (word, facts) in facts.chunks(64).enumerate() {
            let bound = bound.map_or(0, |frame| frame.presence_of(word));
            let defaults = defaults.map_or(0, |frame| frame.presence_of(word));
            let required = facts
                .iter()
                .rev()
                .fold(0, |bits, fact: &ArchivedFact| bits << 1 | u64::from(fact.optional == 0));
            self.bound.push(bound);
            self.missing.push(required & !bound);
            self.defaulted.push(defaults & !bound);
            self.replaced.push(0);
        }
    }

    /// Whether a fact is bound.
    #[inline]
    pub fn is_bound(&self, fact: usize) -> bool {
        self.bound.get(fact / 64).is_some_and(|bits| bits >> (fact % 64) & 1 != 0)
    }

    /// The facts that are bound as a frame, of which all others are absent, defaults too.
    pub fn bound(&mut self) -> Frame<'_> {
        for (word, bound) in self.bound.iter().enumerate() {
            copy(&mut self.memory, self.room + word * 8, &bound.to_le_bytes());
        }
        self.frame(self.count)
    }

    /// The facts that are bound, those of an item, and the defaults of others as one frame.
    /// Senders of the two may know different numbers of facts; the frame has as many as the
    /// one that knows more, or all where a fact has its default.
    ///
    /// # Errors
    /// [`ErrorCode::FrameRepeated`] for a fact that both have,
    /// [`ErrorCode::FrameMissing`] for one that neither has and that isn't optional,
    /// [`ErrorCode::FrameJoint`] where all don't fit into the memory of one.
    ///
    /// # Cost
    /// A copy of the item's frame. Allocates where it never held as much.
    pub fn add(
        &mut self,
        item: &Partial<'_>,
        archive: &ArchivedRuleset,
    ) -> Result<Frame<'_>, Error> {
        let Partial(item) = item;
        for (word, (bound, missing)) in self.bound.iter().zip(&self.missing).enumerate() {
            let given = item.presence_of(word);
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
        let mut count = self.count.max(item.count);
        for word in 0..self.bound.len() {
            let given = item.presence_of(word);
            let (bound, defaulted) = (self.bound[word], self.defaulted[word]);
            if defaulted & !given != 0 {
                count = archive.schema.facts.len();
            }
            let at = self.room + word * 8;
            copy(&mut self.memory, at, &(given | bound | defaulted).to_le_bytes());
            for (slot, width) in places(archive, word, given) {
                let from = item.cells().get(slot..slot + width).unwrap_or_default();
                copy(&mut self.memory, self.cells + slot, from);
            }
            self.restore_word(archive, word, self.replaced[word] & !given);
            self.replaced[word] = given & defaulted;
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
        self.defaults += more;
        relocate(&mut self.memory, archive, &self.bound, self.cells, more as i64);
        relocate(&mut self.memory, archive, &self.defaulted, self.defaults, more as i64);
        self.restore(archive);
        Ok(())
    }

    /// Gives all facts that have a default the cell of it.
    fn restore(&mut self, archive: &ArchivedRuleset) {
        for word in 0..self.defaulted.len() {
            self.restore_word(archive, word, self.defaulted[word]);
            self.replaced[word] = 0;
        }
    }

    /// Gives some of 64 facts the cell of their default.
    #[inline]
    fn restore_word(&mut self, archive: &ArchivedRuleset, word: usize, facts: u64) {
        for (slot, width) in places(archive, word, facts) {
            let from = self.defaults + slot;
            // INVARIANT: both have the cells of all facts.
            if from + width <= self.memory.len() {
                self.memory.copy_within(from..from + width, self.cells + slot);
            }
        }
    }
}

/// A frame that is held, taken apart.
#[derive(Default)]
struct Held<'f> {
    frame: Option<&'f Frame<'f>>,
    cells: &'f [u8],
    heap: &'f [u8],
    /// Where its heap begins.
    at: usize,
}

impl<'f> Held<'f> {
    fn of(frame: Option<&'f Partial<'f>>, archive: &ArchivedRuleset) -> Result<Held<'f>, Error> {
        let Some(Partial(frame)) = frame else { return Ok(Held::default()) };
        let at = frame.heap(archive)?;
        let cells = frame.bytes.get(frame.cells..at).unwrap_or_default();
        let heap = frame.bytes.get(at..).unwrap_or_default();
        Ok(Held { frame: Some(frame), cells, heap, at })
    }
}

/// Where the cells of some of 64 facts are, from the first cell of all, and how wide.
#[inline]
fn places(
    archive: &ArchivedRuleset,
    word: usize,
    mut facts: u64,
) -> impl Iterator<Item = (usize, usize)> {
    std::iter::from_fn(move || {
        let number = word * 64 + facts.trailing_zeros() as usize;
        if facts == 0 {
            return None;
        }
        facts &= facts - 1;
        // INVARIANT: frames that were checked have no facts beyond those of the schema.
        let fact = archive.schema.fact(number)?;
        let fact_type = archive.schema.fact_type(fact.fact_type.to_native())?;
        Some((fact.slot.to_native() as usize, fact_type.kind().map_or(0, FactKind::width)))
    })
}

/// Moves all references of some facts, whose cells begin at an offset.
fn relocate(memory: &mut [u8], archive: &ArchivedRuleset, facts: &[u64], cells: usize, by: i64) {
    let mut moved = Moved { archive, memory, by };
    for (number, fact) in archive.schema.facts.iter().enumerate() {
        if facts.get(number / 64).is_some_and(|bits| bits >> (number % 64) & 1 != 0) {
            let at = cells + fact.slot.to_native() as usize;
            // INVARIANT: of frames that were checked all cells are there.
            let _ = moved.fact(fact.fact_type.to_native(), at);
        }
    }
}

/// INVARIANT: all callers copy to where there is room.
#[inline]
fn copy(memory: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(room) = memory.get_mut(at..at + bytes.len()) {
        room.copy_from_slice(bytes);
    }
}
