//! Deciding: from the facts of a request to kept rules, outputs and errors.
//!
//! In comes a checked frame; out comes a [`Decision`] over the session's
//! memory. The way: candidates among the slots by the index, or by asking all of
//! them side by side where they are few; predicates and conditions of these, hit
//! policies, outputs.

mod batch;
mod blocks;
mod candidates;
mod cells;
mod cuts;
mod dimensions;
mod few_blocks;
mod few_slots;
mod fronts;
mod groups;
mod kept;
mod marks;
mod matching;
mod observe;
mod outputs;
mod subjects;
#[cfg(test)]
mod tests;
mod together;
mod wide;
mod words;

use crate::decision::Decision;
use crate::interpret::Program;
use crate::session::Workspace;
use rulestone_format::Error;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::frame::Frame;
use rulestone_format::meaning::Fault;

pub(crate) use batch::{LANES, Lane, each_matched, is_for as is_for_batches};
pub(crate) use candidates::Rows;
pub(crate) use dimensions::DimensionPlans;
pub(crate) use few_blocks::FewBlocks;
pub(crate) use few_slots::FewSlots;
pub(crate) use fronts::Fronts;
pub(crate) use groups::Group;
pub(crate) use kept::Kept;
pub(crate) use marks::Marks;
pub(crate) use matching::Deferred;
pub(crate) use observe::{Observer, Watching};
pub(crate) use outputs::Output;
pub(crate) use subjects::{SubjectPlans, Subjects};
pub(crate) use together::Together;
pub(crate) use wide::Wide;

/// What a decision has to tell besides its outputs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Problem {
    /// Several rules of a unique group matched: a run of [`Workspace::conflicting`].
    Conflict { group: u16, start: u32, count: u32 },
    /// A rule's value for an output failed.
    Output { rule: u32, output: u16, fault: Fault },
}

impl Problem {
    /// How many a decision may have at most: each group one, and each value.
    fn most(archive: &ArchivedRuleset) -> usize {
        archive.groups.len() + archive.assignments.len()
    }
}

/// Finds the rules that are kept for a request.
///
/// # Errors
/// [`ErrorCode::DecisionLimits`](rulestone_format::ErrorCode::DecisionLimits), here and
/// below: a decision that exceeds a limit of its session has no part that stands. Which
/// work counts doesn't depend on the way that is taken ([`matching`]), so all ways
/// agree.
pub(crate) fn matched(
    program: Program<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
) -> Result<(), Error> {
    observed(program, frame, workspace, ())
}

/// The same, and tells which slots are looked at.
pub(crate) fn observed(
    program: Program<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
    observer: impl Observer,
) -> Result<(), Error> {
    workspace.clear();
    if program.archive.identity.enabled != 0 {
        matching::find(program, frame, workspace, observer);
        groups::settle(program, workspace);
    }
    workspace.within_limits()
}

/// Finds the rules that are kept for an item, where facts are bound.
pub(crate) fn matched_bound(
    program: Program<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
    kept: &Kept,
) -> Result<(), Error> {
    workspace.clear_but_kept();
    if program.archive.identity.enabled != 0 {
        matching::find_bound(program, frame, workspace, kept);
        groups::settle(program, workspace);
    }
    workspace.within_limits()
}

/// Decides about one request.
pub(crate) fn decide<'s>(
    program: Program<'s>,
    frame: Frame<'s>,
    workspace: &'s mut Workspace,
) -> Result<Decision<'s>, Error> {
    matched(program, frame, workspace)?;
    decide_matched(program, frame, workspace)
}

/// Decides about the request whose rules were found last.
pub(crate) fn decide_matched<'s>(
    program: Program<'s>,
    frame: Frame<'s>,
    workspace: &'s mut Workspace,
) -> Result<Decision<'s>, Error> {
    outputs::work_out(program, frame, workspace);
    workspace.within_limits()?;
    Ok(Decision::new(program, frame, workspace))
}
