//! What slots ask: of numbers that can be asked side by side, and the rest.

use super::super::cells::{CutCell, Flips, direct};
use super::super::cuts::signed;
use super::super::subjects::{SubjectPlan, SubjectPlans};
use super::COLUMNS;
use rkyv::rend::unaligned::u64_ule;
use rulestone_format::archive::{ArchivedRuleset, ArchivedSlot};
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::subject::ABSENT;
use std::ops::RangeInclusive;

/// Whether facts are there is asked of so many.
const FACTS: u32 = 32;

/// A set is of numbers below this.
const SET: u64 = 32;

/// A slot asks so much side by side. Hardly any that has all of it lacks what is more.
const MOST: usize = 6;

/// Predicates of more ranks aren't gone through rank by rank.
const FEW_RANKS: u32 = 64;

/// What a slot asks.
#[derive(Debug, Default)]
pub(super) struct Asks {
    pub(super) sides: Vec<Ask>,
    /// Predicates.
    pub(super) rest: Vec<u64>,
}

/// What is asked of one fact.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    /// Which eight bytes of the cells.
    pub(super) column: u32,
    pub(super) fact: u32,
    pub(super) flips: Flips,
    pub(super) asked: Asked,
    /// The predicate.
    pub(super) word: u64,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Asked {
    /// A key from one cut to before another, each where there is one.
    Keys(Option<i64>, Option<i64>),
    /// A number whose bit is set.
    Bits(u32),
}

impl Asks {
    pub(super) fn of(
        archive: &ArchivedRuleset,
        subjects: &SubjectPlans,
        slot: &ArchivedSlot,
    ) -> Asks {
        let start = slot.predicates.to_native() as usize;
        let end = start + usize::from(slot.count.to_native());
        let mut asks = Asks::default();
        for word in archive.predicates.get(start..end).unwrap_or_default() {
            let word = word.to_native();
            match Ask::of(archive, subjects, word).filter(|_| asks.sides.len() < MOST) {
                Some(ask) => asks.sides.push(ask),
                None => asks.rest.push(word),
            }
        }
        asks
    }

    /// Whether numbers tell little of the slot.
    pub(super) fn are_weak(&self) -> bool {
        self.sides.len() < 2 && !self.rest.is_empty()
    }
}

impl Ask {
    /// `None` where it can't be asked side by side.
    fn of(archive: &ArchivedRuleset, subjects: &SubjectPlans, word: u64) -> Option<Ask> {
        let predicate = Predicate(word);
        let number = usize::from(predicate.subject());
        if holds(archive, predicate, ABSENT)? {
            return None;
        }
        let (place, flips, asked) = match subjects.all.get(number)? {
            SubjectPlan::Direct(cell) if u64::from(cell.count) <= SET => {
                let has = |value| holds(archive, predicate, direct(value, cell.count));
                let bits = (0..SET)
                    .fold(0, |bits, value| bits | u32::from(has(value) == Some(true)) << value);
                (cell.place, Flips::default(), Asked::Bits(bits))
            }
            SubjectPlan::Cuts(cell) => {
                let cuts = archive.subjects.get(number)?.cuts.of(&archive.cuts);
                let ranks = ranks(archive, predicate, cuts.len() as u32 + 1)?;
                (cell.place, cell.flips, keys(cell, cuts, ranks)?)
            }
            _ => return None,
        };
        let is_near = (place.word as usize) < COLUMNS && place.fact < FACTS;
        is_near.then_some(Ask { column: place.word, fact: place.fact, flips, asked, word })
    }

    /// A set that is no range.
    pub(super) fn is_set(&self) -> bool {
        self.as_range().is_none()
    }

    /// From one cut to before another.
    pub(super) fn as_range(&self) -> Option<(Option<i64>, Option<i64>)> {
        match self.asked {
            Asked::Keys(least, end) => Some((least, end)),
            Asked::Bits(bits) => {
                let (first, behind) = (bits.trailing_zeros(), 32 - bits.leading_zeros());
                let has_no_gap = bits.count_ones() == behind.saturating_sub(first);
                let range = (Some(i64::from(first)), Some(i64::from(behind)));
                (has_no_gap && bits != 0).then_some(range)
            }
        }
    }
}

/// Whether a predicate that needs a rank and nothing else holds for one.
fn holds(archive: &ArchivedRuleset, predicate: Predicate, rank: u32) -> Option<bool> {
    match predicate.kind()? {
        PredicateKind::Interval | PredicateKind::Mask => Some(predicate.holds_for(rank)),
        PredicateKind::Runs => Some(predicate.holds_in_runs(&archive.sets, rank)),
        PredicateKind::Member => None,
    }
}

/// The ranks from 1 to `most` for which a predicate holds, if there are any, and they
/// lie side by side.
fn ranks(
    archive: &ArchivedRuleset,
    predicate: Predicate,
    most: u32,
) -> Option<RangeInclusive<u32>> {
    if predicate.kind()? == PredicateKind::Interval && !predicate.is_negated() {
        let first = predicate.low();
        let last = first.saturating_add(predicate.width()).min(most);
        return (first <= last).then_some(first..=last);
    }
    if most > FEW_RANKS {
        return None;
    }
    let mut holding = (1..=most).filter(|rank| holds(archive, predicate, *rank) == Some(true));
    let first = holding.next()?;
    let last = holding.clone().next_back().unwrap_or(first);
    let has_gap = holding.count() as u32 != last - first;
    (!has_gap).then_some(first..=last)
}

/// The keys that have these ranks.
fn keys(cell: &CutCell, cuts: &[u64_ule], ranks: RangeInclusive<u32>) -> Option<Asked> {
    let key = |cut: &u64_ule| {
        let key = signed(cut.to_native());
        // Of moments the seconds are asked: what begins between two is none of theirs.
        match cell.flips.is_moment {
            true => (key % 2 == 0).then_some(key / 2),
            false => Some(key),
        }
    };
    let before = |rank: u32| cuts.get((rank as usize).checked_sub(2)?);
    let (least, end) = (before(*ranks.start()), before(*ranks.end() + 1));
    let least = match least {
        Some(cut) => Some(key(cut)?),
        None => None,
    };
    let end = match end {
        Some(cut) => Some(key(cut)?),
        None => None,
    };
    Some(Asked::Keys(least, end))
}
