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
mod rows;

use super::layout;
use crate::archive::ArchivedRuleset;
use crate::error::Error;
use crate::subject::Ranking;
use rows::{Budget, Rows};

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
