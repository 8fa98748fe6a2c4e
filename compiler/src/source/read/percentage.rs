//! Percentages in decimal: what was written is what counts, not the double that is
//! nearest to it.
//!
//! In: a number as written. Out: how many of the 100,000 buckets it takes in.

use rulestone_format::meaning::Numeral;
use rulestone_format::meaning::numeral::Scaled;

/// `percentage * 1000`, rounded up, for a percentage of 0 to 100; `None` for
/// anything else. Works on the digits, so that 99.999 is 99,999 and 0.0005 is 1.
pub(super) fn threshold(text: &str) -> Option<u32> {
    let numeral = Numeral::parse(text)?;
    let Scaled { whole, has_rest } = numeral.scaled(3)?;
    let value = whole.saturating_add(has_rest.into());
    let is_below_zero = numeral.is_negative() && value > 0;
    u32::try_from(value).ok().filter(|value| *value <= 100_000 && !is_below_zero)
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
