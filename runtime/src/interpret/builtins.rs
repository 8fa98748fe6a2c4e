//! Builtins: where the operands of the functions of scalars lie.
//!
//! In come up to four words; out comes one, or the fault that the function has
//! for them. Those without text are in [`numbers`]. A new builtin is an arm and a row in
//! [`rulestone_format::code::Builtin`].

use super::machine::Machine;
use super::numbers;
use super::text::{both, checked};
use crate::memory::Memory;
use rulestone_format::code::{Builtin, work};
use rulestone_format::meaning::{
    Outcome, Scalar, Sink, Timestamp, double, duration, integer, text,
};
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
            Builtin::BoolFromString => text::parse_bool(self.bytes(a)).map(Word::from_bool),
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

            Builtin::SizeString => Ok(Word::from_int(text::size(self.bytes(a)))),
            Builtin::SizeBytes => Ok(numbers::from_size(self.bytes(a).len())),
            Builtin::StringContains => Ok(self.test(a, b, text::contains)),
            Builtin::StringStartsWith => Ok(self.test(a, b, text::starts_with)),
            Builtin::StringEndsWith => Ok(self.test(a, b, text::ends_with)),
            Builtin::CharAt => self.cut(a.reference(), |whole| text::char_at(whole, b.int())),
            Builtin::IndexOf => {
                let (whole, needle) = both(self.memory(), a, b);
                Ok(Word::from_int(text::index_of(whole, needle)))
            }
            Builtin::IndexOfFrom => {
                let (whole, needle) = both(self.memory(), a, b);
                text::index_of_from(whole, needle, c.int()).map(Word::from_int)
            }
            Builtin::LastIndexOf => {
                let (whole, needle) = both(self.memory(), a, b);
                Ok(Word::from_int(text::last_index_of(whole, needle)))
            }
            Builtin::LastIndexOfFrom => {
                let (whole, needle) = both(self.memory(), a, b);
                text::last_index_of_from(whole, needle, c.int()).map(Word::from_int)
            }
            Builtin::LowerAscii => self.rewrite(a, text::lower_ascii),
            Builtin::UpperAscii => self.rewrite(a, text::upper_ascii),
            Builtin::Replace => self.replace(a, b, c, -1),
            Builtin::ReplaceLimited => self.replace(a, b, c, d.int()),
            Builtin::SubstringFrom => {
                self.cut(a.reference(), |whole| text::substring(whole, b.int()))
            }
            Builtin::Substring => {
                self.cut(a.reference(), |whole| text::substring_between(whole, b.int(), c.int()))
            }
            Builtin::Trim => {
                let trimmed = self.cut(a.reference(), |whole| Ok(text::trim(whole)))?;
                let (before, after) = (a.reference().length(), trimmed.reference().length());
                self.scratch.pay(work::trimmed(before.saturating_sub(after) as u64))?;
                Ok(trimmed)
            }
            Builtin::Reverse => self.rewrite(a, text::reverse),
            Builtin::Quote => self.rewrite(a, text::quote),

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

    /// Pays for what is read of text among the arguments.
    #[inline]
    fn pay_text(&mut self, builtin: Builtin, arguments: [Word; 4]) -> Outcome<()> {
        let mut lengths = [0; 4];
        let parameters = builtin.signature().parameters.iter().zip(arguments);
        for (length, (id, word)) in lengths.iter_mut().zip(parameters) {
            if matches!(*id, TypeId::STRING | TypeId::BYTES) {
                *length = word.reference().length() as u64;
            }
        }
        self.scratch.pay(work::of_builtin(builtin, lengths))
    }

    fn bytes(&self, word: Word) -> &[u8] {
        self.memory().bytes(word.reference())
    }

    fn text(&self, word: Word) -> Outcome<&str> {
        self.memory().text(word.reference())
    }

    fn test(&self, a: Word, b: Word, test: fn(&[u8], &[u8]) -> bool) -> Word {
        let memory: Memory<'_> = self.memory();
        Word::from_bool(test(memory.bytes(a.reference()), memory.bytes(b.reference())))
    }

    fn print(&mut self, scalar: Scalar<'static>) -> Outcome<Word> {
        self.write_text(|_, _, sink| scalar.write(sink))
    }

    fn replace(&mut self, whole: Word, old: Word, new: Word, limit: i64) -> Outcome<Word> {
        self.write_text(|purse, memory, sink| {
            let (old, new) = both(memory, old, new);
            let whole = memory.bytes(whole.reference());
            text::replace(whole, old, new, limit, sink, || purse.pay(work::PART))
        })
    }

    /// New text, made of another.
    fn rewrite(
        &mut self,
        text: Word,
        rewrite: fn(&[u8], &mut Sink<'_>) -> Outcome<()>,
    ) -> Outcome<Word> {
        self.write_text(|_, memory, sink| rewrite(memory.bytes(text.reference()), sink))
    }
}
