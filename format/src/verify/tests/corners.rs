//! What readers rely on at the ends of ranges: text that is cut within a character,
//! labels that many facts share, clocks at the ends of time, tables that are too long.

use super::fixture::*;
use super::{refusal, refusal_of, refused, seal};
use crate::archive::*;
use crate::code::Getter;
use crate::error::ErrorCode;
use crate::meaning::Timestamp;
use crate::schema::FactKind;
use crate::types::{TypeId, TypeKind};
use crate::value::{Reference, Space, Word};
use crate::verify::{MAX_NAME, MAX_TYPES};
use xxhash_rust::xxh3::xxh3_64;

/// Part of a character of two bytes: the first, or the second.
fn half(r: &mut Ruleset, second: u32) -> Text {
    let whole = text(r, "é");
    Text { offset: whole.offset + second, length: 1 }
}

#[test]
fn text_begins_and_ends_between_characters() {
    for second in [0, 1] {
        refused! { TextRange:
            0, |r| r.identity.name = half(r, second);
            1, |r| r.rules[1].id = half(r, second);
            1, |r| r.schema.labels[1] = half(r, second);
                1, |r| r.outputs[1].name = half(r, second);
        }
    }
}

#[test]
fn labels_that_many_facts_share_are_hashed_within_a_limit() {
    let shared = |labels: usize, facts: usize| {
        let mut ruleset = empty();
        let r = &mut ruleset;
        r.schema.labels = (0..labels).map(|n| text(r, &n.to_string())).collect();
        r.schema.enums = vec![Range { start: 0, length: labels as u32 }];
        r.schema.types = vec![FactType { kind: FactKind::Enum as u16, item: 0, bound: 0 }];
        for number in 0..facts {
            let path = text(r, &format!("f{number}"));
            let slot = 8 * number as u32;
            let fact = Fact { path, fact_type: 0, value_type: STRING, optional: 0, slot };
            r.schema.facts.push(fact);
        }
        seal(r);
        refusal_of(r)
    };
    assert_eq!(shared(1 << 10, 1 << 10), None);
    let labels = (1 << 20) + (1 << 10);
    assert_eq!(shared(1 << 10, (1 << 10) + 1), Some((ErrorCode::TooLarge, Some(labels))));
}

#[test]
fn labels_within_lists_count_too_and_so_do_their_bytes() {
    let shared = |labels: usize, length: usize, facts: usize| {
        let mut ruleset = empty();
        let r = &mut ruleset;
        r.types.push(TypeKind::List(TypeId::STRING).into());
        r.schema.labels = (0..labels).map(|n| text(r, &format!("{n:0length$}"))).collect();
        r.schema.enums = vec![Range { start: 0, length: labels as u32 }];
        let kind = |kind: FactKind, bound| FactType { kind: kind as u16, item: 0, bound };
        r.schema.types = vec![kind(FactKind::Enum, 0), kind(FactKind::List, 4)];
        for number in 0..facts {
            let path = text(r, &format!("f{number}"));
            let slot = 8 * number as u32;
            let fact = Fact { path, fact_type: 1, value_type: LIST_STRING, optional: 0, slot };
            r.schema.facts.push(fact);
        }
        seal(r);
        refusal_of(r)
    };
    assert_eq!(shared(1 << 10, 4, 1 << 10), None);
    let labels = (1 << 20) + (1 << 10);
    assert_eq!(shared(1 << 10, 4, (1 << 10) + 1), Some((ErrorCode::TooLarge, Some(labels))));
    // Sixteen labels as long as names may be.
    assert_eq!(shared(16, MAX_NAME, 1 << 10), None);
    let labels = 16 * ((1 << 10) + 1);
    assert_eq!(shared(16, MAX_NAME, (1 << 10) + 1), Some((ErrorCode::TooLarge, Some(labels))));
}

#[test]
fn a_group_of_facts_is_seen_whatever_stands_between() {
    let named = |paths: [&str; 3]| {
        let mut ruleset = empty();
        let r = &mut ruleset;
        r.schema.types = vec![FactType { kind: FactKind::Int as u16, item: 0, bound: 0 }];
        for (slot, path) in (0..).step_by(8).zip(paths) {
            let path = text(r, path);
            r.schema.facts.push(Fact { path, fact_type: 0, value_type: INT, optional: 0, slot });
        }
        seal(r);
        refusal_of(r)
    };
    assert_eq!(named(["a", "a\0", "b.c"]), None);
    assert_eq!(named(["a", "a\0", "a.b"]), Some((ErrorCode::SchemaFact, Some(2))));
    assert_eq!(named(["a", "a-", "a.b"]), Some((ErrorCode::SchemaFact, Some(2))));
    assert_eq!(named(["a.b", "a", "a\u{1}"]), Some((ErrorCode::SchemaFact, Some(0))));
}

#[test]
fn there_are_types_for_all_numbers_of_types() {
    let mut r = empty();
    let mut of = 0;
    while r.types.len() < MAX_TYPES {
        let item = TypeId(of);
        of += 1;
        if ![TypeId::CURSOR, TypeId::PENDING].contains(&item) {
            r.types.push(TypeKind::List(item).into());
            for key in [TypeId::BOOL, TypeId::INT, TypeId::UINT, TypeId::STRING] {
                r.types.push(TypeKind::Map(key, item).into());
            }
        }
    }
    r.types.truncate(MAX_TYPES);
    seal(&mut r);
    assert_eq!(refusal_of(&r), None);
}

#[test]
fn clocks_read_at_the_ends_of_time_and_of_offsets() {
    // The longest offsets that an instruction or a zone may have.
    for offset in [-86_399, -1, 0, 1, 86_399] {
        for moment in [Timestamp::MIN, Timestamp::MAX] {
            for getter in Getter::ALL {
                let read = getter.read(moment, offset);
                assert!((-1..=10_000).contains(&read), "{getter:?} of {moment:?} at {offset}");
            }
        }
    }
    let year = |moment, offset| Getter::FullYear.read(moment, offset);
    assert_eq!((year(Timestamp::MIN, -1), year(Timestamp::MAX, 1)), (0, 10_000));
}

#[test]
fn there_are_no_more_types_than_numbers_for_them() {
    let beyond = |r: &mut Ruleset| r.types.resize((1 << 16) + 1, TypeKind::Int.into());
    assert_eq!(refusal(beyond), Some((ErrorCode::TypeTable, Some((1 << 16) + 1))));
}

#[test]
fn strings_of_constants_and_words_are_cut_between_characters() {
    refused! { ConstantTable:
        0, |r| {
            let Text { offset, length } = half(r, 0);
            let reference = Reference::new(Space::Archive, offset as usize, length as usize);
            r.constants[0].value = Word::from_reference(reference);
        };
    }
    refused! { TextRange:
        u64::from(NAME), |r| {
            let start = r.subjects[usize::from(NAME)].words.start as usize;
            r.words[start].text = half(r, 1);
            r.words[start].hash = xxh3_64(&[0xa9]);
        };
    }
}
