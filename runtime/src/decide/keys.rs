//! Keys of the facts of a request, and predicates over them.
//!
//! In comes a frame; out comes, for any run of predicates, whether all hold.

use super::words::Words;
use crate::session::Plan;
use rulestone_format::archive::{ArchivedPredicate, ArchivedRuleset};
use rulestone_format::frame::Frame;
use rulestone_format::predicate::{self, PredicateKind};
use rulestone_format::schema::FactKind;
use rulestone_format::value::{CELL, Reference, read_cell};

/// One for each fact; of those that no predicate looks at, absent.
#[derive(Debug)]
pub(crate) struct Keys {
    keys: Vec<Key>,
    /// Numbers of the words of lists, list by list.
    words: Vec<u32>,
}

/// Of a list the key is a run of words: where it begins, and in the upper half
/// where it ends.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Key {
    pub(super) key: u64,
    pub(super) present: bool,
}

impl Keys {
    pub(crate) fn new(plan: &Plan) -> Keys {
        Keys { keys: vec![Key::default(); plan.facts.len()], words: Vec::new() }
    }

    /// Reads the keys of a request.
    pub(super) fn read(&mut self, plan: &Plan, archive: &ArchivedRuleset, frame: &Frame<'_>) {
        self.words.clear();
        for keyed in &plan.keyed {
            let number = usize::from(keyed.fact);
            let Some(fact) = plan.facts.get(number) else { continue };
            let key = if frame.has(number) {
                let cell = frame.cell(fact.slot, fact.kind);
                match keyed.dictionary {
                    None => predicate::key(fact.kind, cell),
                    Some(words) => {
                        let words = plan.words.get(words);
                        words
                            .map(|w| self.words_key(archive, frame, fact.kind, w, cell.reference()))
                    }
                }
            } else {
                None
            };
            if let Some(slot) = self.keys.get_mut(number) {
                *slot = Key { key: key.unwrap_or_default(), present: key.is_some() };
            }
        }
    }

    /// The key of a string or of a list of strings, by the fact's dictionary.
    fn words_key(
        &mut self,
        archive: &ArchivedRuleset,
        frame: &Frame<'_>,
        kind: FactKind,
        words: &Words,
        reference: Reference,
    ) -> u64 {
        let text = |reference: Reference| {
            let end = reference.offset() + reference.length();
            frame.bytes().get(reference.offset()..end).unwrap_or_default()
        };
        if kind != FactKind::List {
            return u64::from(words.number(archive, text(reference)));
        }
        let start = self.words.len();
        for item in 0..reference.length() {
            let cell = read_cell(frame.bytes(), reference.offset() + item * CELL, CELL);
            let Some(cell) = cell else { break };
            let number = words.number(archive, text(cell.reference()));
            if number < words.count() {
                self.words.push(number);
            }
        }
        start as u64 | (self.words.len() as u64) << 32
    }

    #[inline]
    pub(super) fn key(&self, fact: u16) -> Key {
        self.keys.get(usize::from(fact)).copied().unwrap_or_default()
    }

    /// The words that the list with this key has.
    #[inline]
    pub(super) fn words(&self, key: u64) -> &[u32] {
        let (start, end) = (key as u32 as usize, (key >> 32) as usize);
        self.words.get(start..end).unwrap_or_default()
    }

    /// Whether all hold. The predicates of a rule are few and as good as random,
    /// so that leaving early would cost more in branches than it saves.
    #[inline]
    pub(super) fn hold(&self, archive: &ArchivedRuleset, predicates: &[ArchivedPredicate]) -> bool {
        predicates.iter().fold(true, |all, predicate| {
            let key = self.key(predicate.fact.to_native());
            let form = predicate.form.to_native();
            let inside = if form < 2 {
                predicate::interval_holds(predicate, key.key)
            } else {
                self.holds_rarer(archive, predicate, key.key)
            };
            all & key.present & (inside != (form & 1 != 0))
        })
    }

    /// The kinds that are no interval.
    fn holds_rarer(
        &self,
        archive: &ArchivedRuleset,
        predicate: &ArchivedPredicate,
        key: u64,
    ) -> bool {
        match PredicateKind::of_form(predicate.form.to_native()) {
            Some((PredicateKind::OneOf, _)) => {
                predicate::set_of(predicate, archive).iter().any(|one| one.to_native() == key)
            }
            Some((PredicateKind::Member, _)) => {
                let word = predicate.low.to_native();
                self.words(key).iter().any(|number| u64::from(*number) == word)
            }
            _ => false,
        }
    }
}
