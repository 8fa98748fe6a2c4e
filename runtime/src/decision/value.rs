//! Values of outputs, as a decision's reader sees them.
//!
//! In come a type, a word and the memory that it refers to; out come Rust's
//! own types, text and bytes borrowed, lists and maps item by item.

use crate::memory::Memory;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::meaning::{Point, Timestamp};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{Reference, Word};
use std::fmt;

/// A value of the language.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ValueRef<'s> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(&'s str),
    Bytes(&'s [u8]),
    Timestamp(Timestamp),
    /// Nanoseconds.
    Duration(i64),
    /// Degrees.
    Point(Point),
    List(ListRef<'s>),
    Map(MapRef<'s>),
}

/// A value is of another type than was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongType {
    pub(super) wanted: &'static str,
    pub(super) found: &'static str,
}

impl fmt::Display for WrongType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the value is of type {}, not {}", self.found, self.wanted)
    }
}

impl std::error::Error for WrongType {}

/// A list of values of one type.
#[derive(Clone, Copy)]
pub struct ListRef<'s> {
    place: Place<'s>,
    element: TypeId,
    width: usize,
    items: Reference,
}

impl<'s> ListRef<'s> {
    pub fn len(&self) -> usize {
        self.items.length()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The item at `index`, from 0.
    pub fn item(&self, index: usize) -> Option<ValueRef<'s>> {
        let word = self.place.memory.item(self.items, index, self.width);
        self.place.value(self.element, word.ok()?)
    }

    /// The bytes of all items, if they are text. Nobody looks again whether they are UTF-8.
    pub(crate) fn texts(&self) -> Option<impl Iterator<Item = &'s [u8]> + use<'s>> {
        let ListRef { place: Place { archive, memory }, element, width, items } = *self;
        let bytes = move |index| {
            let word = memory.item(items, index, width);
            memory.bytes(word.unwrap_or_default().reference())
        };
        let is_text = archive.kind(element) == Some(TypeKind::String);
        is_text.then(|| (0..items.length()).map(bytes))
    }

    pub fn iter(&self) -> Items<'s> {
        Items { list: *self, next: 0 }
    }
}

impl<'s> IntoIterator for ListRef<'s> {
    type Item = ValueRef<'s>;
    type IntoIter = Items<'s>;

    fn into_iter(self) -> Items<'s> {
        self.iter()
    }
}

impl PartialEq for ListRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl fmt::Debug for ListRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The items of a list.
#[derive(Debug, Clone)]
pub struct Items<'s> {
    list: ListRef<'s>,
    next: usize,
}

impl<'s> Iterator for Items<'s> {
    type Item = ValueRef<'s>;

    fn next(&mut self) -> Option<ValueRef<'s>> {
        let item = self.list.item(self.next)?;
        self.next += 1;
        Some(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.list.len().saturating_sub(self.next)))
    }
}

/// A map, its entries in ascending order of their keys.
#[derive(Clone, Copy)]
pub struct MapRef<'s> {
    place: Place<'s>,
    key: TypeId,
    value: TypeId,
    /// Of the cells of values.
    width: usize,
    entries: Reference,
}

impl<'s> MapRef<'s> {
    pub fn len(&self) -> usize {
        self.entries.length()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry at `index`, from 0.
    pub fn entry(&self, index: usize) -> Option<(ValueRef<'s>, ValueRef<'s>)> {
        let memory = self.place.memory;
        let key = memory.key(self.entries, index, self.width).ok()?;
        let value = memory.value(self.entries, index, self.width).ok()?;
        Some((self.place.value(self.key, key)?, self.place.value(self.value, value)?))
    }

    pub fn iter(&self) -> Entries<'s> {
        Entries { map: *self, next: 0 }
    }
}

impl<'s> IntoIterator for MapRef<'s> {
    type Item = (ValueRef<'s>, ValueRef<'s>);
    type IntoIter = Entries<'s>;

    fn into_iter(self) -> Entries<'s> {
        self.iter()
    }
}

impl PartialEq for MapRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl fmt::Debug for MapRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// The entries of a map.
#[derive(Debug, Clone)]
pub struct Entries<'s> {
    map: MapRef<'s>,
    next: usize,
}

impl<'s> Iterator for Entries<'s> {
    type Item = (ValueRef<'s>, ValueRef<'s>);

    fn next(&mut self) -> Option<(ValueRef<'s>, ValueRef<'s>)> {
        let entry = self.map.entry(self.next)?;
        self.next += 1;
        Some(entry)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.map.len().saturating_sub(self.next)))
    }
}

/// What values of a decision refer to.
#[derive(Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) archive: &'s ArchivedRuleset,
    pub(super) memory: Memory<'s>,
}

impl<'s> Place<'s> {
    /// `None` for types that no value has.
    pub(super) fn value(self, id: TypeId, word: Word) -> Option<ValueRef<'s>> {
        let width = |id| self.archive.kind(id).map(TypeKind::width);
        Some(match self.archive.kind(id)? {
            TypeKind::Bool => ValueRef::Bool(word.bool()),
            TypeKind::Int => ValueRef::Int(word.int()),
            TypeKind::Uint => ValueRef::Uint(word.uint()),
            TypeKind::Double => ValueRef::Double(word.double()),
            TypeKind::String => {
                // INVARIANT: strings are UTF-8, wherever they come from.
                let text = self.memory.text(word.reference());
                ValueRef::String(text.unwrap_or("\u{fffd}"))
            }
            TypeKind::Bytes => ValueRef::Bytes(self.memory.bytes(word.reference())),
            TypeKind::Timestamp => ValueRef::Timestamp(word.timestamp()),
            TypeKind::Duration => ValueRef::Duration(word.int()),
            TypeKind::Point => ValueRef::Point(word.point()),
            TypeKind::List(element) => ValueRef::List(ListRef {
                place: self,
                element,
                width: width(element)?,
                items: word.reference(),
            }),
            TypeKind::Map(key, value) => ValueRef::Map(MapRef {
                place: self,
                key,
                value,
                width: width(value)?,
                entries: word.reference(),
            }),
            TypeKind::Cursor
            | TypeKind::Pending
            | TypeKind::ListBuilder(_)
            | TypeKind::MapBuilder(_, _) => return None,
        })
    }
}
