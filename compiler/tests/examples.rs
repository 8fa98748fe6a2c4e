//! The example rulesets: their own tests hold, and both evaluators decide alike
//! about all of their traffic.

mod support;

use rulestone_compiler::source::Input;
use std::fs;
use std::path::{Path, PathBuf};
use support::Twin;

fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules")
}

/// Decides about every request; gives how many rules were kept in all.
fn decide_all(ruleset: &str, requests: &str) -> usize {
    let input = Input::Path(rules().join(ruleset));
    let twin = Twin::compile(&input).unwrap_or_else(|report| panic!("{report}"));
    let requests = fs::read_to_string(rules().join(requests)).expect("the requests are there");
    let mut session = twin.ruleset.session();
    let mut builder = twin.ruleset.facts_builder();
    let mut kept = 0;
    for (line, request) in requests.lines().enumerate() {
        let facts: serde_json::Value = serde_json::from_str(request).expect("JSON");
        let frame = builder.encode(&facts).unwrap_or_else(|e| panic!("line {}: {e}", line + 1));
        let decision = twin.decide(&mut session, frame);
        let decision: serde_json::Value = serde_json::from_str(&decision).expect("JSON");
        kept += decision["matched"].as_array().map_or(0, Vec::len);
    }
    kept
}

#[test]
fn black_mesa_decides_alike_in_both_evaluators() {
    assert!(decide_all("black-mesa", "black-mesa/requests.jsonl") > 2_000);
}

#[test]
fn daily_bonus_decides_alike_in_both_evaluators() {
    assert!(decide_all("daily-bonus.yaml", "daily-bonus.requests.jsonl") > 0);
}

#[test]
fn flash_sale_decides_alike_in_both_evaluators() {
    assert!(decide_all("flash-sale", "flash-sale/requests.jsonl") > 0);
}
