//! Residual predicates by keys: one cache line a slot.
//!
//! Rows are coarse where numbers have many cut points: most slots have a residual predicate
//! of a number or two. These are evaluated by keys, which need no search, and all at once.

use crate::decide::key::signed;
use crate::decide::ranks::{RankPlan, SubjectPlan};
use rkyv::rend::unaligned::u64_ule;
use rulestone_format::archive::{ArchivedRuleset, ArchivedSlot};
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::subject::ABSENT;

/// The keys of so many numbers of a request are noted.
pub(super) const KEYS: usize = 16;

/// The keys of a request's numbers, in the order of the index's dimensions with cut
/// points.
pub(super) type Keys = [i64; KEYS];

/// Ranges of keys of a slot.
const RANGES: usize = 3;

/// The residual predicates of a slot, and its rule.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct KeyResidual {
    /// Each key is one of `least..=least + width`.
    least: [i64; RANGES],
    width: [u64; RANGES],
    pub(crate) rule: u32,
    pub(crate) condition: u32,
    /// The first of its predicates that aren't ranges.
    others: u32,
    /// Which keys.
    keys: [u8; RANGES],
    /// How many of these there are.
    count: u8,
}

impl KeyResidual {
    /// Whether all ranges have their keys.
    #[inline(always)]
    pub(crate) fn holds(&self, keys: &Keys) -> bool {
        (0..RANGES).fold(true, |holds, range| {
            let key = keys[usize::from(self.keys[range]) % KEYS];
            holds & (key.wrapping_sub(self.least[range]).cast_unsigned() <= self.width[range])
        })
    }
}

/// The residual predicates of all slots.
#[derive(Debug, Default)]
pub(crate) struct KeyResiduals {
    all: Vec<KeyResidual>,
    /// Predicates that aren't ranges of keys.
    others: Vec<u64>,
}

impl KeyResiduals {
    /// `cuts` are the subjects of the keys. `None` where a slot has too many predicates.
    pub(super) fn new(
        archive: &ArchivedRuleset,
        ranks: &RankPlan,
        cuts: &[u16],
    ) -> Option<KeyResiduals> {
        let residual = archive.slots.iter().map(|slot| usize::from(slot.residual.to_native()));
        let mut residuals = KeyResiduals {
            all: Vec::with_capacity(archive.slots.len()),
            others: Vec::with_capacity(residual.sum::<usize>().min(archive.predicates.len())),
        };
        for slot in archive.slots.iter() {
            let residual = residuals.residual(archive, ranks, cuts, slot)?;
            residuals.all.push(residual);
        }
        Some(residuals)
    }

    fn residual(
        &mut self,
        archive: &ArchivedRuleset,
        ranks: &RankPlan,
        cuts: &[u16],
        slot: &ArchivedSlot,
    ) -> Option<KeyResidual> {
        let mut residual = KeyResidual {
            // Any key is one of all.
            least: [0; RANGES],
            width: [u64::MAX; RANGES],
            rule: slot.rule.to_native(),
            condition: slot.condition.to_native(),
            others: self.others.len() as u32,
            keys: [0; RANGES],
            count: 0,
        };
        let start = slot.predicates.to_native() as usize;
        let predicates =
            archive.predicates.get(start..start + usize::from(slot.residual.to_native()));
        let mut ranges = 0;
        for word in predicates? {
            let predicate = Predicate(word.to_native());
            let key = cuts.iter().take(KEYS).position(|subject| *subject == predicate.subject());
            let range = key.and_then(|_| range(archive, ranks, predicate));
            match (key, range) {
                (Some(key), Some((least, width))) if ranges < RANGES => {
                    (residual.least[ranges], residual.width[ranges]) = (least, width);
                    residual.keys[ranges] = key as u8;
                    ranges += 1;
                }
                _ => {
                    self.others.push(predicate.0);
                    residual.count = residual.count.checked_add(1)?;
                }
            }
        }
        Some(residual)
    }

    #[inline]
    pub(crate) fn get(&self, slot: usize) -> Option<&KeyResidual> {
        self.all.get(slot)
    }

    /// The predicates that aren't ranges of keys.
    #[inline]
    pub(crate) fn others(&self, residual: &KeyResidual) -> &[u64] {
        let start = residual.others as usize;
        self.others.get(start..start + usize::from(residual.count)).unwrap_or_default()
    }
}

/// The least key of an interval's ranks, and how many more there are.
fn range(archive: &ArchivedRuleset, ranks: &RankPlan, predicate: Predicate) -> Option<(i64, u64)> {
    let number = predicate.subject();
    let is_interval = predicate.kind()? == PredicateKind::Interval && !predicate.is_negated();
    let has_keys = matches!(ranks.subject(number)?, SubjectPlan::Cuts(_));
    if !is_interval || !has_keys || predicate.low() == ABSENT {
        return None;
    }
    let cuts = archive.subjects.get(usize::from(number))?.cuts.of(&archive.cuts);
    let begin = |rank: u32| {
        let cut: &u64_ule = cuts.get((rank as usize).checked_sub(2)?)?;
        Some(signed(cut.to_native()))
    };
    let least = begin(predicate.low()).unwrap_or(i64::MIN);
    let behind = predicate.low().checked_add(predicate.width())?.checked_add(1)?;
    let last = match begin(behind) {
        Some(cut) => cut.checked_sub(1)?,
        None => i64::MAX,
    };
    (least <= last).then(|| (least, last.wrapping_sub(least).cast_unsigned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assemble::Assembler;
    use rulestone_format::schema::FactKind;
    use rulestone_format::subject::SubjectKind;
    use rulestone_format::types::TypeId;

    use PredicateKind::Interval;

    #[test]
    fn a_range_of_keys_is_an_interval_of_ranks() {
        let ends = [i64::MIN, i64::MIN + 1, -1, 0, 7, 8, i64::MAX - 1, i64::MAX];
        for cuts in [&ends[..], &ends[1..7], &ends[3..4], &ends[..1], &ends[7..], &[]] {
            let mut assembler = Assembler::new();
            let fact = assembler.plain_fact("it", FactKind::Int, TypeId::INT);
            let keys: Vec<u64> = cuts.iter().map(|cut| cut.cast_unsigned() ^ 1 << 63).collect();
            let it = assembler.subject(SubjectKind::Fact, fact, &keys, &[]);
            let words = assembler.plain_fact("text", FactKind::String, TypeId::STRING);
            let words = assembler.subject(SubjectKind::Fact, words, &[], &["a", "b"]);
            let assembled = assembler.finish();
            let plan = &assembled.plan().ranks;
            let range_of = |predicate| range(assembled.archive(), plan, predicate);
            let ranks = cuts.len() as u32 + 2;
            let near = |key: &i64| [-1, 0, 1].map(|by| key.saturating_add(by));
            for (low, width) in (0..ranks).flat_map(|low| (0..ranks - low).map(move |w| (low, w))) {
                let found = range_of(Predicate::new(Interval, false, it, low, width));
                let is_in = |key: i64| {
                    let rank = 1 + cuts.partition_point(|cut| *cut <= key) as u32;
                    (low..=low + width).contains(&rank)
                };
                // No key lies before the least.
                let is_empty = !ends.iter().flat_map(near).any(is_in);
                assert_eq!(found.is_none(), low == ABSENT || is_empty, "{cuts:?} {low} {width}");
                for key in ends.iter().flat_map(near) {
                    let Some((least, width)) = found else { break };
                    let mut residual = KeyResidual {
                        least: [0, least, 0],
                        width: [u64::MAX, width, u64::MAX],
                        rule: 0,
                        condition: 0,
                        others: 0,
                        keys: [0, 9, 0],
                        count: 0,
                    };
                    let mut keys = [0; KEYS];
                    keys[9] = key;
                    assert_eq!(
                        residual.holds(&keys),
                        is_in(key),
                        "{key} in {cuts:?} {low} {width}"
                    );
                    residual.width[0] = 0;
                    residual.least[0] = 1;
                    assert!(!residual.holds(&keys), "another number is out of its range");
                }
                assert_eq!(range_of(Predicate::new(Interval, true, it, low, width)), None);
            }
            assert_eq!(range_of(Predicate::of_mask(it, 0b10)), None);
            assert_eq!(range_of(Predicate::new(Interval, false, words, 1, 0)), None);
        }
    }
}
