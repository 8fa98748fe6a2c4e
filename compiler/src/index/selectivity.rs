//! How narrowly a slot asks a subject.

use crate::lower::ranks::{Ask, Asked, RankedSubject};

/// The part of a subject's ranks that satisfy an ask: what is asked most narrowly
/// is asked first.
pub(super) fn share(ask: &Ask, subjects: &[RankedSubject]) -> f64 {
    let subject = &subjects[usize::from(ask.subject)];
    match &ask.what {
        Asked::Runs(runs) => {
            f64::from(runs.present().max(1)) / f64::from((subject.ranks - 1).max(1))
        }
        // Of some words a list has a few.
        Asked::Member { negated: false, .. } => (4.0 / f64::from(subject.words.max(8))).min(0.5),
        Asked::Member { negated: true, .. } => 0.9,
    }
}
