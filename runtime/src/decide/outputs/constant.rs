//! Constants that rules give to outputs: combined as they are, without the interpreter.
//!
//! In: the assignments of an archive, once. Out: a [`Constant`] for each, which says how it
//! changes its output; those that only the interpreter can work out say so.

use super::combine::sum;
use super::output_plan::OutputPlan;
use rulestone_format::archive::{ArchivedAssignment, ArchivedRuleset, NONE};
use rulestone_format::meaning::{Fault, Outcome};
use rulestone_format::rule::Combine;
use rulestone_format::types::TypeKind;
use rulestone_format::value::{CELL, Word};

/// What a rule gives to an output.
#[derive(Debug, Clone, Copy)]
pub(super) struct Constant {
    low: u64,
    /// Bytes that a decision carries with it: those of text with its cell, of scalars none.
    pub(super) carried: u32,
    pub(super) output: u16,
    pub(super) way: Way,
}

/// How a constant changes its output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Not as a constant: the interpreter works the value out, or combines it.
    Interpreted,
    /// It is one more item of a list.
    Collected,
    First,
    Last,
    SumOfInts,
    SumOfUints,
    SumOfDoubles,
    SumOfDurations,
    LeastInt,
    LeastUint,
    LeastDouble,
    GreatestInt,
    GreatestUint,
    GreatestDouble,
    Any,
    All,
}

impl Constant {
    /// What an assignment gives.
    pub(super) fn new(
        archive: &ArchivedRuleset,
        plans: &[OutputPlan],
        assignment: &ArchivedAssignment,
    ) -> Constant {
        let output = assignment.output.to_native();
        let interpreted = Constant { low: 0, carried: 0, output, way: Way::Interpreted };
        let constant = archive.constants.get(assignment.constant.to_native() as usize);
        let plan = plans.get(usize::from(output));
        let (Some(constant), Some(plan), NONE) = (constant, plan, assignment.unit.to_native())
        else {
            return interpreted;
        };
        let word = Word::from(&constant.value);
        let carried = match plan.kind {
            TypeKind::String | TypeKind::Bytes => {
                u32::try_from(word.reference().length() + CELL).ok()
            }
            // How much these carry is worked out where they are given.
            TypeKind::List(_) | TypeKind::Map(_, _) => None,
            _ => Some(0),
        };
        match (Way::of(plan, word), carried) {
            (Some(way), Some(carried)) if word.high == 0 => {
                Constant { low: word.low, carried, output, way }
            }
            _ => interpreted,
        }
    }

    pub(super) fn word(self) -> Word {
        Word { low: self.low, high: 0 }
    }

    /// Whether its text, if it is one, becomes a part of the decision.
    #[inline]
    pub(super) fn is_taken(self, so_far: Option<Word>) -> bool {
        self.way != Way::First || so_far.is_none()
    }

    /// The value of its output after it. Not of what is interpreted or collected.
    ///
    /// # Errors
    /// A sum that overflows: the rule's value must be left out.
    #[inline]
    pub(super) fn combined(self, so_far: Option<Word>) -> Outcome<Word> {
        let value = self.word();
        let Some(so_far) = so_far else { return Ok(value) };
        let replace_if = |is_better: bool| Ok(if is_better { value } else { so_far });
        match self.way {
            Way::First => Ok(so_far),
            Way::Last => Ok(value),
            Way::SumOfInts => sum(TypeKind::Int, so_far, value),
            Way::SumOfUints => sum(TypeKind::Uint, so_far, value),
            Way::SumOfDoubles => sum(TypeKind::Double, so_far, value),
            Way::SumOfDurations => sum(TypeKind::Duration, so_far, value),
            Way::LeastInt => replace_if(value.int() < so_far.int()),
            Way::LeastUint => replace_if(value.uint() < so_far.uint()),
            Way::LeastDouble => replace_if(value.double() < so_far.double()),
            Way::GreatestInt => replace_if(value.int() > so_far.int()),
            Way::GreatestUint => replace_if(value.uint() > so_far.uint()),
            Way::GreatestDouble => replace_if(value.double() > so_far.double()),
            Way::Any => Ok(Word::from_bool(so_far.bool() | value.bool())),
            Way::All => Ok(Word::from_bool(so_far.bool() & value.bool())),
            // INVARIANT: callers treat these by themselves.
            Way::Interpreted | Way::Collected => Err(Fault::Unreachable),
        }
    }
}

impl Way {
    /// How a constant changes an output, if not by the interpreter.
    fn of(plan: &OutputPlan, constant: Word) -> Option<Way> {
        Some(match (plan.combine, plan.kind) {
            (Combine::Collect, _) => Way::Collected,
            (Combine::First, _) => Way::First,
            (Combine::Last, _) => Way::Last,
            (Combine::Sum, TypeKind::Int) => Way::SumOfInts,
            (Combine::Sum, TypeKind::Uint) => Way::SumOfUints,
            (Combine::Sum, TypeKind::Double) => Way::SumOfDoubles,
            (Combine::Sum, TypeKind::Duration) => Way::SumOfDurations,
            (Combine::Min, TypeKind::Int | TypeKind::Duration) => Way::LeastInt,
            (Combine::Min, TypeKind::Uint) => Way::LeastUint,
            (Combine::Max, TypeKind::Int | TypeKind::Duration) => Way::GreatestInt,
            (Combine::Max, TypeKind::Uint) => Way::GreatestUint,
            // A NaN has no order, which the interpreter says.
            (Combine::Min, TypeKind::Double) if !constant.double().is_nan() => Way::LeastDouble,
            (Combine::Max, TypeKind::Double) if !constant.double().is_nan() => Way::GreatestDouble,
            (Combine::Any, TypeKind::Bool) => Way::Any,
            (Combine::All, TypeKind::Bool) => Way::All,
            _ => return None,
        })
    }
}
