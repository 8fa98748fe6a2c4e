//! Whether the index says what the slots ask.
//!
//! In: an archive whose subjects, slots, predicates and rows are each in order.
//! Out: that every request is decided alike with the index and without, or the
//! first slot found of which a row says something else.
//!
//! Two things make it so, for each dimension and each slot. Wherever all that the
//! slot asks of the subject holds, its bit is there: no row loses a slot. And
//! wherever its bit is there, all that nobody will check again holds (the
//! predicates from `residual` on). So of each group of ranks that share a row it
//! is known what *must* be in the row and what *may* be; [`ordered`] and
//! [`members`] compare. Rows may let more through than what is checked again asks.
//!
//! # Cost
//! Linear in the archive: what is paid for beyond one walk over the tables comes
//! from a [`Budget`], since a few bytes of cells can name long rows again and
//! again. Memory: at most eight times the archive, and 32 KiB.

mod asks;
mod groups;
mod members;
mod ordered;

use super::layout;
use crate::archive::ArchivedRuleset;
use crate::error::{Error, ErrorCode};
use crate::index::row_words;
use crate::subject::Ranking;
use rkyv::rend::unaligned::u64_ule;

/// Words that are looked at for each byte of the archive, at most; eight words that
/// nobody asks about are one, and so are two ends of runs. The workload `hunt` needs less
/// than 1. What the compiler makes needs more than a few only where a great many
/// dimensions share all their rows, since the bytes of rows count.
const WORDS_A_BYTE: u64 = 64;

/// Needs: slots and the index are checked.
pub(super) fn check(archive: &ArchivedRuleset, rankings: &[Ranking]) -> Result<(), Error> {
    let index = &archive.index;
    let mut rows = Rows::of(archive);
    let bytes = layout::bytes(archive);
    let mut budget = Budget { left: (bytes as u64).saturating_mul(WORDS_A_BYTE), dimension: 0 };
    let mut asks = ordered::check(archive, rankings, &rows, (bytes, &mut budget))?;
    // Within each dimension they stay in the order of slots.
    asks.sort_by_key(|ask| ask.dimension);
    let mut rest = &asks[..];
    for (number, dimension) in (0..).zip(index.dimensions.iter()) {
        let ranking = rankings.get(usize::from(dimension.subject.to_native()));
        if ranking == Some(&Ranking::Members) {
            budget.dimension = number.into();
            let (own, others) = rest.split_at(rest.partition_point(|ask| ask.dimension <= number));
            rest = others;
            let cells = dimension.cells.of(&index.cells);
            members::check(archive, &mut rows, own, cells, &mut budget)?;
        }
    }
    Ok(())
}

/// A row says of this slot what it doesn't ask.
fn contradiction(slot: usize) -> Error {
    Error::at(ErrorCode::IndexAgreement, slot as u64)
}

/// What may still be spent, in words that are looked at.
struct Budget {
    left: u64,
    dimension: u64,
}

impl Budget {
    fn spend(&mut self, words: usize) -> Result<(), Error> {
        let left = self.left.checked_sub(words as u64);
        self.left = left.ok_or(Error::at(ErrorCode::IndexDimension, self.dimension))?;
        Ok(())
    }
}

/// The rows, and what is known of each.
struct Rows<'a> {
    all: &'a [u64_ule],
    slots: usize,
    /// Words of a row.
    width: usize,
    /// Of each row a bit for each of its words: whether all slots of it are there.
    full: Vec<u64>,
    /// How many slots each row has, or not known yet.
    counts: Vec<u32>,
}

const UNKNOWN: u32 = u32::MAX;

impl<'a> Rows<'a> {
    fn of(archive: &'a ArchivedRuleset) -> Rows<'a> {
        let (all, slots) = (archive.index.rows.as_slice(), archive.slots.len());
        let (width, full) = (row_words(slots), Vec::new());
        let counts = vec![UNKNOWN; all.len().checked_div(width).unwrap_or_default()];
        let mut rows = Rows { all, slots, width, full, counts };
        rows.full.reserve_exact(rows.counts.len() * rows.masks());
        for row in all.chunks_exact(width.max(1)) {
            for (mask, words) in row.chunks(64).enumerate() {
                let mut full = 0;
                for (at, word) in words.iter().enumerate() {
                    full |= u64::from(word.to_native() == u64::MAX) << at;
                }
                // The last words have fewer slots than bits, or none.
                for (at, word) in
                    words.iter().enumerate().skip((slots / 64).saturating_sub(64 * mask))
                {
                    full |= u64::from(word.to_native() == rows.slots_of(64 * mask + at)) << at;
                }
                rows.full.push(full);
            }
        }
        rows
    }

    /// Words for a bit for each word of a row.
    fn masks(&self) -> usize {
        self.width.div_ceil(64)
    }

    /// The slots of a word of a row, as bits.
    fn slots_of(&self, word: usize) -> u64 {
        match self.slots.saturating_sub(word.saturating_mul(64)) {
            rest @ 0..64 => (1 << rest) - 1,
            _ => u64::MAX,
        }
    }

    fn row(&self, number: u32) -> &'a [u64_ule] {
        let start = (number as usize).saturating_mul(self.width);
        self.all.get(start..start.saturating_add(self.width)).unwrap_or_default()
    }

    fn word(&self, row: u32, word: usize) -> u64 {
        self.row(row).get(word).map_or(0, |word| word.to_native())
    }

    fn has(&self, row: u32, slot: usize) -> bool {
        self.word(row, slot / 64) >> (slot % 64) & 1 != 0
    }

    /// Whether all slots of some words of a row are there, from a multiple of their
    /// number on: 1 or 8.
    fn is_full<const WORDS: usize>(&self, row: u32, first: usize) -> bool {
        let full = self.full.get(row as usize * self.masks() + first / 64);
        let all = (1 << WORDS) - 1;
        full.is_some_and(|full| full >> (first % 64) & all == all)
    }

    /// How many slots a row has. Each row is counted once.
    fn count(&mut self, row: u32) -> u32 {
        let words = self.row(row);
        let Some(count) = self.counts.get_mut(row as usize) else { return 0 };
        if *count == UNKNOWN {
            *count = words.iter().map(|word| word.to_native().count_ones()).sum();
        }
        *count
    }

    /// That these rows have all slots but those of some words.
    fn have_all_but(&self, rows: &[u32], words: &[u32], budget: &mut Budget) -> Result<(), Error> {
        let masks = self.masks();
        let mut others = vec![u64::MAX; masks];
        if let Some(last) = others.last_mut().filter(|_| !self.width.is_multiple_of(64)) {
            *last = (1 << (self.width % 64)) - 1;
        }
        for word in words {
            if let Some(mask) = others.get_mut(*word as usize / 64) {
                *mask &= !(1 << (word % 64));
            }
        }
        budget.spend(rows.len().saturating_mul(masks))?;
        for row in rows {
            let start = *row as usize * masks;
            let full = self.full.get(start..start + masks).unwrap_or_default();
            let lacking = others.iter().zip(full).map(|(others, full)| others & !full);
            if let Some((at, lacking)) = lacking.enumerate().find(|(_, lacking)| *lacking != 0) {
                let word = at * 64 + lacking.trailing_zeros() as usize;
                let slots = self.slots_of(word) & !self.word(*row, word);
                return Err(contradiction(word * 64 + slots.trailing_zeros() as usize));
            }
        }
        Ok(())
    }
}
