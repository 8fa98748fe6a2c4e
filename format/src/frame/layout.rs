//! Where the parts of a frame are.

use crate::archive::ArchivedRuleset;

/// The first four bytes of a frame.
pub const MAGIC: [u8; 4] = *b"RSF1";

/// Where the fingerprint begins.
pub const FINGERPRINT_AT: usize = 8;

/// Bytes before the presence bits.
pub const HEADER_LENGTH: usize = 24;

/// Bytes of the presence bits of `count` facts.
pub fn presence_length(count: usize) -> usize {
    count.div_ceil(64) * 8
}

/// Bytes of the cells of the first `count` facts.
pub(super) fn cells_length(archive: &ArchivedRuleset, count: usize) -> Option<usize> {
    let Some(last) = count.checked_sub(1) else { return Some(0) };
    let fact = archive.schema.fact(last)?;
    let kind = archive.schema.fact_type(fact.fact_type.to_native())?.kind()?;
    (fact.slot.to_native() as usize).checked_add(kind.width())
}
