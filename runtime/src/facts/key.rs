//! The place of a key: what can name something becomes text.

use super::error::FactsError;
use super::found::Found;
use super::serialize::{Input, Never, Place};
use rulestone_format::meaning::Sink;
use serde::Serialize;
use std::fmt::Write;

/// Gives the text of a key to a function: of a string, a character, a variant
/// without data or an integer.
pub(super) fn with_text<T, R>(
    key: &T,
    then: impl FnOnce(&str) -> Result<R, FactsError>,
) -> Result<R, FactsError>
where
    T: Serialize + ?Sized,
{
    key.serialize(Input(Key(then)))
}

struct Key<F>(F);

impl<R, F> Place for Key<F>
where
    F: FnOnce(&str) -> Result<R, FactsError>,
{
    type Ok = R;
    type Items = Never<R>;
    type Entries = Never<R>;

    fn scalar(self, found: Found<'_>) -> Result<R, FactsError> {
        match found {
            Found::Str(text) => (self.0)(text),
            Found::Int(value) => {
                let mut buffer = [0; 40];
                let mut sink = Sink::new(&mut buffer);
                // INVARIANT: an i128 has at most 40 characters, all of them ASCII.
                let _ = write!(sink, "{value}");
                (self.0)(std::str::from_utf8(sink.written()).unwrap_or_default())
            }
            found => Err(self.refusal(&found)),
        }
    }

    fn refusal(&self, found: &Found<'_>) -> FactsError {
        FactsError::expected("a string as key", found)
    }
}
