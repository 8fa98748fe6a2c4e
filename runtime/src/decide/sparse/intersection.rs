//! ANDing rows block by block: the inner loop of large rulesets.
//!
//! In: the rows of a request. Out: the words of their AND that aren't zero. A few blocks
//! stay in registers while all rows go through them. Nothing that is done depends on what
//! they hold, so that reading the next ones never waits for these.

use super::candidates::{BoundRow, Candidates};
use crate::decide::simd::bitmap::{BlockBytes, EMPTY};
use crate::decide::simd::{Kernel, Registers};
use rkyv::rend::unaligned::u64_ule;
use rulestone_format::index::BLOCK_WORDS;
use std::ops::Range;

/// ANDs all rows, of the blocks that are live.
pub(super) struct Intersect<'a> {
    pub(super) rows: RowSet<'a>,
    /// The number of the first block.
    pub(super) first: usize,
    /// A bit for each of 64 blocks.
    pub(super) live: u64,
    pub(super) candidates: &'a mut Candidates,
}

impl Kernel for Intersect<'_> {
    type Output = ();

    #[inline(always)]
    fn run<R: Registers>(self, on: R) {
        let Intersect { rows, first, live: mut rest, candidates } = self;
        candidates.make_room(rest.count_ones() as usize);
        while rest != 0 {
            let count = rest.count_ones();
            let mut next = || {
                let block = first + rest.trailing_zeros() as usize;
                rest &= rest.wrapping_sub(1);
                block
            };
            match count {
                4.. => intersect(on, rows, [next(), next(), next(), next()], candidates),
                3 => intersect(on, rows, [next(), next(), next()], candidates),
                2 => intersect(on, rows, [next(), next()], candidates),
                _ => intersect(on, rows, [next()], candidates),
            }
        }
    }
}

/// The rows of a request, by the blocks with which they begin.
#[derive(Clone, Copy)]
pub(super) struct RowSet<'a> {
    /// Of all rows of the index.
    pub(super) blocks: &'a [BlockBytes],
    pub(super) rows: &'a [usize],
    /// To be ORed first: runs of `list_rows`.
    pub(super) lists: &'a [Range<usize>],
    pub(super) list_rows: &'a [usize],
    pub(super) bound: BoundRow<'a>,
}

impl<'a> RowSet<'a> {
    /// A block of a row. INVARIANT: rows are as long as they should be; the verifier saw
    /// to it.
    #[inline(always)]
    fn block(&self, start: usize, number: usize) -> &'a BlockBytes {
        let block = self.blocks.get(start.wrapping_add(number));
        block.unwrap_or(const { &[u64_ule::from_native(0); BLOCK_WORDS] })
    }
}

/// The AND of some blocks, which stay in registers, wherever they lie.
#[inline(always)]
fn intersect<const BLOCKS: usize>(
    on: impl Registers,
    rows: RowSet<'_>,
    numbers: [usize; BLOCKS],
    candidates: &mut Candidates,
) {
    let mut all = [on.full(); BLOCKS];
    if !rows.bound.row.is_empty() {
        for (number, room) in numbers.iter().zip(&mut all) {
            *room = on.load(&rows.bound.block(*number));
        }
    }
    for start in rows.rows {
        for (all, number) in all.iter_mut().zip(numbers) {
            *all = on.and(*all, on.read(rows.block(*start, number)));
        }
    }
    for list in rows.lists {
        let mut any = [on.load(&EMPTY); BLOCKS];
        for start in rows.list_rows.get(list.clone()).unwrap_or_default() {
            for (any, number) in any.iter_mut().zip(numbers) {
                *any = on.or(*any, on.read(rows.block(*start, number)));
            }
        }
        for (all, any) in all.iter_mut().zip(any) {
            *all = on.and(*all, any);
        }
    }
    for (number, block) in numbers.into_iter().zip(all) {
        candidates.add(on, number, block);
    }
}
