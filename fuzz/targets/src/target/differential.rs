//! Bytes as choices: they make a ruleset without errors and facts for it, about
//! which every evaluator decides alike, also where some of them are bound.

use crate::generator::facts;
use crate::generator::random::Random;
use crate::generator::ruleset::Ruleset as Generated;
use crate::input::turn::Turn;
use crate::oracle::{agreement, binding};
use crate::ruleset;
use crate::support::Twin;
use rulestone::Limits;
use rulestone_compiler::Indexing;

/// Loops over lists of lists exceed what a server would accept.
pub(crate) const LIMITS: Limits =
    Limits::new().with_rules(1000).with_facts(1000).with_cost(u64::MAX).with_scratch(64 << 20);

/// One ruleset and some requests. Nearly all that it takes is compiling, so there is one
/// archive, whose index is this or that by turn.
pub fn run(data: &[u8]) {
    let turn = Turn::of(data);
    let index = if turn.is(0, 2) { Indexing::WherePaying } else { Indexing::Always };
    look_at_all(data, [index; 2]);
}

/// The same with both archives.
pub fn run_all(data: &[u8]) {
    look_at_all(data, [Indexing::WherePaying, Indexing::Always]);
}

fn look_at_all(data: &[u8], indexes: [Indexing; 2]) {
    let mut random = Random::guided(data);
    let generated = Generated::random(&mut random);
    let source = generated.source();
    let twin = Twin::compile_with(&ruleset::input(&source), &LIMITS, indexes)
        .unwrap_or_else(|report| panic!("a generated ruleset has errors:\n{report}\n{source}"));
    let (mut session, mut indexed) = (twin.ruleset.session(), twin.indexed.session());
    let mut sessions = vec![&mut session];
    if indexes[0] != indexes[1] {
        sessions.push(&mut indexed);
    }
    let mut builder = twin.ruleset.facts_builder();
    for number in 0..3 {
        let request = facts::random(&generated.scope, &mut random);
        let frame = builder.encode(&request);
        let frame = frame.unwrap_or_else(|error| panic!("{error} in {request}\n{source}"));
        agreement::decide(&twin, sessions[0], frame);
        for session in &mut sessions {
            binding::decides_alike(session, &twin.ruleset, frame, data.len() + number);
        }
    }
}
