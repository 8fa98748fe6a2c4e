//! Why an operation has no value: [`Fault`], its stable number and its message for readers.

use core::fmt;

/// Why an operation has no value.
///
/// The numbers are part of the archive and of the C interface: they never change, and new ones are added at the end.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// An integer was divided by zero.
    DivisionByZero = 1,
    /// An integer's remainder was taken by zero.
    ModulusByZero = 2,
    /// The exact result does not fit its integer type.
    Overflow = 3,
    /// A conversion, timestamp or duration leaves the range of its type.
    OutOfRange = 4,
    /// A map has no such key.
    NoSuchKey = 5,
    /// An index lies outside its list or string.
    IndexOutOfRange = 6,
    /// An optional fact was read that the request does not carry.
    Absent = 7,
    /// Bytes that should be text are not UTF-8.
    InvalidUtf8 = 8,
    /// A function does not take this argument.
    InvalidArgument = 9,
    /// Text is no int, uint, double, bool, timestamp or duration.
    Unparseable = 10,
    /// A map literal has the same key twice.
    RepeatedKey = 11,
    /// A NaN was to be ordered.
    NotANumber = 12,
    /// The scratch memory of the evaluation, or the caller's buffer, is full.
    ScratchFull = 13,
    /// The format of `string.format` is malformed, or a clause does not take its argument.
    BadFormat = 14,
    /// A declared bound is exceeded.
    TooLong = 15,
    /// A state that a valid archive cannot reach.
    Unreachable = 16,
}

/// A value, or why there is none.
pub type Outcome<T> = Result<T, Fault>;

impl Fault {
    /// Every fault, in the order of their numbers.
    pub const ALL: [Fault; 16] = [
        Fault::DivisionByZero,
        Fault::ModulusByZero,
        Fault::Overflow,
        Fault::OutOfRange,
        Fault::NoSuchKey,
        Fault::IndexOutOfRange,
        Fault::Absent,
        Fault::InvalidUtf8,
        Fault::InvalidArgument,
        Fault::Unparseable,
        Fault::RepeatedKey,
        Fault::NotANumber,
        Fault::ScratchFull,
        Fault::BadFormat,
        Fault::TooLong,
        Fault::Unreachable,
    ];

    /// The fault with this number, if there is one.
    pub fn from_u8(number: u8) -> Option<Fault> {
        Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }

    /// What went wrong, for readers: lower case, without a full stop.
    pub fn message(self) -> &'static str {
        match self {
            Fault::DivisionByZero => "division by zero",
            Fault::ModulusByZero => "remainder of a division by zero",
            Fault::Overflow => "integer overflow",
            Fault::OutOfRange => "value out of range",
            Fault::NoSuchKey => "no such key",
            Fault::IndexOutOfRange => "index out of range",
            Fault::Absent => "optional fact is absent",
            Fault::InvalidUtf8 => "bytes are not valid UTF-8",
            Fault::InvalidArgument => "invalid argument",
            Fault::Unparseable => "text cannot be read as a value of this type",
            Fault::RepeatedKey => "map key is repeated",
            Fault::NotANumber => "NaN cannot be ordered",
            Fault::ScratchFull => "out of scratch memory",
            Fault::BadFormat => "malformed format, or a clause that does not take its argument",
            Fault::TooLong => "a declared bound is exceeded",
            Fault::Unreachable => "unreachable state (the archive is damaged)",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message())
    }
}

impl core::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_stable_and_read_back() {
        for (index, fault) in Fault::ALL.into_iter().enumerate() {
            assert_eq!(fault as usize, index + 1);
            assert_eq!(Fault::from_u8(fault as u8), Some(fault));
        }
        assert_eq!(Fault::from_u8(0), None);
        assert_eq!(Fault::from_u8(17), None);
        assert_eq!(Fault::from_u8(255), None);
        assert_eq!(Fault::Unreachable as u8, 16);
    }

    #[test]
    fn every_message_is_its_own() {
        for (index, fault) in Fault::ALL.into_iter().enumerate() {
            assert!(!fault.message().is_empty());
            assert!(Fault::ALL[..index].iter().all(|other| other.message() != fault.message()));
        }
    }
}
