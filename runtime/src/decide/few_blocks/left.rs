//! What the rows of a request leave of few blocks, and the keys of its numbers.

use super::super::blocks::{Block, EMPTY};
use super::super::cells::{Cells, DirectCell, KeyCell};
use super::super::dimensions::DimensionPlan;
use super::super::subjects::SubjectPlans;
use super::super::wide::Registers;
use super::looks::{KEYS, Keys, Look};
use super::{AlignedBlock, FewBlocks, MOST_BLOCKS};
use rulestone_format::frame::Frame;
use rulestone_format::index::BLOCK_WORDS;
use rulestone_format::subject::ABSENT;

/// What is left of the slots of few blocks.
#[derive(Debug)]
pub(in super::super) struct Left {
    pub(in super::super) blocks: [Block; MOST_BLOCKS],
    /// A bit for each word of the blocks that isn't zero.
    pub(in super::super) some: u32,
    /// The keys of the request's numbers, if all of them are there.
    keys: Keys,
    pub(in super::super) is_complete: bool,
}

impl Left {
    const NONE: Left =
        Left { blocks: [EMPTY; MOST_BLOCKS], some: 0, keys: [0; KEYS], is_complete: false };

    /// Whether all that a slot asks of numbers holds.
    #[inline(always)]
    pub(in super::super) fn holds(&self, look: &Look) -> bool {
        look.holds(&self.keys)
    }

    /// Notes what is left.
    #[inline(always)]
    fn set<R: Registers, const BLOCKS: usize>(&mut self, on: R, blocks: [R::Block; BLOCKS]) {
        self.some = 0;
        for (number, (room, block)) in (0..).zip(self.blocks.iter_mut().zip(blocks)) {
            self.some |= u32::from(on.some(block)) << (number * BLOCK_WORDS);
            *room = on.words(block);
        }
    }
}

/// What the cells of a request leave of a ruleset of few blocks.
///
/// No rank is noted: who is left is seldom asked about them again.
#[inline(always)]
pub(in super::super) fn few_blocks(
    on: impl Registers,
    few: &FewBlocks,
    subjects: &SubjectPlans,
    frame: &Frame<'_>,
) -> Left {
    let cells = Cells::of(subjects, *frame);
    match few.blocks {
        0 | 1 => left_of::<_, 1>(on, few, cells),
        2 => left_of::<_, 2>(on, few, cells),
        3 => left_of::<_, 3>(on, few, cells),
        _ => left_of::<_, MOST_BLOCKS>(on, few, cells),
    }
}

#[inline(always)]
fn left_of<R: Registers, const BLOCKS: usize>(on: R, few: &FewBlocks, cells: Cells<'_>) -> Left {
    let is_complete = cells.is_complete & !few.any_optional;
    let mut left = Left { is_complete, ..Left::NONE };
    let blocks = if is_complete {
        let direct = |cell: &DirectCell| cells.direct_there(cell);
        and_all(on, few, direct, |cell| Some(cells.key(cell)), &mut left.keys)
    } else {
        let key = |cell: &KeyCell| cells.has(cell.place).then(|| cells.key(cell));
        and_all(on, few, |cell| cells.direct(cell), key, &mut left.keys)
    };
    left.set::<_, BLOCKS>(on, blocks);
    left
}

#[inline(always)]
fn and_all<R: Registers, const BLOCKS: usize>(
    on: R,
    few: &FewBlocks,
    direct: impl Fn(&DirectCell) -> u32,
    key: impl Fn(&KeyCell) -> Option<i64>,
    keys: &mut Keys,
) -> [R::Block; BLOCKS] {
    let mut left = [on.full(); BLOCKS];
    for (dimension, cell) in &few.direct {
        and(on, &mut left, few.row(dimension, direct(cell)));
    }
    let mut rooms = keys.iter_mut();
    // Whether anything is left can't be foretold, so it isn't asked often.
    for some in few.cuts.chunks(AT_ONCE) {
        if is_empty(on, &left) {
            break;
        }
        for (dimension, cell, cuts) in some {
            let rank = match key(cell) {
                Some(key) => {
                    if let Some(room) = rooms.next() {
                        *room = key;
                    }
                    cuts.rank(&few.nodes, key, |node, key| on.reached(node, key))
                }
                None => ABSENT,
            };
            and(on, &mut left, few.row(dimension, rank));
        }
    }
    left
}

/// So many dimensions are asked before it is looked whether anything is left.
const AT_ONCE: usize = 8;

#[inline(always)]
fn and<R: Registers, const BLOCKS: usize>(
    on: R,
    left: &mut [R::Block; BLOCKS],
    row: &[AlignedBlock; BLOCKS],
) {
    for (left, block) in left.iter_mut().zip(row) {
        *left = on.and(*left, on.load(&block.0));
    }
}

#[inline(always)]
fn is_empty<R: Registers, const BLOCKS: usize>(on: R, left: &[R::Block; BLOCKS]) -> bool {
    on.is_empty(left.iter().fold(on.load(&EMPTY), |any, block| on.or(any, *block)))
}

/// What a dimension leaves as well, of which some cells are one: those of a list's words.
#[inline(always)]
pub(in super::super) fn and_either(
    on: impl Registers,
    few: &FewBlocks,
    dimension: &DimensionPlan,
    cells: &[u32],
    left: &mut Left,
) {
    match few.blocks {
        0 | 1 => left_of_either::<_, 1>(on, few, dimension, cells, left),
        2 => left_of_either::<_, 2>(on, few, dimension, cells, left),
        3 => left_of_either::<_, 3>(on, few, dimension, cells, left),
        _ => left_of_either::<_, MOST_BLOCKS>(on, few, dimension, cells, left),
    }
}

#[inline(always)]
fn left_of_either<R: Registers, const BLOCKS: usize>(
    on: R,
    few: &FewBlocks,
    dimension: &DimensionPlan,
    cells: &[u32],
    left: &mut Left,
) {
    let mut either = [on.load(&EMPTY); BLOCKS];
    for cell in cells {
        let row: &[_; BLOCKS] = few.row(dimension, *cell);
        for (either, block) in either.iter_mut().zip(row) {
            *either = on.or(*either, on.load(&block.0));
        }
    }
    for (either, left) in either.iter_mut().zip(&left.blocks) {
        *either = on.and(on.load(left), *either);
    }
    left.set(on, either);
}
