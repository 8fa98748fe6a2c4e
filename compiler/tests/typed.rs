//! Typed facts: structs of a server become the same frames as what serde makes of them,
//! and whatever doesn't fit is named when it is bound.

mod typed {
    mod binding;
    mod encoding;
    mod reload;
}

use rulestone::Ruleset;
use rulestone_compiler::source::Input;
use rulestone_compiler::{Options, compile};

/// A ruleset of these facts, with a rule that asks this.
fn ruleset(facts: &str, condition: &str) -> Ruleset {
    let source = format!(
        "rulestone: v1\nruleset: typed\nfacts:\n{facts}\nrules:\n  - id: yes\n    condition: {condition}\n"
    );
    let input = Input::Memory(vec![("ruleset.yaml".to_owned(), source.into_bytes())]);
    let compiled = compile(&input, Options::default());
    let archive = compiled.archive.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
    Ruleset::from_bytes(&archive).expect("is in order")
}
