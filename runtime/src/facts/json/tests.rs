//! What encoding JSON promises: the frames that a builder makes of the same values, in whatever order
//! and layout they are written; and errors that say what comes first.

use crate::facts::{FactsErrorKind, Number};
use crate::ruleset::Ruleset;
use crate::testing::{self, Type, ruleset};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use rulestone_format::frame::Frames;
use rulestone_format::schema::FactKind;
use serde_json::{Map, Value, json};

/// Facts that must be there, as members of the objects that they are in.
const NOW: &str = r#""now":0"#;
const PLAYER: &str = r#""name":"Ada","level":1"#;

/// All facts that must be there, and other members of the player.
fn player(more: &str) -> String {
    format!("{{{NOW},\"player\":{{{PLAYER},{more}}}}}")
}

/// The same, and other members of the root.
fn root(more: &str) -> String {
    format!("{{{NOW},\"player\":{{{PLAYER}}},{more}}}")
}

fn error(ruleset: &Ruleset, text: &str) -> String {
    match ruleset.encode_json(text.as_bytes(), &mut Vec::new()) {
        Ok(_) => panic!("{text} was accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_text_gives_the_frame_that_its_values_give() {
    let ruleset = ruleset();
    let mut encoder = ruleset.json_encoder();
    let mut builder = ruleset.facts_builder();
    for text in [
        root(r#""rarity":-0"#),
        player(r#""gold":18446744073709551615,"premium":false,"speed":2,"platform":"web""#),
        player(r#""position":{"lat":59.915419,"lon":-10.753192},"tags":["a","","é"],"scores":{}"#),
        player(r#""position":{"lon":"-Infinity","up":[{}],"lat":0.0},"scores":{"b":1,"a":-2}"#),
        player(r#""position": { "lat" : 1 , "lon" : 2 } , "tags" : [ ] "#),
        player(r#""tags":["\u0041\n\"","\ud83c\udfc6"],"speed":"NaN","gold":null"#),
        root(r#""item":{"token":"AAEC","age":"1h30m","seen":["2026-01-01T00:00:00Z",5]}"#),
        root(
            r#""item":{"grid":[[{"b":"x","a":"yy"},{}],[]],"by_name":{"z":[{"lat":1,"lon":2}],"é":[]}}"#,
        ),
        root(r#""item":{},"nobody":{"now":[1e999,"\ud800"]},"item2":null"#),
        root(r#""item":null,"rarity":null"#),
    ] {
        let value: Value = serde_json::from_str(&text.replace("1e999,\"\\ud800\"", ""))
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        let expected = builder.encode(&value).unwrap_or_else(|error| panic!("{text}: {error}"));
        for _ in 0..2 {
            let frame = encoder.encode(text.as_bytes());
            assert_eq!(frame.unwrap_or_else(|error| panic!("{text}: {error}")), expected, "{text}");
        }
    }
}

#[test]
fn the_order_in_which_keys_come_changes_nothing() {
    let ruleset = ruleset();
    let members = [
        r#""rarity":3"#,
        r#""player":{"tags":["a"],"level":1,"name":"Ada","position":{"lon":2,"lat":1}}"#,
        r#""now":0"#,
        r#""what":{"now":1}"#,
        r#""item":{"age":"1s","token":"AA=="}"#,
    ];
    let text = |order: &[usize]| {
        let members: Vec<&str> = order.iter().map(|number| members[*number]).collect();
        format!("{{{}}}", members.join(","))
    };
    let expected = {
        let mut frame = Vec::new();
        ruleset.encode_json(text(&[2, 1, 4, 0]).as_bytes(), &mut frame).expect("good facts");
        frame
    };
    let mut encoder = ruleset.json_encoder();
    let mut order = [0, 1, 2, 3, 4];
    for round in 0..500 {
        // Some orders come again, some are new.
        order.swap(round % 5, round / 7 % 5);
        let frame = encoder.encode(text(&order).as_bytes()).expect("good facts");
        assert_eq!(frame, expected, "{order:?}");
    }
}

#[test]
fn what_is_wrong_with_a_fact_is_said_as_for_a_value() {
    let ruleset = ruleset();
    for (text, expected) in [
        (player(r#""speed":"fast""#), r#"player.speed: expected double, found "fast""#),
        (player(r#""gold":-1"#), "player.gold: expected uint, found -1"),
        (player(r#""gold":1.5"#), "player.gold: expected uint, found 1.5"),
        (player(r#""gold":[]"#), "player.gold: expected uint, found a list"),
        (
            player(r#""platform":{}"#),
            "player.platform: expected one of ios, android, web, switch, found an object",
        ),
        (player(r#""tags":["a",null]"#), "player.tags[1]: expected string, found null"),
        (player(r#""scores":{"gold":"x"}"#), r#"player.scores["gold"]: expected int, found "x""#),
        (player(r#""position":{"lat":1}"#), "player.position.lon: missing"),
        (player(r#""position":{"lat":null,"lon":1}"#), "player.position.lat: missing"),
        (
            player(r#""position":{"lat":1,"lon":true}"#),
            "player.position.lon: expected double, found true",
        ),
        (
            root(r#""item":{"grid":[[],[{"a":"b","c":7}]]}"#),
            r#"item.grid[1][0]["c"]: expected string, found 7"#,
        ),
        (root(r#""item":[1]"#), "item: expected an object of facts, found a list"),
        (
            root(&format!("\"item\":{{\"seen\":[{}]}}", ["0"; 6].join(","))),
            "item.seen: 6 items, at most 4",
        ),
        (format!("{{{NOW}}}"), "player.name: missing"),
        ("null".to_owned(), "now: missing"),
        ("[]".to_owned(), "expected an object of facts, found a list"),
        ("\"\\u0041\"".to_owned(), "expected an object of facts, found \"A\""),
        (
            r#"{"now":0.0000000001}"#.to_owned(),
            "now: expected timestamp, found 0.0000000001 (finer than a nanosecond)",
        ),
    ] {
        assert_eq!(error(&ruleset, &text), expected, "{text}");
    }
}

#[test]
fn what_is_no_json_is_said_with_its_column() {
    let ruleset = ruleset();
    for (text, expected) in [
        ("", "not JSON: EOF while parsing a value at column 1"),
        ("{\"é\":1,}", "not JSON: trailing comma at column 8"),
        ("{\"now\":0}}", "not JSON: trailing characters at column 10"),
        ("{,\"now\":0}", "not JSON: key must be a string at column 2"),
        ("{\"now\":01}", "not JSON: invalid number at column 9"),
        ("{\"now\":\"\\ud800\"}", "not JSON: half of a surrogate pair in an escape at column 9"),
        ("{\"x\":[1}", "not JSON: expected `,` or `]` at column 8"),
        (
            "{\"now\":0,\"player\":{\"name\":\"\t\"}}",
            "not JSON: control character (\\u0000-\\u001F) found while parsing a string at column 28",
        ),
    ] {
        assert_eq!(error(&ruleset, text), expected, "{text}");
    }
    let broken = ruleset.encode_json(b"{\"now\":0,\"x\":\"\xff\"}", &mut Vec::new());
    assert_eq!(broken.expect_err("no text").to_string(), "not JSON: not UTF-8");
}

#[test]
fn a_key_that_stands_twice_is_refused_where_it_stands_again() {
    let ruleset = ruleset();
    for (text, expected) in [
        (r#"{"now":0,"now":1}"#, "key \"now\" given twice at column 11"),
        (r#"{"now":null,"now":true}"#, "key \"now\" given twice at column 14"),
        (r#"{"player":{},"player":5}"#, "key \"player\" given twice at column 15"),
        (r#"{"player":{"position":{"lat":1,"lat":{}}}}"#, "key \"lat\" given twice at column 33"),
        (
            r#"{"player":{"position":{"lat":1,"lon":2,"lon":3}}}"#,
            "key \"lon\" given twice at column 41",
        ),
        (r#"{"player":{"scores":{"a":1,"b":2,"a":true}}}"#, "key \"a\" given twice at column 35"),
        (
            r#"{"player":{"scores":{"a":1,"\u0061":2,"c":true}}}"#,
            "key \"a\" given twice at column 29",
        ),
        (r#"{"item":{"by_name":{"a":[],"a":[{"lat":"#, "key \"a\" given twice at column 29"),
        // What is in the inner one belongs to no other.
        (
            r#"{"item":{"grid":[[{"a":"x"},{"a":7}]]}}"#,
            r#"item.grid[0][1]["a"]: expected string, found 7"#,
        ),
        (r#"{"player":{"scores":{"a":x"#, "not JSON: expected value at column 26"),
    ] {
        assert_eq!(error(&ruleset, text), expected, "{text}");
        // Once the keys are foreseen, too.
        let mut encoder = ruleset.json_encoder();
        let _ = encoder.encode(text.as_bytes());
        assert_eq!(encoder.encode(text.as_bytes()).expect_err("as before").to_string(), expected);
    }
    let twice = player(r#""what":1,"what":2"#);
    assert!(ruleset.encode_json(twice.as_bytes(), &mut Vec::new()).is_ok());
}

#[test]
fn unknown_members_are_refused_on_demand() {
    let ruleset = ruleset();
    let mut encoder = ruleset.json_encoder().strict(true);
    for (text, expected) in [
        (player(r#""levels":1"#), "unknown fact player.levels (did you mean player.level?)"),
        (player(r#""position":{"up":1}"#), "unknown fact player.position.up"),
        (root(r#""x":{"y":["#), "unknown fact x"),
    ] {
        let error = encoder.encode(text.as_bytes()).expect_err("is refused");
        assert_eq!((error.to_string().as_str(), error.kind()), (expected, FactsErrorKind::Unknown));
    }
    assert!(encoder.encode(root(r#""rarity":1"#).as_bytes()).is_ok());
}

#[test]
fn frames_are_appended_and_an_error_leaves_none_behind() {
    let ruleset = ruleset();
    let mut encoder = ruleset.json_encoder();
    let mut frames = Vec::new();
    let mut expected = Vec::new();
    for number in 0..5 {
        let good = player(&format!(r#""tags":["{number}"],"scores":{{"b":2,"a":{number}}}"#));
        let place = encoder.append(good.as_bytes(), &mut frames).expect("good facts");
        expected.extend_from_slice(encoder.encode(good.as_bytes()).expect("good facts"));
        assert_eq!(place.end, frames.len());
        assert!(encoder.append(player(r#""gold":"#).as_bytes(), &mut frames).is_err());
        assert!(encoder.append(format!("{{{NOW}}}").as_bytes(), &mut frames).is_err());
    }
    assert_eq!(frames, expected);
    let each = Frames::new(&frames).filter(Result::is_ok);
    assert_eq!(each.count(), 5);
}

#[test]
fn a_partial_frame_may_lack_any_fact() {
    let ruleset = ruleset();
    let mut encoder = ruleset.json_encoder();
    let mut builder = ruleset.facts_builder();
    let expected = builder.encode_partial(&json!({"rarity": 3, "item": {"age": "1s"}}));
    let frame = encoder.encode_partial(br#"{"item":{"age":"1s"},"rarity":3}"#).expect("good facts");
    assert_eq!(frame, expected.expect("good facts"));
}

#[test]
fn numbers_are_read_by_their_digits() {
    let ruleset = ruleset();
    let mut builder = ruleset.facts_builder();
    let mut encoder = ruleset.json_encoder();
    for text in [
        "9007199254740993",
        "-9223372036854775808",
        "9223372036854775807",
        "9223372036854775808",
        "1e3",
        "1.0",
        "0.1",
        "100e-2",
        "12345678901234567890123e-20",
        "-0",
        "-0.0",
        "0.30000000000000004",
        "1e400",
        "5e-324",
        "123456789012345678",
        "1234567890123456789",
        "0.5e1",
    ] {
        for (fact, path) in
            [("level", "player.level"), ("gold", "player.gold"), ("speed", "player.speed")]
        {
            builder.clear();
            let expected = builder.set(path, &Number::new(text));
            let expected = expected.and_then(|()| builder.finish_partial().map(<[u8]>::to_vec));
            let json = format!("{{\"player\":{{\"{fact}\":{text}}}}}");
            let found = encoder.encode_partial(json.as_bytes()).map(<[u8]>::to_vec);
            assert_eq!(found, expected, "{path} {text}");
        }
    }
}

#[test]
fn a_schema_without_groups_or_with_deep_ones_is_read() {
    let bool = || Type::Plain(FactKind::Bool);
    let deep = "g.".repeat(63) + "x";
    let paths = [("a", bool(), true), ("b.c", bool(), true), (&deep[..], bool(), true)];
    let ruleset = Ruleset::from_vec(testing::file(&paths)).expect("in order");
    let nested = "{\"g\":".repeat(63) + "{\"x\":true}" + &"}".repeat(63);
    let expected = {
        let mut builder = ruleset.facts_builder();
        builder.set_bool(&deep[..], true).expect("a fact");
        builder.finish().expect("good facts").to_vec()
    };
    let mut frame = Vec::new();
    ruleset.encode_json(nested.as_bytes(), &mut frame).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(frame, expected);
    let none = Ruleset::from_vec(testing::file(&[])).expect("in order");
    assert!(none.encode_json(b" {} ", &mut Vec::new()).is_ok());
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i32>().prop_map(|number| json!(f64::from(number) / 4.0)),
        "\\PC{0,6}".prop_map(Value::from),
        Just(json!("2026-01-01T00:00:00Z")),
        Just(json!("5s")),
        Just(json!({"lat": 1, "lon": 2})),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        let keys = "now|player|name|level|gold|premium|speed|platform|position|tags|scores|item\
            |token|age|seen|grid|by_name|rarity|lat|lon|[a-c]";
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map(keys, inner, 0..8).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// An object, mostly of members that facts have.
fn facts() -> impl Strategy<Value = Value> {
    let members = |keys: &'static str| btree_map(keys, value(), 0..6);
    (
        members("now|rarity|[a-c]"),
        members("name|level|gold|premium|speed|platform|position|tags|scores"),
        members("token|age|seen|grid|by_name|[a-c]"),
    )
        .prop_map(|(root, player, item)| {
            let mut root: Map<String, Value> = root.into_iter().collect();
            root.insert("player".to_owned(), player.into_iter().collect());
            root.insert("item".to_owned(), item.into_iter().collect());
            Value::Object(root)
        })
}

proptest! {
    #[test]
    fn any_text_gives_what_its_values_give(
        values in vec(prop_oneof![value(), facts()], 1..4),
        strict: bool,
        pretty: bool,
    ) {
        let ruleset = ruleset();
        let mut builder = ruleset.facts_builder().strict(strict);
        let mut encoder = ruleset.json_encoder().strict(strict);
        for value in values {
            let text = match pretty {
                true => serde_json::to_string_pretty(&value),
                false => serde_json::to_string(&value),
            };
            let text = text.expect("serialises");
            for is_whole in [true, false] {
                let (expected, found) = match is_whole {
                    true => (builder.encode(&value), encoder.encode(text.as_bytes())),
                    false => (builder.encode_partial(&value), encoder.encode_partial(text.as_bytes())),
                };
                match (expected, found) {
                    (Ok(expected), Ok(found)) => prop_assert_eq!(expected, found),
                    // How many items a value has is known before they are looked at.
                    (Err(expected), Err(_)) if expected.kind() == FactsErrorKind::TooLong => {}
                    // Of several problems the one that comes first in the text.
                    (Err(expected), Err(found)) => {
                        let first = expected.problems().next().map(|problem| problem.to_string());
                        prop_assert_eq!(first, Some(found.to_string()));
                    }
                    (expected, found) => prop_assert!(false, "{expected:?} {found:?} {text}"),
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(
        bytes in vec(any::<u8>(), 0..200),
        parts in vec(prop_oneof!["[]\\[{},: ]", "\"(now|player|lat|a)\"", "[0-9.e-]{1,4}", "null"], 0..30),
    ) {
        let ruleset = ruleset();
        let mut encoder = ruleset.json_encoder();
        let _ = encoder.encode(&bytes);
        let _ = encoder.encode(parts.concat().as_bytes());
    }
}
