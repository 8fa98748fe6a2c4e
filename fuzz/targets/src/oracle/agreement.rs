//! Every way to a decision leads to the same: the reference evaluator, which
//! walks the checked tree, and the interpreter with the index as it comes,
//! without any, and with everything indexed.

use crate::support::Twin;
use rulestone::Session;
use rulestone::decision::DecisionError;
use rulestone_compiler::reference::{self, Facts};
use rulestone_format::frame::Frame;
use rulestone_format::meaning::Fault;

/// The decision about a good frame as JSON, after asking in every way.
pub fn decide(twin: &Twin, session: &mut Session, frame: &[u8]) -> String {
    let json = twin.decide(session, frame);
    reasons(twin, session, frame);
    json
}

/// A rule, an output, and why it has no value.
type Reason<'r> = (&'r str, &'r str, Fault);

/// Values that are left out are so for the same reasons.
pub fn reasons(twin: &Twin, session: &mut Session, frame: &[u8]) {
    let archive = twin.ruleset.archive();
    let checked = Frame::check(frame, archive).expect("the frame is good");
    let expected = reference::decide(&twin.checked, &Facts::from_frame(&checked, archive));
    let expected = expected.errors.iter().filter_map(|error| match error {
        reference::DecisionError::Output { rule, output, fault } => {
            let (rule, output) = (&twin.checked.rules[*rule], &twin.checked.outputs[*output]);
            Some((&*rule.id, &*output.name, *fault))
        }
        reference::DecisionError::Conflict { .. } => None,
    });
    let mut expected: Vec<Reason<'_>> = expected.collect();
    let decision = session.decide(frame).expect("the frame is good");
    let found = decision.errors().filter_map(|error| match error {
        DecisionError::Output { rule, output, fault } => Some((rule.id(), output, fault)),
        _ => None,
    });
    let mut found: Vec<Reason<'_>> = found.collect();
    expected.sort_by_key(|(rule, output, _)| (*rule, *output));
    found.sort_by_key(|(rule, output, _)| (*rule, *output));
    assert_eq!(found, expected, "interpreter, then reference");
    assert!(found.iter().all(|reason| reason.2 != Fault::Unreachable), "{found:?}");
}
