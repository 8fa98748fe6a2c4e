//! The memory of a session for frames that are put together: bound facts with those of an
//! item, and requests that lack facts with defaults.

use crate::decide::BoundFacts;
use crate::error::RequestError;
use crate::ruleset::Ruleset;
use rulestone_format::frame::{Frame, Joint, Partial};

/// Bound facts, and what follows from them; or nothing bound, and the defaults.
#[derive(Debug, Default)]
pub(super) struct Binding {
    joint: Joint,
    facts: BoundFacts,
    /// Whether the joint holds the defaults and nothing else.
    is_free: bool,
}

impl Binding {
    /// Binds the facts of a frame; gives the joint and what follows from it.
    pub(super) fn bind(
        &mut self,
        frame: &[u8],
        ruleset: &Ruleset,
    ) -> Result<(Frame<'_>, &mut BoundFacts), RequestError> {
        let frame = ruleset.check_partial(frame)?;
        self.is_free = false;
        let bound = self.joint.bind(&frame, ruleset.archive());
        bound.map_err(|error| ruleset.request_error(error))?;
        Ok((self.joint.bound(), &mut self.facts))
    }

    /// The facts that are bound, those of an item, and defaults of others as one frame.
    pub(super) fn join(
        &mut self,
        item: &[u8],
        ruleset: &Ruleset,
    ) -> Result<(Frame<'_>, &BoundFacts), RequestError> {
        let item = ruleset.check_partial(item)?;
        let joined = self.joint.add(&item, ruleset.archive());
        Ok((joined.map_err(|error| ruleset.request_error(error))?, &self.facts))
    }

    /// A frame that lacks no fact that has a default: this one, or a copy with defaults.
    ///
    /// # Errors
    /// [`ErrorCode::FrameJoint`](rulestone_format::ErrorCode::FrameJoint)
    #[inline]
    pub(super) fn complete<'f>(
        &'f mut self,
        frame: Frame<'f>,
        ruleset: &Ruleset,
    ) -> Result<Frame<'f>, RequestError> {
        match ruleset.is_complete(&frame) {
            true => Ok(frame),
            false => self.completed(frame, ruleset),
        }
    }

    #[inline(never)]
    fn completed(
        &mut self,
        frame: Frame<'_>,
        ruleset: &Ruleset,
    ) -> Result<Frame<'_>, RequestError> {
        if !self.is_free {
            self.joint.unbind(ruleset.archive())?;
            self.is_free = true;
        }
        let completed = self.joint.add(&Partial::from(frame), ruleset.archive());
        completed.map_err(|error| ruleset.request_error(error))
    }
}
