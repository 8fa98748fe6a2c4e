//! What the rows of a request leave of few blocks, and the keys of its numbers.

use super::super::blocks::{Block, EMPTY};
use super::super::cells::{Cells, DirectCell, KeyCell};
use super::super::dimensions::DimensionPlan;
use super::super::subjects::{SubjectPlan, SubjectPlans, Subjects};
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

/// Rows of few blocks.
#[derive(Clone, Copy)]
struct Rows<'a, const BLOCKS: usize>(&'a [[AlignedBlock; BLOCKS]]);

impl<'a, const BLOCKS: usize> Rows<'a, BLOCKS> {
    /// The row of a cell.
    #[inline(always)]
    fn of(self, dimension: &DimensionPlan, cell: u32) -> &'a [AlignedBlock; BLOCKS] {
        let row = self.0.get(dimension.cells as usize + cell as usize);
        row.unwrap_or(const { &[AlignedBlock(EMPTY); BLOCKS] })
    }
}

/// What the cells of a request leave of a ruleset of few blocks. The ranks of text, lists
/// and variables are known ([`FewBlocks::others`]).
///
/// Those of numbers aren't noted: who is left is seldom asked about them again.
#[inline(always)]
pub(in super::super) fn few_blocks(
    on: impl Registers,
    few: &FewBlocks,
    plans: &SubjectPlans,
    frame: &Frame<'_>,
    subjects: &Subjects,
) -> Left {
    let cells = Cells::of(plans, *frame);
    match few.blocks {
        0 | 1 => left_of::<_, 1>(on, few, cells, subjects),
        2 => left_of::<_, 2>(on, few, cells, subjects),
        3 => left_of::<_, 3>(on, few, cells, subjects),
        _ => left_of::<_, MOST_BLOCKS>(on, few, cells, subjects),
    }
}

#[inline(always)]
fn left_of<R: Registers, const BLOCKS: usize>(
    on: R,
    few: &FewBlocks,
    cells: Cells<'_>,
    subjects: &Subjects,
) -> Left {
    let is_complete = cells.is_complete & !few.any_optional;
    let mut left = Left { is_complete, ..Left::NONE };
    let rows = Rows(few.rows.as_chunks().0);
    let mut blocks = [on.full(); BLOCKS];
    if is_complete {
        let direct = |cell: &DirectCell| cells.direct_there(cell);
        and_numbers(
            on,
            (few, rows),
            direct,
            |cell| Some(cells.key(cell)),
            &mut left.keys,
            &mut blocks,
        );
    } else {
        let key = |cell: &KeyCell| cells.has(cell.place).then(|| cells.key(cell));
        and_numbers(on, (few, rows), |cell| cells.direct(cell), key, &mut left.keys, &mut blocks);
    }
    for (dimension, subject) in &few.others {
        match subjects.known(dimension.subject) {
            ABSENT => and(on, &mut blocks, rows.of(dimension, ABSENT)),
            rank => match subject {
                SubjectPlan::List(list) => {
                    let cells = subjects.cells(list).iter();
                    and_either(on, &mut blocks, cells.map(|cell| rows.of(dimension, *cell)));
                }
                _ => and(on, &mut blocks, rows.of(dimension, rank)),
            },
        }
    }
    left.set(on, blocks);
    left
}

#[inline(always)]
fn and_numbers<R: Registers, const BLOCKS: usize>(
    on: R,
    (few, rows): (&FewBlocks, Rows<'_, BLOCKS>),
    direct: impl Fn(&DirectCell) -> u32,
    key: impl Fn(&KeyCell) -> Option<i64>,
    keys: &mut Keys,
    left: &mut [R::Block; BLOCKS],
) {
    for (dimension, cell) in &few.direct {
        and(on, left, rows.of(dimension, direct(cell)));
    }
    let mut rooms = keys.iter_mut();
    for (dimension, cell, cuts) in &few.cuts {
        let rank = match key(cell) {
            Some(key) => {
                if let Some(room) = rooms.next() {
                    *room = key;
                }
                cuts.rank(&few.nodes, key, |node, key| on.reached(node, key))
            }
            None => ABSENT,
        };
        and(on, left, rows.of(dimension, rank));
    }
}

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

/// ANDs what any of some rows has.
#[inline(always)]
fn and_either<'a, R: Registers, const BLOCKS: usize>(
    on: R,
    left: &mut [R::Block; BLOCKS],
    rows: impl Iterator<Item = &'a [AlignedBlock; BLOCKS]>,
) {
    let mut either = [on.load(&EMPTY); BLOCKS];
    for row in rows {
        for (either, block) in either.iter_mut().zip(row) {
            *either = on.or(*either, on.load(&block.0));
        }
    }
    for (left, either) in left.iter_mut().zip(either) {
        *left = on.and(*left, either);
    }
}
