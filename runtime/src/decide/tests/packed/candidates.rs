//! Which slots are candidates, and how many at once: whatever their residuals are, those
//! match whose predicates hold.

use super::super::agreement::{Random, of_ranks};
use super::super::matching::{level, list, number, shuffled, tags};
use super::all_match;
use crate::testing::assemble::{Assembled, Assembler, Code, Given, holds};
use rulestone_format::archive::NONE;
use rulestone_format::code::Opcode;
use rulestone_format::index::BLOCK;
use rulestone_format::predicate::{MASK_RANKS, Predicate, PredicateKind};
use rulestone_format::schema::FactKind;
use rulestone_format::subject::{KeyKind, SubjectKind};
use rulestone_format::types::TypeId;
use rulestone_format::value::Word;

use PredicateKind::{Interval, Member};

/// Subjects, in the order of their facts: one whose rows say which slots are candidates, one whose
/// rows are shared, two without rows; a list without rows; a variable that is `OTHER`.
const PATTERN: u16 = 0;
const SHARED: u16 = 1;
const LATER: u16 = 2;
const OTHER: u16 = 3;
const TAGS: u16 = 4;
const VARIABLE: u16 = 5;

/// Ranks of the numbers that slots are asked for besides.
const RANKS: usize = 10;

const WORDS: [&str; 3] = ["a", "b", "c"];

/// Sets of slots that a request leaves.
fn patterns(random: &mut Random, slots: usize) -> Vec<Vec<bool>> {
    let set = |is_candidate: &mut dyn FnMut(usize) -> bool| (0..slots).map(is_candidate).collect();
    let mut all: Vec<Vec<bool>> = vec![
        set(&mut |_| false),
        set(&mut |_| true),
        set(&mut |slot| slot + 1 == slots),
        set(&mut |slot| slot / BLOCK == (slots - 1) / BLOCK),
        set(&mut |slot| slot % 64 == 63),
        set(&mut |slot| slot % 509 == 3),
        set(&mut |_| random.chance(2)),
        set(&mut |_| random.chance(60)),
        // Just before there are enough, a whole word.
        set(&mut |slot| slot != 511),
        set(&mut |slot| !(448..511).contains(&slot) && slot != 640),
    ];
    // As many as are evaluated together, one more, one less; with the word that goes beyond.
    for count in [1, 63, 64, 65, 511, 512, 513, 575, 576, 577, 1_024, 1_087, 1_088] {
        all.push(set(&mut |slot| slot < count));
    }
    all.push(set(&mut |slot| slots - slot <= 512));
    // So many blocks, whole or one slot of each.
    let blocks: Vec<usize> = shuffled(slots.div_ceil(BLOCK)).map(|block| block as usize).collect();
    for count in 1..=9.min(blocks.len()) {
        let some = &blocks[random.below(blocks.len() + 1 - count)..][..count];
        all.push(set(&mut |slot| some.contains(&(slot / BLOCK))));
        all.push(set(&mut |slot| some.contains(&(slot / BLOCK)) && slot % BLOCK == 77));
    }
    all.truncate(MASK_RANKS - 2);
    all
}

/// What a slot asks besides.
fn asks(random: &mut Random, assembler: &mut Assembler) -> Vec<Predicate> {
    let subjects: &[u16] = match random.below(14) {
        0..=2 => &[],
        3 => &[SHARED],
        4 => &[LATER],
        5 => &[LATER, SHARED],
        6 => &[LATER, LATER],
        7 => &[OTHER, SHARED, LATER],
        8 => &[SHARED, VARIABLE],
        // As many as are packed, and more.
        9 => &[SHARED, SHARED, LATER, SHARED, SHARED],
        10 => &[SHARED, SHARED, SHARED, SHARED, SHARED, SHARED],
        11 => &[SHARED, SHARED, SHARED, OTHER, SHARED, SHARED, SHARED],
        12 => {
            let (negated, word) = (random.chance(2), random.below(WORDS.len()) as u32);
            return vec![Predicate::new(Member, negated, TAGS, word, 0)];
        }
        _ => {
            let subject = [SHARED, LATER][random.below(2)];
            return vec![of_ranks(random, assembler, subject, RANKS)];
        }
    };
    // Mostly simd enough to hold.
    let interval = |subject: &u16| {
        let low = random.below(4) as u32;
        Predicate::new(Interval, false, *subject, low, 4 + random.below(6) as u32 - low)
    };
    subjects.iter().map(interval).collect()
}

/// An archive of so many slots, of which requests leave those of a pattern; two of three
/// have a rule of their own.
fn archive(random: &mut Random, patterns: &[Vec<bool>]) -> (Assembled, u32) {
    let mut assembler = Assembler::new();
    let slots = patterns[0].len();
    level(&mut assembler, MASK_RANKS as i64 - 3);
    for _ in [SHARED, LATER, OTHER] {
        level(&mut assembler, RANKS as i64 - 2);
    }
    tags(&mut assembler, &WORDS);
    let holds = assembler.plain_fact("holds", FactKind::Bool, TypeId::BOOL);
    let mut code = Code::default();
    let value = code.value(Opcode::Fact, TypeId::BOOL, 0, 0, holds);
    let condition = assembler.unit(TypeId::BOOL, code.give(value));
    let mut code = Code::default();
    let value = code.value(Opcode::Fact, TypeId::INT, 0, 0, OTHER.into());
    let unit = assembler.unit(TypeId::INT, code.give(value));
    let variable = assembler.variable(unit);
    let cuts: Vec<u64> =
        (0..RANKS as i64 - 2).map(|cut| KeyKind::Signed.key(Word::from_int(cut))).collect();
    assembler.subject(SubjectKind::Variable, variable, &cuts, &[]);
    let rules = slots - slots / 3;
    for rule in 0..rules {
        assembler.rule_without_slots(&rule.to_string(), 0, &[]);
    }
    for (slot, rule) in shuffled(slots).enumerate() {
        let ranks = (1..).zip(patterns).filter(|(_, is_candidate)| is_candidate[slot]);
        let ranks = ranks.fold(0, |ranks, (rank, _)| ranks | 1 << rank);
        let mut asks = asks(random, &mut assembler);
        asks.insert(0, Predicate::of_mask(PATTERN, ranks));
        let condition = random.chance(8).then_some(condition);
        assembler.slot(rule % rules as u32, &asks, condition);
    }
    assembler.index(&[PATTERN, SHARED]);
    assembler.share_rows(SHARED, 3);
    let assembled = assembler.finish();
    assembled.is_in_order();
    (assembled, condition)
}

#[test]
fn candidates_are_evaluated_wherever_they_lie_and_however_many_they_are() {
    let mut random = Random(41);
    let (mut found, mut possible) = (0, 0);
    // A few blocks, a summary of one word and one of two, with last blocks filled partly.
    for slots in [1, 600, 2_049, 8 * BLOCK, 9 * BLOCK - 31, 13 * BLOCK + 1, 70 * BLOCK + 77] {
        let patterns = patterns(&mut random, slots);
        let (mut assembled, condition) = archive(&mut random, &patterns);
        let (mut requests, mut expected) = (Vec::new(), Vec::new());
        for (pattern, is_candidate) in patterns.iter().enumerate() {
            let mut ranks = [pattern as u32 + 1, 0, 0, 0, 0, 0];
            for rank in &mut ranks[1..4] {
                *rank = if random.chance(6) { 0 } else { random.below(RANKS) as u32 };
            }
            let words = (!random.chance(4)).then(|| &WORDS[random.below(3)..]);
            ranks[usize::from(TAGS)] = words.is_some().into();
            ranks[usize::from(VARIABLE)] = ranks[usize::from(OTHER)];
            let flag = random.below(3);
            let archive = assembled.archive();
            let is_held = |word: u64| {
                let predicate = Predicate(word);
                let rank = ranks[usize::from(predicate.subject())];
                holds(archive, predicate, rank).unwrap_or_else(|| {
                    let has = |words: &[&str]| words.contains(&WORDS[predicate.low() as usize]);
                    words.is_some_and(|words| has(words) != predicate.is_negated())
                })
            };
            let mut rules: Vec<usize> = (archive.slots.iter().zip(is_candidate))
                .filter(|(slot, is_candidate)| {
                    let start = slot.predicates.to_native() as usize;
                    let own = &archive.predicates[start..][..slot.count.to_native().into()];
                    let condition_holds = match slot.condition.to_native() {
                        NONE => true,
                        own => own == condition && flag == 2,
                    };
                    // Which are candidates is known without the index and its predicate.
                    let besides = |word: &u64| Predicate(*word).subject() != PATTERN;
                    let mut own = own.iter().map(|word| word.to_native()).filter(besides);
                    **is_candidate && condition_holds && own.all(is_held)
                })
                .map(|(slot, _)| slot.rule.to_native() as usize)
                .collect();
            rules.sort_unstable();
            rules.dedup();
            possible += is_candidate.iter().filter(|is_candidate| **is_candidate).count();
            found += rules.len();
            expected.push(rules);
            // A value below 0 has rank 1, and what is absent 0.
            let value = |at: usize| match ranks[at] {
                0 => None,
                rank => number(i64::from(rank) - 2),
            };
            let mut facts: Vec<Option<Given<'_>>> = (0..4).map(value).collect();
            facts.push(words.and_then(list));
            facts.push((flag > 0).then(|| number(i64::from(flag == 2))).flatten());
            requests.push(facts);
        }
        all_match(&mut assembled, &requests, &expected);
    }
    assert!(found * 4 > possible && found * 4 < possible * 3, "{found} of {possible}");
}
