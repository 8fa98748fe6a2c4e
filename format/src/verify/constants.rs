//! Constants: each a value of its type, lists and maps down to their last item.
//!
//! Cells may refer to the same list many times, and lists of such lists would
//! make for exponential work: a list or map is walked once for each type, and
//! all walks together are paid for from a budget in proportion to the data. So
//! is the memory of what has been walked.

use super::text::Texts;
use super::types::Types;
use crate::archive::{ArchivedRuleset, Text};
use crate::error::{Error, ErrorCode};
use crate::frame::is_timestamp;
use crate::types::{TypeId, TypeKind};
use crate::value::{CELL, Reference, Space, Word, read_cell};
use std::cmp::Ordering;
use std::collections::HashSet;

/// Lists and maps that are remembered, for each cell of the data. Each is named
/// by a constant or a cell, but the same cells may be lists of several types.
const TYPES: usize = 2;

/// Bytes of keys that cost as much to compare as an item to walk.
const CACHE_LINE: usize = 64;

pub(super) fn check(
    archive: &ArchivedRuleset,
    types: &Types,
    texts: &mut Texts<'_>,
) -> Result<(), Error> {
    // A cell has eight bytes: items that overlap eightfold are still within the budget,
    // and so are the keys of maps, which may share them, up to 1,024 bytes each.
    let left = archive.data.len().saturating_mul(2);
    let most = archive.constants.len() + archive.data.len() / CELL * TYPES;
    let mut constants = Constants { types, texts, seen: HashSet::new(), most, left };
    for (number, constant) in archive.constants.iter().enumerate() {
        let id = TypeId(constant.value_type.to_native());
        if !constants.is_value(id, Word::from(&constant.value)) {
            return Err(Error::at(ErrorCode::ConstantTable, number as u64));
        }
    }
    Ok(())
}

struct Constants<'c, 'a> {
    types: &'c Types,
    texts: &'c mut Texts<'a>,
    /// Lists and maps, as type, offset and length, that are walked already.
    seen: HashSet<(u16, u32, u32)>,
    /// How many these may become.
    most: usize,
    /// Items that may still be walked.
    left: usize,
}

impl Constants<'_, '_> {
    /// Recurses along the type, whose depth is bounded.
    fn is_value(&mut self, id: TypeId, word: Word) -> bool {
        let Some(kind) = self.types.kind(id) else { return false };
        let is_narrow = word.high == 0;
        match kind {
            TypeKind::Bool => word.low <= 1 && is_narrow,
            TypeKind::Int | TypeKind::Uint | TypeKind::Double | TypeKind::Duration => is_narrow,
            TypeKind::Timestamp => {
                // On the whole word: `Timestamp` has room for the low half of the nanoseconds only.
                word.high < 1_000_000_000 && is_timestamp(word.timestamp())
            }
            TypeKind::Point => true,
            TypeKind::String => is_narrow && self.is_string(word.reference()),
            TypeKind::Bytes => is_narrow && self.bytes(word.reference(), 1).is_some(),
            TypeKind::List(item) => is_narrow && self.is_list(id, item, word.reference()),
            TypeKind::Map(key, value) => is_narrow && self.is_map(id, key, value, word.reference()),
            TypeKind::Cursor
            | TypeKind::Pending
            | TypeKind::ListBuilder(_)
            | TypeKind::MapBuilder(_, _) => false,
        }
    }

    fn is_string(&mut self, text: Reference) -> bool {
        let (offset, length) = (text.offset() as u32, text.length() as u32);
        text.space() == Space::Archive && self.texts.is_text(Text { offset, length })
    }

    /// What a reference names, where `stride` bytes count as one.
    fn bytes(&self, reference: Reference, stride: usize) -> Option<&[u8]> {
        let start = reference.offset();
        let end = start.checked_add(reference.length().checked_mul(stride)?)?;
        let bytes = self.texts.data().get(start..end)?;
        (reference.space() == Space::Archive).then_some(bytes)
    }

    /// Whether items are still to be walked, or `None` if there are too many.
    fn is_new(&mut self, id: TypeId, items: Reference) -> Option<bool> {
        let place = (id.0, items.offset() as u32, items.length() as u32);
        if items.is_empty() || !self.seen.insert(place) {
            return Some(false);
        }
        self.left = self.left.checked_sub(items.length())?;
        (self.seen.len() <= self.most).then_some(true)
    }

    fn is_list(&mut self, id: TypeId, item: TypeId, list: Reference) -> bool {
        let Some(width) = self.types.kind(item).map(TypeKind::width) else { return false };
        if self.bytes(list, width).is_none() {
            return false;
        }
        match self.is_new(id, list) {
            Some(true) => {}
            known => return known.is_some(),
        }
        (0..list.length()).all(|index| {
            let cell = read_cell(self.texts.data(), list.offset() + index * width, width);
            cell.is_some_and(|cell| self.is_value(item, cell))
        })
    }

    fn is_map(&mut self, id: TypeId, key: TypeId, value: TypeId, map: Reference) -> bool {
        let Some(width) = self.types.kind(value).map(TypeKind::width) else { return false };
        let stride = CELL + width;
        if self.bytes(map, stride).is_none() {
            return false;
        }
        match self.is_new(id, map) {
            Some(true) => {}
            known => return known.is_some(),
        }
        let mut last = None;
        (0..map.length()).all(|index| {
            let at = map.offset() + index * stride;
            let data = self.texts.data();
            let cells = (read_cell(data, at, CELL), read_cell(data, at + CELL, width));
            let (Some(this), Some(that)) = cells else { return false };
            if !self.is_value(key, this) || !self.is_value(value, that) {
                return false;
            }
            match last.replace(this) {
                Some(before) => self.compare(key, before, this) == Some(Ordering::Less),
                None => true,
            }
        })
    }

    /// The order of keys, both of which are values of their type.
    fn compare(&mut self, key: TypeId, a: Word, b: Word) -> Option<Ordering> {
        Some(match self.types.kind(key)? {
            TypeKind::Bool | TypeKind::Uint => a.low.cmp(&b.low),
            TypeKind::Int => a.int().cmp(&b.int()),
            TypeKind::String => {
                let (a, b) = (a.reference(), b.reference());
                // Many maps may have the same long keys.
                self.left = self.left.checked_sub(a.length().min(b.length()) / CACHE_LINE)?;
                self.bytes(a, 1)?.cmp(self.bytes(b, 1)?)
            }
            _ => return None,
        })
    }
}
