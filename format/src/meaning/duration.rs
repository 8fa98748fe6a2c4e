//! Durations: spans of time in i64 nanoseconds, some 292 years either way.
//!
//! In comes text as Go's `time.ParseDuration` reads it; out come nanoseconds, text in seconds, and whole hours,
//! minutes and seconds. Sums that leave the range are [`Fault::OutOfRange`].

use super::time::write_fraction;
use super::{Fault, Outcome, Sink};

const SECOND: i64 = 1_000_000_000;

/// The units of [`parse`], in nanoseconds. The micro sign comes as U+00B5 and as the Greek letter U+03BC.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// The magnitude of the least duration; positive ones stay below it.
const LIMIT: u64 = 1 << 63;

/// `duration(string)`: an optional sign, then numbers with units, as in `1h45m47s`, `1.5s`, `-2ms`; or `0` alone.
///
/// A fraction is scaled in binary64 and truncated to nanoseconds, as in Go's `time.ParseDuration`.
/// [`Fault::Unparseable`] if it is anything else, [`Fault::OutOfRange`] if it does not fit.
pub fn parse(text: &str) -> Outcome<i64> {
    let (negative, unsigned) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..)),
        Some(b'+') => (false, text.get(1..)),
        _ => (false, Some(text)),
    };
    let mut rest = unsigned.ok_or(Fault::Unparseable)?;
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(Fault::Unparseable);
    }
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (nanos, after) = parse_term(rest)?;
        total = within_limit(total.checked_add(nanos))?;
        rest = after;
    }
    match i64::try_from(total) {
        Ok(nanos) if negative => Ok(-nanos),
        Ok(nanos) => Ok(nanos),
        // INVARIANT: `within_limit` leaves only 2^63 here, which is the magnitude of the least duration.
        Err(_) if negative => Ok(i64::MIN),
        Err(_) => Err(Fault::OutOfRange),
    }
}

/// One number and its unit, in nanoseconds, and what follows them.
fn parse_term(text: &str) -> Outcome<(u64, &str)> {
    let (whole, after) = split_digits(text);
    let (fraction, after) = match after.strip_prefix('.') {
        Some(after) => split_digits(after),
        None => ("", after),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(Fault::Unparseable);
    }
    let unit_length = after
        .find(|character: char| character == '.' || character.is_ascii_digit())
        .unwrap_or(after.len());
    let (name, after) = after.split_at_checked(unit_length).ok_or(Fault::Unparseable)?;
    let &(_, unit) = UNITS.iter().find(|(known, _)| *known == name).ok_or(Fault::Unparseable)?;

    let mut nanos = 0_u64;
    for digit in whole.bytes() {
        let tens = nanos.checked_mul(10);
        nanos = within_limit(tens.and_then(|tens| tens.checked_add(u64::from(digit - b'0'))))?;
    }
    let nanos = within_limit(nanos.checked_mul(unit))?;
    let nanos = within_limit(nanos.checked_add(scale_fraction(fraction, unit)))?;
    Ok((nanos, after))
}

/// The part of a unit that the digits behind a point stand for. Digits that an i64 cannot hold are dropped, and the
/// product is taken in binary64: this is Go's arithmetic to the last bit (`0.3333333333333333333h` is 20 minutes).
fn scale_fraction(digits: &str, unit: u64) -> u64 {
    let mut value = 0_u64;
    let mut scale = 1.0_f64;
    for digit in digits.bytes() {
        if value > (LIMIT - 1) / 10 {
            break;
        }
        let next = value * 10 + u64::from(digit - b'0');
        if next > LIMIT {
            break;
        }
        value = next;
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}

fn within_limit(nanos: Option<u64>) -> Outcome<u64> {
    nanos.filter(|&nanos| nanos <= LIMIT).ok_or(Fault::OutOfRange)
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(|byte| byte.is_ascii_digit()).count();
    text.split_at_checked(end).unwrap_or(("", text))
}

/// `string(duration)`: seconds as an exact decimal without trailing zeros, and `s`: `6347s`, `0.001s`, `-1.5s`.
pub fn write(duration: i64, sink: &mut Sink<'_>) -> Outcome<()> {
    if duration < 0 {
        sink.push_byte(b'-')?;
    }
    let magnitude = duration.unsigned_abs();
    let second = SECOND.unsigned_abs();
    sink.push_str(itoa::Buffer::new().format(magnitude / second))?;
    // INVARIANT: a remainder by 10^9 fits.
    write_fraction(u32::try_from(magnitude % second).unwrap_or(0), sink)?;
    sink.push_byte(b's')
}

/// `duration + duration`.
pub fn add(left: i64, right: i64) -> Outcome<i64> {
    left.checked_add(right).ok_or(Fault::OutOfRange)
}

/// `duration - duration`.
pub fn subtract(left: i64, right: i64) -> Outcome<i64> {
    left.checked_sub(right).ok_or(Fault::OutOfRange)
}

/// `-duration`.
pub fn negate(duration: i64) -> Outcome<i64> {
    duration.checked_neg().ok_or(Fault::OutOfRange)
}

/// `getHours`: the whole hours of the span, truncated.
pub fn hours(duration: i64) -> i64 {
    duration / (3600 * SECOND)
}

/// `getMinutes`: the whole minutes of the span, truncated.
pub fn minutes(duration: i64) -> i64 {
    duration / (60 * SECOND)
}

/// `getSeconds`: the whole seconds of the span, truncated.
pub fn seconds(duration: i64) -> i64 {
    duration / SECOND
}

/// `getMilliseconds`: the milliseconds within the second, -999 to 999 with the sign of the span.
/// So do the conformance tests have it; cel-go gives the whole span in milliseconds.
pub fn milliseconds(duration: i64) -> i64 {
    duration % SECOND / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::super::collect;
    use super::*;
    use proptest::prelude::*;

    fn text(duration: i64) -> String {
        String::from_utf8(collect(|sink| write(duration, sink)).expect("fits")).expect("is text")
    }

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, nanos) in [
            ("0", 0),
            ("-0", 0),
            ("0s", 0),
            ("1h45m47s", 6347 * SECOND),
            ("1000000s", 1_000_000 * SECOND),
            ("1.5s", 1_500_000_000),
            (".5s", 500_000_000),
            ("1.s", SECOND),
            ("-2ms", -2_000_000),
            ("+5us", 5_000),
            ("5µs", 5_000),
            ("5μs", 5_000),
            ("1ns", 1),
            ("1m1m", 120 * SECOND),
            ("0.5ns", 0),
            ("39h9m14.425s", 140_954_425_000_000),
            ("0.3333333333333333333h", 1200 * SECOND),
            ("0.100000000000000000000h", 360 * SECOND),
            ("0.830103483285477580700h", 49 * 60 * SECOND + 48 * SECOND + 372_539_827),
            ("9223372036854775807ns", i64::MAX),
            ("-9223372036854775808ns", i64::MIN),
            ("-9223372036.854775808s", i64::MIN),
        ] {
            assert_eq!(parse(text), Ok(nanos), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for wrong in [
            "", "-", "+", "3", "s", ".s", ".", "1", "1 s", " 1s", "1s ", "--1s", "1d", "1S",
            "1e3s", "1.2.3s", "1h2", "-1h-2m", "3000year", "é", "1é",
        ] {
            assert_eq!(parse(wrong), Err(Fault::Unparseable), "{wrong}");
        }
        for outside in [
            "320000000000s",
            "-320000000000s",
            "9223372036854775808ns",
            "-9223372036854775809ns",
            "9223372036.854775808s",
            "99999999999999999999999h",
            "2562047h47m16.854775808s",
            "-9223372036854775808ns1ns",
        ] {
            assert_eq!(parse(outside), Err(Fault::OutOfRange), "{outside}");
        }
    }

    #[test]
    fn durations_print_as_exact_seconds() {
        for (nanos, expected) in [
            (0, "0s"),
            (6347 * SECOND, "6347s"),
            (1_000_000, "0.001s"),
            (-1_500_000_000, "-1.5s"),
            (-1, "-0.000000001s"),
            (i64::MAX, "9223372036.854775807s"),
            (i64::MIN, "-9223372036.854775808s"),
        ] {
            assert_eq!(text(nanos), expected);
        }
    }

    #[test]
    fn parts_are_those_of_the_conformance_tests() {
        assert_eq!(hours(10_000 * SECOND), 2);
        assert_eq!(minutes(3730 * SECOND), 62);
        assert_eq!(seconds(3730 * SECOND), 3730);
        assert_eq!(milliseconds(123_321_456_789), 321);
        assert_eq!(milliseconds(-1_500_000_000), -500);
        assert_eq!(seconds(-1_500_000_000), -1);
    }

    #[test]
    fn sums_that_do_not_fit_are_out_of_range() {
        let long = 200_000_000 * 3600 * 10;
        assert_eq!(add(600 * SECOND, 50 * SECOND), Ok(650 * SECOND));
        assert_eq!(subtract(900 * SECOND, 42 * SECOND), Ok(858 * SECOND));
        assert_eq!(add(i64::MAX, long), Err(Fault::OutOfRange));
        assert_eq!(subtract(i64::MIN, long), Err(Fault::OutOfRange));
        assert_eq!(negate(i64::MIN), Err(Fault::OutOfRange));
        assert_eq!(negate(5), Ok(-5));
    }

    proptest! {
        #[test]
        fn reading_takes_any_text(wild in "[-+]?([0-9.]{0,22}(h|m|s|ms|us|ns|µs|x)?){0,4}|\\PC{0,20}") {
            if let Ok(nanos) = parse(&wild) {
                prop_assert!(text(nanos).ends_with('s'));
            }
        }

        #[test]
        fn what_is_printed_reads_back(nanos: i64) {
            prop_assert_eq!(parse(&text(nanos)), Ok(nanos));
        }
    }
}
