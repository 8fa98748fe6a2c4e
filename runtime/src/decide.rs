//! Deciding: from the facts of a request to the rules that match, outputs and errors.
//!
//! In: a checked frame that lacks no fact that has a default. Out: a decision, in the memory of a session. The whole way is on this
//! page: the rules that match are found by the strategy that suits the ruleset, hit policies
//! select some of them, and these give outputs.
//!
//! | folder | what is there |
//! |---|---|
//! | [`plan`] | what loading prepares; chooses the strategy |
//! | [`ranks`] | from facts to ranks |
//! | [`walk`], [`scan`], [`dense`], [`sparse`] | the strategies: each finds candidates |
//! | [`residual`] | evaluates what a strategy leaves undecided about its candidates |
//! | [`simd`] | the operations on registers |
//! | [`hit_policy`], [`outputs`] | from matching rules to a decision |
//!
//! An alternative of a rule is a slot of the archive. A strategy knows no other, and all find
//! the same.

mod batch;
mod dense;
mod hit_policy;
mod key;
mod matched;
mod outputs;
mod plan;
mod problem;
mod ranks;
mod request;
mod residual;
mod scan;
mod simd;
mod sparse;
#[cfg(test)]
mod tests;
mod walk;
mod workspace;

use residual::Observer;
use rulestone_format::Error;
use rulestone_format::frame::Frame;

pub(crate) use batch::{find_batch, goes_by_batches};
#[cfg(test)]
pub(crate) use hit_policy::Group;
pub(crate) use plan::{Loaded, Plan, Strategy};
pub(crate) use problem::Problem;
#[cfg(test)]
pub(crate) use residual::CandidateBatch;
pub(crate) use residual::Watching;
#[cfg(test)]
pub(crate) use simd::Simd;
pub(crate) use sparse::{Batch, BoundFacts};
pub(crate) use workspace::Workspace;

/// Decides about a request.
///
/// # Errors
/// [`ErrorCode::DecisionLimits`](rulestone_format::ErrorCode::DecisionLimits), here and
/// below: a decision that exceeds a limit of its session has no part that stands. Which work
/// counts doesn't depend on the strategy ([`residual`]), so all of them agree.
pub(crate) fn decide(
    loaded: Loaded<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
) -> Result<(), Error> {
    find(loaded, frame, workspace, ())?;
    work_out(loaded, frame, workspace)
}

/// Finds the rules that are selected for a request. The observer is told of candidates.
pub(crate) fn find<O: Observer>(
    loaded: Loaded<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
    observer: O,
) -> Result<(), Error> {
    workspace.clear();
    if loaded.is_enabled() {
        let request = loaded.request(&frame);
        let Workspace { evaluation, sparse, .. } = workspace;
        match loaded.plan.strategy(workspace.use_index) {
            Strategy::Walk => walk::find(request, evaluation, observer),
            Strategy::Scan(scan) => scan::find(scan, request, evaluation, observer),
            Strategy::Dense(dense) => dense::find(dense, request, evaluation, observer),
            Strategy::Sparse => {
                sparse::find(&loaded.plan.sparse, request, evaluation, sparse, observer);
            }
        }
        workspace.select(loaded);
    }
    workspace.within_limits()
}

/// Keeps what follows from facts that many items share.
pub(crate) fn bind(
    loaded: Loaded<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
    bound: &mut BoundFacts,
) {
    workspace.clear();
    bound.clear(&loaded.plan.sparse);
    let request = loaded.request(&frame);
    let Workspace { evaluation, sparse, .. } = workspace;
    match loaded.plan.strategy(workspace.use_index) {
        // There is nothing to save.
        Strategy::Scan(_) => evaluation.ranks.bind(),
        Strategy::Walk => walk::bind(request, evaluation),
        Strategy::Dense(_) | Strategy::Sparse => {
            bound.bind(&loaded.plan.sparse, request, evaluation, sparse);
        }
    }
}

/// Finds the rules that are selected for bound facts and an item. `frame` has the facts of
/// both.
pub(crate) fn find_bound(
    loaded: Loaded<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
    bound: &BoundFacts,
) -> Result<(), Error> {
    workspace.clear_but_bound();
    if loaded.is_enabled() {
        let request = loaded.request(&frame);
        let Workspace { evaluation, sparse, .. } = workspace;
        match loaded.plan.strategy(workspace.use_index) {
            Strategy::Walk => walk::find(request, evaluation, ()),
            Strategy::Scan(scan) => scan::find(scan, request, evaluation, ()),
            Strategy::Dense(_) | Strategy::Sparse => {
                sparse::find_bound(&loaded.plan.sparse, bound, request, evaluation, sparse);
            }
        }
        workspace.select(loaded);
    }
    workspace.within_limits()
}

/// Works out the outputs of the rules that were selected last.
pub(crate) fn work_out(
    loaded: Loaded<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
) -> Result<(), Error> {
    let Workspace { evaluation, selection, outputs, problems, .. } = workspace;
    let (plans, request) = (&loaded.plan.outputs, loaded.request(&frame));
    outputs.work_out(plans, &selection.rules, request, &mut evaluation.values, problems);
    workspace.within_limits()
}
