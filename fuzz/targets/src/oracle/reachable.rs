//! In an archive that was verified, nothing is reached that the verifier rules
//! out.
//!
//! The interpreter trusts nothing: where an index is out of range or a type
//! another one, it fails with [`Fault::Unreachable`] rather than do harm. So a
//! hole in the verifier shows as that fault, unless the code asks for it.

use rulestone::decision::DecisionError;
use rulestone::{Decision, Ruleset};
use rulestone_format::code::{Instruction, Opcode, fault_from_u32};
use rulestone_format::meaning::Fault;

/// Whether some instruction fails by this fault on purpose.
pub fn is_asked_for(ruleset: &Ruleset) -> bool {
    let code = ruleset.archive().code.iter().map(Instruction::from);
    let mut fails = code.filter(|step| step.opcode == Opcode::Fail as u16);
    fails.any(|step| fault_from_u32(step.immediate) == Some(Fault::Unreachable))
}

/// Looks at why values are left out.
pub fn nothing_was(decision: &Decision<'_>) {
    for error in decision.errors() {
        if let DecisionError::Output { fault: Fault::Unreachable, .. } = error {
            panic!("reached what can't be: {error:?}");
        }
    }
}
