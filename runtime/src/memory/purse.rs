//! The steps of work that reads the scratch memory, and so can't take them from it.

use rulestone_format::meaning::{Fault, Outcome};
use std::cell::Cell;

/// Steps to spend while the scratch memory is borrowed: from
/// [`Scratch::purse`](super::Scratch::purse), and back by
/// [`Scratch::settle`](super::Scratch::settle).
#[derive(Debug, Clone)]
pub(crate) struct Purse {
    before: usize,
    /// None where more was wanted than there was.
    left: Cell<Option<usize>>,
}

impl Purse {
    /// All of these steps.
    #[inline]
    pub(super) fn of(steps: usize) -> Purse {
        Purse { before: steps, left: Cell::new(Some(steps)) }
    }

    /// How many were taken; `None` where it didn't last.
    #[inline]
    pub(super) fn taken(&self) -> Option<usize> {
        self.left.get().map(|left| self.before.saturating_sub(left))
    }

    /// Takes the steps for work of so many units.
    ///
    /// # Errors
    /// [`Fault::TooLong`] where there are no more, from then on always.
    #[inline]
    pub(crate) fn pay(&self, units: u64) -> Outcome<()> {
        let steps = usize::try_from(units).unwrap_or(usize::MAX);
        let left = self.left.get().and_then(|left| left.checked_sub(steps));
        self.left.set(left);
        left.map(|_| ()).ok_or(Fault::TooLong)
    }

    /// As if nothing had been taken: the work begins again.
    pub(super) fn refill(&self) {
        self.left.set(Some(self.before));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scratch;
    use super::*;

    #[test]
    fn a_purse_that_lasts_gives_its_steps_back() {
        let mut scratch = Scratch::new(0);
        let steps = scratch.steps();
        let purse = scratch.purse();
        assert_eq!((purse.pay(7), purse.pay(3)), (Ok(()), Ok(())));
        assert_eq!(scratch.settle(&purse, Err::<(), _>(Fault::BadFormat)), Err(Fault::BadFormat));
        assert_eq!((scratch.steps(), scratch.is_exhausted()), (steps - 10, false));

        let purse = scratch.purse();
        assert_eq!(purse.pay(5), Ok(()));
        purse.refill();
        assert_eq!(scratch.settle(&purse, Ok(1)), Ok(1));
        assert_eq!(scratch.steps(), steps - 10);
    }

    #[test]
    fn a_purse_that_lasts_exactly_is_enough() {
        let mut scratch = Scratch::new(0);
        let purse = scratch.purse();
        assert_eq!(purse.pay(scratch.steps() as u64), Ok(()));
        assert_eq!(scratch.settle(&purse, Ok(1)), Ok(1));
        assert_eq!((scratch.steps(), scratch.is_exhausted()), (0, false));
    }

    /// Even where the work absorbs that it can't be paid for.
    #[test]
    fn a_purse_that_does_not_last_ends_the_decision() {
        let mut scratch = Scratch::new(0);
        let purse = scratch.purse();
        assert_eq!(purse.pay(scratch.steps() as u64 + 1), Err(Fault::TooLong));
        assert_eq!(purse.pay(0), Err(Fault::TooLong));
        assert_eq!(scratch.settle(&purse, Ok(1)), Err(Fault::TooLong));
        assert!(scratch.is_exhausted());
    }
}
