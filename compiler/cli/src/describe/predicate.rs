//! Predicates as expressions.
//!
//! In: the word of a predicate and its subject. Out: the expression that holds
//! for the same values, in the fewest words: what is asked, or the negation of
//! what isn't. A set of very many runs shows its first ones and `…`.

use super::ranges;
use super::ranks::{Ranks, among, negated_if};
use super::subject::{Subject, Values};
use super::value::{SHOWN_ITEMS, quoted};
use rulestone_format::archive::{ArchivedRuleset, ArchivedSlot};
use rulestone_format::predicate::{Predicate, PredicateKind};

/// The predicates of a slot, and of each whether the index decides it.
pub fn slot_predicates(
    archive: &ArchivedRuleset,
    slot: &ArchivedSlot,
) -> impl Iterator<Item = (Predicate, bool)> {
    let start = slot.predicates.to_native() as usize;
    let end = start.saturating_add(usize::from(slot.count.to_native()));
    let words = archive.predicates.get(start..end).unwrap_or_default();
    let residual = usize::from(slot.residual.to_native());
    let words = words.iter().enumerate();
    words.map(move |(at, word)| (Predicate(word.to_native()), at >= residual))
}

impl Subject<'_> {
    pub(super) fn predicate(&self, archive: &ArchivedRuleset, predicate: Predicate) -> String {
        if predicate.kind() == Some(PredicateKind::Member) {
            let word = self.words.get(predicate.low() as usize);
            let word = word.map_or_else(|| "?".to_owned(), |word| quoted(word));
            return negated_if(predicate.is_negated(), &format!("{word} in {}", self.name));
        }
        let text = match Ranks::of(archive, predicate, self.ranks) {
            Some(ranks) => self.expression(&ranks),
            None => "?".to_owned(),
        };
        let Some(short) = &self.short_name else { return text };
        // Once is enough to tell where an expression without a name stands.
        match text.split_once(&self.name) {
            Some((before, after)) => {
                format!("{before}{}{}", self.name, after.replace(&self.name, short))
            }
            None => text,
        }
    }

    /// The expression that holds for just these ranks.
    fn expression(&self, ranks: &Ranks) -> String {
        let has_it = format!("has({})", self.whole);
        let is_whole = ranks.bounds == [1, self.ranks];
        match (ranks.absent, ranks.count == 0, is_whole) {
            (true, true, _) => format!("!{has_it}"),
            (false, true, _) => "false".to_owned(),
            (true, _, true) => "true".to_owned(),
            (false, _, true) => has_it,
            (true, _, false) => format!("!{has_it} || {}", self.asked(ranks)),
            (false, _, false) => self.asked(ranks),
        }
    }

    /// Of what is there.
    fn asked(&self, ranks: &Ranks) -> String {
        let opposite = ranks.opposite(self.ranks);
        let name = &self.name;
        match &self.values {
            Some(Values::Bool) => match ranks.has_last {
                true => name.clone(),
                false => format!("!{name}"),
            },
            Some(Values::Labels(labels)) => {
                let label = |rank: u32| {
                    let label = labels.get(rank.checked_sub(1)? as usize)?;
                    Some(quoted(label))
                };
                match opposite.size() < ranks.size() {
                    true => one_of(name, &opposite, true, label),
                    false => one_of(name, ranks, false, label),
                }
            }
            Some(Values::Text) => {
                let word = |rank: u32| {
                    let word = self.words.get(rank.checked_sub(1)? as usize)?;
                    Some(quoted(word))
                };
                // The last rank is that of all text that has no number.
                match ranks.has_last {
                    true => one_of(name, &opposite, true, word),
                    false => one_of(name, ranks, false, word),
                }
            }
            Some(Values::Ordered(kind)) => ranges::text(self, *kind, ranks, &opposite),
            Some(Values::List) | None => "?".to_owned(),
        }
    }
}

/// `x == "a"`, `x in ["a", "b"]`, or their negations.
fn one_of(
    name: &str,
    ranks: &Ranks,
    is_negated: bool,
    item: impl Fn(u32) -> Option<String>,
) -> String {
    let all = ranks.runs().flat_map(|(start, end)| start..end);
    let shown = all.take(SHOWN_ITEMS).map(|rank| item(rank).unwrap_or_else(|| "?".to_owned()));
    let is_cut = ranks.is_cut() || ranks.size() as usize > SHOWN_ITEMS;
    among(name, shown.collect(), is_cut, is_negated)
}
