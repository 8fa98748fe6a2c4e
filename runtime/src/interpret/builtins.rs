//! Builtins: where the operands of the functions of scalars lie.
//!
//! In come up to four words; out comes one, or the fault that the function has
//! for them. Those without text are in [`numbers`]. A new builtin is an arm and a row in
//! [`rulestone_format::code::Builtin`].

use super::text::{both, checked};
use super::{Machine, numbers};
use crate::memory::Memory;
use rulestone_format::code::Builtin;
use rulestone_format::meaning::{Outcome, Scalar, Timestamp, double, duration, integer, text};
use rulestone_format::types::TypeId;
use rulestone_format::value::Word;

impl Machine<'_> {
    #[inline(never)]
    pub(super) fn call(&mut self, builtin: Builtin, arguments: [Word; 4]) -> Outcome<Word> {
        self.pay_text(builtin, arguments)?;
        let [a, b, c, d] = arguments;
        match builtin {
            Builtin::BytesFromString => Ok(a),
            Builtin::StringFromBytes => checked(self.memory(), a.reference()),
            Builtin::DoubleFromString => double::parse(self.text(a)?).map(Word::from_double),
            Builtin::IntFromString => integer::parse_int(self.text(a)?).map(Word::from_int),
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
            Builtin::DurationFromString => duration::parse(self.text(a)?).map(Word::from_int),

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

            Builtin::DoubleFromInt
            | Builtin::DoubleFromUint
            | Builtin::IntFromUint
            | Builtin::IntFromDouble
            | Builtin::IntFromTimestamp
            | Builtin::IntFromDuration
            | Builtin::UintFromInt
            | Builtin::UintFromDouble
            | Builtin::DurationFromInt
            | Builtin::TimestampFromInt
            | Builtin::GreatestInt
            | Builtin::GreatestUint
            | Builtin::GreatestDouble
            | Builtin::LeastInt
            | Builtin::LeastUint
            | Builtin::LeastDouble
            | Builtin::Ceil
            | Builtin::Floor
            | Builtin::Round
            | Builtin::Trunc
            | Builtin::AbsInt
            | Builtin::AbsUint
            | Builtin::AbsDouble
            | Builtin::SignInt
            | Builtin::SignUint
            | Builtin::SignDouble
            | Builtin::Sqrt
            | Builtin::IsNan
            | Builtin::IsInf
            | Builtin::IsFinite
            | Builtin::BitAndInt
            | Builtin::BitAndUint
            | Builtin::BitOrInt
            | Builtin::BitOrUint
            | Builtin::BitXorInt
            | Builtin::BitXorUint
            | Builtin::BitNotInt
            | Builtin::BitNotUint
            | Builtin::ShiftLeftInt
            | Builtin::ShiftLeftUint
            | Builtin::ShiftRightInt
            | Builtin::ShiftRightUint
            | Builtin::DurationHours
            | Builtin::DurationMinutes
            | Builtin::DurationSeconds
            | Builtin::DurationMilliseconds
            | Builtin::Distance
            | Builtin::PointFrom
            | Builtin::Latitude
            | Builtin::Longitude => numbers::call_on(builtin, a, b),
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
