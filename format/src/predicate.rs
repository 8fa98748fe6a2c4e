//! Predicates: comparisons of one fact with constants, as intervals over
//! order-preserving keys.
//!
//! Nearly every comparison of a fact with a constant becomes one uniform
//! record, `(key - low <= width) != negated`, that is worked out without a branch.

use crate::archive::{ArchivedPredicate, ArchivedRuleset};
use crate::meaning::order;
use crate::schema::FactKind;
use crate::value::Word;
use rkyv::rend::unaligned::u64_ule;

/// The key of a fact's value: an unsigned number that orders as the values do.
/// `None` for kinds that have none. A timestamp's key is that of its whole
/// seconds. A string's key is its number in the fact's dictionary, so that it has
/// none here, where no dictionary is at hand.
#[inline]
pub fn key(kind: FactKind, cell: Word) -> Option<u64> {
    Some(match kind {
        FactKind::Bool | FactKind::Enum | FactKind::Uint => cell.low,
        FactKind::Int | FactKind::Duration | FactKind::Timestamp => order::int_key(cell.int()),
        FactKind::Double => order::double_key(cell.double()),
        FactKind::String | FactKind::Bytes | FactKind::Point | FactKind::List | FactKind::Map => {
            return None;
        }
    })
}

/// What a predicate asks. In each form a negated predicate holds where the fact
/// is there and the plain one doesn't hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum PredicateKind {
    /// `key - low <= width`
    Interval = 0,
    /// The key is one of the `width` keys from `low` on in the sets.
    OneOf = 1,
    /// The list has the word of number `low`; `width` is 0.
    Member = 2,
}

impl PredicateKind {
    /// The kind and whether it is negated; `None` for a form that none has.
    #[inline]
    pub fn of_form(form: u16) -> Option<(PredicateKind, bool)> {
        let kind = match form >> 1 {
            0 => PredicateKind::Interval,
            1 => PredicateKind::OneOf,
            2 => PredicateKind::Member,
            _ => return None,
        };
        Some((kind, form & 1 != 0))
    }

    #[inline]
    pub fn form(self, negated: bool) -> u16 {
        (self as u16) << 1 | u16::from(negated)
    }
}

/// Whether an interval holds for a key.
#[inline]
pub fn interval_holds(predicate: &ArchivedPredicate, key: u64) -> bool {
    key.wrapping_sub(predicate.low.to_native()) <= predicate.width.to_native()
}

/// The keys of a set.
#[inline]
pub fn set_of<'a>(predicate: &ArchivedPredicate, archive: &'a ArchivedRuleset) -> &'a [u64_ule] {
    let start = usize::try_from(predicate.low.to_native()).unwrap_or(usize::MAX);
    let length = usize::try_from(predicate.width.to_native()).unwrap_or(usize::MAX);
    archive.sets.get(start..start.saturating_add(length)).unwrap_or_default()
}
