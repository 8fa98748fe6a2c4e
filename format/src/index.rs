//! The index: how its rows lie.

use crate::archive::ArchivedIndex;

/// Slots of a block: as many bits as the widest registers have.
pub const BLOCK: usize = 512;

/// Words of a block.
pub const BLOCK_WORDS: usize = BLOCK / 64;

/// What cuts a dimension into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum DimensionKind {
    /// The fact's key lies in one cell; cuts separate them.
    Ordered = 0,
    /// Each word of a list of strings adds its row to the base; there are no cuts.
    Members = 1,
}

impl DimensionKind {
    #[inline]
    pub fn from_u16(number: u16) -> Option<DimensionKind> {
        match number {
            0 => Some(DimensionKind::Ordered),
            1 => Some(DimensionKind::Members),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            DimensionKind::Ordered => "ordered",
            DimensionKind::Members => "members",
        }
    }
}

/// Words of a row of so many slots: whole blocks.
#[inline]
pub fn row_words(slots: usize) -> usize {
    slots.div_ceil(BLOCK) * BLOCK_WORDS
}

impl ArchivedIndex {
    /// Whether there is no index.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.dimensions.is_empty()
    }
}
