//! The types of values: a flat table in which a type stands after the types
//! that it is made of. The first eleven are the same in every archive.

use crate::value::{CELL, WIDE_CELL};
use rkyv::{Archive, Serialize};

/// Index into the table of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u16);

impl TypeId {
    pub const BOOL: TypeId = TypeId(0);
    pub const INT: TypeId = TypeId(1);
    pub const UINT: TypeId = TypeId(2);
    pub const DOUBLE: TypeId = TypeId(3);
    pub const STRING: TypeId = TypeId(4);
    pub const BYTES: TypeId = TypeId(5);
    pub const TIMESTAMP: TypeId = TypeId(6);
    pub const DURATION: TypeId = TypeId(7);
    pub const POINT: TypeId = TypeId(8);
    /// Not of a value: where a loop stands in its list.
    pub const CURSOR: TypeId = TypeId(9);
    /// Not of a value: a fault that waits whether anything absorbs it.
    pub const PENDING: TypeId = TypeId(10);
    /// The first type that an archive declares itself.
    pub const FIRST_OWN: u16 = 11;

    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a type is, with the types that it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TypeKind {
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    Point,
    Cursor,
    Pending,
    List(TypeId),
    Map(TypeId, TypeId),
    /// A list being made. Registers only.
    ListBuilder(TypeId),
    /// A map being made. Registers only.
    MapBuilder(TypeId, TypeId),
}

impl TypeKind {
    /// The kinds at the head of every table, in order of [`TypeId`].
    pub const FIXED: [TypeKind; TypeId::FIRST_OWN as usize] = [
        TypeKind::Bool,
        TypeKind::Int,
        TypeKind::Uint,
        TypeKind::Double,
        TypeKind::String,
        TypeKind::Bytes,
        TypeKind::Timestamp,
        TypeKind::Duration,
        TypeKind::Point,
        TypeKind::Cursor,
        TypeKind::Pending,
    ];

    /// Bytes of a cell of this type.
    #[inline]
    pub fn width(self) -> usize {
        match self {
            TypeKind::Timestamp | TypeKind::Point => WIDE_CELL,
            _ => CELL,
        }
    }

    /// Whether a map may have keys of this type: bool, int, uint, string.
    pub fn is_key(self) -> bool {
        matches!(self, TypeKind::Bool | TypeKind::Int | TypeKind::Uint | TypeKind::String)
    }

    /// Whether a register of this type holds a value of the language.
    pub fn is_value(self) -> bool {
        !matches!(
            self,
            TypeKind::Cursor
                | TypeKind::Pending
                | TypeKind::ListBuilder(_)
                | TypeKind::MapBuilder(_, _)
        )
    }
}

/// How a [`TypeKind`] lies in the archive: the kind's number in order of
/// declaration, and the types that it is made of, or 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize)]
pub struct TypeEntry {
    pub kind: u16,
    pub first: u16,
    pub second: u16,
}

const LIST: u16 = 11;
const MAP: u16 = 12;
const LIST_BUILDER: u16 = 13;
const MAP_BUILDER: u16 = 14;

impl From<TypeKind> for TypeEntry {
    fn from(kind: TypeKind) -> TypeEntry {
        let entry = |kind, first: TypeId, second: TypeId| TypeEntry {
            kind,
            first: first.0,
            second: second.0,
        };
        let none = TypeId(0);
        match kind {
            TypeKind::List(element) => entry(LIST, element, none),
            TypeKind::Map(key, value) => entry(MAP, key, value),
            TypeKind::ListBuilder(element) => entry(LIST_BUILDER, element, none),
            TypeKind::MapBuilder(key, value) => entry(MAP_BUILDER, key, value),
            fixed => {
                let kind = TypeKind::FIXED.iter().position(|k| *k == fixed).unwrap_or(0);
                entry(kind as u16, none, none)
            }
        }
    }
}

impl ArchivedTypeEntry {
    /// `None` for a number that no kind has, or for parts where none belong.
    #[inline]
    pub fn kind(&self) -> Option<TypeKind> {
        let first = TypeId(self.first.to_native());
        let second = TypeId(self.second.to_native());
        match self.kind.to_native() {
            LIST if second.0 == 0 => Some(TypeKind::List(first)),
            MAP => Some(TypeKind::Map(first, second)),
            LIST_BUILDER if second.0 == 0 => Some(TypeKind::ListBuilder(first)),
            MAP_BUILDER => Some(TypeKind::MapBuilder(first, second)),
            fixed if first.0 == 0 && second.0 == 0 => TypeKind::FIXED.get(fixed as usize).copied(),
            _ => None,
        }
    }
}
