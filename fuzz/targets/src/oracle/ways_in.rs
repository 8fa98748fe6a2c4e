//! JSON becomes the same frame of facts, or is refused, whichever way it goes in.
//!
//! There are two: the command line's, which puts text straight into a frame, and
//! that of any value that serde can serialise, here a tree that serde_json reads,
//! with numbers as they are written. They differ in two points only: keys that
//! stand twice are gone before the second sees them, and what the schema doesn't
//! know is passed over by the first, where the second has read it before, halves of
//! surrogate pairs among it.

use crate::transcode::Transcoder;
use rulestone::facts::{FactsErrorKind, Number};
use rulestone::{Frame, Ruleset};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashSet};
use std::fmt;

/// The frame of a text of JSON, after both ways; or what is wrong, as the command
/// line tells it.
pub fn encode(
    ruleset: &Ruleset,
    transcoder: &mut Transcoder,
    strict: bool,
    text: &str,
) -> Result<Vec<u8>, String> {
    let straight = straight(ruleset, transcoder, strict, text);
    let by_value = by_value(ruleset, strict, text);
    match (&straight, &by_value) {
        (Ok(frame), Ok(other)) => {
            assert!(frame == other, "two frames of {text:?}");
            let checked = Frame::check(frame, ruleset.archive());
            assert!(checked.is_ok(), "a frame that was built is refused: {checked:?}");
        }
        (Err(error), Err(_)) => is_clear(error),
        // Of two values, the one that isn't there any more may have been wrong, or the key
        // was.
        (Err(error), Ok(_)) if has_repeated_key(text) => is_clear(error),
        (Ok(_), Err(_)) if !strict && is_json(text) && read(text).is_err() => {}
        _ => panic!("{text:?} gives {straight:?}, or by a value {by_value:?}"),
    }
    straight
}

fn straight(
    ruleset: &Ruleset,
    transcoder: &mut Transcoder,
    strict: bool,
    text: &str,
) -> Result<Vec<u8>, String> {
    let mut builder = ruleset.facts_builder().strict(strict);
    transcoder.put(text, &mut builder)?;
    builder.finish().map(<[u8]>::to_vec).map_err(|error| error.to_string())
}

fn by_value(ruleset: &Ruleset, strict: bool, text: &str) -> Result<Vec<u8>, String> {
    let value = read(text)?;
    let mut builder = ruleset.facts_builder().strict(strict);
    builder.encode(&value).map(<[u8]>::to_vec).map_err(|error| {
        assert_ne!(error.kind(), FactsErrorKind::Other, "{error}");
        error.to_string()
    })
}

fn read(text: &str) -> Result<Tree, String> {
    let value: &RawValue = from_str(text)?;
    Tree::read(value, MOST_LEVELS)
}

fn from_str<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// Deeper values are none that a schema takes.
const MOST_LEVELS: u32 = 128;

/// A value of JSON in which numbers are as they were written.
#[derive(Debug)]
enum Tree {
    Null,
    Bool(bool),
    Number(String),
    String(String),
    List(Vec<Tree>),
    Object(BTreeMap<String, Tree>),
}

impl Tree {
    fn read(value: &RawValue, levels: u32) -> Result<Tree, String> {
        let within = levels.checked_sub(1).ok_or("too deep")?;
        let text = value.get();
        Ok(match text.as_bytes() {
            [b'n', ..] => Tree::Null,
            [b't' | b'f', ..] => Tree::Bool(from_str(text)?),
            [b'"', ..] => Tree::String(from_str(text)?),
            [b'[', ..] => {
                let items: Vec<&RawValue> = from_str(text)?;
                let items = items.into_iter().map(|item| Tree::read(item, within));
                Tree::List(items.collect::<Result<_, _>>()?)
            }
            [b'{', ..] => {
                let entries: BTreeMap<String, &RawValue> = from_str(text)?;
                let entries = entries.into_iter().map(|(key, value)| {
                    let value = Tree::read(value, within)?;
                    Ok::<_, String>((key, value))
                });
                Tree::Object(entries.collect::<Result<_, _>>()?)
            }
            _ => Tree::Number(text.to_owned()),
        })
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Tree::Null => serializer.serialize_unit(),
            Tree::Bool(value) => serializer.serialize_bool(*value),
            Tree::Number(text) => Number::new(text).serialize(serializer),
            Tree::String(text) => serializer.serialize_str(text),
            Tree::List(items) => serializer.collect_seq(items),
            Tree::Object(entries) => serializer.collect_map(entries),
        }
    }
}

/// Whether it is JSON, with whatever in it.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// One line for people, that doesn't grow with what is wrong.
fn is_clear(error: &str) {
    assert!(!error.trim().is_empty(), "an error without a text");
    assert!(!error.chars().any(char::is_control), "an error with control characters: {error:?}");
    assert!(error.len() < 4000, "an error of {} bytes: {error}", error.len());
}

fn has_repeated_key(text: &str) -> bool {
    serde_json::from_str(text).is_ok_and(|Repeated(is_there)| is_there)
}

/// Whether some object of a value has the same key twice.
struct Repeated(bool);

impl<'de> Deserialize<'de> for Repeated {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Repeated, D::Error> {
        json.deserialize_any(Look)
    }
}

struct Look;

impl<'de> Visitor<'de> for Look {
    type Value = Repeated;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Repeated, E> {
        Ok(Repeated(false))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Repeated, E> {
        Ok(Repeated(false))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Repeated, E> {
        Ok(Repeated(false))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Repeated, E> {
        Ok(Repeated(false))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Repeated, E> {
        Ok(Repeated(false))
    }

    fn visit_str<E>(self, _: &str) -> Result<Repeated, E> {
        Ok(Repeated(false))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Repeated, A::Error> {
        let mut any = false;
        while let Some(Repeated(is_there)) = items.next_element()? {
            any |= is_there;
        }
        Ok(Repeated(any))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Repeated, A::Error> {
        let mut any = false;
        let mut keys = HashSet::new();
        while let Some((key, Repeated(is_there))) = entries.next_entry::<String, Repeated>()? {
            any |= is_there | !keys.insert(key);
        }
        Ok(Repeated(any))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruleset;

    #[test]
    fn keys_that_stand_twice_are_seen_at_any_depth() {
        for (text, expected) in [
            (r#"{"a": 1, "b": {"a": 2}}"#, false),
            (r#"{"a": 1, "b": 2, "a": 3}"#, true),
            (r#"[1, "x", null, true, -0.5, {"a": [{"": 1, "": 2}]}]"#, true),
        ] {
            assert_eq!(has_repeated_key(text), expected, "{text}");
        }
    }

    #[test]
    fn a_key_that_stands_twice_is_refused_by_the_command_line_alone() {
        let ruleset = &ruleset::echo().ruleset;
        let text = r#"{"places": {"a": {"lat": true}, "a": {"lat": 1, "lon": 2}}}"#;
        assert!(encode(ruleset, &mut Transcoder::default(), false, text).is_err());
    }

    #[test]
    fn a_number_that_no_double_holds_is_refused_where_it_is_wanted() {
        let ruleset = &ruleset::echo().ruleset;
        let encode = |text| encode(ruleset, &mut Transcoder::default(), false, text);
        assert!(encode(r#"{"nobody": 1e309}"#).is_ok());
        assert!(encode(r#"{"double": 1e309}"#).is_err());
    }

    #[test]
    fn half_a_surrogate_pair_is_refused_where_it_is_wanted() {
        let ruleset = &ruleset::echo().ruleset;
        let encode = |text| encode(ruleset, &mut Transcoder::default(), false, text);
        assert!(encode(r#"{"nobody": "\ud800"}"#).is_ok());
        assert!(encode(r#"{"double": "\ud800"}"#).is_err());
    }
}
