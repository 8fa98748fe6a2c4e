//! Work that grows with values is paid for in steps, also where it comes to nothing: a
//! decision that does too much of it has no result, and ends soon.

use rulestone::{ErrorCode, Limits, Ruleset};
use rulestone_compiler::Options;
use rulestone_compiler::compile;
use rulestone_compiler::source::Input;
use std::fmt::Write;

/// Whether there is a decision; otherwise it exceeds a limit. In one there is no fault.
fn is_decided(yaml: String) -> bool {
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
    match session.decide(&frame) {
        Ok(decision) => {
            assert_eq!(decision.errors().len(), 0, "{decision:?}");
            true
        }
        Err(error) => {
            assert_eq!(error.code(), ErrorCode::DecisionLimits);
            false
        }
    }
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
    assert!(is_decided(long_lists() + &rules));
    let search = format!("tags.exists(y, y == 'z' || {search})");
    let rules = format!("rules: [{{id: r, output: {{found: \"{search}\"}}}}]\n");
    assert!(!is_decided(long_lists() + &rules));
}

#[test]
fn outputs_that_turn_out_to_be_too_long_are_paid_for() {
    for (list, times, expected) in [("variables.v0", 1, true), ("variables.v9", 32, false)] {
        let mut yaml = long_lists();
        let lists = vec![list; times].join(", ");
        let _ = writeln!(yaml, "  lists: '[{lists}]'\nrules:");
        for n in 0..200 {
            let _ = writeln!(yaml, "  - {{id: r{n}, output: {{lists: variables.lists}}}}");
        }
        assert_eq!(is_decided(yaml), expected, "{times} of {list}");
    }
}

#[test]
fn text_that_is_ranked_is_paid_for() {
    // A long text, and conditions that compare texts made of it with a word: two rules
    // each, so that the texts are worked out once and ranked.
    for (texts, expected) in [(10, true), (1200, false)] {
        let mut yaml = String::from(
            "rulestone: v1\nruleset: s\nfacts: {tags: {list: string}}\noutputs: {found: {type: bool}}\n\
             variables:\n  v0: tags.join(',')\n",
        );
        for n in 1..10 {
            let _ = writeln!(yaml, "  v{n}: variables.v{0} + variables.v{0}", n - 1);
        }
        yaml += "rules:\n";
        for n in 0..texts {
            for way in ["a", "b"] {
                let text = format!("variables.v9.substring({n})");
                let _ = writeln!(
                    yaml,
                    "  - {{id: r{n}{way}, condition: \"{text} == '{way}'\", output: {{found: true}}}}"
                );
            }
        }
        assert_eq!(is_decided(yaml), expected, "{texts} texts");
    }
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
        assert!(is_decided(yaml.clone()));
        for n in 30..60 {
            let _ = writeln!(yaml, "  - {{id: r{n:02}, output: {{text: {long}}}}}");
        }
        assert!(!is_decided(yaml.clone()), "{combine}");
        // Where only the first counts, the others don't.
        assert!(is_decided(yaml.replace(&format!("combine: {combine}"), "combine: first")));
    }
}
