//! Sources that go to a limit, and what becomes of them.
//!
//! In: YAML. Out: the ruleset that a loader makes of it, or what it is refused for. What checking alone finds is
//! held against what compiling finds each time.

use rulestone::{Limits, Ruleset};
use rulestone_compiler::Options;
use rulestone_compiler::diagnostic::Code;
use rulestone_compiler::diagnostic::render::render;
use rulestone_compiler::source::Input;
use rulestone_compiler::{Compiled, check_source, compile};
use std::fmt::Write;

pub const HEAD: &str = "rulestone: v1\nruleset: limits\n";

/// What only making the archive finds out: how much rules, expressions and all together are.
const OF_THE_ARCHIVE: [Code; 3] = [Code::TooComplex, Code::TooMany, Code::TooLarge];

fn compiled(yaml: &str) -> (Option<Vec<u8>>, String) {
    let input = Input::Memory(vec![("limits.yaml".to_owned(), yaml.as_bytes().to_vec())]);
    let Compiled { sources, archive, diagnostics, .. } = compile(&input, Options::default());
    let checked = check_source(&input).diagnostics;
    match checked.has_errors() {
        true => assert_eq!(checked.iter().count(), diagnostics.iter().count()),
        false => {
            let mut errors = diagnostics.iter().filter(|d| d.is_error());
            assert!(errors.all(|d| OF_THE_ARCHIVE.contains(&d.code)), "{diagnostics:?}");
        }
    }
    let errors = diagnostics.iter().filter(|d| d.is_error());
    let report: String = errors.map(|d| render(d, &sources, false)).collect();
    let located = diagnostics.iter().filter(|d| d.is_error()).all(|d| d.primary.is_some());
    assert!(located, "an error without a place: {report}");
    assert_eq!(archive.is_none(), diagnostics.has_errors());
    (archive, report)
}

/// The ruleset of a source that must be accepted.
#[track_caller]
pub fn accepted(yaml: &str) -> Ruleset {
    let (archive, report) = compiled(yaml);
    let archive = archive.unwrap_or_else(|| panic!("{}", &report[..report.len().min(4000)]));
    Ruleset::from_vec_with(archive, &Limits::default().with_cost(u64::MAX))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A source that must be refused, by a finding with a code and a place.
#[track_caller]
pub fn refused(yaml: &str, code: &str) -> String {
    let (archive, report) = compiled(yaml);
    assert!(archive.is_none(), "it was compiled");
    assert!(report.contains(code), "{code} is not in:\n{}", &report[..report.len().min(4000)]);
    report
}

/// A ruleset with facts and rules of these conditions.
pub fn rules<'c>(facts: &str, conditions: impl IntoIterator<Item = &'c str>) -> String {
    let mut yaml = format!("{HEAD}facts:\n  n: int\n{facts}rules:\n");
    for (number, condition) in conditions.into_iter().enumerate() {
        let _ = writeln!(yaml, "  - {{id: r{number}, condition: '{condition}'}}");
    }
    yaml
}

/// How a finding says where some text of a source begins.
pub fn place_of(yaml: &str, text: &str) -> String {
    let before = yaml.split_once(text).expect("it is there").0;
    let (lines, line) = before.rsplit_once('\n').unwrap_or(("", before));
    format!("limits.yaml:{}:{}", lines.lines().count() + 1, line.chars().count() + 1)
}
