//! Slots that may match, as the words of a row.

use crate::decide::residual::CandidateWords;
use crate::decide::simd::Registers;
use crate::decide::simd::bitmap::Block;
use rulestone_format::index::BLOCK_WORDS;

/// The candidates of a request: the words of a row that aren't zero, in order.
#[derive(Debug)]
pub(super) struct Candidates {
    numbers: Vec<u32>,
    bits: Vec<u64>,
    count: usize,
}

impl Candidates {
    /// With room for all words of a row.
    pub(super) fn new(words: usize) -> Candidates {
        Candidates { numbers: Vec::with_capacity(words), bits: Vec::with_capacity(words), count: 0 }
    }

    /// Bytes that rows of so many words need.
    pub(super) fn bytes(words: usize) -> usize {
        words * (size_of::<u32>() + size_of::<u64>())
    }

    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// Makes room for so many blocks more than there are words.
    pub(super) fn make_room(&mut self, blocks: usize) {
        let words = self.count + blocks * BLOCK_WORDS;
        if self.bits.len() < words {
            self.numbers.resize(words, 0);
            self.bits.resize(words, 0);
        }
    }

    /// Adds the words of a block.
    #[inline(always)]
    pub(super) fn add<R: Registers>(&mut self, on: R, number: usize, block: R::Block) {
        let numbers = self.numbers.get_mut(self.count..).and_then(|it| it.first_chunk_mut());
        let bits = self.bits.get_mut(self.count..).and_then(|it| it.first_chunk_mut());
        if let (Some(numbers), Some(bits)) = (numbers, bits) {
            self.count += on.compress(block, (number * BLOCK_WORDS) as u32, numbers, bits);
        }
    }

    /// The number of each word, and its bits.
    #[inline(always)]
    pub(super) fn words(&self) -> CandidateWords<'_> {
        let numbers = self.numbers.get(..self.count).unwrap_or_default();
        numbers.iter().zip(&self.bits)
    }
}

/// The slots that the rows of a request are ANDed with: all, or those that bound facts leave
/// possible.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct BoundRow<'a> {
    /// A row. All slots where it is empty.
    pub(super) row: &'a [u64],
    /// Its summary. All blocks where it is empty.
    pub(super) summary: &'a [u64],
}

impl BoundRow<'_> {
    /// A block by its number.
    #[inline(always)]
    pub(super) fn block(&self, number: usize) -> Block {
        let (blocks, _) = self.row.as_chunks();
        blocks.get(number).copied().unwrap_or([u64::MAX; BLOCK_WORDS])
    }
}
