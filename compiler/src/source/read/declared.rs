//! The names that were declared, over all files.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::source::span::Span;

/// What kinds of names there are; each has a space of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Constant,
    Variable,
    Fence,
    Rule,
    Test,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Constant => "constant",
            Kind::Variable => "variable",
            Kind::Fence => "fence",
            Kind::Rule => "rule",
            Kind::Test => "test",
        }
    }
}

/// Where each name was first declared, over all files.
#[derive(Debug, Default)]
pub(super) struct Names {
    first: HashMap<(Kind, String), Span>,
}

impl Names {
    /// Declares a name; gives where it was declared before, if it was.
    pub(super) fn declare(&mut self, kind: Kind, name: &str, place: Span) -> Option<Span> {
        match self.first.entry((kind, name.to_owned())) {
            Entry::Vacant(entry) => {
                entry.insert(place);
                None
            }
            Entry::Occupied(entry) => Some(*entry.get()),
        }
    }
}
