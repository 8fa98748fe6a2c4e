//! What `check` accepts can be compiled and loaded: whatever an archive can't hold is
//! refused where it is written, and no loader's own code (A…) comes out of a source.
//!
//! Each test goes to a limit and one step beyond.

use rulestone::{Limits, Ruleset};
use rulestone_compiler::Options;
use rulestone_compiler::diagnostic::render::render;
use rulestone_compiler::source::Input;
use rulestone_compiler::{Compiled, compile};
use rulestone_format::ErrorCode;
use std::collections::BTreeSet;
use std::fmt::Write;

const HEAD: &str = "rulestone: v1\nruleset: limits\n";

fn compiled(yaml: &str) -> (Option<Vec<u8>>, String) {
    let input = Input::Memory(vec![("limits.yaml".to_owned(), yaml.as_bytes().to_vec())]);
    let Compiled { sources, archive, diagnostics, .. } = compile(&input, Options::default());
    let errors = diagnostics.iter().filter(|d| d.is_error());
    let report: String = errors.map(|d| render(d, &sources, false)).collect();
    let located = diagnostics.iter().filter(|d| d.is_error()).all(|d| d.primary.is_some());
    assert!(located, "an error without a place: {report}");
    assert_eq!(archive.is_none(), diagnostics.has_errors());
    (archive, report)
}

/// The ruleset of a source that must be accepted.
#[track_caller]
fn accepted(yaml: &str) -> Ruleset {
    let (archive, report) = compiled(yaml);
    let archive = archive.unwrap_or_else(|| panic!("{}", &report[..report.len().min(4000)]));
    Ruleset::from_vec_with(archive, &Limits::default().with_cost(u64::MAX))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A source that must be refused, by a finding with a code and a place.
#[track_caller]
fn refused(yaml: &str, code: &str) -> String {
    let (archive, report) = compiled(yaml);
    assert!(archive.is_none(), "it was compiled");
    assert!(report.contains(code), "{code} is not in:\n{}", &report[..report.len().min(4000)]);
    report
}

/// A ruleset with facts and rules of these conditions.
fn rules<'c>(facts: &str, conditions: impl IntoIterator<Item = &'c str>) -> String {
    let mut yaml = format!("{HEAD}facts:\n  n: int\n{facts}rules:\n");
    for (number, condition) in conditions.into_iter().enumerate() {
        let _ = writeln!(yaml, "  - {{id: r{number}, condition: '{condition}'}}");
    }
    yaml
}

#[test]
fn the_defaults_of_all_facts_have_16_mib() {
    let ruleset = |facts: usize| {
        let text = "x".repeat(1 << 20);
        let mut yaml = format!(
            "{HEAD}facts:\n  f0: {{type: string, max_length: 1048576, default: &text {text}}}\n"
        );
        for n in 1..facts {
            let text = if n < 8 { &text } else { "*text" };
            let _ =
                writeln!(yaml, "  f{n}: {{type: string, max_length: 1048576, default: {text}}}");
        }
        yaml + "rules: [{id: r, condition: f0 == f1}]\n"
    };
    let accepted = accepted(&ruleset(15));
    let frame = accepted.facts_builder().finish().expect("no fact is required").to_vec();
    let mut session = accepted.session();
    assert_eq!(session.decide(&frame).expect("a good frame").matched().len(), 1);
    for facts in [16, 30] {
        let report = refused(&ruleset(facts), "RS0105");
        assert!(report.contains("limits.yaml:19:"), "{}", &report[report.len() - 300..]);
    }
}

#[test]
fn values_nest_16_deep() {
    let brackets = |n: usize| format!("size({}n{}) == 1", "[".repeat(n), "]".repeat(n));
    accepted(&rules("", [brackets(16).as_str()]));
    let report = refused(&rules("", [brackets(17).as_str()]), "RS0503");
    assert!(report.contains("limits.yaml:6:"), "{report}");
    let maps = |n: usize| format!("size({}n{}) == 1", "{1: ".repeat(n), "}".repeat(n));
    accepted(&rules("", [maps(16).as_str()]));
    refused(&rules("", [maps(17).as_str()]), "RS0503");
    let of_nothing = |n: usize| format!("size({}{}) == n", "[".repeat(n), "]".repeat(n));
    accepted(&rules("", [of_nothing(16).as_str()]));
    refused(&rules("", [of_nothing(17).as_str()]), "RS0503");
    // Each of these makes one more level of what it goes over.
    let deep = |n: usize| format!("[n]{}.size() == 1", ".map(x, [x])".repeat(n));
    accepted(&rules("", [deep(15).as_str()]));
    refused(&rules("", [deep(16).as_str()]), "RS0503");
    let constant = |n: usize| {
        format!(
            "{HEAD}constants: {{deep: {}1{}}}\nfacts: {{n: int}}\n\
             rules: [{{id: r, condition: 'size(constants.deep) == n'}}]\n",
            "[".repeat(n),
            "]".repeat(n)
        )
    };
    accepted(&constant(16));
    let report = refused(&constant(17), "RS0503");
    assert!(report.contains("limits.yaml:3:"), "{report}");
}

#[test]
fn lists_and_maps_have_65536_types() {
    // Every level of each is one of five kinds, chosen by a digit of its number.
    let nested = |mut number: u64| {
        let (mut before, mut after) = (String::new(), String::new());
        for _ in 0..15 {
            let (open, close) =
                [("[", "]"), ("{1: ", "}"), ("{1u: ", "}"), ("{true: ", "}"), ("{\"a\": ", "}")]
                    [(number % 5) as usize];
            before.push_str(open);
            after.insert_str(0, close);
            number /= 5;
        }
        format!("size({before}n{after}) == 1")
    };
    let many = |count: u64| -> Vec<String> {
        (0..count).map(|number| nested(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24)).collect()
    };
    let some = many(1_000);
    accepted(&rules("", some.iter().map(String::as_str)));
    let all = many(6_000);
    refused(&rules("", all.iter().map(String::as_str)), "RS0502");
}

#[test]
fn a_value_of_an_enum_may_be_empty_and_has_1024_bytes_at_most() {
    let of = |label: &str| {
        format!(
            "{HEAD}facts: {{kind: {{enum: [\"\", {label}]}}, kinds: {{list: {{enum: [\"\", b]}}}}}}\n\
             outputs: {{said: {{type: string}}, kind: {{enum: [\"\", b]}}}}\nrules:\n  \
             - {{id: none, condition: 'kind == \"\"', output: {{said: 'so: ${{kind}}.', kind: \"\"}}}}\n  \
             - {{id: some, condition: 'kind != \"\"'}}\n  \
             - {{id: in, condition: '\"\" in kinds'}}\n"
        )
    };
    let ruleset = accepted(&of("a"));
    let decide = |facts: &str| {
        let facts: serde_json::Value = serde_json::from_str(facts).expect("JSON");
        let frame = ruleset.encode(&facts).unwrap_or_else(|error| panic!("{error}"));
        let mut session = ruleset.session();
        let mut json = Vec::new();
        session.decide(&frame).expect("the frame is good").write_json(&mut json);
        String::from_utf8(json).expect("UTF-8")
    };
    assert_eq!(
        decide(r#"{"kind": "", "kinds": []}"#),
        r#"{"matched":["none"],"outputs":{"said":"so: .","kind":""}}"#
    );
    assert_eq!(
        decide(r#"{"kind": "a", "kinds": ["b", ""]}"#),
        r#"{"matched":["some","in"],"outputs":{}}"#
    );
    accepted(&of(&"a".repeat(1024)));
    let report = refused(&of(&"a".repeat(1025)), "RS0105");
    assert!(report.contains("limits.yaml:3:"), "{report}");
}

#[test]
fn the_enums_of_all_facts_together_are_bounded() {
    let facts = |count: usize| {
        let values: String = (0..40_000).map(|n| format!("v{n},")).collect();
        let mut yaml = format!("{HEAD}facts:\n  a0: {{enum: &all [{values}]}}\n");
        // Some written out, since aliases are bounded before.
        for n in 1..8 {
            let _ = writeln!(yaml, "  a{n}: {{enum: [{values}]}}");
        }
        for n in 8..count {
            let _ = writeln!(yaml, "  a{n}: {{enum: *all}}");
        }
        yaml
    };
    accepted(&facts(26));
    let report = refused(&facts(27), "RS0502");
    assert!(report.contains("a26"), "{report}");
}

#[test]
fn an_alias_of_a_rule_or_a_test_or_their_names_is_a_second_one() {
    for (source, again) in [
        ("rules:\n  - &first {id: spark}\n  - *first\n", "5:5"),
        ("rules:\n  - {id: &id spark}\n  - {id: *id}\n", "5:10"),
        ("rules:\n  - &a {id: spark, enabled: false}\n  - {id: other}\n  - *a\n", "6:5"),
        ("tests:\n  - &t {name: one, facts: {}, expect: {matched: []}}\n  - *t\n", "5:5"),
        (
            "tests:\n  - {name: &n one, expect: {matched: []}}\n  - {name: *n, expect: {matched: []}}\n",
            "5:12",
        ),
    ] {
        let report = refused(&format!("{HEAD}{source}"), "RS0204");
        assert!(report.contains(&format!("limits.yaml:{again}\n")), "{again}: {report}");
        assert!(report.contains("4 |") && report.contains("- first here"), "{report}");
    }
    refused(&format!("{HEAD}facts: {{f: {{enum: [&a x, *a]}}}}\n"), "RS0204");
    for section in ["variables: {&a v: '1', *a : '2'}", "fences: {&a v: {}, *a : {}}"] {
        refused(&format!("{HEAD}{section}\n"), "RS0109");
    }
    // Other things may be said twice by an alias.
    accepted(&format!(
        "{HEAD}facts: {{a: &t {{enum: [x, y]}}, b: *t, n: int}}\nrules:\n  \
         - {{id: one, condition: &c 'n > 1 && a == b'}}\n  - {{id: two, condition: *c}}\n"
    ));
}

#[test]
fn names_have_128_bytes_and_paths_of_facts_1024() {
    let long = "a".repeat(128);
    let named = |name: &str| {
        format!(
            "{HEAD}facts: {{{name}: int}}\noutputs: {{{name}: {{type: int}}}}\n\
             groups: {{{name}: {{}}}}\nconstants: {{{name}: 1}}\nvariables: {{{name}: '1 + {name}'}}\n\
             fences: {{{name}: {{box: {{south: 0, west: 0, north: 1, east: 1}}}}}}\n\
             rules: [{{id: {name}, group: {name}, output: {{{name}: variables.{name} + constants.{name}}}}}]\n"
        )
    };
    accepted(&named(&long));
    let report = refused(&named(&"a".repeat(129)), "RS0205");
    assert!(report.contains("at most 128"), "{report}");
    let path = |depth: usize| {
        let groups = format!("{{{long}: ").repeat(depth);
        let name = format!("{long}.").repeat(depth);
        format!(
            "{HEAD}facts: {groups}int{}\nrules: [{{id: r, condition: '{} > 1'}}]\n",
            "}".repeat(depth),
            name.trim_end_matches('.')
        )
    };
    accepted(&path(7));
    let report = refused(&path(8), "RS0205");
    assert!(report.contains("1031 bytes"), "{report}");
    // Two names that begin alike are two.
    accepted(&format!("{HEAD}facts: {{{long}: int, {}b: int}}\n", &long[1..]));
}

#[test]
fn patterns_that_mean_the_same_are_one() {
    let patterns = (0..100).map(|n| format!("s.matches(\"{}b{}\")", "(".repeat(n), ")".repeat(n)));
    let conditions: Vec<String> = patterns.collect();
    accepted(&rules("  s: string\n", conditions.iter().map(String::as_str)));
}

#[test]
fn long_texts_may_be_compared_with_many_facts() {
    for length in [320, 321, 1024, 60_000] {
        let mut yaml = format!("{HEAD}constants:\n");
        for n in 0..20 {
            let _ = writeln!(yaml, "  c{n}: {n:0length$}x");
        }
        yaml.push_str("facts:\n");
        for n in 0..200 {
            let _ = writeln!(yaml, "  s{n}: string\n  l{n}: {{list: string}}");
        }
        yaml.push_str("rules:\n");
        for n in 0..200 {
            let constant = n % 20;
            let _ = writeln!(
                yaml,
                "  - {{id: r{n}, condition: 's{n} == constants.c{constant} || constants.c{constant} in l{n}'}}"
            );
        }
        accepted(&yaml);
    }
}

#[test]
fn the_same_empty_lists_may_be_of_any_type() {
    let empties = vec!["[]"; 2_000].join(", ");
    let mut facts = String::new();
    let mut conditions = Vec::new();
    for (n, ty) in ["bool", "int", "uint", "double", "string", "bytes", "duration", "point"]
        .into_iter()
        .flat_map(|ty| [ty.to_owned(), format!("{{list: {ty}}}"), format!("{{map: {ty}}}")])
        .enumerate()
    {
        let _ = writeln!(facts, "  f{n}: {{list: {{list: {ty}}}}}");
        conditions.push(format!("f{n} == constants.empties"));
    }
    let yaml = rules(&facts, conditions.iter().map(String::as_str));
    accepted(&format!("{yaml}constants: {{empties: [{empties}]}}\n"));
}

#[test]
fn keys_of_constant_maps_have_1024_bytes_and_may_be_shared() {
    let key =
        |length: usize| format!("{HEAD}constants: {{m: {{? {}\n : 1}}}}\n", "k".repeat(length));
    accepted(&key(1024));
    refused(&key(1025), "RS0105");
    let default = |length: usize| {
        format!("{HEAD}outputs: {{m: {{map: int, default: {{? {}\n : 1}}}}}}\n", "k".repeat(length))
    };
    accepted(&default(1024));
    refused(&default(1025), "RS0105");
    // One longer that is put together stays code.
    let mut yaml = format!("{HEAD}constants:\n  k: {}\n", "k".repeat(1000));
    yaml.push_str("facts: {n: int}\nrules:\n");
    yaml.push_str("  - {id: r, condition: 'size({constants.k + constants.k: 1}) == n'}\n");
    accepted(&yaml);
    let mut yaml = format!("{HEAD}constants:\n");
    for n in 0..50 {
        let _ = writeln!(yaml, "  k{n}: {}{n}", "k".repeat(1000));
    }
    yaml.push_str("facts: {m: {map: int}}\nrules:\n");
    for n in 0..300 {
        let entries: String =
            (0..50).map(|key| format!("constants.k{key}: {}, ", n * 50 + key)).collect();
        let _ = writeln!(
            yaml,
            "  - {{id: r{n}, condition: 'm == {{{}}}'}}",
            entries.trim_end_matches(", ")
        );
    }
    accepted(&yaml);
}

#[test]
fn variables_use_one_another_64_deep() {
    let chain = |length: usize| {
        let mut yaml = format!("{HEAD}facts: {{n: int}}\nvariables:\n  v1: n * n\n");
        for n in 2..=length {
            let _ = writeln!(yaml, "  v{n}: variables.v{} + n", n - 1);
        }
        yaml.push_str("rules:\n");
        // What several rules compare is a variable, too, where there is room for one.
        for n in 0..3 {
            let _ = writeln!(
                yaml,
                "  - {{id: r{n}, condition: 'variables.v{length} * n < {n}', \
                 rollout: {{percentage: 50, by: variables.v{length} + n}}}}"
            );
        }
        yaml
    };
    accepted(&chain(63));
    accepted(&chain(64));
    refused(&chain(65), "RS0409");
}

#[test]
fn a_rule_of_more_registers_or_code_than_there_are_is_refused() {
    let format = |count: usize| {
        let (clauses, arguments) = ("%d".repeat(count), vec!["n"; count].join(", "));
        format!("\"{clauses}\".format([{arguments}]) == \"\"")
    };
    accepted(&rules("", [format(1000).as_str()]));
    let report = refused(&rules("", ["n == 1", format(1100).as_str()]), "RS0416");
    assert!(report.contains("limits.yaml:7:"), "{report}");
    let variable = format!("variables:\n  v: '{}'\n", format(1100));
    refused(&format!("{}{variable}", rules("", ["n == 1"])), "RS0416");
    let all = |count: usize| {
        let mut yaml = format!("{HEAD}facts: {{n: int}}\nrules:\n  - id: r\n    condition:\n");
        for n in 0..count {
            let _ = writeln!(yaml, "      - n * n + {n} == n");
        }
        yaml
    };
    accepted(&all(5_000));
    refused(&all(30_000), "RS0416");
}

#[test]
fn macros_nest_16_deep() {
    let nested = |count: usize| {
        let mut condition = "x0 == n".to_owned();
        for depth in (0..count).rev() {
            condition = format!("l.exists(x{depth}, {condition})");
        }
        condition
    };
    let facts = "  l: {list: int, max_items: 1}\n";
    accepted(&rules(facts, [nested(16).as_str()]));
    let report = refused(&rules(facts, [nested(17).as_str()]), "RS0416");
    assert!(report.contains("nested more than 16 deep"), "{report}");
    let lists = |count: usize| {
        let mut value = "x0".to_owned();
        for depth in (0..count).rev() {
            value = format!("l.map(x{depth}, {value})[0]");
        }
        format!("{value} == n")
    };
    accepted(&rules(facts, [lists(16).as_str()]));
    refused(&rules(facts, [lists(17).as_str()]), "RS0416");
}

#[test]
fn a_rule_asks_65535_questions() {
    let all = |count: usize| {
        let mut yaml =
            format!("{HEAD}facts: {{tags: {{list: string}}}}\nrules:\n  - id: r\n    condition:\n");
        for n in 0..count {
            let _ = writeln!(yaml, "      - '\"w{n}\" in tags'");
        }
        yaml.push_str("  - {id: other, condition: '\"a\" in tags'}\n");
        yaml
    };
    accepted(&all(65_535));
    let report = refused(&all(65_536), "RS0416");
    assert!(report.contains("limits.yaml:5:"), "{report}");
}

#[test]
fn more_than_servers_load_is_refused_at_its_rule() {
    let items = vec!["n"; 19_000].join(",");
    let mut conditions: Vec<String> = Vec::new();
    for n in 0..280 {
        conditions.push(format!("size([{items},{n}]) == 1"));
    }
    let report = refused(&rules("", conditions.iter().map(String::as_str)), "RS0105");
    assert!(report.contains("256 MiB"), "{}", &report[..report.len().min(500)]);
}

#[test]
fn as_many_of_each_as_the_language_allows() {
    let section = |head: &str, count: usize, entry: &dyn Fn(usize) -> String| {
        let mut yaml = format!("{HEAD}{head}\n");
        for n in 0..count {
            let _ = writeln!(yaml, "  {}", entry(n));
        }
        yaml
    };
    let fact = |n: usize| format!("f{n}: {{list: int}}");
    accepted(&section("facts:", 4_096, &fact));
    refused(&section("facts:", 4_097, &fact), "RS0502");
    let output = |n: usize| format!("o{n}: {{list: int, combine: collect}}");
    accepted(&section("outputs:", 256, &output));
    refused(&section("outputs:", 257, &output), "RS0502");
    let group = |n: usize| format!("g{n}: {{}}");
    let in_last = "rules: [{id: r, group: g65534}]\n";
    accepted(&(section("groups:", 65_535, &group) + in_last));
    refused(&(section("groups:", 65_536, &group) + in_last), "RS0502");
    let fence = |n: usize| format!("f{n}: {{circle: {{center: {{lat: 1, lon: 1}}, radius: 1}}}}");
    let within =
        "facts: {at: point}\nrules: [{id: r, condition: 'geo.within(at, fences.f65534)'}]\n";
    accepted(&(section("fences:", 65_535, &fence) + within));
    refused(&(section("fences:", 65_536, &fence) + within), "RS0502");
    let value = |count: usize| {
        let values: String = (0..count).map(|n| format!("v{n},")).collect();
        format!(
            "{HEAD}facts: {{f: {{enum: [{values}]}}}}\nrules: [{{id: r, condition: 'f == \"v7\"'}}]\n"
        )
    };
    accepted(&value(65_535));
    refused(&value(65_536), "RS0502");
}

#[test]
fn subjects_beyond_4096_are_asked_by_code() {
    let mut facts = String::new();
    let mut conditions = Vec::new();
    for n in 0..4_000 {
        let _ = writeln!(facts, "  p{n}: point");
        conditions.push(format!("geo.within(p{n}, fences.f)"));
    }
    let yaml = rules(&facts, conditions.iter().map(String::as_str));
    accepted(&format!("{yaml}fences: {{f: {{box: {{south: 0, west: 0, north: 1, east: 1}}}}}}\n"));
}

#[test]
fn every_code_of_loaders_has_a_reason_why_no_source_leads_to_it() {
    let text = include_str!("../../ARCHITECTURE.md");
    let (_, section) = text.split_once("## What a source can't make").expect("the section");
    let (section, _) = section.split_once("\n## ").expect("it ends");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| A"));
    let mut named = BTreeSet::new();
    for row in rows {
        let (codes, _) = row.split_once('|').expect("a table");
        for codes in format!("A{codes}").split(',') {
            let numbers: Vec<u16> = codes
                .split(" to ")
                .map(|code| code.trim().trim_start_matches('A').parse().expect("a code"))
                .collect();
            named.extend(numbers[0]..=numbers[numbers.len() - 1]);
        }
    }
    for code in ErrorCode::ALL.iter().map(|code| code.as_str()) {
        if let Some(number) = code.strip_prefix('A') {
            assert!(named.contains(&number.parse().expect("a number")), "{code}");
        }
    }
}
