//! Numbers that come as they are written.

use super::frames::read;
use crate::facts::{FactsBuilder, FactsError, Number};
use crate::ruleset::Ruleset;
use crate::testing::ruleset;
use serde_json::{Value, json};
use std::collections::HashMap;

/// The value of one fact among those that must be there, given as it is written.
fn said_as_written(ruleset: &Ruleset, fact: &str, text: &str) -> Result<Value, String> {
    let mut builder = ruleset.facts_builder();
    let put = |builder: &mut FactsBuilder| {
        builder.set(fact, &Number::new(text))?;
        for (required, number) in [("now", "0"), ("player.level", "1")] {
            if required != fact {
                builder.set(required, &Number::new(number))?;
            }
        }
        builder.set_str("player.name", "")?;
        builder.finish().map(<[u8]>::to_vec)
    };
    let frame = put(&mut builder).map_err(|error: FactsError| error.to_string())?;
    Ok(read(ruleset, &frame)[fact].clone())
}

#[test]
fn an_int_is_made_of_the_digits_that_are_written() {
    let ruleset = ruleset();
    for (text, value) in [
        ("9007199254740993.0", 9_007_199_254_740_993),
        ("90071992547409930e-1", 9_007_199_254_740_993),
        ("9.007199254740993e+15", 9_007_199_254_740_993),
        ("922337203685477580700e-2", i64::MAX),
        ("9223372036854775807.0", i64::MAX),
        ("-9223372036854775808", i64::MIN),
        ("0e999999", 0),
        ("-0", 0),
        ("1e+06", 1_000_000),
        ("0x1F", 31),
    ] {
        assert_eq!(said_as_written(&ruleset, "rarity", text), Ok(json!(value)), "{text}");
    }
    for text in [
        "9223372036854775808",
        "-9223372036854775809",
        "9007199254740992.5",
        "1.0000000000000000000001",
        "0.5",
        "1e-1",
        "1e-400",
        "1e99",
        "1e99999999999",
        "many",
    ] {
        let error = said_as_written(&ruleset, "rarity", text);
        assert_eq!(error, Err(format!("rarity: expected int, found {text}")));
    }
    let long = "7".repeat(1_000_000);
    let error = said_as_written(&ruleset, "rarity", &long);
    assert_eq!(error, Err(format!("rarity: expected int, found {}…", &long[..60])));
}

#[test]
fn a_uint_is_made_of_the_digits_that_are_written() {
    let ruleset = ruleset();
    let gold = |text| said_as_written(&ruleset, "player.gold", text);
    assert_eq!(gold("18446744073709551615.0"), Ok(json!(u64::MAX)));
    assert_eq!(gold("-0.0"), Ok(json!(0)));
    for text in ["18446744073709551616", "-1", "-1e-400", "18446744073709551614.5"] {
        assert_eq!(gold(text), Err(format!("player.gold: expected uint, found {text}")));
    }
}

#[test]
fn a_timestamp_is_exact_to_the_nanosecond_or_bad() {
    let ruleset = ruleset();
    let now = |text| said_as_written(&ruleset, "now", text);
    assert_eq!(now("1.5"), Ok(json!([1, 500_000_000])));
    assert_eq!(now("1767225600.123456789"), Ok(json!([1_767_225_600, 123_456_789])));
    assert_eq!(now("1767225600.1234567890"), Ok(json!([1_767_225_600, 123_456_789])));
    assert_eq!(
        now("1767225600.1234567891"),
        Err("now: expected timestamp, found 1767225600.1234567891 (finer than a nanosecond)"
            .to_owned())
    );
    for text in ["253402300800", "-62135596801", "1e400"] {
        assert_eq!(now(text), Err(format!("now: expected timestamp, found {text}")));
    }
}

#[test]
fn a_double_is_the_nearest_to_what_is_written_or_bad() {
    let ruleset = ruleset();
    let speed = |text| said_as_written(&ruleset, "player.speed", text);
    assert_eq!(speed("0.1"), Ok(json!("0.1")));
    assert_eq!(speed("9007199254740993"), Ok(json!("9007199254740992.0")));
    assert_eq!(speed("1e-400"), Ok(json!("0.0")));
    assert_eq!(speed("-0"), Ok(json!("-0.0")));
    let error = "player.speed: expected double, found -1e400".to_owned();
    assert_eq!(speed("-1e400"), Err(error));
}

#[test]
fn numbers_are_read_as_written_wherever_they_stand() {
    let ruleset = ruleset();
    let mut builder = ruleset.facts_builder();
    let mut point = |lat| {
        builder.clear();
        let point = HashMap::from([("lat", Number::new(lat)), ("lon", Number::new("-2"))]);
        builder.set("player.position", &point).map_err(|error| error.to_string())
    };
    assert_eq!(point("1.25"), Ok(()));
    assert_eq!(point("1e400"), Err("player.position.lat: expected double, found 1e400".into()));
    let scores = HashMap::from([("gold", Number::new("9007199254740992.5"))]);
    let error = builder.set("player.scores", &scores).expect_err("a fraction");
    assert_eq!(
        error.to_string(),
        "player.scores[\"gold\"]: expected int, found 9007199254740992.5"
    );
    let error = builder.set("player.tags", &[Number::new("1e400")]).expect_err("no text");
    assert_eq!(error.to_string(), "player.tags[0]: expected string, found 1e400");
    let player = HashMap::from([("player", Number::new("5"))]);
    let error = builder.serialize(&player).expect_err("no group");
    assert_eq!(error.to_string(), "player: expected an object of facts, found 5");
}
