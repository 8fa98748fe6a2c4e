//! What facts promise: one form for every frame, one text for every error, and
//! no panic on any bytes.

mod errors;
mod frames;
mod numbers;
mod random;

use super::FactsBuilder;
use crate::ruleset::Ruleset;
use serde_json::{Value, json};

/// The facts that must be there, with `more` put over them.
fn facts(more: Value) -> Value {
    let mut facts = json!({"now": 0, "player": {"name": "Ada", "level": 1}});
    merge(&mut facts, more);
    facts
}

fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (key, value) in more {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, more) => *into = more,
    }
}

fn error(ruleset: &Ruleset, more: Value) -> String {
    match ruleset.encode(&facts(more.clone())) {
        Ok(_) => panic!("{more} was accepted"),
        Err(error) => error.to_string(),
    }
}

fn strict_error(ruleset: &Ruleset, more: Value) -> String {
    let mut builder: FactsBuilder = ruleset.facts_builder().strict(true);
    match builder.encode(&facts(more.clone())) {
        Ok(_) => panic!("{more} was accepted"),
        Err(error) => error.to_string(),
    }
}
