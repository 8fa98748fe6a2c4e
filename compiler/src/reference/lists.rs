//! Lists and maps: making them, reading them, sets.
//!
//! In: parts of the tree that are lists, maps or items. Out: values. Looking for
//! something is a plain scan with the language's equality.

use super::arguments::UNCHECKED;
use super::expression::Walk;
use super::values;
use crate::check::tree::Expr;
use crate::check::value::Value;
use rulestone_format::meaning::{Fault, Outcome};

impl Walk<'_> {
    pub(super) fn list_literal(&mut self, items: &[Expr]) -> Outcome<Value> {
        self.values(items).map(Value::list)
    }

    pub(super) fn map_literal(&mut self, entries: &[(Expr, Expr)]) -> Outcome<Value> {
        let mut made = Vec::new();
        for (key, value) in entries {
            made.push((self.value(key)?, self.value(value)?));
        }
        self.finish_map(made)
    }

    /// A map of these entries; a key that stands there twice is a fault.
    pub(super) fn finish_map(&mut self, entries: Vec<(Value, Value)>) -> Outcome<Value> {
        self.spend(entries.len())?;
        Value::map(entries).ok_or(Fault::RepeatedKey)
    }

    pub(super) fn index(&mut self, list: &Expr, index: &Expr) -> Outcome<Value> {
        let (items, index) = (self.list(list)?, self.int(index)?);
        let item = usize::try_from(index).ok().and_then(|index| items.get(index));
        item.cloned().ok_or(Fault::IndexOutOfRange)
    }

    pub(super) fn lookup(&mut self, map: &Expr, key: &Expr) -> Outcome<Value> {
        self.find_key(map, key)?.ok_or(Fault::NoSuchKey)
    }

    pub(super) fn has_key(&mut self, map: &Expr, key: &Expr) -> Outcome<Value> {
        Ok(Value::Bool(self.find_key(map, key)?.is_some()))
    }

    fn find_key(&mut self, map: &Expr, key: &Expr) -> Outcome<Option<Value>> {
        let (entries, key) = (self.map(map)?, self.value(key)?);
        for (candidate, value) in entries.iter() {
            if self.equal(candidate, &key)? {
                return Ok(Some(value.clone()));
            }
        }
        Ok(None)
    }

    pub(super) fn contains(&mut self, list: &Expr, item: &Expr) -> Outcome<Value> {
        let (items, item) = (self.list(list)?, self.value(item)?);
        self.is_among(&item, &items).map(Value::Bool)
    }

    fn is_among(&mut self, item: &Value, items: &[Value]) -> Outcome<bool> {
        for candidate in items {
            if self.equal(candidate, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn superset(&mut self, left: &Expr, right: &Expr) -> Outcome<Value> {
        let (left, right) = (self.list(left)?, self.list(right)?);
        for item in right.iter() {
            if !self.is_among(item, &left)? {
                return Ok(Value::Bool(false));
            }
        }
        Ok(Value::Bool(true))
    }

    pub(super) fn intersects(&mut self, left: &Expr, right: &Expr) -> Outcome<Value> {
        let (left, right) = (self.list(left)?, self.list(right)?);
        for item in right.iter() {
            if self.is_among(item, &left)? {
                return Ok(Value::Bool(true));
            }
        }
        Ok(Value::Bool(false))
    }

    pub(super) fn size(&mut self, whole: &Expr) -> Outcome<Value> {
        let size = match self.value(whole)? {
            Value::List(items) => items.len(),
            Value::Map(entries) => entries.len(),
            _ => return Err(UNCHECKED),
        };
        // INVARIANT: no vector has more than i64::MAX items.
        Ok(Value::Int(i64::try_from(size).unwrap_or(i64::MAX)))
    }

    pub(super) fn extreme(&mut self, greatest: bool, list: &Expr) -> Outcome<Value> {
        let items = self.list(list)?;
        self.spend(items.len())?;
        values::extreme(greatest, &items)?.ok_or(Fault::InvalidArgument)
    }

    /// Takes the steps for a list that was made; none for another value.
    pub(super) fn spend_items(&mut self, value: &Value) -> Outcome<()> {
        match value {
            Value::List(items) => self.spend(items.len()),
            _ => Ok(()),
        }
    }
}
