//! What a builder remembers of the facts before: programs send the same members in the
//! same order, request after request.
//!
//! In: members as they come. Out: a guess which one comes next, and whether a name is
//! the same text in memory as the last time: then it needs no search and no comparison.
//! Wrong guesses cost a search.

use super::table::{FactTable, Group};
use rulestone_format::archive::ArchivedRuleset;

/// No member.
const NONE: u32 = u32::MAX;

/// By the numbers of names ([`FactTable::number`]).
#[derive(Debug)]
pub(super) struct Recall {
    /// The member that came after this one in its group.
    next: Vec<u32>,
    /// The first one that came in this group, the last element being the root.
    first: Vec<u32>,
    /// Where the text of its name was in memory, if it was one that never moves.
    texts: Vec<(usize, usize)>,
    /// By fact: the labels that variants of a Rust enum stood for.
    labels: Vec<Vec<Label>>,
}

/// The text of a variant, which never moves, and the label that it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label {
    text: (usize, usize),
    label: u64,
}

/// Variants of higher numbers aren't remembered.
const MOST_VARIANTS: usize = 256;

impl Recall {
    pub(super) fn new(archive: &ArchivedRuleset, table: &FactTable) -> Recall {
        let members = table.len();
        Recall {
            next: vec![NONE; members],
            first: vec![NONE; members + 1],
            texts: vec![(0, 0); members],
            labels: vec![Vec::new(); archive.schema.facts.len()],
        }
    }

    /// The member that came behind `previous` in a group the last time.
    #[inline]
    pub(super) fn guess(&self, group: Group, previous: Option<usize>) -> Option<usize> {
        let guess = match previous {
            Some(previous) => self.next.get(previous),
            None => self.first.get(self.place(group)),
        };
        guess.copied().filter(|guess| *guess != NONE).map(|guess| guess as usize)
    }

    /// Remembers which member has come.
    pub(super) fn learn(&mut self, group: Group, previous: Option<usize>, member: usize) {
        let place = self.place(group);
        let guess = match previous {
            Some(previous) => self.next.get_mut(previous),
            None => self.first.get_mut(place),
        };
        if let Some(guess) = guess {
            *guess = member as u32;
        }
    }

    fn place(&self, group: Group) -> usize {
        group.number().map_or(self.next.len(), |number| number as usize)
    }

    /// Whether the name of a member is this text in memory.
    #[inline]
    pub(super) fn is_text_of(&self, member: usize, name: &'static str) -> bool {
        self.texts.get(member).is_some_and(|text| *text == place_of(name))
    }

    /// Remembers the text of a member's name.
    pub(super) fn learn_text(&mut self, member: usize, name: &'static str) {
        if let Some(text) = self.texts.get_mut(member) {
            *text = place_of(name);
        }
    }

    /// The label that a variant stood for.
    #[inline]
    pub(super) fn label(&self, fact: u32, variant: u32, name: &'static str) -> Option<u64> {
        let label = self.labels.get(fact as usize)?.get(variant as usize)?;
        (label.text == place_of(name)).then_some(label.label)
    }

    /// Remembers the label that a variant stands for.
    pub(super) fn learn_label(&mut self, fact: u32, variant: u32, name: &'static str, label: u64) {
        let variant = variant as usize;
        let Some(labels) = self.labels.get_mut(fact as usize) else { return };
        if variant >= MOST_VARIANTS {
            return;
        }
        if labels.len() <= variant {
            labels.resize(variant + 1, Label { text: (0, 0), label: 0 });
        }
        if let Some(known) = labels.get_mut(variant) {
            *known = Label { text: place_of(name), label };
        }
    }
}

/// Text that never moves is known by where it is.
#[inline]
fn place_of(name: &'static str) -> (usize, usize) {
    (name.as_ptr().addr(), name.len())
}
