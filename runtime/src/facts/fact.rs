//! The place of a fact: takes what serde says of a value, and puts it into the draft.
//! Scalars go there at once, lists and maps by way of the arena.

use super::arena::Arena;
use super::draft::{Draft, Spot};
use super::error::FactsError;
use super::found::Found;
use super::recall::Recall;
use super::scalar;
use super::serialize::{Entries, Items, Place};
use super::value::{ListItems, ValueEntries, ValuePlace};
use rulestone_format::archive::{ArchivedFactType, ArchivedRuleset};
use rulestone_format::schema::{FactKind, MAX_DEPTH};
use rulestone_format::value::Word;
use serde::Serialize;

/// Null leaves the fact out.
pub(super) struct FactPlace<'b> {
    pub(super) archive: &'b ArchivedRuleset,
    pub(super) draft: &'b mut Draft,
    pub(super) arena: &'b mut Arena,
    pub(super) recall: &'b mut Recall,
    pub(super) spot: Spot,
    pub(super) strict: bool,
}

impl<'b> FactPlace<'b> {
    /// INVARIANT: a spot's type is one of the schema's.
    fn fact_type(&self) -> Result<&'b ArchivedFactType, FactsError> {
        let fact_type = self.archive.schema.fact_type(self.spot.fact_type);
        fact_type.ok_or_else(|| FactsError::unknown(String::new(), None))
    }

    /// The way of lists and maps.
    fn by_arena(self) -> Result<(ValuePlace<'b>, Rest<'b>), FactsError> {
        let fact_type = self.fact_type()?;
        let FactPlace { archive, draft, arena, spot, strict, .. } = self;
        arena.clear();
        let place = ValuePlace { archive, arena, fact_type, depth: MAX_DEPTH, strict };
        Ok((place, Rest { archive, draft, spot }))
    }
}

/// What takes the fact's value when all of it is in the arena.
struct Rest<'b> {
    archive: &'b ArchivedRuleset,
    draft: &'b mut Draft,
    spot: Spot,
}

impl<'b> Place for FactPlace<'b> {
    type Ok = ();
    type Items = FactItems<'b>;
    type Entries = FactEntries<'b>;

    #[inline]
    fn scalar(self, found: Found<'_>) -> Result<(), FactsError> {
        match (self.spot.kind, found) {
            (_, Found::Null) => Ok(()),
            (FactKind::Int, Found::Int(value)) if i64::try_from(value).is_ok() => {
                self.draft.put_word(self.spot, Word::from_int(value as i64));
                Ok(())
            }
            (FactKind::String, Found::Str(text)) => {
                scalar::check_length(text.len(), self.fact_type()?.bound.to_native())?;
                self.draft.put_text(self.spot, text.as_bytes())
            }
            (_, found) => {
                let fact_type = self.fact_type()?;
                self.arena.clear();
                let node = scalar::read(self.archive, self.arena, fact_type, found)?;
                self.draft.put(self.archive, self.arena, self.spot, &node)
            }
        }
    }

    #[inline]
    fn variant(self, variant: u32, name: &'static str) -> Result<(), FactsError> {
        if self.spot.kind != FactKind::Enum {
            return self.scalar(Found::Str(name));
        }
        let fact = self.spot.fact;
        let label = match self.recall.label(fact, variant, name) {
            Some(label) => label,
            None => {
                let fact_type = self.fact_type()?;
                let found = Found::Str(name);
                let word = scalar::read(self.archive, self.arena, fact_type, found)?.word();
                self.recall.learn_label(fact, variant, name, word.low);
                word.low
            }
        };
        self.draft.put_word(self.spot, Word::from_uint(label));
        Ok(())
    }

    fn items(self, length: Option<usize>) -> Result<FactItems<'b>, FactsError> {
        let (place, rest) = self.by_arena()?;
        Ok(FactItems { items: place.items(length)?, rest })
    }

    fn entries(self) -> Result<FactEntries<'b>, FactsError> {
        let (place, rest) = self.by_arena()?;
        Ok(FactEntries { entries: place.entries()?, rest })
    }

    fn refusal(&self, found: &Found<'_>) -> FactsError {
        match self.fact_type() {
            Ok(fact_type) => scalar::unexpected(self.archive, fact_type, found),
            Err(error) => error,
        }
    }
}

pub(super) struct FactItems<'b> {
    items: ListItems<'b>,
    rest: Rest<'b>,
}

impl Items for FactItems<'_> {
    type Ok = ();

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        self.items.item(value)
    }

    fn end(self) -> Result<(), FactsError> {
        let Rest { archive, draft, spot } = self.rest;
        let (node, arena) = self.items.finish()?;
        draft.put(archive, arena, spot, &node)
    }
}

pub(super) struct FactEntries<'b> {
    entries: ValueEntries<'b>,
    rest: Rest<'b>,
}

impl Entries for FactEntries<'_> {
    type Ok = ();

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), FactsError> {
        self.entries.key(key)
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        self.entries.value(value)
    }

    fn end(self) -> Result<(), FactsError> {
        let Rest { archive, draft, spot } = self.rest;
        match self.entries.finish()? {
            (node, Some(arena)) => draft.put(archive, arena, spot, &node),
            (node, None) => {
                draft.put_word(spot, node.word());
                Ok(())
            }
        }
    }
}
