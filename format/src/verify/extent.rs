//! How large a value can be at most: what the cost of operations on it is worked out from.
//!
//! In memory a value can be no larger than a session's memory, but what is in it may stand there
//! many times: lists of lists that are one and the same say more than any memory holds. So an
//! extent says both how long text, lists and maps are, and how much there is to see of all of it.

use super::types::Types;
use crate::types::{TypeId, TypeKind};
use crate::value::{CELL, Reference};

/// Bytes of the longest text that a value can refer to.
const MOST_TEXT: u32 = Reference::MAX_OFFSET as u32;

/// Items of the longest list.
const MOST_ITEMS: u32 = MOST_TEXT / CELL as u32;

/// No constant.
pub(super) const NO_CONSTANT: u32 = u32::MAX;

/// How large a value can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// Bytes of text; items of a list, entries of a map.
    pub(super) size: u32,
    /// Items of the longest list or map within.
    pub(super) inner: u32,
    /// Bytes of the longest text within a list or map, keys among it.
    pub(super) text: u32,
    /// Of text: the number of the constant that it is, if it is one.
    pub(super) constant: u32,
    /// Values to be seen if all is written out, this one and keys among them.
    pub(super) cells: u64,
    /// Bytes of text to be seen then.
    pub(super) bytes: u64,
}

impl Extent {
    /// Of what refers to nothing.
    pub(super) const SCALAR: Extent =
        Extent { size: 0, inner: 0, text: 0, constant: NO_CONSTANT, cells: 1, bytes: 0 };

    pub(super) fn text(bytes: u64) -> Extent {
        let size = u32::try_from(bytes).unwrap_or(MOST_TEXT).min(MOST_TEXT);
        Extent { size, bytes: size.into(), ..Extent::SCALAR }
    }

    pub(super) fn list(items: u64, item: Extent, kind: TypeKind) -> Extent {
        Extent::builder(items, 0).with(item, kind).made()
    }

    pub(super) fn map(entries: u64, key: (Extent, TypeKind), value: (Extent, TypeKind)) -> Extent {
        Extent::builder(entries, 0).with_entry(key, value).made()
    }

    /// The most that a value of a type can be.
    pub(super) fn most(types: &Types, id: TypeId) -> Extent {
        Extent::filled(types, id, MOST_ITEMS, MOST_TEXT)
    }

    /// The most that a value of a type can be whose lists and maps have so many items, and whose
    /// text has so many bytes. Recurses along the type, whose depth is bounded.
    fn filled(types: &Types, id: TypeId, items: u32, text: u32) -> Extent {
        let kind = |id| types.kind(id).unwrap_or(TypeKind::Bool);
        let part = |id| Extent::filled(types, id, items, text);
        match kind(id) {
            TypeKind::String | TypeKind::Bytes => Extent::text(text.into()),
            TypeKind::List(item) => Extent::list(items.into(), part(item), kind(item)),
            TypeKind::Map(key, value) => {
                Extent::map(items.into(), (part(key), kind(key)), (part(value), kind(value)))
            }
            _ => Extent::SCALAR,
        }
    }

    /// The most that an item of this list or map can be, a key or a value, which has this type.
    pub(super) fn item(self, types: &Types, id: TypeId) -> Extent {
        let most = Extent::filled(types, id, self.inner, self.text);
        Extent { cells: most.cells.min(self.cells), bytes: most.bytes.min(self.bytes), ..most }
    }

    /// Either of two.
    pub(super) fn or(self, other: Extent) -> Extent {
        Extent {
            size: self.size.max(other.size),
            inner: self.inner.max(other.inner),
            text: self.text.max(other.text),
            constant: if self.constant == other.constant { self.constant } else { NO_CONSTANT },
            cells: self.cells.max(other.cells),
            bytes: self.bytes.max(other.bytes),
        }
    }

    /// The items of one list and then those of another.
    pub(super) fn and(self, other: Extent) -> Extent {
        Extent {
            size: self.size.saturating_add(other.size).min(MOST_ITEMS),
            cells: self.cells.saturating_add(other.cells),
            bytes: self.bytes.saturating_add(other.bytes),
            ..self.or(other)
        }
    }

    /// As part of a frame, in which nothing stands twice and which is shorter than text can be.
    pub(super) fn in_frame(self) -> Extent {
        let (cells, bytes) = (u64::from(MOST_ITEMS), u64::from(MOST_TEXT));
        Extent { cells: self.cells.min(cells), bytes: self.bytes.min(bytes), ..self }
    }

    /// Bytes, items or entries.
    pub(super) fn length(self) -> u64 {
        self.size.into()
    }

    /// A list or map that is begun, with room for so many, in the loop of this number. Its extent is
    /// that of one item or entry, but for its size; `constant` is the loop.
    pub(super) fn builder(room: u64, around: u32) -> Extent {
        let size = u32::try_from(room).unwrap_or(MOST_ITEMS).min(MOST_ITEMS);
        Extent { size, inner: 0, text: 0, constant: around, cells: 0, bytes: 0 }
    }

    /// With an item more.
    pub(super) fn with(self, item: Extent, kind: TypeKind) -> Extent {
        self.around(item, kind).larger(item.cells, item.bytes)
    }

    /// With an entry more.
    pub(super) fn with_entry(self, key: (Extent, TypeKind), value: (Extent, TypeKind)) -> Extent {
        let cells = key.0.cells.saturating_add(value.0.cells);
        let bytes = key.0.bytes.saturating_add(value.0.bytes);
        self.around(key.0, key.1).around(value.0, value.1).larger(cells, bytes)
    }

    fn around(self, part: Extent, kind: TypeKind) -> Extent {
        let (text, items) = match kind {
            TypeKind::String | TypeKind::Bytes => (part.size, 0),
            TypeKind::List(_) | TypeKind::Map(_, _) => (0, part.size),
            _ => (0, 0),
        };
        Extent {
            inner: self.inner.max(part.inner).max(items),
            text: self.text.max(part.text).max(text),
            ..self
        }
    }

    fn larger(self, cells: u64, bytes: u64) -> Extent {
        Extent { cells: self.cells.max(cells), bytes: self.bytes.max(bytes), ..self }
    }

    /// The list or map that a builder makes.
    pub(super) fn made(self) -> Extent {
        let count = u64::from(self.size);
        Extent {
            constant: NO_CONSTANT,
            cells: count.saturating_mul(self.cells).saturating_add(1),
            bytes: count.saturating_mul(self.bytes),
            ..self
        }
    }
}
