//! Equality and order of values, whatever their types.
//!
//! In come two words of one type and the memory that they refer to; out comes
//! whether they are equal, or how they are ordered.

use crate::memory::Memory;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::meaning::{Fault, Outcome, double};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::Word;
use std::cmp::Ordering;

/// Types within types, at most: more than any condition can be written with.
/// Bounds every recursion on values; what lies deeper is not looked at.
pub(crate) const MAX_TYPE_DEPTH: usize = 64;

/// Whether two values of a type are equal: a NaN equals nothing, lists and maps
/// go deep.
pub(crate) fn equal(
    archive: &ArchivedRuleset,
    memory: Memory<'_>,
    id: TypeId,
    a: Word,
    b: Word,
) -> bool {
    Equality { archive, memory }.values(id, a, b, MAX_TYPE_DEPTH)
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

struct Equality<'m> {
    archive: &'m ArchivedRuleset,
    memory: Memory<'m>,
}

impl Equality<'_> {
    #[inline]
    fn values(&self, id: TypeId, a: Word, b: Word, depth: usize) -> bool {
        match self.archive.kind(id) {
            Some(TypeKind::Bool) => a.bool() == b.bool(),
            Some(TypeKind::Int | TypeKind::Uint | TypeKind::Duration) => a.low == b.low,
            Some(TypeKind::Double) => a.double() == b.double(),
            Some(TypeKind::String | TypeKind::Bytes) => {
                self.memory.bytes(a.reference()) == self.memory.bytes(b.reference())
            }
            Some(TypeKind::Timestamp) => a == b,
            Some(TypeKind::Point) => {
                let (a, b) = (a.point(), b.point());
                a.lat == b.lat && a.lon == b.lon
            }
            Some(TypeKind::List(element)) => self.lists(element, a, b, depth),
            Some(TypeKind::Map(key, value)) => self.maps(key, value, a, b, depth),
            Some(
                TypeKind::Cursor
                | TypeKind::Pending
                | TypeKind::ListBuilder(_)
                | TypeKind::MapBuilder(_, _),
            )
            | None => false,
        }
    }

    #[inline(never)]
    fn lists(&self, element: TypeId, a: Word, b: Word, depth: usize) -> bool {
        let (a, b) = (a.reference(), b.reference());
        let (Some(kind), Some(depth)) = (self.archive.kind(element), depth.checked_sub(1)) else {
            return false;
        };
        let item = |list, index| self.memory.item(list, index, kind.width());
        a.length() == b.length()
            && (0..a.length()).all(|index| match (item(a, index), item(b, index)) {
                (Ok(a), Ok(b)) => self.values(element, a, b, depth),
                _ => false,
            })
    }

    /// Both are in order of their keys, so equal maps are equal entry by entry.
    #[inline(never)]
    fn maps(&self, key: TypeId, value: TypeId, a: Word, b: Word, depth: usize) -> bool {
        let (a, b) = (a.reference(), b.reference());
        let (Some(kind), Some(depth)) = (self.archive.kind(value), depth.checked_sub(1)) else {
            return false;
        };
        let entry = |map, index| {
            let key = self.memory.key(map, index, kind.width()).ok()?;
            let value = self.memory.value(map, index, kind.width()).ok()?;
            Some((key, value))
        };
        a.length() == b.length()
            && (0..a.length()).all(|index| match (entry(a, index), entry(b, index)) {
                (Some(a), Some(b)) => {
                    self.values(key, a.0, b.0, depth) && self.values(value, a.1, b.1, depth)
                }
                _ => false,
            })
    }
}
