//! What a decision costs at worst, in units of about a nanosecond.
//!
//! Every slot is worked out once, with all its predicates and its condition,
//! and what each rule puts into outputs; every variable once a request; and the rows of
//! the index. A unit costs the
//! sum of its instructions, each times the bounds of the loops around it.

use super::code::Summary;
use crate::archive::{ArchivedDimension, ArchivedFence, ArchivedRuleset, NONE};
use crate::code::{Builtin, Instruction, Opcode, Shape};
use crate::index::BLOCK;

/// Of one predicate, and of a constant that is put into an output.
pub const PREDICATE_COST: u64 = 1;

/// Of looking at a slot.
const SLOT_COST: u64 = 1;

/// What running an instruction once costs. The instruction is checked.
#[inline]
pub(super) fn of(
    archive: &ArchivedRuleset,
    opcode: Opcode,
    shape: &Shape,
    step: Instruction,
) -> u64 {
    let own = u64::from(shape.cost);
    match opcode {
        Opcode::Call => {
            let builtin = Builtin::from_u16(step.b);
            own + builtin.map_or(0, |builtin| u64::from(builtin.signature().cost))
        }
        Opcode::Within => {
            // Of each edge of a polygon it is seen whether it is crossed.
            let fence = archive.fences.get(step.immediate as usize);
            own + fence.map_or(0, |fence: &ArchivedFence| fence.vertices.length.to_native().into())
        }
        _ => own,
    }
}

/// The sum of all, and who has most of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bill {
    pub(super) total: u64,
    pub(super) dearest: Option<u32>,
    pub(super) most: u64,
}

pub(super) fn total(archive: &ArchivedRuleset, units: &[Summary]) -> Bill {
    let unit = |number: u32| units.get(number as usize).map_or(0, |unit| unit.cost);
    let mut bill = Bill::default();
    for variable in archive.variables.iter() {
        bill.total = bill.total.saturating_add(unit(variable.unit.to_native()));
    }
    bill.total = bill.total.saturating_add(index(archive));
    let slots = slots(archive, &unit);
    for (number, rule) in archive.rules.iter().enumerate() {
        let mut cost = slots.get(number).copied().unwrap_or(0);
        for assignment in rule.assignments.of(&archive.assignments) {
            let own = match assignment.unit.to_native() {
                NONE => PREDICATE_COST,
                number => unit(number),
            };
            cost = cost.saturating_add(own);
        }
        if bill.dearest.is_none() || cost > bill.most {
            (bill.dearest, bill.most) = (Some(number as u32), cost);
        }
        bill.total = bill.total.saturating_add(cost);
    }
    bill
}

/// What all slots of each rule cost.
fn slots(archive: &ArchivedRuleset, unit: &dyn Fn(u32) -> u64) -> Vec<u64> {
    let mut costs = vec![0_u64; archive.rules.len()];
    for slot in archive.slots.iter() {
        if let Some(cost) = costs.get_mut(slot.rule.to_native() as usize) {
            let predicates = u64::from(slot.count.to_native()) * PREDICATE_COST;
            let condition = match slot.condition.to_native() {
                NONE => 0,
                number => unit(number),
            };
            *cost = cost.saturating_add(SLOT_COST + predicates).saturating_add(condition);
        }
    }
    costs
}

/// What putting together the rows of all dimensions costs: for a list, those of all
/// its words.
fn index(archive: &ArchivedRuleset) -> u64 {
    let blocks = archive.slots.len().div_ceil(BLOCK) as u64;
    let rows = |dimension: &ArchivedDimension| {
        let subject = archive.subjects.get(usize::from(dimension.subject.to_native()));
        1 + subject.map_or(0, |subject| u64::from(subject.words.length.to_native()))
    };
    let rows = archive.index.dimensions.iter().map(rows).fold(0, u64::saturating_add);
    rows.saturating_mul(blocks)
}
