//! Bytes at addresses of choice.
//!
//! A `Vec<u8>` lies where the allocator puts it, which in practice is an even
//! address; what loads an archive keeps just such a vector. So binaries that
//! want other addresses install an allocator
//! (`compiler/tests/alignment/displacing.rs`) that asks here how far beyond a
//! cache line to put memory that needs no alignment.

use std::cell::Cell;

/// Offsets are below this: every place within a cache line.
pub const CACHE_LINE: usize = 64;

thread_local! {
    static OFFSET: Cell<usize> = const { Cell::new(0) };
}

/// How far beyond a cache line bytes are to lie that this thread allocates now.
pub fn offset() -> usize {
    // Threads that end still allocate when this is gone.
    OFFSET.try_with(Cell::get).unwrap_or(0)
}

/// A copy of the bytes, `offset` (below [`CACHE_LINE`]) beyond a cache line if the
/// allocator is one that asks.
pub fn copy_at(offset: usize, bytes: &[u8]) -> Vec<u8> {
    OFFSET.set(offset % CACHE_LINE);
    let copy = bytes.to_vec();
    OFFSET.set(0);
    copy
}
