//! Numbers as they are written, for those who read facts from text.

use serde::ser::{Serialize, SerializeStruct, Serializer};

/// As `serde_json` calls a number where some crate of the program has asked it
/// for arbitrary precision: a struct with the number's text as its only field.
pub(super) const NUMBER: &str = "$serde_json::private::Number";

/// A number as it is written, such as `9007199254740993.0` or `1e+06`: facts are
/// made of its own digits, with no double in between.
///
/// It is what [`FactsBuilder::serialize`](super::FactsBuilder::serialize) takes
/// where a number may stand: an int or uint of any integral number, a timestamp of
/// one that is no finer than nanoseconds, the double that is nearest. The form is
/// that of JSON, or of YAML (`.5`, `+1`, `0x1F`); any other text is refused by the
/// fact. It serialises as `serde_json`'s own numbers do under its feature
/// `arbitrary_precision`, so these are read exactly, too.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let ruleset = rulestone::Ruleset::open("black-mesa.stone")?;
/// use rulestone::facts::Number;
///
/// let mut builder = ruleset.facts_builder();
/// builder.set("player.gold", &Number::new("9007199254740993.0"))?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number<'t>(&'t str);

impl<'t> Number<'t> {
    /// The number that a text is. The fact says whether it is one.
    pub fn new(text: &'t str) -> Number<'t> {
        Number(text)
    }
}

impl Serialize for Number<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut number = serializer.serialize_struct(NUMBER, 1)?;
        number.serialize_field(NUMBER, self.0)?;
        number.end()
    }
}
