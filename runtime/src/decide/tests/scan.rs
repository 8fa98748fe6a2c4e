//! Scanning: the candidates and their residual predicates together say what all predicates
//! say one by one.

mod sessions;

use super::agreement::{Random, of_ranks};
use super::facts::{Fact, KINDS, Kind, SECONDS, fill_absent, unsigned};
use super::matching::{level, matched, number};
use crate::decide::key::Flips;
use crate::decide::plan::Strategy;
use crate::decide::scan::{Candidates, FindCandidates, NO_CANDIDATES, Scan};
use crate::decide::simd::Simd;
use crate::decide::simd::lanes::LANES;
use crate::testing::assemble::{Assembled, Assembler, Given, holds};
use rulestone_format::frame::Frame;
use rulestone_format::meaning::Timestamp;
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::schema::FactKind;
use rulestone_format::subject::{ABSENT, KeyKind, SubjectKind, timestamp_key};
use rulestone_format::types::TypeId;
use rulestone_format::value::Word;

use PredicateKind::{Interval, Mask};

/// Ranks of the subjects of a request.
type Ranks = [u32];

impl Assembled {
    /// All alternatives in lanes, if decisions scan them.
    fn scan(&self) -> Option<&Scan> {
        match &self.plan().strategy {
            Strategy::Scan(scan) => Some(scan),
            _ => None,
        }
    }

    /// The candidates of a frame, by whichever processor.
    #[track_caller]
    fn candidates(&self, frame: &[u8]) -> Candidates {
        let scan = self.scan().expect("all alternatives are scanned");
        let frame = &Frame::check(frame, self.archive()).expect("a good frame");
        let mut found = Simd::all().into_iter().map(|simd| {
            let mut candidates = NO_CANDIDATES;
            let find = FindCandidates::new(scan, frame, &mut candidates);
            let any = simd.run(find);
            assert_eq!(any, candidates != NO_CANDIDATES);
            candidates
        });
        let candidates = found.next().expect("there is a processor");
        assert!(found.all(|other| other == candidates), "all processors find {candidates:?}");
        candidates
    }

    /// Asserts of each slot that it is a candidate and its residual predicates hold where all
    /// its predicates hold. Gives how many are no candidates, and how many hold.
    #[track_caller]
    fn agrees(&self, frame: &[u8], ranks: &Ranks) -> (usize, usize) {
        let (archive, scan) = (self.archive(), self.scan().expect("all are scanned"));
        let candidates = self.candidates(frame);
        let holds = |word: u64| {
            let predicate = Predicate(word);
            let rank = ranks[usize::from(predicate.subject())];
            holds(archive, predicate, rank).expect("no word of a list")
        };
        let is_candidate = |slot: usize| candidates[slot / LANES] >> (slot % LANES) & 1 != 0;
        let mut holding = Vec::new();
        for (number, slot) in archive.slots.iter().enumerate() {
            let start = slot.predicates.to_native() as usize;
            let own = &archive.predicates[start..start + usize::from(slot.count.to_native())];
            let expected = own.iter().all(|word| holds(word.to_native()));
            let residual = scan.residual(number);
            let found = is_candidate(number) && residual.iter().all(|word| holds(*word));
            assert_eq!(found, expected, "slot {number}: {own:x?} {ranks:?} {candidates:x?}");
            holding.extend(expected.then_some(slot.rule.to_native() as usize));
        }
        let slots = archive.slots.len();
        let count: u32 = candidates.iter().map(|bits| bits.count_ones()).sum();
        assert!((slots..128).all(|slot| !is_candidate(slot)), "of {slots}");
        let mut session = self.session();
        let matched: Vec<usize> =
            session.matching(frame).expect("a good frame").map(|rule| rule.index()).collect();
        assert_eq!(matched, holding);
        (slots - count as usize, matched.len())
    }
}

/// An archive with a rule for each of these slots, which decisions scan.
fn finish(mut assembler: Assembler, slots: &[Vec<Predicate>]) -> Assembled {
    for (rule, predicates) in slots.iter().enumerate() {
        assembler.rule(&rule.to_string(), 0, predicates, None, &[]);
    }
    let mut assembled = assembler.finish();
    assembled.is_in_order();
    assembled.scans_on(Simd::detect());
    assembled
}

#[test]
fn candidates_and_their_residuals_are_what_the_predicates_say() {
    let mut random = Random(11);
    let (mut all, mut dropped, mut held) = (0, 0, 0);
    for (round, slots) in [1, 15, 16, 17, 60, 127, 128].into_iter().cycle().take(140).enumerate() {
        let mut assembler = Assembler::new();
        // In any order, and often so many before them that not all are near.
        let mut kinds = KINDS.to_vec();
        kinds.sort_by_cached_key(|_| random.below(usize::MAX));
        for _ in 0..[0, 0, 3, 20, 28][random.below(5)] {
            kinds.insert(random.below(kinds.len()), Kind::Other);
        }
        let facts: Vec<Fact> =
            kinds.iter().map(|kind| Fact::new(*kind, &mut random, &mut assembler)).collect();
        let are_optional = round % 2 == 0;
        for fact in &mut assembler.ruleset.schema.facts {
            fact.optional = are_optional.into();
        }
        let counts: Vec<usize> = facts.iter().flat_map(Fact::counts).collect();
        let slots: Vec<Vec<Predicate>> = (0..slots)
            .map(|_| {
                let count = match random.below(12) {
                    0 => 7 + random.below(4),
                    1 => random.below(2),
                    _ => 3 + random.below(3),
                };
                let mut ask = || loop {
                    let subject = random.below(counts.len());
                    let ranks = counts[subject];
                    let ask = of_ranks(&mut random, &mut assembler, subject as u16, ranks);
                    // What is absent is asked for rarely: numbers don't tell of it.
                    if !(ask.is_plain() && ask.holds_for(ABSENT)) || random.chance(8) {
                        break ask;
                    }
                };
                (0..count).map(|_| ask()).collect()
            })
            .collect();
        let assembled = finish(assembler, &slots);
        if assembled.scan().is_none() {
            continue;
        }
        for _ in 0..30 {
            let mut given = Vec::new();
            let mut ranks = Vec::new();
            // Older senders know the first of the facts only, where the others may be absent.
            let is_older = are_optional && random.chance(4);
            let known = if is_older { random.below(facts.len() + 1) } else { facts.len() };
            for (number, fact) in facts.iter().enumerate() {
                let (value, own) = fact.value(&mut random);
                let is_there = number < known && !(are_optional && random.chance(8));
                ranks.extend(own.iter().map(|rank| if is_there { *rank } else { ABSENT }));
                given.push(is_there.then_some(value));
            }
            given.truncate(known);
            let mut frame = assembled.frame(&given);
            fill_absent(&assembled, &mut frame, &given, || [0, 0, 3, 255][random.below(4)]);
            let (none, holding) = assembled.agrees(&frame, &ranks);
            all += slots.len();
            (dropped, held) = (dropped + none, held + holding);
        }
    }
    assert!(all > 100_000 && dropped * 2 > all && held * 20 > all, "{all}, {dropped}, {held}");
}

#[test]
fn more_slots_than_128_are_left_to_an_index() {
    for (slots, expected) in [(0, true), (1, false), (128, false), (129, true)] {
        let mut assembler = Assembler::new();
        let subject = level(&mut assembler, 3);
        let asks = [1, 2].map(|low| Predicate::new(Interval, false, subject, low, 2));
        let assembled = finish(assembler, &vec![asks.to_vec(); slots]);
        assert_eq!(assembled.scan().is_none(), expected, "{slots}");
        let all: Vec<u32> = (0..slots as u32).collect();
        assert_eq!(matched(&assembled, &[number(0)]), all);
    }
}

#[test]
fn slots_that_ask_little_of_numbers_are_left_to_an_index() {
    for (weak, expected) in [(1, false), (2, true)] {
        let mut assembler = Assembler::new();
        let subject = level(&mut assembler, 3);
        let absent = Predicate::new(Interval, false, subject, 0, 0);
        let there = Predicate::new(Interval, false, subject, 1, 3);
        let mut slots = vec![vec![there, there]; 3];
        slots.push(vec![]);
        slots.extend(vec![vec![absent]; weak - 1]);
        slots[0] = vec![there, absent];
        let assembled = finish(assembler, &slots);
        assert_eq!(assembled.scan().is_none(), expected, "{weak}");
    }
}

/// A subject of an enum of so many labels.
fn labels(assembler: &mut Assembler, count: usize) -> u16 {
    let mut random = Random(0);
    Fact::new(Kind::Label(count), &mut random, assembler);
    assembler.ruleset.subjects.len() as u16 - 1
}

#[test]
fn what_a_slot_does_not_ask_never_drops_it() {
    let mut assembler = Assembler::new();
    let first = level(&mut assembler, 3);
    let platform = labels(&mut assembler, 5);
    let there = Predicate::new(Interval, false, first, 1, 3);
    let slots = [vec![there, Predicate::of_mask(platform, 0b10110)], vec![there, there]];
    let assembled = finish(assembler, &slots);
    for filler in [0, 32, 255] {
        let facts = [number(1), None];
        let mut frame = assembled.frame(&facts);
        fill_absent(&assembled, &mut frame, &facts, || filler);
        assert_eq!(assembled.agrees(&frame, &[3, ABSENT]), (1, 1), "{filler}");
    }
    // Behind the cells of an older sender stands its text.
    let mut assembler = Assembler::new();
    assembler.plain_fact("name", FactKind::String, TypeId::STRING);
    let first = level(&mut assembler, 3);
    let platform = labels(&mut assembler, 5);
    let there = Predicate::new(Interval, false, first, 1, 3);
    let slots = [vec![there, Predicate::of_mask(platform, 0b10110)], vec![there, there]];
    let assembled = finish(assembler, &slots);
    let frame = assembled.frame(&[Some(Given::Text("Gordon Freeman")), number(1)]);
    assert_eq!(assembled.agrees(&frame, &[3, ABSENT]), (1, 1));
}

#[test]
fn slots_ask_for_sets_of_different_facts() {
    let mut assembler = Assembler::new();
    // The first fact of all is one of them.
    let subjects = [labels(&mut assembler, 5), labels(&mut assembler, 5)];
    let asks = |subject| Predicate::of_mask(subject, 0b101010);
    let slots = [[0, 0], [1, 1], [0, 0], [0, 1]];
    let slots = slots.map(|slot| slot.map(|at| asks(subjects[at])).to_vec());
    let assembled = finish(assembler, &slots);
    for (first, second, expected) in [(0, 0, 4), (0, 1, 2), (1, 0, 1), (1, 1, 0)] {
        let facts = [first, second].map(|label| Some(Given::Narrow(Word::from_uint(label))));
        let ranks = [first, second].map(|label| 1 + label as u32);
        let held = assembled.agrees(&assembled.frame(&facts), &ranks).1;
        assert_eq!(held, expected, "{first}, {second}");
    }
}

#[test]
fn nothing_lies_before_the_least_key() {
    let least = Flips::of(KeyKind::Double).key(u64::MAX);
    for (kind, fact, id, bits, cut) in [
        (KeyKind::Signed, FactKind::Int, TypeId::INT, 1 << 63, i64::MIN),
        (KeyKind::Unsigned, FactKind::Uint, TypeId::UINT, 0, i64::MIN),
        (KeyKind::Double, FactKind::Double, TypeId::DOUBLE, u64::MAX, least),
    ] {
        assert_eq!(kind.key(Word::from_uint(bits)), 0);
        let mut assembler = Assembler::new();
        let it = assembler.plain_fact("it", fact, id);
        let it = assembler.subject(SubjectKind::Fact, it, &unsigned(&[cut, cut + 5]), &[]);
        let before = Predicate::new(Interval, false, it, 1, 0);
        let from = Predicate::new(Interval, false, it, 2, 0);
        let slots = [vec![from, from], vec![before, before], vec![from, from], vec![from, from]];
        let assembled = finish(assembler, &slots);
        let frame = assembled.frame(&[Some(Given::Narrow(Word::from_uint(bits)))]);
        assert_eq!(assembled.agrees(&frame, &[2]).1, 3, "{kind:?}");
    }
}

#[test]
fn moments_between_two_seconds_are_told_from_both() {
    let cuts = [(100, false), (100, true), (101, false), (160, false)];
    let mut assembler = Assembler::new();
    let now = assembler.plain_fact("now", FactKind::Timestamp, TypeId::TIMESTAMP);
    let keys = cuts.map(|(second, is_between)| timestamp_key(second, is_between));
    let now = assembler.subject(SubjectKind::Fact, now, &keys, &[]);
    let asks = |low, width| Predicate::new(Interval, false, now, low, width);
    // From 100 s to before 101 s and before 160 s; what begins or ends in between is
    // residual.
    let whole = [vec![asks(2, 1), asks(2, 1)], vec![asks(2, 2), asks(1, 3)]];
    let between = [vec![asks(2, 0), asks(2, 1)], vec![asks(3, 1), asks(2, 3)]];
    let assembled = finish(assembler, &[whole.clone(), whole.clone(), whole, between].concat());
    let scan = assembled.scan().expect("all are scanned");
    assert_eq!([0, 1, 6, 7].map(|slot| scan.residual(slot).len()), [0, 0, 1, 1]);
    for seconds in [SECONDS[0], 0, 99, 100, 101, 102, 159, 160, 161, SECONDS[1]] {
        for nanos in [0, 1, 999_999_999] {
            let word = Word::from_timestamp(Timestamp { seconds, nanos });
            let key = KeyKind::Timestamp.key(word);
            let rank = 1 + keys.iter().filter(|cut| **cut <= key).count() as u32;
            assembled.agrees(&assembled.frame(&[Some(Given::Wide(word))]), &[rank]);
        }
    }
}

#[test]
fn what_is_far_away_is_residual() {
    // The 31st and the 32nd word of cells, and the one behind; facts as far.
    for before in [30, 31, 32] {
        let mut assembler = Assembler::new();
        let near = level(&mut assembler, 3);
        for other in 0..before - 1 {
            assembler.plain_fact(&format!("other{other}"), FactKind::Int, TypeId::INT);
        }
        let far = level(&mut assembler, 3);
        let near = Predicate::new(Interval, false, near, 2, 1);
        let far = Predicate::new(Interval, false, far, 2, 1);
        let assembled = finish(assembler, &vec![vec![near, near, far]; 17]);
        let scan = assembled.scan().expect("all are scanned");
        assert_eq!(scan.residual(16), if before < 32 { vec![] } else { vec![far.0] });
        for (value, is_in) in [(-1, false), (0, true), (1, true), (2, false)] {
            let mut facts: Vec<Option<Given<'_>>> = (0..before).map(|_| number(0)).collect();
            facts.push(number(value));
            let held = assembled.agrees(&assembled.frame(&facts), &[2, (value + 2) as u32]).1;
            assert_eq!(held, if is_in { 17 } else { 0 }, "{before}, {value}");
        }
    }
    // Of a point, the latitude is the last that is near.
    let mut assembler = Assembler::new();
    let near = level(&mut assembler, 3);
    for other in 0..30 {
        assembler.plain_fact(&format!("other{other}"), FactKind::Int, TypeId::INT);
    }
    let point = assembler.plain_fact("point", FactKind::Point, TypeId::POINT);
    let key = KeyKind::Double.key(Word::from_double(50.0));
    let halves = [SubjectKind::Latitude, SubjectKind::Longitude]
        .map(|half| assembler.subject(half, point, &[key, key + 1], &[]));
    let near = Predicate::new(Interval, false, near, 2, 1);
    let halves = halves.map(|half| Predicate::new(Interval, false, half, 2, 0));
    let assembled = finish(assembler, &[vec![near, halves[0], halves[1]]]);
    assert_eq!(assembled.scan().expect("all are scanned").residual(0), [halves[1].0]);
    for (lat, lon) in [(50.0, 50.0), (50.0, -50.0), (-50.0, 50.0), (51.0, 50.0), (f64::NAN, 50.0)] {
        let mut facts: Vec<Option<Given<'_>>> = (0..31).map(|_| number(0)).collect();
        let word = Word { low: f64::to_bits(lat), high: f64::to_bits(lon) };
        facts.push(Some(Given::Wide(word)));
        let rank = |half: f64| {
            let of = KeyKind::Double.key(Word::from_double(half));
            1 + u32::from(of >= key) + u32::from(of > key)
        };
        let ranks = [2, rank(lat), rank(lon)];
        assembled.agrees(&assembled.frame(&facts), &ranks);
    }
}

#[test]
fn sets_of_many_slots_are_asked_whether_they_have_gaps_or_not() {
    let mut assembler = Assembler::new();
    let subjects =
        [labels(&mut assembler, 32), labels(&mut assembler, 5), labels(&mut assembler, 32)];
    let mut random = Random(3);
    let mut set = |count: u64| match random.below(4) {
        // None, one label, some side by side, any.
        0 if random.chance(8) => 0,
        0 => 2 << random.below(count as usize),
        1 => {
            let first = random.below(count as usize) as u64;
            ((2 << count) - 1) >> first << first & !1
        }
        _ => random.below(1 << count) as u64 * 2,
    };
    let slots: Vec<Vec<Predicate>> = (0..100)
        .map(|slot| {
            let asks = subjects.iter().zip([32, 5, 32]).skip(slot % 3);
            asks.map(|(subject, count)| Predicate::of_mask(*subject, set(count))).collect()
        })
        .collect();
    assert!(slots.iter().flatten().all(|ask| ask.kind() == Some(Mask)));
    let assembled = finish(assembler, &slots);
    let mut held = 0;
    for label in 0..32 {
        let labels = [label, label % 5, 31 - label];
        let facts = labels.map(|label| Some(Given::Narrow(Word::from_uint(label))));
        let ranks = labels.map(|label| 1 + label as u32);
        held += assembled.agrees(&assembled.frame(&facts), &ranks).1;
    }
    assert!(held > 100, "{held}");
}
