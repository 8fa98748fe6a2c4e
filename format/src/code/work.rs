//! What operations take that grows with their values, in units of about a nanosecond.
//!
//! In come sizes: bytes of text, items of lists and maps. The verifier asks with the greatest that
//! they can be and adds the answer to an opcode's own cost; the interpreter asks with what they are,
//! and takes as many steps. So both say the same of the same work.
//!
//! The rates are those of the slowest arguments that were found, within a factor of five
//! (`cargo run --release -p rulestone-compiler --example costs` measures them).

use super::Builtin;
use crate::types::TypeId;

/// Bytes that are compared, copied, hashed or counted in a unit.
pub const BYTES_A_UNIT: u64 = 16;

/// An item that is looked at: read from its list, and compared or printed or measured.
pub const ITEM: u64 = 5;

/// A key of a map that is compared with another, beyond its bytes.
pub const KEY: u64 = 8;

/// A part of text that is found and cut out or replaced.
pub const PART: u64 = 8;

/// A value that is written out by a clause of a format, beyond its bytes.
pub const CLAUSE: u64 = 40;

/// A digit that `%f` and `%e` are asked for: each is found by a walk over a number of up to 1,100 bits.
pub const DIGIT: u64 = 40;

/// Digits before the point of a double, and of any other number, at most.
pub const DIGITS_OF_DOUBLE: u64 = 310;
pub const DIGITS: u64 = 20;

/// A value that is written by a clause which asks for so many digits.
#[inline]
pub fn clause(digits: u64) -> u64 {
    CLAUSE.saturating_add(digits.saturating_mul(DIGIT))
}

/// Bytes that are compared, copied, hashed, or whose characters are counted.
#[inline]
pub fn moved(bytes: u64) -> u64 {
    bytes / BYTES_A_UNIT
}

/// Bytes that are looked at one by one.
#[inline]
pub fn read(bytes: u64) -> u64 {
    bytes
}

/// Text that is searched for another: both are read, the part to prepare the search.
/// What is longer than the whole isn't looked for.
#[inline]
pub fn searched(whole: u64, part: u64) -> u64 {
    match part <= whole {
        true => whole.saturating_add(part.saturating_mul(2)),
        false => 0,
    }
}

/// Text that a regex is looked for in. A state of an automaton has ranges of bytes, which are tried
/// one after the other.
#[inline]
pub fn matched(bytes: u64, ranges: u64) -> u64 {
    bytes.saturating_mul(ranges.saturating_add(4))
}

/// How many items a binary search looks at.
#[inline]
pub fn turns(items: u64) -> u64 {
    u64::from(items.checked_ilog2().map_or(0, |log| log + 1))
}

/// Looking up a key: each turn compares so many bytes at most.
#[inline]
pub fn looked_up(items: u64, key: u64) -> u64 {
    turns(items).saturating_mul(KEY.saturating_add(moved(key)))
}

/// Putting entries in order by keys of so many bytes: heapsort compares twice for each level of the
/// heap, and a pass before and one behind see whether it is needed, and right.
#[inline]
pub fn sorted(entries: u64, key: u64) -> u64 {
    let comparisons = entries.saturating_mul(turns(entries).saturating_mul(2).saturating_add(2));
    comparisons.saturating_mul(sifted(key))
}

/// One comparison of [`sorted`], and the entries that change places.
#[inline]
pub fn sifted(key: u64) -> u64 {
    (ITEM + KEY).saturating_add(moved(key))
}

/// What is compared for equality: so many values, and so many bytes of text.
#[inline]
pub fn equated(cells: u64, bytes: u64) -> u64 {
    cells.saturating_mul(ITEM).saturating_add(moved(bytes))
}

/// White space that is trimmed: read as characters, and known only then.
#[inline]
pub fn trimmed(bytes: u64) -> u64 {
    bytes.saturating_mul(2)
}

/// What a builtin reads of its arguments, whose lengths in bytes these are (0 of what is no text).
/// What it writes is paid for where it is written.
pub fn of_builtin(builtin: Builtin, lengths: [u64; 4]) -> u64 {
    let [a, b, ..] = lengths;
    match builtin {
        Builtin::StringFromBytes
        | Builtin::DoubleFromString
        | Builtin::IntFromString
        | Builtin::UintFromString
        | Builtin::BoolFromString
        | Builtin::TimestampFromString
        | Builtin::Reverse
        | Builtin::Quote => read(a),
        // A number and a unit for every two bytes.
        Builtin::DurationFromString => a.saturating_mul(8),
        // See [`trimmed`].
        Builtin::Trim => 0,
        Builtin::SizeString
        | Builtin::CharAt
        | Builtin::SubstringFrom
        | Builtin::Substring
        | Builtin::LowerAscii
        | Builtin::UpperAscii => moved(a),
        Builtin::StringStartsWith | Builtin::StringEndsWith => moved(a.min(b)),
        Builtin::StringContains => searched(a, b),
        Builtin::IndexOf
        | Builtin::IndexOfFrom
        | Builtin::LastIndexOf
        | Builtin::LastIndexOfFrom
        | Builtin::Replace
        | Builtin::ReplaceLimited => searched(a, b).saturating_add(moved(a)),
        _ => {
            debug_assert!(!takes_text(builtin), "{builtin:?} says what it reads");
            0
        }
    }
}

/// Whether text or bytes are among a builtin's arguments, and are more than handed on.
fn takes_text(builtin: Builtin) -> bool {
    let is_text = |id: &TypeId| matches!(*id, TypeId::STRING | TypeId::BYTES);
    !matches!(builtin, Builtin::BytesFromString | Builtin::SizeBytes)
        && builtin.signature().parameters.iter().any(is_text)
}
