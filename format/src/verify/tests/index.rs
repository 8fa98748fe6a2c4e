//! Dictionaries, sets and the index: each invariant, broken by itself.

use super::fixture::{ruleset, text};
use super::{refusal_of, seal};
use crate::archive::*;
use crate::error::ErrorCode;
use crate::index::{DimensionKind, row_words};
use crate::predicate::PredicateKind;
use xxhash_rust::xxh3::xxh3_64;

const LEVEL: u16 = 0;
const TAGS: u16 = 1;
const POSITION: u16 = 3;

/// The ruleset of the fixture with a dictionary, sets and an index.
fn indexed() -> Ruleset {
    let mut ruleset = ruleset();
    let r = &mut ruleset;
    let mut words: Vec<DictionaryWord> = ["vip", "new"]
        .into_iter()
        .zip(0..)
        .map(|(word, number)| DictionaryWord {
            hash: xxh3_64(word.as_bytes()),
            text: text(r, word),
            number,
        })
        .collect();
    words.sort_by_key(|word| word.hash);
    r.words = words;
    r.dictionaries = vec![Dictionary { fact: TAGS, words: Range { start: 0, length: 2 } }];
    r.sets = vec![3, 5, 9, 4, 8];
    let predicate = |fact, kind: PredicateKind, low, width| Predicate {
        low,
        width,
        fact,
        form: kind.form(false),
    };
    let slots = (0..3).map(|rule| Slot {
        rule,
        condition: NONE,
        predicates: Range { start: rule, length: 1 },
    });
    r.index = Index {
        slots: slots.collect(),
        predicates: vec![
            predicate(LEVEL, PredicateKind::OneOf, 0, 3),
            predicate(TAGS, PredicateKind::Member, 1, 0),
            predicate(LEVEL, PredicateKind::Interval, 7, 2),
        ],
        dimensions: vec![
            Dimension {
                fact: LEVEL,
                kind: DimensionKind::Ordered as u16,
                cuts: Range { start: 0, length: 2 },
                cells: Range { start: 0, length: 3 },
                base: 0,
            },
            Dimension {
                fact: TAGS,
                kind: DimensionKind::Members as u16,
                cuts: Range { start: 2, length: 0 },
                cells: Range { start: 3, length: 2 },
                base: 1,
            },
        ],
        cuts: vec![10, 20],
        cells: vec![0, 1, 0, 1, 1],
        rows: [0b101, 0b111].map(row).concat(),
    };
    ruleset
}

fn row(first: u64) -> Vec<u64> {
    let mut row = vec![0; row_words(3)];
    row[0] = first;
    row
}

#[track_caller]
fn refused(code: ErrorCode, at: u64, change: impl FnOnce(&mut Ruleset)) {
    let mut ruleset = indexed();
    change(&mut ruleset);
    seal(&mut ruleset);
    assert_eq!(refusal_of(&ruleset), Some((code, Some(at))));
}

#[test]
fn an_index_that_is_in_order_is_accepted() {
    let mut ruleset = indexed();
    seal(&mut ruleset);
    assert_eq!(refusal_of(&ruleset), None);
}

#[test]
fn dictionaries_are_of_words_in_order_of_their_hashes() {
    let refused = |change: fn(&mut Ruleset)| refused(ErrorCode::DictionaryTable, 0, change);
    refused(|r| r.dictionaries[0].fact = LEVEL);
    refused(|r| r.dictionaries[0].fact = 99);
    refused(|r| r.words.swap(0, 1));
    refused(|r| r.words[1] = r.words[0]);
    refused(|r| r.words[0].hash ^= 1);
    refused(|r| r.words[0].number = 2);
    refused(|r| r.words[0].number = r.words[1].number);
}

#[test]
fn a_fact_has_one_dictionary() {
    refused(ErrorCode::DictionaryTable, 1, |r| r.dictionaries.push(r.dictionaries[0]));
}

#[test]
fn words_belong_to_one_dictionary_each() {
    refused(ErrorCode::SectionRange, 0, |r| r.dictionaries[0].words.start = 1);
    refused(ErrorCode::SectionRange, 2, |r| r.words.push(r.words[0]));
}

#[test]
fn predicates_of_the_index_are_as_good_as_others() {
    let refused = |at, change: fn(&mut Ruleset)| refused(ErrorCode::PredicateTable, at, change);
    refused(0, |r| r.index.predicates[0].width = 4);
    refused(0, |r| r.index.predicates[0].width = 0);
    refused(0, |r| r.index.predicates[0].low = u64::MAX);
    refused(0, |r| r.index.predicates[0].fact = TAGS);
    refused(1, |r| r.index.predicates[1].low = 2);
    refused(1, |r| r.index.predicates[1].width = 1);
    refused(1, |r| r.index.predicates[1].fact = LEVEL);
    refused(2, |r| r.index.predicates[2].fact = POSITION);
    refused(2, |r| r.index.predicates[2].width = u64::MAX);
    refused(2, |r| r.index.predicates[2].form = 6);
}

#[test]
fn slots_are_of_rules_in_their_order() {
    let refused = |at, change: fn(&mut Ruleset)| refused(ErrorCode::IndexSlot, at, change);
    refused(2, |r| r.index.slots[2].rule = 0);
    refused(2, |r| r.index.slots[2].rule = 3);
    refused(0, |r| r.index.slots[0].condition = 99);
    refused(0, |r| r.index.slots[0].condition = 1);
}

#[test]
fn predicates_of_the_index_belong_to_one_slot_each() {
    refused(ErrorCode::SectionRange, 1, |r| r.index.slots[1].predicates.start = 0);
    refused(ErrorCode::SectionRange, 2, |r| r.index.slots[2].predicates.length = 0);
}

#[test]
fn dimensions_have_a_row_for_every_cell() {
    let refused = |at, change: fn(&mut Ruleset)| refused(ErrorCode::IndexDimension, at, change);
    refused(0, |r| r.index.dimensions[0].fact = TAGS);
    refused(0, |r| r.index.dimensions[0].fact = 99);
    refused(0, |r| r.index.dimensions[0].kind = 2);
    refused(0, |r| r.index.dimensions[0].kind = DimensionKind::Members as u16);
    refused(0, |r| r.index.dimensions[0].base = 2);
    refused(0, |r| r.index.dimensions[0].cells.length = 2);
    refused(0, |r| r.index.cuts.swap(0, 1));
    refused(0, |r| r.index.cuts[1] = r.index.cuts[0]);
    refused(0, |r| r.index.cells[2] = 2);
    refused(1, |r| r.index.dimensions[1].fact = LEVEL);
    refused(1, |r| r.index.dimensions[1].cells.length = 1);
    refused(1, |r| r.index.cells[4] = u32::MAX);
}

#[test]
fn rows_are_whole_and_have_no_bit_beyond_the_last_slot() {
    refused(ErrorCode::IndexRow, 1, |r| r.index.rows[row_words(3)] |= 1 << 3);
    refused(ErrorCode::IndexRow, 0, |r| r.index.rows[1] = 1);
    refused(ErrorCode::IndexRow, 1, |r| {
        r.index.rows.pop();
    });
    refused(ErrorCode::IndexRow, 2, |r| r.index.rows.push(0));
}

#[test]
fn there_are_no_rows_without_slots() {
    let mut ruleset = indexed();
    ruleset.index.slots.clear();
    ruleset.index.predicates.clear();
    seal(&mut ruleset);
    assert_eq!(refusal_of(&ruleset).map(|r| r.0), Some(ErrorCode::IndexRow));
}
