//! What the compiler makes of a source grows with the source: constants that many
//! rules use are shared, and where growth can't be avoided it is refused at its
//! place.

mod support;
mod weighing;

use rulestone_compiler::Options;
use rulestone_compiler::check::regex::MAX_AUTOMATA;
use rulestone_compiler::source::Input;
use rulestone_compiler::{Compiled, check_source, compile};
use std::fmt::Write;
use support::report;
use weighing::weigh;

const HEAD: &str = "rulestone: v1\nruleset: growth\nfacts:\n  level: int\n  name: string\n  \
    tags: {list: string}\noutputs:\n  note: {type: string}\n";

fn input(yaml: &str) -> Input {
    Input::Memory(vec![("growth.yaml".to_owned(), yaml.as_bytes().to_vec())])
}

/// A constant `list` of numbers or words, and as many rules as `condition` gives.
fn rules(items: &str, rules: usize, condition: impl Fn(usize) -> String) -> String {
    let mut yaml = format!("{HEAD}constants:\n  list: [{items}]\nrules:\n");
    for n in 0..rules {
        let _ = writeln!(yaml, "  - {{id: r{n}, condition: '{}'}}", condition(n));
    }
    yaml
}

fn numbers(count: usize) -> String {
    (0..count).map(|n| (3 * n).to_string()).collect::<Vec<_>>().join(",")
}

fn words(count: usize) -> String {
    (0..count).map(|n| format!("w{n}")).collect::<Vec<_>>().join(",")
}

/// Compiles a source, in at most so many bytes for each of its own.
#[track_caller]
fn compiles_within(yaml: &str, factor: usize) -> Compiled {
    let (compiled, peak, _) = weigh(|| compile(&input(yaml), Options::default()));
    let Compiled { archive, sources, diagnostics, .. } = &compiled;
    let archive = archive.as_ref();
    assert!(archive.is_some(), "{}", report(diagnostics, sources));
    assert!(peak < factor * yaml.len(), "{peak} bytes for {} of source", yaml.len());
    compiled
}

#[test]
fn a_constant_list_that_many_rules_use_is_there_once() {
    let (some, more) = (numbers(5_000), words(4_000));
    for (list, condition) in [
        (&some, "level in constants.list && name == \"@\""),
        (&some, "!(level in constants.list) && name == \"@\""),
        (&some, "level in constants.list || name == \"@\""),
        (&more, "name in constants.list && level != @"),
        (&more, "sets.intersects(constants.list, tags) && level != @"),
        (&more, "sets.intersects(constants.list, tags + [string(level + @)])"),
        (&some, "constants.list.all(x, x != level + @)"),
        (&some, "constants.list[@] > level"),
        (&some, "level in constants.list + [@, 1]"),
    ] {
        let yaml = rules(list, 400, |n| condition.replace('@', &n.to_string()));
        // A rule takes some kilobytes by itself; with a list of its own it would take
        // hundreds.
        compiles_within(&yaml, 200);
    }
}

#[test]
fn more_rules_with_the_same_list_take_no_more_of_it() {
    let archive = |count| {
        let yaml = rules(&numbers(5_000), count, |n| {
            format!("level in constants.list && name == \"{n}\"")
        });
        let archive = compile(&input(&yaml), Options::default()).archive;
        archive.map_or(0, |archive| archive.len())
    };
    let (few, many) = (archive(10), archive(300));
    assert!(few > 0 && many < few + 300 * 300, "{few} and {many} bytes");
}

#[test]
fn lists_that_each_rule_changes_are_refused_where_they_become_too_long() {
    let yaml = rules(&numbers(10_000), 1_000, |n| {
        format!("level in constants.list && level != {}", 3 * n)
    });
    let (compiled, peak, _) = weigh(|| compile(&input(&yaml), Options::default()));
    let Compiled { archive, diagnostics, sources, .. } = &compiled;
    let report = report(diagnostics, sources);
    assert!(archive.is_none());
    assert_eq!(diagnostics.iter().filter(|finding| finding.is_error()).count(), 1, "{report}");
    assert!(report.contains("RS0416") && report.contains("growth.yaml:"), "{report}");
    assert!(peak < 100 << 20, "{peak} bytes");
}

#[test]
fn folding_makes_no_more_than_there_is_room_for() {
    // Each is folded as far as all of them have room, and worked out later from then on.
    let yaml = rules(&numbers(2_000), 1_000, |n| {
        format!("level in constants.list + constants.list + [{n}]")
    });
    compiles_within(&yaml, 1_500);
    let text = "a".repeat(60_000);
    let mut yaml = format!("{HEAD}constants:\n  text: {text}\nrules:\n");
    for n in 0..1_000 {
        let _ = writeln!(yaml, "  - {{id: r{n}, output: {{note: '${{constants.text}}{n}'}}}}");
    }
    compiles_within(&yaml, 1_500);
}

#[test]
fn folding_takes_no_more_steps_than_there_are() {
    let yaml = rules(&numbers(5_000), 2_000, |n| {
        format!("constants.list.all(x, x >= -{n}) && level > {n}")
    });
    let compiled = compiles_within(&yaml, 200);
    // The first ones were folded, so that nothing is left of their macros.
    let rules = &compiled.ruleset.expect("a ruleset").rules;
    let is_macro = |at: usize| format!("{:?}", rules[at].condition).contains("Macro");
    assert_eq!([is_macro(0), is_macro(1_999)], [false, true]);
}

#[test]
fn many_regexes_are_refused_at_the_one_that_is_too_much() {
    let condition = |n| format!("name.matches(\"^.{{1,300}}x{n}$\")");
    let yaml = rules("1", 1_300, condition);
    let (checked, peak, _) = weigh(|| check_source(&input(&yaml)));
    let report = report(&checked.diagnostics, &checked.sources);
    let errors = checked.diagnostics.iter().filter(|finding| finding.is_error()).count();
    assert_eq!(errors, 1, "{report}");
    assert!(report.contains("RS0804") && report.contains("growth.yaml:"), "{report}");
    assert!(peak < 2 * MAX_AUTOMATA, "{peak} bytes");
    // The same one a thousand times is one.
    let yaml = rules("1", 1_300, |_| condition(1));
    let checked = check_source(&input(&yaml));
    assert!(!checked.diagnostics.has_errors());
    assert_eq!(checked.ruleset.map(|ruleset| ruleset.regexes.len()), Some(1));
}

#[test]
fn regexes_that_check_accepts_are_within_what_loaders_accept() {
    assert_eq!(MAX_AUTOMATA, rulestone::Limits::default().automata);
}

#[test]
fn windows_of_a_schedule_that_all_rules_share_are_there_once() {
    let daily = "{start: 2000-01-01T00:00:00, end: 2050-01-01T00:00:00, daily: {from: \"18:00\", to: \"22:00\"}}";
    let of_ruleset =
        HEAD.replace("facts:", &format!("schedule: {daily}\nfacts:\n  now: timestamp"));
    let rules: String =
        (0..1_000).map(|n| format!("  - {{id: r{n}, condition: level > {n}}}\n")).collect();
    compiles_within(&format!("{of_ruleset}rules:\n{rules}"), 1_000);
    // Written once for each rule, they are still the same.
    let head = HEAD.replace("facts:", "facts:\n  now: timestamp");
    let rules: String = (0..100)
        .map(|n| format!("  - {{id: r{n}, schedule: {daily}, condition: level > {n}}}\n"))
        .collect();
    compiles_within(&format!("{head}rules:\n{rules}"), 2_000);
}

#[test]
fn values_of_a_large_enum_are_found_at_once() {
    let values: Vec<String> = (0..20_000).map(|n| format!("v{n}")).collect();
    let values = values.join(",");
    let mut yaml = format!(
        "rulestone: v1\nruleset: growth\nfacts:\n  kind: {{enum: [{values}]}}\n  level: int\n\
         constants:\n  list: [{values}]\nrules:\n"
    );
    for n in 0..200 {
        let _ =
            writeln!(yaml, "  - {{id: r{n}, condition: 'kind in constants.list && level > {n}'}}");
    }
    compiles_within(&yaml, 200);
}

#[test]
fn findings_quote_no_more_than_people_read() {
    let values: Vec<String> = (0..20_000).map(|n| format!("v{n}")).collect();
    let mut yaml = format!(
        "rulestone: v1\nruleset: growth\nfacts:\n  kind: {{enum: [{}]}}\nrules:\n",
        values.join(",")
    );
    for n in 0..2_000 {
        let _ = writeln!(yaml, "  - {{id: r{n}, condition: kind == \"none\"}}");
    }
    let (checked, peak, _) = weigh(|| check_source(&input(&yaml)));
    assert!(checked.diagnostics.has_errors());
    assert!(peak < 200 * yaml.len(), "{peak} bytes");
}
