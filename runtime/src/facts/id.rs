//! What facts are called in code.

/// Names a fact of one ruleset without a search. Of another ruleset it may
/// name another fact, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactId(pub(super) u32);

impl FactId {
    pub(crate) fn new(index: usize) -> FactId {
        // INVARIANT: an archive of at most 4 GiB has fewer facts than that.
        FactId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The place of the fact in the schema, from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Names a fact in a [`FactsBuilder`](super::FactsBuilder): by its path, or faster by its id.
#[derive(Debug, Clone, Copy)]
pub enum FactKey<'k> {
    /// Such as `player.level`.
    Path(&'k str),
    /// From [`Ruleset::fact`](crate::Ruleset::fact).
    Id(FactId),
}

impl<'k> From<&'k str> for FactKey<'k> {
    fn from(path: &'k str) -> FactKey<'k> {
        FactKey::Path(path)
    }
}

impl From<FactId> for FactKey<'_> {
    fn from(id: FactId) -> Self {
        FactKey::Id(id)
    }
}
