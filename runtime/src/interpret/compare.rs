//! Equality and order of values, whatever their types.
//!
//! In come two words of one type and the memory that they refer to; out comes
//! whether they are equal, or how they are ordered.

use super::machine::Machine;
use crate::memory::{Memory, Purse};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::code::work;
use rulestone_format::meaning::{Fault, Outcome, double};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{CELL, Word};
use std::cmp::Ordering;

/// Types within types, at most: more than any condition can be written with.
/// Bounds every recursion on values; what lies deeper is not looked at.
pub(crate) const MAX_TYPE_DEPTH: usize = 64;

impl Machine<'_> {
    /// Whether two values of a type are equal: a NaN equals nothing, lists and maps
    /// go deep.
    ///
    /// # Errors
    /// [`Fault::TooLong`]: a decision may take only so many steps, and lists whose
    /// items are one and the same list can be long to compare.
    #[inline]
    pub(super) fn equal(&mut self, id: TypeId, a: Word, b: Word) -> Outcome<bool> {
        // What most code asks, without an account of steps.
        if let Some(TypeKind::Int | TypeKind::Uint) = self.program.archive.kind(id) {
            return Ok(a.low == b.low);
        }
        self.compared(|equality| equality.values(id, a, b, MAX_TYPE_DEPTH))
    }

    /// Whether two texts are equal, paid for as [`Machine::equal`] does.
    #[inline(never)]
    pub(super) fn equal_text(&mut self, a: Word, b: Word) -> Outcome<bool> {
        let (a, b) = (a.reference(), b.reference());
        if a.length() != b.length() {
            return Ok(false);
        }
        self.scratch.spend_text(a.length())?;
        let memory = self.memory();
        Ok(memory.bytes(a) == memory.bytes(b))
    }

    /// The order of two values, text by bytes, paid for.
    #[inline]
    pub(super) fn order(&mut self, kind: TypeKind, a: Word, b: Word) -> Outcome<Ordering> {
        if matches!(kind, TypeKind::String | TypeKind::Bytes) {
            let shorter = a.reference().length().min(b.reference().length());
            self.scratch.spend_text(shorter)?;
        }
        order(kind, self.memory(), a, b)
    }

    /// What `compare` finds, its steps paid for.
    #[inline]
    pub(super) fn compared(
        &mut self,
        compare: impl FnOnce(&Equality<'_>) -> Outcome<bool>,
    ) -> Outcome<bool> {
        let purse = self.scratch.purse();
        let equality = Equality { archive: self.program.archive, memory: self.memory(), purse };
        let outcome = compare(&equality);
        let purse = equality.purse;
        self.scratch.settle(&purse, outcome)
    }
}

/// How two values of an ordered type are ordered: bool, numbers, text by bytes,
/// times.
///
/// # Errors
/// [`Fault::NotANumber`], and [`Fault::Unreachable`] for types without order.
#[inline]
pub(crate) fn order(kind: TypeKind, memory: Memory<'_>, a: Word, b: Word) -> Outcome<Ordering> {
    Ok(match kind {
        TypeKind::Int | TypeKind::Duration => a.int().cmp(&b.int()),
        TypeKind::Uint => a.uint().cmp(&b.uint()),
        TypeKind::Double => return double::compare(a.double(), b.double()),
        TypeKind::String | TypeKind::Bytes => {
            memory.bytes(a.reference()).cmp(memory.bytes(b.reference()))
        }
        TypeKind::Bool => a.bool().cmp(&b.bool()),
        TypeKind::Timestamp => a.timestamp().cmp(&b.timestamp()),
        TypeKind::Point
        | TypeKind::Cursor
        | TypeKind::Pending
        | TypeKind::List(_)
        | TypeKind::Map(_, _)
        | TypeKind::ListBuilder(_)
        | TypeKind::MapBuilder(_, _) => return Err(Fault::Unreachable),
    })
}

/// Compares for equality, as long as there are steps left.
pub(super) struct Equality<'m> {
    archive: &'m ArchivedRuleset,
    memory: Memory<'m>,
    purse: Purse,
}

impl Equality<'_> {
    #[inline]
    pub(super) fn values(&self, id: TypeId, a: Word, b: Word, depth: usize) -> Outcome<bool> {
        Ok(match self.archive.kind(id) {
            Some(TypeKind::Bool) => a.bool() == b.bool(),
            Some(TypeKind::Int | TypeKind::Uint | TypeKind::Duration) => a.low == b.low,
            Some(TypeKind::Double) => a.double() == b.double(),
            Some(TypeKind::String | TypeKind::Bytes) => {
                let (a, b) = (self.memory.bytes(a.reference()), self.memory.bytes(b.reference()));
                if a.len() != b.len() {
                    return Ok(false);
                }
                self.purse.pay(work::moved(a.len() as u64))?;
                a == b
            }
            Some(TypeKind::Timestamp) => a == b,
            Some(TypeKind::Point) => {
                let (a, b) = (a.point(), b.point());
                a.lat == b.lat && a.lon == b.lon
            }
            Some(TypeKind::List(element)) => return self.lists(element, a, b, depth),
            Some(TypeKind::Map(key, value)) => return self.maps(key, value, a, b, depth),
            Some(
                TypeKind::Cursor
                | TypeKind::Pending
                | TypeKind::ListBuilder(_)
                | TypeKind::MapBuilder(_, _),
            )
            | None => false,
        })
    }

    /// Whether some item of a list is equal to this.
    pub(super) fn contains(&self, element: TypeId, list: Word, item: Word) -> Outcome<bool> {
        let list = list.reference();
        if self.is_narrow(element) {
            self.purse.pay(list.length() as u64)?;
            let (cells, _) = self.memory.cells(list, CELL).as_chunks();
            return Ok(cells.contains(&item.low.to_le_bytes()));
        }
        let width = self.archive.kind(element).map_or(CELL, TypeKind::width);
        for index in 0..list.length() {
            // What lies nowhere is the end.
            let Ok(other) = self.memory.item(list, index, width) else { break };
            self.purse.pay(work::ITEM)?;
            if self.values(element, other, item, MAX_TYPE_DEPTH)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[inline(never)]
    fn lists(&self, element: TypeId, a: Word, b: Word, depth: usize) -> Outcome<bool> {
        let (a, b) = (a.reference(), b.reference());
        let (Some(kind), Some(depth)) = (self.archive.kind(element), depth.checked_sub(1)) else {
            return Ok(false);
        };
        if a.length() != b.length() {
            return Ok(false);
        }
        if self.is_narrow(element) {
            self.purse.pay(work::moved((a.length() * CELL) as u64))?;
            return Ok(self.memory.cells(a, CELL) == self.memory.cells(b, CELL));
        }
        let item = |list, index| self.memory.item(list, index, kind.width());
        for index in 0..a.length() {
            let (Ok(a), Ok(b)) = (item(a, index), item(b, index)) else { return Ok(false) };
            self.purse.pay(work::ITEM)?;
            if !self.values(element, a, b, depth)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Both are in order of their keys, so equal maps are equal entry by entry.
    #[inline(never)]
    fn maps(&self, key: TypeId, value: TypeId, a: Word, b: Word, depth: usize) -> Outcome<bool> {
        let (a, b) = (a.reference(), b.reference());
        let (Some(kind), Some(depth)) = (self.archive.kind(value), depth.checked_sub(1)) else {
            return Ok(false);
        };
        if a.length() != b.length() {
            return Ok(false);
        }
        let entry = |map, index| {
            let key = self.memory.key(map, index, kind.width()).ok()?;
            let value = self.memory.value(map, index, kind.width()).ok()?;
            Some((key, value))
        };
        for index in 0..a.length() {
            let (Some(a), Some(b)) = (entry(a, index), entry(b, index)) else { return Ok(false) };
            self.purse.pay(2 * work::ITEM)?;
            let is_same =
                self.values(key, a.0, b.0, depth)? && self.values(value, a.1, b.1, depth)?;
            if !is_same {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether values of a type are equal where their cells, of eight bytes, are.
    fn is_narrow(&self, id: TypeId) -> bool {
        matches!(self.archive.kind(id), Some(TypeKind::Int | TypeKind::Uint | TypeKind::Duration))
    }
}
