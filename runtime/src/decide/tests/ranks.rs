//! What rank a value has: of every ranking, at its ends, where it is absent.
//!
//! For each rank of a subject there is a rule that matches it alone; so the rule
//! that matches says the rank, without an index and with one.

use super::faulty;
use crate::testing::assemble::{Assembled, Assembler, Code, Given, Source};
use rulestone_format::code::Opcode;
use rulestone_format::meaning::{Fault, Point, Timestamp};
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::schema::FactKind;
use rulestone_format::subject::{KeyKind, SubjectKind, timestamp_key};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::Word;

/// One archive with an index and one without.
struct Ranks([Assembled; 2]);

impl Ranks {
    /// Of the one subject that `assemble` adds, which has so many ranks.
    fn new(ranks: u32, assemble: impl Fn(&mut Assembler) -> u16) -> Ranks {
        Ranks([false, true].map(|with_index| {
            let mut assembler = Assembler::new();
            let subject = assemble(&mut assembler);
            for rank in 0..ranks {
                let rule = assembler.rule_without_slots(&rank.to_string(), 0, &[]);
                let only = Predicate::new(PredicateKind::Interval, false, subject, rank, 0);
                assembler.slot(rule, &[only], None);
            }
            if with_index {
                assembler.index(&[subject]);
            }
            let assembled = assembler.finish();
            assembled.is_in_order();
            assembled
        }))
    }

    #[track_caller]
    fn of(&self, facts: &[Option<Given<'_>>]) -> u32 {
        let [without, with] = self.0.each_ref().map(|assembled| {
            let frame = assembled.frame(facts);
            let mut session = assembled.session();
            let decision = session.decide(&frame).expect("a good frame");
            let rules: Vec<u32> = decision.matched().map(|rule| rule.index() as u32).collect();
            assert_eq!(rules.len(), 1, "one rank: {rules:?}");
            rules[0]
        });
        assert_eq!(without, with, "with the index");
        without
    }

    #[track_caller]
    fn of_one(&self, fact: Given<'_>) -> u32 {
        self.of(&[Some(fact)])
    }
}

/// A fact of a kind that needs no more than its name, by the keys of cuts.
fn by_cuts(kind: FactKind, value_type: TypeId, key_kind: KeyKind, cuts: &[Word]) -> Ranks {
    let keys: Vec<u64> = cuts.iter().map(|cut| key_kind.key(*cut)).collect();
    Ranks::new(cuts.len() as u32 + 2, |assembler| {
        let fact = assembler.plain_fact("it", kind, value_type);
        assembler.subject(SubjectKind::Fact, fact, &keys, &[])
    })
}

#[test]
fn ints_and_durations_are_ranked_by_the_cuts_that_they_reach() {
    let cuts = [i64::MIN + 1, -1, 0, 10, i64::MAX].map(Word::from_int);
    for (kind, id) in [(FactKind::Int, TypeId::INT), (FactKind::Duration, TypeId::DURATION)] {
        let ranks = by_cuts(kind, id, KeyKind::Signed, &cuts);
        for (value, expected) in [
            (i64::MIN, 1),
            (i64::MIN + 1, 2),
            (-2, 2),
            (-1, 3),
            (0, 4),
            (9, 4),
            (10, 5),
            (i64::MAX - 1, 5),
            (i64::MAX, 6),
        ] {
            assert_eq!(ranks.of_one(Given::Narrow(Word::from_int(value))), expected, "{value}");
        }
        assert_eq!(ranks.of(&[None]), 0);
        assert_eq!(ranks.of(&[]), 0, "the sender doesn't know the fact");
    }
}

#[test]
fn uints_are_ranked_without_a_sign() {
    let cuts = [1, 1 << 63, u64::MAX].map(Word::from_uint);
    let ranks = by_cuts(FactKind::Uint, TypeId::UINT, KeyKind::Unsigned, &cuts);
    for (value, expected) in
        [(0, 1), (1, 2), ((1 << 63) - 1, 2), (1 << 63, 3), (u64::MAX - 1, 3), (u64::MAX, 4)]
    {
        assert_eq!(ranks.of_one(Given::Narrow(Word::from_uint(value))), expected, "{value}");
    }
    assert_eq!(ranks.of(&[None]), 0);
}

#[test]
fn a_subject_without_cuts_is_there_or_absent() {
    let ranks = by_cuts(FactKind::Int, TypeId::INT, KeyKind::Signed, &[]);
    for value in [i64::MIN, 0, i64::MAX] {
        assert_eq!(ranks.of_one(Given::Narrow(Word::from_int(value))), 1);
    }
    assert_eq!(ranks.of(&[None]), 0);
}

#[test]
fn an_optional_fact_is_absent_from_senders_that_do_not_know_it() {
    let cuts = [KeyKind::Signed.key(Word::from_int(10))];
    // Of three facts the first is required.
    for number in 0..3 {
        let ranks = Ranks::new(3, |assembler| {
            let facts: Vec<u32> = ["a", "b", "c"]
                .map(|path| assembler.plain_fact(path, FactKind::Int, TypeId::INT))
                .to_vec();
            assembler.ruleset.schema.facts[0].optional = 0;
            assembler.subject(SubjectKind::Fact, facts[number], &cuts, &[])
        });
        for known in 1..=3 {
            for middle in [true, false] {
                let value = |value| Some(Given::Narrow(Word::from_int(value)));
                let mut facts = vec![value(9), value(10).filter(|_| middle), value(11)];
                facts.truncate(known);
                let expected = match number {
                    0 => 1,
                    1 => 2 * u32::from(middle && known > 1),
                    _ => 2 * u32::from(known > 2),
                };
                assert_eq!(ranks.of(&facts), expected, "fact {number} of {known}");
            }
        }
    }
}

#[test]
fn many_cuts_are_told_apart() {
    for count in [7, 8, 9, 64, 65, 600] {
        let cuts: Vec<Word> = (0..count).map(|n| Word::from_int(10 * n)).collect();
        let ranks = by_cuts(FactKind::Int, TypeId::INT, KeyKind::Signed, &cuts);
        for value in [-1, 0, 9, 10, 75, 80, 10 * count - 11, 10 * count - 10, 10 * count, i64::MAX]
        {
            let expected = 1 + (0..count).filter(|n| 10 * n <= value).count() as u32;
            let found = ranks.of_one(Given::Narrow(Word::from_int(value)));
            assert_eq!(found, expected, "{value} among {count}");
        }
    }
}

#[test]
fn doubles_are_ranked_by_their_order_with_nan_outside_it() {
    let key = |value| KeyKind::Double.key(Word::from_double(value));
    // What rules ask: at least minus infinity, 0.0 whatever its sign, more than 0.0,
    // more than infinity.
    let infinite = [key(f64::NEG_INFINITY), key(f64::INFINITY) + 1];
    let cuts = [infinite[0], key(-0.0), key(0.0) + 1, infinite[1]];
    let ranks = Ranks::new(cuts.len() as u32 + 2, |assembler| {
        let fact = assembler.plain_fact("it", FactKind::Double, TypeId::DOUBLE);
        assembler.subject(SubjectKind::Fact, fact, &cuts, &[])
    });
    for (value, expected) in [
        (f64::NEG_INFINITY, 2),
        (f64::MIN, 2),
        (-5e-324, 2),
        (-0.0, 3),
        (0.0, 3),
        (5e-324, 4),
        (1.0, 4),
        (f64::MAX, 4),
        (f64::INFINITY, 4),
    ] {
        assert_eq!(ranks.of_one(Given::Narrow(Word::from_double(value))), expected, "{value}");
    }
    for bits in [0x7ff8 << 48, 0xfff8 << 48, (0x7ff0 << 48) + 1, (0xfff0 << 48) + 1, u64::MAX] {
        let rank = ranks.of_one(Given::Narrow(Word::from_uint(bits)));
        assert!([1, 5].contains(&rank), "NaN {bits:x} is beyond the infinities: {rank}");
    }
    assert_eq!(ranks.of(&[None]), 0);
}

#[test]
fn moments_between_two_seconds_are_told_from_both() {
    for second in [1_780_000_000, 0, -1, -62_135_596_800] {
        let whole = timestamp_key(second, false);
        let cuts = [whole, timestamp_key(second, true), timestamp_key(second + 1, false)];
        let ranks = Ranks::new(5, |assembler| {
            let now = assembler.plain_fact("now", FactKind::Timestamp, TypeId::TIMESTAMP);
            assembler.subject(SubjectKind::Fact, now, &cuts, &[])
        });
        let of = |seconds, nanos| {
            ranks.of_one(Given::Wide(Word::from_timestamp(Timestamp { seconds, nanos })))
        };
        if second > -62_135_596_800 {
            assert_eq!(of(second - 1, 999_999_999), 1);
        }
        assert_eq!(of(second, 0), 2);
        assert_eq!(of(second, 1), 3);
        assert_eq!(of(second, 500_000_000), 3);
        assert_eq!(of(second, 999_999_999), 3);
        assert_eq!(of(second + 1, 0), 4);
        assert_eq!(of(253_402_300_799, 999_999_999), 4);
        assert_eq!(ranks.of(&[None]), 0);
    }
}

#[test]
fn bools_and_enums_are_ranked_by_their_number() {
    let ranks = Ranks::new(3, |assembler| {
        let fact = assembler.plain_fact("it", FactKind::Bool, TypeId::BOOL);
        assembler.subject(SubjectKind::Fact, fact, &[], &[])
    });
    assert_eq!(ranks.of_one(Given::Narrow(Word::FALSE)), 1);
    assert_eq!(ranks.of_one(Given::Narrow(Word::TRUE)), 2);
    assert_eq!(ranks.of(&[None]), 0);
    let labels = ["ios", "android", "web"];
    let ranks = Ranks::new(4, |assembler| {
        // Another enum before it, so that it isn't the first.
        let other = assembler.labels(&["a", "b", "c", "d", "e"]);
        let other = assembler.fact_type(FactKind::Enum, other);
        assembler.fact("other", other, TypeId::STRING);
        let platform = assembler.labels(&labels);
        let platform = assembler.fact_type(FactKind::Enum, platform);
        let platform = assembler.fact("platform", platform, TypeId::STRING);
        assembler.subject(SubjectKind::Fact, platform, &[], &[])
    });
    for label in 0..3 {
        let label = Word::from_uint(label);
        let found =
            ranks.of(&[Some(Given::Narrow(Word::from_uint(4))), Some(Given::Narrow(label))]);
        assert_eq!(found, 1 + label.low as u32);
    }
    assert_eq!(ranks.of(&[Some(Given::Narrow(Word::from_uint(4))), None]), 0);
}

#[test]
fn a_point_has_a_latitude_and_a_longitude() {
    let key = |value| KeyKind::Double.key(Word::from_double(value));
    let of = |kind| {
        Ranks::new(4, |assembler| {
            assembler.plain_fact("level", FactKind::Int, TypeId::INT);
            let point = assembler.plain_fact("point", FactKind::Point, TypeId::POINT);
            assembler.subject(kind, point, &[key(-10.0), key(50.0)], &[])
        })
    };
    let (latitude, longitude) = (of(SubjectKind::Latitude), of(SubjectKind::Longitude));
    for (lat, lon, expected) in [
        (-11.0, 50.0, (1, 3)),
        (50.0, -10.5, (3, 1)),
        (0.0, 1e300, (2, 3)),
        (f64::NEG_INFINITY, -10.0, (1, 2)),
    ] {
        let facts = || [None, Some(Given::Wide(Word::from_point(Point { lat, lon })))];
        assert_eq!((latitude.of(&facts()), longitude.of(&facts())), expected, "{lat} {lon}");
    }
    assert_eq!((latitude.of(&[None, None]), longitude.of(&[None, None])), (0, 0));
}

const WORDS: [&str; 11] = [
    "",
    "a",
    "ab",
    "vip",
    "beta",
    "abcdefgh",
    "abcdefghabcdefgh",
    "abcdefghabcdefghi",
    "a word of more than sixteen bytes",
    "é",
    "a\0",
];

#[test]
fn text_is_ranked_by_its_word() {
    let ranks = Ranks::new(WORDS.len() as u32 + 2, |assembler| {
        let fact = assembler.plain_fact("it", FactKind::String, TypeId::STRING);
        assembler.subject(SubjectKind::Fact, fact, &[], &WORDS)
    });
    for (number, word) in (0..).zip(WORDS) {
        assert_eq!(ranks.of_one(Given::Text(word)), 1 + number, "{word}");
    }
    let unknown = 1 + WORDS.len() as u32;
    for word in [
        "b",
        "aa",
        "\0",
        "\0a",
        "vip ",
        "Vip",
        "bet",
        "abcdefg",
        "abcdefghabcdefg",
        "abcdefghabcdefgi",
        "abcdefghabcdefghj",
        "a word of more than sixteen bytes!",
        "b word of more than sixteen bytes",
        "a word of more than sixteen byte",
    ] {
        assert_eq!(ranks.of_one(Given::Text(word)), unknown, "{word}");
    }
    assert_eq!(ranks.of(&[None]), 0);
}

#[test]
fn text_without_words_is_there_or_absent() {
    let ranks = Ranks::new(2, |assembler| {
        let fact = assembler.plain_fact("it", FactKind::String, TypeId::STRING);
        assembler.subject(SubjectKind::Fact, fact, &[], &[])
    });
    assert_eq!(ranks.of_one(Given::Text("")), 1);
    assert_eq!(ranks.of_one(Given::Text("vip")), 1);
    assert_eq!(ranks.of(&[None]), 0);
}

#[test]
fn a_list_is_there_or_absent() {
    let ranks = Ranks::new(2, |assembler| {
        let list_type = assembler.kind(TypeKind::List(TypeId::STRING));
        let item = assembler.fact_type(FactKind::String, 0);
        let list = assembler.fact_type(FactKind::List, item);
        let list = assembler.fact("tags", list, list_type);
        assembler.subject(SubjectKind::Fact, list, &[], &["vip"])
    });
    assert_eq!(ranks.of_one(Given::List(vec![])), 1);
    assert_eq!(ranks.of_one(Given::List(vec![Given::Text("vip"), Given::Text("x")])), 1);
    assert_eq!(ranks.of(&[None]), 0);
}

/// A variable that gives what is left of this code.
fn variable(
    assembler: &mut Assembler,
    result: TypeId,
    write: impl Fn(&mut Assembler, &mut Code) -> u16,
) -> u32 {
    let mut code = Code::default();
    let register = write(assembler, &mut code);
    let unit = assembler.unit(result, code.give(register));
    assembler.variable(unit)
}

#[test]
fn a_variable_is_ranked_by_its_value_and_absent_where_it_fails() {
    let cuts = [KeyKind::Signed.key(Word::from_int(10)), KeyKind::Signed.key(Word::from_int(20))];
    let ranks = Ranks::new(4, |assembler| {
        let level = assembler.plain_fact("level", FactKind::Int, TypeId::INT);
        let twice = variable(assembler, TypeId::INT, |_, code| {
            let level = code.value(Opcode::Fact, TypeId::INT, 0, 0, level);
            code.value(Opcode::AddInt, TypeId::INT, level, level, 0)
        });
        assembler.subject(SubjectKind::Variable, twice, &cuts, &[])
    });
    let of = |level| ranks.of_one(Given::Narrow(Word::from_int(level)));
    assert_eq!((of(4), of(5), of(9), of(10)), (1, 2, 2, 3));
    assert_eq!(of(i64::MAX), 0, "it overflows");
    assert_eq!(ranks.of(&[None]), 0, "what it is made of is absent");
}

#[test]
fn variables_of_other_types_are_ranked_as_facts_are() {
    // Text that the variable makes, in the scratch memory.
    let ranks = Ranks::new(5, |assembler| {
        let name = assembler.plain_fact("name", FactKind::String, TypeId::STRING);
        let greeting = assembler.string("dear ");
        let joined = variable(assembler, TypeId::STRING, |assembler, code| {
            let greeting = code.constant(assembler, TypeId::STRING, greeting);
            let name = code.value(Opcode::Fact, TypeId::STRING, 0, 0, name);
            code.value(Opcode::Join2, TypeId::STRING, greeting, name, 0)
        });
        let words = ["dear Gordon", "Gordon", "dear Dr. Freeman of Black Mesa"];
        assembler.subject(SubjectKind::Variable, joined, &[], &words)
    });
    assert_eq!(ranks.of_one(Given::Text("Gordon")), 1);
    assert_eq!(ranks.of_one(Given::Text("Dr. Freeman of Black Mesa")), 3);
    assert_eq!(ranks.of_one(Given::Text("Barney")), 4);
    assert_eq!(ranks.of(&[None]), 0);

    let fact = |kind, id: TypeId, cuts: Vec<u64>, ranks| {
        Ranks::new(ranks, move |assembler| {
            let fact = assembler.plain_fact("it", kind, id);
            let same = variable(assembler, id, |_, code| code.value(Opcode::Fact, id, 0, 0, fact));
            assembler.subject(SubjectKind::Variable, same, &cuts, &[])
        })
    };
    let of_bool = fact(FactKind::Bool, TypeId::BOOL, vec![], 3);
    assert_eq!(of_bool.of_one(Given::Narrow(Word::FALSE)), 1);
    assert_eq!(of_bool.of_one(Given::Narrow(Word::TRUE)), 2);
    assert_eq!(of_bool.of(&[None]), 0);
    let second = vec![timestamp_key(100, false), timestamp_key(100, true)];
    let of_moment = fact(FactKind::Timestamp, TypeId::TIMESTAMP, second, 4);
    for (seconds, nanos, expected) in [(99, 1, 1), (100, 0, 2), (100, 1, 3), (101, 0, 3)] {
        let moment = Word::from_timestamp(Timestamp { seconds, nanos });
        assert_eq!(of_moment.of_one(Given::Wide(moment)), expected, "{seconds}.{nanos}");
    }
    let of_uint = fact(FactKind::Uint, TypeId::UINT, vec![1 << 63], 3);
    assert_eq!(of_uint.of_one(Given::Narrow(Word::from_uint(u64::MAX))), 2);
    assert_eq!(of_uint.of_one(Given::Narrow(Word::from_uint(7))), 1);
    let half = KeyKind::Double.key(Word::from_double(0.5));
    let of_double = fact(FactKind::Double, TypeId::DOUBLE, vec![half], 3);
    assert_eq!(of_double.of_one(Given::Narrow(Word::from_double(-0.5))), 1);
    assert_eq!(of_double.of_one(Given::Narrow(Word::from_double(0.5))), 2);
}

#[test]
fn a_variable_that_always_fails_is_absent() {
    let ranks = Ranks::new(3, |assembler| {
        let Source::Unit(unit) = faulty(assembler, TypeId::BOOL, Fault::Overflow) else {
            unreachable!("it is a unit");
        };
        let variable = assembler.variable(unit);
        assembler.subject(SubjectKind::Variable, variable, &[], &[])
    });
    assert_eq!(ranks.of(&[]), 0);
}
