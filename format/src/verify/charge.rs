//! What running an instruction once costs at worst: its opcode's own cost, and what grows with the
//! values that its operands can hold.

use super::extent::Extent;
use super::results::Step;
use crate::archive::ArchivedFence;
use crate::code::{Builtin, Opcode, Shape, work};
use crate::schema::{FactKind, MAX_DEPTH};
use crate::types::TypeKind;

/// The cost of an instruction whose operands are checked.
#[inline]
pub(super) fn of(step: &Step<'_>, shape: &Shape) -> u64 {
    let own = u64::from(shape.cost);
    match step.opcode {
        Opcode::Fact
        | Opcode::CompareText
        | Opcode::Equal
        | Opcode::Lookup
        | Opcode::HasKey
        | Opcode::Contains
        | Opcode::Concatenate
        | Opcode::NewList
        | Opcode::NewListLike
        | Opcode::NewMap
        | Opcode::NewMapLike
        | Opcode::FinishMap
        | Opcode::Greatest
        | Opcode::Least
        | Opcode::Superset
        | Opcode::Intersects
        | Opcode::Join2
        | Opcode::Join
        | Opcode::Split
        | Opcode::Matches
        | Opcode::Format
        | Opcode::FormatList
        | Opcode::Within
        | Opcode::BucketText
        | Opcode::BucketInt
        | Opcode::Call => own.saturating_add(growing(step)),
        _ => own,
    }
}

/// What grows with the operands.
fn growing(step: &Step<'_>) -> u64 {
    let (a, b) = (step.a(), step.b());
    let room = |builder: Extent| work::moved(builder.length().saturating_mul(WIDEST_ENTRY));
    match step.opcode {
        Opcode::Fact => converted(step),
        Opcode::CompareText => work::moved(a.length().min(b.length())),
        Opcode::Equal => equated(a, b),
        Opcode::Lookup | Opcode::HasKey => work::looked_up(a.length(), b.length()),
        Opcode::Contains => contained(a, b),
        Opcode::Concatenate => a.length().saturating_add(b.length()),
        Opcode::NewList | Opcode::NewListLike | Opcode::NewMap | Opcode::NewMapLike => {
            room(step.result())
        }
        Opcode::FinishMap => {
            let key = match step.kind(step.fields.a) {
                TypeKind::MapBuilder(key, _) => step.scope.types.kind(key),
                _ => None,
            };
            let is_text = key == Some(TypeKind::String);
            work::sorted(a.length(), if is_text { a.text.into() } else { 0 })
        }
        Opcode::Greatest | Opcode::Least => a.length().saturating_mul(work::ITEM),
        Opcode::Superset | Opcode::Intersects => {
            let each = contained(a, step.item_of_b());
            b.length().saturating_mul(each.saturating_add(work::ITEM))
        }
        Opcode::Join2 => work::moved(a.length().saturating_add(b.length())),
        Opcode::Join => {
            let items = a.length().saturating_mul(work::ITEM);
            items.saturating_add(work::moved(step.result().bytes))
        }
        Opcode::Split => {
            // Each part, and its cell.
            let parts = a.length().saturating_add(1).saturating_mul(work::PART + 1);
            work::searched(a.length(), b.length().min(a.length())).saturating_add(parts)
        }
        Opcode::Matches => {
            let regex = step.given.regexes.get(step.fields.immediate as usize);
            regex.map_or(0, |work| work.of(a.length()))
        }
        Opcode::Format | Opcode::FormatList => {
            let all = step.formatted();
            let cells = all.cells.saturating_mul(work::clause(all.digits));
            cells.saturating_add(work::read(all.read)).saturating_add(work::moved(all.bytes))
        }
        Opcode::Within => {
            // Of each edge of a polygon it is seen whether it is crossed.
            let fence = step.scope.archive.fences.get(step.fields.immediate as usize);
            fence.map_or(0, |fence: &ArchivedFence| fence.vertices.length.to_native().into())
        }
        Opcode::BucketText => work::moved(a.length().saturating_add(b.length())),
        Opcode::BucketInt => work::moved(b.length()),
        Opcode::Call => called(step),
        _ => 0,
    }
}

/// Bytes of an entry of a map, at most.
const WIDEST_ENTRY: u64 = 24;

fn equated(a: Extent, b: Extent) -> u64 {
    work::equated(a.cells.min(b.cells), a.bytes.min(b.bytes))
}

/// Whether some item of a list equals another.
fn contained(list: Extent, item: Extent) -> u64 {
    let bytes = item.bytes.min(list.bytes);
    let bytes = if item.cells == 1 { bytes.min(list.text.into()) } else { bytes };
    list.length().saturating_mul(work::equated(item.cells.min(list.cells), bytes))
}

/// Enums in lists and maps become text, once a request; of how many uses this is the first isn't
/// known.
fn converted(step: &Step<'_>) -> u64 {
    let schema = &step.scope.archive.schema;
    let fact = schema.fact(step.fields.immediate as usize);
    let mut part = fact.and_then(|fact| schema.fact_type(fact.fact_type.to_native()));
    for depth in 0..=MAX_DEPTH {
        match part.and_then(|part| Some((part, part.kind()?))) {
            Some((list, FactKind::List | FactKind::Map)) => {
                part = schema.fact_type(list.item.to_native());
            }
            Some((_, FactKind::Enum)) if depth > 0 => {
                let value = step.given.fact(step.scope.archive, step.fields.immediate);
                let each = work::ITEM + work::moved(WIDEST_ENTRY) + 1;
                return value.map_or(0, |value| value.cells.saturating_mul(each));
            }
            _ => break,
        }
    }
    0
}

fn called(step: &Step<'_>) -> u64 {
    let Some(builtin) = Builtin::from_u16(step.fields.b) else { return 0 };
    let signature = builtin.signature();
    let own = u64::from(signature.cost);
    let arguments = step.arguments();
    let mut lengths = [0; 4];
    for (length, (extent, _)) in
        lengths.iter_mut().zip(arguments.into_iter().zip(signature.parameters))
    {
        *length = extent.length();
    }
    // What is longer isn't looked for.
    lengths[1] = lengths[1].min(lengths[0]);
    let mut all = own.saturating_add(work::of_builtin(builtin, lengths));
    match builtin {
        Builtin::Trim => all = all.saturating_add(work::trimmed(lengths[0])),
        Builtin::Replace | Builtin::ReplaceLimited => {
            let parts = step.replaced().saturating_mul(work::PART);
            all = all.saturating_add(parts).saturating_add(work::moved(step.written(builtin)));
        }
        _ => all = all.saturating_add(work::moved(step.written(builtin))),
    }
    all
}
