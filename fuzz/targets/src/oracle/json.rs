//! A decision as JSON is JSON, says what the decision's accessors say, and is
//! the same whichever way it is written.

use crate::input::turn::Turn;
use rulestone::Decision;
use rulestone::decision::{DecisionError, ValueRef};
use serde_json::{Map, Value as Json};

/// Bytes that are written altogether to try buffers of all sizes, or of as many
/// as there can be tried of a long decision.
const EFFORT: usize = 32 << 10;

/// Sizes that are tried where so many are not.
const FEW: usize = 4;

/// The decision's JSON, after looking at it from all sides.
pub fn checked(decision: &Decision<'_>, turn: Turn) -> String {
    let mut buffer = b"before".to_vec();
    decision.write_json(&mut buffer);
    let json = buffer.strip_prefix(b"before").expect("what was in the buffer stays");
    at_many_sizes(decision, json, turn);
    let json = std::str::from_utf8(json).expect("JSON is UTF-8");
    assert!(!json.contains('\n'), "more than a line: {json}");
    let read: Map<String, Json> = serde_json::from_str(json)
        .unwrap_or_else(|error| panic!("a decision is no JSON object: {error} in {json}"));
    says_what_it_is(decision, &read);
    let by_serde = serde_json::to_value(decision).expect("it has strings for keys");
    is_same(&by_serde, &Json::Object(read));
    json.to_owned()
}

/// A buffer of the caller's gets the same bytes, or is told how many there are.
fn at_many_sizes(decision: &Decision<'_>, json: &[u8], turn: Turn) {
    let length = json.len();
    let step = 1 + length * length / EFFORT;
    let near = length.saturating_sub(3)..=length + 1;
    let many = turn.some(length.div_ceil(step), FEW).map(|number| number * step);
    for size in many.chain(near) {
        let mut buffer = vec![0xa5; size];
        let written = decision.json_into(&mut buffer);
        if size < length {
            assert_eq!(written, Err(length), "of a buffer of {size} bytes");
            continue;
        }
        assert_eq!(written, Ok(length), "of a buffer of {size} bytes");
        assert_eq!(&buffer[..length], json);
        assert!(buffer[length..].iter().all(|byte| *byte == 0xa5), "bytes beyond the end");
    }
}

fn says_what_it_is(decision: &Decision<'_>, json: &Map<String, Json>) {
    let matched: Vec<Json> = decision.matched().map(|rule| rule.id().into()).collect();
    assert_eq!(json["matched"], Json::Array(matched));
    let outputs: Map<String, Json> = decision
        .outputs()
        .filter_map(|(name, value)| Some((name.to_owned(), as_json(value?))))
        .collect();
    is_same(&json["outputs"], &Json::Object(outputs));
    let errors: Vec<Json> = decision.errors().map(error).collect();
    assert_eq!(json.get("errors").is_some(), !errors.is_empty());
    if let Some(listed) = json.get("errors") {
        assert_eq!(listed, &Json::Array(errors));
    }
    assert_eq!(json.len(), 2 + usize::from(json.contains_key("errors")));
}

fn error(error: DecisionError<'_>) -> Json {
    match error {
        DecisionError::Output { rule, output, fault } => serde_json::json!({
            "kind": "output", "rule": rule.id(), "output": output, "message": fault.message(),
        }),
        DecisionError::Conflict { group, rules } => serde_json::json!({
            "kind": "conflict", "group": group,
            "rules": rules.map(|rule| rule.id()).collect::<Vec<_>>(),
        }),
        other => panic!("an error that nobody knows: {other:?}"),
    }
}

/// Null stands for a string of whatever content: times and bytes, whose text is
/// looked at by their own tests.
fn as_json(value: ValueRef<'_>) -> Json {
    match value {
        ValueRef::Bool(value) => value.into(),
        ValueRef::Int(value) => value.into(),
        ValueRef::Uint(value) => value.into(),
        ValueRef::Double(value) => double(value),
        ValueRef::String(text) => text.into(),
        ValueRef::Point(point) => {
            serde_json::json!({"lat": double(point.lat), "lon": double(point.lon)})
        }
        ValueRef::List(list) => list.iter().map(as_json).collect(),
        ValueRef::Map(map) => {
            let entry = |(key, value)| (self::key(key), as_json(value));
            Json::Object(map.iter().map(entry).collect())
        }
        ValueRef::Bytes(_) | ValueRef::Timestamp(_) | ValueRef::Duration(_) => Json::Null,
        other => panic!("a value that nobody knows: {other:?}"),
    }
}

fn double(value: f64) -> Json {
    if value.is_finite() {
        return value.into();
    }
    let name = if value.is_nan() { "NaN" } else { "Infinity" };
    format!("{}{name}", if value == f64::NEG_INFINITY { "-" } else { "" }).into()
}

fn key(key: ValueRef<'_>) -> String {
    match key {
        ValueRef::String(text) => text.to_owned(),
        ValueRef::Bool(value) => value.to_string(),
        ValueRef::Int(value) => value.to_string(),
        ValueRef::Uint(value) => value.to_string(),
        other => panic!("no key of a map: {other:?}"),
    }
}

#[track_caller]
fn is_same(found: &Json, expected: &Json) {
    match (found, expected) {
        (Json::String(_), Json::Null) => {}
        (Json::Array(found), Json::Array(expected)) => {
            assert_eq!(found.len(), expected.len());
            found.iter().zip(expected).for_each(|(found, expected)| is_same(found, expected));
        }
        (Json::Object(found), Json::Object(expected)) => {
            assert!(found.keys().eq(expected.keys()), "{found:?}, not {expected:?}");
            found.values().zip(expected.values()).for_each(|(f, e)| is_same(f, e));
        }
        _ => assert_eq!(found, expected),
    }
}
