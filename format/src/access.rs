//! Reading an archive that is known to be in order: text, types, runs of
//! records. Whatever is out of range reads as empty.

use crate::archive::{ArchivedRange, ArchivedRuleset, ArchivedSlot, ArchivedText, ArchivedUnit};
use crate::code::ArchivedInstruction;
use crate::types::{TypeId, TypeKind};
use rkyv::rend::unaligned::u64_ule;

impl ArchivedRuleset {
    /// A piece of text of the data section.
    #[inline]
    pub fn text(&self, text: &ArchivedText) -> &str {
        std::str::from_utf8(self.blob(text)).unwrap_or_default()
    }

    /// Bytes of the data section.
    #[inline]
    pub fn blob(&self, blob: &ArchivedText) -> &[u8] {
        let start = blob.offset.to_native() as usize;
        let end = start.saturating_add(blob.length.to_native() as usize);
        self.data.get(start..end).unwrap_or_default()
    }

    /// What a type is.
    #[inline]
    pub fn kind(&self, id: TypeId) -> Option<TypeKind> {
        match TypeKind::FIXED.get(id.index()) {
            Some(kind) => Some(*kind),
            None => self.types.get(id.index())?.kind(),
        }
    }

    /// The instructions of a unit.
    #[inline]
    pub fn unit_code(&self, unit: &ArchivedUnit) -> &[ArchivedInstruction] {
        unit.code.of(&self.code)
    }

    /// What a slot asks: first what the index doesn't decide, [`Slot::residual`] predicates.
    ///
    /// [`Slot::residual`]: crate::archive::Slot::residual
    #[inline]
    pub fn slot_predicates(&self, slot: &ArchivedSlot) -> &[u64_ule] {
        let start = slot.predicates.to_native() as usize;
        let end = start.saturating_add(usize::from(slot.count.to_native()));
        self.predicates.get(start..end).unwrap_or_default()
    }
}

impl ArchivedRange {
    /// The run of records of `table` that this range names.
    #[inline]
    pub fn of<'t, T>(&self, table: &'t [T]) -> &'t [T] {
        let start = self.start.to_native() as usize;
        let end = start.saturating_add(self.length.to_native() as usize);
        table.get(start..end).unwrap_or_default()
    }
}
