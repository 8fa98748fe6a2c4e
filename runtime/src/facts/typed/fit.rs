//! What the ruleset expects of a value, and whether a Rust type fits it.
//!
//! In: a type of the schema. Out: how values are stored as one of it, or why they can't be.

use crate::typename::TypeName;
use rulestone_format::archive::{ArchivedFactType, ArchivedRuleset};
use rulestone_format::schema::FactKind;
use std::fmt;

/// How a value is stored.
#[derive(Debug, Clone)]
pub struct Value {
    pub(super) kind: FactKind,
    /// The most bytes of text, or items.
    pub(super) bound: u32,
    /// Of an enum, the labels of the variants of a Rust enum.
    pub(super) labels: Box<[u32]>,
    /// Of a list or map.
    pub(super) item: Option<Box<Value>>,
    /// The type in the schema.
    pub(super) fact_type: u16,
}

/// The type that the ruleset expects of a value.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    archive: &'a ArchivedRuleset,
    number: u16,
    fact_type: &'a ArchivedFactType,
    kind: FactKind,
    depth: usize,
}

/// Why a Rust type doesn't fit a fact.
#[derive(Debug)]
pub enum Misfit {
    /// It is another one.
    Type,
    /// Variants of an enum that are none of its labels.
    Labels(Vec<&'static str>),
}

impl<'a> Expected<'a> {
    /// A type of the schema, which nests no deeper than this.
    pub(super) fn new(
        archive: &'a ArchivedRuleset,
        number: u16,
        depth: usize,
    ) -> Option<Expected<'a>> {
        let fact_type = archive.schema.fact_type(number)?;
        let kind = fact_type.kind()?;
        Some(Expected { archive, number, fact_type, kind, depth: depth.checked_sub(1)? })
    }

    /// As a value of its own, if the kind is one of these.
    pub(super) fn one_of(&self, kinds: &[FactKind]) -> Result<Value, Misfit> {
        match kinds.contains(&self.kind) {
            true => Ok(self.value(None)),
            false => Err(Misfit::Type),
        }
    }

    /// What is expected of the items, if it is a list or map as `kind` says.
    pub(super) fn items(&self, kind: FactKind) -> Result<Expected<'a>, Misfit> {
        let item = Expected::new(self.archive, self.fact_type.item.to_native(), self.depth);
        item.filter(|_| self.kind == kind).ok_or(Misfit::Type)
    }

    /// As a list or map of such items.
    pub(super) fn of_items(&self, item: Value) -> Value {
        self.value(Some(Box::new(item)))
    }

    /// As an enum with variants of these names.
    #[doc(hidden)]
    pub fn of_labels(&self, names: &[&'static str]) -> Result<Value, Misfit> {
        if self.kind != FactKind::Enum {
            return Err(Misfit::Type);
        }
        let labels = self.archive.schema.labels(self.fact_type.item.to_native());
        let find = |name: &&'static str| {
            let found = labels.iter().position(|label| self.archive.text(label) == *name);
            found.map(|label| label as u32).ok_or(*name)
        };
        let (known, unknown): (Vec<_>, Vec<_>) = names.iter().map(find).partition(Result::is_ok);
        match unknown.is_empty() {
            true => {
                let labels = known.into_iter().flatten().collect();
                Ok(Value { labels, ..self.value(None) })
            }
            false => Err(Misfit::Labels(unknown.into_iter().filter_map(Result::err).collect())),
        }
    }

    fn value(&self, item: Option<Box<Value>>) -> Value {
        Value {
            kind: self.kind,
            bound: self.fact_type.bound.to_native(),
            labels: Box::default(),
            item,
            fact_type: self.number,
        }
    }
}

impl fmt::Debug for Expected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", TypeName::of_fact(self.archive, self.number))
    }
}
