//! Which slots are looked at for a request, by the index.
//!
//! Out come the numbers of slots in order of their rules: all that might match,
//! and few others. For each dimension the row of the request's value is found;
//! the rows, ANDed block by block, have a bit for each slot that is left.

use super::keys::Keys;
use multiversion::multiversion;
use rkyv::rend::unaligned::u64_ule;
use rulestone_format::archive::{ArchivedDimension, ArchivedIndex, ArchivedRuleset};
use rulestone_format::index::{BLOCK, BLOCK_WORDS, DimensionKind, row_words};

/// The rows of one request, with the memory for them.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// To be ANDed: where each row begins.
    all: Vec<usize>,
    /// To be ORed before: runs of rows, each ended by [`Rows::END`].
    groups: Vec<usize>,
}

impl Rows {
    const END: usize = usize::MAX;

    /// Finds the rows of a request.
    pub(super) fn find(&mut self, archive: &ArchivedRuleset, keys: &Keys) {
        let index = &archive.index;
        let width = row_words(index.slots.len());
        self.all.clear();
        self.groups.clear();
        for dimension in index.dimensions.iter() {
            let key = keys.key(dimension.fact.to_native());
            let cells = dimension.cells.of(&index.cells);
            let base = dimension.base.to_native() as usize * width;
            if !key.present {
                self.all.push(base);
            } else if dimension.kind.to_native() == DimensionKind::Members as u16 {
                self.groups.push(base);
                let rows = keys.words(key.key).iter().filter_map(|word| cells.get(*word as usize));
                self.groups.extend(rows.map(|row| row.to_native() as usize * width));
                self.groups.push(Rows::END);
            } else {
                let row = cells.get(cell(index, dimension, key.key));
                self.all.push(row.map_or(base, |row| row.to_native() as usize * width));
            }
        }
    }

    /// Calls `look` with the number of each slot that is left.
    #[inline]
    pub(super) fn each(&self, index: &ArchivedIndex, mut look: impl FnMut(usize)) {
        let slots = index.slots.len();
        for (block, first) in (0..slots).step_by(BLOCK).enumerate() {
            let words = self::block(&index.rows, &self.all, &self.groups, block * BLOCK_WORDS);
            for (number, word) in words.into_iter().enumerate() {
                let mut rest = word;
                while rest != 0 {
                    look(first + number * 64 + rest.trailing_zeros() as usize);
                    rest &= rest - 1;
                }
            }
        }
    }
}

/// The AND of all rows, of one block. Made several times over, for the widest
/// registers that the processor turns out to have; not inlined, so that the
/// block stays in them from the first row to the last.
#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
#[inline(never)]
fn block(rows: &[u64_ule], all: &[usize], groups: &[usize], offset: usize) -> Block {
    let mut left = [u64::MAX; BLOCK_WORDS];
    for start in all {
        and(&mut left, &row(rows, start + offset));
    }
    let mut either = [0; BLOCK_WORDS];
    for start in groups {
        if *start == Rows::END {
            and(&mut left, &either);
            either = [0; BLOCK_WORDS];
        } else {
            for (either, word) in either.iter_mut().zip(row(rows, start + offset)) {
                *either |= word;
            }
        }
    }
    left
}

type Block = [u64; BLOCK_WORDS];

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

/// The number of the cell that a key lies in.
#[inline]
fn cell(index: &ArchivedIndex, dimension: &ArchivedDimension, key: u64) -> usize {
    let cuts = dimension.cuts.of(&index.cuts);
    cuts.partition_point(|cut| cut.to_native() <= key)
}
