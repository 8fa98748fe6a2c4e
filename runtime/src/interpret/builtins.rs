//! Builtins: where the operands of the functions of scalars lie.
//!
//! In come up to four words; out comes one, or the fault that the function has
//! for them. A new builtin is an arm here and a row in
//! [`rulestone_format::code::Builtin`].

use super::Machine;
use super::text::{both, checked};
use crate::memory::Memory;
use rulestone_format::code::Builtin;
use rulestone_format::meaning::{
    Outcome, Point, Scalar, Timestamp, double, duration, geo, integer, text,
};
use rulestone_format::types::TypeId;
use rulestone_format::value::Word;
use std::cmp::Ordering;

impl Machine<'_> {
    #[inline(never)]
    pub(super) fn call(&mut self, builtin: Builtin, arguments: [Word; 4]) -> Outcome<Word> {
        self.pay_text(builtin, arguments)?;
        let [a, b, c, d] = arguments;
        match builtin {
            Builtin::BytesFromString => Ok(a),
            Builtin::StringFromBytes => checked(self.memory(), a.reference()),
            Builtin::DoubleFromInt => Ok(Word::from_double(double::int_to_double(a.int()))),
            Builtin::DoubleFromUint => Ok(Word::from_double(double::uint_to_double(a.uint()))),
            Builtin::DoubleFromString => double::parse(self.text(a)?).map(Word::from_double),
            Builtin::IntFromUint => integer::uint_to_int(a.uint()).map(Word::from_int),
            Builtin::IntFromDouble => double::to_int(a.double()).map(Word::from_int),
            Builtin::IntFromString => integer::parse_int(self.text(a)?).map(Word::from_int),
            Builtin::IntFromTimestamp => Ok(Word::from_int(a.timestamp().seconds)),
            Builtin::IntFromDuration => Ok(Word::from_int(a.int())),
            Builtin::UintFromInt => integer::int_to_uint(a.int()).map(Word::from_uint),
            Builtin::UintFromDouble => double::to_uint(a.double()).map(Word::from_uint),
            Builtin::UintFromString => integer::parse_uint(self.text(a)?).map(Word::from_uint),
            Builtin::BoolFromString => text::parse_bool(self.text(a)?).map(Word::from_bool),
            Builtin::StringFromBool => self.print(Scalar::Bool(a.bool())),
            Builtin::StringFromInt => self.print(Scalar::Int(a.int())),
            Builtin::StringFromUint => self.print(Scalar::Uint(a.uint())),
            Builtin::StringFromDouble => self.print(Scalar::Double(a.double())),
            Builtin::StringFromTimestamp => self.print(Scalar::Timestamp(a.timestamp())),
            Builtin::StringFromDuration => self.print(Scalar::Duration(a.int())),
            Builtin::TimestampFromString => {
                Timestamp::parse(self.text(a)?).map(Word::from_timestamp)
            }
            Builtin::TimestampFromInt => {
                Timestamp::from_unix_seconds(a.int()).map(Word::from_timestamp)
            }
            Builtin::DurationFromString => duration::parse(self.text(a)?).map(Word::from_int),
            Builtin::DurationFromInt => Ok(Word::from_int(a.int())),

            Builtin::SizeString => Ok(Word::from_int(text::size(self.text(a)?))),
            Builtin::SizeBytes => {
                let length = self.memory().bytes(a.reference()).len();
                Ok(super::from_size(length))
            }
            Builtin::StringContains => Ok(self.test(a, b, text::contains)),
            Builtin::StringStartsWith => Ok(self.test(a, b, text::starts_with)),
            Builtin::StringEndsWith => Ok(self.test(a, b, text::ends_with)),
            Builtin::CharAt => self.cut(a.reference(), |whole| text::char_at(whole, b.int())),
            Builtin::IndexOf => {
                let (whole, needle) = both(self.memory(), a, b)?;
                Ok(Word::from_int(text::index_of(whole, needle)))
            }
            Builtin::IndexOfFrom => {
                let (whole, needle) = both(self.memory(), a, b)?;
                text::index_of_from(whole, needle, c.int()).map(Word::from_int)
            }
            Builtin::LastIndexOf => {
                let (whole, needle) = both(self.memory(), a, b)?;
                Ok(Word::from_int(text::last_index_of(whole, needle)))
            }
            Builtin::LastIndexOfFrom => {
                let (whole, needle) = both(self.memory(), a, b)?;
                text::last_index_of_from(whole, needle, c.int()).map(Word::from_int)
            }
            Builtin::LowerAscii => {
                self.write_text(|memory, sink| text::lower_ascii(memory.text(a.reference())?, sink))
            }
            Builtin::UpperAscii => {
                self.write_text(|memory, sink| text::upper_ascii(memory.text(a.reference())?, sink))
            }
            Builtin::Replace => self.replace(a, b, c, -1),
            Builtin::ReplaceLimited => self.replace(a, b, c, d.int()),
            Builtin::SubstringFrom => {
                self.cut(a.reference(), |whole| text::substring(whole, b.int()))
            }
            Builtin::Substring => {
                self.cut(a.reference(), |whole| text::substring_between(whole, b.int(), c.int()))
            }
            Builtin::Trim => self.cut(a.reference(), |whole| Ok(text::trim(whole))),
            Builtin::Reverse => {
                self.write_text(|memory, sink| text::reverse(memory.text(a.reference())?, sink))
            }
            Builtin::Quote => {
                self.write_text(|memory, sink| text::quote(memory.text(a.reference())?, sink))
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
            Builtin::ShiftLeftUint => {
                integer::shift_left_uint(a.uint(), b.int()).map(Word::from_uint)
            }
            Builtin::ShiftRightInt => {
                integer::shift_right_int(a.int(), b.int()).map(Word::from_int)
            }
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
        }
    }

    /// Pays for looking at all text among the arguments, and at all of it.
    #[inline]
    fn pay_text(&mut self, builtin: Builtin, arguments: [Word; 4]) -> Outcome<()> {
        let parameters = builtin.signature().parameters.iter().zip(arguments);
        let text = parameters.filter(|(id, _)| matches!(**id, TypeId::STRING | TypeId::BYTES));
        let bytes = text.map(|(_, word)| word.reference().length());
        self.scratch.spend_text(bytes.fold(0, usize::saturating_add))
    }

    fn text(&self, word: Word) -> Outcome<&str> {
        self.memory().text(word.reference())
    }

    fn test(&self, a: Word, b: Word, test: fn(&[u8], &[u8]) -> bool) -> Word {
        let memory: Memory<'_> = self.memory();
        Word::from_bool(test(memory.bytes(a.reference()), memory.bytes(b.reference())))
    }

    fn print(&mut self, scalar: Scalar<'static>) -> Outcome<Word> {
        self.write_text(|_, sink| scalar.write(sink))
    }

    fn replace(&mut self, whole: Word, old: Word, new: Word, limit: i64) -> Outcome<Word> {
        self.write_text(|memory, sink| {
            let (old, new) = both(memory, old, new)?;
            text::replace(memory.text(whole.reference())?, old, new, limit, sink)
        })
    }
}

/// The second of two doubles if it is beyond the first, otherwise the first.
fn extreme(a: Word, b: Word, beyond: Ordering) -> Outcome<Word> {
    let order = double::compare(b.double(), a.double())?;
    Ok(if order == beyond { b } else { a })
}
