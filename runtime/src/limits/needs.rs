//! What an archive needs, as the limits that would just do.

use super::{Limits, session};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::code::Opcode;
use rulestone_format::types::TypeKind;
use rulestone_format::verify::Verified;

impl Limits {
    /// What is seen of an archive of sound structure without a pass over it.
    pub(crate) fn of_tables(bytes: usize, archive: &ArchivedRuleset) -> Limits {
        let automata = archive.regexes.iter().map(|regex| regex.length.to_native() as usize);
        Limits {
            bytes,
            rules: count(&archive.rules),
            facts: count(&archive.schema.facts),
            instructions: count(&archive.code),
            automata: automata.fold(0, usize::saturating_add),
            nesting: 0,
            cost: 0,
            scratch: 0,
        }
    }

    /// The rest, of an archive that was verified.
    pub(crate) fn of_verified(self, archive: &ArchivedRuleset, verified: &Verified) -> Limits {
        let nesting = verified.variable_depth.max(nested_types(archive)).max(nested_loops(archive));
        let cost = verified.worst_case_cost;
        Limits { nesting, cost, scratch: session::bytes(archive, verified), ..self }
    }
}

fn count<T>(table: &[T]) -> u32 {
    u32::try_from(table.len()).unwrap_or(u32::MAX)
}

/// How deep types are made of one another.
fn nested_types(archive: &ArchivedRuleset) -> u32 {
    let mut depths: Vec<u8> = Vec::with_capacity(archive.types.len());
    for entry in archive.types.iter() {
        // A type stands after its parts.
        let depth = match entry.kind() {
            Some(
                TypeKind::List(item)
                | TypeKind::ListBuilder(item)
                | TypeKind::Map(_, item)
                | TypeKind::MapBuilder(_, item),
            ) => depths.get(item.index()).map_or(0, |depth| depth.saturating_add(1)),
            _ => 0,
        };
        depths.push(depth);
    }
    depths.into_iter().max().unwrap_or(0).into()
}

/// How deep loops lie in one another. Each is closed in its unit, and units
/// follow each other.
fn nested_loops(archive: &ArchivedRuleset) -> u32 {
    let (mut open, mut most) = (0_u32, 0);
    for step in archive.code.iter() {
        let opcode = step.opcode.to_native();
        if opcode == Opcode::Loop as u16 {
            open = open.saturating_add(1);
            most = most.max(open);
        } else if opcode == Opcode::Next as u16 {
            open = open.saturating_sub(1);
        }
    }
    most
}
