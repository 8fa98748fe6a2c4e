//! Where the facts of a schema lie in a frame, worked out once.
//!
//! In: a verified archive. Out: for each fact its cell; the bytes that all frames begin with; and,
//! of facts that are read, the rest of their frame.

use super::super::arena::{Arena, Node};
use super::super::error::{FactsError, Problem};
use super::super::frame::Writer;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::frame::{HEADER_LENGTH, presence_length};
use rulestone_format::schema::{FactKind, MAX_DEPTH};
use rulestone_format::value::{Word, write_cell};

/// Where one fact lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Index of its type.
    pub(super) fact_type: u16,
    /// Bytes of its cell.
    width: u8,
    /// Whether the cell refers to the heap.
    pub(super) waits: bool,
    /// Where the cell begins.
    at: u32,
}

#[derive(Debug)]
pub(super) struct Layout {
    places: Vec<Place>,
    /// The facts that wait for the heap.
    heap: Vec<u32>,
    /// Bits of the facts that aren't optional, as frames have them.
    required: Vec<u8>,
    /// Header, presence and cells of a frame without facts.
    blank: Vec<u8>,
    fingerprint: u64,
}

impl Layout {
    pub(super) fn new(archive: &ArchivedRuleset) -> Layout {
        let schema = &archive.schema;
        let count = schema.facts.len();
        let cells = HEADER_LENGTH + presence_length(count);
        let mut layout = Layout {
            places: Vec::with_capacity(count),
            heap: Vec::new(),
            required: vec![0; presence_length(count)],
            blank: vec![0; cells],
            fingerprint: schema.fingerprints.get(count).map_or(0, |known| known.to_native()),
        };
        for (index, fact) in schema.facts.iter().enumerate() {
            let kind = schema.fact_type(fact.fact_type.to_native());
            // INVARIANT: the verifier accepts known kinds only, and cells of 4096 facts.
            let kind = kind.and_then(|fact_type| fact_type.kind()).unwrap_or(FactKind::Bool);
            let at = cells.saturating_add(fact.slot.to_native() as usize);
            let waits =
                matches!(kind, FactKind::String | FactKind::Bytes | FactKind::List | FactKind::Map);
            layout.places.push(Place {
                fact_type: fact.fact_type.to_native(),
                width: kind.width() as u8,
                waits,
                at: at as u32,
            });
            if waits {
                layout.heap.push(index as u32);
            }
            if let Some(byte) = layout.required.get_mut(index / 8) {
                *byte |= u8::from(fact.optional == 0) << (index % 8);
            }
            let end = at.saturating_add(kind.width()).max(layout.blank.len());
            layout.blank.resize(end, 0);
        }
        layout
    }

    /// How many facts there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    #[inline]
    pub(super) fn place(&self, fact: usize) -> Option<Place> {
        self.places.get(fact).copied()
    }

    /// Appends a frame without facts.
    pub(super) fn begin(&self, frames: &mut Vec<u8>) {
        frames.extend_from_slice(&self.blank);
    }

    /// Says that a fact is there, and writes its cell if that is all of it.
    #[inline]
    pub(super) fn set(&self, frame: &mut [u8], fact: usize, word: Word) {
        if let Some(byte) = frame.get_mut(HEADER_LENGTH + fact / 8) {
            *byte |= 1 << (fact % 8);
        }
        if let Some(place) = self.places.get(fact).filter(|place| !place.waits) {
            // INVARIANT: the frame began as a blank one, which has all cells.
            let _ = write_cell(frame, place.at as usize, place.width.into(), word);
        }
    }

    /// Appends the heap of a frame whose facts are there, and completes its header.
    ///
    /// # Errors
    /// A fact is missing, of a frame that is to be whole; or it would reach 1 GiB.
    pub(super) fn finish(
        &self,
        archive: &ArchivedRuleset,
        arena: &Arena,
        waiting: &[Node],
        is_whole: bool,
        frames: &mut Vec<u8>,
        start: usize,
    ) -> Result<(), FactsError> {
        let frame = frames.get(start..).unwrap_or_default();
        let present = frame.get(HEADER_LENGTH..).unwrap_or_default();
        if is_whole && let Some(missing) = self.missing(present) {
            let path = archive.schema.fact(missing).map_or("", |fact| archive.text(&fact.path));
            return Err(FactsError::new(Problem::Missing).prefix(path));
        }
        let mut writer = Writer::from(archive, arena, frames, start);
        for fact in &self.heap {
            let index = *fact as usize;
            let (Some(place), Some(node)) = (self.places.get(index), waiting.get(index)) else {
                continue;
            };
            let fact_type = archive.schema.fact_type(place.fact_type);
            if let Some(fact_type) = fact_type.filter(|_| writer.has(index)) {
                writer.value(fact_type, node, place.at as usize, MAX_DEPTH)?;
            }
        }
        writer.header(self.places.len(), self.fingerprint);
        Ok(())
    }

    /// The first fact that should be there and isn't.
    fn missing(&self, present: &[u8]) -> Option<usize> {
        let mut bytes = self.required.iter().zip(present).enumerate();
        bytes.find_map(|(index, (required, present))| {
            let missing = required & !present;
            (missing != 0).then(|| index * 8 + missing.trailing_zeros() as usize)
        })
    }
}
