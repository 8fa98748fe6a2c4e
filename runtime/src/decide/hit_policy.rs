//! Hit policies: which of the matching rules of each group a decision keeps.
//!
//! In: the rules that match. Out: the rules that are selected, in decision order, and the
//! conflicts.

use super::matched::Matched;
use super::problem::Problem;
use crate::memory::push_within;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::rule::HitPolicy;

/// The policies of all groups.
#[derive(Debug)]
pub(crate) struct HitPolicies {
    /// One for each group.
    of_groups: Vec<HitPolicy>,
    /// Whether all groups keep whatever matches.
    collect_all: bool,
}

impl HitPolicies {
    pub(crate) fn new(archive: &ArchivedRuleset) -> HitPolicies {
        let policy = |number| HitPolicy::from_u16(number).unwrap_or(HitPolicy::Collect);
        let groups = archive.groups.iter();
        let of_groups: Vec<HitPolicy> =
            groups.map(|group| policy(group.hit_policy.to_native())).collect();
        let collect_all = of_groups.iter().all(|policy| *policy == HitPolicy::Collect);
        HitPolicies { of_groups, collect_all }
    }
}

/// The rules that are selected for a request.
#[derive(Debug)]
pub(crate) struct Selection {
    /// Their numbers, ascending.
    pub(crate) rules: Vec<u32>,
    /// Numbers of the rules that are in conflict, group by group.
    pub(crate) conflicting: Vec<u32>,
    groups: Vec<Group>,
}

impl Selection {
    /// With all the room that any request needs.
    pub(crate) fn new(archive: &ArchivedRuleset, policies: &HitPolicies) -> Selection {
        let rules = archive.rules.len();
        let may_conflict = policies.of_groups.contains(&HitPolicy::Unique);
        Selection {
            rules: Vec::with_capacity(rules),
            conflicting: Vec::with_capacity(if may_conflict { rules } else { 0 }),
            groups: vec![Group::default(); policies.of_groups.len()],
        }
    }

    /// Bytes that an archive needs.
    pub(crate) fn bytes(archive: &ArchivedRuleset) -> usize {
        // Those that match, and those that are in conflict.
        archive.groups.len() * size_of::<Group>() + archive.rules.len() * 2 * size_of::<u32>()
    }
}

/// What became of a group in a request.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Group {
    /// Rules of it that match.
    matches: u32,
    /// Of policy `unique` with several matches.
    in_conflict: bool,
    /// Where its next rule goes among those in conflict.
    next: Option<usize>,
}

/// Selects what the policies keep of the rules that match. Leaves no rule matching.
#[inline]
pub(crate) fn select(
    archive: &ArchivedRuleset,
    policies: &HitPolicies,
    matched: &mut Matched,
    selection: &mut Selection,
    problems: &mut Vec<Problem>,
) {
    if !matched.is_empty() {
        select_some(archive, policies, matched, selection, problems);
    }
}

#[inline(never)]
fn select_some(
    archive: &ArchivedRuleset,
    policies: &HitPolicies,
    matched: &mut Matched,
    selection: &mut Selection,
    problems: &mut Vec<Problem>,
) {
    let Selection { rules, groups, .. } = selection;
    if policies.collect_all {
        matched.drain(|rule| rules.push(rule));
        return;
    }
    groups.fill(Group::default());
    let mut any_conflict = false;
    matched.drain(|rule| {
        let group = archive.rules.get(rule as usize).map_or(0, |rule| rule.group.to_native());
        let index = usize::from(group);
        let (Some(group), Some(policy)) = (groups.get_mut(index), policies.of_groups.get(index))
        else {
            return;
        };
        if *policy == HitPolicy::First && group.matches > 0 {
            return;
        }
        group.matches += 1;
        group.in_conflict = *policy == HitPolicy::Unique && group.matches > 1;
        any_conflict |= group.in_conflict;
        rules.push(rule);
    });
    if any_conflict {
        take_out_conflicts(archive, selection, problems);
    }
}

/// Takes rules in conflict out of the selected ones.
fn take_out_conflicts(
    archive: &ArchivedRuleset,
    selection: &mut Selection,
    problems: &mut Vec<Problem>,
) {
    let Selection { groups, rules, conflicting } = selection;
    conflicting.clear();
    rules.retain(|&number| {
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
