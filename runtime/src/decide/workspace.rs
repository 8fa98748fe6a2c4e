//! The memory of a session: what decisions write, from the ranks of a request to its
//! outputs. It is used again for the next request.

use super::hit_policy::{self, Selection};
use super::outputs::Outputs;
use super::plan::Loaded;
use super::problem::Problem;
use super::{residual, sparse};
use crate::memory::Scratch;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::{Error, ErrorCode};

/// Rows of so many bytes and more don't stay in the caches that a core has for itself.
const BATCH_THRESHOLD: usize = 8 << 20;

/// A list that grows has its old and its new memory at once.
const GROWING: usize = 2;

/// The memory of a session. Its lists are as long as the archive needs, or grow to what the
/// largest request needed.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(super) evaluation: residual::Workspace,
    pub(super) sparse: sparse::Workspace,
    pub(super) selection: Selection,
    pub(super) outputs: Outputs,
    pub(super) problems: Vec<Problem>,
    /// Whether the index is used, if there is one.
    pub(crate) use_index: bool,
    /// Bytes of rows from which on batches go block by block.
    pub(crate) batch_threshold: usize,
}

impl Workspace {
    pub(crate) fn new(loaded: Loaded<'_>) -> Workspace {
        let Loaded { archive, plan, .. } = loaded;
        Workspace {
            evaluation: residual::Workspace::new(archive, &plan.interpreter, &plan.ranks),
            sparse: sparse::Workspace::new(archive),
            selection: Selection::new(archive, &plan.hit_policies),
            outputs: Outputs::new(&plan.outputs),
            problems: Vec::new(),
            use_index: true,
            batch_threshold: BATCH_THRESHOLD,
        }
    }

    /// Bytes that an archive needs, but for what its units need.
    pub(crate) fn bytes(archive: &ArchivedRuleset) -> usize {
        let problems = Problem::most(archive).saturating_mul(GROWING * size_of::<Problem>());
        let parts = [
            residual::Workspace::bytes(archive),
            sparse::Workspace::bytes(archive),
            Selection::bytes(archive),
            Outputs::bytes(archive),
            problems,
        ];
        parts.into_iter().fold(0, usize::saturating_add)
    }

    /// Takes over what was set of another.
    pub(crate) fn set_as(&mut self, other: &Workspace) {
        self.use_index = other.use_index;
        self.batch_threshold = other.batch_threshold;
        self.scratch_mut().set_limits_of(other.scratch());
    }

    /// The rules that are selected, in decision order.
    #[inline]
    pub(crate) fn selected(&self) -> &[u32] {
        &self.selection.rules
    }

    /// The rules that are in conflict, group by group.
    pub(crate) fn conflicting(&self) -> &[u32] {
        &self.selection.conflicting
    }

    #[inline]
    pub(crate) fn outputs(&self) -> &Outputs {
        &self.outputs
    }

    pub(crate) fn problems(&self) -> &[Problem] {
        &self.problems
    }

    #[inline]
    pub(crate) fn scratch(&self) -> &Scratch {
        self.evaluation.values.scratch()
    }

    /// The scratch memory, to be given other limits.
    pub(crate) fn scratch_mut(&mut self) -> &mut Scratch {
        self.evaluation.values.scratch_mut()
    }

    /// Selects what hit policies keep of the rules that match.
    #[inline]
    pub(super) fn select(&mut self, loaded: Loaded<'_>) {
        let Workspace { evaluation, selection, problems, .. } = self;
        let (archive, policies) = (loaded.archive, &loaded.plan.hit_policies);
        hit_policy::select(archive, policies, &mut evaluation.matched, selection, problems);
    }

    /// # Errors
    /// [`ErrorCode::DecisionLimits`] where the request has exceeded a limit.
    #[inline]
    pub(super) fn within_limits(&self) -> Result<(), Error> {
        match self.scratch().is_exhausted() {
            false => Ok(()),
            true => Err(Error::new(ErrorCode::DecisionLimits)),
        }
    }

    /// Forgets the last request.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.evaluation.ranks.clear();
        self.clear_but_ranks();
    }

    /// Forgets the last item, but not the ranks of bound facts. Values are all forgotten: any
    /// of them may depend on the item.
    #[inline]
    pub(super) fn clear_but_bound(&mut self) {
        self.evaluation.ranks.clear_but_bound();
        self.clear_but_ranks();
    }

    /// Forgets the last request, but for ranks.
    #[inline]
    pub(super) fn clear_but_ranks(&mut self) {
        self.selection.rules.clear();
        if self.evaluation.values.is_used() {
            self.clear_values();
        }
    }

    /// Kept apart: most requests of few rules are decided without any values.
    #[inline(never)]
    fn clear_values(&mut self) {
        self.evaluation.values.clear();
        self.problems.clear();
    }
}
