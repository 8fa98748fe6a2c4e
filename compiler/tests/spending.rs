//! Work that grows with values is paid for in steps, also where it comes to nothing: a
//! decision that does too much of it ends with a fault, and soon.

use rulestone::decision::DecisionError;
use rulestone::{Limits, Ruleset};
use rulestone_compiler::compile;
use rulestone_compiler::lower::Options;
use rulestone_compiler::source::Input;
use rulestone_format::meaning::Fault;
use std::fmt::Write;

/// The outputs of a decision that failed and why, those in a row that are alike once.
fn faults(yaml: String) -> Vec<(String, Fault)> {
    let input = Input::Memory(vec![("ruleset.yaml".to_owned(), yaml.into_bytes())]);
    let compiled = compile(&input, Options::default());
    let bytes = compiled.archive.unwrap_or_else(|| panic!("{:.600?}", compiled.diagnostics));
    // What it costs at worst is said, and a loader would refuse it.
    let limits = Limits::default().with_cost(u64::MAX);
    let ruleset = Ruleset::from_vec_with(bytes, &limits).expect("is in order");
    let tags: Vec<String> = (0..64).map(|n| format!("tag{n:05}")).collect();
    let frame = ruleset.encode(&serde_json::json!({ "tags": tags })).expect("good facts");
    let mut session = ruleset.session();
    // Steps for 2 MiB, which is enough for all that is made here.
    session.set_memory_limit(2 << 20);
    let decision = session.decide(&frame).expect("a good frame");
    let mut faults: Vec<(String, Fault)> = (decision.errors())
        .filter_map(|error| match error {
            DecisionError::Output { output, fault, .. } => Some((output.to_owned(), fault)),
            _ => None,
        })
        .collect();
    faults.dedup();
    faults
}

/// Variables `v0` to `v9`, each twice the one before it: 65,536 strings at last.
fn long_lists() -> String {
    let mut yaml = String::from(
        "rulestone: v1\nruleset: s\nfacts: {tags: {list: string}}\noutputs:\n  \
         found: {type: bool}\n  lists: {type: {list: {list: string}}}\nvariables:\n  \
         none: tags.filter(tag, tag == 'nobody')\n  v0: tags + tags\n",
    );
    for n in 1..10 {
        let _ = writeln!(yaml, "  v{n}: variables.v{0} + variables.v{0}", n - 1);
    }
    yaml
}

#[test]
fn items_that_are_looked_for_in_nothing_are_paid_for() {
    let search = "tags.exists(x, x == 'z' || sets.intersects(variables.none, variables.v9))";
    let rules = format!("rules: [{{id: r, output: {{found: \"{search}\"}}}}]\n");
    assert_eq!(faults(long_lists() + &rules), []);
    let search = format!("tags.exists(y, y == 'z' || {search})");
    let rules = format!("rules: [{{id: r, output: {{found: \"{search}\"}}}}]\n");
    assert_eq!(faults(long_lists() + &rules), [("found".to_owned(), Fault::TooLong)]);
}

#[test]
fn outputs_that_turn_out_to_be_too_long_are_paid_for() {
    let mut yaml = long_lists();
    let lists = ["variables.v9"; 32].join(", ");
    let _ = writeln!(yaml, "  lists: '[{lists}]'\nrules:");
    for n in 0..200 {
        let _ = writeln!(yaml, "  - {{id: r{n}, output: {{lists: variables.lists}}}}");
    }
    // Nothing is left for this one.
    yaml += "  - {id: last, output: {found: \"'x' in variables.v9\"}}\n";
    let too_long = ["lists", "found"].map(|output| (output.to_owned(), Fault::TooLong));
    assert_eq!(faults(yaml), too_long);
}

#[test]
fn text_that_is_ranked_is_paid_for() {
    // A long text, and conditions that compare texts made of it with a word: two rules
    // each, so that the texts are worked out once and ranked.
    let mut yaml = String::from(
        "rulestone: v1\nruleset: s\nfacts: {tags: {list: string}}\noutputs: {found: {type: bool}}\n\
         variables:\n  v0: tags.join(',')\n",
    );
    for n in 1..10 {
        let _ = writeln!(yaml, "  v{n}: variables.v{0} + variables.v{0}", n - 1);
    }
    yaml += "rules:\n";
    for n in 0..1200 {
        for way in ["a", "b"] {
            let text = format!("variables.v9.substring({n})");
            let _ = writeln!(
                yaml,
                "  - {{id: r{n}{way}, condition: \"{text} == '{way}'\", output: {{found: true}}}}"
            );
        }
    }
    yaml += "  - {id: last, output: {found: \"variables.v9.contains('nobody')\"}}\n";
    assert_eq!(faults(yaml), [("found".to_owned(), Fault::TooLong)]);
}

#[test]
fn constants_count_in_what_outputs_carry() {
    let long = "x".repeat(60_000);
    for combine in ["collect", "max", "last"] {
        let mut yaml = format!(
            "rulestone: v1\nruleset: s\nfacts: {{tags: {{list: string}}}}\noutputs:\n  \
             text: {{type: string, combine: {combine}}}\n  found: {{type: bool}}\nrules:\n"
        );
        for n in 0..30 {
            let _ = writeln!(yaml, "  - {{id: r{n:02}, output: {{text: {long}}}}}");
        }
        assert_eq!(faults(yaml.clone()), []);
        for n in 30..60 {
            let _ = writeln!(yaml, "  - {{id: r{n:02}, output: {{text: {long}}}}}");
        }
        assert_eq!(faults(yaml.clone()), [("text".to_owned(), Fault::TooLong)], "{combine}");
        // Where only the first counts, the others don't.
        assert_eq!(faults(yaml.replace(&format!("combine: {combine}"), "combine: first")), []);
    }
}
