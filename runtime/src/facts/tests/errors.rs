//! The texts of errors.

use super::{error, facts, strict_error};
use crate::facts::{FactsError, FactsErrorKind};
use crate::testing::ruleset;
use rulestone_format::meaning::Timestamp;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Value, json};

#[test]
fn a_value_that_does_not_fit_is_named_with_what_was_expected() {
    let ruleset = ruleset();
    let player = |name: &str, value: Value| json!({"player": {name: value}});
    let item = |name: &str, value: Value| json!({"item": {name: value}});
    for (more, text) in [
        (player("level", json!("ten")), r#"player.level: expected int, found "ten""#),
        (player("level", json!(3.5)), "player.level: expected int, found 3.5"),
        (player("level", json!(1e30)), "player.level: expected int, found 1e30"),
        (
            player("level", json!(9_223_372_036_854_775_808_u64)),
            "player.level: expected int, found 9223372036854775808",
        ),
        (player("level", json!([1])), "player.level: expected int, found a list"),
        (player("level", json!({"a": 1})), "player.level: expected int, found an object"),
        (player("level", json!(true)), "player.level: expected int, found true"),
        (player("gold", json!(-1)), "player.gold: expected uint, found -1"),
        (player("premium", json!("yes")), r#"player.premium: expected bool, found "yes""#),
        (player("speed", json!("fast")), r#"player.speed: expected double, found "fast""#),
        (player("name", json!(5)), "player.name: expected string, found 5"),
        (
            player("platform", json!("psp")),
            r#"player.platform: expected one of ios, android, web, switch, found "psp""#,
        ),
        (
            player("platform", json!(0)),
            "player.platform: expected one of ios, android, web, switch, found 0",
        ),
        (json!({"now": "today"}), r#"now: expected timestamp, found "today""#),
        (json!({"now": 1e15}), "now: expected timestamp, found 1000000000000000.0"),
        (item("age", json!(5)), "item.age: expected duration, found 5"),
        (item("age", json!("5d")), r#"item.age: expected duration, found "5d""#),
        (item("token", json!("é")), r#"item.token: expected bytes in base64, found "é""#),
        (player("position", json!([1, 2])), "player.position: expected point, found a list"),
        (player("position", json!({"lat": 1})), "player.position.lon: missing"),
        (
            player("position", json!({"lat": 1, "lon": "west"})),
            r#"player.position.lon: expected double, found "west""#,
        ),
        (player("tags", json!("vip")), r#"player.tags: expected list, found "vip""#),
        (player("tags", json!(["a", "b", 5])), "player.tags[2]: expected string, found 5"),
        (player("tags", json!(["a", null])), "player.tags[1]: expected string, found null"),
        (player("scores", json!(["a"])), "player.scores: expected map, found a list"),
        (
            player("scores", json!({"gold": "x"})),
            r#"player.scores["gold"]: expected int, found "x""#,
        ),
        (
            item("grid", json!([[], [{"a": "b", "c": 7}]])),
            r#"item.grid[1][0]["c"]: expected string, found 7"#,
        ),
        (json!({"player": 5}), "player: expected an object of facts, found 5"),
        (json!({"item": []}), "item: expected an object of facts, found a list"),
    ] {
        assert_eq!(error(&ruleset, more), text);
    }
    let error = ruleset.encode(&5).expect_err("no object");
    assert_eq!(error.to_string(), "expected an object of facts, found 5");
    assert_eq!(error.kind(), FactsErrorKind::WrongType);
}

#[test]
fn long_text_is_cut_in_messages_and_escaped() {
    let ruleset = ruleset();
    let long = "x".repeat(100);
    assert_eq!(
        error(&ruleset, json!({"player": {"level": long}})),
        format!(r#"player.level: expected int, found "{}…""#, "x".repeat(60))
    );
    assert_eq!(
        error(&ruleset, json!({"player": {"level": "it's\n\"so\""}})),
        r#"player.level: expected int, found "it's\n\"so\"""#
    );
}

#[test]
fn bounds_are_named_with_what_exceeds_them() {
    let ruleset = ruleset();
    let many: Vec<String> = (0..17).map(|n| n.to_string()).collect();
    assert_eq!(
        error(&ruleset, json!({"player": {"tags": many}})),
        "player.tags: 17 items, at most 16"
    );
    assert_eq!(
        error(&ruleset, json!({"player": {"name": "x".repeat(2000)}})),
        "player.name: 2000 bytes, at most 1024"
    );
    assert_eq!(
        error(&ruleset, json!({"item": {"token": "AAAAAAAAAAAA"}})),
        "item.token: 9 bytes, at most 8"
    );
    let entries: Value = (0..9).map(|n| (n.to_string(), json!(n))).collect();
    assert_eq!(
        error(&ruleset, json!({"player": {"scores": entries}})),
        "player.scores: 9 items, at most 8"
    );
    assert_eq!(
        error(&ruleset, json!({"player": {"scores": {"k".repeat(1025): 1}}})),
        "player.scores: a key of 1025 bytes, at most 1024"
    );
    assert_eq!(
        error(&ruleset, json!({"item": {"grid": [[{}, {}, {}, {}]]}})),
        "item.grid[0]: 4 items, at most 3"
    );
}

#[test]
fn items_are_counted_where_the_length_is_not_known_before() {
    struct Endless(usize);
    impl Serialize for Endless {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq((0..self.0).filter(|_| true).map(|_| "x"))
        }
    }
    let mut builder = ruleset().facts_builder();
    assert_eq!(builder.set("player.tags", &Endless(16)), Ok(()));
    builder.clear();
    let error = builder.set("player.tags", &Endless(99)).expect_err("too many");
    assert_eq!(error.to_string(), "player.tags: 99 items, at most 16");
    assert_eq!(error.kind(), FactsErrorKind::TooLong);
}

#[test]
fn missing_facts_are_named_and_null_is_absent() {
    let ruleset = ruleset();
    let missing = |value: Value| ruleset.encode(&value).expect_err("missing").to_string();
    assert_eq!(missing(json!({})), "now: missing; player.name: missing; player.level: missing");
    assert_eq!(missing(json!({"now": 0, "player": {"name": "x"}})), "player.level: missing");
    let player = "player.name: missing; player.level: missing";
    assert_eq!(missing(json!({"now": 0, "player": null})), player);
    assert_eq!(error(&ruleset, json!({"player": {"level": null}})), "player.level: missing");
    assert!(ruleset.encode(&facts(json!({"player": {"gold": null}, "item": null}))).is_ok());
}

#[test]
fn all_problems_are_told_at_once_and_none_twice() {
    let ruleset = ruleset();
    let error = ruleset.encode(&json!({
        "now": "today",
        "player": {"level": "ten", "gold": -1, "tags": ["a", 5], "speed": 1.5},
        "item": {"age": 5},
    }));
    let error = error.expect_err("much is wrong");
    let told: Vec<String> = error.problems().map(|problem| problem.to_string()).collect();
    let mut sorted = told.clone();
    sorted.sort();
    assert_eq!(
        sorted,
        [
            "item.age: expected duration, found 5",
            r#"now: expected timestamp, found "today""#,
            "player.gold: expected uint, found -1",
            r#"player.level: expected int, found "ten""#,
            "player.name: missing",
            "player.tags[1]: expected string, found 5",
        ]
    );
    assert_eq!(error.to_string(), told.join("; "));
    assert_eq!(told.last().map(String::as_str), Some("player.name: missing"));

    let mut builder = ruleset.facts_builder().strict(true);
    let error = builder.serialize(&json!({"player": {"lvl": 1, "level": 2, "golf": 3}}));
    let error = error.expect_err("two are unknown").to_string();
    let text = "unknown fact player.golf (did you mean player.gold?); unknown fact player.lvl";
    assert_eq!(error, text);
    // The good one is set.
    assert!(builder.set_int("player.level", 3).is_err());
}

#[test]
fn unknown_facts_are_ignored_or_refused_with_the_nearest_name() {
    let ruleset = ruleset();
    for (more, text) in [
        (json!({"player": {"lvl": 1}}), "unknown fact player.lvl"),
        (json!({"player": {"levl": 1}}), "unknown fact player.levl (did you mean player.level?)"),
        (json!({"raritty": 1}), "unknown fact raritty (did you mean rarity?)"),
        (json!({"a\n\u{1b}[2J\u{202e}é": 1}), r"unknown fact a\n\u{1b}[2J\u{202e}é"),
        (
            json!({"player": {"position": {"lat": 1, "lon": 2, "alt": 3}}}),
            "unknown fact player.position.alt",
        ),
    ] {
        assert!(ruleset.encode(&facts(more.clone())).is_ok(), "{more}");
        assert_eq!(strict_error(&ruleset, more), text);
    }
    let error = ruleset.facts_builder().set_int("player.levl", 1).expect_err("unknown");
    assert_eq!(error.to_string(), "unknown fact player.levl (did you mean player.level?)");
    assert_eq!(error.kind(), FactsErrorKind::Unknown);
}

/// A map that may have the same key twice.
struct Entries<'a>(&'a [(&'a str, Value)]);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

#[test]
fn nothing_may_be_given_twice() {
    let ruleset = ruleset();
    let mut builder = ruleset.facts_builder();
    let twice = Entries(&[("now", json!(0)), ("rarity", json!(1)), ("rarity", json!(1))]);
    let error = builder.serialize(&twice).expect_err("twice");
    assert_eq!(error.to_string(), "rarity: given twice");
    assert_eq!(error.kind(), FactsErrorKind::Repeated);

    builder.clear();
    let twice = Entries(&[("b", json!(1)), ("a", json!(2)), ("b", json!(1))]);
    let error = builder.set("player.scores", &twice).expect_err("twice");
    assert_eq!(error.to_string(), r#"player.scores: key "b" given twice"#);

    let twice = Entries(&[("lat", json!(1)), ("lat", json!(2))]);
    let error = builder.set("player.position", &twice).expect_err("twice");
    assert_eq!(error.to_string(), "player.position.lat: given twice");

    builder.set_int("player.level", 1).expect("first");
    let error = builder.set_int("player.level", 1).expect_err("twice");
    assert_eq!(error.to_string(), "player.level: given twice");
}

#[test]
fn setters_refuse_what_does_not_fit() {
    let mut builder = ruleset().facts_builder();
    let text = |result: Result<(), FactsError>| result.expect_err("doesn't fit").to_string();
    assert_eq!(
        text(builder.set_duration("player.level", 5)),
        "player.level: expected int, found a duration"
    );
    assert_eq!(
        text(builder.set_bytes("player.name", b"x")),
        "player.name: expected string, found bytes"
    );
    assert_eq!(
        text(builder.set_uint("player.level", u64::MAX)),
        "player.level: expected int, found 18446744073709551615"
    );
    for wrong in [
        Timestamp { seconds: 0, nanos: 1_000_000_000 },
        Timestamp { seconds: Timestamp::MAX.seconds + 1, nanos: 0 },
        Timestamp { seconds: i64::MIN, nanos: 0 },
    ] {
        assert_eq!(
            text(builder.set_timestamp("now", wrong)),
            "now: expected timestamp, found a timestamp out of range"
        );
    }
}

#[test]
fn a_failure_of_the_value_itself_is_passed_on() {
    struct Broken;
    impl Serialize for Broken {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("the cache is cold"))
        }
    }
    let mut builder = ruleset().facts_builder();
    let error = builder.set("player.level", &Broken).expect_err("broken");
    assert_eq!(error.to_string(), "player.level: the cache is cold");
    assert_eq!(error.path(), "player.level");
    assert_eq!(error.kind(), FactsErrorKind::Other);
    let error = builder.serialize(&Broken).expect_err("broken");
    assert_eq!(error.to_string(), "the cache is cold");
}

#[test]
fn an_unknown_name_is_cut_however_long_it_is() {
    let name = "x".repeat(1 << 20);
    let error = strict_error(&ruleset(), json!({name: 1}));
    assert_eq!(error, format!("unknown fact {}…", "x".repeat(200)));
}

#[test]
fn variants_with_data_are_no_facts() {
    #[derive(Serialize)]
    enum Odd {
        One(i64),
        Two(i64, i64),
        Three { a: i64 },
    }
    let mut builder = ruleset().facts_builder();
    for odd in [Odd::One(1), Odd::Two(1, 2), Odd::Three { a: 1 }] {
        let error = builder.set("player.level", &odd).expect_err("has data");
        assert_eq!(error.to_string(), "player.level: expected int, found an enum with data");
        let error = builder.serialize(&odd).expect_err("has data");
        assert_eq!(error.to_string(), "expected an object of facts, found an enum with data");
    }
}
