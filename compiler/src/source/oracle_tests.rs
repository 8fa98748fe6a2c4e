//! The same values as another YAML reader sees.

use std::path::{Path, PathBuf};

use yaml_serde::Value;

use super::compose::{Budget, compose};
use super::node::{Node, NodeKind};
use super::sources::Sources;
use crate::diagnostic::Diagnostics;

fn read(yaml: &str) -> Node {
    let mut sources = Sources::default();
    let file = sources.push("t.yaml".into(), "t.yaml".into(), yaml.into());
    let mut diagnostics = Diagnostics::default();
    let root = compose(yaml, file, &mut Budget::default(), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{yaml}\n{diagnostics:?}");
    root.unwrap_or_else(|| panic!("{yaml}"))
}

fn is_same(node: &Node, value: &Value) -> bool {
    match (&node.kind, value) {
        (NodeKind::Null(_), Value::Null) => true,
        (NodeKind::Bool(a, _), Value::Bool(b)) => a == b,
        (NodeKind::Int(a, _), Value::Number(b)) => {
            b.as_i64().map(i128::from).or(b.as_u64().map(i128::from)) == Some(*a)
        }
        (NodeKind::Double(a, _), Value::Number(b)) => {
            b.as_f64().is_some_and(|b| *a == b || (a.is_nan() && b.is_nan()))
        }
        (NodeKind::String(a), Value::String(b)) => a.value == *b,
        (NodeKind::List(a), Value::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (NodeKind::Map(a), Value::Mapping(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|(a, (key, value))| {
                    key.as_str() == Some(&a.key.value) && is_same(&a.value, value)
                })
        }
        _ => false,
    }
}

#[test]
fn scalars_and_collections_mean_what_another_reader_says() {
    for yaml in [
        "a: [no, yes, on, off, true, FALSE, ~, null, '', \"x\", 1, -2, 0x1F, 0o17, 1.5, .5, 1e3]",
        "a: [.inf, -.inf, .nan, 18:00, 2026-06-01, 2026-06-01T18:00:00, 1_000, 12.5%]",
        "a:\n- b\n- - c\n  - d\n-\n  e: f\nb: {c: [], d: {}}",
        "a: |\n  x\n   y\n\n  z\nb: >-\n  x\n  y\n\n  z\nc: |+\n  x\n\nd: >\n\n  x\n\n   y\n  z\n",
        "a: one\n  two\n\n  three\nb: 'it''s\n  so'\nc: \"tab\\t\\u00e9 \\\n  x\"\n",
        "a: &x {b: [1, 2]}\nc: *x\nd: &y z\ne: [*y, *x]\n",
        "a: x # c\nb: x#c\n# d\nc: 'x # c'\n",
        "{\"a\":1,\"b\":[true,null],\"c\":{\"d\":\"e\"}}",
        "---\na: 1\n...\n",
        "a: !!str 5\nb: !!float 5\n",
        "a: {\n  b: 1,\n  c: 2,\n}\nd: [\n  1,\n  2\n]\n",
    ] {
        let value: Value = yaml_serde::from_str(yaml).unwrap_or_else(|e| panic!("{yaml}: {e}"));
        assert!(is_same(&read(yaml), &value), "{yaml}\n{:?}\n{value:?}", read(yaml).kind);
    }
}

/// Also reads the folders named in `YAML_ORACLE`, separated as in `PATH`.
#[test]
fn the_example_rulesets_mean_what_another_reader_says() {
    let more = std::env::var_os("YAML_ORACLE").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&more).collect();
    folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules"));
    let mut files = Vec::new();
    for folder in folders {
        find(&folder, &mut files);
    }
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{file:?}: {e}"));
        let value: Value = yaml_serde::from_str(&text).unwrap_or_else(|e| panic!("{file:?}: {e}"));
        assert!(is_same(&read(&text), &value), "{}", file.display());
    }
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|e| e.path()) {
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            files.push(path);
        }
    }
}
