//! Writing a frame: the facts that are set, in the order of the schema, with
//! their text and items behind them in the order in which they are named.

use super::arena::{Arena, Node, Span};
use super::error::{FactsError, Problem};
use rulestone_format::archive::{ArchivedFactType, ArchivedRuleset};
use rulestone_format::frame::{HEADER_LENGTH, MAGIC, presence_length};
use rulestone_format::schema::{FactKind, MAX_DEPTH};
use rulestone_format::value::{CELL, Reference, Space, Word, write_cell};

/// Replaces what is in `frame` by the frame of these facts; a whole one if none may be
/// missing that isn't optional.
pub(super) fn write(
    archive: &ArchivedRuleset,
    facts: &[Option<Node>],
    arena: &Arena,
    is_whole: bool,
    frame: &mut Vec<u8>,
) -> Result<(), FactsError> {
    let schema = &archive.schema;
    let cells = HEADER_LENGTH + presence_length(facts.len());
    let last = schema.facts.last().and_then(|fact| {
        let kind = schema.fact_type(fact.fact_type.to_native())?.kind()?;
        Some((fact.slot.to_native() as usize).saturating_add(kind.width()))
    });
    frame.clear();
    let mut writer = Writer::new(archive, arena, frame);
    writer.grow(cells.saturating_add(last.unwrap_or(0)))?;
    for (index, (fact, node)) in schema.facts.iter().zip(facts).enumerate() {
        let Some(node) = node else {
            if is_whole && fact.optional == 0 {
                let path = archive.text(&fact.path);
                return Err(FactsError::new(Problem::Missing).prefix(path));
            }
            continue;
        };
        writer.note(index);
        if let Some(fact_type) = schema.fact_type(fact.fact_type.to_native()) {
            let at = cells.saturating_add(fact.slot.to_native() as usize);
            writer.value(fact_type, node, at, MAX_DEPTH)?;
        }
    }
    let fingerprint = schema.fingerprints.get(facts.len());
    writer.header(facts.len(), fingerprint.map_or(0, |known| known.to_native()));
    Ok(())
}

/// Writes one frame behind whatever else is in a buffer. Offsets count from its start.
pub(super) struct Writer<'a> {
    archive: &'a ArchivedRuleset,
    arena: &'a Arena,
    buffer: &'a mut Vec<u8>,
    /// Where the frame begins.
    start: usize,
}

impl<'a> Writer<'a> {
    /// Begins a frame at the end of a buffer.
    fn new(archive: &'a ArchivedRuleset, arena: &'a Arena, buffer: &'a mut Vec<u8>) -> Writer<'a> {
        let start = buffer.len();
        Writer::from(archive, arena, buffer, start)
    }

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

    /// Says that a fact is there.
    fn note(&mut self, fact: usize) {
        if let Some(byte) = self.frame().get_mut(HEADER_LENGTH + fact / 8) {
            *byte |= 1 << (fact % 8);
        }
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
