//! Blocks of rows, and how they are put together: the inner loop of large rulesets.
//!
//! In come the rows of a request; out come the words of their AND that aren't zero.
//! A strip of neighbouring blocks stays in registers while all rows go through it.

use super::wide::Registers;
use rkyv::rend::unaligned::u64_ule;
use rulestone_format::index::BLOCK_WORDS;
use std::ops::Range;

/// Slots that are left: the number of a word of a row, and its bits.
pub(crate) type Left = (u32, u64);

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

/// The AND of all rows, of the blocks that are live: the number of the first, and a
/// bit for each of 64.
#[inline(always)]
pub(super) fn blocks(
    on: impl Registers,
    rows: RowSet<'_>,
    live: (usize, u64),
    left: &mut Vec<Left>,
) {
    let (first, mut rest) = live;
    while rest != 0 {
        let at = rest.trailing_zeros();
        let block = first + at as usize;
        // Neighbours go together, with what is empty between them, but nothing behind the
        // last: there is less to do for each of them then.
        let taken = match 64 - rest.leading_zeros() - at {
            4.. if rest >> at & 0xf > 1 => strip::<4>(on, rows, block, left),
            3 => strip::<3>(on, rows, block, left),
            2 => strip::<2>(on, rows, block, left),
            _ => strip::<1>(on, rows, block, left),
        };
        rest &= u64::MAX.checked_shl(at + taken).unwrap_or(0);
    }
}

/// The same of some blocks that lie behind each other, which stay in registers. Says
/// how many they are.
#[inline(always)]
fn strip<const BLOCKS: usize>(
    on: impl Registers,
    rows: RowSet<'_>,
    first: usize,
    left: &mut Vec<Left>,
) -> u32 {
    let mut strip = [on.full(); BLOCKS];
    if !rows.before.row.is_empty() {
        for (number, room) in (first..).zip(&mut strip) {
            *room = on.load(&rows.before.block(number));
        }
    }
    for start in rows.all {
        let row = some_blocks::<BLOCKS>(rows.rows, start.saturating_add(first));
        for (left, block) in strip.iter_mut().zip(row) {
            *left = on.and(*left, on.read(block));
        }
    }
    for list in rows.lists {
        let mut either = [on.load(&EMPTY); BLOCKS];
        for start in rows.list_rows.get(list.clone()).unwrap_or_default() {
            let row = some_blocks::<BLOCKS>(rows.rows, start.saturating_add(first));
            for (either, block) in either.iter_mut().zip(row) {
                *either = on.or(*either, on.read(block));
            }
        }
        for (left, either) in strip.iter_mut().zip(either) {
            *left = on.and(*left, either);
        }
    }
    let mut some = 0_u32;
    for (number, block) in (0..).zip(strip) {
        some |= u32::from(on.some(block)) << (number * BLOCK_WORDS);
    }
    if some != 0 {
        let words = strip.map(|block| on.words(block));
        while some != 0 {
            let at = some.trailing_zeros() as usize;
            some &= some - 1;
            if let Some(bits) = words.as_flattened().get(at) {
                left.push(((first * BLOCK_WORDS + at) as u32, *bits));
            }
        }
    }
    BLOCKS as u32
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

/// Some blocks of a row, from this one on. INVARIANT: rows are as long as they should
/// be; the verifier saw to it.
#[inline(always)]
fn some_blocks<const BLOCKS: usize>(rows: &[BlockBytes], first: usize) -> &[BlockBytes; BLOCKS] {
    let blocks = rows.get(first..).and_then(|rows| rows.first_chunk());
    blocks.unwrap_or(const { &[[u64_ule::from_native(0); BLOCK_WORDS]; BLOCKS] })
}

#[inline(always)]
pub(super) fn to_native(block: &BlockBytes) -> Block {
    block.map(u64_ule::to_native)
}
