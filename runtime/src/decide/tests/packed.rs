//! Packed residuals: what the index leaves undecided of a slot is evaluated, however much
//! it is.

mod candidates;
mod residuals;
mod spending;

use super::dense::{batched, bound, rules};
use super::matching::{level, matched, number, shuffled};
use crate::decide::Simd;
use crate::testing::assemble::{Assembled, Assembler, Code, Given};
use rulestone_format::code::Opcode;
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::schema::FactKind;
use rulestone_format::types::TypeId;

use PredicateKind::Interval;

/// How many predicates slots have besides the one that the index decides: none, some, as
/// many as are packed, and more.
const COUNTS: [usize; 7] = [0, 1, 2, 4, 5, 6, 16];

/// Ranks of the subject that is indexed: a request leaves one slot of so many.
const RANKS: usize = 20;

/// An archive of so many slots, each of a rule of its own in another order. Slot `n` wants
/// a rank of `n % RANKS` of the first fact; of the second at least `n % 5` in all of its
/// other predicates but the last, and there what `n % 4` says; and every eleventh slot
/// that a condition holds.
fn assembled(slots: usize) -> (Assembled, Vec<u32>) {
    let mut assembler = Assembler::new();
    let indexed = level(&mut assembler, RANKS as i64 - 2);
    let asked = level(&mut assembler, 6);
    let holds = assembler.plain_fact("holds", FactKind::Bool, TypeId::BOOL);
    let mut code = Code::default();
    let value = code.value(Opcode::Fact, TypeId::BOOL, 0, 0, holds);
    let condition = assembler.unit(TypeId::BOOL, code.give(value));
    for rule in 0..slots {
        assembler.rule_without_slots(&rule.to_string(), 0, &[]);
    }
    let rules: Vec<u32> = shuffled(slots).collect();
    for (slot, rule) in rules.iter().enumerate() {
        let mut predicates: Vec<Predicate> = others(slot)
            .map(|(low, high)| Predicate::new(Interval, false, asked, low, high - low))
            .collect();
        let rank = (slot % RANKS) as u32;
        predicates.insert(0, Predicate::new(Interval, false, indexed, rank, 0));
        assembler.slot(*rule, &predicates, (slot % 11 == 0).then_some(condition));
    }
    assembler.index(&[indexed]);
    let assembled = assembler.finish();
    assembled.is_in_order();
    (assembled, rules)
}

/// The ranks that a slot wants of the second fact, predicate by predicate.
fn others(slot: usize) -> impl Iterator<Item = (u32, u32)> {
    let count = COUNTS[slot / RANKS % COUNTS.len()];
    (0..count).map(move |at| match at + 1 == count {
        true => (0, 4 + (slot / 7 % 4) as u32),
        false => ((slot / 3 % 5) as u32, 7),
    })
}

/// Asserts that requests match these rules, by the index as it stands in the archive, on
/// every kind of processor: alone, in a batch and with some facts bound.
#[track_caller]
fn all_match(
    assembled: &mut Assembled,
    requests: &[Vec<Option<Given<'_>>>],
    expected: &[Vec<usize>],
) {
    let frames: Vec<Vec<u8>> = requests.iter().map(|facts| assembled.frame(facts)).collect();
    for simd in Simd::all() {
        assembled.is_sparse_on(simd);
        let mut session = assembled.session();
        for (number, (frame, expected)) in frames.iter().zip(expected).enumerate() {
            let alone = rules(&mut session, frame);
            assert_eq!(alone.as_ref(), Some(expected), "{simd:?}, {number}");
            // In turn every other fact, the others, none, all.
            let is_bound = |fact: usize| match number % 4 {
                0 | 1 => fact % 2 == number % 2,
                other => other == 3,
            };
            let bound = bound(&mut session, assembled, &requests[number], is_bound);
            assert_eq!(bound, *expected, "{simd:?}, {number}, bound");
        }
        let batched = batched(&mut session, &frames);
        for (number, (found, expected)) in batched.iter().zip(expected).enumerate() {
            assert_eq!(found, expected, "{simd:?}, {number}, in a batch");
        }
        assert_eq!(batched.len(), expected.len());
    }
}

#[test]
fn residuals_are_evaluated_however_much_they_are() {
    // More blocks than a dense ruleset has, and more than a word of a summary has bits.
    for slots in [2_500, 4_096, 33_000] {
        let (assembled, rules) = assembled(slots);
        let mut all = 0;
        for (first, second) in [(0, 0), (1, 1), (2, 3), (7, 4), (11, 5), (19, 7), (0, 7)] {
            for holds in [None, Some(false), Some(true)] {
                // A value below 0 has rank 1, and what is absent 0.
                let value = |rank: u32| (rank > 0).then(|| number(i64::from(rank) - 2)).flatten();
                let facts = [value(first), value(second), holds.and_then(|it| number(it.into()))];
                let wants = |(low, high)| (low..=high).contains(&second);
                let mut expected: Vec<u32> = (0..slots)
                    .filter(|slot| slot % RANKS == first as usize)
                    .filter(|slot| slot % 11 != 0 || holds == Some(true))
                    .filter(|slot| others(*slot).all(wants))
                    .map(|slot| rules[slot])
                    .collect();
                expected.sort_unstable();
                all += expected.len();
                assert_eq!(matched(&assembled, &facts), expected, "{slots} {first} {second}");
            }
        }
        assert!(all > slots / 4, "{all} of {slots}");
    }
}
