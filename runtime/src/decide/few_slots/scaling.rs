//! Numbers of 16 bits for what stands in cells: in the order of the keys, and those
//! apart that a ruleset tells apart, where that can be.
//!
//! Where it can't be, keys that are told apart may have the same number. Who asks for
//! them is asked again.

use super::super::cells::Flips;
use super::asks::{Ask, Asked};

/// Words of cells that are asked.
pub(in super::super) const COLUMNS: usize = 32;

/// How the first cells become numbers.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
pub(in super::super) struct Scaling {
    /// The greatest key whose number is 0.
    pub(in super::super) base: [i64; COLUMNS],
    /// How many bits are lost.
    pub(in super::super) shift: [u8; COLUMNS],
    /// A bit for each column of doubles, and of unsigned numbers.
    pub(in super::super) doubles: u32,
    pub(in super::super) unsigned: u32,
    /// How many columns there are.
    pub(in super::super) columns: usize,
}

impl Scaling {
    /// For these asks.
    pub(super) fn of<'a>(asks: impl Iterator<Item = &'a Ask>) -> Scaling {
        let mut scaling = Scaling::default();
        let mut ends: [Option<(i64, i64)>; COLUMNS] = [None; COLUMNS];
        for ask in asks {
            let column = ask.column as usize;
            scaling.columns = scaling.columns.max(column + 1);
            scaling.doubles |= u32::from(ask.flips.of_negative != 0) << column;
            scaling.unsigned |= u32::from(ask.flips.always != 0) << column;
            if let Asked::Keys(least, end) = ask.asked {
                for cut in [least, end].into_iter().flatten() {
                    let (first, last) = ends[column].unwrap_or((cut, cut));
                    ends[column] = Some((first.min(cut), last.max(cut)));
                }
            }
        }
        for (column, ends) in ends.into_iter().enumerate() {
            if let Some((first, last)) = ends {
                let base = first.saturating_sub(1);
                let span = last.wrapping_sub(base).cast_unsigned();
                scaling.base[column] = base;
                // The greatest number is for keys beyond the last cut.
                scaling.shift[column] = span.saturating_add(1).ilog2().saturating_sub(15) as u8;
            }
        }
        scaling
    }

    /// The number of a cell.
    #[inline(always)]
    pub(in super::super) fn of_cell(&self, column: usize, bits: u64) -> u16 {
        let flips = Flips {
            of_negative: u64::MAX.wrapping_mul(u64::from(self.doubles >> column & 1)) >> 1,
            always: u64::from(self.unsigned >> column & 1) << 63,
            is_moment: false,
        };
        self.of_key(column, flips.key(bits))
    }

    /// The number of a key.
    #[inline(always)]
    fn of_key(&self, column: usize, key: i64) -> u16 {
        let base = self.base[column];
        let above = key.max(base).wrapping_sub(base).cast_unsigned();
        (above >> (self.shift[column] % 64)).min(u64::from(u16::MAX)) as u16
    }

    /// The least and the greatest number of keys from one cut to before another.
    pub(super) fn bounds(
        &self,
        column: u32,
        (least, end): (Option<i64>, Option<i64>),
    ) -> (u16, u16) {
        let column = column as usize;
        let least = least.map_or(0, |least| self.of_key(column, least));
        let last = end.map(|end| end.saturating_sub(1));
        (least, last.map_or(u16::MAX, |last| self.of_key(column, last)))
    }

    /// Whether numbers within the bounds may be those of other keys.
    pub(super) fn loses(&self, ask: &Ask) -> bool {
        self.shift[ask.column as usize] != 0
    }
}
