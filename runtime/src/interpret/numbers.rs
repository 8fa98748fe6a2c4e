//! Builtins of numbers, times and places alone: they need no memory, and no text is
//! paid for.
//!
//! In come up to two words; out comes one, or the fault that the function has for them.

use super::short::Short;
use rulestone_format::code::Builtin;
use rulestone_format::meaning::{Fault, Outcome, Point, Timestamp, double, duration, geo, integer};
use rulestone_format::types::TypeId;
use rulestone_format::value::Word;
use std::cmp::Ordering;

/// Whether a builtin is one of these, and gives one of eight bytes.
pub(super) fn is_one(builtin: Builtin) -> bool {
    const TEXT: [TypeId; 2] = [TypeId::STRING, TypeId::BYTES];
    const WIDE: [TypeId; 2] = [TypeId::TIMESTAMP, TypeId::POINT];
    let signature = builtin.signature();
    let result = signature.result;
    !signature.parameters.iter().any(|id| TEXT.contains(id))
        && !TEXT.contains(&result)
        && !WIDE.contains(&result)
}

/// The builtin of this number, if [`is_one`] says so.
#[inline(never)]
pub(super) fn call(builtin: u16, a: Word, b: Word) -> Short {
    let builtin = Builtin::from_u16(builtin).ok_or(Fault::Unreachable);
    Short::of(builtin.and_then(|builtin| call_on(builtin, a, b)))
}

#[inline]
pub(super) fn call_on(builtin: Builtin, a: Word, b: Word) -> Outcome<Word> {
    match builtin {
        Builtin::DoubleFromInt => Ok(Word::from_double(double::int_to_double(a.int()))),
        Builtin::DoubleFromUint => Ok(Word::from_double(double::uint_to_double(a.uint()))),
        Builtin::IntFromUint => integer::uint_to_int(a.uint()).map(Word::from_int),
        Builtin::IntFromDouble => double::to_int(a.double()).map(Word::from_int),
        Builtin::IntFromTimestamp => Ok(Word::from_int(a.timestamp().seconds)),
        Builtin::IntFromDuration => Ok(Word::from_int(a.int())),
        Builtin::UintFromInt => integer::int_to_uint(a.int()).map(Word::from_uint),
        Builtin::UintFromDouble => double::to_uint(a.double()).map(Word::from_uint),
        Builtin::DurationFromInt => Ok(Word::from_int(a.int())),
        Builtin::TimestampFromInt => {
            Timestamp::from_unix_seconds(a.int()).map(Word::from_timestamp)
        }

        Builtin::GreatestInt => Ok(Word::from_int(a.int().max(b.int()))),
        Builtin::GreatestUint => Ok(Word::from_uint(a.uint().max(b.uint()))),
        Builtin::GreatestDouble => extreme(a, b, Ordering::Greater),
        Builtin::LeastInt => Ok(Word::from_int(a.int().min(b.int()))),
        Builtin::LeastUint => Ok(Word::from_uint(a.uint().min(b.uint()))),
        Builtin::LeastDouble => extreme(a, b, Ordering::Less),
        Builtin::Ceil => Ok(Word::from_double(double::ceil(a.double()))),
        Builtin::Floor => Ok(Word::from_double(double::floor(a.double()))),
        Builtin::Round => Ok(Word::from_double(double::round(a.double()))),
        Builtin::Trunc => Ok(Word::from_double(double::truncate(a.double()))),
        Builtin::AbsInt => integer::absolute_int(a.int()).map(Word::from_int),
        Builtin::AbsUint => Ok(a),
        Builtin::AbsDouble => Ok(Word::from_double(double::absolute(a.double()))),
        Builtin::SignInt => Ok(Word::from_int(integer::sign_int(a.int()))),
        Builtin::SignUint => Ok(Word::from_uint(integer::sign_uint(a.uint()))),
        Builtin::SignDouble => Ok(Word::from_double(double::sign(a.double()))),
        Builtin::Sqrt => Ok(Word::from_double(double::square_root(a.double()))),
        Builtin::IsNan => Ok(Word::from_bool(double::is_nan(a.double()))),
        Builtin::IsInf => Ok(Word::from_bool(double::is_infinite(a.double()))),
        Builtin::IsFinite => Ok(Word::from_bool(double::is_finite(a.double()))),
        Builtin::BitAndInt => Ok(Word::from_int(integer::bit_and_int(a.int(), b.int()))),
        Builtin::BitAndUint => Ok(Word::from_uint(integer::bit_and_uint(a.uint(), b.uint()))),
        Builtin::BitOrInt => Ok(Word::from_int(integer::bit_or_int(a.int(), b.int()))),
        Builtin::BitOrUint => Ok(Word::from_uint(integer::bit_or_uint(a.uint(), b.uint()))),
        Builtin::BitXorInt => Ok(Word::from_int(integer::bit_xor_int(a.int(), b.int()))),
        Builtin::BitXorUint => Ok(Word::from_uint(integer::bit_xor_uint(a.uint(), b.uint()))),
        Builtin::BitNotInt => Ok(Word::from_int(integer::bit_not_int(a.int()))),
        Builtin::BitNotUint => Ok(Word::from_uint(integer::bit_not_uint(a.uint()))),
        Builtin::ShiftLeftInt => integer::shift_left_int(a.int(), b.int()).map(Word::from_int),
        Builtin::ShiftLeftUint => integer::shift_left_uint(a.uint(), b.int()).map(Word::from_uint),
        Builtin::ShiftRightInt => integer::shift_right_int(a.int(), b.int()).map(Word::from_int),
        Builtin::ShiftRightUint => {
            integer::shift_right_uint(a.uint(), b.int()).map(Word::from_uint)
        }

        Builtin::DurationHours => Ok(Word::from_int(duration::hours(a.int()))),
        Builtin::DurationMinutes => Ok(Word::from_int(duration::minutes(a.int()))),
        Builtin::DurationSeconds => Ok(Word::from_int(duration::seconds(a.int()))),
        Builtin::DurationMilliseconds => Ok(Word::from_int(duration::milliseconds(a.int()))),

        Builtin::Distance => Ok(Word::from_double(geo::distance(a.point(), b.point()))),
        Builtin::PointFrom => Ok(Word::from_point(Point { lat: a.double(), lon: b.double() })),
        Builtin::Latitude => Ok(Word::from_double(a.point().lat)),
        Builtin::Longitude => Ok(Word::from_double(a.point().lon)),
        _ => Err(Fault::Unreachable),
    }
}

/// The second of two doubles if it is beyond the first, otherwise the first.
fn extreme(a: Word, b: Word, beyond: Ordering) -> Outcome<Word> {
    let order = double::compare(b.double(), a.double())?;
    Ok(if order == beyond { b } else { a })
}

/// A number of items or bytes, all below 2^32, as an int.
#[inline]
pub(super) fn from_size(size: usize) -> Word {
    Word::from_int(i64::try_from(size).unwrap_or(i64::MAX))
}
