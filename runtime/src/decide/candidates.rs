//! Which slots are looked at for a request, by the index.
//!
//! Out come words of bits, one bit a slot: all slots that might match, and few
//! others. For each dimension the row of the request's rank is found; the rows
//! are ANDed block by block, but for the blocks that their summaries say are
//! empty. A ruleset of one block goes without summaries, and stops as soon as
//! nothing is left.

use super::cuts::Node;
use super::subjects::{CellPlan, Cells, SubjectPlan, SubjectPlans};
use super::wide::Wide;
use rkyv::rend::unaligned::{u32_ule, u64_ule};
use rulestone_format::archive::{ArchivedIndex, ArchivedRuleset};
use rulestone_format::index::{BLOCK_WORDS, row_words, summary_words};
use rulestone_format::subject::ABSENT;
use std::ops::Range;

/// The dimensions as requests use them, those of cells first.
#[derive(Debug, Default)]
pub(crate) struct DimensionPlans {
    pub(super) cells: Vec<(DimensionPlan, CellPlan)>,
    /// Of text, lists and variables.
    pub(super) others: Vec<(DimensionPlan, SubjectPlan)>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct DimensionPlan {
    /// The number of its subject.
    pub(super) subject: u16,
    /// Where its cells begin among the index's.
    cells: u32,
}

impl DimensionPlans {
    pub(crate) fn new(archive: &ArchivedRuleset, subjects: &SubjectPlans) -> DimensionPlans {
        let mut plans = DimensionPlans::default();
        for dimension in archive.index.dimensions.iter() {
            let subject = dimension.subject.to_native();
            let plan = DimensionPlan { subject, cells: dimension.cells.start.to_native() };
            match subjects.all.get(usize::from(subject)) {
                Some(SubjectPlan::Cell(cell)) => plans.cells.push((plan, *cell)),
                Some(other) => plans.others.push((plan, *other)),
                None => {}
            }
        }
        plans
    }
}

impl DimensionPlan {
    /// The row of a rank.
    #[inline(always)]
    fn row(&self, row_numbers: &[u32_ule], cell: u32) -> usize {
        let row = row_numbers.get(self.cells as usize + cell as usize);
        row.map_or(usize::MAX, |row| row.to_native() as usize)
    }

    /// The rows of a list: of what any list leaves possible, then of its words.
    #[inline]
    fn list_rows(
        &self,
        index: &ArchivedIndex,
        words: impl Iterator<Item = u32>,
    ) -> impl Iterator<Item = usize> {
        std::iter::once(1)
            .chain(words.map(|word| word.saturating_add(2)))
            .map(move |c| self.row(&index.cells, c))
    }
}

/// A request whose ranks are looked up.
pub(super) struct Request<'a> {
    pub(super) dimensions: &'a [(DimensionPlan, CellPlan)],
    pub(super) cells: Cells<'a>,
    /// Of all subjects, to be noted.
    pub(super) ranks: &'a mut [u32],
    /// Of the index.
    pub(super) row_numbers: &'a [u32_ule],
    pub(super) rows: &'a [u64_ule],
}

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
    /// A block, whose first word this is.
    #[inline(always)]
    pub(super) fn block(&self, offset: usize) -> Block {
        let block = self.row.get(offset..).and_then(|row| row.first_chunk::<BLOCK_WORDS>());
        block.copied().unwrap_or([u64::MAX; BLOCK_WORDS])
    }
}

/// Slots that are left: the number of a word of a row, and its bits.
pub(crate) type Left = (u32, u64);

/// Finds the rows of a request and puts them together; has the memory for that.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// To be ANDed.
    all: Vec<usize>,
    /// To be ORed first: runs of `list_rows`.
    lists: Vec<Range<usize>>,
    list_rows: Vec<usize>,
    /// A bit for each block that may have something left.
    live: Vec<u64>,
    pub(super) left: Vec<Left>,
}

impl Rows {
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
        words: impl Iterator<Item = u32>,
    ) {
        let first = self.list_rows.len();
        self.list_rows.extend(dimension.list_rows(index, words));
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
        let (width, summary) = (row_words(slots), summary_words(slots));
        self.live.clear();
        self.live.extend_from_slice(before.summary);
        self.live.resize(summary, u64::MAX);
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
        for row in self.all.iter_mut().chain(&mut self.list_rows) {
            *row = row.saturating_mul(width);
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
            let lists = (&self.lists[..], &self.list_rows[..]);
            let blocks = (word * 64, live);
            wide.blocks(&index.rows, &self.all, lists, before, blocks, &mut self.left);
        }
    }

    /// How many times 64 blocks there are, once it was summarised.
    pub(super) fn live_words(&self) -> usize {
        self.live.len()
    }
}

/// The rows of the cells of a request. Notes the ranks.
#[inline(always)]
pub(super) fn cell_rows(
    request: &mut Request<'_>,
    rows: &mut Vec<usize>,
    reached: impl Fn(&Node, i64) -> usize,
) {
    let Request { dimensions, cells, ranks, row_numbers, .. } = request;
    for (dimension, cell) in dimensions.iter() {
        let rank = cells.rank(cell, &reached);
        note(ranks, dimension.subject, rank);
        rows.push(dimension.row(row_numbers, rank));
    }
}

/// Runs of rows that are ORed, and these rows.
pub(super) type Lists<'a> = (&'a [Range<usize>], &'a [usize]);

/// The AND of all rows, of the blocks that are live: the number of the first, and a
/// bit for each of 64.
#[inline(always)]
pub(super) fn blocks(
    rows: &[u64_ule],
    all: &[usize],
    lists: Lists<'_>,
    before: Before<'_>,
    live: (usize, u64),
    left: &mut Vec<Left>,
) {
    let (first, mut rest) = live;
    while rest != 0 {
        let offset = (first + rest.trailing_zeros() as usize) * BLOCK_WORDS;
        rest &= rest - 1;
        let words = block(rows, all, lists, before.block(offset), offset);
        for (number, bits) in words.into_iter().enumerate() {
            if bits != 0 {
                left.push(((offset + number) as u32, bits));
            }
        }
    }
}

/// Leaves where nothing is left, which also keeps the compiler from going through
/// the rows word by word.
#[inline(always)]
fn block(
    rows: &[u64_ule],
    all: &[usize],
    (lists, list_rows): Lists<'_>,
    mut left: Block,
    offset: usize,
) -> Block {
    for start in all {
        and(&mut left, &row(rows, start.wrapping_add(offset)));
        if is_empty(&left) {
            return left;
        }
    }
    for list in lists {
        let mut either = [0; BLOCK_WORDS];
        for start in list_rows.get(list.clone()).unwrap_or_default() {
            let row = row(rows, start.wrapping_add(offset));
            for ((either, word), left) in either.iter_mut().zip(row).zip(left) {
                *either |= word & left;
            }
            if either == left {
                break;
            }
        }
        left = either;
    }
    left
}

pub(super) type Block = [u64; BLOCK_WORDS];

#[inline(always)]
fn and(left: &mut Block, row: &Block) {
    for (left, word) in left.iter_mut().zip(row) {
        *left &= word;
    }
}

/// A block of a row. INVARIANT: rows are whole blocks; the verifier saw to it.
#[inline(always)]
fn row(rows: &[u64_ule], start: usize) -> Block {
    match rows.get(start..).and_then(|rows| rows.first_chunk::<BLOCK_WORDS>()) {
        Some(words) => words.map(|word| word.to_native()),
        None => [0; BLOCK_WORDS],
    }
}

/// The AND of what is left before and of the rows of the cells of a request, of a
/// ruleset of one block; stops where nothing is left. Notes the ranks.
#[inline(always)]
pub(super) fn one_block(
    request: &mut Request<'_>,
    before: Before<'_>,
    reached: impl Fn(&Node, i64) -> usize,
) -> Block {
    let Request { dimensions, cells, ranks, row_numbers, rows } = request;
    let (rows, _) = rows.as_chunks::<BLOCK_WORDS>();
    let mut left = before.block(0);
    for (dimension, cell) in dimensions.iter() {
        let rank = cells.rank(cell, &reached);
        note(ranks, dimension.subject, rank);
        let row = rows.get(dimension.row(row_numbers, rank));
        and(&mut left, &row.map_or([0; BLOCK_WORDS], |row| row.map(|word| word.to_native())));
        if is_empty(&left) {
            break;
        }
    }
    left
}

#[inline(always)]
fn note(ranks: &mut [u32], subject: u16, rank: u32) {
    if let Some(known) = ranks.get_mut(usize::from(subject)) {
        *known = rank;
    }
}

#[inline(always)]
pub(super) fn is_empty(block: &Block) -> bool {
    block.iter().fold(0, |any, word| any | word) == 0
}

/// Takes out what a rank excludes.
#[inline]
pub(super) fn take(left: &mut Block, index: &ArchivedIndex, dimension: &DimensionPlan, rank: u32) {
    and(left, &row(&index.rows, dimension.row(&index.cells, rank).wrapping_mul(BLOCK_WORDS)));
}

/// Takes out what a list that is there excludes.
pub(super) fn take_list(
    left: &mut Block,
    index: &ArchivedIndex,
    dimension: &DimensionPlan,
    words: impl Iterator<Item = u32>,
) {
    let mut either = [0; BLOCK_WORDS];
    for start in dimension.list_rows(index, words) {
        let row = row(&index.rows, start.wrapping_mul(BLOCK_WORDS));
        either.iter_mut().zip(row).for_each(|(either, word)| *either |= word);
    }
    and(left, &either);
}

/// Whether a rank is that of something that is there.
#[inline]
pub(super) fn is_there(rank: u32) -> bool {
    rank != ABSENT
}
