//! Ranks next to each other that share a row, and what runs of ranks are in terms
//! of these groups.

use crate::predicate::{Predicate, PredicateKind};
use crate::subject::ABSENT;
use rkyv::rend::unaligned::u32_ule;

/// The groups of a dimension.
#[derive(Debug)]
pub(super) struct Groups {
    /// Of each rank, twice its group, and 1 more where the group begins with it. Behind
    /// the last rank the group behind the last begins.
    of: Vec<u32>,
    /// Of each group, its row.
    pub(super) rows: Vec<u32>,
}

/// A run of ranks: the first, and the one behind the last.
pub(super) type Run = (u32, u32);

/// Where runs of ranks begin and end in groups, in turn: the first group of each and
/// the one behind its last.
#[derive(Debug, Default)]
pub(super) struct Ends {
    /// Of the groups that have a rank of the runs.
    pub(super) touched: Vec<u32>,
    /// Of the groups that have nothing but ranks of the runs.
    pub(super) covered: Vec<u32>,
}

impl Groups {
    /// Of the cells of a dimension: the row of each rank.
    pub(super) fn of(cells: &[u32_ule]) -> Groups {
        let mut groups = Groups { of: Vec::with_capacity(cells.len() + 1), rows: Vec::new() };
        for row in cells {
            let row = row.to_native();
            let begins = groups.rows.last() != Some(&row);
            if begins {
                groups.rows.push(row);
            }
            groups.of.push((groups.rows.len() as u32 - 1) << 1 | u32::from(begins));
        }
        groups.of.push((groups.rows.len() as u32) << 1 | 1);
        groups
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    /// How many ranks there are.
    pub(super) fn ranks(&self) -> u32 {
        self.of.len() as u32 - 1
    }

    /// What one run comes to, of `low` and so many ranks more: the first group that it
    /// touches and the one behind the last, and the same of those that it covers. Where
    /// it covers none both are the same.
    #[inline]
    pub(super) fn of_run(&self, low: u32, width: u32) -> ([u32; 2], [u32; 2]) {
        let of = |rank: u32| self.of.get(rank as usize).copied().unwrap_or_default();
        let (low, end) = (of(low), of(low + width + 1));
        let (first, behind) = (low >> 1, (end >> 1) + (!end & 1));
        let covered = first + (!low & 1);
        ([first, behind], [covered, (end >> 1).max(covered)])
    }

    /// Calls `flip` with the groups before which the bits of a mask change, if it changes
    /// only where groups begin. Gives whether it does; it may have begun to call.
    #[inline]
    pub(super) fn each_edge(&self, mask: u64, mut flip: impl FnMut(u32)) -> bool {
        // A mask has fewer bits than there are.
        let mut edges = mask ^ mask << 1;
        while edges != 0 {
            let of = self.of.get(edges.trailing_zeros() as usize).copied().unwrap_or_default();
            if of & 1 == 0 {
                return false;
            }
            flip(of >> 1);
            edges &= edges - 1;
        }
        true
    }

    /// What runs come to. They ascend and don't touch.
    pub(super) fn ends(&self, runs: &[Run], ends: &mut Ends) {
        ends.touched.clear();
        ends.covered.clear();
        for (first, end) in runs {
            let ([low, high], covered) = self.of_run(*first, end.saturating_sub(first + 1));
            match ends.touched.last_mut() {
                // It begins in the group that the one before it ends in.
                Some(last) if low < *last => *last = high,
                _ => ends.touched.extend([low, high]),
            }
            if covered[0] < covered[1] {
                ends.covered.extend(covered);
            }
        }
    }
}

/// Whether it asks for one run of ranks.
#[inline]
pub(super) fn is_interval(predicate: Predicate) -> bool {
    predicate.kind() == Some(PredicateKind::Interval) && !predicate.is_negated()
}

/// The runs of ranks that a predicate holds for, ascending, none touching another.
/// It asks for no words.
pub(super) fn runs(predicate: Predicate, ranks: u32, sets: &[u32_ule], runs: &mut Vec<Run>) {
    runs.clear();
    let (low, width) = (predicate.low(), predicate.width());
    match predicate.kind() {
        Some(PredicateKind::Interval) => runs.push((low, low + width + 1)),
        Some(PredicateKind::Mask) => {
            let mut mask = predicate.mask();
            let mut at = 0;
            while mask != 0 {
                let gap = mask.trailing_zeros();
                let length = (mask >> gap).trailing_ones();
                runs.push((at + gap, at + gap + length));
                at += gap + length;
                mask = mask.checked_shr(gap + length).unwrap_or_default();
            }
        }
        Some(PredicateKind::Runs) => {
            let start = low as usize;
            let set = sets.get(start..start + width as usize).unwrap_or_default();
            let (set, _) = set.as_chunks::<2>();
            runs.extend(set.iter().map(|[first, end]| (first.to_native(), end.to_native())));
        }
        Some(PredicateKind::Member) | None => {}
    }
    if predicate.is_negated() {
        complement(ranks, runs);
    }
}

/// What is there and in none of the runs.
fn complement(ranks: u32, runs: &mut Vec<Run>) {
    let mut next = ABSENT + 1;
    let mut kept = 0;
    for at in 0..runs.len() {
        let (first, end) = runs[at];
        if next < first {
            // INVARIANT: no more than one is kept for each that was read.
            runs[kept] = (next, first);
            kept += 1;
        }
        next = next.max(end);
    }
    runs.truncate(kept);
    if next < ranks {
        runs.push((next, ranks));
    }
}

/// What is in both.
pub(super) fn intersect(a: &[Run], b: &[Run]) -> Vec<Run> {
    let mut both = Vec::new();
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(one), Some(other)) = (a.peek(), b.peek()) {
        let (first, end) = (one.0.max(other.0), one.1.min(other.1));
        if first < end {
            both.push((first, end));
        }
        if one.1 <= other.1 {
            a.next();
        } else {
            b.next();
        }
    }
    both
}
