//! Subjects, their cuts and dictionaries: each invariant, broken by itself.

use super::fixture::*;
use super::{refusal, refusal_of, refused, seal, verdict};
use crate::archive::*;
use crate::error::ErrorCode;
use crate::predicate::{Predicate, PredicateKind};
use crate::subject::{MAX_RANKS, MAX_SUBJECTS, SubjectKind};
use crate::verify::Limits;

fn subject(r: &mut Ruleset, number: u16) -> &mut Subject {
    &mut r.subjects[usize::from(number)]
}

/// A word of a dictionary, by its place in the order of hashes.
fn word(r: &mut Ruleset, number: u16, place: usize) -> &mut DictionaryWord {
    let start = subject(r, number).words.start as usize;
    &mut r.words[start + place]
}

/// Where the number of a subject goes into a table of errors.
const fn at(subject: u16) -> u64 {
    subject as u64
}

#[test]
fn subjects_are_values_that_have_ranks() {
    let list = |r: &mut Ruleset, item: u16| {
        // Of a type of facts that no fact has yet.
        let of = r.schema.types.len() as u16;
        r.schema.types.push(FactType { kind: 10, item, bound: 1 });
        r.schema.types.push(FactType { kind: 5, item: 0, bound: 1 });
        let (grid, token) = (text(r, "grid"), text(r, "token"));
        let fact = |path, fact_type, value_type, slot| Fact {
            path,
            fact_type,
            value_type,
            optional: 1,
            slot,
        };
        r.schema.facts.push(fact(grid, of, LIST_INT, 80));
        r.schema.facts.push(fact(token, of + 1, 5, 88));
    };
    refused! { SubjectTable:
        at(KIND), |r| subject(r, KIND).kind = 4;
        at(KIND), |r| subject(r, KIND).kind = u16::MAX;
        at(KIND), |r| subject(r, KIND).source = 8;
        at(KIND), |r| subject(r, KIND).source = u32::MAX;
        at(KIND), |r| subject(r, KIND).source = 3;
        at(KIND), |r| subject(r, KIND).source = 5;
        at(KIND), |r| { list(r, 0); subject(r, KIND).source = 8 };
        at(KIND), |r| { list(r, 0); subject(r, KIND).source = 9 };
        at(LAT), |r| subject(r, LAT).source = 0;
        at(LAT), |r| subject(r, LAT).source = 8;
        at(LON), |r| subject(r, LON).source = 4;
        at(IN_BOX), |r| subject(r, IN_BOX).source = 3;
        at(IN_BOX), |r| {
            // The long unit's result as a list of strings, which it has in register 4.
            r.units[4].result = LIST_STRING;
            let last = r.units[4].code.start + r.units[4].code.length - 1;
            r.code[last as usize].a = 4;
            r.assignments[2] = Assignment { output: 1, constant: 0, unit: NONE };
            r.variables.push(Variable { name: Text::default(), unit: 4 });
            subject(r, IN_BOX).source = 3;
        };
    }
}

#[test]
fn an_archive_has_no_more_subjects_than_predicates_can_name() {
    let filled = |count| {
        let mut r = ruleset();
        while r.subjects.len() < count {
            another(&mut r, KIND);
        }
        seal(&mut r);
        let limits = Limits { facts: 1 << 16, ..Limits::default() };
        verdict(&r, &limits).map_err(|error| (error.code(), error.position())).err()
    };
    assert_eq!(filled(MAX_SUBJECTS), None);
    let expected = Some((ErrorCode::SubjectTable, Some(MAX_SUBJECTS as u64)));
    assert_eq!(filled(MAX_SUBJECTS + 1), expected);
}

/// Adds a subject like another, of a new fact of the same type, without cuts and words.
fn another(r: &mut Ruleset, like: u16) {
    let subject = r.subjects[usize::from(like)];
    let fact = r.schema.facts[subject.source as usize];
    let last = r.schema.facts.last().expect("there are facts");
    let (slot, number) = (last.slot + 8, r.schema.facts.len());
    let path = text(r, &format!("another{number}"));
    r.schema.facts.push(Fact { path, slot, optional: 1, ..fact });
    let (cuts, words) = (r.cuts.len() as u32, r.words.len() as u32);
    let none = |start| Range { start, length: 0 };
    let source = number as u32;
    r.subjects.push(Subject { source, cuts: none(cuts), words: none(words), ..subject });
}

/// Each is ranked anew, by a walk over one long list.
#[test]
fn many_subjects_of_one_source_are_all_paid_for() {
    let cost = |repeated: &[u16]| {
        let mut r = ruleset();
        let before = r.schema.facts.len();
        for like in repeated {
            another(&mut r, *like);
            let source = r.subjects[usize::from(*like)].source;
            r.subjects.last_mut().expect("there is one").source = source;
        }
        r.schema.facts.truncate(before);
        seal(&mut r);
        verdict(&r, &Limits::default()).expect("in order").worst_case_cost
    };
    let none = cost(&[]);
    // Sixteen texts of 32 bytes; one of 32 bytes.
    assert_eq!(cost(&[TAGS]) - none, 10 + 16 * 10 + 16 * 32 / 16);
    assert_eq!(cost(&[NAME]) - none, 10 + 32 / 16);
    assert_eq!(cost(&[TAGS; 100]) - none, 100 * (cost(&[TAGS]) - none));
}

/// Takes the first cut of one subject away and gives it to the one before it.
fn give_cut(r: &mut Ruleset, to: u16, from: u16) {
    let start = subject(r, from).cuts.start;
    subject(r, to).cuts = Range { start, length: 1 };
    let cuts = &mut subject(r, from).cuts;
    *cuts = Range { start: start + 1, length: cuts.length - 1 };
}

/// The same for the first word in the order of hashes. Those that stay are numbered anew.
fn give_word(r: &mut Ruleset, to: u16, from: u16) {
    let start = subject(r, from).words.start;
    subject(r, to).words = Range { start, length: 1 };
    let words = &mut subject(r, from).words;
    *words = Range { start: start + 1, length: words.length - 1 };
    r.words[start as usize].number = 0;
    for (number, word) in (0..).zip(&mut r.words[start as usize + 1..]) {
        word.number = number;
    }
}

#[test]
fn subjects_have_the_cuts_and_words_that_their_values_are_ranked_by() {
    refused! { SubjectTable:
        at(TAGS), |r| {
            r.cuts.insert(2, 7);
            subject(r, TAGS).cuts = Range { start: 2, length: 1 };
            r.subjects[2..].iter_mut().for_each(|s| s.cuts.start += u32::from(s.cuts.length > 0));
        };
        at(KIND), |r| give_cut(r, KIND, LAT);
        at(KIND), |r| give_word(r, KIND, NAME);
        at(NOW), |r| give_word(r, NOW, NAME);
        at(GOLD), |r| give_word(r, GOLD, NAME);
        at(NAME), |r| give_cut(r, NAME, VETERAN);
    }
    // Without any there are ranks all the same: absent, and there.
    let without = |r: &mut Ruleset| {
        r.cuts.drain(0..2);
        for subject in &mut r.subjects {
            subject.cuts.start = subject.cuts.start.saturating_sub(2);
        }
        subject(r, LEVEL).cuts = Range::default();
        r.predicates[0] = Predicate::new(PredicateKind::Interval, true, LEVEL, 1, 0).0;
    };
    assert_eq!(refusal(without), None);
}

#[test]
fn cuts_ascend() {
    refused! { SubjectTable:
        at(LEVEL), |r| r.cuts.swap(0, 1);
        at(LEVEL), |r| r.cuts[1] = r.cuts[0];
        at(LON), |r| r.cuts.swap(3, 4);
        at(NOW), |r| r.cuts[5] = u64::MAX;
        at(GOLD), |r| r.cuts[8] = 0;
        at(VETERAN), |r| { r.cuts.extend([7, 8]); subject(r, VETERAN).cuts.length = 3 };
    }
    // They ascend within a subject only.
    assert_eq!(refusal(|r| r.cuts[1] = u64::MAX), None);
}

#[test]
fn cuts_and_words_belong_to_one_subject_each() {
    refused! { SectionRange:
        at(LEVEL), |r| subject(r, LEVEL).cuts.start = 1;
        at(LAT), |r| subject(r, LAT).cuts.start = 1;
        at(VETERAN), |r| subject(r, VETERAN).cuts.length = 2;
        at(LAT), |r| subject(r, LEVEL).cuts.length = 1;
        10, |r| r.cuts.push(u64::MAX);
        at(TAGS), |r| subject(r, TAGS).words.start = 1;
        at(NAME), |r| subject(r, NAME).words.length = 4;
        at(NAME), |r| subject(r, NAME).words = Range { start: u32::MAX, length: 2 };
        5, |r| r.words.push(r.words[0]);
    }
}

#[test]
fn words_are_in_order_of_their_hashes_and_numbered_from_0_on() {
    refused! { DictionaryTable:
        at(TAGS), |r| r.words.swap(0, 1);
        at(TAGS), |r| r.words[1] = DictionaryWord { number: r.words[1].number, ..r.words[0] };
        at(TAGS), |r| word(r, TAGS, 0).hash ^= 1;
        at(TAGS), |r| word(r, TAGS, 1).hash ^= 1;
        at(TAGS), |r| word(r, TAGS, 1).text = word(r, TAGS, 0).text;
        at(TAGS), |r| word(r, TAGS, 0).number = 2;
        at(TAGS), |r| word(r, TAGS, 0).number = u32::MAX;
        at(TAGS), |r| word(r, TAGS, 0).number = word(r, TAGS, 1).number;
        at(NAME), |r| word(r, NAME, 0).number = 3;
        at(NAME), |r| word(r, NAME, 2).number = word(r, NAME, 0).number;
        at(NAME), |r| r.words[2..].reverse();
    }
    // Numbers are in any order.
    let other_numbers = |r: &mut Ruleset| {
        r.words[2..].iter_mut().for_each(|word| word.number = 2 - word.number);
    };
    assert_eq!(refusal(other_numbers), None);
}

#[test]
fn words_that_share_long_text_are_hashed_within_a_budget() {
    // One text, and many dictionaries that have it: little in the file, much to hash.
    let shared = |length: u32, dictionaries: usize| {
        let refused = refusal(|r| {
            let offset = r.data.len() as u32;
            r.data.resize(r.data.len() + length as usize, b'x');
            let hash = xxhash_rust::xxh3::xxh3_64(&r.data[offset as usize..]);
            for _ in 0..dictionaries {
                another(r, NAME);
                r.subjects.last_mut().expect("there is one").words.length = 1;
                r.words.push(DictionaryWord { hash, text: Text { offset, length }, number: 0 });
            }
        });
        refused.map(|(code, _)| code)
    };
    assert_eq!(shared(1 << 20, 40), Some(ErrorCode::DictionaryTable));
    // A mebibyte is free, and all else may be hashed sixteen times.
    assert_eq!(shared(1 << 16, 31), None);
    assert_eq!(shared(1 << 16, 40), Some(ErrorCode::DictionaryTable));
}

#[test]
fn words_are_text() {
    refused! { TextRange:
        at(TAGS), |r| word(r, TAGS, 0).text.offset = u32::MAX;
        at(NAME), |r| word(r, NAME, 2).text.length = u32::MAX;
    }
}

#[test]
fn a_dictionary_may_be_empty() {
    let without = |r: &mut Ruleset| {
        subject(r, NAME).words.length = 0;
        r.words.truncate(2);
        // What is there has rank 1.
        r.sets[1] = 2;
        let both = Predicate::new(PredicateKind::Runs, false, NAME, 0, 2);
        r.predicates[3] = both.0;
    };
    assert_eq!(refusal(without), None);
}

#[test]
fn a_subject_has_no_more_ranks_than_predicates_can_name() {
    let of_cuts = |count: u64| {
        let mut r = tables();
        r.subjects = vec![Subject {
            kind: SubjectKind::Fact as u16,
            source: 0,
            cuts: Range { start: 0, length: count as u32 },
            words: Range::default(),
        }];
        r.cuts = (0..count).collect();
        seal(&mut r);
        refusal_of(&r)
    };
    let most = MAX_RANKS as u64 - 2;
    assert_eq!(of_cuts(most), None);
    assert_eq!(of_cuts(most + 1), Some((ErrorCode::SubjectTable, Some(0))));
}
