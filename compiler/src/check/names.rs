//! What names mean: facts, constants, variables and fences, as one table of
//! dotted names.
//!
//! In: the declarations of a ruleset. Out: [`Names`], which `expression` asks.

use super::checked::{Fact, Fence};
use super::tree::{FactId, FenceId, VariableId};
use super::types::Type;
use super::value::Value;
use crate::source::Unread;
use crate::source::model::FactType;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a dotted name stands for.
#[derive(Debug, Clone)]
pub enum Meaning {
    Fact(FactId),
    /// With its type, which it takes long to find of a long list.
    Constant(Value, Type),
    Variable(VariableId),
    /// Something whose definition has errors of its own.
    Broken,
    Fence(FenceId),
}

/// A fact as expressions see it.
#[derive(Debug, Clone)]
pub struct FactInfo {
    pub path: String,
    pub ty: Type,
    pub optional: bool,
    /// It has a default, so rules never see it absent.
    pub has_default: bool,
    /// The values of an enum, at whatever depth of lists and maps it stands.
    pub labels: Option<Arc<[String]>>,
}

/// All names of a ruleset.
#[derive(Debug)]
pub struct Names {
    pub(crate) meanings: BTreeMap<String, Meaning>,
    /// Groups of facts, as dotted names.
    pub(crate) groups: BTreeSet<String>,
    pub facts: Vec<FactInfo>,
    /// By id.
    pub variable_types: Vec<Type>,
    /// Names are looked up in this package first, then in the packages around
    /// it (cel-spec, "Name Resolution"). Rulesets have none.
    pub container: String,
    /// What the source defines, but couldn't be read.
    pub unread: Unread,
    /// Looking for what was meant costs O(names): a hostile source with many
    /// wrong names is told so without.
    pub(crate) suggestions_left: Cell<u32>,
}

impl Default for Names {
    fn default() -> Names {
        Names {
            meanings: BTreeMap::new(),
            groups: BTreeSet::new(),
            facts: Vec::new(),
            variable_types: Vec::new(),
            container: String::new(),
            unread: Unread::default(),
            suggestions_left: Cell::new(200),
        }
    }
}

impl Names {
    pub fn declare_fact(&mut self, fact: &Fact) {
        let path = fact.path.join(".");
        let id = FactId(self.facts.len() as u32);
        for end in 1..fact.path.len() {
            self.groups.insert(fact.path[..end].join("."));
        }
        self.facts.push(FactInfo {
            path: path.clone(),
            ty: fact.ty.clone(),
            optional: fact.optional,
            has_default: fact.default.is_some(),
            labels: labels(&fact.fact_type).map(Arc::from),
        });
        self.meanings.insert(path, Meaning::Fact(id));
    }

    pub fn declare_constant(&mut self, name: &str, value: Value) {
        let ty = value.ty();
        self.meanings.insert(format!("constants.{name}"), Meaning::Constant(value, ty));
    }

    /// Variables are declared in the order of their ids.
    pub fn declare_variable(&mut self, name: &str, ty: Type) {
        let id = VariableId(self.variable_types.len() as u32);
        self.variable_types.push(ty);
        self.meanings.insert(format!("variables.{name}"), Meaning::Variable(id));
    }

    /// A full name, such as `constants.min_level`, that exists but has errors.
    pub fn declare_broken(&mut self, name: &str) {
        self.meanings.insert(name.to_owned(), Meaning::Broken);
    }

    pub fn declare_fences(&mut self, fences: &[Fence]) {
        for (index, fence) in fences.iter().enumerate() {
            let meaning = Meaning::Fence(FenceId(index as u32));
            self.meanings.insert(format!("fences.{}", fence.name), meaning);
        }
    }

    pub fn fact(&self, id: FactId) -> &FactInfo {
        // INVARIANT: ids are given by `declare_fact` of this table.
        &self.facts[id.0 as usize]
    }

    /// What a dotted name means, looked up from the container outwards; an
    /// absolute name in the root only.
    pub fn lookup(&self, name: &str, absolute: bool) -> Option<&Meaning> {
        let mut container = if absolute { "" } else { self.container.as_str() };
        while !container.is_empty() {
            if let Some(meaning) = self.meanings.get(&format!("{container}.{name}")) {
                return Some(meaning);
            }
            container = container.rsplit_once('.').map_or("", |(outer, _)| outer);
        }
        self.meanings.get(name)
    }

    /// Whether facts (or constants, variables, fences) stand below this name.
    pub fn is_group(&self, name: &str) -> bool {
        matches!(name, "constants" | "variables" | "fences") || self.groups.contains(name)
    }

    /// The declared name nearest to one that doesn't exist.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        let left = self.suggestions_left.get();
        self.suggestions_left.set(left.saturating_sub(1));
        // In order: which of several names is nearest must not depend on chance.
        let known = self.meanings.keys().map(String::as_str);
        (left > 0).then(|| nearest(name, known).or_else(|| self.ending_in(name))).flatten()
    }

    /// The one declared name whose last part is this: `player.level` for `level`.
    fn ending_in(&self, name: &str) -> Option<&str> {
        let last = |known: &str| known.rsplit('.').next() == Some(name);
        let mut found = self.meanings.keys().filter(|known| last(known));
        found.next().filter(|_| found.next().is_none()).map(String::as_str)
    }
}

/// The candidate nearest to `name`, if one is near enough to have been meant.
/// Costs O(candidates): only the first 2,000 are looked at.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    let longest = name.chars().count().max(3);
    candidates
        .take(MOST_CANDIDATES)
        .filter(|candidate| candidate.len().abs_diff(name.len()) * 3 <= longest)
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance * 3 <= longest)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Longer text is no slip of the pen, and comparing it takes its length squared.
const LONGEST_NAME: usize = 200;

/// Enough to find a slip in any real ruleset, few enough for a hostile one.
const MOST_CANDIDATES: usize = 2_000;

/// The values of an enum for a message, the first ones if there are many.
pub fn listed(labels: &[String]) -> String {
    const MOST: usize = 30;
    let shown = labels.get(..MOST).unwrap_or(labels).join(", ");
    match labels.len().checked_sub(MOST) {
        Some(more @ 1..) => format!("{shown}, … {more} more"),
        _ => shown,
    }
}

/// The values of the enum that a type is or holds.
fn labels(fact_type: &FactType) -> Option<Vec<String>> {
    match fact_type {
        FactType::Enum(values) => Some(values.clone()),
        FactType::List { element, .. } => labels(element),
        FactType::Map { value, .. } => labels(value),
        _ => None,
    }
}

/// The type that values of a declared type have in expressions.
pub fn expression_type(fact_type: &FactType) -> Type {
    match fact_type {
        FactType::Bool => Type::Bool,
        FactType::Int => Type::Int,
        FactType::Uint => Type::Uint,
        FactType::Double => Type::Double,
        FactType::String { .. } | FactType::Enum(_) => Type::String,
        FactType::Bytes { .. } => Type::Bytes,
        FactType::Timestamp => Type::Timestamp,
        FactType::Duration => Type::Duration,
        FactType::Point => Type::Point,
        FactType::List { element, .. } => Type::list(expression_type(element)),
        FactType::Map { value, .. } => Type::map(Type::String, expression_type(value)),
    }
}
