//! How much a value is once all of it is written out.
//!
//! In memory, an item that stands in a list many times is there once; lists of
//! such lists need few bytes and say more than anyone can write. So what leaves
//! the rules, for a decision to carry, is measured before it does.

use super::compare::MAX_TYPE_DEPTH;
use super::machine::Machine;
use crate::memory::Memory;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::code::work;
use rulestone_format::meaning::{Fault, Outcome};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{CELL, Reference, Word};
use std::cell::Cell;

impl Machine<'_> {
    /// The value itself, if there is room for it among what the decision carries.
    ///
    /// # Errors
    /// [`Fault::TooLong`].
    ///
    /// # Cost
    /// Looks at each item of lists and maps, unless these are scalars without text.
    pub(crate) fn carry(&mut self, id: TypeId, word: Word) -> Outcome<Word> {
        let visited = Cell::new(0);
        let ruler =
            Ruler { archive: self.program.archive, memory: self.memory(), visited: &visited };
        let kind = ruler.kind(id)?;
        if kind.is_value() && !ruler.is_scalar(kind) {
            // No more is looked at than there are steps for, also where it turns out to be
            // too much: that may happen for one rule after the other.
            let values = self.scratch.steps() / work::ITEM as usize;
            let most = self.scratch.carried().min(values.saturating_mul(CELL));
            let mut room = most;
            let measured = ruler.measure(id, word, &mut room, MAX_TYPE_DEPTH);
            self.scratch.pay(work::ITEM.saturating_mul(visited.get()))?;
            match measured {
                Err(Fault::TooLong) => return Err(self.scratch.exhaust()),
                measured => measured?,
            }
            self.scratch.carry(most - room)?;
        }
        Ok(word)
    }
}

struct Ruler<'m> {
    archive: &'m ArchivedRuleset,
    memory: Memory<'m>,
    /// How many values were looked at.
    visited: &'m Cell<u64>,
}

impl Ruler<'_> {
    fn kind(&self, id: TypeId) -> Outcome<TypeKind> {
        self.archive.kind(id).ok_or(Fault::Unreachable)
    }

    /// Whether values of this kind refer to nothing.
    fn is_scalar(&self, kind: TypeKind) -> bool {
        !matches!(
            kind,
            TypeKind::String | TypeKind::Bytes | TypeKind::List(_) | TypeKind::Map(_, _)
        )
    }

    /// Takes off `room` what a value needs: its cell, and all that it refers to.
    fn measure(&self, id: TypeId, word: Word, room: &mut usize, depth: usize) -> Outcome<()> {
        let kind = self.kind(id)?;
        self.visited.set(self.visited.get() + 1);
        take(room, CELL)?;
        match kind {
            TypeKind::String | TypeKind::Bytes => take(room, word.reference().length()),
            TypeKind::List(item) => self.items(None, item, word.reference(), room, depth),
            TypeKind::Map(key, value) => {
                self.items(Some(key), value, word.reference(), room, depth)
            }
            _ => Ok(()),
        }
    }

    /// The items of a list, or the entries of a map, whose keys have the type `key`.
    #[inline(never)]
    fn items(
        &self,
        key: Option<TypeId>,
        item: TypeId,
        items: Reference,
        room: &mut usize,
        depth: usize,
    ) -> Outcome<()> {
        let depth = depth.checked_sub(1).ok_or(Fault::TooLong)?;
        let kind = self.kind(item)?;
        let keys_are_scalar = key.is_none_or(|key| self.kind(key).is_ok_and(|k| self.is_scalar(k)));
        if self.is_scalar(kind) && keys_are_scalar {
            return take(room, items.length().saturating_mul(2 * CELL));
        }
        let width = kind.width();
        for index in 0..items.length() {
            let value = match key {
                None => self.memory.item(items, index, width)?,
                Some(key) => {
                    self.measure(key, self.memory.key(items, index, width)?, room, depth)?;
                    self.memory.value(items, index, width)?
                }
            };
            self.measure(item, value, room, depth)?;
        }
        Ok(())
    }
}

fn take(room: &mut usize, bytes: usize) -> Outcome<()> {
    *room = room.checked_sub(bytes).ok_or(Fault::TooLong)?;
    Ok(())
}
