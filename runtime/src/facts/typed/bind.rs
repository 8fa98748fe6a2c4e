//! Binding: each field of a struct to its place in the frames of one ruleset.
//!
//! In: the names and types of fields, from `derive`. Out: a [`Place`] for each, in the
//! order of the fields, or all problems at once: fields that the ruleset doesn't know or
//! whose types don't fit, and facts that no field gives.

use super::FactValue;
use crate::facts::FactId;
use crate::facts::error::{FactsError, Problem};
use crate::facts::suggest;
use crate::ruleset::Ruleset;
use crate::typename::TypeName;
use rulestone_format::archive::{ArchivedFactType, ArchivedRuleset};
use rulestone_format::frame::{HEADER_LENGTH, presence_length};
use rulestone_format::schema::{FactKind, MAX_DEPTH};
use std::fmt;

/// Where a fact stands in a frame, and how its value is stored.
#[derive(Debug, Clone)]
pub struct Place {
    /// Offset of its cell in the frame.
    pub(super) at: usize,
    pub(super) fact: u32,
    /// Whether the field may be absent, so that its presence is told each time.
    pub(super) is_optional: bool,
    /// `None`: the ruleset has no such fact, which the encoder was told to ignore.
    pub(super) value: Option<Value>,
}

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
    fn new(archive: &'a ArchivedRuleset, number: u16, depth: usize) -> Option<Expected<'a>> {
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

    /// As a list or map of items.
    pub(super) fn of_items<T: FactValue>(&self, kind: FactKind) -> Result<Value, Misfit> {
        if self.kind != kind {
            return Err(Misfit::Type);
        }
        let item = Expected::new(self.archive, self.fact_type.item.to_native(), self.depth);
        let item = T::fit(&item.ok_or(Misfit::Type)?)?;
        Ok(self.value(Some(Box::new(item))))
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

/// The places of a field, and those behind it.
#[doc(hidden)]
#[inline]
pub fn split(places: &[Place], leaves: usize) -> (&[Place], &[Place]) {
    places.split_at_checked(leaves).unwrap_or((places, &[]))
}

impl Place {
    /// The fact, for messages.
    pub(super) fn id(&self) -> FactId {
        FactId::new(self.fact as usize)
    }
}
