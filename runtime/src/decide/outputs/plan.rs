//! How values become outputs: worked out once, when an archive is loaded.

use super::constant::Constant;
use rulestone_format::archive::{
    ArchivedAssignment, ArchivedOutput, ArchivedRule, ArchivedRuleset, NONE,
};
use rulestone_format::rule::Combine;
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{Reference, Space, Word};

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
}

impl OutputPlans {
    /// What a rule gives, assignment by assignment.
    #[inline]
    pub(super) fn constants_of(&self, rule: &ArchivedRule) -> &[Constant] {
        let start = rule.assignments.start.to_native() as usize;
        let end = start.saturating_add(rule.assignments.length.to_native() as usize);
        self.constants.get(start..end).unwrap_or_default()
    }
}

/// How an output's values become one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OutputPlan {
    pub(crate) combine: Combine,
    /// Of one value.
    pub(crate) kind: TypeKind,
    /// Of what the decision carries.
    pub(crate) result: TypeId,
    /// Where no rule gives it a value.
    pub(crate) default: Option<Word>,
}

fn plans(archive: &ArchivedRuleset) -> Vec<OutputPlan> {
    let plan = |output: &ArchivedOutput| {
        let default = match output.default.to_native() {
            NONE => None,
            constant => archive.constants.get(constant as usize),
        };
        let combine = Combine::from_u16(output.combine.to_native()).unwrap_or(Combine::First);
        let empty = || Word::from_reference(Reference::new(Space::Void, 0, 0));
        let default = default.map(|constant| Word::from(&constant.value));
        OutputPlan {
            combine,
            kind: (archive.kind(TypeId(output.value_type.to_native())))
                .unwrap_or(TypeKind::Pending),
            result: TypeId(output.result_type.to_native()),
            default: default.or_else(|| (combine == Combine::Collect).then(empty)),
        }
    };
    archive.outputs.iter().map(plan).collect()
}

/// How many values for lists a decision may have at most.
pub(super) fn most_collected(archive: &ArchivedRuleset) -> usize {
    let collects = |assignment: &&ArchivedAssignment| {
        let output = archive.outputs.get(usize::from(assignment.output.to_native()));
        output.is_some_and(|output| output.combine.to_native() == Combine::Collect as u16)
    };
    archive.assignments.iter().filter(collects).count()
}
