//! Facts of a request on their way into a frame.
//!
//! In: values set one by one, or anything that serde can serialise, nested as
//! the schema is. Out: the bytes of a frame as [`rulestone_format::frame`]
//! lays them out, in their one form. Whatever is wrong is a [`FactsError`]
//! that names the fact.

mod arena;
pub(crate) mod base64;
mod error;
mod found;
mod frame;
mod group;
mod key;
mod number;
mod scalar;
mod serialize;
mod suggest;
mod table;
mod value;

#[cfg(test)]
mod tests;

pub use error::{FactsError, FactsErrorKind};
pub use number::Number;
pub(crate) use table::FactTable;

use crate::ruleset::Ruleset;
use arena::{Arena, Node};
use error::Problem;
use found::Found;
use group::GroupPlace;
use rulestone_format::meaning::{Point, Timestamp};
use rulestone_format::schema::MAX_DEPTH;
use serde::Serialize;
use serialize::{Input, Place};
use value::ValuePlace;

/// Names a fact of one ruleset without a search. Of another ruleset it may
/// name another fact, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactId(u32);

impl FactId {
    pub(crate) fn new(index: usize) -> FactId {
        // INVARIANT: an archive of at most 4 GiB has fewer facts than that.
        FactId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The place of the fact in the schema, from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Names a fact in a [`FactsBuilder`]: by its path, or faster by its id.
#[derive(Debug, Clone, Copy)]
pub enum FactKey<'k> {
    /// Such as `player.level`.
    Path(&'k str),
    /// From [`Ruleset::fact`].
    Id(FactId),
}

impl<'k> From<&'k str> for FactKey<'k> {
    fn from(path: &'k str) -> FactKey<'k> {
        FactKey::Path(path)
    }
}

impl From<FactId> for FactKey<'_> {
    fn from(id: FactId) -> Self {
        FactKey::Id(id)
    }
}

/// Builds frames of facts, one after the other.
///
/// All setters take what [`FactsBuilder::serialize`] takes at that place: an
/// int may be set where a double is expected, text where a timestamp is. A
/// fact may be set once; facts that are optional may be left out.
///
/// Once it has built a frame as large as the next, it allocates nothing.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let ruleset = rulestone::Ruleset::open("black-mesa.stone")?;
/// let level = ruleset.fact("player.level").ok_or("no such fact")?;
/// let mut builder = ruleset.facts_builder();
/// for n in 0..100 {
///     builder.clear();
///     builder.set_int(level, n)?;
///     builder.set_str("player.id", "p-17")?;
///     builder.set("player.tags", &["vip", "beta"])?;
///     let frame = builder.finish()?;
///     # let _ = frame;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct FactsBuilder {
    ruleset: Ruleset,
    strict: bool,
    facts: Vec<Option<Node>>,
    arena: Arena,
    frame: Vec<u8>,
}

impl FactsBuilder {
    pub(crate) fn new(ruleset: Ruleset) -> FactsBuilder {
        let count = ruleset.archive().schema.facts.len();
        FactsBuilder {
            ruleset,
            strict: false,
            facts: vec![None; count],
            arena: Arena::default(),
            frame: Vec::new(),
        }
    }

    /// Whether [`FactsBuilder::serialize`] refuses members that the schema
    /// doesn't know, rather than ignoring them. Off at first.
    pub fn strict(mut self, strict: bool) -> FactsBuilder {
        self.strict = strict;
        self
    }

    /// Forgets all facts, also after an error.
    pub fn clear(&mut self) {
        self.facts.fill(None);
        self.arena.clear();
    }

    /// Clears, serialises a value and finishes: a whole frame at once.
    ///
    /// # Errors
    /// As [`FactsBuilder::serialize`] and [`FactsBuilder::finish`].
    pub fn encode<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<&[u8], FactsError> {
        self.clear();
        self.serialize(value)?;
        self.finish()
    }

    /// Clears, serialises a value and finishes a partial frame: facts may be missing.
    ///
    /// # Errors
    /// As [`FactsBuilder::serialize`] and [`FactsBuilder::finish_partial`].
    pub fn encode_partial<T: Serialize + ?Sized>(
        &mut self,
        value: &T,
    ) -> Result<&[u8], FactsError> {
        self.clear();
        self.serialize(value)?;
        self.finish_partial()
    }

    /// Sets the facts of a struct or map that is nested as the schema is:
    /// `player.level` is the member `level` of the member `player`. May be
    /// called several times for different facts.
    ///
    /// | fact | accepts |
    /// |---|---|
    /// | bool | bool |
    /// | int, uint | numbers with an integral value, also as a [`Number`] of any form |
    /// | double | numbers, also as a [`Number`]; the strings `NaN`, `Infinity`, `-Infinity` |
    /// | string | strings |
    /// | enum | its labels as strings; variants without data |
    /// | bytes | serde's bytes; base64 as a string |
    /// | timestamp | RFC 3339 as a string; numbers of Unix seconds, exact to the nanosecond as a [`Number`] |
    /// | duration | strings such as `1h30m` |
    /// | point | a struct or map of `lat` and `lon`, in degrees |
    /// | list, map | sequences; maps with strings as keys |
    ///
    /// Null and `None` leave a fact out.
    ///
    /// # Errors
    /// A value of another type, a bound exceeded, a fact or key that is there
    /// twice. Some facts may be set by then; [`FactsBuilder::clear`] forgets
    /// them.
    pub fn serialize<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        let group = self.ruleset.fact_table().root();
        value.serialize(Input(GroupPlace { builder: self, group }))
    }

    /// Sets any fact to what [`FactsBuilder::serialize`] takes in its place.
    /// The way to set lists and maps.
    ///
    /// # Errors
    /// Unknown fact, a value of another type, a bound exceeded, set before.
    pub fn set<'k, T: Serialize + ?Sized>(
        &mut self,
        fact: impl Into<FactKey<'k>>,
        value: &T,
    ) -> Result<(), FactsError> {
        let fact = self.resolve(fact.into())?;
        self.fill(fact, |place| value.serialize(Input(place)))
    }

    /// Sets a bool.
    ///
    /// # Errors
    /// As [`FactsBuilder::set`], as for all setters.
    pub fn set_bool<'k>(
        &mut self,
        fact: impl Into<FactKey<'k>>,
        value: bool,
    ) -> Result<(), FactsError> {
        self.put(fact.into(), Found::Bool(value))
    }

    /// Sets an int.
    ///
    /// # Errors
    /// As [`FactsBuilder::set`].
    pub fn set_int<'k>(
        &mut self,
        fact: impl Into<FactKey<'k>>,
        value: i64,
    ) -> Result<(), FactsError> {
        self.put(fact.into(), Found::Int(value.into()))
    }

    /// Sets a uint.
    ///
    /// # Errors
    /// As [`FactsBuilder::set`].
    pub fn set_uint<'k>(
        &mut self,
        fact: impl Into<FactKey<'k>>,
        value: u64,
    ) -> Result<(), FactsError> {
        self.put(fact.into(), Found::Int(value.into()))
    }

    /// Sets a double.
    ///
    /// # Errors
    /// As [`FactsBuilder::set`].
    pub fn set_double<'k>(
        &mut self,
        fact: impl Into<FactKey<'k>>,
        value: f64,
    ) -> Result<(), FactsError> {
        self.put(fact.into(), Found::Double(value))
    }

    /// Sets a string, or an enum by its label.
    ///
    /// # Errors
    /// As [`FactsBuilder::set`].
    pub fn set_str<'k>(
        &mut self,
        fact: impl Into<FactKey<'k>>,
        value: &str,
    ) -> Result<(), FactsError> {
        self.put(fact.into(), Found::Str(value))
    }

    /// Sets bytes.
    ///
    /// # Errors
    /// As [`FactsBuilder::set`].
    pub fn set_bytes<'k>(
        &mut self,
        fact: impl Into<FactKey<'k>>,
        value: &[u8],
    ) -> Result<(), FactsError> {
        self.put(fact.into(), Found::Bytes(value))
    }

    /// Sets a timestamp, of the years 1 to 9999.
    ///
    /// # Errors
    /// As [`FactsBuilder::set`].
    pub fn set_timestamp<'k>(
        &mut self,
        fact: impl Into<FactKey<'k>>,
        value: Timestamp,
    ) -> Result<(), FactsError> {
        self.put(fact.into(), Found::Timestamp(value))
    }

    /// Sets a duration, in nanoseconds.
    ///
    /// # Errors
    /// As [`FactsBuilder::set`].
    pub fn set_duration<'k>(
        &mut self,
        fact: impl Into<FactKey<'k>>,
        nanoseconds: i64,
    ) -> Result<(), FactsError> {
        self.put(fact.into(), Found::Duration(nanoseconds))
    }

    /// Sets a point, in degrees.
    ///
    /// # Errors
    /// As [`FactsBuilder::set`].
    pub fn set_point<'k>(
        &mut self,
        fact: impl Into<FactKey<'k>>,
        lat: f64,
        lon: f64,
    ) -> Result<(), FactsError> {
        self.put(fact.into(), Found::Point(Point { lat, lon }))
    }

    /// The frame of the facts that are set. They stay set.
    ///
    /// # Errors
    /// A fact is missing that is not optional, or the frame would reach 1 GiB.
    ///
    /// # Cost
    /// One pass over the facts, and a copy of their text.
    pub fn finish(&mut self) -> Result<&[u8], FactsError> {
        let archive = self.ruleset.archive();
        frame::write(archive, &self.facts, &self.arena, true, &mut self.frame)?;
        Ok(&self.frame)
    }

    /// The frame of the facts that are set, of which any may be missing: for
    /// [`Session::bind`](crate::Session::bind) and what is decided then. They stay
    /// set.
    ///
    /// # Errors
    /// The frame would reach 1 GiB.
    ///
    /// # Cost
    /// One pass over the facts, and a copy of their text.
    pub fn finish_partial(&mut self) -> Result<&[u8], FactsError> {
        let archive = self.ruleset.archive();
        frame::write(archive, &self.facts, &self.arena, false, &mut self.frame)?;
        Ok(&self.frame)
    }

    fn put(&mut self, fact: FactKey<'_>, found: Found<'_>) -> Result<(), FactsError> {
        let fact = self.resolve(fact)?;
        self.fill(fact, |place| place.scalar(found))
    }

    fn resolve(&self, fact: FactKey<'_>) -> Result<FactId, FactsError> {
        match fact {
            FactKey::Id(id) if id.index() < self.facts.len() => Ok(id),
            FactKey::Id(id) => Err(FactsError::unknown(id.0.to_string(), None)),
            FactKey::Path(path) => self.ruleset.fact(path).ok_or_else(|| {
                let known = self.ruleset.facts().map(|fact| fact.path());
                FactsError::unknown(path.to_owned(), suggest::nearest(path, known))
            }),
        }
    }

    /// Sets a fact to what `read` makes of its place in the schema.
    fn fill(
        &mut self,
        id: FactId,
        read: impl FnOnce(ValuePlace<'_>) -> Result<Option<Node>, FactsError>,
    ) -> Result<(), FactsError> {
        let archive = self.ruleset.archive();
        let fact = archive.schema.fact(id.index());
        let fact_type = fact.and_then(|fact| archive.schema.fact_type(fact.fact_type.to_native()));
        let (Some(fact), Some(fact_type), Some(set)) =
            (fact, fact_type, self.facts.get_mut(id.index()))
        else {
            return Err(FactsError::unknown(id.0.to_string(), None));
        };
        let path = archive.text(&fact.path);
        if set.is_some() {
            return Err(FactsError::new(Problem::Repeated).prefix(path));
        }
        let place = ValuePlace {
            archive,
            arena: &mut self.arena,
            fact_type,
            depth: MAX_DEPTH,
            strict: self.strict,
        };
        *set = read(place).map_err(|error| error.prefix(path))?;
        Ok(())
    }
}
