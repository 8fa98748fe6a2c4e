//! The types of a unit's registers.

use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::CELL;

/// The types of a unit's registers.
#[derive(Clone, Copy)]
pub(super) struct Types<'m> {
    archive: &'m ArchivedRuleset,
    start: usize,
}

impl<'m> Types<'m> {
    /// From this register on.
    #[inline]
    pub(super) fn of(archive: &'m ArchivedRuleset, start: u32) -> Types<'m> {
        Types { archive, start: start as usize }
    }
}

impl Types<'_> {
    #[inline]
    pub(super) fn id(self, register: u16) -> TypeId {
        let index = self.start.saturating_add(usize::from(register));
        let id = self.archive.registers.get(index);
        // A register without a type reads as one that no operation takes.
        id.map_or(TypeId::PENDING, |id| TypeId(id.to_native()))
    }

    #[inline]
    pub(super) fn kind(self, register: u16) -> TypeKind {
        let kind = self.archive.kind(self.id(register));
        kind.unwrap_or(TypeKind::Pending)
    }

    /// Bytes of a cell of a register's type.
    #[inline]
    pub(super) fn width(self, register: u16) -> usize {
        self.kind(register).width()
    }

    /// Bytes of a cell of the values of a map.
    pub(super) fn value_width(self, map: u16) -> usize {
        match self.kind(map) {
            TypeKind::Map(_, value) => self.archive.kind(value).map_or(CELL, TypeKind::width),
            _ => CELL,
        }
    }

    /// Bytes of an item of a list, or of an entry of a map, that a builder makes.
    pub(super) fn stride(self, builder: u16) -> usize {
        let width = |id| self.archive.kind(id).map_or(CELL, TypeKind::width);
        match self.kind(builder) {
            TypeKind::ListBuilder(element) => width(element),
            TypeKind::MapBuilder(_, value) => CELL + width(value),
            _ => CELL,
        }
    }
}
