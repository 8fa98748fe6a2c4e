//! Hostile source ends in a located error, quickly and in bounded memory.

mod support;

use rulestone_compiler::Options;
use rulestone_compiler::source::Input;
use rulestone_compiler::{Compiled, compile};
use std::fmt::Write;
use support::report;

const HEAD: &str = "rulestone: v1\nruleset: hostile\nfacts:\n  now: timestamp\n  level: int\n  name: string\noutputs:\n  points: {type: int}\n  items: {type: {list: int}}\n";

/// The report about a source, which must have errors with a place.
#[track_caller]
fn refused(yaml: &[u8]) -> String {
    let input = Input::Memory(vec![("hostile.yaml".to_owned(), yaml.to_vec())]);
    let Compiled { sources, archive, diagnostics, .. } = compile(&input, Options::default());
    assert!(archive.is_none(), "the source was compiled");
    assert!(diagnostics.has_errors());
    let located = diagnostics.iter().filter(|d| d.is_error()).all(|d| d.primary.is_some());
    let report = report(&diagnostics, &sources);
    assert!(located, "{report}");
    assert!(report.contains("hostile.yaml:"), "{report}");
    assert!(report.len() < 100_000, "a report of {} bytes", report.len());
    report
}

/// A ruleset with one rule of this condition.
fn condition(cel: &str) -> Vec<u8> {
    format!("{HEAD}rules:\n  - id: r\n    condition: >-\n      {cel}\n").into_bytes()
}

#[track_caller]
fn refused_with(yaml: &[u8], code: &str) {
    let report = refused(yaml);
    assert!(report.contains(code), "expected {code} in:\n{report}");
}

#[test]
fn parentheses_nested_100_000_deep() {
    let cel = format!("{}1{} > 0", "(".repeat(100_000), ")".repeat(100_000));
    refused(&condition(&cel));
    // Short enough for a text, too deep for a tree.
    let cel = format!("{}1{} > 0", "(".repeat(20_000), ")".repeat(20_000));
    refused_with(&condition(&cel), "RS0302");
}

#[test]
fn brackets_and_negations_nested_deeply() {
    refused(&condition(&format!("{}1{} == []", "[".repeat(20_000), "]".repeat(20_000))));
    refused(&condition(&format!("{}true", "!".repeat(20_000))));
    refused(&condition(&format!("{}level > 0", "level > 0 ? true : ".repeat(3_000))));
}

#[test]
fn a_sum_of_30_000_terms() {
    refused(&condition(&format!("level{} > 0", " + 1".repeat(30_000))));
    refused_with(&condition(&format!("level{} > 0", "+1".repeat(30_000))), "RS0302");
}

#[test]
fn many_terms_of_a_disjunction_are_no_depth() {
    let cel = vec!["level == 7"; 3_000].join(" || ");
    let input = Input::Memory(vec![("wide.yaml".to_owned(), condition(&cel))]);
    let compiled = compile(&input, Options::default());
    assert!(compiled.archive.is_some(), "{}", report(&compiled.diagnostics, &compiled.sources));
}

#[test]
fn an_alias_bomb() {
    let mut yaml = format!("{HEAD}constants:\n  a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n");
    for level in 1..30 {
        let last = level - 1;
        let row = vec![format!("*a{last}"); 10].join(", ");
        let _ = writeln!(yaml, "  a{level}: &a{level} [{row}]");
    }
    refused_with(yaml.as_bytes(), "RS0115");
}

#[test]
fn a_scalar_of_10_megabytes() {
    let text = "a".repeat(10 << 20);
    refused_with(&condition(&format!("name == \"{text}\"")), "RS0105");
    let output = format!("{HEAD}rules:\n  - id: r\n    output: {{points: \"{text}\"}}\n");
    refused_with(output.as_bytes(), "RS0105");
}

#[test]
fn variables_in_a_circle() {
    let yaml = format!(
        "{HEAD}variables:\n  a: variables.b + 1\n  b: variables.c + 1\n  c: variables.a + 1\n"
    );
    refused_with(yaml.as_bytes(), "RS0408");
}

#[test]
fn a_chain_of_10_000_variables() {
    let mut yaml = format!("{HEAD}variables:\n  v0: level\n");
    for n in 1..10_000 {
        let _ = writeln!(yaml, "  v{n}: variables.v{} + variables.v{}", n - 1, n - 1);
    }
    refused_with(yaml.as_bytes(), "RS0409");
}

#[test]
fn a_regex_of_a_huge_automaton() {
    for pattern in
        ["(a{1000}){1000}", "(.*a.{50}){20}", "(((a{100}){100}){100}){100}", "[01]*1[01]{60}"]
    {
        refused(&condition(&format!("name.matches('{pattern}')")));
    }
}

#[test]
fn a_list_literal_of_a_million_entries() {
    let items = vec!["1"; 1_000_000].join(",");
    refused_with(&condition(&format!("level in [{items}]")), "RS0105");
    let constant = format!("{HEAD}constants:\n  a: [{items}]\n");
    refused_with(constant.as_bytes(), "RS0502");
    let output = format!("{HEAD}rules:\n  - id: r\n    output: {{items: [{items}]}}\n");
    refused_with(output.as_bytes(), "RS0502");
    let items = vec!["1"; 30_000].join(",");
    refused_with(&condition(&format!("level in [{items}]")), "RS0303");
    let output =
        format!("{HEAD}rules:\n  - id: r\n    output: {{items: [{}]}}\n", "[".repeat(100_000));
    refused(output.as_bytes());
}

#[test]
fn bytes_that_are_not_utf_8() {
    let mut yaml = condition("level > 0");
    yaml.extend_from_slice(b"# \xff\xfe\n");
    refused_with(&yaml, "RS0106");
}

#[test]
fn a_fence_with_nan() {
    for number in [".nan", ".inf", "-.inf", "91", "1e999"] {
        let yaml = format!(
            "{HEAD}fences:\n  f: {{circle: {{center: {{lat: {number}, lon: 0}}, radius: 5m}}}}\n"
        );
        refused(yaml.as_bytes());
    }
}

#[test]
fn a_schedule_that_ends_before_it_starts() {
    let yaml =
        format!("{HEAD}schedule: {{start: 2026-06-30T00:00:00, end: 2026-06-01T00:00:00}}\n");
    refused_with(yaml.as_bytes(), "RS0609");
}

#[test]
fn a_date_in_the_year_10_000() {
    let yaml = format!("{HEAD}schedule: {{start: 10000-01-01T00:00:00}}\n");
    refused(yaml.as_bytes());
    let windows = format!(
        "{HEAD}schedule: {{start: 0001-01-01T00:00:00, end: 9999-12-31T00:00:00, daily: {{from: \"01:00\", to: \"02:00\"}}}}\n"
    );
    refused(windows.as_bytes());
}

#[test]
fn integers_beyond_64_bits() {
    refused_with(&condition("level < 9223372036854775808"), "RS0304");
    refused_with(&condition("uint(level) < 18446744073709551616u"), "RS0304");
    let yaml = format!("{HEAD}constants:\n  big: 18446744073709551616\n");
    refused(yaml.as_bytes());
}

#[test]
fn nested_macros_over_constants_end() {
    let list = format!("[{}]", vec!["1"; 60].join(","));
    let mut cel = "level > 0".to_owned();
    for depth in 0..20 {
        cel = format!("{list}.all(x{depth}, {cel})");
    }
    // Either it compiles, quickly, or it is refused: it doesn't hang.
    let input = Input::Memory(vec![("macros.yaml".to_owned(), condition(&cel))]);
    let _ = compile(&input, Options::default());
}

#[test]
fn strings_that_double_while_they_are_folded_end() {
    let mut cel = "'ab'".to_owned();
    for _ in 0..60 {
        cel = format!("cel.bind(x, {cel}, x + x)");
    }
    let input =
        Input::Memory(vec![("double.yaml".to_owned(), condition(&format!("{cel} == name")))]);
    let _ = compile(&input, Options::default());
}

#[test]
fn yaml_nested_deeply() {
    let mut yaml = format!("{HEAD}rules:\n  - id: r\n    condition: ").into_bytes();
    yaml.extend(std::iter::repeat_n(b'[', 100_000));
    refused(&yaml);
    let mut yaml = format!("{HEAD}rules:\n  - id: r\n    condition: ").into_bytes();
    yaml.extend(b"{not: ".repeat(50_000));
    refused(&yaml);
}

#[test]
fn a_million_findings_are_told_in_bounded_memory() {
    let mut yaml = HEAD.as_bytes().to_vec();
    yaml.extend(b"x: 1\n".repeat(100_000));
    let input = Input::Memory(vec![("many.yaml".to_owned(), yaml)]);
    assert!(compile(&input, Options::default()).archive.is_none());
}
