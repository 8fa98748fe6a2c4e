//! Frames of facts for a ruleset: what it offers to whoever has facts.

use super::builder::FactsBuilder;
use super::error::FactsError;
use super::typed::{Encoder, EncoderOptions, Facts};
use crate::ruleset::Ruleset;
use serde::Serialize;

impl Ruleset {
    /// A builder of frames of facts for this ruleset.
    pub fn facts_builder(&self) -> FactsBuilder {
        FactsBuilder::new(self.clone())
    }

    /// Encodes a value as a frame of facts: a struct or map, nested as the
    /// schema is. Unknown members are ignored. For many frames, reuse a
    /// [`FactsBuilder`]: that allocates nothing.
    ///
    /// # Errors
    /// A fact is missing, of another type, or exceeds its bound.
    pub fn encode<T: Serialize + ?Sized>(&self, value: &T) -> Result<Vec<u8>, FactsError> {
        self.facts_builder().encode(value).map(<[u8]>::to_vec)
    }

    /// An encoder of typed facts for this ruleset: structs with `#[derive(Facts)]`.
    ///
    /// # Errors
    /// Each field that the ruleset doesn't know or that doesn't fit its fact, and each
    /// fact that isn't optional and that no field gives ([`FactsError::problems`]).
    pub fn encoder<T: Facts>(&self) -> Result<Encoder<T>, FactsError> {
        EncoderOptions::default().bind(self)
    }
}
