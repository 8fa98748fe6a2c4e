//! The index: slots, dimensions and rows.

use super::predicates::{self, Keyed};
use super::rules::unit_gives;
use super::runs::Runs;
use crate::archive::{ArchivedDimension, ArchivedRuleset, NONE};
use crate::error::{Error, ErrorCode};
use crate::index::{DimensionKind, row_words};
use crate::types::TypeId;

/// Needs: rules, units and dictionaries are checked.
pub(super) fn check(archive: &ArchivedRuleset) -> Result<(), Error> {
    let index = &archive.index;
    predicates::check(archive, &index.predicates)?;
    let mut own_predicates = Runs::of(&index.predicates);
    let mut rule_before = 0;
    for (number, slot) in index.slots.iter().enumerate() {
        let (rule, condition) = (slot.rule.to_native(), slot.condition.to_native());
        let is_good = rule >= rule_before
            && (rule as usize) < archive.rules.len()
            && (condition == NONE || unit_gives(archive, condition, TypeId::BOOL.0));
        if !is_good {
            return Err(Error::at(ErrorCode::IndexSlot, number as u64));
        }
        rule_before = rule;
        own_predicates.take(&slot.predicates, number)?;
    }
    own_predicates.finish()?;
    let width = row_words(index.slots.len());
    let rows = rows(archive, width)?;
    let facts = predicates::keyed(archive);
    let (mut cuts, mut cells) = (Runs::of(&index.cuts), Runs::of(&index.cells));
    for (number, dimension) in index.dimensions.iter().enumerate() {
        if !is_dimension(archive, dimension, &facts, rows) {
            return Err(Error::at(ErrorCode::IndexDimension, number as u64));
        }
        cuts.take(&dimension.cuts, number)?;
        cells.take(&dimension.cells, number)?;
    }
    cuts.finish()?;
    cells.finish()
}

/// How many rows there are: all of one width, without bits beyond the last slot.
fn rows(archive: &ArchivedRuleset, width: usize) -> Result<usize, Error> {
    let index = &archive.index;
    let slots = index.slots.len();
    if width == 0 {
        let empty = index.rows.is_empty() && index.dimensions.is_empty();
        return if empty { Ok(0) } else { Err(Error::new(ErrorCode::IndexRow)) };
    }
    for (number, row) in index.rows.chunks(width).enumerate() {
        // The first word with bits beyond the last slot, and those bits of it.
        let (word, bit) = (slots / 64, slots % 64);
        let stray = row.get(word).is_some_and(|word| word.to_native() >> bit != 0)
            || row.iter().skip(word + 1).any(|word| word.to_native() != 0);
        if row.len() != width || stray {
            return Err(Error::at(ErrorCode::IndexRow, number as u64));
        }
    }
    Ok(index.rows.len() / width)
}

fn is_dimension(
    archive: &ArchivedRuleset,
    dimension: &ArchivedDimension,
    facts: &[Keyed],
    rows: usize,
) -> bool {
    let index = &archive.index;
    let cuts = dimension.cuts.of(&index.cuts);
    let cells = dimension.cells.of(&index.cells);
    let is_row = |row: u32| (row as usize) < rows;
    let fact = facts.get(usize::from(dimension.fact.to_native())).copied();
    let counted = match (DimensionKind::from_u16(dimension.kind.to_native()), fact) {
        (Some(DimensionKind::Ordered), Some(Keyed::One)) => {
            cells.len() == cuts.len() + 1 && cuts.windows(2).all(|pair| pair[0] < pair[1])
        }
        (Some(DimensionKind::Members), Some(Keyed::Words(count))) => {
            cuts.is_empty() && cells.len() as u64 == count
        }
        _ => false,
    };
    counted
        && cuts.len() == dimension.cuts.length.to_native() as usize
        && cells.len() == dimension.cells.length.to_native() as usize
        && is_row(dimension.base.to_native())
        && cells.iter().all(|row| is_row(row.to_native()))
}
