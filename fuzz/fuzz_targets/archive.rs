//! Bytes as an archive: what is accepted must decide without a panic, and write
//! a decision that is JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rulestone::{Limits, Ruleset};

fuzz_target!(|data: &[u8]| {
    let Some(file) = rulestone_fuzz::archive(data) else { return };
    // A tenth of a second for a decision at worst keeps the fuzzer quick.
    let limits = Limits { cost: 100_000_000, ..Limits::default() };
    let Ok(ruleset) = Ruleset::from_vec_with(file, &limits) else { return };
    let frames =
        [Some(rulestone_fuzz::empty_frame(&ruleset)), rulestone_fuzz::full_frame(&ruleset)];
    let mut session = ruleset.session();
    session.set_memory_limit(1 << 20);
    let mut line = Vec::new();
    for frame in frames.into_iter().flatten() {
        let decision = session.decide(&frame).expect("a frame made for this ruleset is accepted");
        line.clear();
        decision.write_json(&mut line);
        let json: serde_json::Value = serde_json::from_slice(&line).expect("a decision is JSON");
        assert!(json["matched"].is_array());
    }
    let described: Vec<String> = ruleset
        .facts()
        .map(|fact| format!("{fact:?}"))
        .chain(ruleset.outputs().map(|output| format!("{output:?}")))
        .chain(ruleset.rules().map(|rule| format!("{rule:?} {}", rule.group())))
        .collect();
    std::hint::black_box(described);
});
