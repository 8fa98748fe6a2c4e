//! Bytes as choices: they make a ruleset without errors and facts for it, about
//! which every evaluator decides alike, also where some of them are bound.

use crate::generator::facts;
use crate::generator::random::Random;
use crate::generator::ruleset::Ruleset as Generated;
use crate::oracle::{agreement, binding};
use crate::ruleset;
use crate::support::Twin;
use rulestone::Limits;

/// Loops over lists of lists exceed what a server would accept.
pub(crate) const LIMITS: Limits =
    Limits::new().with_rules(1000).with_facts(1000).with_cost(u64::MAX).with_scratch(64 << 20);

/// One ruleset and some requests.
pub fn run(data: &[u8]) {
    let mut random = Random::guided(data);
    let generated = Generated::random(&mut random);
    let source = generated.source();
    let twin = Twin::compile_within(&ruleset::input(&source), &LIMITS)
        .unwrap_or_else(|report| panic!("a generated ruleset has errors:\n{report}\n{source}"));
    let (mut session, mut indexed) = (twin.ruleset.session(), twin.indexed.session());
    let mut builder = twin.ruleset.facts_builder();
    for number in 0..3 {
        let request = facts::random(&generated.scope, &mut random);
        let frame = builder.encode(&request);
        let frame = frame.unwrap_or_else(|error| panic!("{error} in {request}\n{source}"));
        agreement::decide(&twin, &mut session, frame);
        for session in [&mut session, &mut indexed] {
            binding::decides_alike(session, &twin.ruleset, frame, data.len() + number);
        }
    }
}
