//! Slots as the archive has them: each predicate one word.

use crate::lower::excess::Excess;
use crate::lower::ranks::{Ask, Asked, RankedSubject, Runs, Slot, TooMuch};
use rulestone_format::archive;
use rulestone_format::predicate::{MASK_RANKS, Predicate, PredicateKind};
use rulestone_format::subject::MAX_RANKS;
use std::collections::HashMap;
use std::sync::Arc;

/// A slot with its asks in the order in which they are checked.
#[derive(Debug)]
pub(super) struct Arranged {
    pub slot: Slot,
    /// How many asks, the first ones, the index doesn't decide.
    pub residual: usize,
}

/// The tables of slots.
#[derive(Debug, Default)]
pub(super) struct SlotTables {
    pub slots: Vec<archive::Slot>,
    pub predicates: Vec<u64>,
    pub sets: Vec<u32>,
}

/// # Errors
/// A slot has more predicates than it can name, or the sets are longer than
/// predicates can name.
pub(super) fn tables(
    slots: &[Arranged],
    subjects: &[RankedSubject],
) -> Result<SlotTables, TooMuch> {
    let mut tables = SlotTables::default();
    let mut known: HashMap<Vec<u32>, u32> = HashMap::new();
    // Sets by the runs that they are of: equal ones are mostly the same.
    let mut starts: HashMap<*const Runs, (u32, u32)> = HashMap::new();
    for arranged in slots {
        let rule = arranged.slot.rule;
        let count = |count: usize| {
            u16::try_from(count).map_err(|_| TooMuch { excess: Excess::Comparisons, rule })
        };
        tables.slots.push(archive::Slot {
            rule,
            condition: arranged.slot.condition,
            predicates: tables.predicates.len() as u32,
            count: count(arranged.slot.asks.len())?,
            residual: count(arranged.residual)?,
        });
        for ask in &arranged.slot.asks {
            let ranks = subjects[usize::from(ask.subject)].ranks;
            let predicate = predicate(ask, ranks).unwrap_or_else(|runs| {
                let (start, width) = *starts.entry(Arc::as_ptr(runs)).or_insert_with(|| {
                    let ends = |(first, last): &(u32, u32)| [*first, *last + 1];
                    let set: Vec<u32> = runs.all().iter().flat_map(ends).collect();
                    let width = set.len() as u32;
                    let start = *known.entry(set).or_insert_with_key(|set| {
                        tables.sets.extend(set);
                        tables.sets.len() as u32 - width
                    });
                    (start, width)
                });
                Predicate::new(PredicateKind::Runs, false, ask.subject, start, width)
            });
            tables.predicates.push(predicate.0);
        }
        if tables.sets.len() >= MAX_RANKS {
            return Err(TooMuch { excess: Excess::Cuts, rule });
        }
    }
    Ok(tables)
}

/// The predicate, or the runs of the set that it needs.
fn predicate(ask: &Ask, ranks: u32) -> Result<Predicate, &Arc<Runs>> {
    let interval = |negated, (first, last): (u32, u32)| {
        Predicate::new(PredicateKind::Interval, negated, ask.subject, first, last - first)
    };
    match &ask.what {
        Asked::Member { word, negated } => {
            Ok(Predicate::new(PredicateKind::Member, *negated, ask.subject, *word, 0))
        }
        Asked::Runs(runs) => match *runs.all() {
            [run] => Ok(interval(false, run)),
            // All that is there but a gap.
            [(1, before), (after, last)] if last == ranks - 1 => {
                Ok(interval(true, (before + 1, after - 1)))
            }
            _ if ranks as usize <= MASK_RANKS => {
                let bits = runs.all().iter().flat_map(|(first, last)| *first..=*last);
                Ok(Predicate::of_mask(ask.subject, bits.fold(0, |mask, bit| mask | 1 << bit)))
            }
            _ => Err(runs),
        },
    }
}
