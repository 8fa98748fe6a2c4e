//! The facts that are set so far.

use super::arena::Arena;
use super::draft::Draft;
use super::error::{FactsError, Problem};
use super::fact::FactPlace;
use super::id::{FactId, FactKey};
use super::recall::Recall;
use super::suggest;
use crate::ruleset::Ruleset;

/// Facts of a ruleset, and what they are set to.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) ruleset: Ruleset,
    /// Whether members that the schema doesn't know are refused.
    pub(super) strict: bool,
    pub(super) draft: Draft,
    /// For the items of the fact that is being set.
    arena: Arena,
    pub(super) recall: Recall,
    /// What was wrong with the members of a group so far.
    problems: Option<FactsError>,
}

impl Given {
    pub(super) fn new(ruleset: Ruleset) -> Given {
        let archive = ruleset.archive();
        Given {
            strict: false,
            draft: Draft::new(archive),
            arena: Arena::default(),
            recall: Recall::new(archive, ruleset.fact_table()),
            problems: None,
            ruleset,
        }
    }

    #[inline]
    pub(super) fn clear(&mut self) {
        self.draft.clear();
        self.problems = None;
    }

    pub(super) fn resolve(&self, fact: FactKey<'_>) -> Result<FactId, FactsError> {
        match fact {
            FactKey::Id(id) if self.draft.spot(id.index()).is_some() => Ok(id),
            FactKey::Id(id) => Err(FactsError::unknown(id.0.to_string(), None)),
            FactKey::Path(path) => self.ruleset.fact(path).ok_or_else(|| {
                let known = self.ruleset.facts().map(|fact| fact.path());
                FactsError::unknown(path.to_owned(), suggest::nearest(path, known))
            }),
        }
    }

    /// Sets a fact to what `set` puts into its place.
    #[inline]
    pub(super) fn fill(
        &mut self,
        id: FactId,
        set: impl FnOnce(FactPlace<'_>) -> Result<(), FactsError>,
    ) -> Result<(), FactsError> {
        let Given { ruleset, strict, draft, arena, recall, .. } = self;
        let Some(spot) = draft.spot(id.index()) else {
            return Err(FactsError::unknown(id.0.to_string(), None));
        };
        let set = match draft.has(spot.fact) {
            true => Err(FactsError::new(Problem::Repeated)),
            false => {
                let archive = ruleset.archive();
                set(FactPlace { archive, draft, arena, recall, spot, strict: *strict })
            }
        };
        set.map_err(|error| error.prefix(self.path(id)))
    }

    #[cold]
    fn path(&self, id: FactId) -> &str {
        let archive = self.ruleset.archive();
        archive.schema.fact(id.index()).map_or("", |fact| archive.text(&fact.path))
    }

    /// Keeps what is wrong with a member, so that the others are looked at, too.
    #[cold]
    pub(super) fn refuse(&mut self, problem: FactsError) {
        self.problems = Some(problem.after(self.problems.take()));
    }

    /// What was wrong with members since this was asked.
    pub(super) fn take_problems(&mut self) -> Result<(), FactsError> {
        match self.problems.take() {
            Some(problems) => Err(problems),
            None => Ok(()),
        }
    }

    /// The facts that must be there and aren't.
    pub(super) fn missing(&self) -> Result<(), FactsError> {
        let mut problems = None;
        for fact in self.draft.missing() {
            let problem = FactsError::new(Problem::Missing).prefix(self.path(FactId::new(fact)));
            problems = Some(problem.after(problems));
        }
        match problems {
            Some(problems) => Err(problems),
            None => Ok(()),
        }
    }
}
