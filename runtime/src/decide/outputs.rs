//! Outputs: the values that the selected rules give, and how they become one.
//!
//! In: the selected rules. Out: a value or none for each output, and a problem for each
//! value that failed.

mod combine;
mod constant;
mod output_plan;
mod plan;

use super::problem::Problem;
use super::request::Request;
use crate::interpret::{self, Builder, Machine};
use crate::memory::push_within;
use combine::combine;
use constant::{Constant, Way};
use rulestone_format::archive::{ArchivedAssignment, ArchivedRuleset, NONE};
use rulestone_format::code::work;
use rulestone_format::meaning::{Fault, Outcome};
use rulestone_format::rule::Combine;
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::Word;

pub(crate) use plan::OutputPlans;

/// The outputs of a request.
#[derive(Debug)]
pub(crate) struct Outputs {
    all: Vec<Output>,
    /// Values for outputs that are lists: output, rule, value.
    collected: Vec<(u16, u32, Word)>,
}

/// What became of an output in a request.
#[derive(Debug, Clone, Copy, Default)]
struct Output {
    value: Option<Word>,
    /// Values for its list.
    count: usize,
    /// Its list, being made.
    list: Option<Builder>,
}

impl Outputs {
    pub(crate) fn new(plans: &OutputPlans) -> Outputs {
        Outputs { all: vec![Output::default(); plans.of_outputs.len()], collected: Vec::new() }
    }

    /// Bytes that an archive needs. A list that grows has its old and its new memory at once.
    pub(crate) fn bytes(archive: &ArchivedRuleset) -> usize {
        let collected = plan::most_collected(archive);
        archive.outputs.len() * size_of::<Output>()
            + collected.saturating_mul(2 * size_of::<(u16, u32, Word)>())
    }

    /// How many outputs there are.
    #[inline]
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// The value of an output, by its number.
    #[inline]
    pub(crate) fn value(&self, number: usize) -> Option<Word> {
        self.all.get(number)?.value
    }

    /// Works out the outputs of the selected rules.
    #[inline]
    pub(crate) fn work_out(
        &mut self,
        plans: &OutputPlans,
        rules: &[u32],
        request: Request<'_>,
        values: &mut interpret::Workspace,
        problems: &mut Vec<Problem>,
    ) {
        for (output, plan) in self.all.iter_mut().zip(&plans.of_outputs) {
            *output = Output { value: plan.default, ..Output::default() };
        }
        if !rules.is_empty() {
            self.combine_all(plans, rules, request, values, problems);
        }
    }

    /// Combines the values of the selected rules, of which there are some.
    #[inline(never)]
    fn combine_all(
        &mut self,
        plans: &OutputPlans,
        rules: &[u32],
        request: Request<'_>,
        values: &mut interpret::Workspace,
        problems: &mut Vec<Problem>,
    ) {
        let Outputs { all, collected } = self;
        all.fill(Output::default());
        collected.clear();
        let (mut machine, registers) = values.machine(request.program, request.frame);
        let archive = request.program.archive;
        let most_problems = Problem::most(archive);
        for &rule in rules {
            let Some(selected) = archive.rules.get(rule as usize) else {
                continue;
            };
            let assignments = selected.assignments.of(&archive.assignments);
            let constants = plans.constants_of(selected);
            for (constant, assignment) in constants.iter().zip(assignments) {
                let output = constant.output;
                let index = usize::from(output);
                let Some(state) = all.get_mut(index) else { continue };
                let outcome = match (constant.way, plans.of_outputs.get(index)) {
                    (Way::Interpreted, Some(plan)) => {
                        let is_taken = plan.combine != Combine::First || state.value.is_none();
                        value(&mut machine, plan.kind, is_taken, assignment, registers).and_then(
                            |value| match plan.combine {
                                Combine::Collect => Ok(Some(value)),
                                _ => {
                                    let so_far = state.value;
                                    state.value = Some(combine(&mut machine, plan, so_far, value)?);
                                    Ok(None)
                                }
                            },
                        )
                    }
                    _ => state.give(*constant, &mut machine),
                };
                match outcome {
                    Ok(None) => {}
                    Ok(Some(item)) => {
                        state.count += 1;
                        push_within(plans.most_collected, collected, (output, rule, item));
                    }
                    Err(fault) => {
                        let problem = Problem::Output { rule, output, fault };
                        push_within(most_problems, problems, problem);
                    }
                }
            }
        }
        self.fill_lists(plans, &mut machine, problems);
        for (output, plan) in self.all.iter_mut().zip(&plans.of_outputs) {
            output.value = output.value.or(plan.default);
        }
    }

    /// Makes the lists of outputs that collect, now that their lengths are known.
    fn fill_lists(
        &mut self,
        plans: &OutputPlans,
        machine: &mut Machine<'_>,
        problems: &mut Vec<Problem>,
    ) {
        for &(number, rule, value) in &self.collected {
            let index = usize::from(number);
            let (Some(output), Some(plan)) = (self.all.get_mut(index), plans.of_outputs.get(index))
            else {
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
}

impl Output {
    /// Takes a constant, or gives it as an item of its list.
    #[inline]
    fn give(&mut self, constant: Constant, machine: &mut Machine<'_>) -> Outcome<Option<Word>> {
        if constant.carried > 0 && constant.is_taken(self.value) {
            machine.scratch.pay(work::ITEM)?;
            machine.scratch.carry(constant.carried as usize)?;
        }
        if constant.way == Way::Collected {
            return Ok(Some(constant.word()));
        }
        self.value = Some(constant.combined(self.value)?);
        Ok(None)
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
