//! How the values of one output become one.

use rulestone_format::archive::{ArchivedOutput, ArchivedRuleset, NONE};
use rulestone_format::rule::Combine;
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{Reference, Space, Word};

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

/// That of each output.
pub(super) fn plans(archive: &ArchivedRuleset) -> Vec<OutputPlan> {
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
