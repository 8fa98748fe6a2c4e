//! Where facts lie in a frame and how their cells become values: worked out once, when an
//! archive is loaded.

use rulestone_format::archive::{ArchivedFact, ArchivedRuleset};
use rulestone_format::schema::{FactKind, MAX_DEPTH};

/// Where a fact's cell lies in a frame, and what it needs to be a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FactPlan {
    pub(crate) slot: usize,
    pub(crate) kind: FactKind,
    pub(crate) form: Form,
}

/// How a cell of a frame becomes a value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// It is the value.
    Plain,
    /// It is the number of a label of this enum.
    Label(u16),
    /// It is a list or map that holds enums.
    Converted { fact_type: u16, memo: usize },
}

/// The plans of all facts. Those that are converted have memos behind those of variables.
pub(super) fn of_all(archive: &ArchivedRuleset) -> Vec<FactPlan> {
    let mut memo = archive.variables.len();
    let plan = |fact: &ArchivedFact| {
        let index = fact.fact_type.to_native();
        let fact_type = archive.schema.fact_type(index);
        // INVARIANT: the verifier refused facts of unknown types.
        let kind = fact_type.and_then(|t| t.kind()).unwrap_or(FactKind::Bool);
        let form = match fact_type {
            Some(fact_type) if kind == FactKind::Enum => Form::Label(fact_type.item.to_native()),
            Some(_) if holds_enums(archive, index, MAX_DEPTH) => {
                memo += 1;
                Form::Converted { fact_type: index, memo: memo - 1 }
            }
            _ => Form::Plain,
        };
        FactPlan { slot: fact.slot.to_native() as usize, kind, form }
    };
    archive.schema.facts.iter().map(plan).collect()
}

/// Whether enums are part of a fact's type.
pub(crate) fn holds_enums(archive: &ArchivedRuleset, fact_type: u16, depth: usize) -> bool {
    let Some(fact_type) = archive.schema.fact_type(fact_type) else {
        return false;
    };
    match (fact_type.kind(), depth.checked_sub(1)) {
        (Some(FactKind::Enum), _) => true,
        (Some(FactKind::List | FactKind::Map), Some(depth)) => {
            holds_enums(archive, fact_type.item.to_native(), depth)
        }
        _ => false,
    }
}
