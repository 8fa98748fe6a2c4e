//! A frame that is accepted can be read to its last item, and frames have one
//! form: what is read from one, encoded again, gives a frame of the same length
//! that says the same.

use rulestone::{Frame, Ruleset};
use rulestone_compiler::check::value::Value;
use rulestone_compiler::reference::Facts;
use rulestone_format::meaning::{Outcome, Sink, collect, duration};
use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};

/// Reads a frame that was accepted, and writes it again.
pub fn is_read_and_written(ruleset: &Ruleset, frame: &[u8]) {
    let archive = ruleset.archive();
    let checked = Frame::check(frame, archive).expect("the frame is good");
    let facts = Facts::given(&checked, archive);
    for (index, value) in facts.values.iter().enumerate() {
        assert_eq!(value.is_some(), checked.has(index), "fact {index} can't be read");
    }
    let mut builder = ruleset.facts_builder();
    for (fact, value) in ruleset.facts().zip(&facts.values) {
        let Some(value) = value else { continue };
        let set = builder.set(fact.id(), &Given(value));
        set.unwrap_or_else(|error| panic!("what was read is refused: {error}"));
    }
    if checked.count() != ruleset.facts().len() {
        // Its sender knows fewer facts, and the builder knows them all.
        return;
    }
    let again = builder.finish().unwrap_or_else(|error| panic!("what was read lacks: {error}"));
    assert_eq!(again.len(), frame.len(), "the same facts in another form");
    let checked = Frame::check(again, archive).expect("a frame that was built is good");
    let read = Facts::given(&checked, archive);
    assert_eq!(format!("{read:?}"), format!("{facts:?}"), "other facts");
}

/// A value as the builder takes it.
pub struct Given<'v>(pub &'v Value);

impl Serialize for Given<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) => serializer.serialize_i64(*value),
            Value::Uint(value) => serializer.serialize_u64(*value),
            Value::Double(value) => serializer.serialize_f64(*value),
            Value::String(text) => serializer.serialize_str(text),
            Value::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Value::Timestamp(time) => serializer.serialize_str(&text::<S>(|s| time.write(s))?),
            Value::Duration(span) => {
                serializer.serialize_str(&text::<S>(|sink| duration::write(*span, sink))?)
            }
            Value::Point(point) => {
                let mut axes = serializer.serialize_map(Some(2))?;
                axes.serialize_entry("lat", &point.lat)?;
                axes.serialize_entry("lon", &point.lon)?;
                axes.end()
            }
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(&Given(item)))?;
                list.end()
            }
            Value::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries.iter() {
                    map.serialize_entry(&Given(key), &Given(value))?;
                }
                map.end()
            }
        }
    }
}

/// What is printed, as text.
fn text<S: Serializer>(
    write: impl FnMut(&mut Sink<'_>) -> Outcome<()>,
) -> Result<String, S::Error> {
    let bytes = collect(write).map_err(|fault| S::Error::custom(fault.message()))?;
    String::from_utf8(bytes).map_err(S::Error::custom)
}
