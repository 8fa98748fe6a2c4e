//! What is worked out of an archive once, when it is loaded, for all its sessions.
//!
//! In: a verified archive. Out: a [`Plan`], which decisions only read.

use crate::decide::{DimensionPlans, FewBlocks, FewSlots, Fronts, SubjectPlans, Wide};
use crate::interpret::{Code, FILE, holds_enums};
use rulestone_format::archive::{ArchivedAssignment, ArchivedRuleset, NONE};
use rulestone_format::code::Opcode;
use rulestone_format::rule::{Combine, HitPolicy};
use rulestone_format::schema::{FactKind, MAX_DEPTH};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{Reference, Space, Word};

/// What is worked out of an archive once, for all its sessions.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) code: Code,
    /// Registers of the deepest chain of units that may run at once.
    pub(crate) registers: usize,
    /// Values that are worked out at most once a request.
    pub(crate) memos: usize,
    /// One for each fact.
    pub(crate) facts: Vec<FactPlan>,
    /// What predicates ask about.
    pub(crate) subjects: SubjectPlans,
    pub(crate) dimensions: DimensionPlans,
    pub(crate) few_blocks: FewBlocks,
    pub(crate) fronts: Fronts,
    pub(crate) few_slots: FewSlots,
    pub(crate) wide: Wide,
    /// One for each group.
    pub(crate) policies: Vec<HitPolicy>,
    /// Whether all groups keep whatever matches.
    pub(crate) collects_all: bool,
    /// One for each output.
    pub(crate) outputs: Vec<OutputPlan>,
    /// Values for lists that a decision may have at most.
    pub(crate) collected: usize,
}

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

impl Plan {
    /// Works out what sessions need. The archive was verified.
    ///
    /// # Cost
    /// One pass over facts, subjects with their dictionaries, groups, outputs, units
    /// and the code of variables.
    pub(crate) fn new(archive: &ArchivedRuleset) -> Plan {
        let facts = facts(archive);
        let converted = facts.iter().filter(|fact| matches!(fact.form, Form::Converted { .. }));
        let subjects = SubjectPlans::new(archive);
        let policies: Vec<HitPolicy> = (archive.groups.iter())
            .map(|group| {
                HitPolicy::from_u16(group.hit_policy.to_native()).unwrap_or(HitPolicy::Collect)
            })
            .collect();
        let wide = Wide::detect();
        Plan {
            code: Code::new(archive, &facts),
            registers: registers(archive),
            memos: archive.variables.len() + converted.count(),
            wide,
            few_slots: match wide.has_many_lanes() {
                true => FewSlots::new(archive, &subjects),
                false => FewSlots::default(),
            },
            dimensions: DimensionPlans::new(archive, &subjects),
            few_blocks: FewBlocks::new(archive, &subjects),
            fronts: Fronts::new(archive),
            subjects,
            collects_all: policies.iter().all(|policy| *policy == HitPolicy::Collect),
            policies,
            outputs: outputs(archive),
            collected: collected(archive),
            facts,
        }
    }
}

fn facts(archive: &ArchivedRuleset) -> Vec<FactPlan> {
    let mut memo = archive.variables.len();
    let plan = |fact: &rulestone_format::archive::ArchivedFact| {
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

fn outputs(archive: &ArchivedRuleset) -> Vec<OutputPlan> {
    let plan = |output: &rulestone_format::archive::ArchivedOutput| {
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

/// A unit runs in a window above that of the unit that uses its variable.
fn registers(archive: &ArchivedRuleset) -> usize {
    let window = |unit: u32| {
        let unit = archive.units.get(unit as usize);
        unit.map_or(0, |unit| unit.registers.length.to_native() as usize)
    };
    // Registers that a variable needs with all that it uses; it uses earlier ones only.
    let mut needs: Vec<usize> = Vec::with_capacity(archive.variables.len());
    for variable in archive.variables.iter() {
        let unit = variable.unit.to_native();
        let code = archive.units.get(unit as usize);
        let code = code.map_or(&[][..], |unit| archive.unit_code(unit));
        let used = code
            .iter()
            .filter(|step| step.opcode.to_native() == Opcode::Variable as u16)
            .filter_map(|step| needs.get(step.immediate.to_native() as usize));
        let deepest = used.max().copied().unwrap_or(0);
        needs.push(window(unit).saturating_add(deepest));
    }
    let widest = archive.units.iter().map(|unit| unit.registers.length.to_native() as usize);
    let deepest = needs.into_iter().max().unwrap_or(0);
    // Each runs in a whole file of registers, whatever it needs.
    widest.max().unwrap_or(0).saturating_add(deepest).saturating_add(FILE)
}

/// How many values for lists a decision may have at most.
pub(crate) fn collected(archive: &ArchivedRuleset) -> usize {
    let collects = |assignment: &&ArchivedAssignment| {
        let output = archive.outputs.get(usize::from(assignment.output.to_native()));
        output.is_some_and(|output| output.combine.to_native() == Combine::Collect as u16)
    };
    archive.assignments.iter().filter(collects).count()
}
