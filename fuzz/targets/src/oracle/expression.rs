//! An expression has the same value, or fails for the same reason, in the
//! reference evaluator and in the interpreter.

use crate::support::{show_value, show_value_ref};
use rulestone::decision::DecisionError;
use rulestone::{Ruleset, Session};
use rulestone_compiler::expression::{CompiledExpression, OUTPUT};
use rulestone_compiler::reference::{Evaluator, Facts};
use rulestone_format::frame::Frame;
use rulestone_format::meaning::Fault;

/// Evaluates an expression about a frame in both ways.
pub fn agree(compiled: &CompiledExpression, loaded: &Ruleset, session: &mut Session, frame: &[u8]) {
    let checked = Frame::check(frame, loaded.archive()).expect("the frame is good");
    let facts = Facts::from_frame(&checked, loaded.archive());
    let expected = Evaluator::new(&compiled.ruleset, &facts).evaluate(&compiled.tree);
    let decision = session.decide(frame).expect("the frame is good");
    let found = match (decision.output(OUTPUT), decision.errors().next()) {
        (Some(value), None) => Ok(value),
        (None, Some(DecisionError::Output { fault, .. })) => Err(fault),
        other => panic!("neither a value nor a reason: {other:?}"),
    };
    // Each has bounds of its own on how much may be worked out.
    let bounds = [Fault::TooLong, Fault::ScratchFull];
    match (found, expected) {
        (Ok(found), Ok(expected)) => {
            let (mut left, mut right) = (String::new(), String::new());
            show_value_ref(&found, &mut left);
            show_value(&expected, &mut right);
            assert_eq!(left, right, "interpreter, then reference; facts: {facts:?}");
        }
        (Err(found), Err(expected)) => {
            assert_ne!(found, Fault::Unreachable, "facts: {facts:?}");
            assert!(
                found == expected || bounds.contains(&found) || bounds.contains(&expected),
                "interpreter {found:?}, reference {expected:?}; facts: {facts:?}"
            );
        }
        (Err(fault), Ok(_)) | (Ok(_), Err(fault)) if bounds.contains(&fault) => {}
        (found, expected) => {
            panic!("interpreter {found:?}, reference {expected:?}; facts: {facts:?}")
        }
    }
}
