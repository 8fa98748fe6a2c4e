//! The index: how its rows lie.

use crate::archive::ArchivedIndex;

/// Slots of a block: as many bits as the widest registers have.
pub const BLOCK: usize = 512;

/// Words of a block.
pub const BLOCK_WORDS: usize = BLOCK / 64;

/// Words of a row of so many slots: whole blocks.
#[inline]
pub fn row_words(slots: usize) -> usize {
    slots.div_ceil(BLOCK) * BLOCK_WORDS
}

/// Words of the summary of a row of so many slots: a bit for each block.
#[inline]
pub fn summary_words(slots: usize) -> usize {
    slots.div_ceil(BLOCK).div_ceil(64)
}

impl ArchivedIndex {
    /// Whether there is no index.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.dimensions.is_empty()
    }
}
