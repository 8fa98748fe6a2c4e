//! Facts as JSON text: bytes become a frame in one pass, with no tree of values between.
//!
//! In: the bytes of one JSON value, from whoever sent them. Out: a frame of facts, or a
//! [`FactsError`] that says what is wrong with the text or with a fact.
//!
//! ```text
//! text -> reader -> group -> value -> cells of the frame, and what waits for the heap behind them
//!                     |
//!                   keys     what followed a key in the last text
//! ```
//!
//! Cells of scalars are written where they are read. Text and lists wait in the arena, for the heap
//! of a frame is in the order of the schema, whatever the order of the text.

mod group;
mod keys;
mod layout;
mod number;
mod quoted;
mod reader;
mod refusal;
#[cfg(test)]
mod tests;
mod value;

use super::arena::{Arena, Node};
use super::error::FactsError;
use crate::ruleset::Ruleset;
use group::Groups;
use keys::Keys;
use layout::Layout;
use refusal::Refusal;
use std::ops::Range;
use value::{Mark, Values};

/// Makes frames of JSON, one after the other.
///
/// A text is one object, nested as the schema is: `player.level` is the member `level` of the
/// member `player`. What facts accept is what [`FactsBuilder::serialize`] says, and of strings in
/// JSON: base64 for bytes. Numbers are read by their digits: an int is refused where it isn't
/// integral or is out of range, however many digits it has. `null` leaves a fact out.
///
/// Of a key of the schema, or of a map within its bound, that stands twice in one object, nobody can
/// tell which value was meant, and it is refused. Members that the schema doesn't know are passed
/// over, and nothing is kept of them; they must be JSON all the same.
///
/// It remembers in which order keys come, and is faster with texts that are written alike. Once it
/// has read a text as large as the next, it allocates nothing, but for strings with escapes.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let ruleset = rulestone::Ruleset::open("black-mesa.stone")?;
/// let mut encoder = ruleset.json_encoder(); // one for each thread
/// let mut session = ruleset.session();
/// let frame = encoder.encode(br#"{"player": {"id": "p-17", "level": 42}}"#)?;
/// let decision = session.decide(frame)?;
/// # let _ = decision;
/// # Ok(())
/// # }
/// ```
///
/// [`FactsBuilder::serialize`]: super::FactsBuilder::serialize
#[derive(Debug)]
pub struct JsonEncoder {
    ruleset: Ruleset,
    strict: bool,
    layout: Layout,
    keys: Keys,
    arena: Arena,
    /// By fact: what waits for the heap.
    waiting: Vec<Node>,
    marks: Vec<Mark>,
    frame: Vec<u8>,
}

impl Ruleset {
    /// An encoder of JSON for this ruleset.
    pub fn json_encoder(&self) -> JsonEncoder {
        let layout = Layout::new(self.archive());
        JsonEncoder {
            strict: false,
            keys: Keys::new(self.fact_table().len()),
            arena: Arena::default(),
            waiting: vec![Node::scalar(Default::default()); layout.len()],
            marks: Vec::new(),
            frame: Vec::new(),
            ruleset: self.clone(),
            layout,
        }
    }

    /// Appends the frame of a JSON text to a buffer, and says where in it. Unknown members are
    /// ignored. For many texts, keep a [`JsonEncoder`]: that learns the order of keys, and allocates
    /// nothing.
    ///
    /// # Errors
    /// As [`JsonEncoder::encode`].
    pub fn encode_json(
        &self,
        json: &[u8],
        frames: &mut Vec<u8>,
    ) -> Result<Range<usize>, FactsError> {
        self.json_encoder().append(json, frames)
    }
}

impl JsonEncoder {
    /// Whether members that the schema doesn't know are refused, rather than ignored. Off at first.
    pub fn strict(mut self, strict: bool) -> JsonEncoder {
        self.strict = strict;
        self
    }

    /// The frame of a JSON text.
    ///
    /// # Errors
    /// What comes first in the text: it is no JSON, a value is of another type, a bound is exceeded,
    /// a key stands twice. Then: a fact is missing that is not optional. Faults of the text say in
    /// which column, in characters from 1.
    ///
    /// # Cost
    /// One pass over the text, and a copy of its strings.
    pub fn encode(&mut self, json: &[u8]) -> Result<&[u8], FactsError> {
        self.alone(json, true)
    }

    /// The frame of a JSON text in which any fact may be missing, for
    /// [`Session::bind`](crate::Session::bind) and what is decided then.
    ///
    /// # Errors
    /// As [`JsonEncoder::encode`], but for facts that are missing.
    pub fn encode_partial(&mut self, json: &[u8]) -> Result<&[u8], FactsError> {
        self.alone(json, false)
    }

    /// Appends the frame of a JSON text to a buffer, and says where in it: what
    /// [`Session::decide_batch`](crate::Session::decide_batch) takes is frames one behind the other.
    ///
    /// # Errors
    /// As [`JsonEncoder::encode`]; the buffer is then as it was.
    pub fn append(
        &mut self,
        json: &[u8],
        frames: &mut Vec<u8>,
    ) -> Result<Range<usize>, FactsError> {
        let start = frames.len();
        match self.write(json, true, frames) {
            Ok(()) => Ok(start..frames.len()),
            Err(error) => {
                frames.truncate(start);
                Err(error)
            }
        }
    }

    fn alone(&mut self, json: &[u8], is_whole: bool) -> Result<&[u8], FactsError> {
        let mut frame = std::mem::take(&mut self.frame);
        frame.clear();
        let written = self.write(json, is_whole, &mut frame);
        self.frame = frame;
        written.map(|()| self.frame.as_slice())
    }

    fn write(
        &mut self,
        json: &[u8],
        is_whole: bool,
        frames: &mut Vec<u8>,
    ) -> Result<(), FactsError> {
        let text = std::str::from_utf8(json).map_err(|_| refusal::not_text())?;
        let archive = self.ruleset.archive();
        let start = frames.len();
        self.layout.begin(frames);
        self.arena.clear();
        self.marks.clear();
        self.keys.begin();
        let mut groups = Groups {
            values: Values::new(text, archive, &mut self.arena, &mut self.marks, self.strict),
            table: self.ruleset.fact_table(),
            layout: &self.layout,
            keys: &mut self.keys,
            waiting: &mut self.waiting,
            frame: frames.get_mut(start..).unwrap_or_default(),
        };
        groups.read().map_err(|refusal: Refusal| refusal.explain(text))?;
        self.layout.finish(archive, &self.arena, &self.waiting, is_whole, frames, start)
    }
}
