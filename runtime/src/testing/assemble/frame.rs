//! Frames of an assembled archive's facts.

use super::Assembled;
use rulestone_format::frame::{HEADER_LENGTH, MAGIC, presence_length};
use rulestone_format::value::{CELL, Reference, Space, Word, write_cell};

impl Assembled {
    /// A frame of these facts.
    pub(crate) fn frame(&self, facts: &[Option<Given<'_>>]) -> Vec<u8> {
        let archive = self.archive();
        let schema = &archive.schema;
        let mut cells = 0;
        for fact in schema.facts.iter().take(facts.len()) {
            let kind = schema.fact_type(fact.fact_type.to_native()).and_then(|t| t.kind());
            cells = fact.slot.to_native() as usize + kind.expect("a kind").width();
        }
        let start = HEADER_LENGTH + presence_length(facts.len());
        let mut frame = vec![0; start + cells];
        frame[..4].copy_from_slice(&MAGIC);
        let fingerprint = schema.fingerprints[facts.len()].to_native();
        frame[8..16].copy_from_slice(&fingerprint.to_le_bytes());
        frame[16..20].copy_from_slice(&(facts.len() as u32).to_le_bytes());
        for (index, given) in facts.iter().enumerate() {
            if let Some(given) = given {
                frame[HEADER_LENGTH + index / 8] |= 1 << (index % 8);
                let slot = schema.facts[index].slot.to_native() as usize;
                let word = given.write(&mut frame);
                let width = given.width();
                write_cell(&mut frame, start + slot, width, word).expect("in range");
            }
        }
        let length = frame.len() as u32;
        frame[4..8].copy_from_slice(&length.to_le_bytes());
        frame
    }
}

/// A fact for a frame.
#[derive(Clone)]
pub(crate) enum Given<'v> {
    Narrow(Word),
    Wide(Word),
    Text(&'v str),
    List(Vec<Given<'v>>),
    Map(Vec<(&'v str, Given<'v>)>),
}

impl Given<'_> {
    fn width(&self) -> usize {
        match self {
            Given::Wide(_) => 2 * CELL,
            _ => CELL,
        }
    }

    /// Puts what the value refers to at the end of the frame.
    fn write(&self, frame: &mut Vec<u8>) -> Word {
        let start = frame.len();
        let (count, stride) = match self {
            Given::Narrow(word) | Given::Wide(word) => return *word,
            Given::Text(text) => {
                frame.extend_from_slice(text.as_bytes());
                (text.len(), 1)
            }
            Given::List(items) => (items.len(), items.first().map_or(0, Given::width)),
            Given::Map(entries) => {
                let width = entries.first().map_or(0, |entry| entry.1.width());
                (entries.len(), CELL + width)
            }
        };
        match self {
            Given::List(items) => {
                frame.resize(start + count * stride, 0);
                for (index, item) in items.iter().enumerate() {
                    let word = item.write(frame);
                    write_cell(frame, start + index * stride, item.width(), word).expect("room");
                }
            }
            Given::Map(entries) => {
                frame.resize(start + count * stride, 0);
                for (index, (key, value)) in entries.iter().enumerate() {
                    let at = start + index * stride;
                    let word = Given::Text(key).write(frame);
                    write_cell(frame, at, CELL, word).expect("room");
                    let word = value.write(frame);
                    write_cell(frame, at + CELL, value.width(), word).expect("room");
                }
            }
            _ => {}
        }
        Word::from_reference(Reference::new(Space::Frame, start, count))
    }
}
