//! What slots ask the subjects that have dimensions: dimension by dimension,
//! within each slot by slot.

use super::contradiction;
use crate::archive::{ArchivedRuleset, NONE};
use crate::error::Error;
use crate::predicate::Predicate;

/// A predicate of a slot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub(super) predicate: Predicate,
    pub(super) slot: u32,
    /// Nobody checks it again: the rows decide it.
    pub(super) is_decided: bool,
}

#[derive(Debug)]
pub(super) struct Asks {
    all: Vec<Ask>,
    /// Of each dimension, where its asks end.
    ends: Vec<usize>,
}

impl Asks {
    /// Refuses predicates that nobody decides: whose subject has no dimension, and
    /// that are not checked either.
    pub(super) fn of(archive: &ArchivedRuleset) -> Result<Asks, Error> {
        let dimensions = &archive.index.dimensions;
        let mut by_subject = vec![NONE; archive.subjects.len()];
        for (number, dimension) in (0..).zip(dimensions.iter()) {
            if let Some(own) = by_subject.get_mut(usize::from(dimension.subject.to_native())) {
                *own = number;
            }
        }
        let dimension = |predicate: Predicate| {
            let number = by_subject.get(usize::from(predicate.subject())).copied();
            number.filter(|number| *number != NONE).map(|number| number as usize)
        };
        let mut ends = vec![0; dimensions.len()];
        for word in archive.predicates.iter() {
            if let Some(count) =
                dimension(Predicate(word.to_native())).and_then(|d| ends.get_mut(d))
            {
                *count += 1;
            }
        }
        // Where each begins; it moves on to where it ends while asks are put there.
        let mut start = 0;
        for end in &mut ends {
            start += std::mem::replace(end, start);
        }
        let none = Ask { predicate: Predicate(0), slot: 0, is_decided: false };
        let mut all = vec![none; start];
        for (slot, record) in archive.slots.iter().enumerate() {
            let start = record.predicates.to_native() as usize;
            let count = usize::from(record.count.to_native());
            let residual = usize::from(record.residual.to_native());
            let own = archive.predicates.get(start..start + count).unwrap_or_default();
            for (at, word) in own.iter().enumerate() {
                let (predicate, is_decided) = (Predicate(word.to_native()), at >= residual);
                match dimension(predicate).and_then(|dimension| ends.get_mut(dimension)) {
                    Some(next) => {
                        if let Some(ask) = all.get_mut(*next) {
                            *ask = Ask { predicate, slot: slot as u32, is_decided };
                        }
                        *next += 1;
                    }
                    None if is_decided => return Err(contradiction(slot)),
                    None => {}
                }
            }
        }
        Ok(Asks { all, ends })
    }

    /// Those of a dimension.
    pub(super) fn of_dimension(&self, number: usize) -> &[Ask] {
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before));
        let end = self.ends.get(number).copied().unwrap_or_default();
        self.all.get(start.copied().unwrap_or_default()..end).unwrap_or_default()
    }
}

/// The numbers of the words of a row that have slots which ask, ascending.
pub(super) fn words(asks: &[Ask]) -> Vec<u32> {
    let mut words: Vec<u32> = Vec::new();
    for ask in asks {
        if words.last() != Some(&(ask.slot / 64)) {
            words.push(ask.slot / 64);
        }
    }
    words
}
