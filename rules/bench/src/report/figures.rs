//! Figures as people read them.

/// A duration for people: three digits, and the unit that fits.
pub fn duration(ns: f64) -> String {
    let units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns")];
    let (scale, unit) =
        units.into_iter().find(|(scale, _)| ns >= scale * 0.9995).unwrap_or((1.0, "ns"));
    let value = ns / scale;
    let decimals = match value {
        _ if value >= 99.95 => 0,
        _ if value >= 9.995 => 1,
        _ => 2,
    };
    format!("{value:.decimals$} {unit}")
}

/// A whole number with commas.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_digits_and_the_unit_that_fits() {
        assert_eq!(duration(7.0), "7.00 ns");
        assert_eq!(duration(604.4), "604 ns");
        assert_eq!(duration(999.8), "1.00 µs");
        assert_eq!(duration(4_745.0), "4.75 µs");
        assert_eq!(duration(12_345_678.0), "12.3 ms");
        assert_eq!(duration(37e9), "37.0 s");
    }

    #[test]
    fn large_numbers_have_commas() {
        let numbers = [5, 999, 1_000, 71_371_904].map(grouped);
        assert_eq!(numbers, ["5", "999", "1,000", "71,371,904"]);
    }
}
