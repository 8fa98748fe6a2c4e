//! Every expression of the specification's conformance tests is read, printed
//! and read again. The data is found by the environment variable
//! `RULESTONE_CEL_TESTS`, or beside the repository; without it, nothing is tested.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::*;

/// Two tests (`parse`, section `bytes_literals`) expect a backslash that their
/// expression doesn't contain.
const MISPRINTED: [&str; 2] =
    ["triple_single_quoted_unescaped_punctuation", "triple_double_quoted_unescaped_punctuation"];

#[test]
fn the_specifications_expressions_parse_and_print_back() {
    let tests = conformance_tests();
    for test in &tests {
        let text = test["expr"].as_str().unwrap_or_default();
        let place = format!("{} {} {}", test["file"], test["index"], test["name"]);
        let expr = match parse(text, &Limits::default()) {
            Ok(expr) => expr,
            Err(error) => panic!("{place}: {text}: {error}"),
        };
        let printed = print(&expr);
        match parse(&printed, &Limits::default()) {
            Ok(again) => assert!(again.same_as(&expr), "{place}: {text} printed as {printed}"),
            Err(error) => panic!("{place}: {text} printed as {printed}: {error}"),
        }
        assert!(ranges_nest(&expr, expr.range), "{place}: {text}");
    }
}

#[test]
fn the_specifications_literals_have_the_expected_values() {
    let tests = conformance_tests();
    let mut compared = 0;
    for test in &tests {
        let text = test["expr"].as_str().unwrap_or_default();
        let expected = &test["expect"]["value"];
        let name = test["name"].as_str().unwrap_or_default();
        if MISPRINTED.contains(&name) && test["section"] == "bytes_literals" {
            continue;
        }
        let Ok(Expr { kind: ExprKind::Literal(literal), .. }) = parse(text, &Limits::default())
        else {
            continue;
        };
        let found = match &literal {
            Literal::Int(value) => value.to_string(),
            Literal::Uint(value) => value.to_string(),
            Literal::String(value) => value.clone(),
            Literal::Bytes(value) => value.iter().map(|byte| format!("{byte:02x}")).collect(),
            _ => continue,
        };
        let field = if matches!(literal, Literal::Bytes(_)) { "hex" } else { "v" };
        if let Some(value) = expected[field].as_str() {
            assert_eq!(found, value, "{text}");
            compared += 1;
        }
    }
    assert!(tests.is_empty() || compared > 100, "only {compared} literals");
}

/// All tests of the folder; empty, with a note, where there is none.
fn conformance_tests() -> Vec<Value> {
    let folder = match std::env::var_os("RULESTONE_CEL_TESTS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/cel"),
    };
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: no CEL conformance tests in {}", folder.display());
        return Vec::new();
    };
    let mut tests = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            let text = std::fs::read_to_string(&path).unwrap();
            tests.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
        }
    }
    println!("{} conformance tests", tests.len());
    tests
}

/// Whether every part lies inside of what it is a part of.
fn ranges_nest(expr: &Expr, outer: Range) -> bool {
    let range = expr.range;
    let inside = outer.start <= range.start && range.start < range.end && range.end <= outer.end;
    let all = |items: &[Expr]| items.iter().all(|item| ranges_nest(item, range));
    inside
        && match &expr.kind {
            ExprKind::Literal(_) | ExprKind::Identifier { .. } => true,
            ExprKind::Select { operand, .. } | ExprKind::Unary { operand, .. } => {
                ranges_nest(operand, range)
            }
            ExprKind::Call { receiver, arguments, .. } => {
                all(arguments)
                    && receiver.as_ref().is_none_or(|receiver| ranges_nest(receiver, range))
            }
            ExprKind::Binary { operator_range, left, right, .. } => {
                left.range.end <= operator_range.start
                    && operator_range.end <= right.range.start
                    && ranges_nest(left, range)
                    && ranges_nest(right, range)
            }
            ExprKind::And(items) | ExprKind::Or(items) | ExprKind::List(items) => all(items),
            ExprKind::Conditional { condition, then, otherwise } => {
                [condition, then, otherwise].into_iter().all(|part| ranges_nest(part, range))
            }
            ExprKind::Index { operand, index } => {
                ranges_nest(operand, range) && ranges_nest(index, range)
            }
            ExprKind::Map(entries) => entries
                .iter()
                .all(|(key, value)| ranges_nest(key, range) && ranges_nest(value, range)),
            ExprKind::Message { fields, .. } => {
                fields.iter().all(|(_, value)| ranges_nest(value, range))
            }
        }
}
