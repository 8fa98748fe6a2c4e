//! Rules in decision order, with what they put into outputs.

use super::names;
use super::runs::Runs;
use super::text::Texts;
use crate::archive::{ArchivedAssignment, ArchivedRule, ArchivedRuleset, NONE};
use crate::error::{Error, ErrorCode};

/// Needs: constants and units are checked.
pub(super) fn check(archive: &ArchivedRuleset, texts: &mut Texts<'_>) -> Result<(), Error> {
    let mut assignments = Runs::of(&archive.assignments);
    // The last rule, counted from 1, that put something into an output.
    let mut set_by = vec![0_usize; archive.outputs.len()];
    let mut priority = i64::MAX;
    for (number, rule) in archive.rules.iter().enumerate() {
        texts.name(&rule.id, ErrorCode::RuleTable, number)?;
        if !is_rule(archive, rule, priority) {
            return Err(Error::at(ErrorCode::RuleTable, number as u64));
        }
        priority = rule.priority.to_native();
        assignments.take(&rule.assignments, number)?;
        let first = rule.assignments.start.to_native() as usize;
        let own = rule.assignments.of(&archive.assignments);
        for (at, assignment) in (first..).zip(own) {
            let output = usize::from(assignment.output.to_native());
            let before = set_by.get_mut(output).map(|by| std::mem::replace(by, number + 1));
            let is_first = before.is_some_and(|before| before != number + 1);
            if !(is_first && is_assignment(archive, assignment)) {
                return Err(Error::at(ErrorCode::AssignmentTable, at as u64));
            }
        }
    }
    assignments.finish()?;
    let id = |at: usize| archive.rules.get(at).map(|rule| &rule.id);
    names::unique(archive, archive.rules.len(), id, ErrorCode::RuleTable)
}

fn is_rule(archive: &ArchivedRuleset, rule: &ArchivedRule, priority_before: i64) -> bool {
    rule.priority.to_native() <= priority_before
        && usize::from(rule.group.to_native()) < archive.groups.len()
}

fn is_assignment(archive: &ArchivedRuleset, assignment: &ArchivedAssignment) -> bool {
    let output = archive.outputs.get(usize::from(assignment.output.to_native()));
    let Some(value_type) = output.map(|output| output.value_type.to_native()) else {
        return false;
    };
    match (assignment.constant.to_native(), assignment.unit.to_native()) {
        (NONE, unit) => unit_gives(archive, unit, value_type),
        (constant, NONE) => {
            let constant = archive.constants.get(constant as usize);
            constant.is_some_and(|constant| constant.value_type.to_native() == value_type)
        }
        _ => false,
    }
}

pub(super) fn unit_gives(archive: &ArchivedRuleset, unit: u32, value_type: u16) -> bool {
    let unit = archive.units.get(unit as usize);
    unit.is_some_and(|unit| unit.result.to_native() == value_type)
}
