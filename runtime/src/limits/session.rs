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
