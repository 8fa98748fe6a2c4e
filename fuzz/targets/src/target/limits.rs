//! Bytes as choices: they make a ruleset, facts for it, and limits of a session that some of its
//! decisions exceed. What exceeds a limit has no decision, and what has one has it whole; which
//! is which, all ways agree about.

use crate::generator::facts;
use crate::generator::random::Random;
use crate::generator::ruleset::Ruleset as Generated;
use crate::input::turn::Turn;
use crate::oracle::alignment::{Fate, fate};
use crate::oracle::{batch, binding};
use crate::ruleset;
use crate::support::Twin;
use crate::target::differential::LIMITS;
use rulestone::{ErrorCode, Ruleset};
use rulestone_compiler::Indexing;

/// With one archive, whose index is this or that by turn: nearly all that it takes is compiling.
pub fn run(data: &[u8]) {
    let turn = Turn::of(data);
    let index = if turn.is(0, 2) { Indexing::WherePaying } else { Indexing::Always };
    look_at_all(data, [index; 2]);
}

/// With both archives. What is worked out for every request depends on the index: each agrees with
/// itself alone.
pub fn run_all(data: &[u8]) {
    look_at_all(data, [Indexing::WherePaying, Indexing::Always]);
}

/// The first two bytes say how much memory and how many steps there are.
fn look_at_all(data: &[u8], indexes: [Indexing; 2]) {
    let Some(([memory, steps], choices)) = data.split_first_chunk() else { return };
    let mut random = Random::guided(choices);
    let generated = Generated::random(&mut random);
    let source = generated.source();
    let twin = Twin::compile_with(&ruleset::input(&source), &LIMITS, indexes)
        .unwrap_or_else(|report| panic!("a generated ruleset has errors:\n{report}\n{source}"));
    let mut builder = twin.ruleset.facts_builder();
    let frames: Vec<Vec<u8>> = (0..3)
        .map(|_| {
            let request = facts::random(&generated.scope, &mut random);
            let frame = builder.encode(&request);
            frame.unwrap_or_else(|error| panic!("{error} in {request}\n{source}")).to_vec()
        })
        .collect();
    let limits = [scaled(*memory), scaled(*steps)];
    agree(&twin.ruleset, &frames, limits);
    if indexes[0] != indexes[1] {
        agree(&twin.indexed, &frames, limits);
    }
}

/// From 0 to 30,720, small ones close to each other.
fn scaled(byte: u8) -> usize {
    usize::from(byte & 15) << (byte >> 4).min(11)
}

fn agree(ruleset: &Ruleset, frames: &[Vec<u8>], [memory, steps]: [usize; 2]) {
    let mut unlimited = ruleset.session();
    let mut session = ruleset.session();
    session.set_memory_limit(memory);
    session.set_step_limit(steps);
    for (number, frame) in frames.iter().enumerate() {
        let found = fate(&mut session, frame);
        let is_exceeded = |found: &Fate| {
            found.as_ref().is_err_and(|error| error.code() == ErrorCode::DecisionLimits)
        };
        if !is_exceeded(&found) {
            assert_eq!(found, fate(&mut unlimited, frame), "a part of a decision");
        }
        session.use_index(false);
        assert_eq!(fate(&mut session, frame), found, "without the index");
        session.use_index(true);
        binding::decides_alike(&mut session, ruleset, frame, number);
    }
    batch::decides_alike(&mut session, &frames.concat(), Turn::OF_ALL);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_limits_are_close_to_each_other_and_large_ones_reached() {
        assert_eq!([0, 1, 15, 16 + 8, 255].map(scaled), [0, 1, 15, 16, 30_720]);
    }
}
