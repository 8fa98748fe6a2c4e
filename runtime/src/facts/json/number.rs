//! Numbers of JSON that are short enough to be exact at a glance.
//!
//! In: a text at a number. Out: its value, if some digits say it all; else nothing, and
//! the number is read the long way, which also finds what is wrong with it.

use super::reader::Reader;

/// Digits that an int surely holds.
const MOST_DIGITS: usize = 18;

/// Powers of ten that a double is.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// A run of digits.
#[derive(Debug, Clone, Copy)]
struct Digits {
    value: u64,
    count: usize,
}

impl Reader<'_> {
    /// An int of few digits, with neither point nor exponent. Otherwise nothing is read.
    #[inline]
    pub(super) fn short_int(&mut self) -> Option<i64> {
        self.peek()?;
        let (negative, bytes) = signed(self.ahead());
        let whole = whole(bytes)?;
        if matches!(bytes.get(whole.count), Some(b'.' | b'e' | b'E')) {
            return None;
        }
        self.go_to(self.at() + usize::from(negative) + whole.count);
        let value = whole.value as i64;
        Some(if negative { -value } else { value })
    }

    /// A number of few digits without an exponent, as the nearest double. Otherwise nothing is
    /// read.
    ///
    /// Integer and power of ten are doubles, and dividing one by the other rounds once: what
    /// comes out is the nearest (Clinger, "How to Read Floating Point Numbers Accurately", 1990).
    #[inline]
    pub(super) fn short_double(&mut self) -> Option<f64> {
        self.peek()?;
        let (negative, bytes) = signed(self.ahead());
        let whole = whole(bytes)?;
        let (mut value, mut length) = (whole.value, whole.count);
        let mut places = 0;
        if bytes.get(length) == Some(&b'.') {
            let fraction = digits(bytes.get(length + 1..)?, value, whole.count)?;
            if fraction.count == 0 {
                return None;
            }
            (value, places) = (fraction.value, fraction.count);
            length += 1 + fraction.count;
        }
        if matches!(bytes.get(length), Some(b'e' | b'E')) || value >= 1 << 53 {
            return None;
        }
        self.go_to(self.at() + usize::from(negative) + length);
        let value = value as f64 / POWERS.get(places)?;
        Some(if negative { -value } else { value })
    }
}

fn signed(bytes: &[u8]) -> (bool, &[u8]) {
    match bytes {
        [b'-', rest @ ..] => (true, rest),
        bytes => (false, bytes),
    }
}

/// The digits before a point: no zero begins them but one that is all of them.
#[inline]
fn whole(bytes: &[u8]) -> Option<Digits> {
    let whole = digits(bytes, 0, 0)?;
    match bytes {
        [b'0', ..] if whole.count > 1 => None,
        _ => (whole.count > 0).then_some(whole),
    }
}

/// Digits that follow others. `None` if they are too many together.
#[inline]
fn digits(bytes: &[u8], before: u64, count: usize) -> Option<Digits> {
    let (mut value, mut length) = (before, 0);
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        if count + length == MOST_DIGITS {
            return None;
        }
        value = value * 10 + u64::from(digit);
        length += 1;
    }
    Some(Digits { value, count: length })
}

#[cfg(test)]
mod tests {
    use super::super::reader::Token;
    use super::*;
    use rulestone_format::meaning::numeral::Numeral;

    /// What a text begins with, and how much of it was read.
    fn short<T>(text: &str, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<(T, usize)> {
        let mut reader = Reader::new(text);
        let value = read(&mut reader);
        if value.is_none() {
            assert_eq!(reader.at(), text.len() - text.trim_start().len(), "{text}");
        }
        value.map(|value| (value, reader.at()))
    }

    #[test]
    fn what_is_read_at_a_glance_is_what_the_digits_say() {
        let wholes =
            ["0", "-0", "7", "-12", "4294967296", "999999999999999999", "-999999999999999999"];
        let others = [
            "1000000000000000000",
            "9007199254740993",
            "9007199254740992",
            "01",
            "00",
            "-",
            "-a",
            "",
            "a",
            "1e5",
            "0.1",
            "0.3",
            "-0.0",
            "59.915419",
            "-157.858337",
            "123456789.123456789",
            "1.",
            "1.e5",
            "1.5E-7",
            "0.000000000000000001",
            "3.14159265358979323846",
            "9007199254740991.5",
            "900719925474099.1",
            "1.0",
        ];
        for text in wholes.into_iter().chain(others) {
            for end in ["", ",", "]", " x", "-", "\u{e9}"] {
                let whole = format!(" {text}{end}");
                let token = Reader::new(&whole).value();
                let number = match token {
                    Ok(Token::Number(number)) => Some(Numeral::parse(number).expect("a number")),
                    _ => None,
                };
                if let Some((value, at)) = short(&whole, |reader| reader.short_int()) {
                    let exact = number.expect("is one").integer();
                    assert_eq!((exact, at), (Ok(value.into()), text.len() + 1), "{whole}");
                }
                if let Some((value, at)) = short(&whole, |reader| reader.short_double()) {
                    let exact = number.expect("is one").double().expect("is finite");
                    assert_eq!((exact.to_bits(), at), (value.to_bits(), text.len() + 1), "{whole}");
                }
            }
        }
        for text in wholes {
            assert!(short(text, |reader| reader.short_int()).is_some(), "{text}");
        }
        for text in ["59.915419", "-0.0", "12", "900719925474099.1"] {
            assert!(short(text, |reader| reader.short_double()).is_some(), "{text}");
        }
    }

    /// Fractions of all lengths, among them those that lie nearly half way between two doubles.
    #[test]
    fn doubles_are_the_nearest() {
        let mut state = 1_u64;
        let mut found = 0;
        for _ in 0..100_000 {
            // Knuth's generator, of which the upper bits are good.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let places = (state >> 60) as usize;
            let digits = format!("{:018}", (state >> 11) >> (state >> 55 & 31));
            let (whole, fraction) = digits.split_at(digits.len() - places);
            let whole = match whole.trim_start_matches('0') {
                "" => "0",
                whole => whole,
            };
            let text = if places == 0 { whole.to_owned() } else { format!("{whole}.{fraction}") };
            if let Some((value, _)) = short(&text, |reader| reader.short_double()) {
                assert_eq!(
                    value.to_bits(),
                    text.parse::<f64>().expect("a number").to_bits(),
                    "{text}"
                );
                found += 1;
            }
        }
        assert!(found > 50_000, "{found}");
    }
}
