//! From keys to ranks: the cuts of each subject, and what slots ask of it in
//! terms of them.
//!
//! In: the slots of all rules, each a conjunction of [`Comparison`]s. Out: the
//! same as runs of ranks ([`Slot`]), and the cuts. A rank is 0 for what is
//! absent; all that slots ask changes between ranks only.

use super::comparison::{Comparison, Test};
use super::excess::Excess;
use super::keys::Keys;
use super::subject::{Subject, Subjects};
use rulestone_format::subject::{ABSENT, KeyKind, MAX_RANKS, Ranking, double_key};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// One way in which a rule can match, in keys.
#[derive(Debug)]
pub(super) struct PendingSlot {
    pub rule: u32,
    pub comparisons: Vec<Comparison>,
    /// Number of a unit, or none.
    pub condition: u32,
}

/// One way in which a rule can match, in ranks.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub rule: u32,
    pub condition: u32,
    /// At most one of runs for each subject.
    pub asks: Vec<Ask>,
}

/// What a slot asks of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    pub subject: u16,
    pub what: Asked,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The rank is in one of these. Equal ones of many slots are mostly kept once.
    Runs(Arc<Runs>),
    /// The list is there, and has the word or, negated, doesn't.
    Member { word: u32, negated: bool },
}

/// Runs of ranks, first and last: ascending, not touching.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Runs {
    all: Box<[(u32, u32)]>,
    /// Ranks that are in them, that of what is absent left out.
    present: u32,
}

impl Runs {
    pub(crate) fn new(all: Vec<(u32, u32)>) -> Runs {
        let ranks: u32 = all.iter().map(|(first, last)| last - first + 1).sum();
        let has_absent = all.first().is_some_and(|run| run.0 == ABSENT);
        Runs { all: all.into(), present: ranks - u32::from(has_absent) }
    }

    pub(crate) fn all(&self) -> &[(u32, u32)] {
        &self.all
    }

    pub(crate) fn present(&self) -> u32 {
        self.present
    }
}

/// Subjects with all that is known of them.
#[derive(Debug)]
pub(crate) struct Ranked {
    pub slots: Vec<Slot>,
    pub subjects: Vec<RankedSubject>,
}

#[derive(Debug)]
pub(crate) struct RankedSubject {
    pub ranking: Ranking,
    pub cuts: Vec<u64>,
    /// How many ranks there are, that of what is absent among them.
    pub ranks: u32,
    /// Of a list of words: how many its dictionary has.
    pub words: u32,
    /// Nanoseconds to work it out, beyond the rank.
    pub cost: u32,
}

/// What predicates can't name, and the rule at which that is so.
#[derive(Debug)]
pub(crate) struct TooMuch {
    pub excess: Excess,
    pub rule: u32,
}

/// # Errors
/// A subject has more ranks than a predicate can name.
pub(super) fn ranked(slots: Vec<PendingSlot>, subjects: &Subjects) -> Result<Ranked, TooMuch> {
    let mut cuts: Vec<Vec<u64>> = vec![Vec::new(); subjects.all.len()];
    let mut seen = HashSet::new();
    for comparison in slots.iter().flat_map(|slot| &slot.comparisons) {
        let number = usize::from(comparison.subject);
        if let (Ranking::Cuts(_), Test::Keys { keys, .. }) =
            (subjects.all[number].ranking, &comparison.test)
            && seen.insert((number, keys.address()))
        {
            let cut = |key| cut(subjects.all[number].ranking, key);
            let ends = keys.intervals().iter();
            cuts[number].extend(ends.flat_map(|(low, high)| {
                [Some(*low).filter(|low| *low > 0), high.checked_add(1)]
                    .into_iter()
                    .flatten()
                    .map(cut)
            }));
        }
    }
    let subjects: Vec<RankedSubject> =
        subjects.all.iter().zip(cuts).map(|(subject, cuts)| rank(subject, cuts)).collect();
    let is_excessive =
        |subject: &RankedSubject| subject.ranks.max(subject.words + 2) as usize > MAX_RANKS;
    if let Some(number) = subjects.iter().position(is_excessive) {
        let asks = |slot: &&PendingSlot| {
            slot.comparisons.iter().any(|comparison| usize::from(comparison.subject) == number)
        };
        let rule = slots.iter().rev().find(asks).map_or(0, |slot| slot.rule);
        return Err(TooMuch { excess: Excess::Cuts, rule });
    }
    let mut known = HashMap::new();
    let in_ranks = |slot: &PendingSlot| in_ranks(slot, &subjects, &mut known);
    let ranked = slots.iter().filter_map(in_ranks).collect();
    Ok(Ranked { slots: ranked, subjects })
}

fn rank(subject: &Subject, mut cuts: Vec<u64>) -> RankedSubject {
    cuts.sort_unstable();
    cuts.dedup();
    let words = subject.words.len() as u32;
    let ranks = match subject.ranking {
        Ranking::Direct { count } => 1 + count,
        // More than `u32` holds is far beyond what is accepted.
        Ranking::Cuts(_) => u32::try_from(cuts.len()).unwrap_or(u32::MAX - 2) + 2,
        Ranking::Words => 2 + words,
        Ranking::Members => 2,
    };
    RankedSubject { ranking: subject.ranking, cuts, ranks, words, cost: subject.cost }
}

/// Where a key begins among the keys of a request's values: these tell -0.0 from
/// 0.0, which are one to rules.
fn cut(ranking: Ranking, key: u64) -> u64 {
    match ranking {
        Ranking::Cuts(KeyKind::Double) if key == double_key(0.0_f64.to_bits()) => {
            double_key((-0.0_f64).to_bits())
        }
        _ => key,
    }
}

/// Runs by subject, keys and whether what is absent is among them.
type KnownRuns = HashMap<(u16, usize, bool), Arc<Runs>>;

/// `None` for a slot that can't match. The keys of all slots are still there, so
/// that their addresses tell them apart.
fn in_ranks(slot: &PendingSlot, subjects: &[RankedSubject], known: &mut KnownRuns) -> Option<Slot> {
    let mut asks = Vec::with_capacity(slot.comparisons.len());
    for comparison in &slot.comparisons {
        let subject = &subjects[usize::from(comparison.subject)];
        let what = match &comparison.test {
            Test::Member { word, negated } => Asked::Member { word: *word, negated: *negated },
            Test::Keys { keys, absent } => {
                let found = known.entry((comparison.subject, keys.address(), *absent));
                let runs = found.or_insert_with(|| Arc::new(runs(keys, *absent, subject)));
                if runs.all().is_empty() {
                    return None;
                }
                if runs.all() == [(ABSENT, subject.ranks - 1)] {
                    continue;
                }
                Asked::Runs(Arc::clone(runs))
            }
        };
        asks.push(Ask { subject: comparison.subject, what });
    }
    Some(Slot { rule: slot.rule, condition: slot.condition, asks })
}

fn runs(keys: &Keys, absent: bool, subject: &RankedSubject) -> Runs {
    let last = subject.ranks - 1;
    // Of a key that no value has it is beyond the last rank.
    let rank = |key: u64| match subject.ranking {
        Ranking::Cuts(_) => {
            let key = cut(subject.ranking, key);
            1 + subject.cuts.partition_point(|cut| *cut <= key) as u32
        }
        _ => u32::try_from(key).map_or(u32::MAX, |key| key.saturating_add(1)),
    };
    let mut runs: Vec<(u32, u32)> = if absent { vec![(ABSENT, ABSENT)] } else { Vec::new() };
    for (low, high) in keys.intervals() {
        let high = high.checked_add(1).map_or(last, |next| (rank(next) - 1).min(last));
        let low = rank(*low);
        match runs.last_mut() {
            _ if low > high => {}
            Some((_, end)) if *end + 1 >= low => *end = high,
            _ => runs.push((low, high)),
        }
    }
    Runs::new(runs)
}
