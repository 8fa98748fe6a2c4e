//! Outputs: the values that the kept rules give, and how they become one.
//!
//! In come the kept rules; out comes a value or none for each output, and a
//! problem for each value that failed.

use super::Problem;
use crate::interpret::{Builder, Machine, Program, order};
use crate::memory::push_within;
use crate::plan::OutputPlan;
use crate::session::Workspace;
use rulestone_format::archive::{ArchivedAssignment, NONE};
use rulestone_format::frame::Frame;
use rulestone_format::meaning::{Fault, Outcome, duration, integer};
use rulestone_format::rule::Combine;
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::Word;
use std::cmp::Ordering;

/// What became of an output in a request.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Output {
    pub(crate) value: Option<Word>,
    /// Values for its list.
    count: usize,
    /// Its list, being made.
    list: Option<Builder>,
}

/// Works out the outputs of the kept rules.
pub(super) fn work_out(program: Program<'_>, frame: Frame<'_>, workspace: &mut Workspace) {
    for (output, plan) in workspace.outputs.iter_mut().zip(&program.plan.outputs) {
        *output = Output { value: plan.default, ..Output::default() };
    }
    if !workspace.matched.is_empty() {
        combine_all(program, frame, workspace);
    }
}

/// Combines what the kept rules give, of which there are some.
fn combine_all(program: Program<'_>, frame: Frame<'_>, workspace: &mut Workspace) {
    workspace.is_used = true;
    let Workspace { registers, scratch, memos, matched, outputs, collected, problems, .. } =
        workspace;
    outputs.fill(Output::default());
    collected.clear();
    let mut machine = Machine::new(program, frame, scratch, memos);
    let Program { archive, plan, .. } = program;
    let (most_values, most_problems) = (plan.collected, Problem::most(archive));
    for &rule in matched.iter() {
        let Some(kept) = archive.rules.get(rule as usize) else {
            continue;
        };
        for assignment in kept.assignments.of(&archive.assignments) {
            let output = assignment.output.to_native();
            let index = usize::from(output);
            let (Some(state), Some(plan)) = (outputs.get_mut(index), plan.outputs.get(index))
            else {
                continue;
            };
            let is_taken = plan.combine != Combine::First || state.value.is_none();
            let outcome =
                value(&mut machine, plan.kind, is_taken, assignment, registers).and_then(|value| {
                    if plan.combine == Combine::Collect {
                        state.count += 1;
                        push_within(most_values, collected, (output, rule, value));
                    } else {
                        state.value = Some(combine(&mut machine, plan, state.value, value)?);
                    }
                    Ok(())
                });
            if let Err(fault) = outcome {
                push_within(most_problems, problems, Problem::Output { rule, output, fault });
            }
        }
    }
    fill_lists(&mut machine, outputs, collected, problems);
    for (output, plan) in outputs.iter_mut().zip(&plan.outputs) {
        output.value = output.value.or(plan.default);
    }
}

/// The value that an assignment gives. A constant counts in what the decision carries
/// where it is taken.
fn value(
    machine: &mut Machine<'_>,
    kind: TypeKind,
    is_taken: bool,
    assignment: &ArchivedAssignment,
    registers: &mut [Word],
) -> Outcome<Word> {
    match assignment.unit.to_native() {
        NONE => {
            let constants = &machine.program.archive.constants;
            let constant = constants.get(assignment.constant.to_native() as usize);
            let constant = constant.ok_or(Fault::Unreachable)?;
            let value = Word::from(&constant.value);
            match is_taken && is_reference(kind) {
                true => machine.carry(TypeId(constant.value_type.to_native()), value),
                false => Ok(value),
            }
        }
        unit if is_reference(kind) => machine.run(unit, registers),
        unit => machine.run_for_scalar(unit, registers),
    }
}

/// Whether values of a kind refer to memory.
fn is_reference(kind: TypeKind) -> bool {
    matches!(kind, TypeKind::String | TypeKind::Bytes | TypeKind::List(_) | TypeKind::Map(_, _))
}

/// The value of an output after one more rule's value.
///
/// # Errors
/// Why the rule's value must be left out.
fn combine(
    machine: &mut Machine<'_>,
    plan: &OutputPlan,
    so_far: Option<Word>,
    value: Word,
) -> Outcome<Word> {
    let orders = matches!(plan.combine, Combine::Min | Combine::Max);
    if orders && matches!(plan.kind, TypeKind::String | TypeKind::Bytes) {
        machine.scratch.spend_text(value.reference().length())?;
    }
    let memory = machine.memory();
    let Some(so_far) = so_far else {
        if orders {
            // What can't be ordered, a NaN, isn't the least of all either.
            order(plan.kind, memory, value, value)?;
        }
        return Ok(value);
    };
    let replace_where = |wanted: Ordering| -> Outcome<Word> {
        let order = order(plan.kind, memory, value, so_far)?;
        Ok(if order == wanted { value } else { so_far })
    };
    match plan.combine {
        Combine::First => Ok(so_far),
        Combine::Last => Ok(value),
        Combine::Sum => sum(plan.kind, so_far, value),
        Combine::Min => replace_where(Ordering::Less),
        Combine::Max => replace_where(Ordering::Greater),
        Combine::Any => Ok(Word::from_bool(so_far.bool() | value.bool())),
        Combine::All => Ok(Word::from_bool(so_far.bool() & value.bool())),
        Combine::Collect => Err(Fault::Unreachable),
    }
}

fn sum(kind: TypeKind, a: Word, b: Word) -> Outcome<Word> {
    match kind {
        TypeKind::Int => integer::add_int(a.int(), b.int()).map(Word::from_int),
        TypeKind::Uint => integer::add_uint(a.uint(), b.uint()).map(Word::from_uint),
        TypeKind::Double => Ok(Word::from_double(a.double() + b.double())),
        TypeKind::Duration => duration::add(a.int(), b.int())
            .map(Word::from_int)
            // One fault for all sums, whatever `+` calls it.
            .map_err(|_| Fault::Overflow),
        _ => Err(Fault::Unreachable),
    }
}

/// Makes the lists of outputs that collect, now that their lengths are known.
fn fill_lists(
    machine: &mut Machine<'_>,
    outputs: &mut [Output],
    collected: &[(u16, u32, Word)],
    problems: &mut Vec<Problem>,
) {
    for &(number, rule, value) in collected {
        let index = usize::from(number);
        let plan = machine.program.plan;
        let (Some(output), Some(plan)) = (outputs.get_mut(index), plan.outputs.get(index)) else {
            continue;
        };
        let width = plan.kind.width();
        let list = match output.list {
            Some(list) => Ok(list),
            None => machine.reserve(output.count, width),
        };
        match list.and_then(|list| machine.append(list, width, value)) {
            Ok(list) => {
                output.list = Some(list);
                output.value = Some(Word::from_reference(list.items()));
            }
            Err(fault) => {
                let problem = Problem::Output { rule, output: number, fault };
                push_within(Problem::most(machine.program.archive), problems, problem);
            }
        }
    }
}
