//! JSON text straight into a builder of facts: no tree in between, nothing
//! allocated for a line that is in order.
//!
//! In: a text of one JSON value. Out: facts in a [`FactsBuilder`], or what is
//! wrong. The parser's errors and the builder's travel through each other's
//! hands, so each is put aside where it arises: the parser's in a [`Shared`],
//! the builder's in the frame of the call that it belongs to. The parser bounds
//! how deep values nest.

use rulestone::FactsBuilder;
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde::ser::{self, Serialize, SerializeMap, SerializeSeq, Serializer};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fmt;

/// Keys of an object that are compared one by one; with more, they are hashed.
const FEW_KEYS: usize = 32;

/// Characters of a key that a message shows.
const SHOWN_KEY: usize = 60;

/// Reads one text after the other, and keeps its memory.
#[derive(Debug, Default)]
pub(super) struct Transcoder {
    shared: Shared,
}

/// What all levels of a value share.
#[derive(Debug, Default)]
struct Shared {
    /// Why the text is no JSON that can be used.
    fault: RefCell<Option<String>>,
    /// Whether that is a key that stands twice in an object.
    is_repeated: Cell<bool>,
    /// The keys of the objects that are being read, innermost last.
    keys: RefCell<Keys>,
}

#[derive(Debug, Default)]
struct Keys {
    text: String,
    /// Where each key ends in `text`.
    ends: Vec<usize>,
}

impl Transcoder {
    /// Puts the facts of a JSON object into a builder.
    ///
    /// # Errors
    /// What is wrong with the text or with the facts, for people.
    pub(super) fn put(&mut self, text: &str, builder: &mut FactsBuilder) -> Result<(), String> {
        self.shared.fault.replace(None);
        self.shared.is_repeated.set(false);
        let mut json = serde_json::Deserializer::from_str(text);
        let put =
            builder.serialize(&Value { json: Cell::new(Some(&mut json)), shared: &self.shared });
        match (self.shared.fault.take(), self.shared.is_repeated.get()) {
            (Some(fault), true) => return Err(fault),
            (Some(fault), false) => return Err(format!("not JSON: {fault}")),
            (None, _) => put.map_err(|error| error.to_string())?,
        }
        let end = json.end();
        end.map_err(|error| format!("not JSON: {}", without_line(&error)))
    }
}

/// A value that still is in the parser, as something to serialise, once.
struct Value<'s, D> {
    json: Cell<Option<D>>,
    shared: &'s Shared,
}

impl<'de, D: Deserializer<'de>> Value<'_, D> {
    /// Passes over a value that nobody wanted.
    fn finish(self) -> Result<(), D::Error> {
        match self.json.take() {
            Some(json) => IgnoredAny::deserialize(json).map(|_| ()),
            None => Ok(()),
        }
    }
}

impl<'de, D: Deserializer<'de>> Serialize for Value<'_, D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(json) = self.json.take() else {
            return Err(ser::Error::custom("this was read before"));
        };
        let mut refusal = None;
        let visitor = Forward { serializer, shared: self.shared, refusal: &mut refusal };
        json.deserialize_any(visitor).map_err(|error| match refusal {
            Some(refusal) => refusal,
            None => {
                let mut fault = self.shared.fault.borrow_mut();
                let fault = fault.get_or_insert_with(|| without_line(&error));
                ser::Error::custom(fault)
            }
        })
    }
}

/// The parser's message with the column alone: the line is always its first.
fn without_line(error: &impl fmt::Display) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line 1 column ") {
        Some((message, "0")) => message.to_owned(),
        Some((message, column)) => format!("{message} at column {column}"),
        None => text,
    }
}

/// Hands what the parser finds to a serializer.
struct Forward<'v, S: Serializer> {
    serializer: S,
    shared: &'v Shared,
    /// Why the serializer doesn't take it.
    refusal: &'v mut Option<S::Error>,
}

/// Puts a serializer's error aside, and gives one of the parser in its place.
fn keep<T, R, E: de::Error>(result: Result<T, R>, refusal: &mut Option<R>) -> Result<T, E> {
    result.map_err(|error| {
        *refusal = Some(error);
        E::custom("")
    })
}

impl<'de, S: Serializer> Visitor<'de> for Forward<'_, S> {
    type Value = S::Ok;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<S::Ok, E> {
        keep(self.serializer.serialize_bool(value), self.refusal)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<S::Ok, E> {
        keep(self.serializer.serialize_i64(value), self.refusal)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<S::Ok, E> {
        keep(self.serializer.serialize_u64(value), self.refusal)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<S::Ok, E> {
        keep(self.serializer.serialize_f64(value), self.refusal)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<S::Ok, E> {
        keep(self.serializer.serialize_str(value), self.refusal)
    }

    fn visit_unit<E: de::Error>(self) -> Result<S::Ok, E> {
        keep(self.serializer.serialize_unit(), self.refusal)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<S::Ok, A::Error> {
        let mut list = keep(self.serializer.serialize_seq(None), self.refusal)?;
        while let Some(()) = items.next_element_seed(Item {
            list: &mut list,
            shared: self.shared,
            refusal: self.refusal,
        })? {}
        keep(list.end(), self.refusal)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<S::Ok, A::Error> {
        let mut map = keep(self.serializer.serialize_map(None), self.refusal)?;
        let mut object = Object::begin(self.shared);
        while let Some(()) = entries.next_key_seed(Key {
            map: &mut map,
            object: &mut object,
            refusal: self.refusal,
        })? {
            entries.next_value_seed(Entry {
                map: &mut map,
                shared: self.shared,
                refusal: self.refusal,
            })?;
        }
        keep(map.end(), self.refusal)
    }
}

struct Item<'v, L: SerializeSeq> {
    list: &'v mut L,
    shared: &'v Shared,
    refusal: &'v mut Option<L::Error>,
}

impl<'de, L: SerializeSeq> DeserializeSeed<'de> for Item<'_, L> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        let value = Value { json: Cell::new(Some(json)), shared: self.shared };
        keep(self.list.serialize_element(&value), self.refusal)?;
        value.finish()
    }
}

struct Entry<'v, M: SerializeMap> {
    map: &'v mut M,
    shared: &'v Shared,
    refusal: &'v mut Option<M::Error>,
}

impl<'de, M: SerializeMap> DeserializeSeed<'de> for Entry<'_, M> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        let value = Value { json: Cell::new(Some(json)), shared: self.shared };
        keep(self.map.serialize_value(&value), self.refusal)?;
        value.finish()
    }
}

struct Key<'v, 's, M: SerializeMap> {
    map: &'v mut M,
    object: &'v mut Object<'s>,
    refusal: &'v mut Option<M::Error>,
}

impl<'de, M: SerializeMap> DeserializeSeed<'de> for Key<'_, '_, M> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_str(self)
    }
}

impl<'de, M: SerializeMap> Visitor<'de> for Key<'_, '_, M> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<(), E> {
        if !self.object.add(key) {
            self.object.shared.is_repeated.set(true);
            let shown: String = key.chars().take(SHOWN_KEY).collect();
            return Err(E::custom(format_args!("key {shown:?} given twice")));
        }
        keep(self.map.serialize_key(key), self.refusal)
    }
}

/// The keys of one object, which must all be different: of a key that stands
/// twice, nobody can tell which value was meant.
struct Object<'s> {
    shared: &'s Shared,
    /// What was there before the first key of this object.
    text: usize,
    first: usize,
    many: Option<HashSet<String>>,
}

impl<'s> Object<'s> {
    fn begin(shared: &'s Shared) -> Object<'s> {
        let keys = shared.keys.borrow();
        Object { shared, text: keys.text.len(), first: keys.ends.len(), many: None }
    }

    /// Whether the key is new.
    fn add(&mut self, key: &str) -> bool {
        if let Some(many) = &mut self.many {
            return many.insert(key.to_owned());
        }
        let mut keys = self.shared.keys.borrow_mut();
        let Keys { text, ends } = &mut *keys;
        let mut start = self.text;
        let own = ends.get(self.first..).unwrap_or_default();
        for end in own {
            if text.get(start..*end) == Some(key) {
                return false;
            }
            start = *end;
        }
        if own.len() >= FEW_KEYS {
            let mut start = self.text;
            let all = own.iter().filter_map(|end| {
                let known = text.get(start..*end);
                start = *end;
                known.map(str::to_owned)
            });
            self.many.insert(all.collect()).insert(key.to_owned());
            return true;
        }
        text.push_str(key);
        ends.push(text.len());
        true
    }
}

impl Drop for Object<'_> {
    fn drop(&mut self) {
        let mut keys = self.shared.keys.borrow_mut();
        keys.text.truncate(self.text);
        keys.ends.truncate(self.first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object_keys<'k>(keys: impl IntoIterator<Item = &'k str>) -> Vec<bool> {
        let shared = Shared::default();
        let mut object = Object::begin(&shared);
        keys.into_iter().map(|key| object.add(key)).collect()
    }

    #[test]
    fn a_key_that_stands_twice_is_found() {
        assert_eq!(object_keys(["a", "b", "a"]), [true, true, false]);
        assert_eq!(object_keys(["ab", "a", "b", "", "ab"]), [true, true, true, true, false]);
    }

    #[test]
    fn a_key_that_stands_twice_is_found_among_many() {
        let names: Vec<String> = (0..100).map(|n| n.to_string()).collect();
        let twice = names.iter().chain(&names).map(String::as_str);
        let found = object_keys(twice);
        assert!(found[..100].iter().all(|new| *new));
        assert!(!found[100..].iter().any(|new| *new));
    }

    /// serde_json reads this as its neighbour unless it is told to be exact.
    #[test]
    fn a_double_is_read_to_its_last_bit() {
        let read: f64 = serde_json::from_str("1036.8799999999999").expect("a number");
        assert_eq!(read.to_bits(), 0x4090_3385_1eb8_51eb);
    }

    #[test]
    fn an_object_within_has_keys_of_its_own() {
        let shared = Shared::default();
        let mut outer = Object::begin(&shared);
        assert!(outer.add("a"));
        let mut inner = Object::begin(&shared);
        assert!(inner.add("a"));
        assert!(inner.add("b"));
        drop(inner);
        assert!(outer.add("b"));
        assert!(!outer.add("a"));
    }
}
