//! Bytes as a frame of facts: what is accepted must be decided about, twice
//! alike, and both ways of writing JSON must agree.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rulestone::{Ruleset, Session};
use std::cell::RefCell;
use std::sync::LazyLock;

static RULESET: LazyLock<Ruleset> =
    LazyLock::new(|| rulestone_fuzz::frame_ruleset().expect("the ruleset compiles and loads"));

thread_local! {
    static SESSION: RefCell<Session<'static>> = RefCell::new(RULESET.session());
}

fuzz_target!(|data: &[u8]| {
    let Some(frame) = rulestone_fuzz::frame(data, &RULESET) else { return };
    SESSION.with_borrow_mut(|session| {
        let mut first = Vec::new();
        let Ok(decision) = session.decide(&frame) else { return };
        decision.write_json(&mut first);
        serde_json::from_slice::<serde_json::Value>(&first).expect("a decision is JSON");

        // The same bytes one further, so that nothing of them is aligned as before.
        let shifted = [&[0][..], &frame].concat();
        let decision = session.decide(&shifted[1..]).expect("accepted before");
        let mut second = vec![0; first.len()];
        assert_eq!(decision.json_into(&mut second), Ok(first.len()));
        assert_eq!(first, second);
    });
});
