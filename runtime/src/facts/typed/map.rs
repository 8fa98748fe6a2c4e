//! Rust types that are maps.

use super::fact_value::FactValue;
use super::fit::{Expected, Misfit, Value};
use super::leaf::leaf;
use super::writer::Writer;
use crate::facts::error::{FactsError, Problem};
use rulestone_format::schema::{FactKind, MAX_KEY};
use rulestone_format::value::CELL;
use std::collections::{BTreeMap, HashMap};

/// So many entries are sorted without allocating.
const FEW: usize = 32;

impl<K: AsRef<str>, V: FactValue> FactValue for BTreeMap<K, V> {
    fn name() -> String {
        format!("BTreeMap<_, {}>", V::name())
    }

    fn fit(expected: &Expected<'_>) -> Result<Value, Misfit> {
        Ok(expected.of_items(V::fit(&expected.items(FactKind::Map)?)?))
    }

    fn put(&self, value: &Value, at: usize, writer: &mut Writer<'_>) -> Result<(), FactsError> {
        put(self.iter().map(|(key, fact)| (key.as_ref(), fact)), value, at, writer)
    }
}

impl<K: AsRef<str>, V: FactValue, S> FactValue for HashMap<K, V, S> {
    fn name() -> String {
        format!("HashMap<_, {}>", V::name())
    }

    fn fit(expected: &Expected<'_>) -> Result<Value, Misfit> {
        Ok(expected.of_items(V::fit(&expected.items(FactKind::Map)?)?))
    }

    fn put(&self, value: &Value, at: usize, writer: &mut Writer<'_>) -> Result<(), FactsError> {
        put(self.iter().map(|(key, fact)| (key.as_ref(), fact)), value, at, writer)
    }
}

leaf! {
    [K: AsRef<str>, V: FactValue] BTreeMap<K, V>, BTreeMap<(), ()>;
    [K: AsRef<str>, V: FactValue, S] HashMap<K, V, S>, HashMap<(), ()>;
}

/// Stores entries in the order of their keys.
fn put<'m, V: FactValue + 'm>(
    mut entries: impl ExactSizeIterator<Item = (&'m str, &'m V)>,
    value: &Value,
    at: usize,
    writer: &mut Writer<'_>,
) -> Result<(), FactsError> {
    // INVARIANT: a map was bound with its values.
    let Some(item) = &value.item else { return Ok(()) };
    let stride = CELL + item.kind.width();
    let start = writer.items(entries.len(), stride, value.bound, at)?;
    let (mut few, mut many) = ([None; FEW], Vec::new());
    let sorted = match few.get_mut(..entries.len()) {
        Some(few) => {
            few.fill_with(|| entries.next());
            few
        }
        None => {
            many.extend(entries.map(Some));
            &mut many[..]
        }
    };
    sorted.sort_unstable_by_key(|entry| entry.map(|(key, _)| key));
    let mut before = None;
    for (index, (key, fact)) in sorted.iter().flatten().enumerate() {
        let at = start + index * stride;
        if key.len() > MAX_KEY as usize {
            let problem = Problem::KeyBytes { length: key.len(), bound: MAX_KEY };
            return Err(FactsError::new(problem));
        }
        if before.replace(*key) == Some(*key) {
            return Err(FactsError::new(Problem::RepeatedKey { key: (*key).to_owned() }));
        }
        writer.text(key.as_bytes(), MAX_KEY, at)?;
        fact.put(item, at + CELL, writer).map_err(|error| error.in_entry(key))?;
    }
    Ok(())
}
