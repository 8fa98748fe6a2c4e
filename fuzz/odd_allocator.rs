//! An allocator that shifts memory which needs no alignment by as many bytes as
//! `rulestone_fuzz_targets::input::placement` asks for, so that archives and
//! frames lie at odd addresses. Included by the binaries that want that.

use rulestone_fuzz_targets::input::placement::shift;
use std::alloc::{GlobalAlloc, Layout, System};

/// Room before what is handed out: the shift, and a byte that says how far it is
/// to the start of the block.
const ROOM: usize = 65;

#[global_allocator]
static ALLOCATOR: Odd = Odd;

struct Odd;

/// The block of the system's that one of ours lies in. `None` if it would be too
/// large.
fn block(layout: Layout) -> Option<Layout> {
    Layout::from_size_align(layout.size().checked_add(ROOM)?, 64).ok()
}

// SAFETY: memory that needs alignment is the system's own, and goes back to it as it came. Of all
// other, the block handed out begins `before` bytes (1 to 65) into one of the system's that is
// `ROOM` bytes longer, so it lies within; the byte right before it holds `before`, nobody else
// writes there, and so `dealloc` finds the block of the system's, whose layout follows from that
// of ours alone. `realloc` is the trait's own, which uses these two.
unsafe impl GlobalAlloc for Odd {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > 1 {
            // SAFETY: the caller's promise about the layout.
            return unsafe { System.alloc(layout) };
        }
        let Some(outer) = block(layout) else { return std::ptr::null_mut() };
        // SAFETY: the layout is not empty. See above for the rest.
        unsafe {
            let start = System.alloc(outer);
            if start.is_null() {
                return start;
            }
            let before = if shift() == 0 { 64 } else { shift().min(63) };
            let inner = start.add(before);
            inner.sub(1).write(before as u8);
            inner
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer and its layout are from `alloc`. See above for the rest.
        unsafe {
            match block(layout).filter(|_| layout.align() == 1) {
                None => System.dealloc(pointer, layout),
                Some(outer) => {
                    let before = pointer.sub(1).read();
                    System.dealloc(pointer.sub(usize::from(before)), outer);
                }
            }
        }
    }
}
