//! What an index costs and what it saves, in nanoseconds about as measured by
//! the benchmark `hunt`.

use super::dimension::Dimension;
use crate::lower::ranks::{RankedSubject, Slot};
use rulestone_format::index::BLOCK;
use rulestone_format::subject::Ranking;

/// A list whose dictionary is larger makes more rows than it is worth.
const MOST_WORDS: u32 = 1024;

/// To look at a slot that turns out not to match: what it asks is read, ranks are
/// worked out for it, and where it is refused can't be foretold.
const CHECK: f64 = 30.0;

/// To AND a block of a row.
const BLOCK_AND: f64 = 1.0;

/// The dimensions that save more than they cost, the most telling ones first.
pub(super) fn worthwhile(
    mut dimensions: Vec<Dimension>,
    subjects: &[RankedSubject],
    slots: &[Slot],
) -> Vec<Dimension> {
    let blocks = slots.len().div_ceil(BLOCK) as f64;
    let cost = |dimension: &Dimension| {
        let subject = &subjects[usize::from(dimension.subject)];
        let (lookup, rows) = match subject.ranking {
            Ranking::Direct { .. } => (1.0, 1.0),
            Ranking::Cuts(_) => (1.0 + f64::from(subject.ranks).log2() / 3.0, 1.0),
            Ranking::Words => (6.0, 1.0),
            Ranking::Members => (20.0, 5.0),
        };
        lookup + f64::from(subject.cost) + rows * BLOCK_AND * blocks
    };
    // What it takes out of the slots that are left, all being independent.
    let saving = |dimension: &Dimension| dimension.asking as f64 * (1.0 - dimension.passing);
    dimensions.retain(|dimension| {
        let subject = &subjects[usize::from(dimension.subject)];
        subject.ranking != Ranking::Members || subject.words <= MOST_WORDS
    });
    dimensions.sort_by(|a, b| (saving(b) / cost(b)).total_cmp(&(saving(a) / cost(a))));
    let mut left = 1.0;
    dimensions.retain(|dimension| {
        let pays = left * saving(dimension) * CHECK > cost(dimension);
        if pays {
            left *= 1.0 - saving(dimension) / slots.len().max(1) as f64;
        }
        pays
    });
    dimensions
}
