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
    pub(crate) scratch: &'m [u8],
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
        let offset = index
            .checked_mul(stride)
            .and_then(|offset| offset.checked_add(items.offset() + within));
        offset
            .and_then(|offset| read_cell(self.space(items.space()), offset, width))
            .ok_or(Fault::Unreachable)
    }

    #[inline]
    fn range(self, reference: Reference, length: usize) -> &'m [u8] {
        let start = reference.offset();
        let end = start.saturating_add(length);
        self.space(reference.space()).get(start..end).unwrap_or_default()
    }

    #[inline]
    fn space(self, space: Space) -> &'m [u8] {
        match space {
            Space::Frame => self.frame,
            Space::Archive => self.data,
            Space::Scratch => self.scratch,
            Space::Void => &[],
        }
    }
}

/// Where the values that a decision makes are put, one behind the other; all
/// are forgotten at once when the next decision begins.
///
/// It grows when it is too small and never shrinks, so that a session that has
/// seen its largest request allocates no more.
///
/// It also keeps account of the work that grows with values: a *step* is about a
/// nanosecond of it ([`work`]). The static cost of an archive counts the same work at the greatest
/// size that values can have.
#[derive(Debug)]
pub(crate) struct Scratch {
    bytes: Vec<u8>,
    used: usize,
    limit: usize,
    /// Steps that the decision may still take.
    steps: usize,
    /// Bytes that its outputs may still carry.
    carried: usize,
}

impl Scratch {
    /// Bytes that it may grow to unless told otherwise.
    pub(crate) const DEFAULT_LIMIT: usize = 16 << 20;

    /// Bytes that it starts to grow with.
    const FIRST: usize = 4 << 10;

    /// Steps that a decision may take for each byte that it may use: some 0.3 s
    /// with the default limit.
    const STEPS_A_BYTE: usize = 16;

    /// Steps and bytes of outputs that a decision may have however little it may
    /// use: a session that must make nothing can still compare.
    const LEAST: usize = 1 << 20;

    pub(crate) fn new(limit: usize) -> Scratch {
        let mut scratch = Scratch { bytes: Vec::new(), used: 0, limit: 0, steps: 0, carried: 0 };
        scratch.set_limit(limit);
        scratch.clear();
        scratch
    }

    /// From now on it grows to `limit` bytes, below 1 GiB, at most; from the next
    /// decision on, as many bytes may be in its outputs, and sixteen times as many steps
    /// taken.
    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit.min(Reference::MAX_OFFSET - 1);
    }

    pub(crate) fn clear(&mut self) {
        self.used = 0;
        self.steps = self.limit.saturating_mul(Self::STEPS_A_BYTE).max(Self::LEAST);
        self.carried = self.limit.max(Self::LEAST);
    }

    /// Takes so many steps, before or after the work.
    ///
    /// # Errors
    /// [`Fault::TooLong`] where the decision has no more: none are left then.
    #[inline]
    pub(crate) fn spend(&mut self, steps: usize) -> Outcome<()> {
        let left = self.steps.checked_sub(steps);
        self.steps = left.unwrap_or(0);
        left.map(|_| ()).ok_or(Fault::TooLong)
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
    /// [`Fault::TooLong`] where that is too much; as many as before are left then.
    pub(crate) fn carry(&mut self, bytes: usize) -> Outcome<()> {
        self.carried = self.carried.checked_sub(bytes).ok_or(Fault::TooLong)?;
        Ok(())
    }

    /// Bytes that outputs may still carry.
    pub(crate) fn carried(&self) -> usize {
        self.carried
    }

    /// What is in use, to come back to by [`Scratch::release`].
    #[inline]
    pub(crate) fn mark(&self) -> usize {
        self.used
    }

    /// Forgets everything put here since the mark.
    #[inline]
    pub(crate) fn release(&mut self, mark: usize) {
        self.used = self.used.min(mark);
    }

    /// The part that is in use.
    #[inline]
    pub(crate) fn done(&self) -> &[u8] {
        self.bytes.get(..self.used).unwrap_or_default()
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
            let (scratch, free) =
                self.bytes.split_at_mut_checked(self.used).ok_or(Fault::Unreachable)?;
            let memory = Memory { frame, data, scratch };
            let mut sink = Sink::new(free);
            let outcome = write(memory, &mut sink);
            let length = sink.len();
            self.spend_text(length)?;
            match outcome {
                Ok(()) => {
                    let reference = Reference::new(Space::Scratch, self.used, length);
                    self.used += length;
                    return Ok(reference);
                }
                Err(Fault::ScratchFull) => self.grow(1)?,
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Makes room for `length` bytes of cells, and says where.
    ///
    /// # Cost
    /// Takes steps as for so much text.
    pub(crate) fn reserve(&mut self, length: usize) -> Outcome<usize> {
        let start = self.used;
        let end = start.checked_add(length).ok_or(Fault::ScratchFull)?;
        if end > self.bytes.len() {
            self.grow(end - self.bytes.len())?;
        }
        self.spend_text(length)?;
        self.used = end;
        Ok(start)
    }

    /// Gives back the end of what was reserved, from `end` on, if nothing else
    /// was put behind `reserved_end`.
    #[inline]
    pub(crate) fn trim(&mut self, reserved_end: usize, end: usize) {
        if reserved_end == self.used {
            self.release(end);
        }
    }

    /// Writes a cell into the part that is in use.
    #[inline]
    pub(crate) fn write_cell(&mut self, offset: usize, width: usize, word: Word) -> Outcome<()> {
        let done = self.done_mut();
        write_cell(done, offset, width, word).ok_or(Fault::Unreachable)
    }

    /// The part that is in use, to be put in order in place.
    #[inline]
    pub(crate) fn done_mut(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.used).unwrap_or_default()
    }

    /// Twice the room, or as many bytes more as are needed if that is more.
    #[cold]
    fn grow(&mut self, needed: usize) -> Outcome<()> {
        let length = self.bytes.len();
        let least = length.checked_add(needed).ok_or(Fault::ScratchFull)?;
        if least > self.limit {
            return Err(Fault::ScratchFull);
        }
        let target = least.max(length.saturating_mul(2)).max(Self::FIRST).min(self.limit);
        let more = target - length;
        self.bytes.try_reserve_exact(more).map_err(|_| Fault::ScratchFull)?;
        self.bytes.resize(target, 0);
        Ok(())
    }
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
        assert_eq!(scratch.write(b"", b"", more), Err(Fault::ScratchFull));
        assert_eq!(scratch.reserve(usize::MAX), Err(Fault::ScratchFull));
        assert!(scratch.bytes.len() <= 10_000);
        scratch.clear();
        assert_eq!(scratch.reserve(10_000), Ok(0));
        assert_eq!(scratch.reserve(1), Err(Fault::ScratchFull));
    }

    #[test]
    fn steps_and_what_outputs_carry_are_bounded_by_the_limit() {
        let mut scratch = Scratch::new(2 << 20);
        assert_eq!(scratch.spend(32 << 20), Ok(()));
        assert_eq!(scratch.spend(1), Err(Fault::TooLong));
        assert_eq!(scratch.carry(1 << 20), Ok(()));
        assert_eq!(scratch.carry((1 << 20) + 1), Err(Fault::TooLong));
        assert_eq!(scratch.carry(1 << 20), Ok(()), "what was refused takes nothing");
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
        let mut attempts = 0;
        while scratch.write(b"", b"", write) == Err(Fault::ScratchFull) {
            attempts += 1;
            assert!(attempts < 1000);
        }
        assert_eq!(scratch.write(b"", b"", write), Err(Fault::TooLong));
        assert!(attempts > 10);
    }

    #[test]
    fn room_is_given_back_only_from_the_end() {
        let mut scratch = Scratch::new(1000);
        assert_eq!(scratch.reserve(80), Ok(0));
        assert_eq!(scratch.reserve(80), Ok(80));
        scratch.trim(80, 8);
        assert_eq!(scratch.mark(), 160);
        scratch.trim(160, 88);
        assert_eq!(scratch.mark(), 88);
        scratch.release(1000);
        assert_eq!(scratch.mark(), 88);
    }
}
