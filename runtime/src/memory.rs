//! The memory that values refer to: the frame of the request, the data of the
//! archive, and the scratch memory of the session.
//!
//! In come references and cells; out come text, cells, and new text and lists
//! at the end of the scratch memory. Nothing is aligned, and what lies out of
//! range reads as empty or as [`Fault::Unreachable`]: it can't come from an
//! archive that was verified.

use rulestone_format::code::work;
use rulestone_format::meaning::{Fault, Outcome, Sink};
use rulestone_format::value::{CELL, Reference, Space, Word, read_cell, write_cell};

/// Everything that a value may refer to, to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory<'m> {
    pub(crate) frame: &'m [u8],
    pub(crate) data: &'m [u8],
    pub(crate) scratch: Made<'m>,
}

/// The parts of the scratch memory that are in use.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Made<'m> {
    transient: &'m [u8],
    memo: &'m [u8],
}

impl<'m> Made<'m> {
    /// The part that an offset lies in, and where in it.
    #[inline]
    pub(crate) fn at(self, offset: usize) -> (&'m [u8], usize) {
        match offset.checked_sub(MEMO_OFFSET) {
            None => (self.transient, offset),
            Some(within) => (self.memo, within),
        }
    }
}

impl<'m> Memory<'m> {
    /// The bytes of text.
    #[inline]
    pub(crate) fn bytes(self, text: Reference) -> &'m [u8] {
        self.range(text, text.length())
    }

    /// Text as text. A reference of type string always is; bytes need not be.
    #[inline]
    pub(crate) fn text(self, text: Reference) -> Outcome<&'m str> {
        std::str::from_utf8(self.bytes(text)).map_err(|_| Fault::InvalidUtf8)
    }

    /// The bytes of the cells of a list or, with the width of a whole entry, a map.
    pub(crate) fn cells(self, items: Reference, stride: usize) -> &'m [u8] {
        self.range(items, items.length().saturating_mul(stride))
    }

    /// An item of a list whose cells are `width` wide.
    #[inline]
    pub(crate) fn item(self, list: Reference, index: usize, width: usize) -> Outcome<Word> {
        if index >= list.length() {
            return Err(Fault::IndexOutOfRange);
        }
        self.cell(list, index, width, 0, width)
    }

    /// The key of an entry of a map whose values are `width` wide.
    #[inline]
    pub(crate) fn key(self, map: Reference, index: usize, width: usize) -> Outcome<Word> {
        if index >= map.length() {
            return Err(Fault::IndexOutOfRange);
        }
        self.cell(map, index, CELL + width, 0, CELL)
    }

    /// The value of an entry of a map whose values are `width` wide.
    #[inline]
    pub(crate) fn value(self, map: Reference, index: usize, width: usize) -> Outcome<Word> {
        if index >= map.length() {
            return Err(Fault::IndexOutOfRange);
        }
        self.cell(map, index, CELL + width, CELL, width)
    }

    #[inline]
    fn cell(
        self,
        items: Reference,
        index: usize,
        stride: usize,
        within: usize,
        width: usize,
    ) -> Outcome<Word> {
        let (bytes, start) = self.place(items);
        let offset =
            index.checked_mul(stride).and_then(|offset| offset.checked_add(start + within));
        offset.and_then(|offset| read_cell(bytes, offset, width)).ok_or(Fault::Unreachable)
    }

    #[inline]
    fn range(self, reference: Reference, length: usize) -> &'m [u8] {
        let (bytes, start) = self.place(reference);
        bytes.get(start..start.saturating_add(length)).unwrap_or_default()
    }

    /// The memory that a reference leads into, and where in it.
    #[inline]
    fn place(self, reference: Reference) -> (&'m [u8], usize) {
        let offset = reference.offset();
        match reference.space() {
            Space::Frame => (self.frame, offset),
            Space::Archive => (self.data, offset),
            Space::Scratch => self.scratch.at(offset),
            Space::Void => (&[], offset),
        }
    }
}

/// Where the values that a decision makes are put, one behind the other; all
/// are forgotten at once when the next decision begins.
///
/// There are two arenas. What a unit of code makes is *transient*: it is forgotten when
/// the unit ends, unless an output carries it. What is worked out at most once a request,
/// variables and converted facts, goes to the arena of *memos* and stays. So what a decision
/// needs doesn't depend on the order in which its conditions run.
///
/// Both grow when they are too small and never shrink, so that a session that has
/// seen its largest request allocates no more.
///
/// It also keeps account of the work that grows with values: a *step* is about a
/// nanosecond of it ([`work`]). The static cost of an archive counts the same work at the greatest
/// size that values can have.
///
/// Whatever exceeds a limit ends the whole decision: [`Scratch::is_exhausted`] tells. Until
/// then every operation that needs more is a fault, which rules may absorb.
#[derive(Debug)]
pub(crate) struct Scratch {
    transient: Arena,
    memo: Arena,
    /// Whether what is made now is a memo.
    makes_memo: bool,
    limit: usize,
    /// Steps that each decision may take.
    step_limit: usize,
    /// Steps that the decision may still take.
    steps: usize,
    /// Bytes that its outputs may still carry.
    carried: usize,
    is_exhausted: bool,
}

/// Offsets from here on are those of memos.
const MEMO_OFFSET: usize = Reference::MAX_OFFSET / 2;

/// Bytes that grow at their end.
#[derive(Debug, Default)]
struct Arena {
    bytes: Vec<u8>,
    used: usize,
    /// Bytes that were made since the last release, those among them that were given back
    /// again: how many are given back may depend on the order in which memos were made.
    made: usize,
    /// The most that was made at any time.
    most: usize,
}

impl Arena {
    #[inline]
    fn done(&self) -> &[u8] {
        self.bytes.get(..self.used).unwrap_or_default()
    }

    /// Notes that so much was written, whether or not it stays.
    fn note(&mut self, length: usize) {
        self.most = self.most.max(self.made + length);
    }

    fn take(&mut self, length: usize) -> usize {
        self.note(length);
        let start = self.used;
        self.used += length;
        self.made += length;
        start
    }

    fn clear(&mut self) {
        (self.used, self.made, self.most) = (0, 0, 0);
    }
}

/// What is in use of the transient arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    used: usize,
    made: usize,
}

impl Scratch {
    /// Bytes that it may grow to unless told otherwise.
    pub(crate) const DEFAULT_LIMIT: usize = 16 << 20;

    /// Bytes that an arena starts to grow with.
    const FIRST: usize = 4 << 10;

    /// Steps that a decision may take for each byte that it may use: some 0.3 s
    /// with the default limit.
    const STEPS_A_BYTE: usize = 16;

    /// Steps and bytes of outputs that a decision may have however little it may
    /// use: a session that must make nothing can still compare.
    const LEAST: usize = 1 << 20;

    pub(crate) fn new(limit: usize) -> Scratch {
        let mut scratch = Scratch {
            transient: Arena::default(),
            memo: Arena::default(),
            makes_memo: false,
            limit: 0,
            step_limit: 0,
            steps: 0,
            carried: 0,
            is_exhausted: false,
        };
        scratch.set_limit(limit);
        scratch.clear();
        scratch
    }

    /// From the next decision on both arenas together grow to `limit` bytes, below 512 MiB,
    /// at most, as many bytes may be in its outputs, and sixteen times as many steps taken.
    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit.min(MEMO_OFFSET - 1);
        self.step_limit = self.limit.saturating_mul(Self::STEPS_A_BYTE).max(Self::LEAST);
    }

    /// From the next decision on each may take so many steps.
    pub(crate) fn set_step_limit(&mut self, steps: usize) {
        self.step_limit = steps;
    }

    pub(crate) fn clear(&mut self) {
        self.transient.clear();
        self.memo.clear();
        self.makes_memo = false;
        self.steps = self.step_limit;
        self.carried = self.limit.max(Self::LEAST);
        self.is_exhausted = false;
    }

    /// Whether the decision exceeds a limit, and so has no result.
    #[inline]
    pub(crate) fn is_exhausted(&self) -> bool {
        self.is_exhausted
    }

    /// Notes that the decision exceeds a limit, and gives the fault for what can't go on.
    /// Which of several limits it is may depend on the order in which conditions run, so it
    /// is not told.
    #[cold]
    pub(crate) fn exhaust(&mut self) -> Fault {
        self.is_exhausted = true;
        self.steps = 0;
        Fault::TooLong
    }

    /// Takes so many steps, before or after the work.
    ///
    /// # Errors
    /// [`Fault::TooLong`] where the decision has no more: it ends.
    #[inline]
    pub(crate) fn spend(&mut self, steps: usize) -> Outcome<()> {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => Err(self.exhaust()),
        }
    }

    /// Takes the steps for so many bytes of text.
    ///
    /// # Errors
    /// As [`Scratch::spend`].
    #[inline]
    pub(crate) fn spend_text(&mut self, bytes: usize) -> Outcome<()> {
        self.pay(work::moved(bytes as u64))
    }

    /// Takes the steps for work of so many units.
    ///
    /// # Errors
    /// As [`Scratch::spend`].
    #[inline]
    pub(crate) fn pay(&mut self, units: u64) -> Outcome<()> {
        self.spend(usize::try_from(units).unwrap_or(usize::MAX))
    }

    /// Steps that are left.
    #[inline]
    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    /// Takes so many bytes of what outputs may carry.
    ///
    /// # Errors
    /// [`Fault::TooLong`] where that is too much: the decision ends.
    pub(crate) fn carry(&mut self, bytes: usize) -> Outcome<()> {
        match self.carried.checked_sub(bytes) {
            Some(left) => {
                self.carried = left;
                Ok(())
            }
            None => Err(self.exhaust()),
        }
    }

    /// Bytes that outputs may still carry.
    pub(crate) fn carried(&self) -> usize {
        self.carried
    }

    /// From now on what is made is a memo. Gives what it was before, for
    /// [`Scratch::make_as`].
    #[inline]
    pub(crate) fn make_memo(&mut self) -> bool {
        std::mem::replace(&mut self.makes_memo, true)
    }

    /// From now on what is made is a memo, or isn't.
    #[inline]
    pub(crate) fn make_as(&mut self, memo: bool) {
        self.makes_memo = memo;
    }

    /// What is in use of what isn't a memo, to come back to by [`Scratch::release`].
    #[inline]
    pub(crate) fn mark(&self) -> Mark {
        Mark { used: self.transient.used, made: self.transient.made }
    }

    /// Forgets everything made since the mark but memos.
    #[inline]
    pub(crate) fn release(&mut self, mark: Mark) {
        self.transient.used = self.transient.used.min(mark.used);
        self.transient.made = self.transient.made.min(mark.made);
    }

    /// Bytes that are in use.
    #[cfg(test)]
    pub(crate) fn made(&self) -> usize {
        self.transient.used + self.memo.used
    }

    /// The parts that are in use.
    #[inline]
    pub(crate) fn done(&self) -> Made<'_> {
        Made { transient: self.transient.done(), memo: self.memo.done() }
    }

    /// The arena in which things are made now, and the most that may still be made in it.
    #[inline]
    fn active(&mut self) -> (&mut Arena, usize) {
        let Scratch { transient, memo, limit, .. } = self;
        let (active, other) = if self.makes_memo { (memo, transient) } else { (transient, memo) };
        let room = limit.saturating_sub(other.most).saturating_sub(active.made);
        (active, room)
    }

    /// What is added to the offsets of the arena in which things are made now.
    #[inline]
    fn base(&self) -> usize {
        if self.makes_memo { MEMO_OFFSET } else { 0 }
    }

    /// Puts here what `write` writes, and refers to it. `write` may read what
    /// is here already, and starts afresh whenever the room was too small.
    pub(crate) fn write(
        &mut self,
        frame: &[u8],
        data: &[u8],
        mut write: impl FnMut(Memory<'_>, &mut Sink<'_>) -> Outcome<()>,
    ) -> Outcome<Reference> {
        loop {
            let room = self.active().1;
            let Scratch { transient, memo, makes_memo, .. } = &mut *self;
            let (active, other) = if *makes_memo { (memo, transient) } else { (transient, memo) };
            let (done, free) =
                active.bytes.split_at_mut_checked(active.used).ok_or(Fault::Unreachable)?;
            let scratch = match makes_memo {
                true => Made { transient: other.done(), memo: done },
                false => Made { transient: done, memo: other.done() },
            };
            let length = free.len().min(room);
            let has_all = length == room;
            let mut sink = Sink::new(free.get_mut(..length).unwrap_or_default());
            let outcome = write(Memory { frame, data, scratch }, &mut sink);
            let length = sink.len();
            match outcome {
                // What was written in too small a room is written again, and paid for once:
                // how large the room was depends on the requests before.
                Err(Fault::ScratchFull) if !has_all => self.grow(1)?,
                Err(Fault::ScratchFull) => return Err(self.exhaust()),
                outcome => {
                    self.active().0.note(length);
                    self.spend_text(length)?;
                    outcome?;
                    let start = self.base() + self.active().0.take(length);
                    return Ok(Reference::new(Space::Scratch, start, length));
                }
            }
        }
    }

    /// Makes room for `length` bytes of cells, and says where.
    ///
    /// # Cost
    /// Takes steps as for so much text.
    pub(crate) fn reserve(&mut self, length: usize) -> Outcome<usize> {
        let (active, room) = self.active();
        if length > room {
            return Err(self.exhaust());
        }
        let missing = (active.used + length).saturating_sub(active.bytes.len());
        if missing > 0 {
            self.grow(missing)?;
        }
        self.spend_text(length)?;
        Ok(self.base() + self.active().0.take(length))
    }

    /// Gives back the end of what was reserved, from `end` on, if nothing else
    /// was put behind `reserved_end`.
    #[inline]
    pub(crate) fn trim(&mut self, reserved_end: usize, end: usize) {
        let base = self.base();
        let (active, _) = self.active();
        if reserved_end == base + active.used {
            active.used = active.used.min(end.saturating_sub(base));
        }
    }

    /// Writes a cell into the part that is in use.
    #[inline]
    pub(crate) fn write_cell(&mut self, offset: usize, width: usize, word: Word) -> Outcome<()> {
        let (done, within) = self.done_mut(offset);
        write_cell(done, within, width, word).ok_or(Fault::Unreachable)
    }

    /// The part that is in use of the arena that an offset lies in, to be put in order in
    /// place, and where in it that is.
    #[inline]
    pub(crate) fn done_mut(&mut self, offset: usize) -> (&mut [u8], usize) {
        let (arena, within) = match offset.checked_sub(MEMO_OFFSET) {
            None => (&mut self.transient, offset),
            Some(within) => (&mut self.memo, within),
        };
        (arena.bytes.get_mut(..arena.used).unwrap_or_default(), within)
    }

    /// Twice the room, or as many bytes more as are needed if that is more.
    #[cold]
    fn grow(&mut self, needed: usize) -> Outcome<()> {
        let limit = self.limit;
        let (active, _) = self.active();
        let length = active.bytes.len();
        let least = length.saturating_add(needed);
        let target = least.max(length.saturating_mul(2)).max(Self::FIRST).min(limit);
        let more = target.saturating_sub(length);
        if least > limit || active.bytes.try_reserve_exact(more).is_err() {
            return Err(self.exhaust());
        }
        active.bytes.resize(target, 0);
        Ok(())
    }
}

/// Adds to a list that never has more items than `most`. Its memory doubles as that of
/// all lists does, but not beyond what it may need.
pub(crate) fn push_within<T>(most: usize, list: &mut Vec<T>, item: T) {
    let length = list.len();
    if length == list.capacity() {
        list.reserve_exact(length.max(4).min(most.saturating_sub(length)));
    }
    list.push(item);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory<'m>(scratch: &'m Scratch) -> Memory<'m> {
        Memory { frame: b"frame", data: b"archive", scratch: scratch.done() }
    }

    #[test]
    fn references_read_from_their_own_space_at_any_address() {
        let mut scratch = Scratch::new(100);
        let text = scratch.write(b"", b"", |_, sink| sink.push(b"scratch"));
        let memory = memory(&scratch);
        assert_eq!(memory.text(text.expect("fits")), Ok("scratch"));
        assert_eq!(memory.bytes(Reference::new(Space::Frame, 1, 3)), b"ram");
        assert_eq!(memory.bytes(Reference::new(Space::Archive, 0, 7)), b"archive");
        assert_eq!(memory.bytes(Reference::new(Space::Void, 0, 7)), b"");
    }

    #[test]
    fn what_is_out_of_range_reads_as_nothing() {
        let scratch = Scratch::new(100);
        let memory = memory(&scratch);
        assert_eq!(memory.bytes(Reference::new(Space::Frame, 1, 5)), b"");
        assert_eq!(memory.bytes(Reference::new(Space::Scratch, 0, 1)), b"");
        assert_eq!(memory.bytes(Reference(u64::MAX)), b"");
        let list = Reference::new(Space::Archive, 0, u32::MAX as usize);
        assert_eq!(memory.item(list, 0, 8), Err(Fault::Unreachable));
        assert_eq!(memory.item(list, u32::MAX as usize - 1, 16), Err(Fault::Unreachable));
        assert_eq!(memory.item(list, u32::MAX as usize, 8), Err(Fault::IndexOutOfRange));
        assert_eq!(memory.cells(list, 16), b"");
    }

    #[test]
    fn writing_grows_up_to_the_limit_and_inputs_stay_readable() {
        let mut scratch = Scratch::new(10_000);
        let mut text = scratch.write(b"", b"", |_, sink| sink.push(b"0123456789")).expect("fits");
        for _ in 0..8 {
            text = scratch
                .write(b"", b"", |memory, sink| {
                    sink.push(memory.bytes(text))?;
                    sink.push(memory.bytes(text))
                })
                .expect("fits");
        }
        assert_eq!(memory(&scratch).bytes(text), "0123456789".repeat(256).as_bytes());
        let more = |memory: Memory<'_>, sink: &mut Sink<'_>| {
            (0..3).try_for_each(|_| sink.push(memory.bytes(text)))
        };
        assert!(!scratch.is_exhausted());
        assert_eq!(scratch.write(b"", b"", more), Err(Fault::TooLong));
        assert!(scratch.is_exhausted(), "the decision has no result");
        assert_eq!(scratch.reserve(usize::MAX), Err(Fault::TooLong));
        assert!(scratch.transient.bytes.len() <= 10_000);
        scratch.clear();
        assert!(!scratch.is_exhausted());
        assert_eq!(scratch.reserve(10_000), Ok(0));
        assert_eq!(scratch.reserve(1), Err(Fault::TooLong));
    }

    #[test]
    fn steps_and_what_outputs_carry_are_bounded_by_the_limit() {
        let mut scratch = Scratch::new(2 << 20);
        assert_eq!(scratch.spend(32 << 20), Ok(()));
        assert_eq!(scratch.spend(1), Err(Fault::TooLong));
        assert_eq!(scratch.carry(1 << 20), Ok(()));
        assert_eq!(scratch.carry((1 << 20) + 1), Err(Fault::TooLong));
        assert!(scratch.is_exhausted());
        scratch.clear();
        assert_eq!(scratch.carry((2 << 20) + 1), Err(Fault::TooLong));
        assert!(scratch.is_exhausted());
        scratch.clear();
        assert_eq!((scratch.steps(), scratch.carried()), (32 << 20, 2 << 20));
        // Nothing may be made, and still something compared.
        scratch.set_limit(0);
        scratch.clear();
        assert_eq!((scratch.spend(1000), scratch.carry(1000)), (Ok(()), Ok(())));
    }

    /// Otherwise rules could write until there is no room, over and over.
    #[test]
    fn text_that_finds_no_room_is_paid_for() {
        let mut scratch = Scratch::new(1 << 20);
        let write = |_: Memory<'_>, sink: &mut Sink<'_>| -> Outcome<()> {
            loop {
                sink.push(&[0; 1024])?;
            }
        };
        assert_eq!(scratch.write(b"", b"", write), Err(Fault::TooLong));
        assert_eq!(scratch.steps(), 0, "what comes after it ends at once");
        assert_eq!(scratch.spend(1), Err(Fault::TooLong));
    }

    #[test]
    fn text_costs_the_same_however_much_room_there_was() {
        let write = |_: Memory<'_>, sink: &mut Sink<'_>| sink.push(&[b'x'; 100_000]);
        let mut scratch = Scratch::new(1 << 20);
        let left: Vec<usize> = (0..2)
            .map(|_| {
                scratch.clear();
                scratch.write(b"", b"", write).expect("fits");
                scratch.steps()
            })
            .collect();
        assert_eq!(left[0], left[1]);
    }

    #[test]
    fn a_list_of_at_most_so_many_has_room_for_no_more() {
        for most in [1, 3, 4, 5, 7, 8, 100] {
            let mut list = Vec::new();
            (0..most).for_each(|item| push_within(most, &mut list, item));
            assert_eq!((list.len(), list.capacity()), (most, most));
        }
    }

    #[test]
    fn room_is_given_back_only_from_the_end() {
        let mut scratch = Scratch::new(1000);
        assert_eq!(scratch.reserve(80), Ok(0));
        assert_eq!(scratch.reserve(80), Ok(80));
        scratch.trim(80, 8);
        assert_eq!(scratch.mark().used, 160);
        scratch.trim(160, 88);
        assert_eq!(scratch.mark().used, 88);
        scratch.release(Mark { used: 1000, made: 1000 });
        assert_eq!(scratch.mark().used, 88);
    }

    /// What a condition makes beside memos, and the memos: either first, with what was given
    /// back in between, there is as much room.
    #[test]
    fn what_fits_does_not_depend_on_the_order_of_memos() {
        for (limit, fits) in [(1000, true), (999, false)] {
            for memo_first in [false, true] {
                let mut scratch = Scratch::new(limit);
                let condition = |scratch: &mut Scratch| {
                    let mark = scratch.mark();
                    let at = scratch.reserve(600)?;
                    scratch.trim(at + 600, at + 8);
                    scratch.release(mark);
                    Ok(())
                };
                let memo = |scratch: &mut Scratch| {
                    let before = scratch.make_memo();
                    let made = scratch.reserve(400);
                    scratch.make_as(before);
                    made.map(|_| ())
                };
                let outcome: Outcome<()> = match memo_first {
                    true => memo(&mut scratch).and_then(|()| condition(&mut scratch)),
                    false => condition(&mut scratch).and_then(|()| memo(&mut scratch)),
                };
                assert_eq!((outcome.is_ok(), scratch.is_exhausted()), (fits, !fits));
            }
        }
    }

    #[test]
    fn memos_stay_when_the_rest_is_forgotten() {
        let mut scratch = Scratch::new(1000);
        let mark = scratch.mark();
        scratch.write(b"", b"", |_, sink| sink.push(b"gone")).expect("fits");
        assert!(!scratch.make_memo());
        let memo = scratch.write(b"", b"", |_, sink| sink.push(b"memo")).expect("fits");
        scratch.make_as(false);
        scratch.release(mark);
        let other = scratch.write(b"", b"", |memory, sink| sink.push(memory.bytes(memo)));
        let memory = memory(&scratch);
        assert_eq!(memory.bytes(memo), b"memo");
        assert_eq!(memory.bytes(other.expect("fits")), b"memo");
    }
}
