//! Percentages in decimal: what was written is what counts, not the double that is
//! nearest to it.
//!
//! In: a number as written. Out: how many of the 100,000 buckets it takes in.

/// `percentage * 1000`, rounded up, for a percentage of 0 to 100; `None` for
/// anything else. Works on the digits, so that 99.999 is 99,999 and 0.0005 is 1.
pub(super) fn threshold(text: &str) -> Option<u32> {
    if let Some(value) = based(text) {
        return (value <= 100).then_some(value * 1000);
    }
    let (is_negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, saturating(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if digits().next().is_none() || !digits().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if digits().all(|b| b == b'0') {
        return Some(0);
    }
    if is_negative {
        return None;
    }
    // The number of leading digits that make up the whole part of the result.
    let whole_digits = i64::try_from(whole.len()).ok()?.saturating_add(exponent).saturating_add(3);
    let mut value: u64 = 0;
    let mut position: i64 = 0;
    let mut has_rest = false;
    for digit in digits() {
        if position < whole_digits {
            value = value.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
        } else {
            has_rest |= digit != b'0';
        }
        position += 1;
    }
    // More places than digits: the rest are zeros, and soon it is out of range.
    while position < whole_digits && value <= 100_000 {
        value = value.saturating_mul(10);
        position += 1;
        if value == 0 {
            break;
        }
    }
    let value = value.saturating_add(u64::from(has_rest));
    u32::try_from(value).ok().filter(|&value| value <= 100_000)
}

/// An integer in base 16 or 8.
fn based(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (text.strip_prefix("0o")?, 8),
    };
    Some(u32::from_str_radix(digits, radix).unwrap_or(u32::MAX))
}

/// An exponent; beyond any that matters it is the largest one.
fn saturating(text: &str) -> Option<i64> {
    const MOST: i64 = 1 << 40;
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(sign * digits.parse::<i64>().map_or(MOST, |value| value.min(MOST)))
}

#[cfg(test)]
mod tests {
    use super::threshold;

    #[test]
    fn percentages_are_read_in_decimal_and_rounded_up() {
        for (text, expected) in [
            ("12.5", 12_500),
            ("99.999", 99_999),
            ("0.0005", 1),
            ("0.001", 1),
            ("0.0010000000000000000000000000001", 2),
            ("0.29", 290),
            ("33.333", 33_333),
            ("33.3333", 33_334),
            ("100", 100_000),
            ("100.000", 100_000),
            ("1e2", 100_000),
            ("1.25E+1", 12_500),
            ("1250e-2", 12_500),
            ("1e-999999999999999999999", 1),
            ("0", 0),
            ("-0.0", 0),
            ("0e999999999999999999999", 0),
            (".5", 500),
            ("5.", 5_000),
            ("+7", 7_000),
            ("0x10", 16_000),
            ("000012.500", 12_500),
        ] {
            assert_eq!(threshold(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_outside_0_to_100_is_no_percentage() {
        for text in [
            "100.0000001",
            "101",
            "-1",
            "-0.0001",
            "1e3",
            "1e99999999999999999999",
            "0x65",
            ".inf",
            ".nan",
            "",
            ".",
            "1e",
            "12.5%",
        ] {
            assert_eq!(threshold(text), None, "{text}");
        }
    }
}
