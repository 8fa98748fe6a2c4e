//! How large rulesets with rows in registers may be, and that what lies beyond is left to
//! the index as it stands in the archive.

use super::super::matching::{level, matched, number};
use crate::decide::{Simd, Strategy};
use crate::testing::assemble::{Assembled, Assembler, Given};
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::schema::FactKind;
use rulestone_format::subject::SubjectKind;
use rulestone_format::types::TypeId;

use PredicateKind::Interval;

fn finish(assembler: Assembler) -> Assembled {
    let mut assembled = assembler.finish();
    assembled.is_in_order();
    assembled.uses_index_on(Simd::detect());
    assembled
}

#[test]
fn more_slots_than_four_blocks_have_are_left_to_the_index() {
    for (slots, expected) in [(0, false), (1, true), (2048, true), (2049, false)] {
        let mut assembler = Assembler::new();
        let subject = level(&mut assembler, 3);
        for slot in 0..slots {
            let is_two = Predicate::new(Interval, slot % 2 == 0, subject, 4, 0);
            assembler.rule(&slot.to_string(), 0, &[is_two], None, &[]);
        }
        assembler.index(&[subject][..usize::from(slots > 0)]);
        let assembled = finish(assembler);
        assert_eq!(assembled.is_dense(), expected, "{slots}");
        let odd: Vec<u32> = (0..slots).filter(|slot| slot % 2 == 1).collect();
        let even: Vec<u32> = (0..slots).filter(|slot| slot % 2 == 0).collect();
        assert_eq!(matched(&assembled, &[number(2)]), odd);
        assert_eq!(matched(&assembled, &[number(1)]), even);
    }
}

#[test]
fn dimensions_whose_rows_change_more_than_eighty_times_are_left_to_the_index() {
    // So many cuts, so many ranks that share a row: a row changes where the next begins.
    for (cuts, ranks, expected) in [
        (0, 1, true),
        (7, 1, true),
        (8, 1, true),
        (79, 1, true),
        (80, 1, true),
        (81, 1, false),
        (82, 1, false),
        (161, 2, true),
        (162, 2, false),
        (400, 1, false),
        (400, 5, true),
        (5_000, 70, true),
    ] {
        let mut assembler = Assembler::new();
        let other = level(&mut assembler, 2);
        let subject = level(&mut assembler, cuts);
        let places: Vec<u32> = (0..cuts as u32 + 1).step_by(1 + cuts as usize / 90).collect();
        for place in &places {
            let only = Predicate::new(Interval, false, subject, place + 1, 0);
            let any = Predicate::new(Interval, false, other, 1, 2);
            assembler.rule(&place.to_string(), 0, &[any, only], None, &[]);
        }
        assembler.index(&[other, subject]);
        assembler.share_rows(subject, ranks);
        let mut assembled = finish(assembler);
        assert_eq!(assembled.is_dense(), expected, "{cuts} cuts, {ranks} ranks");
        for simd in Simd::all() {
            assembled.uses_index_on(simd);
            for (rule, place) in (0..).zip(&places) {
                let found = matched(&assembled, &[number(0), number(i64::from(*place) - 1)]);
                assert_eq!(found, [rule], "{cuts} cuts, {ranks} ranks");
            }
        }
    }
}

#[test]
fn numbers_beyond_the_sixteenth_are_asked_by_their_ranks() {
    for dimensions in [16, 17, 20] {
        let mut assembler = Assembler::new();
        let levels: Vec<u16> = (0..dimensions).map(|_| level(&mut assembler, 8)).collect();
        for fact in &mut assembler.ruleset.schema.facts {
            fact.optional = 0;
        }
        // Slot n asks for the levels n, n + 1 and so on to be 3.
        let count = |slot: usize| [1, 3, 4, 6][slot % 4];
        for slot in 0..600 {
            let asks: Vec<Predicate> = (slot..slot + count(slot))
                .map(|at| Predicate::new(Interval, false, levels[at % dimensions], 5, 0))
                .collect();
            assembler.rule(&slot.to_string(), 0, &asks, None, &[]);
        }
        assembler.index(&levels);
        for subject in &levels {
            assembler.share_rows(*subject, 9);
        }
        let mut assembled = finish(assembler);
        assert!(assembled.is_dense());
        let Strategy::Dense(dense) = &assembled.plan().strategy else { panic!("is dense") };
        let residual = |slot| dense.residuals.get(slot).expect("a slot");
        let others = |slot| dense.residuals.others(residual(slot)).len();
        let far = usize::from(dimensions > 16);
        assert_eq!([0, 1, 2, 3, 16].map(others), [0, 0, 1, 3, far]);
        for simd in Simd::all() {
            assembled.uses_index_on(simd);
            for wrong in 0..dimensions {
                for value in [2, 3, 4] {
                    let facts: Vec<Option<Given<'_>>> = (0..dimensions)
                        .map(|at| number(if at == wrong { value } else { 3 }))
                        .collect();
                    let expected: Vec<u32> = (0..600)
                        .filter(|slot| {
                            let slot = *slot as usize;
                            let is_asked =
                                (slot..slot + count(slot)).any(|at| at % dimensions == wrong);
                            value == 3 || !is_asked
                        })
                        .collect();
                    assert_eq!(matched(&assembled, &facts), expected, "{dimensions}, {wrong}");
                }
            }
        }
    }
}

#[test]
fn slots_that_ask_more_than_can_be_counted_are_left_to_the_index() {
    for (more, expected) in [(255, true), (256, false)] {
        let mut assembler = Assembler::new();
        let subject = level(&mut assembler, 3);
        let all = Predicate::new(Interval, true, subject, 1, 0);
        assembler.rule("r", 0, &vec![all; more], None, &[]);
        assembler.index(&[subject]);
        assembler.share_rows(subject, 5);
        let assembled = finish(assembler);
        assert_eq!(assembled.is_dense(), expected, "{more}");
        assert_eq!(matched(&assembled, &[number(0)]), [0]);
        assert!(matched(&assembled, &[number(-1)]).is_empty());
    }
}

/// An archive of so many slots with a dimension for each of some texts, of so many words.
/// All cells of all dimensions have the same row.
fn of_one_row(slots: usize, texts: usize, words: usize) -> Assembled {
    let mut assembler = Assembler::new();
    let words: Vec<String> = (0..words).map(|word| format!("w{word}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let subjects: Vec<u16> = (0..texts)
        .map(|text| {
            let fact = assembler.plain_fact(&text.to_string(), FactKind::String, TypeId::STRING);
            assembler.subject(SubjectKind::Fact, fact, &[], &words)
        })
        .collect();
    for slot in 0..slots {
        let text = subjects[slot % texts];
        let is_word = Predicate::new(Interval, false, text, 1 + (slot % words.len()) as u32, 0);
        assembler.rule(&slot.to_string(), 0, &[is_word], None, &[]);
    }
    assembler.index_that_leaves_all(&subjects);
    finish(assembler)
}

#[test]
fn rows_that_many_cells_share_take_no_more_memory_than_they_are_worth() {
    for (slots, texts, words, expected) in [
        (600, 1, 200, true),
        (600, 2, 200, false),
        (2_000, 1, 200, true),
        (2_000, 30, 2_000, false),
        (100, 1, 300, false),
    ] {
        let assembled = of_one_row(slots, texts, words);
        assert_eq!(assembled.is_dense(), expected, "{slots}, {texts}, {words}");
        let word = format!("w{}", words - 1);
        let mut facts: Vec<Option<Given<'_>>> = (0..texts).map(|_| None).collect();
        facts[0] = Some(Given::Text(&word));
        let expected: Vec<u32> = (0..slots as u32)
            .filter(|slot| {
                let slot = *slot as usize;
                slot.is_multiple_of(texts) && slot % words == words - 1
            })
            .collect();
        assert_eq!(matched(&assembled, &facts), expected);
    }
}
