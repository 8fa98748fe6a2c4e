//! The index: dimensions, rows and their summaries.

use super::runs::Runs;
use crate::archive::ArchivedRuleset;
use crate::error::{Error, ErrorCode};
use crate::index::{BLOCK_WORDS, row_words, summary_words};
use crate::subject::Ranking;

/// Needs: subjects and slots are checked.
pub(super) fn check(archive: &ArchivedRuleset, rankings: &[Ranking]) -> Result<(), Error> {
    let index = &archive.index;
    let rows = rows(archive)?;
    let mut cells = Runs::of(&index.cells);
    let mut taken = vec![false; archive.subjects.len()];
    for (number, dimension) in index.dimensions.iter().enumerate() {
        cells.take(&dimension.cells, number)?;
        let subject = usize::from(dimension.subject.to_native());
        let needed = (archive.subjects.get(subject).zip(rankings.get(subject)))
            .map(|(subject, ranking)| subject.cells(*ranking));
        let is_new = taken.get_mut(subject).is_some_and(|taken| !std::mem::replace(taken, true));
        let own = dimension.cells.of(&index.cells);
        let good = is_new
            && needed == Some(own.len())
            && own.iter().all(|row| (row.to_native() as usize) < rows);
        if !good {
            return Err(Error::at(ErrorCode::IndexDimension, number as u64));
        }
    }
    cells.finish()
}

/// How many rows there are: all of one width, without bits beyond the last slot,
/// each with the summary that is true of it.
fn rows(archive: &ArchivedRuleset) -> Result<usize, Error> {
    let index = &archive.index;
    let slots = archive.slots.len();
    let (width, summary) = (row_words(slots), summary_words(slots));
    if width == 0 {
        let empty = index.rows.is_empty() && index.summaries.is_empty();
        return if empty && index.is_empty() {
            Ok(0)
        } else {
            Err(Error::new(ErrorCode::IndexRow))
        };
    }
    let count = index.rows.len() / width;
    if !index.rows.len().is_multiple_of(width) || index.summaries.len() != count * summary {
        return Err(Error::at(ErrorCode::IndexRow, count as u64));
    }
    let rows = index.rows.chunks_exact(width).zip(index.summaries.chunks_exact(summary));
    for (number, (row, summaries)) in rows.enumerate() {
        // The first word with bits beyond the last slot, and those bits of it.
        let (word, bit) = (slots / 64, slots % 64);
        let stray = row.get(word).is_some_and(|word| word.to_native() >> bit != 0)
            || row.iter().skip(word + 1).any(|word| word.to_native() != 0);
        if stray {
            return Err(Error::at(ErrorCode::IndexRow, number as u64));
        }
        let mut live = summaries.iter().map(|word| word.to_native());
        for blocks in row.chunks(64 * BLOCK_WORDS) {
            let nonempty =
                blocks.chunks_exact(BLOCK_WORDS).enumerate().fold(0, |bits, (at, block)| {
                    let any = block.iter().fold(0, |any, word| any | word.to_native());
                    bits | u64::from(any != 0) << at
                });
            if live.next() != Some(nonempty) {
                return Err(Error::at(ErrorCode::IndexSummary, number as u64));
            }
        }
    }
    Ok(count)
}
