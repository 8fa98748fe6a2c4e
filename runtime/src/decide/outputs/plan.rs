//! How values become outputs: worked out once, when an archive is loaded.

use super::constant::Constant;
use super::output_plan::{OutputPlan, plans};
use rulestone_format::archive::{ArchivedAssignment, ArchivedRule, ArchivedRuleset};
use rulestone_format::rule::Combine;

/// How the values of all outputs become one each.
#[derive(Debug)]
pub(crate) struct OutputPlans {
    /// One for each output.
    pub(crate) of_outputs: Vec<OutputPlan>,
    /// One for each assignment of the archive.
    pub(super) constants: Vec<Constant>,
    /// Values for lists that a decision may have at most.
    pub(super) most_collected: usize,
}

impl OutputPlans {
    pub(crate) fn new(archive: &ArchivedRuleset) -> OutputPlans {
        let of_outputs = plans(archive);
        let constant = |assignment| Constant::new(archive, &of_outputs, assignment);
        let constants = archive.assignments.iter().map(constant).collect();
        OutputPlans { of_outputs, constants, most_collected: most_collected(archive) }
    }

    /// What a rule gives, assignment by assignment.
    #[inline]
    pub(super) fn constants_of(&self, rule: &ArchivedRule) -> &[Constant] {
        let start = rule.assignments.start.to_native() as usize;
        let end = start.saturating_add(rule.assignments.length.to_native() as usize);
        self.constants.get(start..end).unwrap_or_default()
    }
}

/// How many values for lists a decision may have at most.
pub(super) fn most_collected(archive: &ArchivedRuleset) -> usize {
    let collects = |assignment: &&ArchivedAssignment| {
        let output = archive.outputs.get(usize::from(assignment.output.to_native()));
        output.is_some_and(|output| output.combine.to_native() == Combine::Collect as u16)
    };
    archive.assignments.iter().filter(collects).count()
}
