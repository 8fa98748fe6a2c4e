//! Being told of candidates, for tools that show where time goes.
//!
//! In: each slot, when it is evaluated. Decisions have `()` for an observer, which does
//! nothing and leaves no code behind.

use rulestone_format::archive::ArchivedSlot;

/// Is told of candidates.
pub(crate) trait Observer {
    /// This slot is a candidate, of whose predicates so many are evaluated at most, and its
    /// condition if it has one.
    fn candidate(&mut self, slot: &ArchivedSlot, predicates: u16);
}

impl Observer for () {
    #[inline(always)]
    fn candidate(&mut self, _: &ArchivedSlot, _: u16) {}
}

/// A function that wants to know.
pub(crate) struct Watching<F>(pub(crate) F);

impl<F: FnMut(&ArchivedSlot, u16)> Observer for Watching<F> {
    #[inline]
    fn candidate(&mut self, slot: &ArchivedSlot, predicates: u16) {
        (self.0)(slot, predicates);
    }
}
