//! How a value looks while rules run, and how it looks in memory.
//!
//! A [`Word`] is a value in a register: 16 bytes. Text, lists and maps are a
//! [`Reference`] to bytes in one of three [`Space`]s. A *cell* is a value
//! inside a list or a map, or the value of a fact in a frame: 8 bytes, or 16
//! for the two types that need them. Cells look alike in all three spaces, so
//! that a list of the request, of the archive and of the scratch memory are
//! read by the same code.

use crate::meaning::{Point, Timestamp};
use rkyv::{Archive, Serialize};

/// A value in a register, or a constant of the archive.
///
/// | type | `low` | `high` |
/// |---|---|---|
/// | bool | 0 or 1 | 0 |
/// | int, duration (nanoseconds) | two's complement | 0 |
/// | uint | itself | 0 |
/// | double | IEEE 754 bits | 0 |
/// | string, bytes, list, map | [`Reference`] | 0 |
/// | timestamp | Unix seconds, two's complement | nanoseconds |
/// | point | bits of the latitude | bits of the longitude |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Archive, Serialize)]
pub struct Word {
    pub low: u64,
    pub high: u64,
}

impl Word {
    pub const FALSE: Word = Word { low: 0, high: 0 };
    pub const TRUE: Word = Word { low: 1, high: 0 };

    #[inline]
    pub fn from_bool(value: bool) -> Word {
        Word { low: value as u64, high: 0 }
    }

    #[inline]
    pub fn from_int(value: i64) -> Word {
        Word { low: value as u64, high: 0 }
    }

    #[inline]
    pub fn from_uint(value: u64) -> Word {
        Word { low: value, high: 0 }
    }

    #[inline]
    pub fn from_double(value: f64) -> Word {
        Word { low: value.to_bits(), high: 0 }
    }

    #[inline]
    pub fn from_timestamp(value: Timestamp) -> Word {
        Word { low: value.seconds as u64, high: u64::from(value.nanos) }
    }

    #[inline]
    pub fn from_point(value: Point) -> Word {
        Word { low: value.lat.to_bits(), high: value.lon.to_bits() }
    }

    #[inline]
    pub fn from_reference(value: Reference) -> Word {
        Word { low: value.0, high: 0 }
    }

    #[inline]
    pub fn bool(self) -> bool {
        self.low & 1 != 0
    }

    #[inline]
    pub fn int(self) -> i64 {
        self.low as i64
    }

    #[inline]
    pub fn uint(self) -> u64 {
        self.low
    }

    #[inline]
    pub fn double(self) -> f64 {
        f64::from_bits(self.low)
    }

    #[inline]
    pub fn timestamp(self) -> Timestamp {
        Timestamp { seconds: self.low as i64, nanos: self.high as u32 }
    }

    #[inline]
    pub fn point(self) -> Point {
        Point { lat: f64::from_bits(self.low), lon: f64::from_bits(self.high) }
    }

    #[inline]
    pub fn reference(self) -> Reference {
        Reference(self.low)
    }
}

impl From<&ArchivedWord> for Word {
    #[inline]
    fn from(archived: &ArchivedWord) -> Word {
        Word { low: archived.low.to_native(), high: archived.high.to_native() }
    }
}

/// Which memory a [`Reference`] points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Space {
    /// The frame of facts of this request.
    Frame = 0,
    /// The data section of the archive.
    Archive = 1,
    /// The scratch memory of the session.
    Scratch = 2,
    /// Nothing: reading it finds no bytes.
    Void = 3,
}

/// Where text, a list or a map lies: bits 62..64 the [`Space`], bits 32..62 the
/// offset in bytes from the start of that space, bits 0..32 the length (bytes
/// of text, items of a list, entries of a map).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Reference(pub u64);

impl Reference {
    /// Offsets are below this: 1 GiB.
    pub const MAX_OFFSET: usize = 1 << 30;

    #[inline]
    pub fn new(space: Space, offset: usize, length: usize) -> Reference {
        debug_assert!(offset < Self::MAX_OFFSET && length <= u32::MAX as usize);
        let offset = (offset & (Self::MAX_OFFSET - 1)) as u64;
        Reference((space as u64) << 62 | offset << 32 | (length as u32 as u64))
    }

    #[inline]
    pub fn space(self) -> Space {
        match self.0 >> 62 {
            0 => Space::Frame,
            1 => Space::Archive,
            2 => Space::Scratch,
            _ => Space::Void,
        }
    }

    #[inline]
    pub fn offset(self) -> usize {
        (self.0 >> 32) as usize & (Self::MAX_OFFSET - 1)
    }

    #[inline]
    pub fn length(self) -> usize {
        self.0 as u32 as usize
    }

    #[inline]
    pub fn is_empty(self) -> bool {
        self.length() == 0
    }
}

/// Size of the cell of most types, and of the wide ones (timestamp, point).
pub const CELL: usize = 8;
pub const WIDE_CELL: usize = 16;

/// Reads a cell of `width` bytes at `offset`. `None` beyond the end.
#[inline]
pub fn read_cell(bytes: &[u8], offset: usize, width: usize) -> Option<Word> {
    let end = offset.checked_add(width)?;
    let cell = bytes.get(offset..end)?;
    let (low, rest) = cell.split_first_chunk::<8>()?;
    let high = rest.first_chunk::<8>().map_or(0, |high| u64::from_le_bytes(*high));
    Some(Word { low: u64::from_le_bytes(*low), high })
}

/// Writes a cell of `width` bytes at `offset`. `None` beyond the end.
#[inline]
pub fn write_cell(bytes: &mut [u8], offset: usize, width: usize, word: Word) -> Option<()> {
    let end = offset.checked_add(width)?;
    let cell = bytes.get_mut(offset..end)?;
    let (low, rest) = cell.split_first_chunk_mut::<8>()?;
    *low = word.low.to_le_bytes();
    if let Some(high) = rest.first_chunk_mut::<8>() {
        *high = word.high.to_le_bytes();
    }
    Some(())
}
