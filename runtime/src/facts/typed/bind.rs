//! Binding: each field of a struct to its place in the frames of one ruleset.
//!
//! In: the names and types of fields, from `derive`. Out: a [`Place`] for each, in the
//! order of the fields, or all problems at once: fields that the ruleset doesn't know or
//! whose types don't fit, and facts that no field gives.

use super::fact_value::FactValue;
use super::fit::{Expected, Misfit};
use super::place::Place;
use crate::facts::error::{FactsError, Problem};
use crate::facts::suggest;
use crate::ruleset::Ruleset;
use crate::typename::TypeName;
use rulestone_format::frame::{HEADER_LENGTH, presence_length};
use rulestone_format::schema::MAX_DEPTH;

/// Resolves the fields of a struct, one after the other.
#[derive(Debug)]
pub struct Binder<'r> {
    ruleset: &'r Ruleset,
    /// Where the fields stand that come next, with a dot behind each group.
    path: String,
    ignore_unknown: bool,
    is_partial: bool,
    places: Vec<Place>,
    /// A bit for each fact that a field gives.
    given: Vec<bool>,
    problems: Option<FactsError>,
}

impl<'r> Binder<'r> {
    pub(super) fn new(ruleset: &'r Ruleset, ignore_unknown: bool, is_partial: bool) -> Binder<'r> {
        Binder {
            ruleset,
            path: String::new(),
            ignore_unknown,
            is_partial,
            places: Vec::new(),
            given: vec![false; ruleset.archive().schema.facts.len()],
            problems: None,
        }
    }

    /// Resolves what a field of this name holds.
    #[doc(hidden)]
    pub fn field(&mut self, name: &str, bind: impl FnOnce(&mut Binder<'_>)) {
        let before = self.path.len();
        if before > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        bind(self);
        self.path.truncate(before);
    }

    /// Resolves a fact.
    #[doc(hidden)]
    pub fn leaf<T: FactValue + ?Sized>(&mut self, is_optional: bool) {
        let place = self.place::<T>(is_optional);
        self.places.push(place.unwrap_or_else(|problem| {
            if let Some(problem) = problem {
                self.problems = Some(problem.after(self.problems.take()));
            }
            Place { at: 0, fact: 0, is_optional: true, value: None }
        }));
    }

    fn place<T: FactValue + ?Sized>(
        &mut self,
        is_optional: bool,
    ) -> Result<Place, Option<FactsError>> {
        let archive = self.ruleset.archive();
        let Some(id) = self.ruleset.fact(&self.path) else {
            return Err((!self.ignore_unknown).then(|| self.unknown()));
        };
        let problem = |problem| Some(FactsError::new(problem).prefix(&self.path));
        // INVARIANT: an id of the ruleset is that of a fact, whose type is known.
        let fact = archive.schema.fact(id.index()).ok_or(None)?;
        let number = fact.fact_type.to_native();
        let expected = Expected::new(archive, number, MAX_DEPTH + 1).ok_or(None)?;
        let value = T::fit(&expected).map_err(|misfit| {
            problem(match misfit {
                Misfit::Type => Problem::Expected {
                    expected: TypeName::of_fact(archive, number).to_string(),
                    found: format!("a field of type {}", T::name()),
                },
                Misfit::Labels(unknown) => Problem::Expected {
                    expected: TypeName::of_fact(archive, number).to_string(),
                    found: format!("variants {} of {}", unknown.join(", "), T::name()),
                },
            })
        })?;
        if is_optional && fact.optional == 0 && !self.is_partial {
            return Err(problem(Problem::Expected {
                expected: "a field that is always there, for the fact is not optional".to_owned(),
                found: "an Option".to_owned(),
            }));
        }
        match self.given.get_mut(id.index()) {
            Some(given) if !*given => *given = true,
            _ => return Err(problem(Problem::Repeated)),
        }
        let cells = HEADER_LENGTH + presence_length(archive.schema.facts.len());
        let at = cells + fact.slot.to_native() as usize;
        Ok(Place { at, fact: id.index() as u32, is_optional, value: Some(value) })
    }

    fn unknown(&self) -> FactsError {
        let known = self.ruleset.facts().map(|fact| fact.path());
        let nearest = suggest::nearest(&self.path, known);
        FactsError::unknown(self.path.clone(), nearest)
    }

    /// The places of all fields.
    pub(super) fn finish(mut self) -> Result<Box<[Place]>, FactsError> {
        for fact in self.ruleset.facts() {
            let is_given = self.given.get(fact.id().index()).is_some_and(|given| *given);
            if !is_given && !fact.is_optional() && !self.is_partial {
                let problem = FactsError::new(Problem::NoField).prefix(fact.path());
                self.problems = Some(problem.after(self.problems.take()));
            }
        }
        match self.problems {
            Some(problems) => Err(problems),
            None => Ok(self.places.into()),
        }
    }
}
