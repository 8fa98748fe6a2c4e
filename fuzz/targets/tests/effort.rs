//! A decision ends soon whatever rules and facts say, also where few bytes say
//! much: lists whose items are one and the same list, long text, wide lists.
//!
//! Each of these would take minutes to centuries if all of it were done.

use rulestone::Ruleset;
use rulestone::decision::DecisionError;
use rulestone_compiler::compile;
use rulestone_compiler::lower::Options;
use rulestone_compiler::source::Input;
use rulestone_format::meaning::Fault;
use serde_json::{Value as Json, json};
use std::time::{Duration, Instant};

/// Some hundred times what it takes, for machines that are busy.
const SOON: Duration = Duration::from_secs(60);

fn load(source: &str) -> Ruleset {
    let files = vec![("ruleset.yaml".to_owned(), source.as_bytes().to_vec())];
    let compiled = compile(&Input::Memory(files), Options::default());
    let archive = compiled.archive.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
    Ruleset::from_vec(archive).unwrap_or_else(|error| panic!("{error}"))
}

/// The decision as JSON.
fn decide(ruleset: &Ruleset, facts: &Json) -> Json {
    let frame = ruleset.encode(facts).unwrap_or_else(|error| panic!("{error}"));
    let begun = Instant::now();
    let mut session = ruleset.session();
    let decision = session.decide(&frame).expect("the frame is good");
    let mut json = Vec::new();
    decision.write_json(&mut json);
    assert!(begun.elapsed() < SOON, "it took {:?}", begun.elapsed());
    assert!(json.len() < 1 << 28, "{} bytes of JSON", json.len());
    for error in decision.errors() {
        let is_too_long = matches!(error, DecisionError::Output { fault: Fault::TooLong, .. });
        assert!(is_too_long, "{error:?}");
    }
    serde_json::from_slice(&json).expect("a decision is JSON")
}

/// `body` with `names` bound to lists of ten times the one before, ten times
/// over, the first of them to `[x]`: the last says 10^10 items.
fn nested(names: &[&str], body: &str, levels: usize) -> String {
    let mut text = body.to_owned();
    for level in (0..=levels).rev() {
        for name in names {
            let items = match level {
                0 => "[x]".to_owned(),
                level => format!("[{}]", vec![format!("{name}{}", level - 1); 10].join(", ")),
            };
            text = format!("cel.bind({name}{level}, {items}, {text})");
        }
    }
    text
}

fn about_x(rest: &str) -> Ruleset {
    load(&format!("rulestone: v1\nruleset: r\nfacts: {{x: int}}\n{rest}\n"))
}

#[test]
fn lists_of_the_same_list_are_compared_in_part_and_no_rule_matches() {
    for (levels, matched) in [(3, json!(["a", "b"])), (10, json!(["b"]))] {
        let condition = nested(&["l", "m"], &format!("l{levels} == m{levels}"), levels);
        let ruleset = about_x(&format!(
            "rules: [{{id: a, condition: '{condition}'}}, {{id: b, condition: x == 1}}]"
        ));
        assert_eq!(decide(&ruleset, &json!({"x": 1}))["matched"], matched);
    }
}

#[test]
fn an_output_that_says_more_than_a_decision_may_carry_is_left_out() {
    for (levels, is_there) in [(3, true), (7, false)] {
        let value = nested(&["l"], &format!("l{levels}"), levels);
        let ty = format!("{}{{list: int}}{}", "{list: ".repeat(levels), "}".repeat(levels));
        let ruleset = about_x(&format!(
            "outputs: {{lists: {ty}, x: {{type: int}}}}\nrules: [{{id: a, output: {{lists: '{value}', x: 7}}}}]"
        ));
        let decision = decide(&ruleset, &json!({"x": 1}));
        assert_eq!(decision["outputs"].get("lists").is_some(), is_there);
        assert_eq!(decision["outputs"]["x"], 7);
        assert_eq!(decision.get("errors").is_some(), !is_there);
    }
}

#[test]
fn outputs_together_are_no_more_than_a_decision_may_carry() {
    let value = nested(&["l"], "l6", 6);
    let rules: Vec<String> =
        (0..40).map(|n| format!("{{id: r{n}, output: {{lists: '{value}'}}}}")).collect();
    let ty = format!("{}{{list: int}}{}", "{list: ".repeat(6), "}".repeat(6));
    let ruleset = about_x(&format!(
        "outputs: {{lists: {{type: {ty}, combine: collect}}}}\nrules: [{}]",
        rules.join(", ")
    ));
    let decision = decide(&ruleset, &json!({"x": 1}));
    assert_eq!(decision["matched"].as_array().map(Vec::len), Some(40));
    assert!(decision["errors"].as_array().is_some_and(|errors| errors.len() > 20));
}

#[test]
fn wide_lists_are_searched_in_part() {
    let ruleset = load(
        "rulestone: v1\nruleset: r\n\
         facts: {a: {list: int, max_items: 65536}, b: {list: int, max_items: 65536}}\n\
         rules: [{id: a, condition: 'sets.contains(a, b)'}, {id: b, condition: size(a) > 3}]\n",
    );
    let facts = |count: usize| {
        let ascending: Vec<usize> = (0..count).collect();
        let descending: Vec<usize> = (0..count).rev().collect();
        json!({"a": ascending, "b": descending})
    };
    assert_eq!(decide(&ruleset, &facts(500))["matched"], json!(["a", "b"]));
    assert_eq!(decide(&ruleset, &facts(65536))["matched"], json!(["b"]));
}

#[test]
fn long_text_is_searched_in_part() {
    for condition in
        ["name.contains('needle')", "name.matches('needle|[x-z]y')", "name == name + ''"]
    {
        let ruleset = load(&format!(
            "rulestone: v1\nruleset: r\n\
             facts: {{name: {{type: string, max_length: 1048576}}, n: {{list: int, max_items: 65536}}}}\n\
             rules: [{{id: a, condition: \"n.exists(i, !({condition}) && i == 1)\"}}, {{id: b, condition: size(n) > 3}}]\n",
        ));
        let many = json!({"name": "x".repeat(1 << 20), "n": vec![0; 65536]});
        assert_eq!(decide(&ruleset, &many)["matched"], json!(["b"]), "{condition}");
    }
}

#[test]
fn text_that_matches_nothing_but_the_empty_text_is_searched_once() {
    let ruleset = load(
        "rulestone: v1\nruleset: r\nfacts: {name: {type: string, max_length: 1048576}}\n\
         rules: [{id: a, condition: 'name.matches(r\"\\B\")'}]\n",
    );
    let name = format!("{}aéa", "a,".repeat(500_000));
    assert_eq!(decide(&ruleset, &json!({"name": name}))["matched"], json!([]));
}
