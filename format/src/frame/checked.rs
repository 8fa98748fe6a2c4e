//! One frame: its check, and what it says.

use super::layout::{HEADER_LENGTH, MAGIC, cells_length, presence_length};
use crate::archive::{ArchivedFactType, ArchivedRuleset};
use crate::error::{Error, ErrorCode};
use crate::meaning::Timestamp;
use crate::schema::{FactKind, MAX_DEPTH, MAX_KEY};
use crate::value::{CELL, Reference, Space, Word, read_cell};

/// A frame that has been checked against an archive's schema.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) count: usize,
    /// Where the presence bits begin.
    pub(super) presence: usize,
    pub(super) cells: usize,
}

/// A frame that has been checked against an archive's schema, of which facts may be
/// missing that aren't optional. Every whole frame is one, too.
#[derive(Debug, Clone, Copy)]
pub struct Partial<'a>(pub(super) Frame<'a>);

impl<'a> Partial<'a> {
    /// Checks that `bytes` are one frame of some facts for this archive.
    ///
    /// # Errors
    /// As [`Frame::check`], but that no fact must be there.
    ///
    /// # Cost
    /// One pass over the bytes; no allocation.
    pub fn check(bytes: &'a [u8], archive: &ArchivedRuleset) -> Result<Partial<'a>, Error> {
        Frame::read(bytes, archive, false).map(Partial)
    }

    /// The facts of a verified archive that have a default; `None` where none has. Of an
    /// archive that isn't verified it is anything, but never beyond its bytes.
    pub fn defaults(archive: &'a ArchivedRuleset) -> Option<Partial<'a>> {
        let bytes = archive.blob(&archive.schema.defaults);
        let frame = Frame::encoded(bytes, archive.schema.facts.len());
        (!bytes.is_empty()).then_some(Partial(frame))
    }

    /// The bytes of the frame.
    #[inline]
    pub fn bytes(&self) -> &'a [u8] {
        self.0.bytes
    }

    /// The facts that are there as a frame, of which all others are absent.
    #[inline]
    pub fn present(&self) -> Frame<'a> {
        self.0
    }

    /// How many facts the sender knows.
    #[inline]
    pub fn count(&self) -> usize {
        self.0.count
    }

    /// Whether a fact is there.
    #[inline]
    pub fn has(&self, fact: usize) -> bool {
        self.0.has(fact)
    }
}

impl<'a> From<Frame<'a>> for Partial<'a> {
    fn from(whole: Frame<'a>) -> Partial<'a> {
        Partial(whole)
    }
}

impl<'a> Frame<'a> {
    /// Checks that `bytes` are one frame of facts for this archive.
    ///
    /// # Errors
    /// `F…`: anything that is not as the module says, a value out of range for
    /// its type, a bound exceeded, a fact missing that is not optional,
    /// whether or not the sender knows it.
    ///
    /// # Cost
    /// One pass over the bytes; no allocation.
    pub fn check(bytes: &'a [u8], archive: &ArchivedRuleset) -> Result<Frame<'a>, Error> {
        Frame::read(bytes, archive, true)
    }

    /// A frame of the first `count` facts that an encoder has made, and that needs no check.
    /// Of bytes that are none, what is read is anything, but never beyond them.
    #[doc(hidden)]
    #[inline]
    pub fn encoded(bytes: &'a [u8], count: usize) -> Frame<'a> {
        let cells = HEADER_LENGTH + presence_length(count);
        Frame { bytes, count, presence: HEADER_LENGTH, cells }
    }

    /// Checks that this frame, which was checked against some archive, is one for this
    /// archive, too: by its fingerprint, and that no fact is missing that it must have.
    ///
    /// # Errors
    /// [`ErrorCode::FrameFingerprint`], [`ErrorCode::FrameMissing`].
    #[inline]
    pub fn recheck(&self, archive: &ArchivedRuleset) -> Result<(), Error> {
        let fingerprint = self.bytes.get(8..16).and_then(|bytes| bytes.first_chunk());
        let fingerprint = fingerprint.map(|bytes| u64::from_le_bytes(*bytes));
        let known = archive.schema.fingerprints.get(self.count).map(|known| known.to_native());
        if known.is_none() || known != fingerprint {
            return Err(Error::new(ErrorCode::FrameFingerprint));
        }
        match self.count < archive.schema.facts.len() {
            true => has_all_beyond(self.count, archive),
            false => Ok(()),
        }
    }

    fn read(
        bytes: &'a [u8],
        archive: &ArchivedRuleset,
        is_whole: bool,
    ) -> Result<Frame<'a>, Error> {
        let frame = Frame::of_header(bytes, archive)?;
        Check { archive, bytes, cursor: frame.heap(archive)?, is_whole }.facts(&frame)?;
        Ok(frame)
    }

    /// A frame of which the header has been checked, and nothing else.
    pub(super) fn of_header(
        bytes: &'a [u8],
        archive: &ArchivedRuleset,
    ) -> Result<Frame<'a>, Error> {
        let header: &[u8; HEADER_LENGTH] =
            bytes.first_chunk().ok_or(Error::new(ErrorCode::FrameTruncated))?;
        let half = |at: usize| u32::from_le_bytes(std::array::from_fn(|i| header[at + i]));
        if header[..4] != MAGIC || half(20) != 0 {
            return Err(Error::new(ErrorCode::FrameHeader));
        }
        let length = half(4) as usize;
        if length > bytes.len() {
            return Err(Error::new(ErrorCode::FrameTruncated));
        }
        if length < bytes.len() {
            return Err(Error::new(ErrorCode::FrameTrailing));
        }
        if length >= Reference::MAX_OFFSET {
            return Err(Error::new(ErrorCode::FrameHeader));
        }
        let count = half(16) as usize;
        let fingerprint = u64::from_le_bytes(std::array::from_fn(|i| header[8 + i]));
        let known = archive.schema.fingerprints.get(count).map(|f| f.to_native());
        if known != Some(fingerprint) {
            return Err(Error::new(ErrorCode::FrameFingerprint));
        }
        let cells = HEADER_LENGTH + presence_length(count);
        Ok(Frame { bytes, count, presence: HEADER_LENGTH, cells })
    }

    /// The bytes of the frame.
    #[inline]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many facts the sender knows.
    #[inline]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether a fact is there.
    #[inline]
    pub fn has(&self, fact: usize) -> bool {
        fact < self.count
            && self.bytes.get(self.presence + fact / 8).is_some_and(|b| b >> (fact % 8) & 1 != 0)
    }

    /// A bit for each of the first 64 facts that is there.
    #[inline]
    pub fn presence(&self) -> u64 {
        let bits = self.bytes.get(self.presence..self.cells).and_then(|bits| bits.first_chunk());
        bits.map_or(0, |bits| u64::from_le_bytes(*bits))
    }

    /// A bit for each of 64 facts that is there, from fact `64 * word` on.
    #[inline]
    pub fn presence_of(&self, word: usize) -> u64 {
        if word * 64 >= self.count {
            return 0;
        }
        let bits = self.bytes.get(self.presence + word * 8..).and_then(|bytes| bytes.first_chunk());
        bits.map_or(0, |bits| u64::from_le_bytes(*bits))
    }

    /// The cell at the slot of a fact that is there.
    #[inline]
    pub fn cell(&self, slot: usize, kind: FactKind) -> Word {
        read_cell(self.bytes, self.cells.saturating_add(slot), kind.width()).unwrap_or_default()
    }

    /// The low half of the cell at the slot of a fact that is there; with a slot 8
    /// bytes further on, the high half of a wide one.
    #[inline]
    pub fn low(&self, slot: usize) -> u64 {
        let rest = self.bytes.get(self.cells.wrapping_add(slot)..);
        rest.and_then(|rest| rest.first_chunk()).map_or(0, |cell| u64::from_le_bytes(*cell))
    }

    /// The cells and all behind them.
    #[inline]
    pub fn cells(&self) -> &'a [u8] {
        self.bytes.get(self.cells..).unwrap_or_default()
    }

    /// Where the heap begins.
    pub(super) fn heap(&self, archive: &ArchivedRuleset) -> Result<usize, Error> {
        let length = cells_length(archive, self.count);
        let end = length.and_then(|length| self.cells.checked_add(length));
        end.filter(|end| *end <= self.bytes.len()).ok_or(Error::new(ErrorCode::FrameTruncated))
    }
}

/// A check under way: everything before `cursor` is accounted for.
struct Check<'a> {
    archive: &'a ArchivedRuleset,
    bytes: &'a [u8],
    cursor: usize,
    /// Whether facts that aren't optional must be there.
    is_whole: bool,
}

impl<'a> Check<'a> {
    fn facts(&mut self, frame: &Frame<'_>) -> Result<(), Error> {
        let schema = &self.archive.schema;
        let presence = frame.bytes.get(frame.presence..frame.cells).unwrap_or_default();
        let (presence, _) = presence.as_chunks();
        let mut last = 0;
        let mut facts = schema.facts.iter().take(frame.count).enumerate();
        for bits in presence {
            last = u64::from_le_bytes(*bits);
            let mut bits = last;
            for (index, fact) in facts.by_ref().take(64) {
                let at = |code| Error::at(code, index as u64);
                let is_there = bits & 1 != 0;
                bits >>= 1;
                if !is_there {
                    if self.is_whole && fact.optional == 0 {
                        return Err(at(ErrorCode::FrameMissing));
                    }
                    continue;
                }
                let fact_type = schema.fact_type(fact.fact_type.to_native());
                let (fact_type, kind) = fact_type
                    .and_then(|t| Some((t, t.kind()?)))
                    .ok_or(at(ErrorCode::FrameHeader))?;
                if !kind.takes_any_cell() {
                    let cell = frame.cell(fact.slot.to_native() as usize, kind);
                    self.value(fact_type, kind, cell, MAX_DEPTH).map_err(at)?;
                }
            }
        }
        if self.is_whole && frame.count < schema.facts.len() {
            has_all_beyond(frame.count, self.archive)?;
        }
        // Bits of no fact: those of the last eight bytes behind the last fact.
        let used = frame.count % 64;
        if used != 0 && last >> used != 0 {
            return Err(Error::new(ErrorCode::FrameHeader));
        }
        if self.cursor != self.bytes.len() {
            return Err(Error::new(ErrorCode::FrameTrailing));
        }
        Ok(())
    }

    #[inline(always)]
    fn value(
        &mut self,
        fact_type: &ArchivedFactType,
        kind: FactKind,
        cell: Word,
        depth: usize,
    ) -> Result<(), ErrorCode> {
        let good = match kind {
            FactKind::Bool => cell.low <= 1,
            kind if kind.takes_any_cell() => true,
            // On the whole word: `Timestamp` has room for the low half of the nanoseconds only.
            FactKind::Timestamp => cell.high < 1_000_000_000 && is_timestamp(cell.timestamp()),
            FactKind::Enum => {
                cell.low < self.archive.schema.labels(fact_type.item.to_native()).len() as u64
            }
            FactKind::String | FactKind::Bytes => {
                let text = self.text(cell.reference(), fact_type.bound.to_native())?;
                if kind == FactKind::String && !self.is_utf8(text) {
                    return Err(ErrorCode::FrameText);
                }
                true
            }
            _ => return self.items(fact_type, kind, cell.reference(), depth),
        };
        if good { Ok(()) } else { Err(ErrorCode::FrameCell) }
    }

    /// Takes the bytes that a reference names off the heap.
    fn take(&mut self, reference: Reference, length: usize) -> Result<usize, ErrorCode> {
        let start = self.cursor;
        let end = start.checked_add(length).filter(|end| *end <= self.bytes.len());
        match end {
            Some(end) if reference.space() == Space::Frame && reference.offset() == start => {
                self.cursor = end;
                Ok(start)
            }
            _ => Err(ErrorCode::FrameReference),
        }
    }

    fn text(&mut self, reference: Reference, bound: u32) -> Result<&'a [u8], ErrorCode> {
        if reference.length() > bound as usize {
            return Err(ErrorCode::FrameBound);
        }
        let start = self.take(reference, reference.length())?;
        Ok(&self.bytes[start..self.cursor])
    }

    /// Whether the text that was taken last is UTF-8. Most of it is short and ASCII.
    #[inline(always)]
    fn is_utf8(&self, text: &[u8]) -> bool {
        const HIGH: u128 = 0x8080_8080_8080_8080_8080_8080_8080_8080;
        // It ends at the cursor, behind a header that is longer than this.
        let before = self.bytes.get(..self.cursor).and_then(|bytes| bytes.last_chunk());
        let (Some(before), length @ ..=16) = (before, text.len()) else {
            return std::str::from_utf8(text).is_ok();
        };
        let high = u128::from_le_bytes(*before) & HIGH;
        let none = high.checked_shr(128 - 8 * length as u32).unwrap_or(0) == 0;
        none || std::str::from_utf8(text).is_ok()
    }

    #[inline(never)]
    fn items(
        &mut self,
        fact_type: &ArchivedFactType,
        kind: FactKind,
        reference: Reference,
        depth: usize,
    ) -> Result<(), ErrorCode> {
        let depth = depth.checked_sub(1).ok_or(ErrorCode::FrameCell)?;
        let archive = self.archive;
        let item = archive.schema.fact_type(fact_type.item.to_native());
        let (item, item_kind) =
            item.and_then(|i| Some((i, i.kind()?))).ok_or(ErrorCode::FrameCell)?;
        if reference.length() > fact_type.bound.to_native() as usize {
            return Err(ErrorCode::FrameBound);
        }
        let key_width = if kind == FactKind::Map { CELL } else { 0 };
        let stride = key_width + item_kind.width();
        let length = reference.length().checked_mul(stride).ok_or(ErrorCode::FrameReference)?;
        let start = self.take(reference, length)?;
        let mut last_key: Option<&[u8]> = None;
        for index in 0..reference.length() {
            let at = start + index * stride;
            if kind == FactKind::Map {
                let key = read_cell(self.bytes, at, CELL).ok_or(ErrorCode::FrameReference)?;
                let key = self.text(key.reference(), MAX_KEY)?;
                if !self.is_utf8(key) {
                    return Err(ErrorCode::FrameText);
                }
                if last_key.is_some_and(|last| last >= key) {
                    return Err(ErrorCode::FrameKeys);
                }
                last_key = Some(key);
            }
            let cell = read_cell(self.bytes, at + key_width, item_kind.width())
                .ok_or(ErrorCode::FrameReference)?;
            self.value(item, item_kind, cell, depth)?;
        }
        Ok(())
    }
}

/// That no fact must be there that the sender doesn't know.
#[cold]
fn has_all_beyond(count: usize, archive: &ArchivedRuleset) -> Result<(), Error> {
    let mut beyond = archive.schema.facts.iter().enumerate().skip(count);
    match beyond.find(|(_, fact)| fact.optional == 0) {
        Some((index, _)) => Err(Error::at(ErrorCode::FrameMissing, index as u64)),
        None => Ok(()),
    }
}

/// Whether a timestamp may stand in a frame.
pub fn is_timestamp(timestamp: Timestamp) -> bool {
    timestamp.nanos < 1_000_000_000 && (Timestamp::MIN..=Timestamp::MAX).contains(&timestamp)
}
