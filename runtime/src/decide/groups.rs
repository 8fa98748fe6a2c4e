//! Hit policies: which of the matching rules of each group are kept.
//!
//! In come the rules that match, as marks; out come those that are kept, in
//! decision order, and the conflicts.

use super::Problem;
use crate::interpret::Program;
use crate::memory::push_within;
use crate::session::Workspace;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::rule::HitPolicy;

/// What became of a group in a request.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Group {
    /// Rules of it that match.
    pub(super) matches: u32,
    /// Of policy `unique` with several matches.
    pub(super) in_conflict: bool,
    /// Where its next rule goes among those in conflict.
    next: Option<usize>,
}

/// Keeps what the policies keep of the rules that are marked.
#[inline]
pub(super) fn settle(program: Program<'_>, workspace: &mut Workspace) {
    if !workspace.marks.is_empty() {
        settle_marked(program, workspace);
    }
}

#[inline(never)]
fn settle_marked(program: Program<'_>, workspace: &mut Workspace) {
    let Program { archive, plan, .. } = program;
    let Workspace { groups, marks, matched, .. } = workspace;
    if plan.collects_all {
        marks.drain(|rule| matched.push(rule));
        return;
    }
    groups.fill(Group::default());
    let mut any_conflict = false;
    marks.drain(|rule| {
        let group = archive.rules.get(rule as usize).map_or(0, |rule| rule.group.to_native());
        let index = usize::from(group);
        let (Some(group), Some(policy)) = (groups.get_mut(index), plan.policies.get(index)) else {
            return;
        };
        if *policy == HitPolicy::First && group.matches > 0 {
            return;
        }
        group.matches += 1;
        group.in_conflict = *policy == HitPolicy::Unique && group.matches > 1;
        any_conflict |= group.in_conflict;
        matched.push(rule);
    });
    if any_conflict {
        take_out_conflicts(archive, workspace);
    }
}

/// Takes rules in conflict out of the matching ones.
fn take_out_conflicts(archive: &ArchivedRuleset, workspace: &mut Workspace) {
    let Workspace { groups, matched, conflicting, problems, .. } = workspace;
    conflicting.clear();
    matched.retain(|&number| {
        let rule = archive.rules.get(number as usize);
        let index = rule.map_or(0, |rule| rule.group.to_native());
        let Some(group) = groups.get_mut(usize::from(index)) else {
            return true;
        };
        if !group.in_conflict {
            return true;
        }
        let place = *group.next.get_or_insert_with(|| {
            // Its first rule: room for all of them.
            let start = conflicting.len();
            conflicting.resize(start + group.matches as usize, 0);
            let start_number = u32::try_from(start).unwrap_or(u32::MAX);
            let count = group.matches;
            let problem = Problem::Conflict { group: index, start: start_number, count };
            push_within(Problem::most(archive), problems, problem);
            start
        });
        if let Some(room) = conflicting.get_mut(place) {
            *room = number;
        }
        group.next = Some(place + 1);
        false
    });

    // Rules in conflict have no order among each other: they are named by id.
    for problem in problems.iter() {
        let Problem::Conflict { start, count, .. } = problem else {
            continue;
        };
        let end = (*start as usize).saturating_add(*count as usize);
        let Some(rules) = conflicting.get_mut(*start as usize..end) else {
            continue;
        };
        rules.sort_unstable_by_key(|rule| {
            archive.rules.get(*rule as usize).map_or("", |rule| archive.text(&rule.id))
        });
    }
}
