//! The order of slots: those that ask alike stand together, so that a request
//! leaves whole blocks empty, which are then skipped.
//!
//! Small rulesets stay in decision order. In large ones each slot is put by what
//! it asks most narrowly, then by what it asks next most narrowly.

use crate::lower::ranks::{Ask, Asked, RankedSubject, Slot};
use crate::lower::slots::share;
use rulestone_format::index::BLOCK;

/// Fewer blocks are gone through faster than they are skipped.
const LEAST_BLOCKS: usize = 4;

/// What is asked more loosely than this tells no blocks apart.
const LOOSEST: f64 = 0.4;

pub(super) fn cluster(slots: &mut [Slot], subjects: &[RankedSubject]) {
    if slots.len() < LEAST_BLOCKS * BLOCK {
        return;
    }
    slots.sort_by_cached_key(|slot| {
        let mut asks: Vec<(f64, &Ask)> =
            slot.asks.iter().map(|ask| (share(ask, subjects), ask)).collect();
        asks.retain(|(share, ask)| {
            *share <= LOOSEST && subjects[usize::from(ask.subject)].cost == 0
        });
        asks.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.subject.cmp(&b.1.subject)));
        let place = |at: usize| asks.get(at).map_or((u16::MAX, 0), |(_, ask)| place(ask));
        (place(0), place(1), slot.rule)
    });
}

/// A subject, and about where in it.
fn place(ask: &Ask) -> (u16, u32) {
    let at = match &ask.what {
        Asked::Runs(runs) => {
            let (first, last) = (runs.first(), runs.last());
            first.zip(last).map_or(0, |(first, last)| first.0 / 2 + last.1 / 2)
        }
        Asked::Member { word, .. } => *word,
    };
    (ask.subject, at)
}
