//! In an archive that was verified, nothing is reached that the verifier rules
//! out.
//!
//! The interpreter trusts nothing: where an index is out of range or a type
//! another one, it fails with [`Fault::Unreachable`] rather than do harm. So a
//! hole in the verifier shows as that fault.

use rulestone::Decision;
use rulestone::decision::DecisionError;
use rulestone_format::meaning::Fault;

/// Looks at why values are left out.
pub fn nothing_was(decision: &Decision<'_>) {
    for error in decision.errors() {
        if let DecisionError::Output { fault: Fault::Unreachable, .. } = error {
            panic!("reached what can't be: {error:?}");
        }
    }
}
