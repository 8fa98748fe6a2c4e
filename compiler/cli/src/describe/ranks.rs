//! Sets of ranks, and how a choice among values is written.

use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::predicate::{MASK_RANKS, Predicate, PredicateKind};
use rulestone_format::subject::ABSENT;

/// Most runs of a set that are looked at. Sets may be shared by any number of
/// predicates, and are not gone through for each of them.
const MOST_RUNS: usize = 128;

/// The ranks for which a predicate holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ranks {
    pub(super) absent: bool,
    /// The ranks of what is there, where a run begins and where it has ended, in
    /// turn: of the first runs.
    pub(super) bounds: Vec<u32>,
    /// How many runs there are.
    pub(super) count: usize,
    /// Whether the last rank is among them.
    pub(super) has_last: bool,
}

impl Ranks {
    /// `ranks` is how many the subject has. `None` for what is no predicate of ranks.
    pub(super) fn of(archive: &ArchivedRuleset, predicate: Predicate, ranks: u32) -> Option<Ranks> {
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
    pub(super) fn opposite(&self, ranks: u32) -> Ranks {
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

    pub(super) fn size(&self) -> u32 {
        self.runs().map(|(start, end)| end.saturating_sub(start)).fold(0, u32::saturating_add)
    }
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
