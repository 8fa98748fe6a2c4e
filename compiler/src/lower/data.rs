//! The data section: text, and the cells of constant lists and maps. The same
//! bytes are kept once, and a list that many rules use is gone through once.

use crate::check::value::Value;
use rulestone_format::archive::Text;
use rulestone_format::value::{CELL, Reference, Space, Word};
use std::collections::HashMap;

/// The data section while it grows.
#[derive(Debug, Default)]
pub(super) struct Data {
    pub bytes: Vec<u8>,
    known: HashMap<Vec<u8>, u32>,
    /// Lists and maps that have been placed, by address; kept, so that nothing else
    /// gets it.
    placed: HashMap<usize, (Value, Word)>,
}

impl Data {
    /// Where these bytes stand, put there if they are new.
    fn place(&mut self, bytes: &[u8]) -> u32 {
        if bytes.is_empty() {
            return 0;
        }
        if let Some(offset) = self.known.get(bytes) {
            return *offset;
        }
        let offset = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        self.known.insert(bytes.to_vec(), offset);
        offset
    }

    pub(super) fn text(&mut self, text: &str) -> Text {
        self.blob(text.as_bytes())
    }

    pub(super) fn blob(&mut self, bytes: &[u8]) -> Text {
        Text { offset: self.place(bytes), length: bytes.len() as u32 }
    }

    fn reference(&mut self, bytes: &[u8], length: usize) -> Word {
        let offset = self.place(bytes) as usize;
        Word::from_reference(Reference::new(Space::Archive, offset, length))
    }

    /// A value as a word; text and items go into the data section.
    pub(super) fn word(&mut self, value: &Value) -> Word {
        match value {
            Value::Bool(value) => Word::from_bool(*value),
            Value::Int(value) | Value::Duration(value) => Word::from_int(*value),
            Value::Uint(value) => Word::from_uint(*value),
            Value::Double(value) => Word::from_double(*value),
            Value::String(text) => self.reference(text.as_bytes(), text.len()),
            Value::Bytes(bytes) => self.reference(bytes, bytes.len()),
            Value::Timestamp(value) => Word::from_timestamp(*value),
            Value::Point(value) => Word::from_point(*value),
            Value::List(_) | Value::Map(_) => {
                let address = value.address();
                if let Some((_, word)) = address.and_then(|address| self.placed.get(&address)) {
                    return *word;
                }
                let word = self.cells(value);
                if let Some(address) = address {
                    self.placed.insert(address, (value.clone(), word));
                }
                word
            }
        }
    }

    fn cells(&mut self, value: &Value) -> Word {
        match value {
            Value::List(items) => {
                let mut cells = Vec::with_capacity(items.len() * CELL);
                for item in items.iter() {
                    self.cell(item, &mut cells);
                }
                self.reference(&cells, items.len())
            }
            Value::Map(entries) => {
                let mut cells = Vec::with_capacity(entries.len() * 2 * CELL);
                for (key, value) in entries.iter() {
                    self.cell(key, &mut cells);
                    self.cell(value, &mut cells);
                }
                self.reference(&cells, entries.len())
            }
            _ => Word::default(),
        }
    }

    fn cell(&mut self, value: &Value, cells: &mut Vec<u8>) {
        let word = self.word(value);
        cells.extend_from_slice(&word.low.to_le_bytes());
        if matches!(value, Value::Timestamp(_) | Value::Point(_)) {
            cells.extend_from_slice(&word.high.to_le_bytes());
        }
    }
}
