//! `double` (IEEE 754 binary64): order, also against `int` and `uint`; rounding; conversions; reading and writing.
//!
//! Addition, subtraction, multiplication, division and equality are the hardware's: they never fault, and callers
//! use Rust's operators. What needs a word is here.

use core::cmp::Ordering;
use core::fmt::{self, Write};

use super::{Fault, Numeral, Outcome, Sink};

/// 2^63 and 2^64, the first doubles above the greatest int and uint.
const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

/// Orders two doubles; -0.0 equals 0.0, and a NaN is [`Fault::NotANumber`].
pub fn compare(left: f64, right: f64) -> Outcome<Ordering> {
    left.partial_cmp(&right).ok_or(Fault::NotANumber)
}

/// Orders an int against a double: a double outside the range of int is outside whatever the int is, and otherwise
/// the int is rounded to a double first. So `9223372036854775807` equals `9223372036854775808.0`, as the
/// conformance tests have it. A NaN is [`Fault::NotANumber`].
pub fn compare_int_double(left: i64, right: f64) -> Outcome<Ordering> {
    if right < -TWO_TO_63 {
        Ok(Ordering::Greater)
    } else if right > TWO_TO_63 {
        Ok(Ordering::Less)
    } else {
        compare(int_to_double(left), right)
    }
}

/// Orders a uint against a double by the same rule as [`compare_int_double`].
pub fn compare_uint_double(left: u64, right: f64) -> Outcome<Ordering> {
    if right < 0.0 {
        Ok(Ordering::Greater)
    } else if right > TWO_TO_64 {
        Ok(Ordering::Less)
    } else {
        compare(uint_to_double(left), right)
    }
}

/// Orders an int against a uint, exactly.
pub fn compare_int_uint(left: i64, right: u64) -> Ordering {
    u64::try_from(left).map_or(Ordering::Less, |left| left.cmp(&right))
}

/// `math.ceil`.
pub fn ceil(value: f64) -> f64 {
    value.ceil()
}

/// `math.floor`.
pub fn floor(value: f64) -> f64 {
    value.floor()
}

/// `math.round`: halves go away from zero.
pub fn round(value: f64) -> f64 {
    value.round()
}

/// `math.trunc`: towards zero.
pub fn truncate(value: f64) -> f64 {
    value.trunc()
}

/// `math.abs`.
pub fn absolute(value: f64) -> f64 {
    value.abs()
}

/// `math.sign`: -1.0, 0.0 or 1.0, and NaN of NaN.
pub fn sign(value: f64) -> f64 {
    if value.is_nan() {
        value
    } else if value == 0.0 {
        0.0
    } else {
        value.signum()
    }
}

/// `math.sqrt`; NaN below zero.
pub fn square_root(value: f64) -> f64 {
    value.sqrt()
}

/// `math.isNaN`.
pub fn is_nan(value: f64) -> bool {
    value.is_nan()
}

/// `math.isInf`.
pub fn is_infinite(value: f64) -> bool {
    value.is_infinite()
}

/// `math.isFinite`.
pub fn is_finite(value: f64) -> bool {
    value.is_finite()
}

/// `int(double)`, truncated. NaN and everything from -2^63 down and from 2^63 up is [`Fault::OutOfRange`]:
/// -2^63 itself too, as the conformance tests have it.
pub fn to_int(value: f64) -> Outcome<i64> {
    if value > -TWO_TO_63 && value < TWO_TO_63 { Ok(value as i64) } else { Err(Fault::OutOfRange) }
}

/// `uint(double)`, truncated. NaN, everything below zero and from 2^64 up is [`Fault::OutOfRange`].
pub fn to_uint(value: f64) -> Outcome<u64> {
    if (0.0..TWO_TO_64).contains(&value) { Ok(value as u64) } else { Err(Fault::OutOfRange) }
}

/// `double(int)`: the nearest double, ties to even.
pub fn int_to_double(value: i64) -> f64 {
    value as f64
}

/// `double(uint)`: the nearest double, ties to even.
pub fn uint_to_double(value: u64) -> f64 {
    value as f64
}

/// `double(string)`: a decimal number with optional sign, fraction and exponent, or `inf`, `infinity` (with optional
/// sign) or `nan` in any case, as Go's `strconv.ParseFloat`, without its hexadecimal forms and underscores.
///
/// [`Fault::Unparseable`] if it is anything else, [`Fault::OutOfRange`] if a finite number rounds to infinity.
pub fn parse(text: &str) -> Outcome<f64> {
    if let Some(numeral) = Numeral::decimal(text) {
        return numeral.double().map_err(|_| Fault::OutOfRange);
    }
    // The others are words.
    let value: f64 = text.parse().map_err(|_| Fault::Unparseable)?;
    if value.is_nan() && text.len() > "nan".len() {
        // Rust reads a sign before a NaN, Go does not.
        return Err(Fault::Unparseable);
    }
    Ok(value)
}

/// `string(double)`: the shortest text that reads back as the same double, as Go's `strconv.FormatFloat(value, 'g', -1, 64)`:
/// `2`, `123.456`, `1e+06`, `1e-05`, `NaN`, `+Inf`, `-Inf`. An exponent, of at least two digits, is written below
/// 1e-4 and from 1e6.
pub fn write_shortest(value: f64, sink: &mut Sink<'_>) -> Outcome<()> {
    let Some(decimal) = Decimal::shortest(value) else {
        return sink.push(match value {
            f64::INFINITY => b"+Inf",
            f64::NEG_INFINITY => b"-Inf",
            _ => b"NaN",
        });
    };
    // Go's `g` compares the exponent with the precision, and takes 6 for it when the shortest form is asked for.
    if (-4..6).contains(&decimal.exponent) {
        decimal.write_plain(false, sink)
    } else {
        decimal.write_scientific(sink)?;
        write_exponent(decimal.exponent, sink)
    }
}

/// As JSON: the shortest number that reads back as the same double, always with a point or an exponent
/// (`1.0`, `0.1`, `1e21`, `1.5e-7`); NaN and the infinities as the strings `"NaN"`, `"Infinity"`, `"-Infinity"`.
/// An exponent is written below 1e-6 and from 1e21, as JavaScript does.
pub fn write_json(value: f64, sink: &mut Sink<'_>) -> Outcome<()> {
    let Some(decimal) = Decimal::shortest(value) else {
        sink.push_byte(b'"')?;
        write_special(value, sink)?;
        return sink.push_byte(b'"');
    };
    if (-6..21).contains(&decimal.exponent) {
        decimal.write_plain(true, sink)
    } else {
        decimal.write_scientific(sink)?;
        sink.push_byte(b'e')?;
        sink.push_str(itoa::Buffer::new().format(decimal.exponent))
    }
}

/// The shortest text without an exponent, as Go's `strconv.FormatFloat(value, 'f', -1, 64)`; NaN and the
/// infinities as `NaN`, `Infinity`, `-Infinity`. What `%s` and `%d` of `string.format` print.
pub fn write_positional(value: f64, sink: &mut Sink<'_>) -> Outcome<()> {
    match Decimal::shortest(value) {
        Some(decimal) => decimal.write_plain(false, sink),
        None => write_special(value, sink),
    }
}

/// With `precision` digits after the point, rounded half to even on the exact value, as C's `%.*f`;
/// NaN and the infinities as `NaN`, `Infinity`, `-Infinity`.
pub fn write_fixed(value: f64, precision: u32, sink: &mut Sink<'_>) -> Outcome<()> {
    if !value.is_finite() {
        return write_special(value, sink);
    }
    write!(sink, "{value:.*}", digits_after_point(precision)?).map_err(|_| Fault::ScratchFull)
}

/// With an exponent of at least two digits and `precision` digits after the point, rounded half to even on the exact
/// value, as C's `%.*e`; NaN and the infinities as `NaN`, `Infinity`, `-Infinity`.
pub fn write_scientific(value: f64, precision: u32, sink: &mut Sink<'_>) -> Outcome<()> {
    if !value.is_finite() {
        return write_special(value, sink);
    }
    let mut split = SplitAtExponent { mantissa: sink, exponent: None, negative: false };
    write!(split, "{value:.*e}", digits_after_point(precision)?).map_err(|_| Fault::ScratchFull)?;
    let magnitude = split.exponent.unwrap_or(0);
    let exponent = if split.negative { -magnitude } else { magnitude };
    write_exponent(exponent, sink)
}

/// The most digits after the point that [`write_fixed`] and [`write_scientific`] write.
pub const MAX_PRECISION: u32 = 1000;

fn digits_after_point(precision: u32) -> Outcome<usize> {
    if precision > MAX_PRECISION {
        return Err(Fault::TooLong);
    }
    usize::try_from(precision).map_err(|_| Fault::TooLong)
}

fn write_special(value: f64, sink: &mut Sink<'_>) -> Outcome<()> {
    sink.push_str(match value {
        f64::INFINITY => "Infinity",
        f64::NEG_INFINITY => "-Infinity",
        _ => "NaN",
    })
}

/// `e+06`: a sign always and two digits at least.
fn write_exponent(exponent: i32, sink: &mut Sink<'_>) -> Outcome<()> {
    sink.push(if exponent < 0 { b"e-" } else { b"e+" })?;
    let magnitude = exponent.unsigned_abs();
    if magnitude < 10 {
        sink.push_byte(b'0')?;
    }
    sink.push_str(itoa::Buffer::new().format(magnitude))
}

/// Passes on the mantissa of Rust's `1.5e-7` and reads the exponent, which Rust writes without sign and padding.
struct SplitAtExponent<'sink, 'buffer> {
    mantissa: &'sink mut Sink<'buffer>,
    /// Magnitude, from the `e` on.
    exponent: Option<i32>,
    negative: bool,
}

impl Write for SplitAtExponent<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let tail = match (self.exponent, text.split_once('e')) {
            (Some(_), _) => text,
            (None, Some((mantissa, tail))) => {
                self.mantissa.write_str(mantissa)?;
                self.exponent = Some(0);
                tail
            }
            (None, None) => return self.mantissa.write_str(text),
        };
        for byte in tail.bytes() {
            match byte {
                b'-' => self.negative = true,
                // INVARIANT: three digits at most, so no overflow; saturating says so to the compiler.
                _ => {
                    let digit = i32::from(byte.wrapping_sub(b'0'));
                    self.exponent = self
                        .exponent
                        .map(|exponent| exponent.saturating_mul(10).saturating_add(digit));
                }
            }
        }
        Ok(())
    }
}

/// The shortest decimal that reads back as the same finite double: ± d.ddd × 10^exponent.
pub(super) struct Decimal {
    /// Whether the sign bit is set; also of -0.0.
    pub(super) negative: bool,
    /// Digits as ASCII, the first one not `0` unless it is the only one, the last one neither.
    digits: [u8; Self::MOST_DIGITS],
    /// How many of them there are: at least one.
    count: usize,
    /// The power of ten of the first digit.
    pub(super) exponent: i32,
}

impl Decimal {
    /// A binary64 needs no more than 17 digits.
    const MOST_DIGITS: usize = 17;

    /// `None` for NaN and the infinities.
    pub(super) fn shortest(value: f64) -> Option<Decimal> {
        if !value.is_finite() {
            return None;
        }
        let mut decimal = Decimal {
            negative: value.is_sign_negative(),
            digits: [b'0'; Self::MOST_DIGITS],
            count: 0,
            exponent: 0,
        };
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(value);
        let (mantissa, exponent) = match text.split_once('e') {
            // INVARIANT: zmij writes an exponent that is an integer, with or without a `+`.
            Some((mantissa, exponent)) => (mantissa, exponent.parse().unwrap_or(0)),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let whole = whole.trim_start_matches('-');
        // The power of ten of the next digit that is read.
        let mut power = exponent + i32::try_from(whole.len()).unwrap_or(0) - 1;
        let mut significant = 0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            if significant > 0 || digit != b'0' {
                if significant == 0 {
                    decimal.exponent = power;
                }
                // Zeros beyond the last significant digit may run past the array; they are dropped anyway.
                if let Some(place) = decimal.digits.get_mut(significant) {
                    *place = digit;
                }
                significant += 1;
                if digit != b'0' {
                    decimal.count = significant;
                }
            }
            power -= 1;
        }
        decimal.count = decimal.count.clamp(1, Self::MOST_DIGITS);
        Some(decimal)
    }

    pub(super) fn digits(&self) -> &[u8] {
        // INVARIANT: `shortest` clamps the count to the array's length.
        self.digits.get(..self.count).unwrap_or_default()
    }

    fn write_sign(&self, sink: &mut Sink<'_>) -> Outcome<()> {
        if self.negative {
            sink.push_byte(b'-')?;
        }
        Ok(())
    }

    /// `-1.5`, up to where the exponent comes.
    fn write_scientific(&self, sink: &mut Sink<'_>) -> Outcome<()> {
        self.write_sign(sink)?;
        let (first, rest) = self.digits().split_at_checked(1).unwrap_or_default();
        sink.push(first)?;
        if rest.is_empty() {
            return Ok(());
        }
        sink.push_byte(b'.')?;
        sink.push(rest)
    }

    /// `-1500`, `1.5`, `0.0015`; with `.0` behind a whole number if `point`.
    fn write_plain(&self, point: bool, sink: &mut Sink<'_>) -> Outcome<()> {
        self.write_sign(sink)?;
        let digits = self.digits();
        let Ok(exponent) = usize::try_from(self.exponent) else {
            sink.push(b"0.")?;
            // INVARIANT: the exponent is negative here, so its magnitude is at least 1.
            let zeros = self.exponent.unsigned_abs() as usize - 1;
            sink.claim(zeros)?.fill(b'0');
            return sink.push(digits);
        };
        match digits.split_at_checked(exponent + 1) {
            Some((whole, fraction)) if !fraction.is_empty() => {
                sink.push(whole)?;
                sink.push_byte(b'.')?;
                sink.push(fraction)
            }
            _ => {
                sink.push(digits)?;
                sink.claim(exponent + 1 - digits.len())?.fill(b'0');
                if point {
                    sink.push(b".0")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
#[path = "double_tests.rs"]
#[allow(clippy::approx_constant, reason = "the conformance tests' values")]
mod tests;
