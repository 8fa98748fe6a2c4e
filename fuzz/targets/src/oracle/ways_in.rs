//! JSON becomes the same frame of facts, or is refused for the same reason, whichever way it goes in.
//!
//! There are two: that of text, which is read straight into a frame, and that of any
//! value that serde can serialise, here a tree that serde_json reads, with numbers as they
//! are written and entries as they stand. They differ in two points only: keys that stand
//! twice are refused by the first wherever a fact or an entry is meant, and what the schema
//! doesn't know is passed over by the first, where the second has read it before, halves of
//! surrogate pairs among it.

use rulestone::facts::{FactsErrorKind, Number};
use rulestone::{Frame, JsonEncoder, Ruleset};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeSeq, Serializer};
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::fmt;

/// The frame of a text of JSON, after both ways; or what is wrong, as the encoder tells it, which may
/// have read other texts before.
pub fn encode(
    ruleset: &Ruleset,
    encoder: &mut JsonEncoder,
    strict: bool,
    json: &[u8],
) -> Result<Vec<u8>, String> {
    let straight = straight(ruleset, encoder, strict, json);
    let Ok(text) = std::str::from_utf8(json) else {
        assert!(straight.is_err(), "{json:?} is no text");
        return straight;
    };
    let by_value = by_value(ruleset, strict, text);
    match (&straight, &by_value) {
        (Ok(frame), Ok(other)) => {
            assert!(frame == other, "two frames of {text:?}");
            let checked = Frame::check(frame, ruleset.archive());
            assert!(checked.is_ok(), "a frame that was built is refused: {checked:?}");
        }
        (Err(error), Err(other)) => {
            is_clear(error);
            // Of what is in order as JSON the facts are at fault, and the first of them.
            if read(text).is_ok() && !has_repeated_key(text) {
                assert_eq!(error, other, "of {text:?}");
            }
        }
        // Null says nothing, however often.
        (Err(error), Ok(_)) if has_repeated_key(text) => is_clear(error),
        (Ok(_), Err(_)) if !strict && is_json(text) && read(text).is_err() => {}
        _ => panic!("{text:?} gives {straight:?}, or by a value {by_value:?}"),
    }
    straight
}

/// The frame by an encoder that knows other texts, which is that by one which knows none.
fn straight(
    ruleset: &Ruleset,
    encoder: &mut JsonEncoder,
    strict: bool,
    json: &[u8],
) -> Result<Vec<u8>, String> {
    let frame = encoder.encode(json).map(<[u8]>::to_vec).map_err(|error| error.to_string());
    let mut frames = b"before".to_vec();
    let mut encoder = ruleset.json_encoder().strict(strict);
    let appended = encoder.append(json, &mut frames).map_err(|error| error.to_string());
    assert!(frames.starts_with(b"before"), "what was there before is changed");
    match &appended {
        Ok(place) => assert_eq!(frames.get(place.clone()), frame.as_deref().ok(), "of {json:?}"),
        Err(error) => assert_eq!((Err(error), frames.len()), (frame.as_ref(), 6), "of {json:?}"),
    }
    frame
}

fn by_value(ruleset: &Ruleset, strict: bool, text: &str) -> Result<Vec<u8>, String> {
    let value = read(text)?;
    let mut builder = ruleset.facts_builder().strict(strict);
    builder.encode(&value).map(<[u8]>::to_vec).map_err(|error| {
        assert_ne!(error.kind(), FactsErrorKind::Other, "{error}");
        // Of several problems the one that comes first in the text.
        error.problems().next().map_or_else(String::new, |problem| problem.to_string())
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
    Object(Vec<(String, Tree)>),
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
                let Entries(entries) = from_str(text)?;
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
            // How many items there are, a text doesn't say before.
            Tree::List(items) => {
                let mut list = serializer.serialize_seq(None)?;
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Tree::Object(entries) => {
                serializer.collect_map(entries.iter().map(|(key, value)| (key, value)))
            }
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

/// Whether some object of a text has the same key twice. What the values are isn't asked: of
/// two, one may be none that anybody could read.
fn has_repeated_key(text: &str) -> bool {
    from_str(text).is_ok_and(|value| repeats(value, MOST_LEVELS))
}

fn repeats(value: &RawValue, levels: u32) -> bool {
    let Some(within) = levels.checked_sub(1) else { return false };
    let text = value.get();
    match text.as_bytes() {
        [b'[', ..] => from_str(text)
            .is_ok_and(|items: Vec<&RawValue>| items.iter().any(|item| repeats(item, within))),
        [b'{', ..] => from_str(text).is_ok_and(|Entries(entries)| {
            let mut keys = HashSet::new();
            entries.iter().any(|(key, value)| !keys.insert(key) || repeats(value, within))
        }),
        _ => false,
    }
}

/// All entries of an object, those of one key too.
struct Entries<'t>(Vec<(String, &'t RawValue)>);

impl<'t> Deserialize<'t> for Entries<'t> {
    fn deserialize<D: Deserializer<'t>>(json: D) -> Result<Entries<'t>, D::Error> {
        json.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'t> Visitor<'t> for EntriesVisitor {
    type Value = Entries<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Entries<'t>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
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
            (r#"{"a": 1e999, "b": "\ud800", "a": 3}"#, true),
            (r#"{"a": 1e999, "b": "\ud800"}"#, false),
        ] {
            assert_eq!(has_repeated_key(text), expected, "{text}");
        }
    }

    #[test]
    fn a_key_that_stands_twice_is_refused_as_text_only() {
        let ruleset = &ruleset::echo().ruleset;
        for text in [
            r#"{"places": {"a": {"lat": true}, "a": {"lat": 1, "lon": 2}}}"#,
            r#"{"int": 7e410, "int": 3}"#,
            r#"{"text": "\ud800", "text": "x"}"#,
        ] {
            assert!(
                encode(ruleset, &mut ruleset.json_encoder(), false, text.as_bytes()).is_err(),
                "{text}"
            );
        }
    }

    #[test]
    fn a_number_that_no_double_holds_is_refused_where_it_is_wanted() {
        let ruleset = &ruleset::echo().ruleset;
        let encode =
            |text: &str| encode(ruleset, &mut ruleset.json_encoder(), false, text.as_bytes());
        assert!(encode(r#"{"nobody": 1e309}"#).is_ok());
        assert!(encode(r#"{"double": 1e309}"#).is_err());
    }

    #[test]
    fn half_a_surrogate_pair_is_refused_where_it_is_wanted() {
        let ruleset = &ruleset::echo().ruleset;
        let encode =
            |text: &str| encode(ruleset, &mut ruleset.json_encoder(), false, text.as_bytes());
        assert!(encode(r#"{"nobody": "\ud800"}"#).is_ok());
        assert!(encode(r#"{"double": "\ud800"}"#).is_err());
    }
}
