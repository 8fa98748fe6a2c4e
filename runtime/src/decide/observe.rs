//! Being told which slots a request looks at, for tools that show where time goes.
//!
//! In: each slot, when it is looked at. Deciding itself has `()` for an observer,
//! which does nothing and leaves no code behind.

use rulestone_format::archive::ArchivedSlot;

/// Is told of slots.
pub(crate) trait Observer {
    /// This slot is looked at, with so many of its predicates at most, and its
    /// condition if it has one.
    fn look(&mut self, slot: &ArchivedSlot, predicates: u16);
}

impl Observer for () {
    #[inline(always)]
    fn look(&mut self, _: &ArchivedSlot, _: u16) {}
}

/// A function that wants to know.
pub(crate) struct Watching<F>(pub(crate) F);

impl<F: FnMut(&ArchivedSlot, u16)> Observer for Watching<F> {
    #[inline]
    fn look(&mut self, slot: &ArchivedSlot, predicates: u16) {
        (self.0)(slot, predicates);
    }
}
