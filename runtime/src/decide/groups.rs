//! Hit policies: which of the matching rules of each group are kept.
//!
//! In come the rules that match; out come those that are kept, and the
//! conflicts. `first` has done its part while rules were matched.

use super::Problem;
use crate::session::Workspace;
use rulestone_format::archive::ArchivedRuleset;

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

/// Takes rules in conflict out of the matching ones.
pub(super) fn settle(archive: &ArchivedRuleset, workspace: &mut Workspace) {
    let Workspace { groups, matched, conflicting, problems, .. } = workspace;
    if !groups.iter().any(|group| group.in_conflict) {
        return;
    }
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
            problems.push(Problem::Conflict {
                group: index,
                start: u32::try_from(start).unwrap_or(u32::MAX),
                count: group.matches,
            });
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
