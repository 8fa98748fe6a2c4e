//! The words of a request's lists of strings.
//!
//! In: a list in a frame. Out: a bit for each of its words that the dictionary has, and the
//! cells of its dimension.

use super::plan::{ListPlan, RankPlan};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::frame::Frame;
use rulestone_format::subject::Ranking;
use rulestone_format::value::{CELL, Reference, read_cell};
use std::ops::Range;

/// Cells of a list's dimension: of any list, and of the first word.
const ANY_LIST: u32 = 1;
const FIRST_WORD: u32 = 2;

/// The memory for all lists of a request.
#[derive(Debug)]
pub(super) struct Lists {
    /// A bit for each word of each dictionary.
    bits: Vec<u64>,
    /// Of each list the cells of its dimension: that of any list, then those of the words
    /// that it has.
    cells: Vec<u32>,
    /// Of each list: where its cells begin and end.
    ends: Vec<(u32, u32)>,
    /// Which words of `bits` aren't zero.
    touched: Vec<u32>,
    /// How many cells and touched words are those of bound facts.
    bound: (usize, usize),
}

impl Lists {
    /// With all the room that any request needs.
    pub(super) fn new(plan: &RankPlan) -> Lists {
        let words = plan.bits as usize / 64;
        Lists {
            bits: vec![0; words],
            cells: Vec::with_capacity(plan.lists + plan.list_words),
            ends: vec![(0, 0); plan.lists],
            touched: Vec::with_capacity(words),
            bound: (0, 0),
        }
    }

    /// Bytes that the lists of an archive need.
    pub(super) fn bytes(archive: &ArchivedRuleset) -> usize {
        let lists = archive.subjects.iter().filter_map(|subject| {
            let is_list = subject.ranking(archive) == Some(Ranking::Members);
            is_list.then(|| subject.words.length.to_native() as usize)
        });
        let bytes = |words: usize| {
            // A list's ends, a cell for it and each of its words; bits, and which were touched.
            size_of::<(u32, u32)>() + 4 * (1 + words) + (8 + 4) * words.div_ceil(64)
        };
        lists.map(bytes).sum()
    }

    /// Forgets the last request.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.truncate((0, 0));
    }

    /// Keeps what is known by now for [`Lists::clear_but_bound`].
    pub(super) fn bind(&mut self) {
        self.bound = (self.cells.len(), self.touched.len());
    }

    /// Forgets the last item, but not the bound facts.
    #[inline]
    pub(super) fn clear_but_bound(&mut self) {
        self.truncate(self.bound);
    }

    /// The bits of a list fill whole words, so that none of another list are lost.
    #[inline]
    fn truncate(&mut self, (cells, touched): (usize, usize)) {
        self.cells.truncate(cells);
        for word in self.touched.drain(touched.min(self.touched.len())..) {
            if let Some(bits) = self.bits.get_mut(word as usize) {
                *bits = 0;
            }
        }
    }

    /// Notes the words of a list, each once.
    #[inline]
    pub(super) fn read(
        &mut self,
        list: &ListPlan,
        plan: &RankPlan,
        archive: &ArchivedRuleset,
        frame: &Frame<'_>,
    ) {
        let Some(dictionary) = plan.dictionaries.get(list.dictionary as usize) else { return };
        let items = Reference(frame.low(list.slot as usize));
        let frame = frame.bytes();
        let start = self.cells.len() as u32;
        self.cells.push(ANY_LIST);
        for item in 0..items.length() {
            let Some(cell) = read_cell(frame, items.offset() + item * CELL, CELL) else { break };
            let number = dictionary.number(archive, frame, range(cell.reference()));
            let bit = list.bits + number;
            let known = self.bits.get_mut(bit as usize / 64);
            let known = known.filter(|_| number < dictionary.count());
            if let Some(bits) = known.filter(|bits| **bits >> (bit % 64) & 1 == 0) {
                if *bits == 0 {
                    self.touched.push(bit / 64);
                }
                *bits |= 1 << (bit % 64);
                self.cells.push(number.saturating_add(FIRST_WORD));
            }
        }
        if let Some(ends) = self.ends.get_mut(list.list as usize) {
            *ends = (start, self.cells.len() as u32);
        }
    }

    /// Whether a list that is there has a word.
    #[inline]
    pub(super) fn has_word(&self, list: &ListPlan, word: u32) -> bool {
        let bit = list.bits.wrapping_add(word);
        self.bits.get(bit as usize / 64).is_some_and(|bits| bits >> (bit % 64) & 1 != 0)
    }

    /// The cells of a list that is there: that of any list, then those of its words.
    #[inline]
    pub(super) fn cells(&self, list: &ListPlan) -> &[u32] {
        let (start, end) = self.ends.get(list.list as usize).copied().unwrap_or_default();
        self.cells.get(start as usize..end as usize).unwrap_or_default()
    }
}

/// Where text lies in the frame.
#[inline]
pub(super) fn range(reference: Reference) -> Range<usize> {
    let start = reference.offset();
    start..start + reference.length()
}
