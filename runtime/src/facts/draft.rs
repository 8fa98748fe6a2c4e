//! A frame in the making: facts come in any order, each once.
//!
//! In: cells, text and nodes of the arena, for facts by their numbers. Out: the bytes of a
//! frame. Each fact is written at once: its cell at its place, what the cell refers to behind
//! all that came before. A frame has these in the order of its facts; where they came in
//! another one, `finish` puts them in order.

use super::arena::{Arena, Node};
use super::error::{FactsError, Problem};
use super::frame::Writer;
use rulestone_format::archive::{ArchivedFactType, ArchivedRuleset};
use rulestone_format::frame::{HEADER_LENGTH, MAGIC, move_value, presence_length};
use rulestone_format::schema::{FactKind, MAX_DEPTH};
use rulestone_format::value::{Reference, Space, Word, write_cell};

/// Where a fact stands in a frame, and what it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) fact: u32,
    /// Of its cell.
    at: u32,
    /// Its type in the schema.
    pub(super) fact_type: u16,
    pub(super) kind: FactKind,
}

/// A frame in the making.
#[derive(Debug)]
pub(super) struct Draft {
    /// Header, presence bits and cells; then what facts have in the heap, as they came.
    frame: Vec<u8>,
    /// What every frame begins with: the header, and no fact.
    empty: Box<[u8]>,
    spots: Box<[Spot]>,
    /// A bit for each fact that must be there.
    required: Box<[u64]>,
    /// What lies in the heap: each up to where the next begins.
    runs: Vec<Run>,
    /// Whether the runs are in the order of their facts.
    is_in_order: bool,
    /// The frame in order, where `frame` is not.
    ordered: Vec<u8>,
}

/// What one fact has in the heap.
#[derive(Debug, Clone, Copy)]
struct Run {
    fact: u32,
    start: u32,
    end: u32,
}

impl Draft {
    pub(super) fn new(archive: &ArchivedRuleset) -> Draft {
        let schema = &archive.schema;
        let count = schema.facts.len();
        let cells = HEADER_LENGTH + presence_length(count);
        let mut spots = Vec::with_capacity(count);
        let mut required = vec![0; count.div_ceil(64)];
        let mut end = cells;
        for (fact, number) in schema.facts.iter().zip(0u32..) {
            let fact_type = fact.fact_type.to_native();
            let kind = schema.fact_type(fact_type).and_then(ArchivedFactType::kind);
            // INVARIANT: the verifier accepts known kinds only, and slots within 1 GiB.
            let Some(kind) = kind else { break };
            let at = cells.saturating_add(fact.slot.to_native() as usize);
            end = at.saturating_add(kind.width());
            spots.push(Spot { fact: number, at: at as u32, fact_type, kind });
            if let (0, Some(bits)) = (fact.optional, required.get_mut(number as usize / 64)) {
                *bits |= 1 << (number % 64);
            }
        }
        let mut empty = vec![0; end.min(Reference::MAX_OFFSET)];
        let fingerprint = schema.fingerprints.get(count).map_or(0, |known| known.to_native());
        if let Some(header) = empty.first_chunk_mut::<HEADER_LENGTH>() {
            header[..4].copy_from_slice(&MAGIC);
            header[8..16].copy_from_slice(&fingerprint.to_le_bytes());
            header[16..20].copy_from_slice(&(count as u32).to_le_bytes());
        }
        Draft {
            frame: empty.clone(),
            empty: empty.into(),
            spots: spots.into(),
            required: required.into(),
            runs: Vec::new(),
            is_in_order: true,
            ordered: Vec::new(),
        }
    }

    /// Forgets all facts.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.frame.truncate(self.empty.len());
        self.frame.copy_from_slice(&self.empty);
        self.runs.clear();
        self.is_in_order = true;
    }

    #[inline]
    pub(super) fn spot(&self, fact: usize) -> Option<Spot> {
        self.spots.get(fact).copied()
    }

    /// Whether a fact is there.
    #[inline]
    pub(super) fn has(&self, fact: u32) -> bool {
        let byte = self.frame.get(HEADER_LENGTH + fact as usize / 8);
        byte.is_some_and(|byte| byte >> (fact % 8) & 1 != 0)
    }

    /// Sets a fact that is a cell.
    #[inline]
    pub(super) fn put_word(&mut self, spot: Spot, word: Word) {
        // INVARIANT: cells lie within what each frame begins with.
        let _ = write_cell(&mut self.frame, spot.at as usize, spot.kind.width(), word);
        self.is_there(spot);
    }

    /// Sets a fact that is text.
    #[inline]
    pub(super) fn put_text(&mut self, spot: Spot, text: &[u8]) -> Result<(), FactsError> {
        let start = self.frame.len();
        if start + text.len() >= Reference::MAX_OFFSET {
            return Err(FactsError::new(Problem::FrameTooLarge));
        }
        self.frame.extend_from_slice(text);
        let reference = Reference::new(Space::Frame, start, text.len());
        self.put_word(spot, Word::from_reference(reference));
        self.add_run(spot.fact, start);
        Ok(())
    }

    /// Sets a fact to a value of the arena.
    pub(super) fn put(
        &mut self,
        archive: &ArchivedRuleset,
        arena: &Arena,
        spot: Spot,
        node: &Node,
    ) -> Result<(), FactsError> {
        if !matches!(spot.kind, FactKind::String | FactKind::Bytes | FactKind::List | FactKind::Map)
        {
            self.put_word(spot, node.word());
            return Ok(());
        }
        let start = self.frame.len();
        let Some(fact_type) = archive.schema.fact_type(spot.fact_type) else { return Ok(()) };
        let mut writer = Writer::from(archive, arena, &mut self.frame, 0);
        if let Err(error) = writer.value(fact_type, node, spot.at as usize, MAX_DEPTH) {
            self.frame.truncate(start);
            return Err(error);
        }
        self.is_there(spot);
        self.add_run(spot.fact, start);
        Ok(())
    }

    #[inline]
    fn is_there(&mut self, spot: Spot) {
        if let Some(byte) = self.frame.get_mut(HEADER_LENGTH + spot.fact as usize / 8) {
            *byte |= 1 << (spot.fact % 8);
        }
    }

    #[inline]
    fn add_run(&mut self, fact: u32, start: usize) {
        self.is_in_order &= self.runs.last().is_none_or(|last| last.fact < fact);
        self.runs.push(Run { fact, start: start as u32, end: self.frame.len() as u32 });
    }

    /// Numbers of the facts that must be there and aren't.
    pub(super) fn missing(&self) -> impl Iterator<Item = usize> {
        let bits = self.frame.get(HEADER_LENGTH..).unwrap_or_default();
        let (bits, _) = bits.as_chunks();
        let missing = self
            .required
            .iter()
            .zip(bits)
            .map(|(required, given)| required & !u64::from_le_bytes(*given));
        missing.enumerate().filter(|(_, bits)| *bits != 0).flat_map(|(word, bits)| {
            (0..64).filter(move |bit| bits >> bit & 1 != 0).map(move |bit| word * 64 + bit)
        })
    }

    /// The frame of the facts that are set, some of which may be missing. They stay set.
    #[inline]
    pub(super) fn finish(&mut self, archive: &ArchivedRuleset) -> &[u8] {
        if !self.is_in_order {
            self.put_in_order(archive);
        }
        let frame = if self.is_in_order { &mut self.frame } else { &mut self.ordered };
        let length = frame.len() as u32;
        if let Some(bytes) = frame.get_mut(4..8) {
            bytes.copy_from_slice(&length.to_le_bytes());
        }
        frame
    }

    #[cold]
    fn put_in_order(&mut self, archive: &ArchivedRuleset) {
        let Draft { frame, ordered, runs, .. } = self;
        ordered.clear();
        ordered.extend_from_slice(frame.get(..self.empty.len()).unwrap_or_default());
        runs.sort_unstable_by_key(|run| run.fact);
        for run in runs {
            let (start, new) = (run.start as usize, ordered.len());
            ordered.extend_from_slice(frame.get(start..run.end as usize).unwrap_or_default());
            if let Some(spot) = self.spots.get(run.fact as usize) {
                let by = new as i64 - start as i64;
                move_value(archive, ordered, spot.fact_type, spot.at as usize, by);
            }
        }
    }
}
