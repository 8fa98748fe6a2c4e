//! ANDing the rows of a request in registers.

use super::prepare::{AlignedBlock, Dense, Dimension, MOST_BLOCKS};
use super::residual::{KEYS, Keys};
use crate::decide::ranks::{Cells, DirectCell, KeyCell, RankPlan, Ranks, SubjectPlan};
use crate::decide::simd::bitmap::{Block, EMPTY};
use crate::decide::simd::{Kernel, Registers};
use rulestone_format::frame::Frame;
use rulestone_format::index::BLOCK_WORDS;
use rulestone_format::subject::ABSENT;

/// A bit for each slot that may match, and the keys of the request's numbers.
#[derive(Debug)]
pub(super) struct Candidates {
    pub(super) blocks: [Block; MOST_BLOCKS],
    /// A bit for each word of the blocks that isn't zero.
    pub(super) nonzero_words: u32,
    /// Keys, if all numbers are there.
    pub(super) keys: Keys,
    pub(super) is_complete: bool,
}

impl Candidates {
    const NONE: Candidates = Candidates {
        blocks: [EMPTY; MOST_BLOCKS],
        nonzero_words: 0,
        keys: [0; KEYS],
        is_complete: false,
    };

    /// Notes which slots may match.
    #[inline(always)]
    fn set<R: Registers, const BLOCKS: usize>(&mut self, on: R, blocks: [R::Block; BLOCKS]) {
        self.nonzero_words = 0;
        for (number, (room, block)) in (0..).zip(self.blocks.iter_mut().zip(blocks)) {
            self.nonzero_words |= u32::from(on.nonzero_words(block)) << (number * BLOCK_WORDS);
            *room = on.words(block);
        }
    }
}

/// Finds the candidates of a request. The ranks of text, lists and variables are known
/// ([`Dense::others`]). Those of numbers aren't noted: few candidates need them again.
pub(super) struct FindCandidates<'a> {
    pub(super) dense: &'a Dense,
    pub(super) plan: &'a RankPlan,
    pub(super) frame: &'a Frame<'a>,
    pub(super) ranks: &'a Ranks,
}

impl Kernel for FindCandidates<'_> {
    type Output = Candidates;

    #[inline(always)]
    fn run<R: Registers>(self, on: R) -> Candidates {
        let FindCandidates { dense, plan, frame, ranks } = self;
        let cells = plan.cells(frame);
        match dense.blocks {
            0 | 1 => and_all::<_, 1>(on, dense, cells, ranks),
            2 => and_all::<_, 2>(on, dense, cells, ranks),
            3 => and_all::<_, 3>(on, dense, cells, ranks),
            _ => and_all::<_, MOST_BLOCKS>(on, dense, cells, ranks),
        }
    }
}

/// The rows of a ruleset of so many blocks.
#[derive(Clone, Copy)]
struct Rows<'a, const BLOCKS: usize>(&'a [[AlignedBlock; BLOCKS]]);

impl<'a, const BLOCKS: usize> Rows<'a, BLOCKS> {
    /// The row of a cell.
    #[inline(always)]
    fn of(self, dimension: &Dimension, cell: u32) -> &'a [AlignedBlock; BLOCKS] {
        let row = self.0.get(dimension.first_row as usize + cell as usize);
        row.unwrap_or(const { &[AlignedBlock(EMPTY); BLOCKS] })
    }
}

#[inline(always)]
fn and_all<R: Registers, const BLOCKS: usize>(
    on: R,
    dense: &Dense,
    cells: Cells<'_>,
    ranks: &Ranks,
) -> Candidates {
    let is_complete = cells.is_complete & !dense.any_optional;
    let mut candidates = Candidates { is_complete, ..Candidates::NONE };
    let rows = Rows(dense.rows.as_chunks().0);
    let mut blocks = [on.full(); BLOCKS];
    let keys = &mut candidates.keys;
    if is_complete {
        let direct = |cell: &DirectCell| cells.direct_there(cell);
        let key = |cell: &KeyCell| Some(cells.key(cell));
        and_numbers(on, (dense, rows), direct, key, keys, &mut blocks);
    } else {
        let direct = |cell: &DirectCell| cells.direct(cell);
        let key = |cell: &KeyCell| cells.has(cell.place).then(|| cells.key(cell));
        and_numbers(on, (dense, rows), direct, key, keys, &mut blocks);
    }
    for (dimension, subject) in &dense.others {
        match ranks.known(dimension.subject) {
            ABSENT => and(on, &mut blocks, rows.of(dimension, ABSENT)),
            rank => match subject {
                SubjectPlan::List(list) => {
                    let cells = ranks.cells(list).iter();
                    and_any(on, &mut blocks, cells.map(|cell| rows.of(dimension, *cell)));
                }
                _ => and(on, &mut blocks, rows.of(dimension, rank)),
            },
        }
    }
    candidates.set(on, blocks);
    candidates
}

#[inline(always)]
fn and_numbers<R: Registers, const BLOCKS: usize>(
    on: R,
    (dense, rows): (&Dense, Rows<'_, BLOCKS>),
    direct: impl Fn(&DirectCell) -> u32,
    key: impl Fn(&KeyCell) -> Option<i64>,
    keys: &mut Keys,
    blocks: &mut [R::Block; BLOCKS],
) {
    for (dimension, cell) in &dense.direct {
        and(on, blocks, rows.of(dimension, direct(cell)));
    }
    let mut rooms = keys.iter_mut();
    for (dimension, cell, cuts) in &dense.cuts {
        let rank = match key(cell) {
            Some(key) => {
                if let Some(room) = rooms.next() {
                    *room = key;
                }
                cuts.rank(&dense.nodes, key, |node, key| on.reached(node, key))
            }
            None => ABSENT,
        };
        and(on, blocks, rows.of(dimension, rank));
    }
}

/// ANDs a row.
#[inline(always)]
fn and<R: Registers, const BLOCKS: usize>(
    on: R,
    blocks: &mut [R::Block; BLOCKS],
    row: &[AlignedBlock; BLOCKS],
) {
    for (block, other) in blocks.iter_mut().zip(row) {
        *block = on.and(*block, on.load(&other.0));
    }
}

/// ANDs what any of some rows has.
#[inline(always)]
fn and_any<'a, R: Registers, const BLOCKS: usize>(
    on: R,
    blocks: &mut [R::Block; BLOCKS],
    rows: impl Iterator<Item = &'a [AlignedBlock; BLOCKS]>,
) {
    let mut any = [on.load(&EMPTY); BLOCKS];
    for row in rows {
        for (any, block) in any.iter_mut().zip(row) {
            *any = on.or(*any, on.load(&block.0));
        }
    }
    for (block, any) in blocks.iter_mut().zip(any) {
        *block = on.and(*block, any);
    }
}
