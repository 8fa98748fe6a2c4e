//! One dimension: the cells of a fact and the slots that each leaves possible.

use super::cost;
use super::keys::{Keys, allowed, intersection};
use rulestone_format::archive::Predicate;
use rulestone_format::index::{DimensionKind, row_words};
use rulestone_format::predicate::PredicateKind;
use rulestone_format::schema::FactKind;
use std::collections::BTreeMap;

/// A dimension before it is put into tables.
#[derive(Debug)]
pub(super) struct Dimension {
    pub fact: u16,
    pub kind: DimensionKind,
    /// First keys of cells but the first.
    pub cuts: Vec<u64>,
    /// A row for each cell, or for each word.
    pub rows: Vec<Vec<u64>>,
    /// The slots that don't ask this fact anything.
    pub base: Vec<u64>,
    /// Bits of the slots that the rows decide exactly.
    exact: Vec<u64>,
}

impl Dimension {
    /// Whether the rows say exactly what the slot's predicates of this fact say.
    pub(super) fn decides(&self, slot: u32) -> bool {
        has(&self.exact, slot)
    }

    /// The part of all slots that a cell leaves possible on average.
    pub(super) fn density(&self, slots: usize) -> f64 {
        let ones: u64 = self.rows.iter().flatten().map(|word| u64::from(word.count_ones())).sum();
        ones as f64 / (self.rows.len().max(1) * slots.max(1)) as f64
    }
}

/// The dimension of a fact, by the predicates of all slots that ask it something.
/// `None` where it tells nothing.
pub(super) fn dimension(
    fact: u16,
    kind: FactKind,
    predicates: &[(u32, Predicate)],
    slots: usize,
    sets: &[u64],
    words: usize,
) -> Option<Dimension> {
    match kind {
        FactKind::List => members(fact, predicates, slots, words),
        _ => ordered(fact, predicates, slots, sets),
    }
}

fn ordered(
    fact: u16,
    predicates: &[(u32, Predicate)],
    slots: usize,
    sets: &[u64],
) -> Option<Dimension> {
    let mut keys: BTreeMap<u32, Keys> = BTreeMap::new();
    for (slot, predicate) in predicates {
        let allowed = allowed(predicate, sets)?;
        keys.entry(*slot)
            .and_modify(|keys| *keys = intersection(keys, &allowed))
            .or_insert(allowed);
    }
    let cuts = cuts(keys.values(), slots);
    let cell = |key: u64| cuts.partition_point(|cut| *cut <= key);
    let mut base = all_ones(slots);
    keys.keys().for_each(|slot| clear(&mut base, *slot));
    let mut rows = vec![base.clone(); cuts.len() + 1];
    let mut exact = vec![0; base.len()];
    for (slot, keys) in &keys {
        let mut is_exact = true;
        for (low, high) in keys {
            let (first, last) = (cell(*low), cell(*high));
            rows[first..=last].iter_mut().for_each(|row| set(row, *slot));
            let begins = *low == 0 || (first > 0 && cuts[first - 1] == *low);
            let ends = high.checked_add(1).is_none_or(|next| cuts.get(last) == Some(&next));
            is_exact &= begins && ends;
        }
        if is_exact {
            set(&mut exact, *slot);
        }
    }
    Some(Dimension { fact, kind: DimensionKind::Ordered, cuts, rows, base, exact })
}

/// Where the answers change; where they change too often, some of these places.
fn cuts<'k>(keys: impl Iterator<Item = &'k Keys>, slots: usize) -> Vec<u64> {
    let mut ends: Vec<u64> = keys
        .flatten()
        .flat_map(|(low, high)| [Some(*low).filter(|low| *low > 0), high.checked_add(1)])
        .flatten()
        .collect();
    ends.sort_unstable();
    let mut distinct = ends.clone();
    distinct.dedup();
    let most = cost::most_cells(slots) - 1;
    if distinct.len() <= most {
        return distinct;
    }
    // As many changes in each cell, so that none is left with most of them.
    let mut cuts: Vec<u64> = (1..=most).map(|n| ends[n * ends.len() / (most + 1)]).collect();
    cuts.dedup();
    cuts
}

fn members(
    fact: u16,
    predicates: &[(u32, Predicate)],
    slots: usize,
    words: usize,
) -> Option<Dimension> {
    if words > cost::MOST_WORDS {
        return None;
    }
    // What a slot asks: that a list has words, and perhaps that it lacks others.
    let mut wanted: BTreeMap<u32, (Vec<u64>, bool)> = BTreeMap::new();
    for (slot, predicate) in predicates {
        let (kind, negated) = PredicateKind::of_form(predicate.form)?;
        let (has, lacks) = wanted.entry(*slot).or_default();
        match (kind, negated) {
            (PredicateKind::Member, false) => has.push(predicate.low),
            (PredicateKind::Member, true) => *lacks = true,
            _ => return None,
        }
    }
    let mut base = all_ones(slots);
    let asking = wanted.iter().filter(|(_, (has, _))| !has.is_empty());
    asking.clone().for_each(|(slot, _)| clear(&mut base, *slot));
    // A word's row is what it adds to the base.
    let mut rows = vec![vec![0; base.len()]; words];
    let mut exact = vec![0; base.len()];
    for (slot, (has, lacks)) in asking {
        // One word decides whether the slot is possible at all.
        let word = has[0];
        set(rows.get_mut(word as usize)?, *slot);
        if has.iter().all(|other| *other == word) && !lacks {
            set(&mut exact, *slot);
        }
    }
    Some(Dimension { fact, kind: DimensionKind::Members, cuts: Vec::new(), rows, base, exact })
}

fn all_ones(slots: usize) -> Vec<u64> {
    let mut row = vec![0; row_words(slots)];
    for (word, first) in row.iter_mut().zip((0..slots).step_by(64)) {
        *word = match slots - first {
            rest @ 0..64 => (1 << rest) - 1,
            _ => u64::MAX,
        };
    }
    row
}

fn set(row: &mut [u64], slot: u32) {
    row[slot as usize / 64] |= 1 << (slot % 64);
}

fn clear(row: &mut [u64], slot: u32) {
    row[slot as usize / 64] &= !(1 << (slot % 64));
}

fn has(row: &[u64], slot: u32) -> bool {
    row[slot as usize / 64] >> (slot % 64) & 1 != 0
}
