//! The operations for any processor, which say what all others do.

use super::bitmap::{Block, BlockBytes};
use super::lanes::{COLUMNS, LANES, Ranges, RequiredFacts, Scaling, Sets};
use super::node::Node;
use super::packed::{PackedResidual, RankColumns};
use super::registers::Registers;

/// Any processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Portable;

impl Registers for Portable {
    type Block = Block;

    #[inline(always)]
    fn full(self) -> Block {
        [u64::MAX; 8]
    }

    #[inline(always)]
    fn read(self, bytes: &BlockBytes) -> Block {
        bytes.map(|word| word.to_native())
    }

    #[inline(always)]
    fn load(self, words: &Block) -> Block {
        *words
    }

    #[inline(always)]
    fn words(self, block: Block) -> Block {
        block
    }

    #[inline(always)]
    fn and(self, a: Block, b: Block) -> Block {
        std::array::from_fn(|word| a[word] & b[word])
    }

    #[inline(always)]
    fn or(self, a: Block, b: Block) -> Block {
        std::array::from_fn(|word| a[word] | b[word])
    }

    #[inline(always)]
    fn nonzero_words(self, block: Block) -> u8 {
        let some = |(at, word): (usize, &u64)| u8::from(*word != 0) << at;
        block.iter().enumerate().map(some).fold(0, |all, some| all | some)
    }

    #[inline(always)]
    fn reached(self, node: &Node, key: i64) -> usize {
        node.reached(key)
    }

    #[inline(always)]
    fn prefetch<T>(self, _soon: &T) {}

    type Ranks = RankColumns;

    #[inline(always)]
    fn load_ranks(self, ranks: &RankColumns) -> RankColumns {
        *ranks
    }

    #[inline(always)]
    fn outside(self, residual: &PackedResidual, ranks: &RankColumns) -> u8 {
        let mut outside = 0;
        let intervals = residual.low.iter().zip(residual.width).zip(residual.columns);
        for (at, ((low, width), column)) in intervals.enumerate() {
            let above = ranks[usize::from(column) % ranks.len()].wrapping_sub(*low);
            outside |= u8::from(above > width) << at;
        }
        outside
    }

    type Numbers = [u16; COLUMNS];
    type Misses = [u32; LANES];

    #[inline(always)]
    fn scale(self, cells: &[[u8; 8]], scaling: &Scaling) -> Self::Numbers {
        let mut numbers = [0; COLUMNS];
        let columns = numbers.iter_mut().zip(cells).take(scaling.columns);
        for (column, (number, cell)) in columns.enumerate() {
            *number = scaling.of_cell(column, u64::from_le_bytes(*cell));
        }
        numbers
    }

    #[inline(always)]
    fn require(self, present: u32, of: &RequiredFacts) -> Self::Misses {
        std::array::from_fn(|lane| u32::from(of.is_unused[lane]) | of.facts[lane] & !present)
    }

    #[inline(always)]
    fn compare_ranges(
        self,
        misses: Self::Misses,
        numbers: &Self::Numbers,
        of: &Ranges,
    ) -> Self::Misses {
        std::array::from_fn(|lane| {
            let number = numbers[usize::from(of.columns[lane]) % COLUMNS];
            let above = number.wrapping_sub(of.least[lane]);
            misses[lane] | u32::from(above > of.width[lane])
        })
    }

    #[inline(always)]
    fn compare_sets(
        self,
        misses: Self::Misses,
        numbers: &Self::Numbers,
        of: &Sets,
    ) -> Self::Misses {
        std::array::from_fn(|lane| {
            let number = numbers[usize::from(of.columns[lane]) % COLUMNS];
            let bits = u32::from(of.high[lane]) << 16 | u32::from(of.low[lane]);
            let bit = bits.checked_shr(number.into()).unwrap_or(0);
            misses[lane] | !bit & u32::from(of.is_set[lane])
        })
    }

    #[inline(always)]
    fn matching(self, misses: Self::Misses) -> u16 {
        let bit = |(lane, misses): (usize, &u32)| u16::from(*misses == 0) << lane;
        misses.iter().enumerate().map(bit).fold(0, |matching, bit| matching | bit)
    }
}
