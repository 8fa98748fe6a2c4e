//! The table of invariants in SPEC.md is whole: each field of each record and each code
//! stands in it, and the tests that it names are there.

use super::fixture;
use crate::error::ErrorCode;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where tests are, from the folder of this crate.
const SOURCES: [&str; 4] = ["src", "../runtime/src", "../compiler/tests", "../compiler/cli/tests"];

fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn specification() -> String {
    std::fs::read_to_string(home().join("SPEC.md")).expect("SPEC.md")
}

/// The rows of the table between two marks, cell by cell, without its head.
fn rows<'s>(spec: &'s str, name: &str) -> Vec<Vec<&'s str>> {
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
    let (_, rest) = spec.split_once(&begin).expect("its begin is marked");
    let (table, _) = rest.split_once(&end).expect("its end is marked");
    let cells = |line: &'s str| {
        let line = line.strip_prefix('|').and_then(|line| line.strip_suffix('|'));
        line.expect("a row").split('|').map(str::trim).collect()
    };
    table.lines().filter(|line| !line.is_empty()).skip(2).map(cells).collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The rows of invariants, without the headings between them.
fn invariants(spec: &str) -> Vec<[&str; 4]> {
    let rows = rows(spec, "invariants").into_iter();
    let rows = rows.map(|row| <[&str; 4]>::try_from(row).expect("four cells"));
    rows.filter(|[_, invariant, ..]| !invariant.is_empty()).collect()
}

#[test]
fn every_code_stands_in_the_table_of_invariants() {
    let spec = specification();
    // What exceeds the limits of a decision (`D...`) is no fault of an archive or a frame.
    let codes = ErrorCode::ALL.iter().map(|code| code.as_str());
    let known: BTreeSet<&str> = codes.filter(|code| !code.starts_with('D')).collect();
    let mut found = BTreeSet::new();
    for [field, _, codes, _] in invariants(&spec) {
        if ["none", "any", "of their table"].contains(&codes) {
            continue;
        }
        for code in codes.split(", ") {
            assert!(known.contains(code), "{field}: {code} is no code");
            found.insert(code);
        }
    }
    let missing: Vec<&&str> = known.difference(&found).collect();
    assert!(missing.is_empty(), "no invariant has {missing:?}");
}

#[test]
fn every_field_stands_in_the_table_of_invariants() {
    let spec = specification();
    let listed: BTreeSet<&str> =
        invariants(&spec).iter().flat_map(|[field, ..]| quoted(field)).collect();
    let (_, records) = spec.split_once("<!-- begin records -->").expect("records are listed");
    let (records, _) = records.split_once("<!-- end records -->").expect("they end");
    let names: Vec<&str> = records
        .lines()
        .filter_map(|line| line.strip_prefix("#### ")?.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    assert!(names.len() > 20, "{names:?}");
    let (mut record, mut fields, mut all) = ("", BTreeSet::new(), BTreeSet::new());
    for line in records.lines() {
        if let Some((name, _)) = line.strip_prefix("#### ").and_then(|line| line.split_once(':')) {
            record = name;
        }
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, offset, _, field, of, ..] = cells[..] else { continue };
        // Of records within records and tables of records, each field stands for itself.
        let is_own = of != "Word" && !names.contains(&of.trim_start_matches("vec "));
        let is_text = ["Text", "Range", "vec Text", "vec Range"].contains(&of);
        if offset.parse::<usize>().is_ok() {
            all.insert(format!("{record}.{field}"));
            fields.extend((is_own || is_text).then(|| format!("{record}.{field}")));
        }
    }
    assert!(fields.len() > 80, "{fields:?}");
    let missing: Vec<&String> =
        fields.iter().filter(|field| !listed.contains(field.as_str())).collect();
    assert!(missing.is_empty(), "no invariant of {missing:?}");
    for name in listed.iter().filter(|name| name.contains('.')) {
        let is_of_a_record = name.split_once('.').is_some_and(|(of, _)| names.contains(&of));
        assert!(!is_of_a_record || all.contains(*name), "{name} is no field");
    }
}

/// The names of all tests in the sources of a folder.
fn tests_in(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            tests_in(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = std::fs::read_to_string(&path).expect("text");
            let mut is_test = false;
            for line in source.lines().map(str::trim) {
                is_test |= line == "#[test]";
                if let Some(rest) = line.strip_prefix("fn ").filter(|_| is_test) {
                    names.extend(rest.split_once('(').map(|(name, _)| name.to_owned()));
                    is_test = false;
                }
            }
        }
    }
}

#[test]
fn the_tests_that_the_specification_names_are_there() {
    let folders = SOURCES.map(|folder| home().join(folder));
    if let Some(missing) = folders.iter().find(|folder| !folder.is_dir()) {
        println!("skipped: {} is not here, nor are its tests", missing.display());
        return;
    }
    let mut known = BTreeSet::new();
    folders.iter().for_each(|folder| tests_in(folder, &mut known));
    assert!(known.len() > 300, "{}", known.len());
    let spec = specification();
    let accesses = rows(&spec, "accesses");
    let all = invariants(&spec).into_iter().map(|[field, _, _, tests]| (field, tests));
    let all = all.chain(accesses.iter().map(|row| (row[0], row[2])));
    for (field, tests) in all {
        let named = quoted(tests);
        assert!(!named.is_empty(), "{field}: no test breaks it");
        for test in named {
            assert!(known.contains(test), "{field}: there is no test {test}");
        }
    }
}

#[test]
fn the_fixture_has_a_record_of_each_kind() {
    // What is not in it, no test that changes it can break.
    let r = fixture::ruleset();
    let index = &r.index;
    for (length, table) in [
        (r.data.len(), "data"),
        (r.schema.labels.len(), "labels"),
        (r.outputs.len(), "outputs"),
        (r.assignments.len(), "assignments"),
        (r.cuts.len(), "cuts"),
        (r.words.len(), "words"),
        (r.predicates.len(), "predicates"),
        (r.sets.len(), "sets"),
        (index.dimensions.len(), "dimensions"),
        (index.summaries.len(), "summaries"),
        (r.variables.len(), "variables"),
        (r.constants.len(), "constants"),
        (r.vertices.len(), "vertices"),
        (r.regexes.len(), "regexes"),
        (r.transitions.len(), "transitions"),
        (r.debug.files.len(), "files"),
        (r.debug.rules.len(), "positions of rules"),
        (r.debug.code.len(), "positions of code"),
    ] {
        assert!(length > 0, "{table}");
    }
}
