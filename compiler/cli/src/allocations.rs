//! The allocator of the command line, of all benchmarks, and of the test that
//! decisions allocate nothing: the system's, with a count for each thread.
//!
//! In: nothing; it is there once this is linked. Out: how many allocations a
//! thread has made, by which `bench` shows what a decision allocates. A crate by
//! itself, so that the command line's own can forbid unsafe code; benchmarks and
//! the test have this file as a module.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// Allocations that this thread has made so far; a growing one counts again.
pub fn count() -> u64 {
    COUNT.get()
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[inline]
fn add_one() {
    // A thread that is ending has no count any more, and nobody asks for it.
    let _ = COUNT.try_with(|count| count.set(count.get().wrapping_add(1)));
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add_one();
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add_one();
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    #[inline]
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        add_one();
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn every_allocation_of_a_thread_counts_and_no_other() {
        let before = count();
        let mut list: Vec<u64> = black_box(Vec::with_capacity(1));
        assert_eq!(count() - before, 1);
        list.reserve_exact(1 << 10);
        assert_eq!(count() - before, 2);
        black_box(&mut list).clear();
        drop(list);
        assert_eq!(count() - before, 2);
        let others = std::thread::spawn(|| {
            let before = count();
            drop(black_box(Box::new(1)));
            count() - before
        });
        assert_eq!(others.join().ok(), Some(1));
    }
}
