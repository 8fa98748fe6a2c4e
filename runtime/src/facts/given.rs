//! The facts that are set so far.

use super::arena::{Arena, Node};
use super::error::{FactsError, Problem};
use super::id::{FactId, FactKey};
use super::serialize::Input;
use super::suggest;
use super::value::ValuePlace;
use crate::ruleset::Ruleset;
use rulestone_format::schema::MAX_DEPTH;
use serde::Serialize;

/// Facts of a ruleset, and what they are set to.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) ruleset: Ruleset,
    /// Whether members that the schema doesn't know are refused.
    pub(super) strict: bool,
    pub(super) facts: Vec<Option<Node>>,
    pub(super) arena: Arena,
}

impl Given {
    pub(super) fn new(ruleset: Ruleset) -> Given {
        let count = ruleset.archive().schema.facts.len();
        Given { ruleset, strict: false, facts: vec![None; count], arena: Arena::default() }
    }

    pub(super) fn clear(&mut self) {
        self.facts.fill(None);
        self.arena.clear();
    }

    pub(super) fn set<T: Serialize + ?Sized>(
        &mut self,
        fact: FactId,
        value: &T,
    ) -> Result<(), FactsError> {
        self.fill(fact, |place| value.serialize(Input(place)))
    }

    pub(super) fn resolve(&self, fact: FactKey<'_>) -> Result<FactId, FactsError> {
        match fact {
            FactKey::Id(id) if id.index() < self.facts.len() => Ok(id),
            FactKey::Id(id) => Err(FactsError::unknown(id.0.to_string(), None)),
            FactKey::Path(path) => self.ruleset.fact(path).ok_or_else(|| {
                let known = self.ruleset.facts().map(|fact| fact.path());
                FactsError::unknown(path.to_owned(), suggest::nearest(path, known))
            }),
        }
    }

    /// Sets a fact to what `read` makes of its place in the schema.
    pub(super) fn fill(
        &mut self,
        id: FactId,
        read: impl FnOnce(ValuePlace<'_>) -> Result<Option<Node>, FactsError>,
    ) -> Result<(), FactsError> {
        let archive = self.ruleset.archive();
        let fact = archive.schema.fact(id.index());
        let fact_type = fact.and_then(|fact| archive.schema.fact_type(fact.fact_type.to_native()));
        let (Some(fact), Some(fact_type), Some(set)) =
            (fact, fact_type, self.facts.get_mut(id.index()))
        else {
            return Err(FactsError::unknown(id.0.to_string(), None));
        };
        let path = archive.text(&fact.path);
        if set.is_some() {
            return Err(FactsError::new(Problem::Repeated).prefix(path));
        }
        let place = ValuePlace {
            archive,
            arena: &mut self.arena,
            fact_type,
            depth: MAX_DEPTH,
            strict: self.strict,
        };
        *set = read(place).map_err(|error| error.prefix(path))?;
        Ok(())
    }
}
