//! The predicates of an alternative: which of them are comparisons of numbers in lanes, and
//! which are residual.

use crate::decide::key::{Flips, signed};
use crate::decide::ranks::{KeyCell, RankPlan, SubjectPlan, direct};
use crate::decide::simd::lanes::COLUMNS;
use rkyv::rend::unaligned::u64_ule;
use rulestone_format::archive::{ArchivedRuleset, ArchivedSlot};
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::subject::ABSENT;
use std::ops::RangeInclusive;

/// Lanes can require only so many facts, the first.
const FACTS: u32 = 32;

/// A set is of numbers below this.
const SET: u64 = 32;

/// So many predicates of an alternative are compared in lanes: where these hold, the others
/// mostly do.
const MOST: usize = 6;

/// Predicates of more ranks aren't gone through rank by rank.
const FEW_RANKS: u32 = 64;

/// An alternative of a rule.
#[derive(Debug, Default)]
pub(super) struct Alternative {
    /// What lanes compare.
    pub(super) compared: Vec<Comparison>,
    /// The other predicates.
    pub(super) residual: Vec<u64>,
}

/// A comparison of one fact, which has to be there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comparison {
    /// Which eight bytes of the cells.
    pub(super) column: u32,
    pub(super) fact: u32,
    pub(super) flips: Flips,
    pub(super) wanted: Wanted,
    /// The predicate.
    pub(super) word: u64,
}

/// Values of a fact for which a comparison holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted {
    /// A key from one cut point on, to before another; on either side, any where there is
    /// none.
    Keys(Option<i64>, Option<i64>),
    /// A number whose bit is set.
    Bits(u32),
}

impl Alternative {
    pub(super) fn of(
        archive: &ArchivedRuleset,
        ranks: &RankPlan,
        slot: &ArchivedSlot,
    ) -> Alternative {
        let start = slot.predicates.to_native() as usize;
        let end = start + usize::from(slot.count.to_native());
        let mut alternative = Alternative::default();
        for word in archive.predicates.get(start..end).unwrap_or_default() {
            let word = word.to_native();
            let has_room = alternative.compared.len() < MOST;
            match has_room.then(|| Comparison::of(archive, ranks, word)).flatten() {
                Some(comparison) => alternative.compared.push(comparison),
                None => alternative.residual.push(word),
            }
        }
        alternative
    }

    /// Puts what needs the value of a variable last. So variables are worked out where
    /// everything else holds, as they are behind an index: on every processor a request
    /// comes as near to its limits.
    pub(super) fn put_variables_last(&mut self, ranks: &RankPlan) {
        self.residual.sort_by_key(|word| {
            let subject = ranks.subject(Predicate(*word).subject());
            matches!(subject, Some(SubjectPlan::Variable { .. }))
        });
    }

    /// Whether numbers tell little of it.
    pub(super) fn is_weak(&self) -> bool {
        self.compared.len() < 2 && !self.residual.is_empty()
    }
}

impl Comparison {
    /// `None` where lanes can't compare it.
    fn of(archive: &ArchivedRuleset, ranks: &RankPlan, word: u64) -> Option<Comparison> {
        let predicate = Predicate(word);
        let number = predicate.subject();
        if holds(archive, predicate, ABSENT)? {
            return None;
        }
        let (place, flips, wanted) = match ranks.subject(number)? {
            SubjectPlan::Direct(cell) if u64::from(cell.count) <= SET => {
                let has = |value| holds(archive, predicate, direct(value, cell.count));
                let bits = (0..SET)
                    .fold(0, |bits, value| bits | u32::from(has(value) == Some(true)) << value);
                (cell.place, Flips::default(), Wanted::Bits(bits))
            }
            SubjectPlan::Cuts(cell) => {
                let subject = archive.subjects.get(usize::from(number))?;
                let cuts = subject.cuts.of(&archive.cuts);
                let ranks = self::ranks(archive, predicate, cuts.len() as u32 + 1)?;
                (cell.number.place, cell.number.flips, keys(&cell.number, cuts, ranks)?)
            }
            _ => return None,
        };
        let is_near = (place.word as usize) < COLUMNS && place.fact < FACTS;
        is_near.then_some(Comparison { column: place.word, fact: place.fact, flips, wanted, word })
    }

    /// Whether it is a set that no range says.
    pub(super) fn is_set(&self) -> bool {
        self.as_range().is_none()
    }

    /// The range that says the same, from one cut point to before another, if there is one.
    pub(super) fn as_range(&self) -> Option<(Option<i64>, Option<i64>)> {
        match self.wanted {
            Wanted::Keys(least, end) => Some((least, end)),
            Wanted::Bits(bits) => {
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

/// The keys that have these ranks. `None` where there are none, or numbers can't tell.
fn keys(cell: &KeyCell, cuts: &[u64_ule], ranks: RangeInclusive<u32>) -> Option<Wanted> {
    let key = |cut: &u64_ule| {
        let key = signed(cut.to_native());
        // Of moments the seconds are compared, which can't tell what begins between two.
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
        // Nothing lies before the least key: no range is of nothing.
        Some(cut) => Some(key(cut).filter(|key| *key != i64::MIN)?),
        None => None,
    };
    Some(Wanted::Keys(least, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assemble::{Assembled, Assembler};
    use rulestone_format::meaning::order;
    use rulestone_format::schema::FactKind;
    use rulestone_format::subject::{SubjectKind, timestamp_key};
    use rulestone_format::types::TypeId;

    use PredicateKind::Interval;

    /// The one alternative of an archive.
    fn alternative(assembled: &Assembled) -> Alternative {
        let archive = assembled.archive();
        Alternative::of(archive, &assembled.plan().ranks, &archive.slots[0])
    }

    /// What lanes compare of a subject by one predicate, if they can.
    fn wanted(
        subject: impl Fn(&mut Assembler) -> u16,
        predicate: impl Fn(&mut Assembler, u16) -> Predicate,
    ) -> Option<Wanted> {
        let mut assembler = Assembler::new();
        let subject = subject(&mut assembler);
        let predicate = predicate(&mut assembler, subject);
        assembler.rule("r", 0, &[predicate], None, &[]);
        let assembled = assembler.finish();
        assembled.is_in_order();
        let Alternative { compared, residual } = alternative(&assembled);
        match (&compared[..], &residual[..]) {
            ([comparison], []) => Some(comparison.wanted),
            ([], [residual]) => {
                assert_eq!(*residual, predicate.0);
                None
            }
            _ => panic!("neither one nor the other: {compared:?} {residual:?}"),
        }
    }

    /// A subject of ints.
    fn ints(cuts: &[i64]) -> impl Fn(&mut Assembler) -> u16 {
        move |assembler| {
            let it = assembler.plain_fact("it", FactKind::Int, TypeId::INT);
            let keys: Vec<u64> = cuts.iter().map(|cut| order::int_key(*cut)).collect();
            assembler.subject(SubjectKind::Fact, it, &keys, &[])
        }
    }

    fn interval(negated: bool, low: u32, width: u32) -> impl Fn(&mut Assembler, u16) -> Predicate {
        move |_, subject| Predicate::new(Interval, negated, subject, low, width)
    }

    fn keys_of(wanted: Option<Wanted>) -> Option<(Option<i64>, Option<i64>)> {
        wanted.map(|wanted| match wanted {
            Wanted::Keys(least, end) => (least, end),
            Wanted::Bits(bits) => panic!("a set: {bits:b}"),
        })
    }

    #[test]
    fn ranks_side_by_side_are_keys_from_one_cut_to_before_another() {
        let cuts = [-7, 0, 10];
        let of = |predicate: fn(&mut Assembler, u16) -> Predicate| {
            keys_of(wanted(ints(&cuts), predicate))
        };
        let by = |negated, low, width| keys_of(wanted(ints(&cuts), interval(negated, low, width)));
        assert_eq!(by(false, 1, 3), Some((None, None)));
        assert_eq!(by(false, 1, 0), Some((None, Some(-7))));
        assert_eq!(by(false, 2, 1), Some((Some(-7), Some(10))));
        assert_eq!(by(false, 4, 0), Some((Some(10), None)));
        assert_eq!(by(true, 3, 1), Some((None, Some(0))));
        assert_eq!(by(true, 1, 0), Some((Some(-7), None)));
        assert_eq!(of(|_, it| Predicate::of_mask(it, 0b1100)), Some((Some(-7), Some(10))));
        assert_eq!(of(|all, it| all.runs(it, false, &[(2, 3)])), Some((Some(-7), Some(0))));
        assert_eq!(of(|all, it| all.runs(it, true, &[(0, 2)])), Some((Some(-7), None)));
        // With a gap, of nothing, and of what is absent.
        assert_eq!(by(true, 2, 1), None);
        assert_eq!(by(true, 1, 3), None);
        assert_eq!(by(false, 0, 2), None);
        assert_eq!(of(|_, it| Predicate::of_mask(it, 0b1010)), None);
        assert_eq!(of(|_, it| Predicate::of_mask(it, 0b11111)), None);
        assert_eq!(of(|all, it| all.runs(it, false, &[(0, 2)])), None);
    }

    #[test]
    fn nothing_is_compared_before_the_least_key() {
        let cuts = [i64::MIN, i64::MIN + 1];
        assert_eq!(keys_of(wanted(ints(&cuts), interval(false, 1, 0))), None);
        let from_least = keys_of(wanted(ints(&cuts), interval(false, 2, 0)));
        assert_eq!(from_least, Some((Some(i64::MIN), Some(i64::MIN + 1))));
    }

    #[test]
    fn many_ranks_are_not_gone_through() {
        for (cuts, expected) in [(63, Some((None, Some(5)))), (64, None)] {
            let cuts: Vec<i64> = (5..5 + cuts).collect();
            let ranks = cuts.len() as u32 + 1;
            assert_eq!(keys_of(wanted(ints(&cuts), interval(true, 2, ranks - 2))), expected);
            assert!(wanted(ints(&cuts), interval(false, 1, 0)).is_some());
        }
    }

    #[test]
    fn of_moments_whole_seconds_are_compared() {
        let moments = |assembler: &mut Assembler| {
            let it = assembler.plain_fact("it", FactKind::Timestamp, TypeId::TIMESTAMP);
            let keys = [(-9, false), (-9, true), (0, true), (4, false)]
                .map(|(second, is_between)| timestamp_key(second, is_between));
            assembler.subject(SubjectKind::Fact, it, &keys, &[])
        };
        let by = |low, width| keys_of(wanted(moments, interval(false, low, width)));
        assert_eq!(by(2, 2), Some((Some(-9), Some(4))));
        assert_eq!(by(1, 0), Some((None, Some(-9))));
        assert_eq!(by(5, 0), Some((Some(4), None)));
        // From or to a moment between two seconds.
        assert_eq!([by(2, 0), by(3, 1), by(3, 0), by(1, 2)], [None; 4]);
    }

    #[test]
    fn few_labels_are_compared_as_a_set() {
        let labels = |count: usize| {
            move |assembler: &mut Assembler| {
                let names: Vec<String> = (0..count).map(|name| name.to_string()).collect();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let labels = assembler.labels(&names);
                let it = assembler.fact_type(FactKind::Enum, labels);
                let it = assembler.fact("it", it, TypeId::STRING);
                assembler.subject(SubjectKind::Fact, it, &[], &[])
            }
        };
        let by =
            |count, mask| wanted(labels(count), move |_, it| Predicate::of_mask(it, mask << 1));
        for (mask, range) in [
            (0b10110, None),
            (1 << 31 | 1, None),
            (0, None),
            (0b01110, Some((Some(1), Some(4)))),
            (1, Some((Some(0), Some(1)))),
            (u64::from(u32::MAX), Some((Some(0), Some(32)))),
        ] {
            let wanted = by(32, mask).expect("a set of few");
            assert!(matches!(wanted, Wanted::Bits(bits) if u64::from(bits) == mask), "{wanted:?}");
            let flips = Flips::default();
            let comparison = Comparison { column: 0, fact: 0, flips, wanted, word: 0 };
            assert_eq!(
                (comparison.as_range(), comparison.is_set()),
                (range, range.is_none()),
                "{mask:b}"
            );
        }
        assert!(by(33, 0b10110).is_none());
    }

    #[test]
    fn so_many_predicates_are_compared_and_the_others_are_residual() {
        for count in [0, 1, MOST, MOST + 1, MOST + 9] {
            let mut assembler = Assembler::new();
            let subject = ints(&[0, 1, 2])(&mut assembler);
            let all: Vec<Predicate> = (0..count as u32)
                .map(|at| Predicate::new(Interval, false, subject, 1 + at % 4, 0))
                .collect();
            assembler.rule("r", 0, &all, None, &[]);
            let alternative = alternative(&assembler.finish());
            let compared = alternative.compared.iter().map(|comparison| comparison.word);
            let words: Vec<u64> = compared.chain(alternative.residual.clone()).collect();
            assert!(words.into_iter().eq(all.iter().map(|predicate| predicate.0)));
            assert_eq!(alternative.compared.len(), count.min(MOST));
            assert!(!alternative.is_weak(), "{count}");
        }
    }
}
