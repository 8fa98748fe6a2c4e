//! The rows of a request: found by its ranks, and ANDed but for the blocks that summaries
//! say are empty.

use super::candidates::{BoundRow, Candidates};
use super::dimensions::{Dimension, Dimensions};
use super::intersection::{Intersect, RowSet};
use crate::decide::ranks::Cells;
use crate::decide::simd::bitmap::blocks_of;
use crate::decide::simd::node::Node;
use crate::decide::simd::{Kernel, Registers, Simd};
use rkyv::rend::unaligned::u32_ule;
use rulestone_format::archive::{ArchivedIndex, ArchivedRuleset};
use rulestone_format::index::{BLOCK, row_words, summary_words};
use rulestone_format::subject::Ranking;
use std::ops::Range;

/// So few blocks are ANDed sooner than found to be empty.
const FEW_BLOCKS: usize = 8;

/// The rows of a request, with the memory for them and for its candidates.
#[derive(Debug)]
pub(super) struct Rows {
    /// To be ANDed: their numbers, then the blocks with which they begin.
    rows: Vec<usize>,
    /// To be ORed first: runs of `list_rows`.
    lists: Vec<Range<usize>>,
    list_rows: Vec<usize>,
    /// A bit for each block that may have candidates.
    live: Vec<u64>,
    candidates: Candidates,
}

impl Rows {
    /// With all the room that any request needs.
    pub(super) fn new(archive: &ArchivedRuleset) -> Rows {
        let Most { dimensions, lists, list_rows, summary, words } = Most::of(archive);
        Rows {
            rows: Vec::with_capacity(dimensions),
            lists: Vec::with_capacity(lists),
            list_rows: Vec::with_capacity(list_rows),
            live: Vec::with_capacity(summary),
            candidates: Candidates::new(words),
        }
    }

    /// Bytes that the rows of an archive need.
    pub(super) fn bytes(archive: &ArchivedRuleset) -> usize {
        let Most { dimensions, lists, list_rows, summary, words } = Most::of(archive);
        size_of::<usize>() * (dimensions + list_rows)
            + size_of::<Range<usize>>() * lists
            + size_of::<u64>() * summary
            + Candidates::bytes(words)
    }

    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.lists.clear();
        self.list_rows.clear();
        self.candidates.clear();
    }

    /// Adds the rows of numbers. Notes their ranks.
    #[inline]
    pub(super) fn add_cells(
        &mut self,
        simd: Simd,
        index: &ArchivedIndex,
        dimensions: &Dimensions,
        cells: Cells<'_>,
        ranks: &mut [u32],
    ) {
        let (row_numbers, rows) = (index.cells.as_slice(), &mut self.rows);
        simd.run(AddCells { dimensions, cells, ranks, row_numbers, rows });
    }

    /// Adds the row of a rank.
    #[inline]
    pub(super) fn add(&mut self, index: &ArchivedIndex, dimension: &Dimension, rank: u32) {
        self.rows.push(dimension.row(&index.cells, rank));
    }

    /// Adds the rows of a list that is there.
    #[inline]
    pub(super) fn add_list(&mut self, index: &ArchivedIndex, dimension: &Dimension, cells: &[u32]) {
        let first = self.list_rows.len();
        self.list_rows.extend(cells.iter().map(|cell| dimension.row(&index.cells, *cell)));
        self.lists.push(first..self.list_rows.len());
    }

    /// ANDs the rows that were added.
    #[inline]
    pub(super) fn intersect(
        &mut self,
        simd: Simd,
        index: &ArchivedIndex,
        slots: usize,
        bound: BoundRow<'_>,
    ) {
        self.find_live(index, slots, bound);
        for word in 0..self.live.len() {
            self.intersect_some(simd, index, bound, word, u64::MAX);
        }
    }

    /// Finds the blocks that may have candidates. Comes first, and once.
    pub(super) fn find_live(&mut self, index: &ArchivedIndex, slots: usize, bound: BoundRow<'_>) {
        let blocks = slots.div_ceil(BLOCK);
        self.live.clear();
        if blocks <= FEW_BLOCKS {
            self.live.push(u64::MAX >> (64 - blocks.max(1)));
        } else {
            self.live.extend_from_slice(bound.summary);
            self.live.resize(summary_words(slots), u64::MAX);
            // There is no block beyond the last.
            if let Some(last) = self.live.last_mut() {
                *last &= u64::MAX >> (blocks.wrapping_neg() % 64);
            }
            self.skip_empty(index);
        }
        for row in self.rows.iter_mut().chain(&mut self.list_rows) {
            *row = row.saturating_mul(blocks);
        }
    }

    fn skip_empty(&mut self, index: &ArchivedIndex) {
        let summary = self.live.len();
        let of = |row: usize| {
            let start = row.saturating_mul(summary);
            index.summaries.get(start..start.saturating_add(summary)).unwrap_or_default()
        };
        for row in &self.rows {
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

    /// ANDs some of 64 blocks: those whose bits are in `some`.
    #[inline]
    pub(super) fn intersect_some(
        &mut self,
        simd: Simd,
        index: &ArchivedIndex,
        bound: BoundRow<'_>,
        word: usize,
        some: u64,
    ) {
        let live = self.live.get(word).map_or(0, |live| live & some);
        if live != 0 {
            let rows = RowSet {
                blocks: blocks_of(&index.rows),
                rows: &self.rows,
                lists: &self.lists,
                list_rows: &self.list_rows,
                bound,
            };
            let candidates = &mut self.candidates;
            simd.run(Intersect { rows, first: word * 64, live, candidates });
        }
    }

    /// How many times 64 blocks there are, once live ones were found.
    pub(super) fn live_words(&self) -> usize {
        self.live.len()
    }

    /// The slots that all rows leave possible.
    pub(super) fn candidates(&self) -> &Candidates {
        &self.candidates
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

/// Adds the numbers of the rows of a request's numbers. Notes their ranks.
struct AddCells<'a> {
    dimensions: &'a Dimensions,
    cells: Cells<'a>,
    /// Of all subjects, to be noted.
    ranks: &'a mut [u32],
    row_numbers: &'a [u32_ule],
    rows: &'a mut Vec<usize>,
}

impl Kernel for AddCells<'_> {
    type Output = ();

    #[inline(always)]
    fn run<R: Registers>(self, on: R) {
        let AddCells { dimensions, cells, ranks, row_numbers, rows } = self;
        let mut add = |dimension: &Dimension, rank| {
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
}
