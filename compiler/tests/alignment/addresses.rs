//! Addresses of choice for what is allocated meanwhile.
//!
//! In: an offset. Out: what a function gives whose allocations of bytes begin that
//! many beyond a cache line.

#[path = "displacing.rs"]
mod displacing;

pub use displacing::LINE;
use std::cell::Cell;

thread_local! {
    static OFFSET: Cell<usize> = const { Cell::new(0) };
}

/// Runs a function whose allocations of bytes begin so far beyond a cache line.
pub fn at<T>(offset: usize, run: impl FnOnce() -> T) -> T {
    let before = OFFSET.replace(offset % LINE);
    let result = run();
    OFFSET.set(before);
    result
}

/// What the allocator is to add.
fn offset() -> usize {
    // A thread that is ending has no wishes any more.
    OFFSET.try_with(Cell::get).unwrap_or(0)
}
