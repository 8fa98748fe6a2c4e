//! The first way: rules are JSON, parsed for each request.
//!
//! In: rules. Out: which of them match, worked out by parsing the text into
//! structs with serde_json and walking over them. Fair: the JSON is compact,
//! derived code parses it into typed structs, and enums stand in it as numbers;
//! a `serde_json::Value` would be slower.

use rulestone_bench::Outcome;
use rulestone_bench::model::Rule;
use rulestone_bench::walk::{self, Table};

pub fn encode(rules: &[Rule]) -> Outcome<Vec<u8>> {
    Ok(serde_json::to_vec(rules)?)
}

pub fn matching(bytes: &[u8], facts: &Table, matched: &mut Vec<u32>) -> Outcome<()> {
    let rules: Vec<Rule> = serde_json::from_slice(bytes)?;
    walk::matching(&rules, facts, matched);
    Ok(())
}
