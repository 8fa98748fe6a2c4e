//! Rulesets whose slots fit one block: the index as their requests go through it.
//!
//! In comes a request; out comes a block with a bit for each slot that may match. To
//! find the row of each dimension is nearly all there is to do, so the rows of a
//! dimension stand one behind the other in the order of its ranks.

use super::blocks::{Block, EMPTY, blocks_of, to_native};
use super::cells::{Cells, CutCell, DirectCell};
use super::cuts::Node;
use super::dimensions::{DimensionPlan, DimensionPlans};
use super::subjects::SubjectPlans;
use super::wide::Registers;
use rkyv::rend::unaligned::u32_ule;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::frame::Frame;
use rulestone_format::index::BLOCK;

/// The row of each cell of an index of one block, one behind the other, so that a
/// rank leads to it without the index's table of row numbers. Empty where a ruleset has
/// more blocks, and where this would take more than 16 KiB and twice the memory of rows.
#[derive(Debug, Default)]
pub(crate) struct OneBlockRows(Vec<AlignedBlock>);

/// A block that never lies across two cache lines.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct AlignedBlock(Block);

impl OneBlockRows {
    pub(crate) fn new(archive: &ArchivedRuleset) -> OneBlockRows {
        let index = &archive.index;
        let rows = blocks_of(&index.rows);
        if archive.slots.len() > BLOCK || index.cells.len() > 2 * rows.len() + 256 {
            return OneBlockRows::default();
        }
        let row = |row: &u32_ule| rows.get(row.to_native() as usize).map_or(EMPTY, to_native);
        OneBlockRows(index.cells.iter().map(|cell| AlignedBlock(row(cell))).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The row of a rank.
    #[inline(always)]
    pub(super) fn row(&self, dimension: &DimensionPlan, rank: u32) -> &Block {
        let row = self.0.get(dimension.cells as usize + rank as usize);
        row.map_or(&EMPTY, |row| &row.0)
    }

    /// The row of a list that is there: of what any list leaves possible, or one of its
    /// words does.
    pub(super) fn list_row(
        &self,
        dimension: &DimensionPlan,
        words: impl Iterator<Item = u32>,
    ) -> Block {
        let mut either = *self.row(dimension, 1);
        for word in words {
            let row = self.row(dimension, word.saturating_add(2));
            either.iter_mut().zip(row).for_each(|(either, word)| *either |= word);
        }
        either
    }
}

/// What the cells of a request leave of a ruleset of one block.
///
/// No rank is noted: in so small an index nearly all cells are single ranks, and who is
/// left is seldom asked about them again.
#[inline(always)]
pub(super) fn one_block<R: Registers>(
    on: R,
    (dimensions, subjects, frame): (&DimensionPlans, &SubjectPlans, &Frame<'_>),
    rows: &OneBlockRows,
) -> Block {
    let cells = Cells::of(subjects, *frame);
    let reached = |node: &Node, key| on.reached(node, key);
    let left = if cells.is_complete & !dimensions.any_optional {
        let among_cuts = |cell: &CutCell| cells.among_cuts_there(cell, reached);
        left_of_one_block(on, dimensions, rows, |cell| cells.direct_there(cell), among_cuts)
    } else {
        let among_cuts = |cell: &CutCell| cells.among_cuts(cell, reached);
        left_of_one_block(on, dimensions, rows, |cell| cells.direct(cell), among_cuts)
    };
    on.words(left)
}

#[inline(always)]
fn left_of_one_block<R: Registers>(
    on: R,
    dimensions: &DimensionPlans,
    rows: &OneBlockRows,
    direct: impl Fn(&DirectCell) -> u32,
    among_cuts: impl Fn(&CutCell) -> u32,
) -> R::Block {
    let mut left = on.full();
    // Whether anything is left can't be foretold, so it isn't asked often.
    for some in dimensions.direct.chunks(AT_ONCE) {
        for (dimension, cell) in some {
            left = on.and(left, on.load(rows.row(dimension, direct(cell))));
        }
        if on.is_empty(left) {
            return left;
        }
    }
    for some in dimensions.cuts.chunks(AT_ONCE) {
        for (dimension, cell) in some {
            left = on.and(left, on.load(rows.row(dimension, among_cuts(cell))));
        }
        if on.is_empty(left) {
            return left;
        }
    }
    left
}

/// So many dimensions are asked before it is looked whether anything is left.
const AT_ONCE: usize = 8;
