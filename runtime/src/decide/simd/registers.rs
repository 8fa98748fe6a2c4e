//! The operations on registers of which the loops of a decision are made.

use super::bitmap::{Block, BlockBytes};
use super::lanes::{Ranges, RequiredFacts, Scaling, Sets};
use super::node::Node;
use super::packed::{PackedResidual, RankColumns};

/// Operations on registers: on blocks of rows, on nodes of cut points, on packed intervals,
/// and on alternatives side by side.
pub(crate) trait Registers: Copy {
    /// A block of 512 bits.
    type Block: Copy;

    /// All bits set.
    fn full(self) -> Self::Block;
    fn read(self, bytes: &BlockBytes) -> Self::Block;
    fn load(self, words: &Block) -> Self::Block;
    fn words(self, block: Self::Block) -> Block;
    fn and(self, a: Self::Block, b: Self::Block) -> Self::Block;
    fn or(self, a: Self::Block, b: Self::Block) -> Self::Block;
    /// A bit for each word that isn't zero.
    fn nonzero_words(self, block: Self::Block) -> u8;
    /// The words that aren't zero, and their numbers, counted from `first`. Says how many
    /// they are; what stands behind them is anything.
    fn compress(
        self,
        block: Self::Block,
        first: u32,
        numbers: &mut [u32; 8],
        words: &mut [u64; 8],
    ) -> usize {
        let mut count = 0;
        for (number, word) in (first..).zip(self.words(block)) {
            numbers[count % 8] = number;
            words[count % 8] = word;
            count += usize::from(word != 0);
        }
        count
    }

    /// How many keys of a node a key has reached.
    fn reached(self, node: &Node, key: i64) -> usize;

    /// Begins to fetch something that is read soon, where the processor can.
    fn prefetch<T>(self, soon: &T);

    /// Ranks in columns.
    type Ranks: Copy;

    fn load_ranks(self, ranks: &RankColumns) -> Self::Ranks;
    /// A bit for each interval that doesn't have its rank. The bits beyond are anything.
    fn outside(self, residual: &PackedResidual, ranks: &Self::Ranks) -> u8;

    /// Numbers in columns.
    type Numbers: Copy;
    /// Of each lane, what its alternative misses so far: 0 where all comparisons held.
    type Misses: Copy;

    /// The numbers of cells. Those of columns without a cell are anything.
    fn scale(self, cells: &[[u8; 8]], scaling: &Scaling) -> Self::Numbers;
    /// Misses where facts are absent.
    fn require(self, present: u32, of: &RequiredFacts) -> Self::Misses;
    /// Adds misses where numbers aren't within ranges.
    fn compare_ranges(
        self,
        misses: Self::Misses,
        numbers: &Self::Numbers,
        of: &Ranges,
    ) -> Self::Misses;
    /// Adds misses where numbers aren't in sets.
    fn compare_sets(self, misses: Self::Misses, numbers: &Self::Numbers, of: &Sets)
    -> Self::Misses;
    /// A bit for each lane that misses nothing.
    fn matching(self, misses: Self::Misses) -> u16;
}
