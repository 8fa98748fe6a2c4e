//! The conformance tests of CEL, each through the archive and the interpreter,
//! and through the reference evaluator.
//!
//! Reads every `*.jsonl` of `$RULESTONE_CEL_TESTS` (default `../shared/cel`
//! beside the repository) and ends with a line
//! `cel: P passed, O outside the language, F failed`.

mod support;

use rulestone::Ruleset;
use rulestone::decision::DecisionError;
use rulestone_compiler::check::checked::Fact;
use rulestone_compiler::check::names::expression_type;
use rulestone_compiler::check::types::Type;
use rulestone_compiler::diagnostic::Code;
use rulestone_compiler::expression::{CompiledExpression, Environment, OUTPUT, compile_expression};
use rulestone_compiler::reference::{Evaluator, Facts};
use rulestone_compiler::source::model::FactType;
use rulestone_format::frame::Frame;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use support::{report, show_value, show_value_ref};

/// What became of a test.
enum Outcome {
    Passed,
    /// The language leaves out what it needs, and says so when it is compiled.
    Outside(String),
    Failed(String),
}

#[test]
fn conformance() {
    let folder = match std::env::var_os("RULESTONE_CEL_TESTS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/cel"),
    };
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("SKIPPED: no folder {} (set RULESTONE_CEL_TESTS)", folder.display());
        return;
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "jsonl"));
    files.sort();
    let (mut passed, mut outside, mut failed) = (0, 0, 0);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a file of tests");
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let test: Json = serde_json::from_str(line).expect("a test is JSON");
            match run(&test) {
                Outcome::Passed => passed += 1,
                Outcome::Outside(reason) => {
                    outside += 1;
                    *reasons.entry(reason).or_default() += 1;
                }
                Outcome::Failed(why) => {
                    failed += 1;
                    let name =
                        format!("{}#{}", test["file"].as_str().unwrap_or("?"), test["index"]);
                    println!("FAILED {name}: {}\n    {why}", test["expr"]);
                }
            }
        }
    }
    println!("outside the language, by reason:");
    for (reason, count) in reasons {
        println!("  {count:4} {reason}");
    }
    println!("cel: {passed} passed, {outside} outside the language, {failed} failed");
    assert_eq!(failed, 0);
}

fn run(test: &Json) -> Outcome {
    let text = test["expr"].as_str().unwrap_or_default();
    let (environment, facts) = match environment(test) {
        Ok(environment) => environment,
        Err(reason) => return Outcome::Outside(reason),
    };
    let expects_error = test["expect"]["kind"] == "error";
    let compiled = match compile_expression(text, environment) {
        Ok(compiled) => compiled,
        Err((sources, diagnostics)) => {
            let first = diagnostics.iter().find(|d| d.is_error());
            let code = first.map(|d| d.code);
            return match code {
                Some(code) if is_outside(code) => {
                    Outcome::Outside(format!("{code} {}", code.meaning()))
                }
                // An error by type or name is an error at last.
                Some(_) if expects_error => Outcome::Passed,
                // What only evaluation without a check accepts, is dynamic.
                Some(code) if test["disable_check"] == true => {
                    Outcome::Outside(format!("{code} wants evaluation without a type check"))
                }
                _ => Outcome::Failed(report(&diagnostics, &sources)),
            };
        }
    };
    let found = match evaluate(&compiled, &facts) {
        Ok(found) => found,
        Err(why) => return Outcome::Failed(why),
    };
    let expected = &test["expect"];
    if let Some(wanted) = expected["deduced_type"].as_str() {
        // What an empty list holds is of type dyn there, of none here.
        let found = compiled.ty.to_string().replace("nothing", "dyn");
        if found != wanted {
            return Outcome::Failed(format!("expected type {wanted}, found {found}"));
        }
    }
    match expected["kind"].as_str() {
        Some("error") => match found {
            None => Outcome::Passed,
            Some(value) => Outcome::Failed(format!("expected an error, found {value}")),
        },
        // Its type is what matters, and that is compared above.
        Some("type") if expected["deduced_type"].is_string() => Outcome::Passed,
        Some("type") => Outcome::Failed("the test names no type".to_owned()),
        _ => {
            let wanted = show_expected(&expected["value"]);
            let otherwise = show_unconverted(&expected["value"]);
            match found {
                Some(found) if found == wanted || Some(&found) == otherwise.as_ref() => {
                    Outcome::Passed
                }
                found => Outcome::Failed(format!("expected {wanted}, found {found:?}")),
            }
        }
    }
}

/// Findings that say: this is CEL, but outside the language.
fn is_outside(code: Code) -> bool {
    matches!(
        code,
        Code::OutsideLanguage
            | Code::MixedTypes
            | Code::UnknownFunction
            | Code::UnknownName
            | Code::UnknownItems
            | Code::ConstantNeeded
    )
}

/// The value by the interpreter and by the reference evaluator, which must be
/// the same; `None` is an error.
fn evaluate(compiled: &CompiledExpression, facts: &Json) -> Result<Option<String>, String> {
    let ruleset = Ruleset::from_bytes(&compiled.archive).map_err(|e| format!("refused: {e}"))?;
    let frame = ruleset.encode(facts).map_err(|e| format!("facts: {e}"))?;
    let mut session = ruleset.session();
    let decision = session.decide(&frame).map_err(|e| format!("frame: {e}"))?;
    let by_interpreter = decision.output(OUTPUT).map(|value| {
        let mut text = String::new();
        show_value_ref(&value, &mut text);
        text
    });
    let errors = decision.errors().filter(|e| matches!(e, DecisionError::Output { .. })).count();
    if by_interpreter.is_some() == (errors > 0) {
        return Err("a value and an error, or neither".to_owned());
    }
    let checked = Frame::check(&frame, ruleset.archive()).map_err(|e| e.to_string())?;
    let facts = Facts::from_frame(&checked, ruleset.archive());
    let by_reference = Evaluator::new(&compiled.ruleset, &facts).evaluate(&compiled.tree).ok();
    let by_reference = by_reference.map(|value| {
        let mut text = String::new();
        show_value(&value, &mut text);
        text
    });
    if by_interpreter != by_reference {
        return Err(format!("interpreter {by_interpreter:?}, reference {by_reference:?}"));
    }
    Ok(by_interpreter)
}

/// Declared names as facts, and what is bound to them as a request.
fn environment(test: &Json) -> Result<(Environment, Json), String> {
    let mut facts = Vec::new();
    let mut request = json!({});
    let empty = Vec::new();
    for declared in test["type_env"].as_array().unwrap_or(&empty) {
        let name = declared["name"].as_str().unwrap_or_default();
        if declared["kind"] != "ident" {
            return Err("needs functions of its own".to_owned());
        }
        // Literals can't be redefined: the declaration means nothing.
        if matches!(name, "true" | "false" | "null") {
            continue;
        }
        let ty = declared["type"].as_str().unwrap_or_default();
        let fact_type =
            fact_type(ty).ok_or_else(|| format!("needs a name of type {}", class(ty)))?;
        let path: Vec<String> = name.split('.').map(str::to_owned).collect();
        facts.push(Fact { path, ty: expression_type(&fact_type), fact_type, optional: true });
    }
    // A name may be a prefix of another one there; a fact can't be a group, so
    // only the longer one, which wins by the rules of name resolution, is kept.
    let paths: Vec<Vec<String>> = facts.iter().map(|fact| fact.path.clone()).collect();
    facts.retain(|fact| {
        !paths.iter().any(|other| other.len() > fact.path.len() && other.starts_with(&fact.path))
    });
    for fact in &facts {
        if let Some(value) = test["bindings"].get(fact.path.join(".")) {
            insert(&mut request, &fact.path, fact_json(value));
        }
    }
    let container = test["container"].as_str().unwrap_or_default().to_owned();
    Ok((Environment { facts, container, ..Environment::default() }, request))
}

fn insert(request: &mut Json, path: &[String], value: Json) {
    let Some((last, groups)) = path.split_last() else { return };
    let mut at = request;
    for group in groups {
        at = at
            .as_object_mut()
            .expect("groups are objects")
            .entry(group.clone())
            .or_insert_with(|| Json::Object(Map::new()));
    }
    at.as_object_mut().expect("groups are objects").insert(last.clone(), value);
}

fn fact_type(ty: &str) -> Option<FactType> {
    Some(match ty {
        "bool" => FactType::Bool,
        "int" => FactType::Int,
        "uint" => FactType::Uint,
        "double" => FactType::Double,
        "string" => FactType::String { max_length: 1024 },
        "bytes" => FactType::Bytes { max_length: 1024 },
        "timestamp" | "google.protobuf.Timestamp" => FactType::Timestamp,
        "duration" | "google.protobuf.Duration" => FactType::Duration,
        _ => {
            if let Some(element) = ty.strip_prefix("list(").and_then(|t| t.strip_suffix(')')) {
                let element = Box::new(fact_type(element)?);
                return Some(FactType::List { element, max_items: 64 });
            }
            let entry = ty.strip_prefix("map(string, ")?.strip_suffix(')')?;
            FactType::Map { value: Box::new(fact_type(entry)?), max_items: 64 }
        }
    })
}

/// A type's name without its parts, for counting.
fn class(ty: &str) -> &str {
    ty.split(['(', ':']).next().unwrap_or(ty)
}

/// A bound value in the form that facts have in JSON.
fn fact_json(value: &Json) -> Json {
    match value["t"].as_str().unwrap_or_default() {
        "int" | "uint" => {
            let text = value["v"].as_str().unwrap_or_default();
            serde_json::from_str(text).unwrap_or(Json::Null)
        }
        "double" => match value["v"].as_str().unwrap_or_default().parse::<f64>() {
            Ok(number) if number.is_finite() => json!(number),
            _ => value["v"].clone(),
        },
        "list" => {
            let items = value["v"].as_array().cloned().unwrap_or_default();
            Json::Array(items.iter().map(fact_json).collect())
        }
        "map" => {
            let entries = value["v"].as_array().cloned().unwrap_or_default();
            let entries = entries.iter().map(|entry| {
                (entry[0]["v"].as_str().unwrap_or_default().to_owned(), fact_json(&entry[1]))
            });
            Json::Object(entries.collect())
        }
        _ => value["v"].clone(),
    }
}

/// An expected value, printed as `support` prints values.
fn show_expected(value: &Json) -> String {
    let text = value["v"].as_str().unwrap_or_default();
    match value["t"].as_str().unwrap_or_default() {
        "bool" => value["v"].to_string(),
        "int" => text.to_owned(),
        "uint" => format!("{text}u"),
        "double" => {
            let bits = value["bits"].as_str().unwrap_or_default();
            let bits = u64::from_str_radix(bits, 16).expect("the bits of a double");
            format!("{:?}", f64::from_bits(bits))
        }
        "string" => format!("{text:?}"),
        "bytes" => format!("b{:?}", bytes(value["hex"].as_str().unwrap_or_default())),
        "timestamp" => format!("@{}.{}", value["s"].as_str().unwrap_or_default(), value["n"]),
        "duration" => {
            let seconds: i64 = value["s"].as_str().unwrap_or_default().parse().expect("seconds");
            let nanos = value["n"].as_i64().unwrap_or_default();
            format!("{}ns", seconds * 1_000_000_000 + nanos)
        }
        "list" => {
            let items = value["v"].as_array().cloned().unwrap_or_default();
            let items: String = items.iter().map(|item| show_expected(item) + ",").collect();
            format!("[{items}]")
        }
        "map" => {
            let entries = value["v"].as_array().cloned().unwrap_or_default();
            let mut entries: Vec<String> = entries
                .iter()
                .map(|e| format!("{}:{},", show_expected(&e[0]), show_expected(&e[1])))
                .collect();
            entries.sort();
            format!("{{{}}}", entries.concat())
        }
        other => format!("a {other}"),
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2).map(String::from_utf8_lossy);
    pairs.map(|pair| u8::from_str_radix(&pair, 16).expect("hex")).collect()
}

/// Expected bytes with `\?` read as `?`. The data were converted from protobuf's
/// text format, where that is an escape, but in bytes it was left as it was
/// (parse 106 and 107 expect a backslash that their expressions don't have).
fn show_unconverted(value: &Json) -> Option<String> {
    let bytes = bytes(value["hex"].as_str()?);
    let mut converted = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        if *byte != b'\\' || bytes.get(at + 1) != Some(&b'?') {
            converted.push(*byte);
        }
    }
    Some(format!("b{converted:?}"))
}

/// Types print as the tests write them.
#[test]
fn types_print_as_in_the_data() {
    assert_eq!(
        Type::map(Type::String, Type::list(Type::Int)).to_string(),
        "map(string, list(int))"
    );
}
