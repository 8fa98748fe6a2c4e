//! Blocks of rows, and how they are put together: the inner loop of large rulesets.
//!
//! In come the rows of a request; out come the words of their AND that aren't zero.
//! A few blocks stay in registers while all rows go through them. Nothing that is done
//! depends on what they hold, so that reading the next ones never waits for these.

use super::wide::Registers;
use rkyv::rend::unaligned::u64_ule;
use rulestone_format::index::BLOCK_WORDS;
use std::iter::Zip;
use std::ops::Range;
use std::slice;

/// Slots that are left: the words of a row that aren't zero, in order.
#[derive(Debug)]
pub(crate) struct Left {
    numbers: Vec<u32>,
    bits: Vec<u64>,
    count: usize,
}

impl Left {
    /// With room for all words of a row.
    pub(super) fn new(words: usize) -> Left {
        Left { numbers: Vec::with_capacity(words), bits: Vec::with_capacity(words), count: 0 }
    }

    /// Bytes that rows of so many words need.
    pub(super) fn bytes(words: usize) -> usize {
        words * (size_of::<u32>() + size_of::<u64>())
    }

    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// Makes room for so many blocks more than there are words.
    fn make_room(&mut self, blocks: usize) {
        let words = self.count + blocks * BLOCK_WORDS;
        if self.bits.len() < words {
            self.numbers.resize(words, 0);
            self.bits.resize(words, 0);
        }
    }

    /// Adds the words of a block.
    #[inline(always)]
    fn add<R: Registers>(&mut self, on: R, number: usize, block: R::Block) {
        let numbers = self.numbers.get_mut(self.count..).and_then(|it| it.first_chunk_mut());
        let bits = self.bits.get_mut(self.count..).and_then(|it| it.first_chunk_mut());
        if let (Some(numbers), Some(bits)) = (numbers, bits) {
            self.count += on.pack(block, (number * BLOCK_WORDS) as u32, numbers, bits);
        }
    }

    /// The number of each word, and its bits.
    #[inline(always)]
    pub(super) fn words(&self) -> LeftWords<'_> {
        let numbers = self.numbers.get(..self.count).unwrap_or_default();
        numbers.iter().zip(&self.bits)
    }
}

/// Of each word that is left: its number, and its bits.
pub(super) type LeftWords<'a> = Zip<slice::Iter<'a, u32>, slice::Iter<'a, u64>>;

/// What is left of the slots before the rows of a request: all, or what the facts
/// that are bound leave.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Before<'a> {
    /// A row. All slots where it is empty.
    pub(super) row: &'a [u64],
    /// Its summary. All blocks where it is empty.
    pub(super) summary: &'a [u64],
}

impl Before<'_> {
    /// A block by its number.
    #[inline(always)]
    fn block(&self, number: usize) -> Block {
        let (blocks, _) = self.row.as_chunks();
        blocks.get(number).copied().unwrap_or([u64::MAX; BLOCK_WORDS])
    }
}

/// The rows of a request, by the blocks with which they begin.
#[derive(Clone, Copy)]
pub(super) struct RowSet<'a> {
    pub(super) rows: &'a [BlockBytes],
    pub(super) all: &'a [usize],
    /// To be ORed first: runs of `list_rows`.
    pub(super) lists: &'a [Range<usize>],
    pub(super) list_rows: &'a [usize],
    pub(super) before: Before<'a>,
}

impl<'a> RowSet<'a> {
    /// A block of a row. INVARIANT: rows are as long as they should be; the verifier saw
    /// to it.
    #[inline(always)]
    fn block(&self, start: usize, number: usize) -> &'a BlockBytes {
        let block = self.rows.get(start.wrapping_add(number));
        block.unwrap_or(const { &[u64_ule::from_native(0); BLOCK_WORDS] })
    }
}

/// The AND of all rows, of the blocks that are live: the number of the first, and a
/// bit for each of 64.
#[inline(always)]
pub(super) fn blocks(on: impl Registers, rows: RowSet<'_>, live: (usize, u64), left: &mut Left) {
    let (first, mut rest) = live;
    left.make_room(rest.count_ones() as usize);
    while rest != 0 {
        let count = rest.count_ones();
        let mut next = || {
            let block = first + rest.trailing_zeros() as usize;
            rest &= rest.wrapping_sub(1);
            block
        };
        match count {
            4.. => at_once(on, rows, [next(), next(), next(), next()], left),
            3 => at_once(on, rows, [next(), next(), next()], left),
            2 => at_once(on, rows, [next(), next()], left),
            _ => at_once(on, rows, [next()], left),
        }
    }
}

/// The same of some blocks, which stay in registers, wherever they lie.
#[inline(always)]
fn at_once<const BLOCKS: usize>(
    on: impl Registers,
    rows: RowSet<'_>,
    numbers: [usize; BLOCKS],
    left: &mut Left,
) {
    let mut all = [on.full(); BLOCKS];
    if !rows.before.row.is_empty() {
        for (number, room) in numbers.iter().zip(&mut all) {
            *room = on.load(&rows.before.block(*number));
        }
    }
    for start in rows.all {
        for (all, number) in all.iter_mut().zip(numbers) {
            *all = on.and(*all, on.read(rows.block(*start, number)));
        }
    }
    for list in rows.lists {
        let mut either = [on.load(&EMPTY); BLOCKS];
        for start in rows.list_rows.get(list.clone()).unwrap_or_default() {
            for (either, number) in either.iter_mut().zip(numbers) {
                *either = on.or(*either, on.read(rows.block(*start, number)));
            }
        }
        for (all, either) in all.iter_mut().zip(either) {
            *all = on.and(*all, either);
        }
    }
    for (number, block) in numbers.into_iter().zip(all) {
        left.add(on, number, block);
    }
}

pub(super) type Block = [u64; BLOCK_WORDS];

pub(super) const EMPTY: Block = [0; BLOCK_WORDS];

/// A block as it stands in the archive.
pub(super) type BlockBytes = [u64_ule; BLOCK_WORDS];

/// The rows of an index, block by block. INVARIANT: rows are whole blocks; the
/// verifier saw to it.
#[inline(always)]
pub(super) fn blocks_of(rows: &[u64_ule]) -> &[BlockBytes] {
    rows.as_chunks().0
}

#[inline(always)]
pub(super) fn to_native(block: &BlockBytes) -> Block {
    block.map(u64_ule::to_native)
}
