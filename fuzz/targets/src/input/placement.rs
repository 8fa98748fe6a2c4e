//! Bytes at addresses of choice.
//!
//! A `Vec<u8>` lies where the allocator puts it, which in practice is an even
//! address; what loads an archive keeps just such a vector. So binaries that
//! want other addresses install an allocator (`fuzz/odd_allocator.rs`) that asks
//! here by how much to shift memory that needs no alignment.

use std::cell::Cell;

/// Shifts are below this: every place within a cache line.
pub const CACHE_LINE: usize = 64;

thread_local! {
    static SHIFT: Cell<usize> = const { Cell::new(0) };
}

/// By how many bytes memory that this thread allocates now is to be shifted.
pub fn shift() -> usize {
    // Threads that end still allocate when this is gone.
    SHIFT.try_with(Cell::get).unwrap_or(0)
}

/// A copy of the bytes, shifted by `shift` (below [`CACHE_LINE`]) if the
/// allocator is one that asks.
pub fn copy_at(shift: usize, bytes: &[u8]) -> Vec<u8> {
    SHIFT.set(shift % CACHE_LINE);
    let copy = bytes.to_vec();
    SHIFT.set(0);
    copy
}
