//! Which slots are looked at for a request, by the index.
//!
//! Out come words of bits, one bit a slot: all slots that might match, and few
//! others. For each dimension the row of the request's rank is found; the rows
//! are ANDed ([`blocks`](super::blocks)), but for the blocks that their summaries
//! say are empty.

use super::blocks::{Before, Left, RowSet, blocks_of};
use super::cells::Cells;
use super::cuts::Node;
use super::dimensions::{DimensionPlan, DimensionPlans};
use super::wide::{Registers, Wide};
use rkyv::rend::unaligned::u32_ule;
use rulestone_format::archive::{ArchivedIndex, ArchivedRuleset};
use rulestone_format::index::{BLOCK, row_words, summary_words};
use rulestone_format::subject::Ranking;
use std::ops::Range;

/// A request whose ranks are looked up.
pub(super) struct Request<'a> {
    pub(super) dimensions: &'a DimensionPlans,
    pub(super) cells: Cells<'a>,
    /// Of all subjects, to be noted.
    pub(super) ranks: &'a mut [u32],
    pub(super) row_numbers: &'a [u32_ule],
}

/// Finds the rows of a request and puts them together; has the memory for that.
#[derive(Debug)]
pub(crate) struct Rows {
    /// To be ANDed: their numbers, then the blocks with which they begin.
    all: Vec<usize>,
    /// To be ORed first: runs of `list_rows`.
    lists: Vec<Range<usize>>,
    list_rows: Vec<usize>,
    /// A bit for each block that may have something left.
    live: Vec<u64>,
    pub(super) left: Left,
}

impl Rows {
    /// With all the room that any request needs.
    pub(crate) fn new(archive: &ArchivedRuleset) -> Rows {
        let Most { dimensions, lists, list_rows, summary, words } = Most::of(archive);
        Rows {
            all: Vec::with_capacity(dimensions),
            lists: Vec::with_capacity(lists),
            list_rows: Vec::with_capacity(list_rows),
            live: Vec::with_capacity(summary),
            left: Left::new(words),
        }
    }

    /// Bytes that the rows of an archive need.
    pub(crate) fn bytes(archive: &ArchivedRuleset) -> usize {
        let Most { dimensions, lists, list_rows, summary, words } = Most::of(archive);
        size_of::<usize>() * (dimensions + list_rows)
            + size_of::<Range<usize>>() * lists
            + size_of::<u64>() * summary
            + Left::bytes(words)
    }

    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.lists.clear();
        self.list_rows.clear();
        self.left.clear();
    }

    /// Adds the rows of the cells of a request. Notes the ranks.
    #[inline]
    pub(super) fn add_cells(&mut self, wide: Wide, request: &mut Request<'_>) {
        wide.cell_rows(request, &mut self.all);
    }

    /// Adds the row of a rank.
    #[inline]
    pub(super) fn add(&mut self, index: &ArchivedIndex, dimension: &DimensionPlan, rank: u32) {
        self.all.push(dimension.row(&index.cells, rank));
    }

    /// Adds the rows of a list that is there.
    #[inline]
    pub(super) fn add_list(
        &mut self,
        index: &ArchivedIndex,
        dimension: &DimensionPlan,
        cells: &[u32],
    ) {
        let first = self.list_rows.len();
        self.list_rows.extend(cells.iter().map(|cell| dimension.row(&index.cells, *cell)));
        self.lists.push(first..self.list_rows.len());
    }

    /// Puts together the rows that were added.
    #[inline]
    pub(super) fn put_together(
        &mut self,
        wide: Wide,
        index: &ArchivedIndex,
        slots: usize,
        before: Before<'_>,
    ) {
        self.summarise(index, slots, before);
        for word in 0..self.live.len() {
            self.put_together_some(wide, index, before, word, u64::MAX);
        }
    }

    /// Finds the blocks that may have something left. Comes first, and once.
    pub(super) fn summarise(&mut self, index: &ArchivedIndex, slots: usize, before: Before<'_>) {
        let blocks = slots.div_ceil(BLOCK);
        self.live.clear();
        if blocks <= FEW_BLOCKS {
            self.live.push(u64::MAX >> (64 - blocks.max(1)));
        } else {
            self.live.extend_from_slice(before.summary);
            self.live.resize(summary_words(slots), u64::MAX);
            // There is no block beyond the last.
            if let Some(last) = self.live.last_mut() {
                *last &= u64::MAX >> (blocks.wrapping_neg() % 64);
            }
            self.skip_empty(index);
        }
        for row in self.all.iter_mut().chain(&mut self.list_rows) {
            *row = row.saturating_mul(blocks);
        }
    }

    fn skip_empty(&mut self, index: &ArchivedIndex) {
        let summary = self.live.len();
        let of = |row: usize| {
            let start = row.saturating_mul(summary);
            index.summaries.get(start..start.saturating_add(summary)).unwrap_or_default()
        };
        for row in &self.all {
            for (live, word) in self.live.iter_mut().zip(of(*row)) {
                *live &= word.to_native();
            }
        }
        for list in &self.lists {
            let list = self.list_rows.get(list.clone()).unwrap_or_default();
            for (at, live) in self.live.iter_mut().enumerate() {
                let any = list.iter().filter_map(|row| of(*row).get(at));
                *live &= any.fold(0, |any, word| any | word.to_native());
            }
        }
    }

    /// Puts together some of 64 blocks: those whose bits are in `some`.
    #[inline]
    pub(super) fn put_together_some(
        &mut self,
        wide: Wide,
        index: &ArchivedIndex,
        before: Before<'_>,
        word: usize,
        some: u64,
    ) {
        let live = self.live.get(word).map_or(0, |live| live & some);
        if live != 0 {
            let rows = RowSet {
                rows: blocks_of(&index.rows),
                all: &self.all,
                lists: &self.lists,
                list_rows: &self.list_rows,
                before,
            };
            wide.blocks(rows, (word * 64, live), &mut self.left);
        }
    }

    /// How many times 64 blocks there are, once it was summarised.
    pub(super) fn live_words(&self) -> usize {
        self.live.len()
    }
}

/// The most that a request may have of each.
struct Most {
    dimensions: usize,
    /// Dimensions by lists, and their rows.
    lists: usize,
    list_rows: usize,
    /// Words of a summary, and words of a row.
    summary: usize,
    words: usize,
}

impl Most {
    fn of(archive: &ArchivedRuleset) -> Most {
        let (index, slots) = (&archive.index, archive.slots.len());
        let mut most = Most { dimensions: 0, lists: 0, list_rows: 0, summary: 0, words: 0 };
        if index.is_empty() {
            return most;
        }
        for dimension in index.dimensions.iter() {
            most.dimensions += 1;
            let subject = archive.subjects.get(usize::from(dimension.subject.to_native()));
            if subject.and_then(|subject| subject.ranking(archive)) == Some(Ranking::Members) {
                most.lists += 1;
                // All but that of the absent list.
                most.list_rows += dimension.cells.length.to_native().saturating_sub(1) as usize;
            }
        }
        (most.summary, most.words) = (summary_words(slots).max(1), row_words(slots));
        most
    }
}

/// So few blocks are put together sooner than found to be empty.
const FEW_BLOCKS: usize = 8;

/// The numbers of the rows of the cells of a request. Notes the ranks.
#[inline(always)]
pub(super) fn cell_rows(on: impl Registers, request: &mut Request<'_>, rows: &mut Vec<usize>) {
    let Request { dimensions, cells, ranks, row_numbers } = request;
    let mut add = |dimension: &DimensionPlan, rank| {
        if let Some(known) = ranks.get_mut(usize::from(dimension.subject)) {
            *known = rank;
        }
        rows.push(dimension.row(row_numbers, rank));
    };
    let reached = |node: &Node, key| on.reached(node, key);
    for (dimension, cell) in &dimensions.direct {
        add(dimension, cells.direct(cell));
    }
    for (dimension, cell) in &dimensions.cuts {
        add(dimension, cells.among_cuts(cell, reached));
    }
}
