//! Alternatives side by side as registers read them: sixteen lanes of 16 bits.

use crate::decide::key::Flips;

/// Alternatives side by side.
pub(crate) const LANES: usize = 16;

/// Only so many words of the cells, the first, are compared.
pub(crate) const COLUMNS: usize = 32;

/// How the first cells of a frame become numbers of 16 bits.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
pub(crate) struct Scaling {
    /// Keys up to this one have the number 0.
    pub(crate) base: [i64; COLUMNS],
    /// How many bits are lost, the lowest.
    pub(crate) shift: [u8; COLUMNS],
    /// A bit for each column of doubles, and of unsigned numbers.
    pub(crate) doubles: u32,
    pub(crate) unsigned: u32,
    /// How many columns there are, up to the last that is compared.
    pub(crate) columns: usize,
}

impl Scaling {
    /// The number of a cell.
    #[inline(always)]
    pub(crate) fn of_cell(&self, column: usize, bits: u64) -> u16 {
        let flips = Flips {
            of_negative: u64::MAX.wrapping_mul(u64::from(self.doubles >> column & 1)) >> 1,
            always: u64::from(self.unsigned >> column & 1) << 63,
            is_moment: false,
        };
        self.of_key(column, flips.key(bits))
    }

    /// The number of a key.
    #[inline(always)]
    pub(crate) fn of_key(&self, column: usize, key: i64) -> u16 {
        let base = self.base[column];
        let above = key.max(base).wrapping_sub(base).cast_unsigned();
        (above >> (self.shift[column] % 64)).min(u64::from(u16::MAX)) as u16
    }
}

/// Of each lane: which facts must be there.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct RequiredFacts {
    /// A bit for each.
    pub(crate) facts: [u32; LANES],
    /// Not 0 where the lane has no alternative.
    pub(crate) is_unused: [u16; LANES],
}

/// Of each lane: that a number is one of `least..=least + width`.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(crate) struct Ranges {
    pub(crate) columns: [u16; LANES],
    pub(crate) least: [u16; LANES],
    pub(crate) width: [u16; LANES],
}

/// Of each lane: that the bit of a number is set. Numbers from 32 on have none.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(crate) struct Sets {
    pub(crate) columns: [u16; LANES],
    /// Of numbers below 16, and of those from there on.
    pub(crate) low: [u16; LANES],
    pub(crate) high: [u16; LANES],
    /// 0 where the lane has no set, so that any number will do, else 1.
    pub(crate) is_set: [u16; LANES],
}
