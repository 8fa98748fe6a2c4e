//! JSON text straight into a builder of facts: no tree in between, nothing
//! allocated for a line that is in order and has no escapes in its strings.
//!
//! In: a text of one JSON value. Out: facts in a [`FactsBuilder`], or what is
//! wrong. The reader's faults and the builder's travel through each other's hands,
//! so those of the reader are put aside where they arise. A value is read only
//! where the builder asks for it, so values nest no deeper here than the schema
//! does; those that it doesn't ask for are passed over, and nothing is kept of
//! them.

use super::json::{Fault, Quoted, Reader, Token};
use rulestone::FactsBuilder;
use rulestone::facts::Number;
use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;

/// Keys of an object that are compared one by one; with more, they are hashed.
const FEW_KEYS: usize = 32;

/// Characters of a key that a message shows.
const SHOWN_KEY: usize = 60;

/// Reads one text after the other, and keeps its memory.
#[derive(Debug, Default)]
pub(super) struct Transcoder {
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
        let source = Source {
            reader: RefCell::new(Reader::new(text)),
            refusal: RefCell::new(None),
            keys: &self.keys,
        };
        let put =
            builder.serialize(&Value { source: &source, key: None, is_wanted: Cell::new(false) });
        if let Some(refusal) = source.refusal.take() {
            return Err(refusal.explain(text));
        }
        put.map_err(|error| error.to_string())?;
        let end = source.reader.borrow_mut().end();
        end.map_err(|fault| Refusal::from(fault).explain(text))
    }
}

/// What all values of a text share.
struct Source<'s, 't> {
    reader: RefCell<Reader<'t>>,
    /// Why the text can't be used.
    refusal: RefCell<Option<Refusal>>,
    keys: &'s RefCell<Keys>,
}

/// What is wrong with a text, and where.
struct Refusal {
    message: String,
    at: usize,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        Refusal { message: format!("not JSON: {}", fault.message), at: fault.at }
    }
}

impl Refusal {
    /// The message, with the column as an editor counts it.
    fn explain(&self, text: &str) -> String {
        let before = text.get(..self.at).unwrap_or(text);
        format!("{} at column {}", self.message, before.chars().count() + 1)
    }
}

impl<'t> Source<'_, 't> {
    /// What the reader gives. Its fault is put aside, and one of the builder's stands
    /// in its place.
    fn read<T, E: Error>(
        &self,
        read: impl FnOnce(&mut Reader<'t>) -> Result<T, Fault>,
    ) -> Result<T, E> {
        read(&mut self.reader.borrow_mut()).map_err(|fault| self.refuse(fault))
    }

    fn refuse<E: Error>(&self, refusal: impl Into<Refusal>) -> E {
        self.refusal.replace(Some(refusal.into()));
        E::custom("")
    }
}

/// A value that still is in the text, as something to serialise, once.
struct Value<'v, 's, 't> {
    source: &'v Source<'s, 't>,
    /// Of a member of an object.
    key: Option<Key<'v, 's>>,
    /// Whether anyone asked for it.
    is_wanted: Cell<bool>,
}

#[derive(Clone, Copy)]
struct Key<'v, 's> {
    object: &'v RefCell<Object<'s>>,
    name: &'v str,
    /// Where it stands.
    at: usize,
}

impl Serialize for Value<'_, '_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let source = self.source;
        if self.is_wanted.replace(true) {
            return Err(S::Error::custom("this was read before"));
        }
        if let Some(refusal) = self.repeated() {
            return Err(source.refuse(refusal));
        }
        match source.read(Reader::value)? {
            Token::Null => serializer.serialize_unit(),
            Token::Bool(value) => serializer.serialize_bool(value),
            Token::Number(text) => Number::new(text).serialize(serializer),
            Token::String(quoted) => {
                let text = quoted.text().map_err(|fault| source.refuse(fault))?;
                serializer.serialize_str(&text)
            }
            Token::List => self.items(serializer.serialize_seq(None)?),
            Token::Object => self.members(serializer.serialize_map(None)?),
        }
    }
}

impl Value<'_, '_, '_> {
    fn items<L: SerializeSeq>(&self, mut list: L) -> Result<L::Ok, L::Error> {
        let source = self.source;
        let mut is_first = true;
        while source.read(|reader| reader.item(is_first))? {
            is_first = false;
            let value = Value { source, key: None, is_wanted: Cell::new(false) };
            list.serialize_element(&value)?;
            value.finish()?;
        }
        list.end()
    }

    fn members<M: SerializeMap>(&self, mut map: M) -> Result<M::Ok, M::Error> {
        let source = self.source;
        let object = RefCell::new(Object::begin(source.keys));
        let mut is_first = true;
        while let Some(key) = source.read(|reader| reader.key(is_first))? {
            is_first = false;
            let Quoted { start: at, .. } = key;
            let name = key.text().map_err(|fault| source.refuse(fault))?;
            map.serialize_key(&*name)?;
            let key = Some(Key { object: &object, name: &name, at });
            let value = Value { source, key, is_wanted: Cell::new(false) };
            if let Err(error) = map.serialize_value(&value) {
                // A fact that is set before is refused without being asked for.
                let repeated = (!value.is_wanted.get()).then(|| value.repeated()).flatten();
                return Err(repeated.map_or(error, |refusal| source.refuse(refusal)));
            }
            value.finish()?;
        }
        map.end()
    }

    /// Notes the key. Says what is wrong if it was there before.
    fn repeated(&self) -> Option<Refusal> {
        let Key { object, name, at } = self.key?;
        if object.borrow_mut().add(name) {
            return None;
        }
        let shown: String = name.chars().take(SHOWN_KEY).collect();
        Some(Refusal { message: format!("key {shown:?} given twice"), at })
    }

    /// Passes over a value that nobody wanted.
    fn finish<E: Error>(self) -> Result<(), E> {
        match self.is_wanted.get() {
            true => Ok(()),
            false => self.source.read(Reader::skip),
        }
    }
}

/// The keys of one object whose values are wanted, which must all be different: of
/// a key that stands twice, nobody can tell which value was meant.
struct Object<'s> {
    keys: &'s RefCell<Keys>,
    /// What was there before the first key of this object.
    text: usize,
    first: usize,
    many: Option<HashSet<String>>,
}

impl<'s> Object<'s> {
    fn begin(shared: &'s RefCell<Keys>) -> Object<'s> {
        let keys = shared.borrow();
        Object { keys: shared, text: keys.text.len(), first: keys.ends.len(), many: None }
    }

    /// Whether the key is new.
    fn add(&mut self, key: &str) -> bool {
        if let Some(many) = &mut self.many {
            return many.insert(key.to_owned());
        }
        let mut keys = self.keys.borrow_mut();
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
        let mut keys = self.keys.borrow_mut();
        keys.text.truncate(self.text);
        keys.ends.truncate(self.first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object_keys<'k>(keys: impl IntoIterator<Item = &'k str>) -> Vec<bool> {
        let shared = RefCell::default();
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

    #[test]
    fn an_object_within_has_keys_of_its_own() {
        let shared = RefCell::default();
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
