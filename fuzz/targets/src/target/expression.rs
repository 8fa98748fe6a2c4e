//! Text as an expression about given facts: both evaluators give the same value.

use crate::oracle::{diagnostics, expression};
use crate::ruleset;
use rulestone::{Limits, Ruleset};
use rulestone_compiler::check_source;
use rulestone_compiler::expression::{Environment, compile_expression};
use serde_json::Value as Json;
use std::sync::LazyLock;

/// The names that the expressions may use.
const ENVIRONMENT: &str = include_str!("../../../seeds/environment.yaml");

/// The facts that they are about, one request a line.
const REQUESTS: &str = include_str!("../../../seeds/environment.jsonl");

/// What costs more is left alone, so that the fuzzer is quick.
const LIMITS: Limits = Limits::new()
    .with_bytes(1 << 20)
    .with_rules(1)
    .with_facts(100)
    .with_cost(2_000_000)
    .with_scratch(1 << 20);

/// A new environment, since expressions use it up.
pub(super) fn environment() -> Environment {
    let checked = check_source(&ruleset::input(ENVIRONMENT));
    let ruleset = checked.ruleset.expect("there is a ruleset");
    Environment::of(ruleset, checked.sources)
}

/// One expression, valid or not.
pub fn run(data: &[u8]) {
    static ALL: LazyLock<Vec<Json>> = LazyLock::new(|| {
        let lines = REQUESTS.lines().map(serde_json::from_str);
        lines.map(|line| line.expect("a line of facts is JSON")).collect()
    });
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut compiled = match compile_expression(text, environment()) {
        Ok(compiled) => compiled,
        Err((sources, findings)) => return diagnostics::can_be_shown(&findings, &sources),
    };
    let archive = std::mem::take(&mut compiled.archive);
    let loaded = match Ruleset::from_vec_with(archive, &LIMITS) {
        Ok(loaded) => loaded,
        Err(error) => return super::source::assert_too_large(&error),
    };
    let mut session = loaded.session();
    let mut builder = loaded.facts_builder();
    for request in ALL.iter() {
        let frame = builder.encode(request).unwrap_or_else(|error| panic!("{error}"));
        expression::agree(&compiled, &loaded, &mut session, frame);
    }
}
