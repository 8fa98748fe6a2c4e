//! How the values of several rules become one.

use super::output_plan::OutputPlan;
use crate::interpret::{Machine, order};
use rulestone_format::meaning::{Fault, Outcome, duration, integer};
use rulestone_format::rule::Combine;
use rulestone_format::types::TypeKind;
use rulestone_format::value::Word;
use std::cmp::Ordering;

/// The value of an output after one more rule's value.
///
/// # Errors
/// Why the rule's value must be left out.
#[inline]
pub(super) fn combine(
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

/// The sum of two values.
///
/// # Errors
/// [`Fault::Overflow`].
#[inline]
pub(super) fn sum(kind: TypeKind, a: Word, b: Word) -> Outcome<Word> {
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
