//! What an archive says that it needs is what it needs: it loads within just
//! that, and not within less.

use rulestone::{Limits, Ruleset};

/// Loads a ruleset that was loaded within `limits` again, under closer ones.
pub fn are_honest(ruleset: &Ruleset, limits: &Limits) {
    let (bytes, needs) = (ruleset.bytes(), *ruleset.needs());
    assert_eq!(limits.exceeded_by(&needs).count(), 0, "it needs {needs:?}");
    assert_eq!(needs.cost, ruleset.verified().worst_case_cost);
    let again = Ruleset::from_bytes_with(bytes, &needs);
    assert!(again.is_ok_and(|again| again.bytes() == bytes), "it doesn't load within {needs:?}");
    for less in [
        needs.with_bytes(needs.bytes - 1),
        needs.with_cost(needs.cost.wrapping_sub(1)),
        needs.with_scratch(needs.scratch.wrapping_sub(1)),
        needs.with_rules(needs.rules.wrapping_sub(1)),
    ] {
        if less.exceeded_by(&needs).next().is_some() {
            assert!(Ruleset::from_bytes_with(bytes, &less).is_err(), "it loads within {less:?}");
        }
    }
}
