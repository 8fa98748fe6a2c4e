//! Rows of bits as registers read them: block by block, 512 bits each.

use rkyv::rend::unaligned::u64_ule;
use rulestone_format::index::BLOCK_WORDS;

/// A block of a row.
pub(crate) type Block = [u64; BLOCK_WORDS];

pub(crate) const EMPTY: Block = [0; BLOCK_WORDS];

/// A block as it stands in the archive.
pub(crate) type BlockBytes = [u64_ule; BLOCK_WORDS];

/// The rows of an index, block by block. INVARIANT: rows are whole blocks; the
/// verifier saw to it.
#[inline(always)]
pub(crate) fn blocks_of(rows: &[u64_ule]) -> &[BlockBytes] {
    rows.as_chunks().0
}

#[inline(always)]
pub(crate) fn to_native(block: &BlockBytes) -> Block {
    block.map(u64_ule::to_native)
}
