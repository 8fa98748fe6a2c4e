//! Writing a frame: the facts that are set, in the order of the schema, with
//! their text and items behind them in the order in which they are named.

use super::arena::{Arena, Node, Span};
use super::error::{FactsError, Problem};
use rulestone_format::archive::{ArchivedFactType, ArchivedRuleset};
use rulestone_format::frame::{HEADER_LENGTH, MAGIC};
use rulestone_format::schema::FactKind;
use rulestone_format::value::{CELL, Reference, Space, Word, write_cell};

/// Writes one frame behind whatever else is in a buffer. Offsets count from its start.
pub(super) struct Writer<'a> {
    archive: &'a ArchivedRuleset,
    arena: &'a Arena,
    buffer: &'a mut Vec<u8>,
    /// Where the frame begins.
    start: usize,
}

impl<'a> Writer<'a> {
    /// Goes on with the frame that begins at `start`, and of which the cells are there.
    pub(super) fn from(
        archive: &'a ArchivedRuleset,
        arena: &'a Arena,
        buffer: &'a mut Vec<u8>,
        start: usize,
    ) -> Writer<'a> {
        Writer { archive, arena, buffer, start }
    }

    fn frame(&mut self) -> &mut [u8] {
        self.buffer.get_mut(self.start..).unwrap_or_default()
    }

    /// Whether a fact is said to be there.
    pub(super) fn has(&self, fact: usize) -> bool {
        let byte = self.buffer.get(self.start + HEADER_LENGTH + fact / 8);
        byte.is_some_and(|byte| byte >> (fact % 8) & 1 == 1)
    }

    /// Writes the header of a frame that is done, of so many facts.
    pub(super) fn header(&mut self, count: usize, fingerprint: u64) {
        let frame = self.frame();
        let length = frame.len() as u32;
        if let Some(header) = frame.first_chunk_mut::<HEADER_LENGTH>() {
            header[0..4].copy_from_slice(&MAGIC);
            header[4..8].copy_from_slice(&length.to_le_bytes());
            header[8..16].copy_from_slice(&fingerprint.to_le_bytes());
            header[16..20].copy_from_slice(&(count as u32).to_le_bytes());
        }
    }

    /// Adds zeros, and gives where they begin.
    fn grow(&mut self, length: usize) -> Result<usize, FactsError> {
        let start = self.buffer.len() - self.start;
        let end = start.saturating_add(length);
        if end >= Reference::MAX_OFFSET {
            return Err(FactsError::new(Problem::FrameTooLarge));
        }
        self.buffer.resize(self.start + end, 0);
        Ok(start)
    }

    /// Writes a value into the cell at an offset, and its text and items
    /// behind all that is written.
    pub(super) fn value(
        &mut self,
        fact_type: &ArchivedFactType,
        node: &Node,
        at: usize,
        depth: usize,
    ) -> Result<(), FactsError> {
        // INVARIANT: the verifier accepts known kinds only, nested up to `MAX_DEPTH`.
        let Some(kind) = fact_type.kind() else {
            return Ok(());
        };
        match kind {
            FactKind::String | FactKind::Bytes => self.text(node.span(), at),
            FactKind::List | FactKind::Map => {
                let item = self.archive.schema.fact_type(fact_type.item.to_native());
                let item = item.and_then(|item| Some((item, item.kind()?.width())));
                let (Some((item, width)), Some(depth)) = (item, depth.checked_sub(1)) else {
                    return Ok(());
                };
                let key = if kind == FactKind::Map { CELL } else { 0 };
                let stride = key + width;
                let start = self.grow(node.count().saturating_mul(stride))?;
                self.reference(start, node.count(), at);
                for (index, entry) in self.arena.items(node).enumerate() {
                    let at = start + index * stride;
                    if kind == FactKind::Map {
                        self.text(entry.key(), at)?;
                    }
                    self.value(item, entry, at + key, depth)?;
                }
                Ok(())
            }
            scalar => {
                self.cell(scalar.width(), node.word(), at);
                Ok(())
            }
        }
    }

    fn text(&mut self, span: Span, at: usize) -> Result<(), FactsError> {
        let text = self.arena.bytes(span);
        let start = self.buffer.len() - self.start;
        if start + text.len() >= Reference::MAX_OFFSET {
            return Err(FactsError::new(Problem::FrameTooLarge));
        }
        self.buffer.extend_from_slice(text);
        self.reference(start, text.len(), at);
        Ok(())
    }

    fn reference(&mut self, start: usize, length: usize, at: usize) {
        let reference = Reference::new(Space::Frame, start, length);
        self.cell(CELL, Word::from_reference(reference), at);
    }

    fn cell(&mut self, width: usize, word: Word, at: usize) {
        // INVARIANT: in a verified archive cells lie within what `grow` has added. In any other
        // nothing is written, and the frame doesn't pass its check.
        let _ = write_cell(self.frame(), at, width, word);
    }
}
