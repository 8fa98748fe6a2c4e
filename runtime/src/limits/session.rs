//! How much memory a session needs, known when a ruleset is loaded.
//!
//! In: a verified archive. Out: bytes that no session for it exceeds, whatever it is
//! asked. Most of what a session has is as large as its archive makes it from the start;
//! the rest is counted as if a request had as much as there can be.

use crate::decide::{Batch, BoundFacts, Workspace};
use crate::interpret::{FILE, Memo, holds_enums};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::schema::MAX_DEPTH;
use rulestone_format::value::{WIDE_CELL, Word};
use rulestone_format::verify::Verified;

/// A list that grows has its old and its new memory at once.
const GROWING: usize = 2;

/// Frames that are put together: their cells, and bits for whether they are there, in a memory that grows.
const OF_A_FACT: usize = GROWING * (WIDE_CELL + 2);

/// Small lists have room for some items more than they may have.
const BESIDES: usize = 1 << 10;

pub(super) fn bytes(archive: &ArchivedRuleset, verified: &Verified) -> usize {
    // Registers for the widest unit above the deepest chain of variables, and a whole file
    // of them above that.
    let registers = verified.max_registers.saturating_add(verified.stacked_registers) as usize;
    let facts = archive.schema.facts.len();
    let lists = [
        (registers.saturating_add(FILE), size_of::<Word>()),
        (archive.variables.len().saturating_add(converted(archive)), size_of::<Memo>()),
        (facts, OF_A_FACT),
    ];
    // The cells of defaults once more, and what they refer to.
    let defaults = GROWING.saturating_mul(archive.schema.defaults.length.to_native() as usize);
    let others = [
        BESIDES,
        Workspace::bytes(archive),
        Batch::bytes(archive),
        BoundFacts::bytes(archive),
        defaults,
    ];
    let lists = lists.into_iter().map(|(count, each): (usize, usize)| count.saturating_mul(each));
    lists.chain(others).fold(0, usize::saturating_add)
}

/// Facts that are kept as rules see them: lists and maps with enums in them.
fn converted(archive: &ArchivedRuleset) -> usize {
    let facts = archive.schema.facts.iter();
    facts.filter(|fact| holds_enums(archive, fact.fact_type.to_native(), MAX_DEPTH)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::{CandidateBatch, Group, Problem};
    use crate::ruleset::Ruleset;
    use crate::testing::{Type, archive, file_of};
    use rulestone_format::archive as format;
    use rulestone_format::schema::FactKind;

    /// A ruleset of so many facts of a type, and groups beside its own.
    fn scratch(facts: usize, fact_type: &Type, groups: usize) -> usize {
        let paths: Vec<String> = (0..facts).map(|number| format!("f{number:03}")).collect();
        let facts: Vec<_> =
            paths.iter().map(|path| (path.as_str(), fact_type.clone(), true)).collect();
        let mut ruleset = archive(&facts);
        for number in 0..groups {
            let name = format!("g{number:03}");
            let offset = ruleset.data.len() as u32;
            ruleset.data.extend_from_slice(name.as_bytes());
            let name = format::Text { offset, length: name.len() as u32 };
            ruleset.groups.push(format::Group { name, hit_policy: 0 });
        }
        let loaded = Ruleset::from_vec(file_of(&ruleset));
        loaded.unwrap_or_else(|error| panic!("{error}")).needs().scratch
    }

    #[test]
    fn each_fact_and_each_group_adds_what_it_takes() {
        let int = Type::Plain(FactKind::Int);
        let enums = Type::List(Box::new(Type::Enum(&["a", "b"])), 4);
        let least = scratch(0, &int, 0);
        let (of_a_group, of_a_fact) = (size_of::<Group>() + 2 * size_of::<Problem>(), 2 * (16 + 2));
        for count in [1, 64, 200] {
            assert_eq!(scratch(count, &int, 0) - least, count * of_a_fact);
            assert_eq!(scratch(0, &int, count) - least, count * of_a_group);
            // Lists of enums are kept as rules see them.
            let memo = size_of::<Memo>();
            assert_eq!(scratch(count, &enums, 0) - least, count * (of_a_fact + memo));
        }
        // Registers of one file, what small lists have besides, and what batches take.
        let fixed = FILE * size_of::<Word>() + 1024 + size_of::<CandidateBatch>();
        assert!(least >= fixed && least < 2 * fixed, "{least} is not about {fixed}");
    }
}
