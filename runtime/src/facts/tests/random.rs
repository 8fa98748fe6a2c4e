//! Random schemas and facts, and random bytes.

use super::frames::read;
use crate::ruleset::Ruleset;
use crate::testing::{self, Type, ruleset};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use rulestone_format::frame::Frame;
use rulestone_format::schema::FactKind;
use serde_json::{Value, json};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
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

/// A type, nested up to `MAX_DEPTH`, with a value of it.
fn typed() -> impl Strategy<Value = (Type, Value)> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(|n| (Type::Plain(FactKind::Int), json!(n))),
        any::<bool>().prop_map(|b| (Type::Plain(FactKind::Bool), json!(b))),
        "\\PC{0,9}".prop_map(|s| (Type::Text(FactKind::String, 64), json!(s))),
        Just((Type::Enum(&["a", "b"]), json!("b"))),
        (-9999_i64..9999).prop_map(|n| (Type::Plain(FactKind::Timestamp), json!(n))),
    ];
    leaf.prop_recursive(8, 64, 4, |inner| {
        prop_oneof![
            (inner.clone(), 0..4_usize)
                .prop_map(|((t, v), n)| (Type::List(Box::new(t), 4), json!(vec![v; n]))),
            (inner, btree_map("\\PC{0,4}", Just(()), 0..4)).prop_map(|((t, v), keys)| {
                let entries = keys.into_keys().map(|key| (key, v.clone())).collect();
                (Type::Map(Box::new(t), 4), entries)
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_gives_a_frame_that_passes_or_an_error(value in value(), strict: bool) {
        let ruleset = ruleset();
        let mut builder = ruleset.facts_builder().strict(strict);
        if let Ok(frame) = builder.encode(&value) {
            read(&ruleset, frame);
        }
        for fact in ruleset.facts() {
            builder.clear();
            for required in ["now", "player.name", "player.level"] {
                if required != fact.path() {
                    let null = ruleset.fact(required).expect("is a fact");
                    let filled = builder.set_int(null, 0).or_else(|_| builder.set_str(null, ""));
                    prop_assert!(filled.is_ok());
                }
            }
            if builder.set(fact.id(), &value).is_ok() && let Ok(frame) = builder.finish() {
                prop_assert!(Frame::check(frame, ruleset.archive()).is_ok());
            }
        }
    }

    #[test]
    fn values_of_any_type_come_out_as_they_went_in((fact_type, value) in typed()) {
        let schema = [("a.b", fact_type, false), ("c", Type::Plain(FactKind::Int), true)];
        let file = testing::file(&schema);
        let ruleset = Ruleset::from_vec(file).expect("in order");
        let frame = ruleset.encode(&json!({"a": {"b": value}, "c": 1})).expect("fits");
        let mut said = read(&ruleset, &frame);
        prop_assert_eq!(said.remove("c"), Some(json!(1)));
        let as_given = unfold_timestamps(said.remove("a.b").expect("is there"));
        prop_assert_eq!(as_given, value);
    }

    #[test]
    fn any_bytes_behind_a_true_header_are_checked_without_a_panic(
        body in vec(any::<u8>(), 0..400), few in vec(0..4_u8, 0..400),
    ) {
        let ruleset = ruleset();
        let whole = ruleset.encode(&super::facts(json!({}))).expect("fits");
        for body in [body, few] {
            let mut bytes = whole[..24].to_vec();
            bytes.extend_from_slice(&body);
            let length = bytes.len() as u32;
            bytes[4..8].copy_from_slice(&length.to_le_bytes());
            if Frame::check(&bytes, ruleset.archive()).is_ok() {
                read(&ruleset, &bytes);
            }
        }
    }
}

/// Timestamps are read as seconds and nanoseconds, and were given as seconds.
fn unfold_timestamps(value: Value) -> Value {
    match value {
        Value::Array(items) => match items.as_slice() {
            [Value::Number(seconds), Value::Number(nanos)]
                if nanos.as_i64() == Some(0)
                    && seconds.as_i64().is_some_and(|seconds| seconds.abs() < 9999) =>
            {
                Value::Number(seconds.clone())
            }
            _ => items.into_iter().map(unfold_timestamps).collect(),
        },
        Value::Object(entries) => {
            entries.into_iter().map(|(key, value)| (key, unfold_timestamps(value))).collect()
        }
        other => other,
    }
}
