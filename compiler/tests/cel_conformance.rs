//! The conformance tests of CEL, each through the archive and the interpreter,
//! and through the reference evaluator.
//!
//! Reads every `*.jsonl` of `$RULESTONE_CEL_TESTS` (default `../shared/cel`
//! beside the repository) and ends with a line
//! `cel: P passed, O outside the language, F failed`.

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
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
use rulestone_format::meaning::{Timestamp, collect};
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
        facts.push(Fact {
            path,
            ty: expression_type(&fact_type),
            fact_type,
            optional: true,
            default: None,
        });
    }
    // A name may be a prefix of another one there; a fact can't be a group, so
    // only the longer one, which wins by the rules of name resolution, is kept.
    let paths: Vec<Vec<String>> = facts.iter().map(|fact| fact.path.clone()).collect();
    facts.retain(|fact| {
        !paths.iter().any(|other| other.len() > fact.path.len() && other.starts_with(&fact.path))
    });
    let nothing = Map::new();
    for (name, value) in test["bindings"].as_object().unwrap_or(&nothing) {
        let path: Vec<String> = name.split('.').map(str::to_owned).collect();
        if facts.iter().any(|fact| fact.path == path) {
            insert(&mut request, &path, fact_json(value)?);
        } else if !paths.contains(&path) {
            return Err("binds a name that is not declared".to_owned());
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

/// A bound value in the form that facts have in JSON. A value of another kind is
/// outside the language; none may be lost in silence, for an absent fact is an error
/// that a test may expect.
fn fact_json(value: &Json) -> Result<Json, String> {
    let text = value["v"].as_str().unwrap_or_default();
    Ok(match value["t"].as_str().unwrap_or_default() {
        "bool" | "string" => value["v"].clone(),
        "int" | "uint" => serde_json::from_str(text).expect("an integer"),
        "double" => match text.parse::<f64>().expect("a double") {
            number if number.is_nan() => json!("NaN"),
            number if number.is_infinite() && number > 0.0 => json!("Infinity"),
            number if number.is_infinite() => json!("-Infinity"),
            number => json!(number),
        },
        "bytes" => json!(STANDARD.encode(bytes(value["hex"].as_str().unwrap_or_default()))),
        "timestamp" => {
            let (seconds, nanos) = seconds_and_nanos(value);
            let nanos = u32::try_from(nanos).expect("nanoseconds");
            let text = collect(|sink| Timestamp { seconds, nanos }.write(sink)).expect("fits");
            json!(String::from_utf8(text).expect("is text"))
        }
        "duration" => {
            let (seconds, nanos) = seconds_and_nanos(value);
            json!(format!("{}ns", i128::from(seconds) * 1_000_000_000 + i128::from(nanos)))
        }
        "list" => {
            let items = value["v"].as_array().cloned().unwrap_or_default();
            Json::Array(items.iter().map(fact_json).collect::<Result<_, _>>()?)
        }
        "map" => {
            let entries = value["v"].as_array().cloned().unwrap_or_default();
            let entries = entries.iter().map(|entry| {
                let key = entry[0]["v"].as_str().ok_or("binds a map without strings as keys")?;
                Ok((key.to_owned(), fact_json(&entry[1])?))
            });
            Json::Object(entries.collect::<Result<_, String>>()?)
        }
        other => return Err(format!("binds a value of type {other}")),
    })
}

/// Of a timestamp or a duration.
fn seconds_and_nanos(value: &Json) -> (i64, i64) {
    let seconds = value["s"].as_str().and_then(|seconds| seconds.parse().ok());
    (seconds.expect("seconds"), value["n"].as_i64().unwrap_or_default())
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
            let (seconds, nanos) = seconds_and_nanos(value);
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

/// Whatever kind of value a test binds, the expression sees it.
#[test]
fn bound_values_of_all_kinds_arrive() {
    let bound = |ty: &str, value: Json, expr: &str| {
        let test = json!({
            "expr": expr,
            "type_env": [{"name": "x", "kind": "ident", "type": ty}],
            "bindings": {"x": value},
            "expect": {"kind": "value", "value": {"t": "bool", "v": true}},
        });
        match run(&test) {
            Outcome::Passed => {}
            Outcome::Outside(why) | Outcome::Failed(why) => panic!("{expr}: {why}"),
        }
    };
    let one_zero = json!({"t": "bytes", "hex": "00"});
    bound("bytes", one_zero.clone(), r"x == b'\x00' && x > b''");
    bound("list(bytes)", json!({"t": "list", "v": [one_zero]}), r"x[0] == b'\x00'");
    let second = |t: &str| json!({"t": t, "s": "-1", "n": 500_000_000});
    bound("google.protobuf.Timestamp", second("timestamp"), "int(x + duration('0.5s')) == 0");
    let duration = json!({"t": "duration", "s": "123", "n": 321_456_789});
    bound("google.protobuf.Duration", duration, "x == duration('123.321456789s')");
    let minus = json!({"t": "duration", "s": "-1", "n": -500_000_000});
    bound("google.protobuf.Duration", minus, "x == duration('-1.5s')");
    bound("double", json!({"t": "double", "v": "-inf"}), "x < -1e308");
    bound("double", json!({"t": "double", "v": "NaN"}), "x != x");
    bound("uint", json!({"t": "uint", "v": "18446744073709551615"}), "x == 18446744073709551615u");
    bound("bool", json!({"t": "bool", "v": true}), "x");
    bound("string", json!({"t": "string", "v": "é"}), "x == 'é'");
    let entry = json!([{"t": "string", "v": "k"}, {"t": "int", "v": "-9223372036854775808"}]);
    bound("map(string, int)", json!({"t": "map", "v": [entry]}), "x.k == -9223372036854775808");
}
