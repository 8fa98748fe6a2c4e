//! Constants: each a value of its type, lists and maps down to their last item.
//!
//! Cells may refer to the same list many times, and lists of such lists would
//! make for exponential work: a list or map is walked once for each type, and
//! all walks together are paid for from a budget in proportion to the data. So
//! is the memory of what has been walked.

use super::extent::{Extent, NO_CONSTANT};
use super::text::Texts;
use super::types::Types;
use crate::archive::{ArchivedConstant, ArchivedRuleset, Text};
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
) -> Result<Vec<Extent>, Error> {
    // A cell has eight bytes: items that overlap eightfold are still within the budget.
    let left = archive.data.len();
    let most = archive.constants.len() + archive.data.len() / CELL * TYPES;
    let largest = vec![Extent::SCALAR; archive.types.len()];
    let mut constants = Constants { types, texts, seen: HashSet::new(), most, left, largest };
    let check = |(number, constant): (usize, &ArchivedConstant)| {
        let id = TypeId(constant.value_type.to_native());
        let extent = constants.value(id, Word::from(&constant.value));
        extent.ok_or(Error::at(ErrorCode::ConstantTable, number as u64))
    };
    archive.constants.iter().enumerate().map(check).collect()
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
    /// For each type the most that its lists or maps among the constants were so far.
    largest: Vec<Extent>,
}

impl Constants<'_, '_> {
    /// How large a value is, or `None` where it is none of its type. Recurses along the type, whose
    /// depth is bounded.
    fn value(&mut self, id: TypeId, word: Word) -> Option<Extent> {
        let kind = self.types.kind(id)?;
        let is_narrow = word.high == 0;
        let text = || Extent::text(word.reference().length() as u64);
        let (good, extent) = match kind {
            TypeKind::Bool => (word.low <= 1 && is_narrow, Extent::SCALAR),
            TypeKind::Int | TypeKind::Uint | TypeKind::Double | TypeKind::Duration => {
                (is_narrow, Extent::SCALAR)
            }
            TypeKind::Timestamp => {
                // On the whole word: `Timestamp` has room for the low half of the nanoseconds only.
                (word.high < 1_000_000_000 && is_timestamp(word.timestamp()), Extent::SCALAR)
            }
            TypeKind::Point => (true, Extent::SCALAR),
            TypeKind::String => (is_narrow && self.is_string(word.reference()), text()),
            TypeKind::Bytes => (is_narrow && self.bytes(word.reference(), 1).is_some(), text()),
            TypeKind::List(item) if is_narrow => (true, self.list(id, item, word.reference())?),
            TypeKind::Map(key, value) if is_narrow => {
                (true, self.map(id, key, value, word.reference())?)
            }
            TypeKind::List(_)
            | TypeKind::Map(_, _)
            | TypeKind::Cursor
            | TypeKind::Pending
            | TypeKind::ListBuilder(_)
            | TypeKind::MapBuilder(_, _) => (false, Extent::SCALAR),
        };
        good.then_some(extent)
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

    /// What a list or map of which so much is known is, and is remembered for when it is seen again.
    fn remember(&mut self, id: TypeId, extent: Extent) -> Extent {
        if let Some(largest) = self.largest.get_mut(id.index()) {
            *largest = largest.or(extent);
        }
        extent
    }

    /// A list or map that was walked before: as large as any of its type.
    fn seen(&self, id: TypeId, items: Reference) -> Extent {
        let largest = self.largest.get(id.index()).copied().unwrap_or(Extent::SCALAR);
        if items.is_empty() {
            return Extent::SCALAR;
        }
        Extent { size: items.length() as u32, ..largest }
    }

    fn list(&mut self, id: TypeId, item: TypeId, list: Reference) -> Option<Extent> {
        let kind = self.types.kind(item)?;
        let width = kind.width();
        self.bytes(list, width)?;
        if !self.is_new(id, list)? {
            return Some(self.seen(id, list));
        }
        let mut all = Whole::default();
        for index in 0..list.length() {
            let cell = read_cell(self.texts.data(), list.offset() + index * width, width)?;
            all.add(self.value(item, cell)?, kind);
        }
        Some(self.remember(id, all.of(list.length())))
    }

    fn map(&mut self, id: TypeId, key: TypeId, value: TypeId, map: Reference) -> Option<Extent> {
        let (key_kind, kind) = (self.types.kind(key)?, self.types.kind(value)?);
        let width = kind.width();
        let stride = CELL + width;
        self.bytes(map, stride)?;
        if !self.is_new(id, map)? {
            return Some(self.seen(id, map));
        }
        let mut last = None;
        let mut all = Whole::default();
        for index in 0..map.length() {
            let at = map.offset() + index * stride;
            let data = self.texts.data();
            let this = read_cell(data, at, CELL)?;
            let that = read_cell(data, at + CELL, width)?;
            all.add(self.value(key, this)?, key_kind);
            all.add(self.value(value, that)?, kind);
            if let Some(before) = last.replace(this)
                && self.compare(key, before, this)? != Ordering::Less
            {
                return None;
            }
        }
        Some(self.remember(id, all.of(map.length())))
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

/// The items of a list, or keys and values of a map, added up.
struct Whole {
    items: Extent,
    cells: u64,
    bytes: u64,
}

impl Default for Whole {
    fn default() -> Whole {
        Whole { items: Extent::builder(0, 0), cells: 1, bytes: 0 }
    }
}

impl Whole {
    fn add(&mut self, part: Extent, kind: TypeKind) {
        self.items = self.items.with(part, kind);
        self.cells = self.cells.saturating_add(part.cells);
        self.bytes = self.bytes.saturating_add(part.bytes);
    }

    fn of(self, count: usize) -> Extent {
        let Whole { items, cells, bytes } = self;
        Extent { size: count as u32, constant: NO_CONSTANT, cells, bytes, ..items }
    }
}
