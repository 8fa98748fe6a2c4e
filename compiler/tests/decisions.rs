//! Rulesets with the decisions that an independent evaluator gives them:
//! `$RULESTONE_DECISIONS`, or `../shared/decisions` beside the repository.

mod support;

use rulestone_compiler::source::Input;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::Twin;

fn folder() -> PathBuf {
    match std::env::var_os("RULESTONE_DECISIONS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/decisions"),
    }
}

#[test]
fn every_decision_is_as_expected() {
    let folder = folder();
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("SKIPPED: no folder {} (set RULESTONE_DECISIONS)", folder.display());
        return;
    };
    let mut count = 0;
    let mut wrong = Vec::new();
    for entry in entries.flatten().filter(|entry| entry.path().join("rs").exists()) {
        count += check(&entry.path(), &mut wrong);
    }
    println!("decisions: {count} as expected, {} not", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Compares the decisions of one ruleset; gives how many are right.
fn check(folder: &Path, wrong: &mut Vec<String>) -> usize {
    let twin = Twin::compile(&Input::Path(folder.join("rs"))).unwrap_or_else(|e| panic!("{e}"));
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect(name);
    let (facts, expected) = (read("facts.jsonl"), read("expected.jsonl"));
    let mut session = twin.ruleset.session();
    let mut builder = twin.ruleset.facts_builder();
    let mut right = 0;
    for (line, (facts, expected)) in facts.lines().zip(expected.lines()).enumerate() {
        let facts: Json = serde_json::from_str(facts).expect("facts are JSON");
        let expected: Json = serde_json::from_str(expected).expect("decisions are JSON");
        let found: Json = match builder.encode(&facts) {
            Ok(frame) => serde_json::from_str(&twin.decide(&mut session, frame)).expect("JSON"),
            Err(error) => serde_json::json!({ "error": error.to_string() }),
        };
        if is_same(&expected, &found) {
            right += 1;
        } else {
            wrong.push(format!(
                "{}, line {}:\n  expected {expected}\n  found    {found}",
                folder.display(),
                line + 1
            ));
        }
    }
    right
}

fn is_same(expected: &Json, found: &Json) -> bool {
    if expected.get("error").is_some() || found.get("error").is_some() {
        return expected.get("error").is_some() && found.get("error").is_some();
    }
    expected["matched"] == found["matched"]
        && is_close(&expected["outputs"], &found["outputs"])
        && errors(expected) == errors(found)
}

/// Errors as a set, without their messages.
fn errors(decision: &Json) -> BTreeSet<String> {
    let errors = decision["errors"].as_array().cloned().unwrap_or_default();
    errors
        .into_iter()
        .map(|mut error| {
            if let Some(fields) = error.as_object_mut() {
                fields.remove("message");
            }
            error.to_string()
        })
        .collect()
}

/// Equal but for the last digits of doubles.
fn is_close(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => a == b,
            _ => {
                let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
                (a - b).abs() <= 1e-9 * a.abs().max(1.0)
            }
        },
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_close(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| is_close(a, b)))
        }
        (a, b) => a == b,
    }
}
