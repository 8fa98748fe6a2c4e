//! The memory of a session for bound facts.

use crate::decide::BoundFacts;
use crate::error::RequestError;
use crate::ruleset::Ruleset;
use rulestone_format::frame::{Frame, Joint};

/// Bound facts, and what follows from them.
#[derive(Debug, Default)]
pub(super) struct Binding {
    pub(super) joint: Joint,
    pub(super) facts: BoundFacts,
}

/// The facts that are bound and those of an item as one frame.
pub(super) fn join<'j>(
    joint: &'j mut Joint,
    item: &[u8],
    ruleset: &Ruleset,
) -> Result<Frame<'j>, RequestError> {
    let item = ruleset.check_partial(item)?;
    joint.add(&item, ruleset.archive()).map_err(|error| ruleset.request_error(error))
}
