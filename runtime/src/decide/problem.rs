//! What a decision has to tell besides its outputs.

use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::meaning::Fault;

/// Something that went wrong in a part of a decision; the rest of it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Problem {
    /// Several rules of a unique group matched: a run of the rules in conflict.
    Conflict { group: u16, start: u32, count: u32 },
    /// A rule's value for an output failed.
    Output { rule: u32, output: u16, fault: Fault },
}

impl Problem {
    /// How many a decision may have at most: each group one, and each value.
    pub(crate) fn most(archive: &ArchivedRuleset) -> usize {
        archive.groups.len() + archive.assignments.len()
    }
}
