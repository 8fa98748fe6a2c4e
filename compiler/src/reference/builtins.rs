//! Builtins: which function of [`rulestone_format::meaning`] each one is.
//!
//! In: a [`Builtin`] and its arguments. Out: its value. Text isn't bounded yet;
//! [`Fault::ScratchFull`](rulestone_format::meaning::Fault::ScratchFull) is text
//! that is far too long.

use super::arguments::{Nanoseconds, UNCHECKED, four, one, three, two};
use super::values::{extreme, written};
use crate::check::value::Value;
use rulestone_format::code::Builtin;
use rulestone_format::meaning::{
    Outcome, Point, Scalar, Sink, Timestamp, double, duration, geo, integer, text,
};
use std::sync::Arc;

// No arm for the rest: rustc is to name the builtin that was forgotten.
pub(super) fn call(builtin: Builtin, arguments: &[Value]) -> Outcome<Value> {
    let a = arguments;
    Ok(match builtin {
        // Conversions
        Builtin::BytesFromString => Value::Bytes(Arc::from(one::<&str>(a)?.as_bytes())),
        Builtin::StringFromBytes => Value::string(text::from_bytes(one(a)?)?),
        Builtin::DoubleFromInt => Value::Double(double::int_to_double(one(a)?)),
        Builtin::DoubleFromUint => Value::Double(double::uint_to_double(one(a)?)),
        Builtin::DoubleFromString => Value::Double(double::parse(one(a)?)?),
        Builtin::IntFromUint => Value::Int(integer::uint_to_int(one(a)?)?),
        Builtin::IntFromDouble => Value::Int(double::to_int(one(a)?)?),
        Builtin::IntFromString => Value::Int(integer::parse_int(one(a)?)?),
        Builtin::IntFromTimestamp => Value::Int(one::<Timestamp>(a)?.seconds),
        Builtin::IntFromDuration => Value::Int(one::<Nanoseconds>(a)?.0),
        Builtin::UintFromInt => Value::Uint(integer::int_to_uint(one(a)?)?),
        Builtin::UintFromDouble => Value::Uint(double::to_uint(one(a)?)?),
        Builtin::UintFromString => Value::Uint(integer::parse_uint(one(a)?)?),
        Builtin::BoolFromString => Value::Bool(text::parse_bool(one::<&str>(a)?.as_bytes())?),
        Builtin::StringFromBool => printed(Scalar::Bool(one(a)?))?,
        Builtin::StringFromInt => printed(Scalar::Int(one(a)?))?,
        Builtin::StringFromUint => printed(Scalar::Uint(one(a)?))?,
        Builtin::StringFromDouble => printed(Scalar::Double(one(a)?))?,
        Builtin::StringFromTimestamp => printed(Scalar::Timestamp(one(a)?))?,
        Builtin::StringFromDuration => printed(Scalar::Duration(one::<Nanoseconds>(a)?.0))?,
        Builtin::TimestampFromString => Value::Timestamp(Timestamp::parse(one(a)?)?),
        Builtin::TimestampFromInt => Value::Timestamp(Timestamp::from_unix_seconds(one(a)?)?),
        Builtin::DurationFromString => Value::Duration(duration::parse(one(a)?)?),
        // Nanoseconds, as for the way back.
        Builtin::DurationFromInt => Value::Duration(one(a)?),

        // Strings
        Builtin::SizeString => Value::Int(text::size(one::<&str>(a)?.as_bytes())),
        Builtin::SizeBytes => size_of_bytes(one(a)?),
        Builtin::StringContains => test(text::contains, a)?,
        Builtin::StringStartsWith => test(text::starts_with, a)?,
        Builtin::StringEndsWith => test(text::ends_with, a)?,
        Builtin::CharAt => {
            let (text, at): (&str, i64) = two(a)?;
            part(text::char_at(text.as_bytes(), at)?)?
        }
        Builtin::IndexOf => found(text::index_of, a)?,
        Builtin::IndexOfFrom => search(text::index_of_from, a)?,
        Builtin::LastIndexOf => found(text::last_index_of, a)?,
        Builtin::LastIndexOfFrom => search(text::last_index_of_from, a)?,
        Builtin::LowerAscii => rewritten(text::lower_ascii, a)?,
        Builtin::UpperAscii => rewritten(text::upper_ascii, a)?,
        Builtin::Replace => {
            let (text, old, new) = three(a)?;
            replaced(text, old, new, -1)?
        }
        Builtin::ReplaceLimited => {
            let (text, old, new, limit) = four(a)?;
            replaced(text, old, new, limit)?
        }
        Builtin::SubstringFrom => {
            let (text, start): (&str, i64) = two(a)?;
            part(text::substring(text.as_bytes(), start)?)?
        }
        Builtin::Substring => {
            let (text, start, end): (&str, i64, i64) = three(a)?;
            part(text::substring_between(text.as_bytes(), start, end)?)?
        }
        Builtin::Trim => part(text::trim(one::<&str>(a)?.as_bytes()))?,
        Builtin::Reverse => rewritten(text::reverse, a)?,
        Builtin::Quote => rewritten(text::quote, a)?,

        // Math
        Builtin::GreatestInt | Builtin::GreatestUint | Builtin::GreatestDouble => {
            extreme(true, a)?.ok_or(UNCHECKED)?
        }
        Builtin::LeastInt | Builtin::LeastUint | Builtin::LeastDouble => {
            extreme(false, a)?.ok_or(UNCHECKED)?
        }
        Builtin::Ceil => Value::Double(double::ceil(one(a)?)),
        Builtin::Floor => Value::Double(double::floor(one(a)?)),
        Builtin::Round => Value::Double(double::round(one(a)?)),
        Builtin::Trunc => Value::Double(double::truncate(one(a)?)),
        Builtin::AbsInt => Value::Int(integer::absolute_int(one(a)?)?),
        Builtin::AbsUint => Value::Uint(one(a)?),
        Builtin::AbsDouble => Value::Double(double::absolute(one(a)?)),
        Builtin::SignInt => Value::Int(integer::sign_int(one(a)?)),
        Builtin::SignUint => Value::Uint(integer::sign_uint(one(a)?)),
        Builtin::SignDouble => Value::Double(double::sign(one(a)?)),
        Builtin::Sqrt => Value::Double(double::square_root(one(a)?)),
        Builtin::IsNan => Value::Bool(double::is_nan(one(a)?)),
        Builtin::IsInf => Value::Bool(double::is_infinite(one(a)?)),
        Builtin::IsFinite => Value::Bool(double::is_finite(one(a)?)),
        Builtin::BitAndInt => two(a).map(|(x, y)| Value::Int(integer::bit_and_int(x, y)))?,
        Builtin::BitAndUint => two(a).map(|(x, y)| Value::Uint(integer::bit_and_uint(x, y)))?,
        Builtin::BitOrInt => two(a).map(|(x, y)| Value::Int(integer::bit_or_int(x, y)))?,
        Builtin::BitOrUint => two(a).map(|(x, y)| Value::Uint(integer::bit_or_uint(x, y)))?,
        Builtin::BitXorInt => two(a).map(|(x, y)| Value::Int(integer::bit_xor_int(x, y)))?,
        Builtin::BitXorUint => two(a).map(|(x, y)| Value::Uint(integer::bit_xor_uint(x, y)))?,
        Builtin::BitNotInt => Value::Int(integer::bit_not_int(one(a)?)),
        Builtin::BitNotUint => Value::Uint(integer::bit_not_uint(one(a)?)),
        Builtin::ShiftLeftInt => {
            let (value, by) = two(a)?;
            Value::Int(integer::shift_left_int(value, by)?)
        }
        Builtin::ShiftLeftUint => {
            let (value, by) = two(a)?;
            Value::Uint(integer::shift_left_uint(value, by)?)
        }
        Builtin::ShiftRightInt => {
            let (value, by) = two(a)?;
            Value::Int(integer::shift_right_int(value, by)?)
        }
        Builtin::ShiftRightUint => {
            let (value, by) = two(a)?;
            Value::Uint(integer::shift_right_uint(value, by)?)
        }

        // Durations
        Builtin::DurationHours => Value::Int(duration::hours(one::<Nanoseconds>(a)?.0)),
        Builtin::DurationMinutes => Value::Int(duration::minutes(one::<Nanoseconds>(a)?.0)),
        Builtin::DurationSeconds => Value::Int(duration::seconds(one::<Nanoseconds>(a)?.0)),
        Builtin::DurationMilliseconds => {
            Value::Int(duration::milliseconds(one::<Nanoseconds>(a)?.0))
        }

        // Places
        Builtin::Distance => two(a).map(|(from, to)| Value::Double(geo::distance(from, to)))?,
        Builtin::PointFrom => {
            let (lat, lon) = two(a)?;
            Value::Point(Point { lat, lon })
        }
        Builtin::Latitude => Value::Double(one::<Point>(a)?.lat),
        Builtin::Longitude => Value::Double(one::<Point>(a)?.lon),
    })
}

fn printed(scalar: Scalar<'_>) -> Outcome<Value> {
    written(|sink| scalar.write(sink))
}

fn rewritten(
    rewrite: fn(&[u8], &mut Sink<'_>) -> Outcome<()>,
    arguments: &[Value],
) -> Outcome<Value> {
    let text: &str = one(arguments)?;
    written(|sink| rewrite(text.as_bytes(), sink))
}

fn replaced(text: &str, old: &str, new: &str, limit: i64) -> Outcome<Value> {
    let [text, old, new] = [text, old, new].map(str::as_bytes);
    written(|sink| text::replace(text, old, new, limit, sink, || Ok(())))
}

/// Text that was cut out of text.
fn part(bytes: &[u8]) -> Outcome<Value> {
    text::from_bytes(bytes).map(Value::string)
}

fn test(test: fn(&[u8], &[u8]) -> bool, arguments: &[Value]) -> Outcome<Value> {
    let (whole, part): (&str, &str) = two(arguments)?;
    Ok(Value::Bool(test(whole.as_bytes(), part.as_bytes())))
}

fn found(find: fn(&[u8], &[u8]) -> i64, arguments: &[Value]) -> Outcome<Value> {
    let (text, part): (&str, &str) = two(arguments)?;
    Ok(Value::Int(find(text.as_bytes(), part.as_bytes())))
}

fn search(search: fn(&[u8], &[u8], i64) -> Outcome<i64>, arguments: &[Value]) -> Outcome<Value> {
    let (text, part, offset): (&str, &str, i64) = three(arguments)?;
    search(text.as_bytes(), part.as_bytes(), offset).map(Value::Int)
}

fn size_of_bytes(bytes: &[u8]) -> Value {
    // INVARIANT: no bytes in memory are more than i64::MAX.
    Value::Int(i64::try_from(bytes.len()).unwrap_or(i64::MAX))
}
