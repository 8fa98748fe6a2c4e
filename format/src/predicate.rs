//! Predicates: comparisons of one fact with constants, as intervals over
//! order-preserving keys.
//!
//! Every comparison of a fact with a constant becomes one uniform record,
//! `(key - low <= width) != negated`, that is worked out without a branch.

use crate::archive::ArchivedPredicate;
use crate::meaning::order;
use crate::schema::FactKind;
use crate::value::Word;

/// The key of a fact's value: an unsigned number that orders as the values do.
/// `None` for kinds that have none. A timestamp's key is that of its whole
/// seconds.
#[inline]
pub fn key(kind: FactKind, cell: Word) -> Option<u64> {
    Some(match kind {
        FactKind::Bool | FactKind::Enum | FactKind::Uint => cell.low,
        FactKind::Int | FactKind::Duration | FactKind::Timestamp => order::int_key(cell.int()),
        FactKind::Double => order::double_key(cell.double()),
        FactKind::String
        | FactKind::Bytes
        | FactKind::Point
        | FactKind::List
        | FactKind::Map => return None,
    })
}

/// Whether a predicate holds for a key.
#[inline]
pub fn holds(predicate: &ArchivedPredicate, key: u64) -> bool {
    let inside = key.wrapping_sub(predicate.low.to_native()) <= predicate.width.to_native();
    inside != (predicate.negated.to_native() != 0)
}
