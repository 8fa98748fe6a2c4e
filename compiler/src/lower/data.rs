//! The data section: text, and the cells of constant lists and maps. The same
//! bytes are kept once, and a list that many rules use is gone through once.

use crate::check::value::Value;
use rulestone_format::archive::Text;
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{CELL, Reference, Space, Word};
use rulestone_format::verify::Limits;
use std::collections::HashMap;

/// An archive with more data is one that no server loads.
const MOST: usize = Limits::DEFAULT.bytes;

/// The data section while it grows.
#[derive(Debug, Default)]
pub(super) struct Data {
    pub bytes: Vec<u8>,
    known: HashMap<(TypeId, Vec<u8>), u32>,
    /// Lists and maps that have been placed, by address and type; kept, so that nothing
    /// else gets it.
    placed: HashMap<(usize, TypeId), (Value, Word)>,
    /// Something was left out that didn't fit.
    pub is_full: bool,
}

/// Bytes that are no items: text, automata.
const BLOB: TypeId = TypeId::BYTES;

impl Data {
    /// Where these bytes stand, put there if they are new. Cells of lists of
    /// different types are never the same: whoever checks an archive looks at them
    /// once for each type, and what that costs is paid for by their bytes.
    fn place(&mut self, ty: TypeId, bytes: &[u8]) -> u32 {
        if bytes.is_empty() {
            return 0;
        }
        let key = (ty, bytes.to_vec());
        if let Some(offset) = self.known.get(&key) {
            return *offset;
        }
        if self.bytes.len() + bytes.len() > MOST {
            self.is_full = true;
            return 0;
        }
        let offset = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        self.known.insert(key, offset);
        offset
    }

    pub(super) fn text(&mut self, text: &str) -> Text {
        self.blob(text.as_bytes())
    }

    pub(super) fn blob(&mut self, bytes: &[u8]) -> Text {
        Text { offset: self.place(BLOB, bytes), length: bytes.len() as u32 }
    }

    /// Where bytes stand that will still change: nothing else ever is the same.
    pub(super) fn own(&mut self, bytes: &[u8]) -> Text {
        if self.bytes.len() + bytes.len() > MOST {
            self.is_full = true;
            return Text::default();
        }
        let offset = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        Text { offset, length: bytes.len() as u32 }
    }

    fn reference(&mut self, ty: TypeId, bytes: &[u8], length: usize) -> Word {
        let offset = self.place(ty, bytes) as usize;
        Word::from_reference(Reference::new(Space::Archive, offset, length))
    }

    /// A value of a type as a word; text and items go into the data section.
    pub(super) fn word(&mut self, value: &Value, ty: TypeId, types: &[TypeKind]) -> Word {
        match value {
            Value::Bool(value) => Word::from_bool(*value),
            Value::Int(value) | Value::Duration(value) => Word::from_int(*value),
            Value::Uint(value) => Word::from_uint(*value),
            Value::Double(value) => Word::from_double(*value),
            Value::String(text) => self.reference(BLOB, text.as_bytes(), text.len()),
            Value::Bytes(bytes) => self.reference(BLOB, bytes, bytes.len()),
            Value::Timestamp(value) => Word::from_timestamp(*value),
            Value::Point(value) => Word::from_point(*value),
            Value::List(_) | Value::Map(_) => {
                let key = value.address().map(|address| (address, ty));
                if let Some((_, word)) = key.and_then(|key| self.placed.get(&key)) {
                    return *word;
                }
                let word = self.cells(value, ty, types);
                if let Some(key) = key {
                    self.placed.insert(key, (value.clone(), word));
                }
                word
            }
        }
    }

    fn cells(&mut self, value: &Value, ty: TypeId, types: &[TypeKind]) -> Word {
        match value {
            Value::List(items) => {
                let item_type = match types.get(ty.index()) {
                    Some(TypeKind::List(item)) => *item,
                    _ => TypeId::BOOL,
                };
                let mut cells = Vec::with_capacity(items.len() * CELL);
                for item in items.iter() {
                    self.cell(item, item_type, types, &mut cells);
                }
                self.reference(ty, &cells, items.len())
            }
            Value::Map(entries) => {
                let (key_type, value_type) = match types.get(ty.index()) {
                    Some(TypeKind::Map(key, value)) => (*key, *value),
                    _ => (TypeId::BOOL, TypeId::BOOL),
                };
                let mut cells = Vec::with_capacity(entries.len() * 2 * CELL);
                for (key, value) in entries.iter() {
                    self.cell(key, key_type, types, &mut cells);
                    self.cell(value, value_type, types, &mut cells);
                }
                self.reference(ty, &cells, entries.len())
            }
            _ => Word::default(),
        }
    }

    fn cell(&mut self, value: &Value, ty: TypeId, types: &[TypeKind], cells: &mut Vec<u8>) {
        let word = self.word(value, ty, types);
        cells.extend_from_slice(&word.low.to_le_bytes());
        if matches!(value, Value::Timestamp(_) | Value::Point(_)) {
            cells.extend_from_slice(&word.high.to_le_bytes());
        }
    }
}
