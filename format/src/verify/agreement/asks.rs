//! What slots ask the subjects that have dimensions by words.

use crate::predicate::Predicate;

/// A predicate of a slot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub(super) dimension: u32,
    pub(super) slot: u32,
    pub(super) predicate: Predicate,
    /// Nobody checks it again: the rows decide it.
    pub(super) is_decided: bool,
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
