//! Where loops stand.

use rulestone_format::value::Word;

/// Registers that say where a loop stands: `low` is the number of the item in
/// its lower half, and of how many in its upper.
pub(super) struct Cursor;

impl Cursor {
    pub(super) fn first(count: usize) -> Word {
        Word::from_uint((count as u64) << 32)
    }

    pub(super) fn index(cursor: Word) -> usize {
        (cursor.low & u64::from(u32::MAX)) as usize
    }

    /// `None` where this item was the last.
    #[inline]
    pub(super) fn next(cursor: Word) -> Option<Word> {
        let (index, count) = (cursor.low & u64::from(u32::MAX), cursor.low >> 32);
        (index + 1 < count).then(|| Word::from_uint(cursor.low + 1))
    }
}
