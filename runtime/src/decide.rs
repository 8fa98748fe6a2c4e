//! Deciding: from the facts of a request to kept rules, outputs and errors.
//!
//! In comes a checked frame; out comes a [`Decision`] over the session's
//! memory. The way: keys of the facts, candidates among the rules, predicates
//! and conditions, hit policies, outputs.

mod candidates;
mod groups;
mod keys;
mod outputs;
#[cfg(test)]
mod tests;

use crate::decision::Decision;
use crate::interpret::{Machine, Program};
use crate::session::Workspace;
use rulestone_format::archive::NONE;
use rulestone_format::frame::Frame;
use rulestone_format::meaning::Fault;
use rulestone_format::rule::HitPolicy;
use rulestone_format::value::Word;

pub(crate) use groups::Group;
pub(crate) use keys::Keys;
pub(crate) use outputs::Output;

/// What a decision has to tell besides its outputs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Problem {
    /// Several rules of a unique group matched: a run of [`Workspace::conflicting`].
    Conflict { group: u16, start: u32, count: u32 },
    /// A rule's value for an output failed.
    Output { rule: u32, output: u16, fault: Fault },
}

/// Decides about one request.
pub(crate) fn decide<'s>(
    program: Program<'s>,
    frame: Frame<'s>,
    workspace: &'s mut Workspace,
) -> Decision<'s> {
    workspace.clear();
    workspace.keys.read(program.plan, &frame);
    if program.archive.identity.enabled != 0 {
        matching_rules(program, frame, workspace);
        groups::settle(program.archive, workspace);
    }
    outputs::work_out(program, frame, workspace);
    Decision::new(program, frame, workspace)
}

/// Notes the rules that match, but for those that a group of policy `first`
/// would drop.
fn matching_rules(program: Program<'_>, frame: Frame<'_>, workspace: &mut Workspace) {
    let Program { archive, plan, .. } = program;
    let mut machine = Machine {
        program,
        frame,
        scratch: &mut workspace.scratch,
        memos: &mut workspace.memos,
        remembered: 0,
    };
    for number in candidates::candidates(archive) {
        let Some(rule) = archive.rules.get(number as usize) else {
            continue;
        };
        let index = usize::from(rule.group.to_native());
        let (Some(group), Some(policy)) =
            (workspace.groups.get_mut(index), plan.policies.get(index))
        else {
            continue;
        };
        if *policy == HitPolicy::First && group.matches > 0 {
            continue;
        }
        if !workspace.keys.hold(rule.predicates.of(&archive.predicates)) {
            continue;
        }
        let condition = rule.condition.to_native();
        if condition != NONE
            && !machine.run_for_scalar(condition, &mut workspace.registers).is_ok_and(Word::bool)
        {
            continue;
        }
        group.matches += 1;
        group.in_conflict = *policy == HitPolicy::Unique && group.matches > 1;
        workspace.matched.push(number);
    }
}
