//! Sessions: everything that deciding needs besides the ruleset.
//!
//! A [`Session`] owns all memory that decisions use, and uses it again for the next one;
//! each thread has its own. The ruleset that it decides by is shared by all of them.

mod batch;
pub(crate) mod bind;
mod binding;
mod observe;

use crate::decide::{self, Batch, Workspace};
use crate::decision::{Decision, Rules};
use crate::error::RequestError;
use crate::ruleset::Ruleset;
use rulestone_format::frame::Frame;
use std::fmt;

use binding::Binding;

/// Decides about one request after the other, without allocating once it has
/// seen its largest.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (ruleset, frame) = (rulestone::Ruleset::open("black-mesa.stone")?, vec![0]);
/// let mut session = ruleset.session();
/// let decision = session.decide(&frame)?;
/// for rule in decision.matched() {
///     println!("{}", rule.id());
/// }
/// # Ok(())
/// # }
/// ```
pub struct Session {
    ruleset: Ruleset,
    workspace: Workspace,
    batch: Batch,
    binding: Binding,
}

impl Ruleset {
    /// A session that decides by this ruleset: one for each thread.
    pub fn session(&self) -> Session {
        Session::new(self)
    }
}

impl Session {
    /// A session for this ruleset, which it keeps. It can be sent to another thread, but
    /// serves one request at a time.
    pub fn new(ruleset: &Ruleset) -> Session {
        Session {
            workspace: Workspace::new(ruleset.loaded()),
            ruleset: ruleset.clone(),
            batch: Batch::default(),
            binding: Binding::default(),
        }
    }

    /// A session for another ruleset, with the limits and whatever else was set of this one.
    pub(crate) fn of_another(&self, ruleset: &Ruleset) -> Session {
        let mut session = Session::new(ruleset);
        session.workspace.set_as(&self.workspace);
        session
    }

    /// The ruleset that it decides by.
    pub fn ruleset(&self) -> &Ruleset {
        &self.ruleset
    }

    /// Decides about the facts in `frame`, which may lie at any address. The
    /// decision borrows from the session and the frame. A fact that has a default and that
    /// the frame lacks, because its sender left it out or is older than the fact, is the
    /// default: the decision is the one of a frame that has it.
    ///
    /// # Errors
    /// `F…` where the bytes are no frame of facts for this ruleset
    /// ([`Ruleset::check_frame`]). `D001` where the decision exceeds a limit of the session
    /// ([`Session::set_memory_limit`]): then there is no part of it that stands, on every
    /// processor and with or without the index. What goes wrong in a rule is no error of
    /// the call: the rule doesn't match, or [`Decision::errors`] tells.
    /// [`ErrorCode::FrameJoint`](crate::ErrorCode::FrameJoint) where a frame and the defaults
    /// that it lacks are together too large.
    ///
    /// # Cost
    /// A frame that lacks a fact with a default is copied; any other is read in place.
    pub fn decide<'s>(&'s mut self, frame: &'s [u8]) -> Result<Decision<'s>, RequestError> {
        let frame = self.ruleset.check_frame(frame)?;
        self.decide_good(frame)
    }

    /// Decides about a frame that was checked already, against this ruleset or another
    /// one with the same facts.
    ///
    /// # Errors
    /// `F…` where the frame was made for other facts ([`Frame::recheck`]), or is too large
    /// together with defaults. `D001` where the decision exceeds a limit of the session.
    pub fn decide_checked<'s>(
        &'s mut self,
        frame: Frame<'s>,
    ) -> Result<Decision<'s>, RequestError> {
        self.recheck(frame)?;
        self.decide_good(frame)
    }

    /// The rules that are kept for the facts in `frame`, in decision order, and
    /// nothing else: no outputs are worked out.
    ///
    /// # Errors
    /// As [`Session::decide`].
    pub fn matching<'s>(&'s mut self, frame: &'s [u8]) -> Result<Rules<'s>, RequestError> {
        let frame = self.ruleset.check_frame(frame)?;
        self.matching_good(frame)
    }

    /// As [`Session::matching`], of a frame that was checked against this ruleset
    /// already.
    ///
    /// # Errors
    /// As [`Session::decide_checked`].
    pub fn matching_checked<'s>(&'s mut self, frame: Frame<'s>) -> Result<Rules<'s>, RequestError> {
        self.recheck(frame)?;
        self.matching_good(frame)
    }

    fn recheck(&self, frame: Frame<'_>) -> Result<(), RequestError> {
        let checked = frame.recheck(self.ruleset.archive());
        checked.map_err(|error| self.ruleset.request_error(error))
    }

    fn decide_good<'s>(&'s mut self, frame: Frame<'s>) -> Result<Decision<'s>, RequestError> {
        let Session { ruleset, workspace, binding, .. } = self;
        let (loaded, frame) = (ruleset.loaded(), binding.complete(frame, ruleset)?);
        decide::decide(loaded, frame, workspace)?;
        Ok(Decision::new(loaded, frame, workspace))
    }

    fn matching_good<'s>(&'s mut self, frame: Frame<'s>) -> Result<Rules<'s>, RequestError> {
        let Session { ruleset, workspace, binding, .. } = self;
        let (loaded, frame) = (ruleset.loaded(), binding.complete(frame, ruleset)?);
        decide::find(loaded, frame, workspace, ())?;
        Ok(Rules::new(loaded.archive, workspace.selected()))
    }

    /// Whether decisions use the archive's index (they do unless told otherwise).
    /// Without it every rule is looked at; the decisions are the same.
    pub fn use_index(&mut self, yes: bool) {
        self.workspace.use_index = yes;
    }

    /// Bytes of the rows of an index from which on batches go through it block by
    /// block rather than request by request (8 MiB unless told otherwise; about what
    /// the processor's cache leaves for them). The decisions are the same.
    pub fn set_batch_threshold(&mut self, bytes: usize) {
        self.workspace.batch_threshold = bytes;
    }

    /// Bytes that one decision may use for text, lists and maps that its rules
    /// make (16 MiB unless told otherwise, below 512 MiB): those of variables, which stay
    /// for the whole decision, and the most that a condition or all outputs need at once.
    /// Outputs may carry as many, and sixteen times as many steps may be taken, for work that
    /// grows with values. A decision that needs more ends as a whole, with `D001`.
    /// The session keeps as much as its largest decisions needed, and less than twice the
    /// limit: the memory of variables and that of all else grow apart.
    pub fn set_memory_limit(&mut self, bytes: usize) {
        self.workspace.scratch_mut().set_limit(bytes);
    }

    /// Steps that one decision may take: work that grows with the values that it meets, such
    /// as text that is searched and lists that are compared. [`Session::set_memory_limit`]
    /// sets this too; call that first. A decision that needs more ends as a whole, with
    /// `D001`.
    pub fn set_step_limit(&mut self, steps: usize) {
        self.workspace.scratch_mut().set_step_limit(steps);
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}
