//! What is packed: ranks of any height, of however many subjects, and all kinds of
//! predicates.

use super::super::agreement::Random;
use super::super::dense::requests::RandomArchive;
use super::super::matching::{level, number};
use super::all_match;
use crate::testing::assemble::{Assembled, Assembler, Given};
use rulestone_format::index::BLOCK;
use rulestone_format::predicate::{Predicate, PredicateKind};

use PredicateKind::Interval;

/// An archive of these slots, each of a rule of its own, with an index by the first so many
/// subjects that leaves everything to ask.
fn finish(mut assembler: Assembler, slots: &[Vec<Predicate>], indexed: u16) -> Assembled {
    for (rule, asks) in slots.iter().enumerate() {
        assembler.rule(&rule.to_string(), 0, asks, None, &[]);
    }
    assembler.index_that_leaves_all(&(0..indexed).collect::<Vec<u16>>());
    let assembled = assembler.finish();
    assembled.is_in_order();
    assembled
}

/// Asserts that requests of these ranks match as intervals say.
fn all_match_by_ranks(
    assembled: &mut Assembled,
    slots: &[Vec<Predicate>],
    requests: &[Vec<u32>],
) -> usize {
    let mut all = Vec::new();
    for ranks in requests {
        let is_held = |ask: &Predicate| {
            let rank = ranks[usize::from(ask.subject())];
            let is_in = (ask.low()..=ask.low() + ask.width()).contains(&rank);
            if ask.is_negated() { rank > 0 && !is_in } else { is_in }
        };
        let held = slots.iter().enumerate().filter(|(_, asks)| asks.iter().all(is_held));
        all.push(held.map(|(slot, _)| slot).collect::<Vec<usize>>());
    }
    // A value below 0 has rank 1, and what is absent 0.
    let value = |rank: &u32| (*rank > 0).then(|| number(i64::from(*rank) - 2)).flatten();
    let facts: Vec<Vec<Option<Given<'_>>>> =
        requests.iter().map(|ranks| ranks.iter().map(value).collect()).collect();
    all_match(assembled, &facts, &all);
    all.iter().map(Vec::len).sum()
}

#[test]
fn ranks_are_told_apart_at_the_ends_of_sixteen_bits_and_beyond() {
    const RANKS: u32 = 70_000;
    const ENDS: [u32; 10] = [0, 1, 2, 65_533, 65_534, 65_535, 65_536, 65_537, RANKS - 2, RANKS - 1];
    let mut assembler = Assembler::new();
    // One with rows, and two without.
    let subjects = [0, 1, 2].map(|_| level(&mut assembler, i64::from(RANKS) - 2));
    let mut slots = Vec::new();
    for (at, low) in ENDS.iter().enumerate() {
        for high in &ENDS[at..] {
            let ask =
                |negated, subject| Predicate::new(Interval, negated, subject, *low, high - low);
            let [known, later, other] = subjects;
            slots.extend(subjects.map(|subject| vec![ask(false, subject)]));
            slots.push(vec![ask(true, known)]);
            slots.push(vec![ask(true, later)]);
            slots.push(vec![ask(false, known), ask(false, later)]);
            slots.push(vec![ask(false, other), ask(false, known), ask(true, later)]);
        }
    }
    // More than a dense ruleset has, so that they are evaluated together.
    while slots.len() <= 4 * BLOCK {
        slots.extend_from_within(..);
    }
    let mut assembled = finish(assembler, &slots, 1);
    let mut requests: Vec<Vec<u32>> = ENDS.iter().map(|rank| vec![*rank; 3]).collect();
    for (one, other) in ENDS.iter().zip(ENDS.iter().cycle().skip(3)) {
        requests.push(vec![*one, *other, *one]);
        requests.push(vec![*other, *one, *one]);
    }
    let found = all_match_by_ranks(&mut assembled, &slots, &requests);
    assert!(found > requests.len() * slots.len() / 5, "{found}");
}

#[test]
fn any_number_of_subjects_is_asked() {
    let mut random = Random(51);
    // Fewer than there are columns, as many, one more; of subjects with rows and of all.
    for (indexed, others) in
        [(1, 0), (1, 3), (1, 63), (1, 64), (1, 80), (62, 2), (62, 9), (63, 1), (63, 2), (64, 0)]
            .into_iter()
            .chain([(64, 1), (65, 0), (65, 3), (70, 0), (70, 12)])
    {
        let mut assembler = Assembler::new();
        let subjects = indexed + others;
        for _ in 0..subjects {
            level(&mut assembler, 6);
        }
        let slots: Vec<Vec<Predicate>> = (0..4 * BLOCK + 1 + random.below(BLOCK))
            .map(|slot| {
                // Each subject comes first somewhere, and in both orders.
                let first =
                    if slot % 2 == 0 { slot / 2 } else { subjects - 1 - slot / 2 % subjects };
                let of = |at| if at == 0 { first % subjects } else { random.below(subjects) };
                let all: Vec<usize> = (0..slot % 8).map(of).collect();
                let ask = |subject| {
                    let low = random.below(4) as u32;
                    let high = 5 + random.below(3) as u32;
                    let negated = random.chance(40);
                    Predicate::new(Interval, negated, subject as u16, low, high - low)
                };
                all.into_iter().map(ask).collect()
            })
            .collect();
        let mut assembled = finish(assembler, &slots, indexed as u16);
        // Most are in all intervals.
        let requests: Vec<Vec<u32>> = (0..5)
            .map(|round| {
                let mut rank = || match random.below(1 + round) {
                    0 => 4,
                    _ => random.below(8) as u32,
                };
                (0..subjects).map(|_| rank()).collect()
            })
            .collect();
        let found = all_match_by_ranks(&mut assembled, &slots, &requests);
        let possible = requests.len() * slots.len();
        assert!(found * 4 > possible && found < possible, "{found} of {possible}");
    }
}

#[test]
fn random_archives_match_as_their_predicates_say() {
    let mut random = Random(52);
    for slots in [63, 513, 2_049, 2_600] {
        let mut archive = RandomArchive::new(&mut random, slots, 1 + slots / 600);
        let requests: Vec<_> = (0..12).map(|_| archive.request(&mut random)).collect();
        let expected: Vec<Vec<usize>> = requests
            .iter()
            .map(|request| archive.expected(archive.assembled.archive(), request))
            .collect();
        let given: Vec<Vec<Option<Given<'_>>>> =
            requests.iter().map(|request| request.given.clone()).collect();
        all_match(&mut archive.assembled, &given, &expected);
    }
}
