//! Predicates as expressions.
//!
//! In: the word of a predicate and its subject. Out: the expression that holds
//! for the same values, in the fewest words: what is asked, or the negation of
//! what isn't. A set of very many runs shows its first ones and `…`.

use super::ranges;
use super::subject::{Subject, Values};
use super::{SHOWN_ITEMS, quoted};
use rulestone_format::archive::{ArchivedRuleset, ArchivedSlot};
use rulestone_format::predicate::{MASK_RANKS, Predicate, PredicateKind};
use rulestone_format::subject::ABSENT;

/// Most runs of a set that are looked at. Sets may be shared by any number of
/// predicates, and are not gone through for each of them.
const MOST_RUNS: usize = 128;

/// The ranks for which a predicate holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ranks {
    absent: bool,
    /// The ranks of what is there, where a run begins and where it has ended, in
    /// turn: of the first runs.
    bounds: Vec<u32>,
    /// How many runs there are.
    pub(super) count: usize,
    /// Whether the last rank is among them.
    has_last: bool,
}

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

impl Ranks {
    /// `ranks` is how many the subject has. `None` for what is no predicate of ranks.
    fn of(archive: &ArchivedRuleset, predicate: Predicate, ranks: u32) -> Option<Ranks> {
        let (low, width) = (predicate.low(), predicate.width());
        let (absent, bounds, count, end): (bool, Vec<u32>, usize, u32) = match predicate.kind()? {
            PredicateKind::Interval => {
                let end = low.checked_add(width)?.checked_add(1)?;
                let run = Some([low.max(1), end]).filter(|_| end > 1);
                (low == ABSENT, run.into_iter().flatten().collect(), run.iter().len(), end)
            }
            PredicateKind::Mask => {
                let is_in = |rank: u32| rank > 0 && predicate.mask().wrapping_shr(rank) & 1 != 0;
                let changes = (1..=MASK_RANKS as u32).filter(|at| is_in(*at) != is_in(at - 1));
                let bounds: Vec<u32> = changes.collect();
                let (count, end) = (bounds.len() / 2, bounds.last().copied().unwrap_or(0));
                (predicate.mask() & 1 != 0, bounds, count, end)
            }
            PredicateKind::Runs => {
                let start = low as usize;
                let set = archive.sets.get(start..start.checked_add(width as usize)?)?;
                let first = set.iter().take(2 * MOST_RUNS).map(|bound| bound.to_native());
                let end = set.last().map_or(0, |end| end.to_native());
                (false, first.collect(), set.len() / 2, end)
            }
            PredicateKind::Member => return None,
        };
        let plain = Ranks { absent, bounds, count, has_last: end == ranks };
        Some(if predicate.is_negated() { plain.opposite(ranks) } else { plain })
    }

    /// All other ranks of what is there.
    fn opposite(&self, ranks: u32) -> Ranks {
        let mut bounds = self.bounds.clone();
        let has_first = bounds.first() == Some(&1);
        if has_first {
            bounds.remove(0);
        } else {
            bounds.insert(0, 1);
        }
        match self.has_last {
            _ if self.is_cut() => {}
            true => bounds.truncate(bounds.len().saturating_sub(1)),
            false => bounds.push(ranks),
        }
        bounds.truncate(bounds.len() / 2 * 2);
        let count = (self.count + 1).saturating_sub(has_first.into());
        Ranks {
            absent: false,
            bounds,
            count: count.saturating_sub(self.has_last.into()),
            has_last: !self.has_last,
        }
    }

    /// Where each run begins and has ended.
    pub(super) fn runs(&self) -> impl Iterator<Item = (u32, u32)> {
        self.bounds.chunks_exact(2).map(|run| (run[0], run[1]))
    }

    /// Whether there are more runs than these.
    pub(super) fn is_cut(&self) -> bool {
        self.bounds.len() / 2 < self.count
    }

    fn size(&self) -> u32 {
        self.runs().map(|(start, end)| end.saturating_sub(start)).fold(0, u32::saturating_add)
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

/// That something is among values; `is_cut` if these are the first ones only.
pub(super) fn among(name: &str, mut items: Vec<String>, is_cut: bool, is_negated: bool) -> String {
    match (&items[..], is_cut) {
        ([item], false) => {
            let relation = if is_negated { "!=" } else { "==" };
            format!("{name} {relation} {item}")
        }
        _ => {
            if is_cut {
                items.push("…".to_owned());
            }
            negated_if(is_negated, &format!("{name} in [{}]", items.join(", ")))
        }
    }
}

pub(super) fn negated_if(is_negated: bool, text: &str) -> String {
    match is_negated {
        true => format!("!({text})"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANKS: u32 = 1000;

    /// What is looked at of a set of runs of one rank each, `step` apart.
    fn singles(first: u32, step: usize, count: usize) -> Ranks {
        let starts = (first..RANKS).step_by(step).take(count);
        let bounds: Vec<u32> = starts.flat_map(|start| [start, start + 1]).collect();
        let has_last = bounds.last() == Some(&RANKS);
        let mut ranks = Ranks { absent: false, count: bounds.len() / 2, bounds, has_last };
        ranks.bounds.truncate(2 * MOST_RUNS);
        ranks
    }

    #[test]
    fn the_opposite_has_what_is_left_of_what_is_there() {
        for ranks in [singles(1, 3, 5), singles(4, 2, 7), singles(RANKS - 9, 4, 9)] {
            let opposite = ranks.opposite(RANKS);
            assert_eq!(ranks.size() + opposite.size(), RANKS - 1);
            assert_eq!(opposite.count, opposite.runs().count());
            assert_eq!(opposite.opposite(RANKS), ranks);
        }
        let none = Ranks { absent: true, bounds: Vec::new(), count: 0, has_last: false };
        let all = none.opposite(RANKS);
        assert_eq!((&all.bounds[..], all.count, all.has_last), (&[1, RANKS][..], 1, true));
        assert_eq!(all.opposite(RANKS).count, 0);
    }

    #[test]
    fn of_a_long_set_the_first_runs_are_known_and_how_many_there_are() {
        for (ranks, count) in [(singles(1, 2, 300), 300), (singles(3, 2, 300), 301)] {
            let opposite = ranks.opposite(RANKS);
            assert!(ranks.is_cut() && opposite.is_cut());
            assert_eq!((ranks.count, opposite.count), (300, count));
            let between = |(a, b): ((u32, u32), (u32, u32))| (a.1, b.0);
            let gaps: Vec<(u32, u32)> =
                ranks.runs().zip(ranks.runs().skip(1)).map(between).collect();
            let first = opposite.count - 300;
            assert!(opposite.runs().skip(first).zip(gaps).all(|(run, gap)| run == gap));
        }
    }
}
