//! References of values that were copied to another place.
//!
//! In: memory in which what values refer to has moved, all by as many bytes. Out: the same,
//! with references that lead there.

use crate::archive::ArchivedRuleset;
use crate::schema::{FactKind, MAX_DEPTH};
use crate::value::{CELL, Reference, Space, Word, read_cell, write_cell};

/// Moves all references of the value whose cell is at an offset by so many bytes: what
/// they lead to has moved already.
#[doc(hidden)]
pub fn move_value(
    archive: &ArchivedRuleset,
    memory: &mut [u8],
    fact_type: u16,
    at: usize,
    by: i64,
) {
    // What isn't there doesn't move.
    let _ = Moved { archive, memory, by }.fact(fact_type, at);
}

/// Values whose references are being moved. They were checked: all that they refer to
/// is there, and no two refer to the same.
pub(super) struct Moved<'a> {
    pub(super) archive: &'a ArchivedRuleset,
    pub(super) memory: &'a mut [u8],
    pub(super) by: i64,
}

impl Moved<'_> {
    /// Moves the value of a fact. `None` ends where a cell isn't there.
    pub(super) fn fact(&mut self, fact_type: u16, at: usize) -> Option<()> {
        self.value(fact_type, at, MAX_DEPTH + 1)
    }

    /// `None` ends where a cell isn't there.
    fn value(&mut self, fact_type: u16, at: usize, depth: usize) -> Option<()> {
        let archive = self.archive;
        let depth = depth.checked_sub(1)?;
        let whole = archive.schema.fact_type(fact_type)?;
        let key_width = match whole.kind()? {
            FactKind::String | FactKind::Bytes => return self.reference(at).map(|_| ()),
            FactKind::Map => CELL,
            FactKind::List => 0,
            _ => return Some(()),
        };
        let items = self.reference(at)?;
        let item_type = whole.item.to_native();
        let item = archive.schema.fact_type(item_type)?.kind()?;
        let refers =
            matches!(item, FactKind::String | FactKind::Bytes | FactKind::List | FactKind::Map);
        if key_width == 0 && !refers {
            return Some(());
        }
        for index in 0..items.length() {
            let at = items.offset() + index * (key_width + item.width());
            if key_width > 0 {
                self.reference(at)?;
            }
            if refers {
                self.value(item_type, at + key_width, depth)?;
            }
        }
        Some(())
    }

    /// Moves the reference in a cell, and says where it leads now.
    fn reference(&mut self, at: usize) -> Option<Reference> {
        let old = read_cell(self.memory, at, CELL)?.reference();
        let offset = (old.offset() as i64 + self.by) as usize & (Reference::MAX_OFFSET - 1);
        let new = Reference::new(Space::Frame, offset, old.length());
        write_cell(self.memory, at, CELL, Word::from_reference(new))?;
        Some(new)
    }
}
