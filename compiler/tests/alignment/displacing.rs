//! An allocator that puts bytes wherever a test wants them.
//!
//! In: an offset, which the module above gives as `offset()`: a `usize` below
//! [`LINE`]. Out: memory for bytes (whatever needs no alignment) whose address is
//! that many beyond a cache line. Archives are kept on the heap as bytes, so this
//! is how one comes to lie at an odd address. Fuzz targets have this file as a
//! module, too.

use super::offset;
use std::alloc::{GlobalAlloc, Layout, System};

/// Bytes of a cache line.
pub const LINE: usize = 64;

struct Displacing;

#[global_allocator]
static ALLOCATOR: Displacing = Displacing;

/// What is asked of the system for bytes: room for a line before them and for
/// the offset. `None` where that is more than a layout can be.
fn around(layout: Layout) -> Option<Layout> {
    Layout::from_size_align(layout.size().checked_add(2 * LINE)?, LINE).ok()
}

// SAFETY: what needs alignment goes to the system as it came. Bytes are given from within a
// larger block: `LINE + offset` beyond its start, which is less than `2 * LINE`, so that they end
// within it. The byte before them, which is in the block too, keeps the offset, and so the block
// can be found again; nobody else writes there.
unsafe impl GlobalAlloc for Displacing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() != 1 {
            // SAFETY: the caller's promises are passed on.
            return unsafe { System.alloc(layout) };
        }
        let Some(block) = around(layout) else { return std::ptr::null_mut() };
        // Less than a line, so it fits into a byte.
        let offset = (offset() % LINE) as u8;
        // SAFETY: the block has a size that isn't 0; the offset lies within it.
        unsafe {
            let start = System.alloc(block);
            if start.is_null() {
                return start;
            }
            let bytes = start.add(LINE + usize::from(offset));
            bytes.sub(1).write(offset);
            bytes
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if layout.align() != 1 {
            // SAFETY: the caller's promises are passed on.
            return unsafe { System.dealloc(pointer, layout) };
        }
        let Some(block) = around(layout) else { return };
        // SAFETY: the pointer came from `alloc`, which put the offset before it.
        unsafe {
            let offset = pointer.sub(1).read();
            System.dealloc(pointer.sub(LINE + usize::from(offset)), block);
        }
    }
}
