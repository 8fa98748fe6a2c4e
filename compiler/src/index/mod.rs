//! The index: which slots each rank of a subject leaves possible, as rows of bits.
//!
//! In: slots, the alternatives of all rules in decision order, each a
//! conjunction over subjects. Out: the archive's tables, with the same slots in the
//! order of the index (`order`), each predicate one word (`slots`), and the index. A
//! dimension is made for each subject that tells slots apart well enough to pay
//! (`cost`); what its rows decide exactly comes last among what a slot asks, and is
//! not checked again.

mod cost;
mod dimension;
mod order;
mod selectivity;
mod slots;

use crate::check::checked;
use crate::diagnostic::Diagnostics;
use crate::lower::Lowered;
use crate::lower::ranks::{Ask, Ranked, RankedSubject, Slot, TooMuch};
use dimension::Dimension;
use rulestone_format::archive::{self, Index, Range};
use rulestone_format::index::{BLOCK_WORDS, row_words, summary_words};
use selectivity::share;
use slots::{Arranged, SlotTables};
use std::collections::{BTreeMap, HashMap};

/// Whether an archive has an index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Indexing {
    /// Where it pays.
    #[default]
    WherePaying,
    /// Of every fact that can be indexed, however few the rules: for tests.
    Always,
    Never,
}

/// Puts the slots of a ruleset in order and makes its index, which is empty where
/// there is nothing to gain. `None`, and a finding, where slots need more than an
/// archive can hold.
pub fn index(
    lowered: Lowered,
    ruleset: &checked::Ruleset,
    indexing: Indexing,
    diagnostics: &mut Diagnostics,
) -> Option<archive::Ruleset> {
    let Lowered { tables, ranked } = lowered;
    let (arranged, subjects, index) = arranged(indexing, ranked);
    match slots::tables(&arranged, &subjects) {
        Ok(SlotTables { slots, predicates, sets }) => {
            Some(archive::Ruleset { slots, predicates, sets, index, ..tables })
        }
        Err(TooMuch { excess, rule }) => {
            let rule = ruleset.rules.get(rule as usize)?;
            diagnostics.push(excess.finding(rule.span));
            None
        }
    }
}

/// The slots in the order of the index, what is known of the subjects, and the
/// index.
fn arranged(indexing: Indexing, ranked: Ranked) -> (Vec<Arranged>, Vec<RankedSubject>, Index) {
    let Ranked { mut slots, subjects } = ranked;
    let mut dimensions = Vec::new();
    if indexing != Indexing::Never && !slots.is_empty() {
        order::cluster(&mut slots, &subjects);
        let mut asks: BTreeMap<u16, Vec<(u32, &Ask)>> = BTreeMap::new();
        for (number, slot) in (0..).zip(&slots) {
            for ask in &slot.asks {
                asks.entry(ask.subject).or_default().push((number, ask));
            }
        }
        dimensions = asks
            .into_iter()
            .map(|(subject, asks)| {
                dimension::dimension(subject, &subjects[usize::from(subject)], &asks, slots.len())
            })
            .collect();
        if indexing == Indexing::WherePaying {
            dimensions = cost::worthwhile(dimensions, &subjects, &slots);
        }
    }
    let index = assemble(slots.len(), &dimensions);
    let by_subject: HashMap<u16, &Dimension> =
        dimensions.iter().map(|dimension| (dimension.subject, dimension)).collect();
    let arrange = |(number, mut slot): (u32, Slot)| {
        let is_decided = |ask: &Ask| {
            let dimension = by_subject.get(&ask.subject);
            dimension.is_some_and(|dimension| dimension.decides(number))
        };
        // Facts come before variables that have rows, which every request works out, and
        // these before other variables; among each kind the more narrow first.
        let expense = |ask: &Ask| {
            let is_variable = subjects[usize::from(ask.subject)].cost > 0;
            (is_variable && !by_subject.contains_key(&ask.subject), is_variable)
        };
        slot.asks.sort_by(|a, b| {
            (is_decided(a), expense(a))
                .cmp(&(is_decided(b), expense(b)))
                .then(share(a, &subjects).total_cmp(&share(b, &subjects)))
        });
        let residual = slot.asks.iter().filter(|ask| !is_decided(ask)).count();
        Arranged { slot, residual }
    };
    let arranged = (0..).zip(slots).map(arrange).collect();
    (arranged, subjects, index)
}

/// Puts the dimensions into tables; equal rows are kept once.
fn assemble(slots: usize, dimensions: &[Dimension]) -> Index {
    let mut index = Index::default();
    let mut known: HashMap<&[u64], u32> = HashMap::new();
    let mut rows: Vec<&[u64]> = Vec::new();
    for dimension in dimensions {
        let numbers: Vec<u32> = (dimension.rows.iter())
            .map(|row| {
                *known.entry(row).or_insert_with(|| {
                    rows.push(row);
                    rows.len() as u32 - 1
                })
            })
            .collect();
        let cells = dimension.cells.iter().map(|row| numbers[*row as usize]);
        let start = index.cells.len() as u32;
        index.cells.extend(cells);
        let cells = Range { start, length: index.cells.len() as u32 - start };
        index.dimensions.push(archive::Dimension { subject: dimension.subject, cells });
    }
    index.rows.reserve_exact(rows.len() * row_words(slots));
    index.summaries.reserve_exact(rows.len() * summary_words(slots));
    for row in rows {
        index.rows.extend(row);
        index.summaries.extend(row.chunks(64 * BLOCK_WORDS).map(|blocks| {
            let blocks = blocks.chunks(BLOCK_WORDS).enumerate();
            let live = blocks.filter(|(_, block)| block.iter().any(|word| *word != 0));
            live.fold(0_u64, |summary, (at, _)| summary | 1 << at)
        }));
    }
    index
}
