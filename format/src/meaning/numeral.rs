//! Numbers as they are written, and exactly what they are worth.
//!
//! In: the text of a number of JSON (RFC 8259) or of YAML 1.2's core schema, of any length. Out: an integer, the
//! nanoseconds of a number of seconds, or the nearest double; or why the number is none of that type. No double
//! stands between the text and an integer, and the time taken is that of reading the text once, whatever its exponent.

use super::Sink;
use core::fmt::Write;

/// A number as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Numeral<'t> {
    text: &'t str,
    negative: bool,
    radix: Radix,
    /// The digits before the point, and those behind it.
    whole: &'t [u8],
    fraction: &'t [u8],
    /// 0 where none is written; saturated, far beyond what any text can make up for by its digits.
    exponent: i64,
    /// Whether it has neither point nor exponent.
    is_plain: bool,
}

/// Why a number is not a value of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// It lies outside the type's range.
    Range,
    /// It lies between two neighbours of the type.
    Fraction,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Radix {
    Octal,
    Decimal,
    Hexadecimal,
}

/// The whole part of a number, without its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scaled {
    /// What is left without the fraction.
    pub whole: u128,
    /// Whether the fraction is more than zero.
    pub has_rest: bool,
}

impl<'t> Numeral<'t> {
    /// Reads a number of JSON or of YAML: a decimal one, or `0x` and `0o` with digits of base 16 and 8.
    pub fn parse(text: &'t str) -> Option<Numeral<'t>> {
        Numeral::based(text, "0x", Radix::Hexadecimal)
            .or_else(|| Numeral::based(text, "0o", Radix::Octal))
            .or_else(|| Numeral::decimal(text))
    }

    /// Reads a decimal number: a sign if any, digits with a point before, among, behind or nowhere, and an exponent if
    /// any. All numbers of JSON are among them.
    pub fn decimal(text: &'t str) -> Option<Numeral<'t>> {
        let (negative, unsigned) = signed(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(saturating(exponent)?)),
            None => (unsigned, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole.as_bytes(), Some(fraction.as_bytes())),
            None => (mantissa.as_bytes(), None),
        };
        let is_plain = fraction.is_none() && exponent.is_none();
        let (fraction, exponent) = (fraction.unwrap_or_default(), exponent.unwrap_or(0));
        let has_digits = !(whole.is_empty() && fraction.is_empty());
        let is_number = has_digits && whole.iter().chain(fraction).all(u8::is_ascii_digit);
        let radix = Radix::Decimal;
        is_number.then_some(Numeral { text, negative, radix, whole, fraction, exponent, is_plain })
    }

    fn based(text: &'t str, prefix: &str, radix: Radix) -> Option<Numeral<'t>> {
        let whole = text.strip_prefix(prefix)?.as_bytes();
        let is_digit = |byte: &u8| char::from(*byte).is_digit(radix.base());
        let is_number = !whole.is_empty() && whole.iter().all(is_digit);
        is_number.then_some(Numeral {
            text,
            negative: false,
            radix,
            whole,
            fraction: &[],
            exponent: 0,
            is_plain: true,
        })
    }

    /// Whether it is written as an integer: without a point and without an exponent.
    pub fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Whether a minus stands before it, also before a zero.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// The number as an integer.
    ///
    /// # Errors
    /// [`Misfit::Fraction`] if it isn't integral, [`Misfit::Range`] beyond 128 bits.
    pub fn integer(&self) -> Result<i128, Misfit> {
        self.scaled_integer(0)
    }

    /// The number of nanoseconds in this number of seconds.
    ///
    /// # Errors
    /// [`Misfit::Fraction`] if it is finer than a nanosecond, [`Misfit::Range`] beyond 128 bits.
    pub fn nanoseconds(&self) -> Result<i128, Misfit> {
        self.scaled_integer(9)
    }

    fn scaled_integer(&self, power: u32) -> Result<i128, Misfit> {
        let Scaled { whole, has_rest } = self.scaled(power).ok_or(Misfit::Range)?;
        if has_rest {
            return Err(Misfit::Fraction);
        }
        let magnitude = i128::try_from(whole).map_err(|_| Misfit::Range)?;
        Ok(if self.negative { -magnitude } else { magnitude })
    }

    /// The number without its sign, times ten to a power. `None` if that has more than 128 bits.
    pub fn scaled(&self, power: u32) -> Option<Scaled> {
        let base = u128::from(self.radix.base());
        // Of a decimal number a power of ten moves the point.
        let (moved, factor) = match self.radix {
            Radix::Decimal => (self.exponent.saturating_add(power.into()), 0),
            Radix::Octal | Radix::Hexadecimal => (0, i64::from(power)),
        };
        let count = length(self.whole).saturating_add(length(self.fraction));
        let point = length(self.whole).saturating_add(moved);
        let before = usize::try_from(point.clamp(0, count)).unwrap_or(usize::MAX);
        let mut whole = 0_u128;
        for digit in self.digits().take(before) {
            whole = whole.checked_mul(base)?.checked_add(digit.into())?;
        }
        if whole > 0 {
            let zeros = point.saturating_sub(count).max(0).saturating_add(factor);
            let zeros = u32::try_from(zeros).ok()?;
            whole = whole.checked_mul(10_u128.checked_pow(zeros)?)?;
        }
        let has_rest = self.digits().skip(before).any(|digit| digit != 0);
        Some(Scaled { whole, has_rest })
    }

    /// The nearest double; of two that are as near, the even one. A number too small for any becomes zero.
    ///
    /// # Errors
    /// [`Misfit::Range`] if that were infinity.
    pub fn double(&self) -> Result<f64, Misfit> {
        let magnitude = match self.radix {
            // As far as the standard library reads exponents, no text of this length makes up for one by its digits.
            Radix::Decimal if self.text.len() <= MOST_SIGNIFICANT => {
                let value: Option<f64> = self.text.parse().ok();
                value.map(f64::abs)
            }
            Radix::Decimal => self.shortened(),
            Radix::Octal => self.shifted(3),
            Radix::Hexadecimal => self.shifted(4),
        };
        match magnitude {
            Some(value) if value.is_finite() => Ok(if self.negative { -value } else { value }),
            _ => Err(Misfit::Range),
        }
    }

    /// The double nearest to a number of many digits, without its sign: from the digits that decide which one it is.
    fn shortened(&self) -> Option<f64> {
        let leading = self.digits().take_while(|digit| *digit == 0).count();
        if leading == self.whole.len() + self.fraction.len() {
            return Some(0.0);
        }
        // The number is 0.ddd… times ten to this power, the first digit not being 0.
        let power = length(self.whole).saturating_add(self.exponent);
        let power = power.saturating_sub_unsigned(leading as u64);
        if power > 400 {
            return None;
        }
        if power < -400 {
            return Some(0.0);
        }
        let mut buffer = [0; MOST_SIGNIFICANT + 16];
        let mut sink = Sink::new(&mut buffer);
        sink.push(b"0.").ok()?;
        for digit in self.digits().skip(leading).take(MOST_SIGNIFICANT) {
            sink.push_byte(b'0' + digit).ok()?;
        }
        let has_rest = self.digits().skip(leading).skip(MOST_SIGNIFICANT).any(|digit| digit != 0);
        // Any rest makes the number more than the half between two doubles that it may be equal to without.
        write!(sink, "{}e{power}", u8::from(has_rest)).ok()?;
        // INVARIANT: what was written is ASCII.
        core::str::from_utf8(sink.written()).ok()?.parse().ok()
    }

    /// The double nearest to an integer of a base that is a power of two.
    fn shifted(&self, bits: u32) -> Option<f64> {
        let (mut value, mut shift, mut has_rest) = (0_u128, 0_u64, false);
        for digit in self.digits() {
            if value >> 120 == 0 {
                value = (value << bits) | u128::from(digit);
            } else {
                shift += u64::from(bits);
                has_rest |= digit != 0;
            }
        }
        // Of more than 100 bits only 53 count; the last one says that there are more.
        let value = (value | u128::from(has_rest)) as f64;
        let exponent = 1023_u64.checked_add(shift).filter(|exponent| *exponent < 2047)?;
        Some(value * f64::from_bits(exponent << 52))
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        let digits = self.whole.iter().chain(self.fraction);
        // INVARIANT: all of them are digits of the base.
        digits.map(|byte| char::from(*byte).to_digit(16).unwrap_or(0) as u8)
    }
}

/// No two doubles, and no half between two, differ only behind so many digits: the longest half has 767.
const MOST_SIGNIFICANT: usize = 800;

impl Radix {
    fn base(self) -> u32 {
        match self {
            Radix::Octal => 8,
            Radix::Decimal => 10,
            Radix::Hexadecimal => 16,
        }
    }
}

fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// An exponent. Beyond 2^60 it is that: no text has so many digits.
fn saturating(text: &str) -> Option<i64> {
    const MOST: i64 = 1 << 60;
    let (negative, digits) = signed(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let magnitude = digits.bytes().fold(0_i64, |value, digit| {
        value.saturating_mul(10).saturating_add((digit - b'0').into()).min(MOST)
    });
    Some(if negative { -magnitude } else { magnitude })
}

fn length(digits: &[u8]) -> i64 {
    i64::try_from(digits.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "numeral_tests.rs"]
mod tests;
