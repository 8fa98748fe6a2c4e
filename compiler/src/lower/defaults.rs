//! The defaults of facts, as a frame of just the facts that have one.
//!
//! In: the facts in order of declaration. Out: the bytes of the frame, whose fingerprint
//! `emit` fills in when it knows it.

use super::kind::kind;
use crate::check::checked::Fact;
use crate::check::value::Value;
use crate::source::model::FactType;
use rulestone_format::frame::{HEADER_LENGTH, MAGIC, presence_length};
use rulestone_format::value::{CELL, Reference, Space, Word, write_cell};

/// The frame; `None` where no fact has a default.
pub(super) fn frame(facts: &[Fact]) -> Option<Vec<u8>> {
    if facts.iter().all(|fact| fact.default.is_none()) {
        return None;
    }
    let cells = HEADER_LENGTH + presence_length(facts.len());
    let width = |fact: &Fact| kind(&fact.fact_type).width();
    let mut bytes = vec![0; cells + facts.iter().map(width).sum::<usize>()];
    let mut at = cells;
    for (number, fact) in facts.iter().enumerate() {
        if let Some(value) = &fact.default {
            bytes[HEADER_LENGTH + number / 8] |= 1 << (number % 8);
            put(&mut bytes, at, value, &fact.fact_type);
        }
        at += width(fact);
    }
    bytes[..4].copy_from_slice(&MAGIC);
    let length = bytes.len() as u32;
    bytes[4..8].copy_from_slice(&length.to_le_bytes());
    bytes[16..20].copy_from_slice(&(facts.len() as u32).to_le_bytes());
    Some(bytes)
}

/// Writes a value of a type into the cell at an offset, and what it refers to behind all
/// that is there. Types nest no deeper than the reader lets them.
fn put(bytes: &mut Vec<u8>, at: usize, value: &Value, fact_type: &FactType) {
    let word = match (value, fact_type) {
        (Value::String(text), FactType::Enum(labels)) => {
            // INVARIANT: the checker found the value among the labels.
            let label = labels.iter().position(|label| **label == **text);
            Word::from_uint(label.unwrap_or(0) as u64)
        }
        (Value::String(text), _) => append(bytes, text.as_bytes()),
        (Value::Bytes(text), _) => append(bytes, text),
        (Value::List(items), FactType::List { element, .. }) => {
            let (start, width) = room(bytes, items.len(), 0, element);
            for (index, item) in items.iter().enumerate() {
                put(bytes, start + index * width, item, element);
            }
            refer(start, items.len())
        }
        (Value::Map(entries), FactType::Map { value, .. }) => {
            let (start, width) = room(bytes, entries.len(), CELL, value);
            let key_type = FactType::String { max_length: u32::MAX };
            for (index, (key, item)) in entries.iter().enumerate() {
                let at = start + index * width;
                put(bytes, at, key, &key_type);
                put(bytes, at + CELL, item, value);
            }
            refer(start, entries.len())
        }
        (Value::Bool(value), _) => Word::from_bool(*value),
        (Value::Int(value) | Value::Duration(value), _) => Word::from_int(*value),
        (Value::Uint(value), _) => Word::from_uint(*value),
        (Value::Double(value), _) => Word::from_double(*value),
        (Value::Timestamp(value), _) => Word::from_timestamp(*value),
        (Value::Point(value), _) => Word::from_point(*value),
        // INVARIANT: the checker made a value of the type.
        (Value::List(_) | Value::Map(_), _) => return,
    };
    // INVARIANT: there is room for the cells of all facts and of all items.
    let _ = write_cell(bytes, at, kind(fact_type).width(), word);
}

/// Makes room for the cells of items; gives where it begins, and the bytes of one.
fn room(bytes: &mut Vec<u8>, items: usize, key: usize, item: &FactType) -> (usize, usize) {
    let (start, width) = (bytes.len(), key + kind(item).width());
    bytes.resize(start + items * width, 0);
    (start, width)
}

fn append(bytes: &mut Vec<u8>, text: &[u8]) -> Word {
    let start = bytes.len();
    bytes.extend_from_slice(text);
    refer(start, text.len())
}

fn refer(offset: usize, length: usize) -> Word {
    Word::from_reference(Reference::new(Space::Frame, offset, length))
}
