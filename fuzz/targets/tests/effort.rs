//! A decision ends soon whatever rules and facts say, also where few bytes say
//! much: lists whose items are one and the same list, long text, wide lists.
//!
//! Each of these would take minutes to centuries if all of it were done. It exceeds a limit of
//! the session, and there is no decision.

use rulestone::{ErrorCode, Limits, Ruleset};
use rulestone_compiler::Options;
use rulestone_compiler::compile;
use rulestone_compiler::source::Input;
use serde_json::{Value as Json, json};
use std::time::{Duration, Instant};

/// Some hundred times what it takes, for machines that are busy.
const SOON: Duration = Duration::from_secs(60);

fn load(source: &str) -> Ruleset {
    let files = vec![("ruleset.yaml".to_owned(), source.as_bytes().to_vec())];
    let compiled = compile(&Input::Memory(files), Options::default());
    let archive = compiled.archive.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
    // What these cost at worst is what no server would load.
    let limits = Limits::default().with_cost(u64::MAX);
    Ruleset::from_vec_with(archive, &limits).unwrap_or_else(|error| panic!("{error}"))
}

/// The decision as JSON, or `None` where it exceeds a limit.
fn decide(ruleset: &Ruleset, facts: &Json) -> Option<Json> {
    let frame = ruleset.encode(facts).unwrap_or_else(|error| panic!("{error}"));
    let begun = Instant::now();
    let mut session = ruleset.session();
    let mut json = Vec::new();
    let code = match session.decide(&frame) {
        Ok(decision) => {
            decision.write_json(&mut json);
            assert_eq!(decision.errors().len(), 0, "{decision:?}");
            None
        }
        Err(error) => Some(error.code()),
    };
    assert!(begun.elapsed() < SOON, "it took {:?}", begun.elapsed());
    assert!(json.len() < 1 << 28, "{} bytes of JSON", json.len());
    match code {
        None => Some(serde_json::from_slice(&json).expect("a decision is JSON")),
        Some(code) => {
            assert_eq!(code, ErrorCode::DecisionLimits);
            None
        }
    }
}

/// The rules that match; `None` where the decision exceeds a limit.
fn matched(ruleset: &Ruleset, facts: &Json) -> Option<Json> {
    decide(ruleset, facts).map(|decision| decision["matched"].clone())
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
fn lists_of_the_same_list_are_compared_in_part() {
    for (levels, expected) in [(3, Some(json!(["a", "b"]))), (10, None)] {
        let condition = nested(&["l", "m"], &format!("l{levels} == m{levels}"), levels);
        let ruleset = about_x(&format!(
            "rules: [{{id: a, condition: '{condition}'}}, {{id: b, condition: x == 1}}]"
        ));
        assert_eq!(matched(&ruleset, &json!({"x": 1})), expected);
    }
}

#[test]
fn an_output_that_says_more_than_a_decision_may_carry_ends_it() {
    for (levels, is_there) in [(3, true), (7, false)] {
        let value = nested(&["l"], &format!("l{levels}"), levels);
        let ty = format!("{}{{list: int}}{}", "{list: ".repeat(levels), "}".repeat(levels));
        let ruleset = about_x(&format!(
            "outputs: {{lists: {ty}, x: {{type: int}}}}\nrules: [{{id: a, output: {{lists: '{value}', x: 7}}}}]"
        ));
        let decision = decide(&ruleset, &json!({"x": 1}));
        assert_eq!(decision.is_some(), is_there);
        if let Some(decision) = decision {
            assert!(decision["outputs"].get("lists").is_some());
            assert_eq!(decision["outputs"]["x"], 7);
        }
    }
}

#[test]
fn outputs_together_are_no_more_than_a_decision_may_carry() {
    let value = nested(&["l"], "l5", 5);
    for (count, is_there) in [(1, true), (40, false)] {
        let rules: Vec<String> =
            (0..count).map(|n| format!("{{id: r{n}, output: {{lists: '{value}'}}}}")).collect();
        let ty = format!("{}{{list: int}}{}", "{list: ".repeat(5), "}".repeat(5));
        let ruleset = about_x(&format!(
            "outputs: {{lists: {{type: {ty}, combine: collect}}}}\nrules: [{}]",
            rules.join(", ")
        ));
        assert_eq!(decide(&ruleset, &json!({"x": 1})).is_some(), is_there, "{count}");
    }
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
    assert_eq!(matched(&ruleset, &facts(500)), Some(json!(["a", "b"])));
    assert_eq!(matched(&ruleset, &facts(65536)), None);
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
        assert_eq!(matched(&ruleset, &many), None, "{condition}");
    }
}

#[test]
fn text_that_matches_nothing_but_the_empty_text_is_searched_once() {
    let ruleset = load(
        "rulestone: v1\nruleset: r\nfacts: {name: {type: string, max_length: 1048576}}\n\
         rules: [{id: a, condition: 'name.matches(r\"\\B\")'}]\n",
    );
    let name = format!("{}aéa", "a,".repeat(500_000));
    assert_eq!(matched(&ruleset, &json!({"name": name})), Some(json!([])));
}
