//! `string.format`: taking a format apart, and writing one argument by one clause.
//!
//! In comes a format such as `"%s has %.2f"`; out come its [`Piece`]s in order. The caller pairs each clause with
//! its argument and counts them. Lists and maps under `%s` are walked by the caller, who finds their punctuation
//! here and writes their scalars by [`write_clause`]. Everything is as in cel-go's second version of the extension.

use core::fmt::Write;

use super::{Fault, Outcome, Scalar, Sink, double};

/// What stands before the first element of a list under `%s`.
pub const LIST_OPEN: &str = "[";
/// What stands behind the last element of a list under `%s`.
pub const LIST_CLOSE: &str = "]";
/// What stands before the first entry of a map under `%s`; entries come in the bytewise order of their keys' text.
pub const MAP_OPEN: &str = "{";
/// What stands behind the last entry of a map under `%s`.
pub const MAP_CLOSE: &str = "}";
/// What stands between two elements or entries under `%s`.
pub const SEPARATOR: &str = ", ";
/// What stands between a map's key and its value under `%s`.
pub const KEY_SEPARATOR: &str = ": ";

/// The digits after the point of `%f` and `%e` without a precision.
pub const DEFAULT_PRECISION: u32 = 6;

/// How a clause writes its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// `%s`: any value.
    Text,
    /// `%d`: int, uint; double without an exponent.
    Decimal,
    /// `%f`: int, uint, double with a fixed number of digits after the point.
    Fixed,
    /// `%e`: int, uint, double with an exponent.
    Scientific,
    /// `%b`: int, uint in base 2; bool as 0 or 1.
    Binary,
    /// `%o`: int, uint in base 8.
    Octal,
    /// `%x`: int, uint in base 16; string and bytes as two digits a byte.
    LowerHex,
    /// `%X`: the same in upper case.
    UpperHex,
}

/// A clause of a format: `%.3f` is [`Verb::Fixed`] with precision 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Clause {
    /// How the argument is written.
    pub verb: Verb,
    /// The digits after the point, at most [`double::MAX_PRECISION`]; verbs other than `%f` and `%e` ignore it.
    pub precision: Option<u32>,
}

/// A part of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Piece<'a> {
    /// Text as it stands; never empty. `%%` is a `%` of its own.
    Literal(&'a [u8]),
    /// A place for the next argument.
    Clause(Clause),
}

/// The pieces of a format, from left to right. After [`Fault::BadFormat`] there are no more.
pub fn clauses(format: &[u8]) -> Clauses<'_> {
    Clauses { rest: format }
}

/// The pieces of [`clauses`].
#[derive(Clone, Debug)]
pub struct Clauses<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Clauses<'a> {
    type Item = Outcome<Piece<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest;
        if rest.is_empty() {
            return None;
        }
        let Some(clause) = rest.strip_prefix(b"%") else {
            let end = memchr::memchr(b'%', rest).unwrap_or(rest.len());
            let (literal, after) = rest.split_at_checked(end)?;
            self.rest = after;
            return Some(Ok(Piece::Literal(literal)));
        };
        if let Some(after) = clause.strip_prefix(b"%") {
            self.rest = after;
            return Some(Ok(Piece::Literal(b"%")));
        }
        let parsed = parse_clause(clause);
        self.rest = parsed.map_or(&[], |(_, after)| after);
        Some(parsed.map(|(clause, _)| Piece::Clause(clause)))
    }
}

impl core::iter::FusedIterator for Clauses<'_> {}

/// What stands behind the `%`, and what follows it.
fn parse_clause(text: &[u8]) -> Outcome<(Clause, &[u8])> {
    let (precision, text) = match text.strip_prefix(b".") {
        None => (None, text),
        Some(text) => {
            let end =
                text.iter().position(|byte| !byte.is_ascii_digit()).ok_or(Fault::BadFormat)?;
            let (digits, after) = text.split_at_checked(end).ok_or(Fault::BadFormat)?;
            (Some(parse_precision(digits)?), after)
        }
    };
    let (verb, after) = text.split_first().ok_or(Fault::BadFormat)?;
    let verb = match verb {
        b's' => Verb::Text,
        b'd' => Verb::Decimal,
        b'f' => Verb::Fixed,
        b'e' => Verb::Scientific,
        b'b' => Verb::Binary,
        b'o' => Verb::Octal,
        b'x' => Verb::LowerHex,
        b'X' => Verb::UpperHex,
        _ => return Err(Fault::BadFormat),
    };
    Ok((Clause { verb, precision }, after))
}

/// Digits, of which there must be some.
fn parse_precision(digits: &[u8]) -> Outcome<u32> {
    if digits.is_empty() {
        return Err(Fault::BadFormat);
    }
    digits.iter().try_fold(0, |precision, digit| {
        let precision = precision * 10 + u32::from(digit - b'0');
        // INVARIANT: what is carried on is small enough for ten times it to fit.
        Some(precision)
            .filter(|precision| *precision <= double::MAX_PRECISION)
            .ok_or(Fault::BadFormat)
    })
}

/// Writes a scalar by a clause; [`Fault::BadFormat`] if the verb does not take its type.
///
/// NaN and the infinities are `NaN`, `Infinity`, `-Infinity` under every verb that takes a double, a negative int
/// in another base is `-` and its magnitude, and bytes under `%s` must be text ([`Fault::InvalidUtf8`]).
pub fn write_clause(clause: Clause, scalar: Scalar<'_>, sink: &mut Sink<'_>) -> Outcome<()> {
    match clause.verb {
        Verb::Text => write_text(scalar, sink),
        Verb::Decimal => match scalar {
            Scalar::Int(_) | Scalar::Uint(_) => scalar.write(sink),
            Scalar::Double(value) => double::write_positional(value, sink),
            _ => Err(Fault::BadFormat),
        },
        Verb::Fixed => double::write_fixed(number(scalar)?, precision(clause), sink),
        Verb::Scientific => double::write_scientific(number(scalar)?, precision(clause), sink),
        Verb::Binary => match scalar {
            Scalar::Bool(value) => sink.push(if value { b"1" } else { b"0" }),
            _ => {
                let magnitude = write_sign(scalar, sink)?;
                write!(sink, "{magnitude:b}").map_err(|_| Fault::ScratchFull)
            }
        },
        Verb::Octal => {
            let magnitude = write_sign(scalar, sink)?;
            write!(sink, "{magnitude:o}").map_err(|_| Fault::ScratchFull)
        }
        Verb::LowerHex => match scalar {
            Scalar::String(value) => write_hex(value.as_bytes(), b"0123456789abcdef", sink),
            Scalar::Bytes(value) => write_hex(value, b"0123456789abcdef", sink),
            _ => {
                let magnitude = write_sign(scalar, sink)?;
                write!(sink, "{magnitude:x}").map_err(|_| Fault::ScratchFull)
            }
        },
        Verb::UpperHex => match scalar {
            Scalar::String(value) => write_hex(value.as_bytes(), b"0123456789ABCDEF", sink),
            Scalar::Bytes(value) => write_hex(value, b"0123456789ABCDEF", sink),
            _ => {
                let magnitude = write_sign(scalar, sink)?;
                write!(sink, "{magnitude:X}").map_err(|_| Fault::ScratchFull)
            }
        },
    }
}

/// `%s`; it differs from `string()` only in that a double never has an exponent and an infinity is spelt out.
fn write_text(scalar: Scalar<'_>, sink: &mut Sink<'_>) -> Outcome<()> {
    match scalar {
        Scalar::Double(value) => double::write_positional(value, sink),
        _ => scalar.write(sink),
    }
}

fn precision(clause: Clause) -> u32 {
    clause.precision.unwrap_or(DEFAULT_PRECISION)
}

fn number(scalar: Scalar<'_>) -> Outcome<f64> {
    match scalar {
        Scalar::Int(value) => Ok(double::int_to_double(value)),
        Scalar::Uint(value) => Ok(double::uint_to_double(value)),
        Scalar::Double(value) => Ok(value),
        _ => Err(Fault::BadFormat),
    }
}

/// Writes an integer's `-`, if it has one, and gives its magnitude.
fn write_sign(scalar: Scalar<'_>, sink: &mut Sink<'_>) -> Outcome<u64> {
    match scalar {
        Scalar::Uint(value) => Ok(value),
        Scalar::Int(value) => {
            if value < 0 {
                sink.push_byte(b'-')?;
            }
            Ok(value.unsigned_abs())
        }
        _ => Err(Fault::BadFormat),
    }
}

fn write_hex(bytes: &[u8], digits: &[u8; 16], sink: &mut Sink<'_>) -> Outcome<()> {
    // INVARIANT: a half byte is below 16, the number of digits.
    let digit = |half: u8| digits.get(usize::from(half)).copied().unwrap_or(b'?');
    let (pairs, _) = sink.claim(bytes.len().saturating_mul(2))?.as_chunks_mut();
    for (pair, byte) in pairs.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    Ok(())
}

#[cfg(test)]
#[path = "clauses_tests.rs"]
#[allow(clippy::approx_constant, reason = "the conformance tests' values")]
mod tests;
