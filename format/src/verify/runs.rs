//! Tables that are divided among the records of another table.
//!
//! In: the ranges of the owners, in the owners' order. Out: whether each
//! begins where the one before it ended, so that every record has one owner.

use crate::archive::{ArchivedRange, NONE};
use crate::error::{Error, ErrorCode};

/// How far a table is given away.
#[derive(Debug)]
pub(super) struct Runs {
    next: u32,
    length: u32,
}

impl Runs {
    pub(super) fn of<T>(table: &[T]) -> Runs {
        Runs { next: 0, length: u32::try_from(table.len()).unwrap_or(NONE) }
    }

    /// The run of the next owner. An empty one may also begin at 0.
    pub(super) fn take(&mut self, range: &ArchivedRange, owner: usize) -> Result<(), Error> {
        let (start, length) = (range.start.to_native(), range.length.to_native());
        let end = self.next.checked_add(length).filter(|end| *end <= self.length);
        match end {
            Some(end) if start == self.next || (length == 0 && start == 0) => {
                self.next = end;
                Ok(())
            }
            _ => Err(Error::at(ErrorCode::SectionRange, owner as u64)),
        }
    }

    /// After the last owner: nothing may be left.
    pub(super) fn finish(self) -> Result<(), Error> {
        if self.next == self.length {
            Ok(())
        } else {
            Err(Error::at(ErrorCode::SectionRange, u64::from(self.next)))
        }
    }
}
