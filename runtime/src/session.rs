//! Sessions: everything that deciding needs besides the ruleset.
//!
//! A [`Session`] owns all memory that decisions use, and uses it again for the next
//! one; each thread has its own. What it decides by is the ruleset's
//! [`Plan`](crate::plan::Plan), which all of them share.

#[cfg(test)]
pub(crate) mod assemble;
mod batch;
mod bind;
mod observe;

use crate::decide::{
    self, Deferred, Group, Lane, Marks, Output, Problem, Rows, Subjects, Together,
};
use crate::decision::{Decision, Rules};
use crate::interpret::{Memo, Program};
use crate::memory::Scratch;
use crate::ruleset::Ruleset;
use rulestone_format::frame::Frame;
use rulestone_format::rule::HitPolicy;
use rulestone_format::value::Word;
use rulestone_format::{Error, ErrorCode};
use std::fmt;

use bind::Binding;
pub use bind::Bound;

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
    /// Of the requests of a batch that go together.
    lanes: Vec<Lane>,
    binding: Binding,
}

impl Session {
    /// A session for this ruleset, which it keeps. It can be sent to another thread, but
    /// serves one request at a time.
    pub fn new(ruleset: &Ruleset) -> Session {
        Session {
            workspace: Workspace::new(ruleset.program()),
            ruleset: ruleset.clone(),
            lanes: Vec::new(),
            binding: Binding::default(),
        }
    }

    /// A session for another ruleset, with the limits and whatever else was set of this one.
    pub(crate) fn of_another(&self, ruleset: &Ruleset) -> Session {
        let mut session = Session::new(ruleset);
        session.workspace.use_index = self.workspace.use_index;
        session.workspace.batch_threshold = self.workspace.batch_threshold;
        session.workspace.scratch.set_limits_of(&self.workspace.scratch);
        session
    }

    /// The ruleset that it decides by.
    pub fn ruleset(&self) -> &Ruleset {
        &self.ruleset
    }

    /// Decides about the facts in `frame`, which may lie at any address. The
    /// decision borrows from the session and the frame.
    ///
    /// # Errors
    /// `F…` where the bytes are no frame of facts for this ruleset
    /// ([`Ruleset::check_frame`]). `D001` where the decision exceeds a limit of the session
    /// ([`Session::set_memory_limit`]): then there is no part of it that stands, on every
    /// processor and with or without the index. What goes wrong in a rule is no error of
    /// the call: the rule doesn't match, or [`Decision::errors`] tells.
    pub fn decide<'s>(&'s mut self, frame: &'s [u8]) -> Result<Decision<'s>, Error> {
        let frame = self.ruleset.check_frame(frame)?;
        decide::decide(self.ruleset.program(), frame, &mut self.workspace)
    }

    /// Decides about a frame that was checked already, against this ruleset or another
    /// one with the same facts.
    ///
    /// # Errors
    /// `F…` where the frame was made for other facts ([`Frame::recheck`]). `D001` where the
    /// decision exceeds a limit of the session.
    pub fn decide_checked<'s>(&'s mut self, frame: Frame<'s>) -> Result<Decision<'s>, Error> {
        frame.recheck(self.ruleset.archive())?;
        decide::decide(self.ruleset.program(), frame, &mut self.workspace)
    }

    /// The rules that are kept for the facts in `frame`, in decision order, and
    /// nothing else: no outputs are worked out.
    ///
    /// # Errors
    /// As [`Session::decide`].
    pub fn matching<'s>(&'s mut self, frame: &'s [u8]) -> Result<Rules<'s>, Error> {
        let frame = self.ruleset.check_frame(frame)?;
        self.workspace.matching(self.ruleset.program(), frame)
    }

    /// As [`Session::matching`], of a frame that was checked against this ruleset
    /// already.
    ///
    /// # Errors
    /// As [`Session::decide_checked`].
    pub fn matching_checked<'s>(&'s mut self, frame: Frame<'s>) -> Result<Rules<'s>, Error> {
        frame.recheck(self.ruleset.archive())?;
        self.workspace.matching(self.ruleset.program(), frame)
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
        self.workspace.scratch.set_limit(bytes);
        self.workspace.is_used = true;
    }

    /// Steps that one decision may take: work that grows with the values that it meets, such
    /// as text that is searched and lists that are compared. [`Session::set_memory_limit`]
    /// sets this too; call that first. A decision that needs more ends as a whole, with
    /// `D001`.
    pub fn set_step_limit(&mut self, steps: usize) {
        self.workspace.scratch.set_step_limit(steps);
        self.workspace.is_used = true;
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

/// Rows of so many bytes and more don't stay in the caches that a core has for itself.
const BATCH_THRESHOLD: usize = 8 << 20;

/// The memory of a session. Its lists are as long as the archive needs, or grow
/// to what the largest request needed.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) registers: Vec<Word>,
    pub(crate) scratch: Scratch,
    pub(crate) memos: Vec<Memo>,
    pub(crate) subjects: Subjects,
    pub(crate) rows: Rows,
    /// The rules that match, while it is found out.
    pub(crate) marks: Marks,
    /// Slots that are looked at.
    pub(crate) together: Box<Together>,
    /// Conditions that run when all slots were looked at.
    pub(crate) deferred: Deferred,
    /// Whether the index is used, if there is one.
    pub(crate) use_index: bool,
    /// Bytes of rows from which on batches go block by block.
    pub(crate) batch_threshold: usize,
    pub(crate) groups: Vec<Group>,
    /// Numbers of the rules that are kept, ascending.
    pub(crate) matched: Vec<u32>,
    /// Numbers of the rules that are in conflict, group by group.
    pub(crate) conflicting: Vec<u32>,
    pub(crate) outputs: Vec<Output>,
    /// Values for outputs that are lists: output, rule, value.
    pub(crate) collected: Vec<(u16, u32, Word)>,
    pub(crate) problems: Vec<Problem>,
    /// Whether a request may have left values or problems behind.
    pub(crate) is_used: bool,
}

impl Workspace {
    pub(crate) fn new(program: Program<'_>) -> Workspace {
        let Program { archive, plan, .. } = program;
        let may_conflict = plan.policies.contains(&HitPolicy::Unique);
        Workspace {
            registers: vec![Word::default(); plan.registers],
            scratch: Scratch::new(Scratch::DEFAULT_LIMIT),
            memos: vec![Memo::Unknown; plan.memos],
            subjects: Subjects::new(&plan.subjects),
            rows: Rows::new(archive),
            marks: Marks::new(archive.rules.len()),
            together: Box::default(),
            deferred: Deferred::new(archive),
            use_index: true,
            batch_threshold: BATCH_THRESHOLD,
            groups: vec![Group::default(); plan.policies.len()],
            matched: Vec::with_capacity(archive.rules.len()),
            conflicting: Vec::with_capacity(if may_conflict { archive.rules.len() } else { 0 }),
            outputs: vec![Output::default(); plan.outputs.len()],
            collected: Vec::new(),
            problems: Vec::new(),
            is_used: true,
        }
    }

    fn matching<'s>(
        &'s mut self,
        program: Program<'s>,
        frame: Frame<'s>,
    ) -> Result<Rules<'s>, Error> {
        decide::matched(program, frame, self)?;
        Ok(Rules::new(program.archive, &self.matched))
    }

    /// # Errors
    /// [`ErrorCode::DecisionLimits`] where the request has exceeded a limit.
    #[inline]
    pub(crate) fn within_limits(&self) -> Result<(), Error> {
        match self.scratch.is_exhausted() {
            false => Ok(()),
            true => Err(Error::new(ErrorCode::DecisionLimits)),
        }
    }

    /// Forgets the last request.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.subjects.clear();
        self.clear_but_subjects();
    }

    /// Forgets the last item, but not the ranks of what is bound. Values are all
    /// forgotten: any of them may depend on the item.
    pub(crate) fn clear_but_kept(&mut self) {
        self.subjects.clear_but_kept();
        self.clear_but_subjects();
    }

    /// Forgets the last request, but for ranks.
    #[inline]
    pub(crate) fn clear_but_subjects(&mut self) {
        self.matched.clear();
        if self.is_used {
            self.clear_values();
        }
    }

    /// Kept apart: of few rules most requests are decided without any values.
    #[inline(never)]
    fn clear_values(&mut self) {
        self.is_used = false;
        self.scratch.clear();
        self.memos.fill(Memo::Unknown);
        self.problems.clear();
    }
}
