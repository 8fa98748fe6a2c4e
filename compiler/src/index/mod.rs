//! The index: which slots each value of a fact leaves possible, as rows of bits.
//!
//! In: slots, the alternatives of all rules in decision order, each a
//! conjunction of predicates. Out: the archive's tables of it. A dimension is
//! made for each fact that tells slots apart well enough to pay (`cost`); what
//! its rows decide exactly is dropped from the slots, and the rest stays for
//! the runtime to check.

mod cost;
mod dimension;
mod keys;

use crate::lower::Indexing;
use dimension::Dimension;
use rulestone_format::archive::{self, Index, Predicate, Range, Slot};
use rulestone_format::schema::FactKind;
use std::collections::{BTreeMap, HashMap};

/// One way in which a rule can match, before it is known what the index says.
#[derive(Debug)]
pub(crate) struct PendingSlot {
    pub rule: u32,
    pub predicates: Vec<Predicate>,
    /// Number of a unit, or none.
    pub condition: u32,
}

/// Makes the index of a ruleset; empty where there is nothing to gain.
pub(crate) fn index(
    indexing: Indexing,
    slots: &[PendingSlot],
    kinds: &[FactKind],
    sets: &[u64],
    words: &BTreeMap<u16, Vec<String>>,
) -> Index {
    let few = match indexing {
        Indexing::WherePaying => slots.len() < cost::LEAST_SLOTS,
        Indexing::Always => slots.is_empty(),
        Indexing::Never => true,
    };
    if few {
        return Index::default();
    }
    let mut facts: BTreeMap<u16, Vec<(u32, Predicate)>> = BTreeMap::new();
    for (number, slot) in slots.iter().enumerate() {
        for predicate in &slot.predicates {
            facts.entry(predicate.fact).or_default().push((number as u32, *predicate));
        }
    }
    let dimensions: Vec<Dimension> = facts
        .into_iter()
        .filter_map(|(fact, predicates)| {
            let kind = kinds.get(usize::from(fact))?;
            let words = words.get(&fact).map_or(0, Vec::len);
            dimension::dimension(fact, *kind, &predicates, slots.len(), sets, words)
        })
        .collect();
    let dimensions = match indexing {
        Indexing::Always => dimensions,
        _ => cost::worthwhile(dimensions, slots.len()),
    };
    if dimensions.is_empty() {
        return Index::default();
    }
    assemble(slots, &dimensions)
}

/// Puts the dimensions into tables; equal rows are kept once.
fn assemble(slots: &[PendingSlot], dimensions: &[Dimension]) -> Index {
    let mut index = Index::default();
    let mut known: HashMap<&[u64], u32> = HashMap::new();
    let mut rows: Vec<&[u64]> = Vec::new();
    let mut number = |row| {
        *known.entry(row).or_insert_with(|| {
            rows.push(row);
            rows.len() as u32 - 1
        })
    };
    for dimension in dimensions {
        let cuts = Range { start: index.cuts.len() as u32, length: dimension.cuts.len() as u32 };
        let cells = Range { start: index.cells.len() as u32, length: dimension.rows.len() as u32 };
        index.cuts.extend(&dimension.cuts);
        index.cells.extend(dimension.rows.iter().map(|row| number(row.as_slice())));
        index.dimensions.push(archive::Dimension {
            fact: dimension.fact,
            kind: dimension.kind as u16,
            cuts,
            cells,
            base: number(dimension.base.as_slice()),
        });
    }
    index.rows = rows.concat();
    let decided: HashMap<u16, &Dimension> =
        dimensions.iter().map(|dimension| (dimension.fact, dimension)).collect();
    for (number, slot) in slots.iter().enumerate() {
        let start = index.predicates.len() as u32;
        index.predicates.extend(slot.predicates.iter().filter(|predicate| {
            let dimension = decided.get(&predicate.fact);
            !dimension.is_some_and(|dimension| dimension.decides(number as u32))
        }));
        let predicates = Range { start, length: index.predicates.len() as u32 - start };
        index.slots.push(Slot { rule: slot.rule, condition: slot.condition, predicates });
    }
    index
}
