//! Encoders: frames of typed facts for one ruleset.

use super::bind::Binder;
use super::group::Facts;
use super::place::Place;
use super::writer::Writer;
use crate::facts::error::FactsError;
use crate::ruleset::Ruleset;
use rulestone_format::frame::{Frame, HEADER_LENGTH, MAGIC, presence_length};
use rulestone_format::schema::FactKind;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// Makes frames of facts of one type for one ruleset.
///
/// ```no_run
/// # #[cfg(feature = "derive")] {
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use rulestone::{Facts, Ruleset};
///
/// #[derive(Facts)]
/// struct Request<'a> {
///     player: Player<'a>,
/// }
///
/// #[derive(Facts)]
/// struct Player<'a> {
///     id: &'a str,
///     level: i64,
/// }
///
/// let ruleset = Ruleset::open("black-mesa.stone")?;
/// let mut encoder = ruleset.encoder::<Request>()?; // names each field that doesn't fit
/// let mut session = ruleset.session();
///
/// let request = Request { player: Player { id: "p-17", level: 42 } };
/// let decision = session.decide_checked(encoder.encode(&request)?)?;
/// # let _ = decision;
/// # Ok(())
/// # }
/// # }
/// ```
///
/// Each thread has its own: clones share what was bound. Once it has made a frame as large
/// as the next, it allocates nothing (but to sort a `HashMap` of more than 32 entries).
///
/// # After a reload
///
/// Frames are for the schema that the encoder was bound to, and say so. A later archive of
/// the same ruleset takes them while its schema begins with that one;
/// [`Session::decide_checked`](crate::Session::decide_checked) refuses any other.
/// To give facts that a later archive has added, bind another encoder.
pub struct Encoder<T: Facts + ?Sized> {
    bound: Arc<Bound>,
    frame: Vec<u8>,
    facts: PhantomData<fn(&T::Shape)>,
}

/// What binding has found out.
struct Bound {
    ruleset: Ruleset,
    /// In the order of the fields.
    places: Box<[Place]>,
    /// The fields in the order of the schema's facts, where that is another one and matters.
    order: Option<Box<[usize]>>,
    /// What each frame begins with: header, presence of what is always there, empty cells.
    fixed: Box<[u8]>,
}

/// How an encoder is bound ([`Encoder::options`]).
#[derive(Debug, Clone, Copy, Default)]
pub struct EncoderOptions {
    ignore_unknown: bool,
    partial: bool,
}

impl EncoderOptions {
    /// Fields that the ruleset has no fact for are left out rather than refused: for servers
    /// that know more than some of their rulesets ask.
    pub fn ignore_unknown(mut self) -> EncoderOptions {
        self.ignore_unknown = true;
        self
    }

    /// Facts that aren't optional may be missing: for the two halves of a request of which
    /// one is bound ([`Session::bind`](crate::Session::bind)).
    pub fn partial(mut self) -> EncoderOptions {
        self.partial = true;
        self
    }

    /// Binds all fields of `T` to the facts of a ruleset.
    ///
    /// # Errors
    /// Each field that the ruleset doesn't know or that doesn't fit its fact, and each
    /// fact that isn't optional and that no field gives ([`FactsError::problems`]).
    pub fn bind<T: Facts>(self, ruleset: &Ruleset) -> Result<Encoder<T>, FactsError> {
        let mut binder = Binder::new(ruleset, self.ignore_unknown, self.partial);
        T::bind(&mut binder, false);
        let places = binder.finish()?;
        let bound = Bound {
            order: order(&places),
            fixed: fixed(ruleset, &places),
            places,
            ruleset: ruleset.clone(),
        };
        Ok(Encoder { bound: Arc::new(bound), frame: Vec::new(), facts: PhantomData })
    }
}

impl<T: Facts> Encoder<T> {
    /// Options for binding one.
    pub fn options() -> EncoderOptions {
        EncoderOptions::default()
    }

    /// The frame of these facts. It needs no check: give it to
    /// [`Session::decide_checked`](crate::Session::decide_checked).
    ///
    /// # Errors
    /// All facts whose values the ruleset refuses: text, lists and maps beyond their bounds,
    /// text that is no label of an enum, moments beyond the years 1 to 9999.
    #[inline]
    pub fn encode<F: Facts<Shape = T::Shape>>(
        &mut self,
        facts: &F,
    ) -> Result<Frame<'_>, FactsError> {
        let Bound { ruleset, places, order, fixed } = &*self.bound;
        let mut writer = Writer::new(ruleset, &mut self.frame, fixed);
        match order {
            None => facts.write(places, &mut writer),
            Some(order) => {
                for leaf in order {
                    facts.write_leaf(*leaf, places, &mut writer);
                }
            }
        }
        let count = ruleset.archive().schema.facts.len();
        let length = writer.finish(count > 0)?;
        let frame = self.frame.get(..length).unwrap_or_default();
        Ok(Frame::encoded(frame, count))
    }

    /// Appends the frame of these facts to a buffer, as batches carry them
    /// ([`Session::decide_batch`](crate::Session::decide_batch)).
    ///
    /// # Errors
    /// As [`Encoder::encode`]; nothing is appended then.
    pub fn append<F: Facts<Shape = T::Shape>>(
        &mut self,
        facts: &F,
        buffer: &mut Vec<u8>,
    ) -> Result<(), FactsError> {
        let frame = self.encode(facts)?;
        buffer.extend_from_slice(frame.bytes());
        Ok(())
    }

    /// The ruleset that it was bound to.
    pub fn ruleset(&self) -> &Ruleset {
        &self.bound.ruleset
    }
}

/// What every frame begins with.
fn fixed(ruleset: &Ruleset, places: &[Place]) -> Box<[u8]> {
    let schema = &ruleset.archive().schema;
    let count = schema.facts.len();
    let cells = schema.facts.last().and_then(|fact| {
        let kind = schema.fact_type(fact.fact_type.to_native())?.kind()?;
        Some(fact.slot.to_native() as usize + kind.width())
    });
    let mut fixed = vec![0; HEADER_LENGTH + presence_length(count) + cells.unwrap_or(0)];
    let fingerprint = schema.fingerprints.get(count).map_or(0, |known| known.to_native());
    if let Some(header) = fixed.first_chunk_mut::<HEADER_LENGTH>() {
        header[..4].copy_from_slice(&MAGIC);
        header[8..16].copy_from_slice(&fingerprint.to_le_bytes());
        header[16..20].copy_from_slice(&(count as u32).to_le_bytes());
    }
    for place in places.iter().filter(|place| !place.is_optional && place.value.is_some()) {
        if let Some(byte) = fixed.get_mut(HEADER_LENGTH + place.fact as usize / 8) {
            *byte |= 1 << (place.fact % 8);
        }
    }
    fixed.into()
}

/// The order of the facts, where the fields have another one: text and items stand in a
/// frame in the order of their facts.
fn order(places: &[Place]) -> Option<Box<[usize]>> {
    let is_in_heap = |place: &&Place| {
        let kind = place.value.as_ref().map(|value| value.kind);
        matches!(kind, Some(FactKind::String | FactKind::Bytes | FactKind::List | FactKind::Map))
    };
    let in_heap = places.iter().filter(is_in_heap).map(|place| place.fact);
    if in_heap.is_sorted() {
        return None;
    }
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|leaf| places.get(*leaf).map(|place| place.fact));
    Some(order.into())
}

impl<T: Facts> Clone for Encoder<T> {
    fn clone(&self) -> Encoder<T> {
        Encoder { bound: self.bound.clone(), frame: Vec::new(), facts: PhantomData }
    }
}

impl<T: Facts> fmt::Debug for Encoder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").field("ruleset", self.ruleset()).finish_non_exhaustive()
    }
}
