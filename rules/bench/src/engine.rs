//! The contender that this is about, in its three ways: with the index, without
//! it, and the reference evaluator.
//!
//! In: a loaded ruleset and checked frames. Out: which rules match, or a whole
//! decision. Facts are ready: a frame is checked before the clock runs.

use rulestone::decision::Rules;
use rulestone::{Decision, Frame, Session};
use rulestone_compiler::check::checked::Ruleset;
use rulestone_compiler::check::value::Value;
use rulestone_compiler::reference::{Evaluator, Facts};
use std::hint::black_box;

/// Finds all rules that match a request, and no more: what every contender does.
///
/// This is the one place where benchmarks ask for it.
pub fn matching<'s>(session: &'s mut Session<'_>, frame: Frame<'s>) -> Rules<'s> {
    session.matching_checked(frame)
}

/// Decides about a request: which rules are kept, and what they say together.
pub fn decide<'s>(session: &'s mut Session<'_>, frame: Frame<'s>) -> Decision<'s> {
    session.decide_checked(frame)
}

/// [`matching`], for the clock.
pub fn time_matching(session: &mut Session<'_>, frame: Frame<'_>) {
    black_box(matching(session, black_box(frame)));
}

/// [`decide`], for the clock.
pub fn time_decide(session: &mut Session<'_>, frame: Frame<'_>) {
    black_box(decide(session, black_box(frame)));
}

/// [`matching`], for comparing: numbers of rules.
pub fn matched(session: &mut Session<'_>, frame: Frame<'_>) -> Vec<u32> {
    matching(session, frame).map(|rule| rule.index() as u32).collect()
}

/// [`decide`], for comparing: numbers of rules.
pub fn kept(session: &mut Session<'_>, frame: Frame<'_>) -> Vec<u32> {
    decide(session, frame).matched().map(|rule| rule.index() as u32).collect()
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
