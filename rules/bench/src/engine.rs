//! The contender that this is about, in its three ways: with the index, without
//! it, and the reference evaluator.
//!
//! In: a loaded ruleset and checked frames. Out: which rules match, or a whole
//! decision. Facts are ready: a frame is checked before the clock runs, but where a
//! function says that it takes bytes.

use crate::Outcome;
use rulestone::decision::Rules;
use rulestone::{Decision, Frame, Session};
use rulestone_compiler::check::checked::Ruleset;
use rulestone_compiler::check::value::Value;
use rulestone_compiler::reference::{Evaluator, Facts};
use std::hint::black_box;

/// No workload comes near the limits of a session.
const WITHIN_LIMITS: &str = "a decision within its limits";

/// Finds all rules that match a request, and no more: what every contender does.
///
/// This is the one place where benchmarks ask for it.
pub fn matching<'s>(session: &'s mut Session, frame: Frame<'s>) -> Rules<'s> {
    session.matching_checked(frame).expect(WITHIN_LIMITS)
}

/// Decides about a request: which rules are kept, and what they say together.
pub fn decide<'s>(session: &'s mut Session, frame: Frame<'s>) -> Decision<'s> {
    session.decide_checked(frame).expect(WITHIN_LIMITS)
}

/// [`matching`] of a frame that comes as bytes: it is checked each time.
///
/// # Errors
/// The frame is damaged.
pub fn matching_bytes<'s>(session: &'s mut Session, frame: &'s [u8]) -> Outcome<Rules<'s>> {
    Ok(session.matching(frame)?)
}

/// [`matching_bytes`] for items whose other facts, those of a player, are bound once
/// for all of them. `sink` has the rules of each item.
///
/// # Errors
/// A frame is damaged, or an item has facts of the player.
pub fn matching_bound(
    session: &mut Session,
    player: &[u8],
    items: &[Vec<u8>],
    mut sink: impl FnMut(Rules<'_>),
) -> Outcome<()> {
    let mut bound = session.bind(player)?;
    for item in items {
        sink(bound.matching(item)?);
    }
    Ok(())
}

/// [`matching`], for the clock.
pub fn time_matching(session: &mut Session, frame: Frame<'_>) {
    black_box(matching(session, black_box(frame)));
}

/// [`decide`], for the clock.
pub fn time_decide(session: &mut Session, frame: Frame<'_>) {
    black_box(decide(session, black_box(frame)));
}

/// [`matching`], for comparing: numbers of rules.
pub fn matched(session: &mut Session, frame: Frame<'_>) -> Vec<u32> {
    numbers(matching(session, frame))
}

/// [`decide`], for comparing: numbers of rules.
pub fn kept(session: &mut Session, frame: Frame<'_>) -> Vec<u32> {
    numbers(decide(session, frame).matched())
}

/// Which rules these are.
pub fn numbers(rules: Rules<'_>) -> Vec<u32> {
    rules.map(|rule| rule.index() as u32).collect()
}

/// The reference evaluator: a walk over checked trees, written to be read. Fair
/// as an upper bound only; it is the oracle, not an engine.
pub fn reference_matching(ruleset: &Ruleset, facts: &Facts, matched: &mut Vec<u32>) {
    matched.clear();
    let mut evaluator = Evaluator::new(ruleset, facts);
    for (number, rule) in (0..).zip(&ruleset.rules) {
        let holds = match &rule.condition {
            Some(condition) => matches!(evaluator.evaluate(condition), Ok(Value::Bool(true))),
            None => true,
        };
        if holds {
            matched.push(number);
        }
    }
}
