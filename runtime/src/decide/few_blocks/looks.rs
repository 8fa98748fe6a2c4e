//! What is left to ask of each slot behind its rows, one cache line a slot.
//!
//! Cells are coarse where numbers have many cuts: behind them most slots ask a number or
//! two exactly. These are asked by their keys, which need no search, and all at once.

use super::super::cuts::signed;
use super::super::subjects::{SubjectPlan, SubjectPlans};
use rkyv::rend::unaligned::u64_ule;
use rulestone_format::archive::{ArchivedRuleset, ArchivedSlot};
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::subject::ABSENT;

/// So many numbers of a request have their keys noted.
pub(super) const KEYS: usize = 16;

/// The keys of a request's numbers, in the order of the index's dimensions of cuts.
pub(super) type Keys = [i64; KEYS];

/// So many numbers are asked at once.
const ASKS: usize = 3;

/// What is left to ask of a slot.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Look {
    /// Each number's key is one of `least..=least + width`.
    least: [i64; ASKS],
    width: [u64; ASKS],
    pub(crate) rule: u32,
    pub(crate) condition: u32,
    /// The first of the predicates that are asked besides.
    others: u32,
    /// Which keys.
    keys: [u8; ASKS],
    /// How many others there are.
    count: u8,
}

impl Look {
    /// Whether the numbers are as they are asked.
    #[inline(always)]
    pub(crate) fn holds(&self, keys: &Keys) -> bool {
        (0..ASKS).fold(true, |holds, ask| {
            let key = keys[usize::from(self.keys[ask]) % KEYS];
            holds & (key.wrapping_sub(self.least[ask]).cast_unsigned() <= self.width[ask])
        })
    }
}

/// What is left to ask of all slots.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    all: Vec<Look>,
    /// Predicates that are asked besides numbers.
    others: Vec<u64>,
}

impl Looks {
    /// `cuts` are the subjects of the keys. `None` where a slot asks too much.
    pub(super) fn new(
        archive: &ArchivedRuleset,
        subjects: &SubjectPlans,
        cuts: &[u16],
    ) -> Option<Looks> {
        let asked = archive.slots.iter().map(|slot| usize::from(slot.residual.to_native()));
        let mut looks = Looks {
            all: Vec::with_capacity(archive.slots.len()),
            others: Vec::with_capacity(asked.sum::<usize>().min(archive.predicates.len())),
        };
        for slot in archive.slots.iter() {
            let look = looks.look(archive, subjects, cuts, slot)?;
            looks.all.push(look);
        }
        Some(looks)
    }

    fn look(
        &mut self,
        archive: &ArchivedRuleset,
        subjects: &SubjectPlans,
        cuts: &[u16],
        slot: &ArchivedSlot,
    ) -> Option<Look> {
        let mut look = Look {
            // Any key is one of all.
            least: [0; ASKS],
            width: [u64::MAX; ASKS],
            rule: slot.rule.to_native(),
            condition: slot.condition.to_native(),
            others: self.others.len() as u32,
            keys: [0; ASKS],
            count: 0,
        };
        let start = slot.predicates.to_native() as usize;
        let predicates =
            archive.predicates.get(start..start + usize::from(slot.residual.to_native()));
        let mut asks = 0;
        for word in predicates? {
            let predicate = Predicate(word.to_native());
            let key = cuts.iter().take(KEYS).position(|subject| *subject == predicate.subject());
            let range = key.and_then(|_| range(archive, subjects, predicate));
            match (key, range) {
                (Some(key), Some((least, width))) if asks < ASKS => {
                    (look.least[asks], look.width[asks]) = (least, width);
                    look.keys[asks] = key as u8;
                    asks += 1;
                }
                _ => {
                    self.others.push(predicate.0);
                    look.count = look.count.checked_add(1)?;
                }
            }
        }
        Some(look)
    }

    #[inline]
    pub(crate) fn get(&self, slot: usize) -> Option<&Look> {
        self.all.get(slot)
    }

    /// The predicates that are asked besides numbers.
    #[inline]
    pub(crate) fn others(&self, look: &Look) -> &[u64] {
        let start = look.others as usize;
        self.others.get(start..start + usize::from(look.count)).unwrap_or_default()
    }
}

/// The least key of the ranks that an interval asks for, and how many more there are.
fn range(
    archive: &ArchivedRuleset,
    subjects: &SubjectPlans,
    predicate: Predicate,
) -> Option<(i64, u64)> {
    let number = usize::from(predicate.subject());
    let is_interval = predicate.kind()? == PredicateKind::Interval && !predicate.is_negated();
    let has_keys = matches!(subjects.all.get(number)?, SubjectPlan::Cuts(_));
    if !is_interval || !has_keys || predicate.low() == ABSENT {
        return None;
    }
    let cuts = archive.subjects.get(number)?.cuts.of(&archive.cuts);
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
    use crate::session::assemble::Assembler;
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
            let subjects = &assembled.program().plan.subjects;
            let range_of = |predicate| range(assembled.archive(), subjects, predicate);
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
                    let mut look = Look {
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
                    assert_eq!(look.holds(&keys), is_in(key), "{key} in {cuts:?} {low} {width}");
                    look.width[0] = 0;
                    look.least[0] = 1;
                    assert!(!look.holds(&keys), "another number isn't as it is asked");
                }
                assert_eq!(range_of(Predicate::new(Interval, true, it, low, width)), None);
            }
            assert_eq!(range_of(Predicate::of_mask(it, 0b10)), None);
            assert_eq!(range_of(Predicate::new(Interval, false, words, 1, 0)), None);
        }
    }
}
