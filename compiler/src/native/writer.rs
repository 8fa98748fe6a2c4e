//! What is known while the twin is written, and what it turns out to need.

use super::facts::FactNames;
use super::lists::Lists;
use super::refused::Refused;
use super::support::Support;
use crate::check::checked::Ruleset;
use crate::check::tree::{Expr, Place, VariableId};
use crate::source::Sources;
use crate::source::span::Span;
use std::collections::BTreeSet;

/// Where rules and variables are written.
#[derive(Debug)]
pub(super) struct Writer<'r> {
    pub ruleset: &'r Ruleset,
    pub sources: &'r Sources,
    pub facts: FactNames,
    /// By variable: its Rust name, and whether it may fail.
    pub variables: Vec<Result<KnownVariable, Refused>>,
    /// Functions of variables that something calls.
    pub called: BTreeSet<(VariableId, Form)>,
    pub support: BTreeSet<Support>,
    pub lists: Lists,
    /// What the file that is being written imports.
    pub imports: BTreeSet<&'static str>,
    /// Whether what was written since this was reset reads `facts`.
    pub reads_facts: bool,
    /// Whether the file of the variables is being written.
    pub in_variables: bool,
    /// Whether something is compared with the end of its range.
    pub compares_ends: bool,
}

#[derive(Debug, Clone)]
pub(super) struct KnownVariable {
    pub name: String,
    pub fallible: bool,
}

/// What a function tells of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// The value, or `None` for a fault if there can be one.
    Value,
    /// Of a bool that may fail: whether it is definitely true.
    IsTrue,
    /// Of a bool that may fail: whether it is definitely false.
    IsFalse,
}

pub(super) type Written<T> = Result<T, Refused>;

impl<'r> Writer<'r> {
    pub fn new(ruleset: &'r Ruleset, sources: &'r Sources) -> Writer<'r> {
        Writer {
            ruleset,
            sources,
            facts: FactNames::of(ruleset),
            variables: Vec::new(),
            called: BTreeSet::new(),
            support: BTreeSet::new(),
            lists: Lists::default(),
            imports: BTreeSet::new(),
            reads_facts: false,
            in_variables: false,
            compares_ends: false,
        }
    }

    /// An expression that isn't covered.
    pub fn refuse<T>(&self, expr: &Expr, construct: impl Into<String>) -> Written<T> {
        Err(self.refused(expr.place, construct))
    }

    pub fn refused(&self, place: Place, construct: impl Into<String>) -> Refused {
        Refused { rule: None, construct: construct.into(), span: self.span(place) }
    }

    fn span(&self, place: Place) -> Option<Span> {
        let text = self.ruleset.texts.get(place.text as usize)?;
        Some(text.locate(self.sources, place.range.start, place.range.end))
    }

    /// A list of constants of the file `constants.rs`.
    pub fn listed(&mut self, ty: &str, items: &[String]) -> String {
        self.imports.insert("constants");
        format!("constants::{}", self.lists.name(ty, items))
    }

    /// Calls a function of the file `meaning.rs`.
    pub fn supported(&mut self, support: Support) -> String {
        self.support.insert(support);
        self.imports.insert("meaning");
        format!("meaning::{}", support.name())
    }
}
