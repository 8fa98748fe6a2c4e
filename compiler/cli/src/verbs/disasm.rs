//! `disasm`: what is run of an archive, with the places that it came from.

mod listing;
mod unit;

use crate::describe::{Subjects, slot_predicates};
use crate::failure::{Failure, Status};
use crate::output::Report;
use crate::target;
use crate::terminal::Terminal;
use listing::{Listing, Shown};
use rulestone_format::archive::{ArchivedRule, ArchivedRuleset, ArchivedSlot};
use rulestone_format::code::Opcode;
use rulestone_format::subject::SubjectKind;
use std::path::PathBuf;

/// Shows the bytecode of an archive, with its places in the source
///
/// Of each rule: its slots, the ways in which it can match, each with what it
/// requires; what the index decides of that is marked `indexed`. Then the code of
/// the rule's conditions and outputs; code that several rules share is shown with
/// the first. Last the variables, and the expressions that several rules share.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone disasm black-mesa.stone --rule golden-idol")]
pub struct Arguments {
    /// The archive; `-` is standard input
    archive: PathBuf,
    /// Only this rule, and the variables that it uses
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    let ruleset = target::archive(&arguments.archive, &target::any_cost())?;
    let archive = ruleset.archive();
    let slots = slots_by_rule(archive);
    let mut rules: Vec<(usize, &ArchivedRule)> = archive.rules.iter().enumerate().collect();
    let mut variables = vec![true; archive.variables.len()];
    if let Some(id) = &arguments.rule {
        rules.retain(|(_, rule)| archive.text(&rule.id) == id);
        let Some((number, rule)) = rules.first() else {
            return Err(Failure::given(format!("there is no rule `{id}` in this archive")));
        };
        variables = used_variables(archive, rule, slots.get(*number).map_or(&[], Vec::as_slice));
    }
    let mut out = Report::new(terminal.format);
    let mut print = |listing: Listing| match terminal.is_json() {
        true => out.line(listing.json()),
        false => listing.write(&mut out),
    };
    let subjects = Subjects::of(archive);
    let mut shown = Shown::default();
    let mut written = Ok(());
    for (number, rule) in rules {
        let own = slots.get(number).map_or(&[][..], Vec::as_slice);
        let listing = Listing::of_rule(archive, &subjects, number, rule, own, &mut shown);
        written = written.and_then(|()| print(listing));
    }
    for ((number, variable), _) in
        (0..).zip(archive.variables.iter()).zip(variables).filter(|(_, used)| *used)
    {
        let listing = Listing::of_variable(archive, number, variable, &mut shown);
        written = written.and_then(|()| print(listing));
    }
    written.and_then(|()| out.flush()).map_err(Failure::output)?;
    Ok(Status::Done)
}

/// Of each rule its slots with their numbers. Slots stand in the index's order.
fn slots_by_rule(archive: &ArchivedRuleset) -> Vec<Vec<(usize, &ArchivedSlot)>> {
    let mut by_rule = vec![Vec::new(); archive.rules.len()];
    for (number, slot) in archive.slots.iter().enumerate() {
        if let Some(slots) = by_rule.get_mut(slot.rule.to_native() as usize) {
            slots.push((number, slot));
        }
    }
    by_rule
}

/// Which variables a rule uses: in predicates, in code, or through others.
fn used_variables(
    archive: &ArchivedRuleset,
    rule: &ArchivedRule,
    slots: &[(usize, &ArchivedSlot)],
) -> Vec<bool> {
    let mut used = vec![false; archive.variables.len()];
    let mut waiting: Vec<u32> = Vec::new();
    let mut use_variable = |number: u32, waiting: &mut Vec<u32>| {
        let number = number as usize;
        let (Some(used), Some(variable)) = (used.get_mut(number), archive.variables.get(number))
        else {
            return;
        };
        if !std::mem::replace(used, true) {
            waiting.push(variable.unit.to_native());
        }
    };
    let assignments = rule.assignments.of(&archive.assignments).iter();
    waiting.extend(assignments.map(|assignment| assignment.unit.to_native()));
    for (_, slot) in slots {
        waiting.push(slot.condition.to_native());
        for (predicate, _) in slot_predicates(archive, slot) {
            let subject = archive.subjects.get(usize::from(predicate.subject()));
            let is_variable = |kind| SubjectKind::from_u16(kind) == Some(SubjectKind::Variable);
            if let Some(subject) = subject.filter(|s| is_variable(s.kind.to_native())) {
                use_variable(subject.source.to_native(), &mut waiting);
            }
        }
    }
    while let Some(unit) = waiting.pop() {
        let unit = archive.units.get(unit as usize);
        let code = unit.map_or(&[][..], |unit| archive.unit_code(unit));
        for instruction in code {
            if instruction.opcode.to_native() == Opcode::Variable as u16 {
                use_variable(instruction.immediate.to_native(), &mut waiting);
            }
        }
    }
    used
}
