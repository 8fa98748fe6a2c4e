//! The rows of an index, and what looking at them may cost.

use crate::archive::ArchivedRuleset;
use crate::error::{Error, ErrorCode};
use crate::index::row_words;
use rkyv::rend::unaligned::u64_ule;

/// A row says of this slot what it doesn't ask.
pub(super) fn contradiction(slot: usize) -> Error {
    Error::at(ErrorCode::IndexAgreement, slot as u64)
}

/// What may still be spent, in words that are looked at.
pub(super) struct Budget {
    pub(super) left: u64,
    pub(super) dimension: u64,
}

impl Budget {
    pub(super) fn spend(&mut self, words: usize) -> Result<(), Error> {
        let left = self.left.checked_sub(words as u64);
        self.left = left.ok_or(Error::at(ErrorCode::IndexDimension, self.dimension))?;
        Ok(())
    }
}

/// The rows, and what is known of each.
pub(super) struct Rows<'a> {
    all: &'a [u64_ule],
    pub(super) slots: usize,
    /// Words of a row.
    pub(super) width: usize,
    /// Of each row a bit for each of its words: whether all slots of it are there.
    full: Vec<u64>,
    /// How many slots each row has, or not known yet.
    counts: Vec<u32>,
}

const UNKNOWN: u32 = u32::MAX;

impl<'a> Rows<'a> {
    pub(super) fn of(archive: &'a ArchivedRuleset) -> Rows<'a> {
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
    pub(super) fn masks(&self) -> usize {
        self.width.div_ceil(64)
    }

    /// The slots of a word of a row, as bits.
    pub(super) fn slots_of(&self, word: usize) -> u64 {
        match self.slots.saturating_sub(word.saturating_mul(64)) {
            rest @ 0..64 => (1 << rest) - 1,
            _ => u64::MAX,
        }
    }

    pub(super) fn row(&self, number: u32) -> &'a [u64_ule] {
        let start = (number as usize).saturating_mul(self.width);
        self.all.get(start..start.saturating_add(self.width)).unwrap_or_default()
    }

    pub(super) fn word(&self, row: u32, word: usize) -> u64 {
        self.row(row).get(word).map_or(0, |word| word.to_native())
    }

    pub(super) fn has(&self, row: u32, slot: usize) -> bool {
        self.word(row, slot / 64) >> (slot % 64) & 1 != 0
    }

    /// Whether all slots of some words of a row are there, from a multiple of their
    /// number on: 1 or 8.
    pub(super) fn is_full<const WORDS: usize>(&self, row: u32, first: usize) -> bool {
        let full = self.full.get(row as usize * self.masks() + first / 64);
        let all = (1 << WORDS) - 1;
        full.is_some_and(|full| full >> (first % 64) & all == all)
    }

    /// How many slots a row has. Each row is counted once.
    pub(super) fn count(&mut self, row: u32) -> u32 {
        let words = self.row(row);
        let Some(count) = self.counts.get_mut(row as usize) else { return 0 };
        if *count == UNKNOWN {
            *count = words.iter().map(|word| word.to_native().count_ones()).sum();
        }
        *count
    }

    /// That these rows have all slots but those of some words.
    pub(super) fn have_all_but(
        &self,
        rows: &[u32],
        words: &[u32],
        budget: &mut Budget,
    ) -> Result<(), Error> {
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
