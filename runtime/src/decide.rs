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
mod words;

use crate::decision::Decision;
use crate::interpret::{Machine, Program};
use crate::session::{Plan, Workspace};
use rulestone_format::archive::{ArchivedPredicate, ArchivedRuleset, NONE};
use rulestone_format::frame::Frame;
use rulestone_format::meaning::Fault;
use rulestone_format::rule::HitPolicy;
use rulestone_format::value::Word;

pub(crate) use candidates::Rows;
pub(crate) use groups::Group;
pub(crate) use keys::Keys;
pub(crate) use outputs::Output;
pub(crate) use words::Words;

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
    workspace.keys.read(program.plan, program.archive, &frame);
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
    let use_index = workspace.use_index;
    let Workspace { keys, rows, groups, matched, registers, scratch, memos, .. } = workspace;
    let machine = Machine { program, frame, scratch, memos, remembered: 0 };
    let mut matching = Matching { archive, plan, machine, keys, registers, groups, matched };
    let index = &archive.index;
    if use_index && !index.is_empty() {
        rows.find(archive, keys);
        rows.each(index, |slot| {
            if let Some(slot) = index.slots.get(slot) {
                let predicates = slot.predicates.of(&index.predicates);
                matching.look(slot.rule.to_native(), predicates, slot.condition.to_native());
            }
        });
    } else {
        // INVARIANT: an archive is below 4 GiB and so has fewer than 2^32 rules.
        for (number, rule) in (0..).zip(archive.rules.iter()) {
            let predicates = rule.predicates.of(&archive.predicates);
            matching.look(number, predicates, rule.condition.to_native());
        }
    }
}

/// Rules are being looked at, in decision order.
struct Matching<'w, 'a> {
    archive: &'a ArchivedRuleset,
    plan: &'a Plan,
    machine: Machine<'w>,
    keys: &'w Keys,
    registers: &'w mut Vec<Word>,
    groups: &'w mut [Group],
    matched: &'w mut Vec<u32>,
}

impl Matching<'_, '_> {
    /// Notes a rule if it matches in this way.
    #[inline]
    fn look(&mut self, rule: u32, predicates: &[ArchivedPredicate], condition: u32) {
        if !self.keys.hold(self.archive, predicates) || self.matched.last() == Some(&rule) {
            return;
        }
        let Some(found) = self.archive.rules.get(rule as usize) else { return };
        let index = usize::from(found.group.to_native());
        let (Some(group), Some(policy)) =
            (self.groups.get_mut(index), self.plan.policies.get(index))
        else {
            return;
        };
        if *policy == HitPolicy::First && group.matches > 0 {
            return;
        }
        if condition != NONE
            && !self.machine.run_for_scalar(condition, self.registers).is_ok_and(Word::bool)
        {
            return;
        }
        group.matches += 1;
        group.in_conflict = *policy == HitPolicy::Unique && group.matches > 1;
        self.matched.push(rule);
    }
}
