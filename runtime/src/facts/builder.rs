//! Sets facts, and makes frames of them.

use super::error::FactsError;
use super::found::Found;
use super::given::Given;
use super::group::GroupPlace;
use super::id::FactKey;
use super::serialize::{Input, Place};
use crate::ruleset::Ruleset;
use rulestone_format::meaning::{Point, Timestamp};
use serde::Serialize;

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
    given: Given,
}

impl FactsBuilder {
    pub(crate) fn new(ruleset: Ruleset) -> FactsBuilder {
        FactsBuilder { given: Given::new(ruleset) }
    }

    /// Whether [`FactsBuilder::serialize`] refuses members that the schema
    /// doesn't know, rather than ignoring them. Off at first.
    pub fn strict(mut self, strict: bool) -> FactsBuilder {
        self.given.strict = strict;
        self
    }

    /// Forgets all facts, also after an error.
    pub fn clear(&mut self) {
        self.given.clear();
    }

    /// Clears, serialises a value and finishes: a whole frame at once.
    ///
    /// # Errors
    /// As [`FactsBuilder::serialize`] and [`FactsBuilder::finish`].
    pub fn encode<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<&[u8], FactsError> {
        self.clear();
        match self.serialize(value) {
            Ok(()) => self.finish(),
            Err(problems) => Err(self.with_missing(problems)),
        }
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
    /// | int, uint | numbers with an integral value, also as a [`Number`](super::Number) of any form |
    /// | double | numbers, also as a [`Number`](super::Number); the strings `NaN`, `Infinity`, `-Infinity` |
    /// | string | strings |
    /// | enum | its labels as strings; variants without data |
    /// | bytes | serde's bytes; base64 as a string |
    /// | timestamp | RFC 3339 as a string; numbers of Unix seconds, exact to the nanosecond as a [`Number`](super::Number) |
    /// | duration | strings such as `1h30m` |
    /// | point | a struct or map of `lat` and `lon`, in degrees |
    /// | list, map | sequences; maps with strings as keys |
    ///
    /// Null and `None` leave a fact out.
    ///
    /// # Errors
    /// All problems ([`FactsError::problems`]): values of another type, bounds exceeded,
    /// facts or keys that are there twice. Some facts may be set by then;
    /// [`FactsBuilder::clear`] forgets them.
    pub fn serialize<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        let group = self.given.ruleset.fact_table().root();
        value.serialize(Input(GroupPlace { given: &mut self.given, group }))?;
        self.given.take_problems()
    }

    /// These problems, and behind them the facts that are missing besides.
    #[cold]
    fn with_missing(&self, problems: FactsError) -> FactsError {
        let Err(missing) = self.given.missing() else { return problems };
        let is_told = |missing: &FactsError| {
            let is_of = |path: &str, whole: &str| {
                let rest = path.strip_prefix(whole);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            problems.problems().any(|problem| {
                problem.path().is_empty()
                    || is_of(problem.path(), missing.path())
                    || is_of(missing.path(), problem.path())
            })
        };
        let missing: Vec<FactsError> =
            missing.problems().filter(|missing| !is_told(missing)).collect();
        missing.into_iter().fold(problems, |problems, missing| missing.after(Some(problems)))
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
        let fact = self.given.resolve(fact.into())?;
        self.given.fill(fact, |place| value.serialize(Input(place)))
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
    /// Facts are missing that are not optional.
    ///
    /// # Cost
    /// None to speak of where text, lists and maps were set in the order of the schema;
    /// else a copy of them.
    pub fn finish(&mut self) -> Result<&[u8], FactsError> {
        self.given.missing()?;
        self.finish_partial()
    }

    /// The frame of the facts that are set, of which any may be missing: for
    /// [`Session::bind`](crate::Session::bind) and what is decided then. They stay
    /// set.
    ///
    /// # Errors
    /// None today: what is too large for a frame is refused when it is set.
    ///
    /// # Cost
    /// As [`FactsBuilder::finish`].
    pub fn finish_partial(&mut self) -> Result<&[u8], FactsError> {
        let Given { ruleset, draft, .. } = &mut self.given;
        Ok(draft.finish(ruleset.archive()))
    }

    fn put(&mut self, fact: FactKey<'_>, found: Found<'_>) -> Result<(), FactsError> {
        let fact = self.given.resolve(fact)?;
        self.given.fill(fact, |place| place.scalar(found))
    }
}
