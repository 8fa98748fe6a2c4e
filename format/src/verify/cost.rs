//! What a decision costs at worst, in units of about a nanosecond.
//!
//! The frame is checked; every subject is ranked once; every slot is worked out once, with all its
//! predicates and its condition, and what each rule puts into outputs; every variable once a request;
//! and the rows of the index. A unit costs the sum of its instructions ([`super::charge`]), each times
//! the bounds of the loops around it.

use super::extent::Extent;
use super::results::{Given, Summary};
use crate::archive::{ArchivedDimension, ArchivedRuleset, NONE};
use crate::code::work;
use crate::index::BLOCK;
use crate::subject::SubjectKind;

/// Of one predicate.
pub const PREDICATE_COST: u64 = 1;

/// Of a decision about nothing, and of each output.
const DECISION_COST: u64 = 100;
const OUTPUT_COST: u64 = 5;

/// Of looking at a slot.
const SLOT_COST: u64 = 1;

/// Of a rule that matches, and of each value that it gives.
const RULE_COST: u64 = 10;
const ASSIGNMENT_COST: u64 = 10;

/// Of a number of a subject, and of finding its rank.
const SUBJECT_COST: u64 = 10;

/// Of one fact of a frame, and of each byte of its text that is checked, in parts of a unit.
const FACT_COST: u64 = 2;
const CHECKED_BYTES_A_UNIT: u64 = 4;

/// Of an item of a list of text whose word is looked up.
const MEMBER_COST: u64 = 10;

/// The sum of all, and who has most of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bill {
    pub(super) total: u64,
    pub(super) dearest: Option<u32>,
    pub(super) most: u64,
}

pub(super) fn total(archive: &ArchivedRuleset, given: &Given, units: &[Summary]) -> Bill {
    let unit = |number: u32| units.get(number as usize).map_or(0, |unit| unit.cost);
    let outputs = OUTPUT_COST.saturating_mul(archive.outputs.len() as u64);
    let mut bill = Bill { total: DECISION_COST.saturating_add(outputs), ..Bill::default() };
    for variable in archive.variables.iter() {
        bill.total = bill.total.saturating_add(unit(variable.unit.to_native()));
    }
    for cost in [index(archive), frame(archive, given), subjects(archive, given, units)] {
        bill.total = bill.total.saturating_add(cost);
    }
    let slots = slots(archive, &unit);
    for (number, rule) in archive.rules.iter().enumerate() {
        let mut cost = slots.get(number).copied().unwrap_or(0).saturating_add(RULE_COST);
        for assignment in rule.assignments.of(&archive.assignments) {
            let (own, value) = match assignment.unit.to_native() {
                NONE => {
                    let constant = assignment.constant.to_native() as usize;
                    (0, given.constants.get(constant).copied())
                }
                number => (unit(number), units.get(number as usize).map(|unit| unit.result)),
            };
            cost = cost
                .saturating_add(carried(value).saturating_add(ASSIGNMENT_COST))
                .saturating_add(own);
        }
        if bill.dearest.is_none() || cost > bill.most {
            (bill.dearest, bill.most) = (Some(number as u32), cost);
        }
        bill.total = bill.total.saturating_add(cost);
    }
    bill
}

/// What it costs to see how much a value is that leaves the rules, and to put it in order among
/// others.
fn carried(value: Option<Extent>) -> u64 {
    let refers = value.filter(|value| *value != Extent::SCALAR);
    refers.map_or(0, |value| work::equated(value.cells, value.bytes))
}

/// What checking a frame costs.
fn frame(archive: &ArchivedRuleset, given: &Given) -> u64 {
    let count = archive.schema.facts.len() as u64;
    let facts = (0..count as u32).filter_map(|number| given.fact(archive, number));
    let all = facts.fold(Extent::SCALAR, Extent::and).in_frame();
    let items = all.cells.saturating_sub(count + 1).saturating_mul(work::ITEM);
    let facts = count.saturating_mul(FACT_COST);
    facts.saturating_add(items).saturating_add(all.bytes / CHECKED_BYTES_A_UNIT)
}

/// What finding the rank of each subject costs, once a decision.
fn subjects(archive: &ArchivedRuleset, given: &Given, units: &[Summary]) -> u64 {
    let subjects = archive.subjects.iter().map(|subject| {
        let source = subject.source.to_native();
        let value = match SubjectKind::from_u16(subject.kind.to_native()) {
            Some(SubjectKind::Fact) => given.fact(archive, source),
            Some(SubjectKind::Variable) => {
                let variable = archive.variables.get(source as usize);
                let unit = variable.and_then(|v| units.get(v.unit.to_native() as usize));
                unit.map(|unit| unit.result)
            }
            _ => None,
        };
        let value = value.unwrap_or(Extent::SCALAR);
        let members = (value.cells - 1).saturating_mul(MEMBER_COST);
        SUBJECT_COST.saturating_add(members).saturating_add(work::moved(value.bytes))
    });
    subjects.fold(0, u64::saturating_add)
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
