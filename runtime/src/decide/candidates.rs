//! Which rules are looked at for a request.
//!
//! Out come the numbers of rules in decision order: all that might match, and
//! as few others as can be told cheaply.

use rulestone_format::archive::ArchivedRuleset;

/// All rules.
pub(super) fn candidates(archive: &ArchivedRuleset) -> impl Iterator<Item = u32> + use<> {
    // INVARIANT: an archive is below 4 GiB and so has fewer than 2^32 rules.
    0..u32::try_from(archive.rules.len()).unwrap_or(u32::MAX)
}
