//! A source all the way: compiled twice to the same bytes, loaded at odd
//! addresses, decided about by every evaluator.

use crate::generator::random::Random;
use crate::input::facts;
use crate::oracle::{agreement, alignment, diagnostics, placement, sameness};
use crate::support::Twin;
use crate::target::source;
use rulestone::{Limits, Ruleset};

/// What costs more is left alone, so that the fuzzer is quick.
const LIMITS: Limits = Limits::new()
    .with_bytes(16 << 20)
    .with_rules(10_000)
    .with_facts(1000)
    .with_cost(5_000_000)
    .with_scratch(16 << 20);

/// A ruleset of one file, or of several.
pub fn run(data: &[u8]) {
    let input = source::input(data);
    let compiled = sameness::compiled(&input);
    diagnostics::can_be_shown(&compiled.diagnostics, &compiled.sources);
    let Some(archive) = compiled.archive else { return };
    if let Err(error) = Ruleset::from_vec_with(archive.clone(), &LIMITS) {
        return source::assert_too_large(&error);
    }
    let twin = match Twin::compile_within(&input, &LIMITS) {
        Ok(twin) => twin,
        // With all of the index it may be too large.
        Err(_) => return,
    };
    assert!(twin.archive == archive, "the stages one by one gave other bytes");
    let mut random = Random::guided(data);
    let mut session = twin.ruleset.session();
    let mut frames = Vec::new();
    let mut expected = Vec::new();
    for _ in 0..3 {
        let facts = facts::request(&twin.ruleset, &mut random).expect("there are facts");
        let frame = twin.ruleset.encode(&facts);
        let frame = frame.unwrap_or_else(|error| panic!("{error} in {facts}"));
        expected.push(Ok(agreement::decide(&twin, &mut session, &frame)));
        assert_eq!(expected.last(), Some(&alignment::fate(&mut session, &frame)));
        frames.push(frame);
    }
    placement::decides_alike(&archive, &LIMITS, &frames, &expected);
}
