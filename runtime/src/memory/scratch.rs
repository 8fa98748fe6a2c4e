//! What a decision makes, and what account is kept of it.

#[cfg(test)]
mod tests;

use super::purse::Purse;
use super::view::{MEMO_OFFSET, Made, Memory};
use rulestone_format::code::work;
use rulestone_format::meaning::{Fault, Outcome, Sink};
use rulestone_format::value::{Reference, Space, Word, write_cell};

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

    /// From the next decision on the limits are those of another.
    pub(crate) fn set_limits_of(&mut self, other: &Scratch) {
        (self.limit, self.step_limit) = (other.limit, other.step_limit);
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

    /// All steps that are left.
    #[inline]
    pub(crate) fn purse(&self) -> Purse {
        Purse::of(self.steps)
    }

    /// Takes the steps that were taken from a purse, and gives what the work gave.
    ///
    /// # Errors
    /// That of the work, or [`Fault::TooLong`] where the purse didn't last: the decision ends.
    #[inline]
    pub(crate) fn settle<T>(&mut self, purse: &Purse, outcome: Outcome<T>) -> Outcome<T> {
        let Some(taken) = purse.taken() else { return Err(self.exhaust()) };
        self.spend(taken)?;
        outcome
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
    /// is here already, takes steps from a purse, and starts afresh, with a full purse,
    /// whenever the room was too small.
    pub(crate) fn write(
        &mut self,
        frame: &[u8],
        data: &[u8],
        mut write: impl FnMut(&Purse, Memory<'_>, &mut Sink<'_>) -> Outcome<()>,
    ) -> Outcome<Reference> {
        let purse = self.purse();
        loop {
            purse.refill();
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
            let outcome = write(&purse, Memory { frame, data, scratch }, &mut sink);
            let length = sink.len();
            match outcome {
                // What was written in too small a room is written again, and paid for once:
                // how large the room was depends on the requests before.
                Err(Fault::ScratchFull) if !has_all => self.grow(1)?,
                Err(Fault::ScratchFull) => return Err(self.exhaust()),
                outcome => {
                    self.active().0.note(length);
                    self.spend_text(length)?;
                    self.settle(&purse, outcome)?;
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
