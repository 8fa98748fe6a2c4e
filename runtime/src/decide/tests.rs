//! What deciding promises: predicates, hit policies, outputs, errors, JSON.

mod agreement;
mod dense;
mod facts;
mod hostile;
mod matching;
mod outputs;
mod packed;
mod ranks;
mod scan;

use crate::decision::{DecisionError, ValueRef};
use crate::session::Session;
use crate::testing::assemble::{Assembled, Assembler, Code, Given, Source};
use rulestone_format::ErrorCode;
use rulestone_format::code::Opcode;
use rulestone_format::meaning::{Fault, Point, Timestamp, order};
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::rule::{Combine, HitPolicy};
use rulestone_format::schema::FactKind;
use rulestone_format::subject::SubjectKind;
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::Word;

/// The line of JSON for a frame.
fn line(session: &mut Session, frame: &[u8]) -> String {
    let mut line = Vec::new();
    match session.decide(frame) {
        Ok(decision) => decision.write_json(&mut line),
        Err(error) => return error.to_string(),
    }
    String::from_utf8(line).expect("is text")
}

/// The line of JSON where there are no facts.
fn decided(assembler: Assembler) -> String {
    let assembled = assembler.finish();
    let frame = assembled.frame(&[]);
    line(&mut assembled.session(), &frame)
}

/// That an int, whose cuts these are, is one of them or greater.
fn at_least(subject: u16, cuts: &[i64], low: i64) -> Predicate {
    let rank = 2 + cuts.iter().position(|cut| *cut == low).expect("is a cut") as u32;
    let width = cuts.len() as u32 + 1 - rank;
    Predicate::new(PredicateKind::Interval, false, subject, rank, width)
}

/// The same, negated.
fn not(predicate: Predicate) -> Predicate {
    Predicate(predicate.0 | 1)
}

fn int(value: i64) -> Source {
    Source::Constant(Word::from_int(value))
}

/// A unit that always faults.
fn faulty(assembler: &mut Assembler, result: TypeId, fault: Fault) -> Source {
    let mut code = Code::default();
    code.push(Opcode::Fail, 0, 0, 0, fault as u32);
    Source::Unit(assembler.unit(result, code))
}

#[test]
fn a_rule_matches_where_all_its_predicates_hold_and_its_condition_is_true() {
    let mut assembler = Assembler::new();
    let level = assembler.plain_fact("level", FactKind::Int, TypeId::INT);
    let premium = assembler.plain_fact("premium", FactKind::Bool, TypeId::BOOL);
    let mut code = Code::default();
    let register = code.value(Opcode::Fact, TypeId::BOOL, 0, 0, premium);
    let is_premium = assembler.unit(TypeId::BOOL, code.give(register));
    let cuts = [-5, 10, 20];
    let level = assembler.subject(SubjectKind::Fact, level, &cuts.map(order::int_key), &[]);
    let at_least = |low| at_least(level, &cuts, low);
    assembler.rule("ten", 0, &[at_least(10)], None, &[]);
    assembler.rule("below", 0, &[not(at_least(10))], None, &[]);
    assembler.rule("both", 0, &[at_least(-5), at_least(20)], Some(is_premium), &[]);
    assembler.rule("always", 0, &[], None, &[]);
    let assembled = assembler.finish();
    let mut session = assembled.session();
    let mut matched = |level: Option<i64>, premium: Option<bool>| {
        let level = level.map(|level| Given::Narrow(Word::from_int(level)));
        let premium = premium.map(|premium| Given::Narrow(Word::from_bool(premium)));
        line(&mut session, &assembled.frame(&[level, premium]))
    };
    let expected = |rules: &str| format!("{{\"matched\":[{rules}],\"outputs\":{{}}}}");
    assert_eq!(matched(Some(10), Some(true)), expected("\"ten\",\"always\""));
    assert_eq!(matched(Some(9), Some(true)), expected("\"below\",\"always\""));
    assert_eq!(matched(Some(-9), None), expected("\"below\",\"always\""));
    assert_eq!(matched(Some(20), Some(true)), expected("\"ten\",\"both\",\"always\""));
    assert_eq!(matched(Some(20), Some(false)), expected("\"ten\",\"always\""));
    // An absent fact is a fault in a condition, and holds in no predicate, negated or not.
    assert_eq!(matched(Some(20), None), expected("\"ten\",\"always\""));
    assert_eq!(matched(None, Some(true)), expected("\"always\""));
    // Older senders know fewer facts.
    assert_eq!(line(&mut session, &assembled.frame(&[])), expected("\"always\""));
    assert!(session.decide(b"RSF1").is_err());
}

#[test]
fn a_ruleset_that_is_switched_off_matches_nothing_and_gives_defaults() {
    let mut assembler = Assembler::new();
    let points = assembler.output("points", TypeId::INT, Combine::Sum, Some(Word::from_int(7)));
    assembler.output("names", TypeId::STRING, Combine::Collect, None);
    assembler.output("message", TypeId::STRING, Combine::First, None);
    assembler.rule("always", 0, &[], None, &[(points, int(1))]);
    assembler.ruleset.identity.enabled = 0;
    assert_eq!(decided(assembler), r#"{"matched":[],"outputs":{"points":7,"names":[]}}"#);
}

#[test]
fn hit_policies_keep_all_the_first_or_the_only_one() {
    let mut assembler = Assembler::new();
    let first = assembler.group("first", HitPolicy::First);
    let alone = assembler.group("alone", HitPolicy::Unique);
    let crowd = assembler.group("crowd", HitPolicy::Unique);
    let other = assembler.group("other", HitPolicy::Unique);
    for (id, group) in [
        ("a", 0),
        ("b", first),
        ("z", crowd),
        ("d", other),
        ("e", first),
        ("f", other),
        ("g", alone),
        ("h", crowd),
        ("i", 0),
        ("j", crowd),
        ("k", 0),
    ] {
        assembler.rule(id, group, &[], None, &[]);
    }
    let expected = concat!(
        r#"{"matched":["a","b","g","i","k"],"outputs":{},"errors":["#,
        r#"{"kind":"conflict","group":"crowd","rules":["h","j","z"]},"#,
        r#"{"kind":"conflict","group":"other","rules":["d","f"]}]}"#,
    );
    assert_eq!(decided(assembler), expected);
}

#[test]
fn the_first_of_a_group_is_the_first_that_matches() {
    let mut assembler = Assembler::new();
    let group = assembler.group("reward", HitPolicy::First);
    let Source::Unit(never) = faulty(&mut assembler, TypeId::BOOL, Fault::Overflow) else {
        return;
    };
    assembler.rule("never", group, &[], Some(never), &[]);
    assembler.rule("second", group, &[], None, &[]);
    assembler.rule("third", group, &[], None, &[]);
    assert_eq!(decided(assembler), r#"{"matched":["second"],"outputs":{}}"#);
}

#[test]
fn each_way_of_combining_makes_one_value_of_many() {
    let word = Word::from_int;
    for (combine, values, expected) in [
        (Combine::First, vec![5, 9, 2], "5"),
        (Combine::Last, vec![5, 9, 2], "2"),
        (Combine::Sum, vec![5, 9, -2], "12"),
        (Combine::Min, vec![5, -9, 2], "-9"),
        (Combine::Max, vec![5, 9, 2], "9"),
        (Combine::Collect, vec![5, 9, 2], "[5,9,2]"),
    ] {
        let mut assembler = Assembler::new();
        let output = assembler.output("o", TypeId::INT, combine, None);
        for value in values {
            assembler.rule("r", 0, &[], None, &[(output, Source::Constant(word(value)))]);
        }
        assert!(decided(assembler).contains(&format!("{{\"o\":{expected}}}")), "{combine:?}");
    }
    for (combine, expected) in [(Combine::Any, "true"), (Combine::All, "false")] {
        let mut assembler = Assembler::new();
        let output = assembler.output("o", TypeId::BOOL, combine, None);
        for value in [false, true, false] {
            let value = Source::Constant(Word::from_bool(value));
            assembler.rule("r", 0, &[], None, &[(output, value)]);
        }
        assert!(decided(assembler).contains(&format!("{{\"o\":{expected}}}")), "{combine:?}");
    }
}

#[test]
fn sums_of_every_type_tell_an_overflow_alike() {
    for (id, most) in [
        (TypeId::INT, i64::MAX.cast_unsigned()),
        (TypeId::UINT, u64::MAX),
        (TypeId::DURATION, i64::MAX.cast_unsigned()),
    ] {
        let mut assembler = Assembler::new();
        let output = assembler.output("o", id, Combine::Sum, None);
        for value in [1, most] {
            let value = Source::Constant(Word::from_uint(value));
            assembler.rule("r", 0, &[], None, &[(output, value)]);
        }
        assert!(decided(assembler).contains("integer overflow"), "{id:?}");
    }
}

#[test]
fn text_and_times_are_ordered_too() {
    let mut assembler = Assembler::new();
    let least = assembler.output("least", TypeId::STRING, Combine::Min, None);
    let latest = assembler.output("latest", TypeId::TIMESTAMP, Combine::Max, None);
    for (name, seconds) in [("gold", 30), ("Iron", 86_400), ("é", 5)] {
        let name = Source::Constant(assembler.string(name));
        let time = Source::Constant(Word { low: seconds, high: 0 });
        assembler.rule("r", 0, &[], None, &[(least, name), (latest, time)]);
    }
    let expected = r#""outputs":{"least":"Iron","latest":"1970-01-02T00:00:00Z"}"#;
    assert!(decided(assembler).contains(expected));
}

#[test]
fn a_value_that_fails_is_left_out_and_told() {
    let mut assembler = Assembler::new();
    let sum = assembler.output("sum", TypeId::INT, Combine::Sum, None);
    let most = assembler.output("most", TypeId::DOUBLE, Combine::Max, None);
    let names = assembler.output("names", TypeId::STRING, Combine::Collect, None);
    let failing = faulty(&mut assembler, TypeId::STRING, Fault::NoSuchKey);
    let double = |value| Source::Constant(Word::from_double(value));
    let name = Source::Constant(assembler.string("x"));
    assembler.rule("a", 0, &[], None, &[(sum, int(1)), (most, double(f64::NAN)), (names, failing)]);
    assembler.rule("b", 0, &[], None, &[(sum, int(i64::MAX)), (most, double(2.5))]);
    assembler.rule("c", 0, &[], None, &[(sum, int(2)), (most, double(f64::NAN)), (names, name)]);
    let expected = concat!(
        r#"{"matched":["a","b","c"],"outputs":{"sum":3,"most":2.5,"names":["x"]},"errors":["#,
        r#"{"kind":"output","rule":"a","output":"most","message":"NaN cannot be ordered"},"#,
        r#"{"kind":"output","rule":"a","output":"names","message":"no such key"},"#,
        r#"{"kind":"output","rule":"b","output":"sum","message":"integer overflow"},"#,
        r#"{"kind":"output","rule":"c","output":"most","message":"NaN cannot be ordered"}]}"#,
    );
    assert_eq!(decided(assembler), expected);
}

#[test]
fn conflicts_come_before_outputs_that_failed() {
    let mut assembler = Assembler::new();
    let output = assembler.output("o", TypeId::INT, Combine::First, Some(Word::from_int(4)));
    let group = assembler.group("crowd", HitPolicy::Unique);
    let failing = faulty(&mut assembler, TypeId::INT, Fault::DivisionByZero);
    assembler.rule("a", 0, &[], None, &[(output, failing)]);
    assembler.rule("b", group, &[], None, &[(output, int(1))]);
    assembler.rule("c", group, &[], None, &[(output, int(2))]);
    let assembled = assembler.finish();
    let frame = assembled.frame(&[]);
    let mut session = assembled.session();
    let decision = session.decide(&frame).expect("a good frame");
    assert_eq!(decision.output("o"), Some(ValueRef::Int(4)));
    assert_eq!(decision.output("unknown"), None);
    let errors: Vec<_> = decision.errors().collect();
    let [DecisionError::Conflict { group, rules }, DecisionError::Output { rule, output, fault }] =
        errors.as_slice()
    else {
        panic!("{errors:?}");
    };
    assert_eq!((*group, rules.clone().map(|rule| rule.id()).collect()), ("crowd", vec!["b", "c"]));
    assert_eq!((rule.id(), rule.index(), rule.group()), ("a", 0, "default"));
    assert_eq!((*output, *fault), ("o", Fault::DivisionByZero));
    assert_eq!(decision.matched().len(), 1);
}

/// Outputs of text, lists and maps that stand in the frame, in the archive and
/// in the scratch memory.
fn mixed() -> Assembled {
    let mut assembler = Assembler::new();
    let names = assembler.kind(TypeKind::List(TypeId::STRING));
    let scores = assembler.kind(TypeKind::Map(TypeId::STRING, TypeId::INT));
    let name = assembler.plain_fact("name", FactKind::String, TypeId::STRING);
    let item = assembler.fact_type(FactKind::Int, 0);
    let map = assembler.fact_type(FactKind::Map, item);
    let map = assembler.fact("scores", map, scores);
    let greeting = assembler.output("greeting", TypeId::STRING, Combine::First, None);
    let parts = assembler.output("parts", names, Combine::Collect, None);
    let table = assembler.output("scores", scores, Combine::Last, None);

    let mut code = Code::default();
    let hello = assembler.string("hello, ");
    let hello = code.constant(&mut assembler, TypeId::STRING, hello);
    let who = code.value(Opcode::Fact, TypeId::STRING, 0, 0, name);
    let text = code.value(Opcode::Join2, TypeId::STRING, hello, who, 0);
    let greet = assembler.unit(TypeId::STRING, code.give(text));

    let mut code = Code::default();
    let who = code.value(Opcode::Fact, TypeId::STRING, 0, 0, name);
    let blank = assembler.string(" ");
    let blank = code.constant(&mut assembler, TypeId::STRING, blank);
    let all = code.constant(&mut assembler, TypeId::INT, Word::from_int(-1));
    let split = code.value(Opcode::Split, names, who, blank, u32::from(all));
    let split = assembler.unit(names, code.give(split));

    let mut code = Code::default();
    let whole = code.value(Opcode::Fact, scores, 0, 0, map);
    let whole = assembler.unit(scores, code.give(whole));

    assembler.rule("a", 0, &[], None, &[(greeting, Source::Unit(greet))]);
    let both = [(parts, Source::Unit(split)), (table, Source::Unit(whole))];
    assembler.rule("b", 0, &[], None, &both);
    assembler.rule("c", 0, &[], None, &[(parts, Source::Unit(split))]);
    assembler.finish()
}

/// A name, and a map with its length.
fn facts(name: &str) -> [Option<Given<'_>>; 2] {
    let score = |score| Given::Narrow(Word::from_int(score));
    let scores = vec![("\"", score(name.len() as i64)), ("x", score(1))];
    [Some(Given::Text(name)), Some(Given::Map(scores))]
}

#[test]
fn values_are_read_from_every_memory() {
    let assembled = mixed();
    let frame = assembled.frame(&facts("Gordon \u{1}Freeman"));
    let mut session = assembled.session();
    let expected = concat!(
        r#"{"matched":["a","b","c"],"outputs":{"greeting":"hello, Gordon \u0001Freeman","#,
        r#""parts":[["Gordon","\u0001Freeman"],["Gordon","\u0001Freeman"]],"scores":{"\"":15,"x":1}}}"#,
    );
    assert_eq!(line(&mut session, &frame), expected);

    let decision = session.decide(&frame).expect("a good frame");
    let mut buffer = vec![0; expected.len()];
    assert_eq!(decision.json_into(&mut buffer), Ok(expected.len()));
    assert_eq!(buffer, expected.as_bytes());
    assert_eq!(decision.json_into(&mut buffer[1..]), Err(expected.len()));
    assert_eq!(decision.json_into(&mut []), Err(expected.len()));

    let Some(ValueRef::Map(scores)) = decision.output("scores") else {
        panic!("{decision:?}");
    };
    assert_eq!(scores.entry(1), Some((ValueRef::String("x"), ValueRef::Int(1))));
    assert_eq!((scores.len(), scores.entry(2)), (2, None));
    let Some(ValueRef::List(parts)) = decision.output("parts") else {
        panic!("{decision:?}");
    };
    assert_eq!(parts.iter().count(), 2);
    assert_eq!(parts.item(0), parts.item(1));
    assert_eq!(parts.item(2), None);
    let names: Vec<&str> = decision.outputs().map(|(name, _)| name).collect();
    assert_eq!(names, ["greeting", "parts", "scores"]);
}

#[test]
fn outputs_are_read_by_ids_as_what_they_are() {
    let mut assembler = Assembler::new();
    let place = Word::from_point(Point { lat: 1.5, lon: -2.0 });
    let word = assembler.string("x");
    let values: [(&str, TypeId, Word); 9] = [
        ("bool", TypeId::BOOL, Word::TRUE),
        ("int", TypeId::INT, Word::from_int(-7)),
        ("uint", TypeId::UINT, Word::from_uint(7)),
        ("double", TypeId::DOUBLE, Word::from_double(2.5)),
        ("string", TypeId::STRING, word),
        ("bytes", TypeId::BYTES, word),
        ("timestamp", TypeId::TIMESTAMP, Word::from_timestamp(Timestamp { seconds: 5, nanos: 6 })),
        ("duration", TypeId::DURATION, Word::from_int(8)),
        ("point", TypeId::POINT, place),
    ];
    let given: Vec<_> = (values.iter())
        .map(|(name, id, word)| {
            (assembler.output(name, *id, Combine::First, None), Source::Constant(*word))
        })
        .collect();
    assembler.output("absent", TypeId::INT, Combine::First, None);
    assembler.rule("a", 0, &[], None, &given);
    let assembled = assembler.finish();
    let frame = assembled.frame(&[]);
    let mut session = assembled.session();
    let ruleset = session.ruleset().clone();
    let id = |name| ruleset.output(name).expect("there is one");
    let decision = session.decide(&frame).expect("a good frame");
    assert_eq!(decision.bool(id("bool")), Some(true));
    assert_eq!(decision.int(id("int")), Some(-7));
    assert_eq!(decision.uint(id("uint")), Some(7));
    assert_eq!(decision.double(id("double")), Some(2.5));
    assert_eq!(decision.str(id("string")), Some("x"));
    assert_eq!(decision.bytes(id("bytes")), Some(&b"x"[..]));
    assert_eq!(decision.timestamp(id("timestamp")), Some(Timestamp { seconds: 5, nanos: 6 }));
    assert_eq!(decision.duration(id("duration")), Some(8));
    assert_eq!(decision.point(id("point")), Some(Point { lat: 1.5, lon: -2.0 }));
    // What isn't there, and what is of another type.
    assert_eq!((decision.int(id("absent")), decision.value(id("absent"))), (None, None));
    assert_eq!((decision.int(id("duration")), decision.duration(id("int"))), (None, None));
    assert!(decision.list(id("int")).is_none() && decision.map(id("int")).is_none());
    assert_eq!(ruleset.output("unknown"), None);
    let wrong = i64::try_from(decision.value(id("string")).expect("there is one"));
    assert_eq!(
        wrong.expect_err("text is no number").to_string(),
        "the value is of type string, not int"
    );
    assert_eq!(ruleset.rule_number("a"), Some(0));
    assert_eq!(ruleset.rule(0).map(|rule| rule.id()), Some("a"));
    assert_eq!((ruleset.rule_number("b"), ruleset.rule(1).is_none()), (None, true));
}

#[test]
fn a_session_remembers_nothing_of_the_request_before() {
    let assembled = mixed();
    let mut session = assembled.session();
    let long = "very long name ".repeat(1000);
    for name in ["Gordon Freeman", &long, "", "Barney", &long, "Gordon Freeman"] {
        let frame = assembled.frame(&facts(name));
        let fresh = line(&mut assembled.session(), &frame);
        assert_eq!(line(&mut session, &frame), fresh);
    }
}

#[test]
fn a_decision_beyond_the_memory_limit_has_no_result() {
    let assembled = mixed();
    let mut session = assembled.session();
    session.set_memory_limit(100);
    let name = "a b ".repeat(100);
    let frame = assembled.frame(&facts(&name));
    let error = session.decide(&frame).expect_err("it is too large");
    assert_eq!(error.code(), ErrorCode::DecisionLimits);
    // The next request has all memory again.
    assert!(session.decide(&assembled.frame(&facts("a b"))).is_ok());
    session.set_memory_limit(100_000);
    assert!(session.decide(&frame).is_ok());
}
