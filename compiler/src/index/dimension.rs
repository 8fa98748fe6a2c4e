//! One dimension: the cells of a subject and the slots that each leaves possible.

use crate::lower::ranks::{Ask, Asked, RankedSubject, Runs};
use rulestone_format::index::row_words;
use rulestone_format::subject::{ABSENT, Ranking};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A dimension before it is put into tables.
#[derive(Debug)]
pub(super) struct Dimension {
    pub subject: u16,
    /// Of each cell, which of `rows` it has.
    pub cells: Vec<u32>,
    pub rows: Vec<Vec<u64>>,
    /// How many slots ask the subject something.
    pub asking: usize,
    /// What part of them is left on average.
    pub passing: f64,
    /// Bits of the slots that the rows decide exactly.
    exact: Vec<u64>,
}

impl Dimension {
    /// Whether the rows say exactly what the slot asks of the subject.
    pub(super) fn decides(&self, slot: u32) -> bool {
        self.exact[slot as usize / 64] >> (slot % 64) & 1 != 0
    }
}

/// The dimension of a subject, by what all slots ask of it.
pub(super) fn dimension(
    subject: u16,
    ranked: &RankedSubject,
    asks: &[(u32, &Ask)],
    slots: usize,
) -> Dimension {
    let mut base = all_ones(slots);
    let mut asking = 0;
    for (slot, _) in asks {
        asking += usize::from(has(&base, *slot));
        clear(&mut base, *slot);
    }
    match ranked.ranking {
        Ranking::Members => members(subject, ranked, asks, base, asking),
        _ => ordered(subject, ranked, asks, slots, base, asking),
    }
}

fn ordered(
    subject: u16,
    ranked: &RankedSubject,
    asks: &[(u32, &Ask)],
    slots: usize,
    base: Vec<u64>,
    asking: usize,
) -> Dimension {
    // Of each set of runs its groups, and which slots ask for it.
    let mut asked: HashMap<*const Runs, (&Runs, Vec<u32>)> = HashMap::new();
    for (slot, ask) in asks {
        if let Asked::Runs(runs) = &ask.what {
            asked.entry(Arc::as_ptr(runs)).or_insert((runs, Vec::new())).1.push(*slot);
        }
    }
    let weighted = asked.values().map(|(runs, slots)| (*runs, slots.len()));
    let starts = starts(weighted, ranked, slots);
    let group = |rank: u32| starts.partition_point(|start| *start <= rank) - 1;
    let mut rows = vec![base.clone(); starts.len()];
    let mut exact = vec![0; base.len()];
    let mut passing = 0_u64;
    for (runs, slots) in asked.values() {
        let mut is_exact = true;
        let mut groups = vec![false; starts.len()];
        for (low, high) in runs.all() {
            let (first, last) = (group(*low), group(*high));
            groups[first..=last].fill(true);
            passing += ((last - first + 1) * slots.len()) as u64;
            let next = starts.get(last + 1).copied().unwrap_or(ranked.ranks);
            is_exact &= starts[first] == *low && next == high + 1;
        }
        for (row, _) in rows.iter_mut().zip(&groups).filter(|(_, is_in)| **is_in) {
            slots.iter().for_each(|slot| set(row, *slot));
        }
        if is_exact {
            slots.iter().for_each(|slot| set(&mut exact, *slot));
        }
    }
    let cells = (0..ranked.ranks).map(|rank| group(rank) as u32).collect();
    let passing = passing as f64 / (asking.max(1) * starts.len()) as f64;
    Dimension { subject, cells, rows, asking, passing, exact }
}

/// The ranks with which groups begin that share a row: where answers change, or,
/// where they change too often, some of these places. What is absent stands alone.
///
/// In: sets of runs, each with how many slots ask for it.
fn starts<'r>(
    runs: impl Iterator<Item = (&'r Runs, usize)>,
    ranked: &RankedSubject,
    slots: usize,
) -> Vec<u32> {
    let ranks = ranked.ranks;
    let mut ends: Vec<(u32, usize)> = runs
        .flat_map(|(runs, count)| runs.all().iter().map(move |run| (run, count)))
        .flat_map(|((low, high), count)| [(*low, count), (high + 1, count)])
        .filter(|(end, _)| (2..ranks).contains(end))
        .collect();
    ends.sort_unstable();
    let mut distinct: Vec<u32> = ends.iter().map(|(end, _)| *end).collect();
    distinct.dedup();
    let most = most_cells(slots, ranked.ranking, distinct.len()) - 2;
    if distinct.len() > most {
        // As many changes in each group, so that none is left with most of them.
        let total: usize = ends.iter().map(|(_, count)| count).sum();
        let mut wanted = (1..=most).map(|n| n * total / (most + 1)).peekable();
        let mut before = 0;
        distinct.clear();
        for (end, count) in ends {
            before += count;
            while wanted.next_if(|place| *place < before).is_some() {
                distinct.push(end);
            }
        }
        distinct.dedup();
    }
    let first = [0, 1].into_iter().take_while(|start| *start < ranks);
    first.chain(distinct).collect()
}

/// Most cells of a dimension whose answers change at so many ranks.
///
/// Of numbers, in small rulesets, as many as two steps of a search tell apart: absent,
/// and on either side of 80 cuts. Sets of words are spread over all of them, and gain by
/// more. Rows of large rulesets are long, and should stay in the caches together: where
/// each change can have a cell, nothing is left to ask; where it can't, the slots of a
/// cell are asked in any case, and fewer cells leave few slots more.
fn most_cells(slots: usize, ranking: Ranking, changes: usize) -> usize {
    match (slots, ranking) {
        (0..4096, Ranking::Words) => 128,
        (0..4096, _) => 82,
        (_, Ranking::Words) => 64,
        _ if changes + 2 <= 64 => 64,
        _ => 24,
    }
}

fn members(
    subject: u16,
    ranked: &RankedSubject,
    asks: &[(u32, &Ask)],
    others: Vec<u64>,
    asking: usize,
) -> Dimension {
    let mut slots: BTreeMap<u32, Vec<&Asked>> = BTreeMap::new();
    asks.iter().for_each(|(slot, ask)| slots.entry(*slot).or_default().push(&ask.what));
    let (mut absent, mut any) = (others.clone(), others);
    let mut words = vec![vec![0; any.len()]; ranked.words as usize];
    let mut exact = vec![0; any.len()];
    let mut passing = 0.0;
    for (slot, asks) in slots {
        let allows = |rank| {
            asks.iter().all(|asked| match asked {
                Asked::Runs(runs) => runs.all().iter().any(|run| (run.0..=run.1).contains(&rank)),
                Asked::Member { .. } => rank != ABSENT,
            })
        };
        let wanted = asks.iter().find_map(|asked| match asked {
            Asked::Member { word, negated: false } => Some(*word as usize),
            _ => None,
        });
        if allows(ABSENT) {
            set(&mut absent, slot);
        }
        match wanted {
            // One word decides whether the slot is possible at all.
            Some(word) if allows(1) => {
                set(&mut words[word], slot);
                // Of many words a list has few.
                passing += (4.0 / f64::from(ranked.words.max(8))).min(1.0);
            }
            None if allows(1) => {
                set(&mut any, slot);
                passing += 1.0;
            }
            _ => {}
        }
        let is_runs = |asked: &&Asked| matches!(asked, Asked::Runs(_));
        if asks.len() == 1 && (wanted.is_some() || asks.iter().all(is_runs)) {
            set(&mut exact, slot);
        }
    }
    let mut rows = vec![absent, any];
    rows.append(&mut words);
    let passing = passing / asking.max(1) as f64;
    Dimension { subject, cells: (0..rows.len() as u32).collect(), rows, asking, passing, exact }
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
