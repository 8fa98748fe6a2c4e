//! The check of frames for those who check many: what a schema asks of a frame, laid
//! out once, and a single pass over each frame that is in order.
//!
//! In: a verified archive, once; then frames. Out: checked frames, or just the error
//! that [`Frame::check`] gives. The quick pass only says whether a frame is surely in
//! order; a frame that it doubts goes through the exact check. Text is looked at in
//! runs, since text of one fact follows that of another: a run that is ASCII needs no
//! second look.

use super::checked::{Frame, Partial, is_timestamp};
use crate::archive::ArchivedRuleset;
use crate::error::Error;
use crate::schema::FactKind;
use crate::value::{CELL, Reference, Space};

/// What a schema asks of frames: the facts that have something to be checked, by the
/// way in which they are. About 24 bytes a fact.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// A bit for each fact that must be there.
    required: Vec<u64>,
    /// Bools and enums, in order of the facts.
    bounded: Vec<Bounded>,
    timestamps: Vec<Place>,
    /// Facts with something in the heap, in order.
    heap: Vec<Run>,
}

/// Where the cell of a fact is.
#[derive(Debug, Clone, Copy)]
struct Place {
    fact: u32,
    slot: u32,
}

/// A cell that holds less than this.
#[derive(Debug, Clone, Copy)]
struct Bounded {
    place: Place,
    limit: u32,
}

/// A fact with something in the heap.
#[derive(Debug, Clone, Copy)]
struct Run {
    place: Place,
    form: Form,
    /// The most bytes or items.
    bound: u32,
}

/// What a fact has in the heap.
#[derive(Debug, Clone, Copy)]
enum Form {
    Text,
    Bytes,
    /// Items of so many bytes each, of which any bits are a value.
    Cells(u8),
    /// Items that are text of at most so many bytes.
    Texts(u32),
    /// Anything else, which the exact check looks at.
    Other,
}

impl Outline {
    /// The outline of a verified archive's schema.
    pub fn new(archive: &ArchivedRuleset) -> Outline {
        let schema = &archive.schema;
        let mut outline = Outline::default();
        for (fact, number) in schema.facts.iter().zip(0u32..) {
            if number % 64 == 0 {
                outline.required.push(0);
            }
            if let (0, Some(bits)) = (fact.optional, outline.required.last_mut()) {
                *bits |= 1 << (number % 64);
            }
            let fact_type = schema.fact_type(fact.fact_type.to_native());
            // INVARIANT: of a verified archive every fact has a known type.
            let Some((fact_type, kind)) = fact_type.and_then(|t| Some((t, t.kind()?))) else {
                continue;
            };
            let place = Place { fact: number, slot: fact.slot.to_native() };
            let bound = fact_type.bound.to_native();
            let item = fact_type.item.to_native();
            let form = match kind {
                FactKind::Bool => {
                    outline.bounded.push(Bounded { place, limit: 2 });
                    continue;
                }
                FactKind::Enum => {
                    let limit = schema.labels(item).len() as u32;
                    outline.bounded.push(Bounded { place, limit });
                    continue;
                }
                FactKind::Timestamp => {
                    outline.timestamps.push(place);
                    continue;
                }
                FactKind::String => Form::Text,
                FactKind::Bytes => Form::Bytes,
                FactKind::List => match schema.fact_type(item).and_then(|t| Some((t, t.kind()?))) {
                    Some((item, FactKind::String)) => Form::Texts(item.bound.to_native()),
                    Some((_, kind)) if kind.takes_any_cell() => Form::Cells(kind.width() as u8),
                    _ => Form::Other,
                },
                FactKind::Map => Form::Other,
                FactKind::Int
                | FactKind::Uint
                | FactKind::Double
                | FactKind::Duration
                | FactKind::Point => continue,
            };
            outline.heap.push(Run { place, form, bound });
        }
        outline
    }

    /// As [`Frame::check`], for the archive that this is the outline of.
    ///
    /// # Errors
    /// As [`Frame::check`].
    ///
    /// # Cost
    /// One pass over the bytes, and a second one where text is not ASCII or the frame is
    /// not in order; no allocation.
    #[inline]
    pub fn check<'a>(
        &self,
        bytes: &'a [u8],
        archive: &ArchivedRuleset,
    ) -> Result<Frame<'a>, Error> {
        let frame = Frame::of_header(bytes, archive)?;
        match self.accepts(&frame, archive, true) {
            true => Ok(frame),
            false => Frame::check(bytes, archive),
        }
    }

    /// As [`Partial::check`], for the archive that this is the outline of.
    ///
    /// # Errors
    /// As [`Partial::check`].
    pub fn check_partial<'a>(
        &self,
        bytes: &'a [u8],
        archive: &ArchivedRuleset,
    ) -> Result<Partial<'a>, Error> {
        let frame = Frame::of_header(bytes, archive)?;
        match self.accepts(&frame, archive, false) {
            true => Ok(Partial(frame)),
            false => Partial::check(bytes, archive),
        }
    }

    /// Whether a frame with a good header is surely in order.
    fn accepts(&self, frame: &Frame<'_>, archive: &ArchivedRuleset, is_whole: bool) -> bool {
        let Ok(heap) = frame.heap(archive) else { return false };
        self.has_presence(frame, is_whole)
            && self.has_bounded(frame)
            && self.timestamps_are_in_range(frame)
            && self.heap_is_in_order(frame, heap)
    }

    /// Whether all facts are there that must be, and none that doesn't exist.
    #[inline]
    fn has_presence(&self, frame: &Frame<'_>, is_whole: bool) -> bool {
        let given = frame.bytes.get(frame.presence..frame.cells).unwrap_or_default();
        let (given, _) = given.as_chunks();
        let mut missing = 0;
        for (word, required) in self.required.iter().enumerate() {
            let there = given.get(word).map_or(0, |bits| u64::from_le_bytes(*bits));
            missing |= required & !there;
        }
        let last = given.last().map_or(0, |bits| u64::from_le_bytes(*bits));
        let used = frame.count % 64;
        (missing == 0 || !is_whole) && (used == 0 || last >> used == 0)
    }

    #[inline]
    fn has_bounded(&self, frame: &Frame<'_>) -> bool {
        let mut wrong = false;
        for Bounded { place, limit } in &self.bounded {
            let is_there = frame.has(place.fact as usize);
            wrong |= is_there & (frame.low(place.slot as usize) >= u64::from(*limit));
        }
        !wrong
    }

    #[inline]
    fn timestamps_are_in_range(&self, frame: &Frame<'_>) -> bool {
        self.timestamps.iter().all(|place| {
            let cell = frame.cell(place.slot as usize, FactKind::Timestamp);
            !frame.has(place.fact as usize)
                || (cell.high < 1_000_000_000 && is_timestamp(cell.timestamp()))
        })
    }

    fn heap_is_in_order(&self, frame: &Frame<'_>, heap: usize) -> bool {
        let mut text = TextRun { bytes: frame.bytes, start: heap, cursor: heap };
        for run in &self.heap {
            if !frame.has(run.place.fact as usize) {
                continue;
            }
            let reference = Reference(frame.low(run.place.slot as usize));
            let length = reference.length();
            if length > run.bound as usize {
                return false;
            }
            let in_order = match run.form {
                Form::Text => text.take(reference, length),
                Form::Bytes => text.skip(reference, length),
                Form::Cells(width) => text.skip(reference, length * usize::from(width)),
                Form::Texts(bound) => {
                    let cells = text.cursor;
                    text.skip(reference, length * CELL)
                        && (0..length).all(|item| text.take_item(cells + item * CELL, bound))
                }
                Form::Other => false,
            };
            if !in_order {
                return false;
            }
        }
        text.cursor == frame.bytes.len() && text.is_ascii()
    }
}

/// Text that was taken off the heap and not yet looked at: from `start` to `cursor`.
struct TextRun<'a> {
    bytes: &'a [u8],
    start: usize,
    cursor: usize,
}

impl TextRun<'_> {
    /// Takes the text that a reference names, if it comes next.
    #[inline]
    fn take(&mut self, reference: Reference, length: usize) -> bool {
        let in_order = reference == Reference::new(Space::Frame, self.cursor, length);
        self.cursor += length;
        in_order && self.cursor <= self.bytes.len()
    }

    #[inline]
    fn take_item(&mut self, cell: usize, bound: u32) -> bool {
        let cell = self.bytes.get(cell..).and_then(|rest| rest.first_chunk());
        let reference = Reference(cell.map_or(u64::MAX, |cell| u64::from_le_bytes(*cell)));
        reference.length() <= bound as usize && self.take(reference, reference.length())
    }

    /// Takes what a reference names and what is no text.
    #[inline]
    fn skip(&mut self, reference: Reference, length: usize) -> bool {
        let is_ascii = self.is_ascii();
        let in_order = reference == Reference::new(Space::Frame, self.cursor, reference.length());
        self.cursor += length;
        self.start = self.cursor;
        is_ascii && in_order && self.cursor <= self.bytes.len()
    }

    #[inline]
    fn is_ascii(&self) -> bool {
        self.bytes.get(self.start..self.cursor).is_some_and(<[u8]>::is_ascii)
    }
}
