//! What `numeral.rs` promises, checked against decimals that are compared digit by digit.

use super::super::Timestamp;
use super::*;
use proptest::prelude::*;
use std::cmp::Ordering;

fn numeral(text: &str) -> Numeral<'_> {
    Numeral::parse(text).unwrap_or_else(|| panic!("{} is a number", text.get(..60).unwrap_or(text)))
}

fn integer(text: &str) -> Result<i128, Misfit> {
    numeral(text).integer()
}

fn double(text: &str) -> Result<f64, Misfit> {
    numeral(text).double()
}

#[test]
fn an_integral_number_is_read_to_its_last_digit_however_it_is_written() {
    for (text, value) in [
        ("9007199254740993.0", 9_007_199_254_740_993),
        ("90071992547409930e-1", 9_007_199_254_740_993),
        ("9007199254740993e0", 9_007_199_254_740_993),
        ("0.9007199254740993E+16", 9_007_199_254_740_993),
        ("9223372036854775807.0", i64::MAX.into()),
        ("-9223372036854775808.000", i64::MIN.into()),
        ("-9223372036854775809", i128::from(i64::MIN) - 1),
        ("1e+06", 1_000_000),
        ("1E+2", 100),
        ("00012.500e1", 125),
        ("-0", 0),
        ("-0.0", 0),
        ("0e5", 0),
        ("0e999999999999999999999999", 0),
        ("0.000e-999999999999999999999999", 0),
        ("170141183460469231731687303715884105727", i128::MAX),
        ("+7", 7),
        (".5e1", 5),
        ("5.", 5),
        ("0x1F", 31),
        ("0o17", 15),
    ] {
        assert_eq!(integer(text), Ok(value), "{text}");
    }
}

#[test]
fn what_lies_between_two_integers_is_none() {
    for text in [
        "9007199254740992.5",
        "1.0000000000000000000000000000000000000000000000001",
        "0.99999999999999999999999999999999999999999999999999",
        "1e-400",
        "-1e-999999999999999999999999",
        "12345e-1",
    ] {
        assert_eq!(integer(text), Err(Misfit::Fraction), "{text}");
    }
}

#[test]
fn what_lies_beyond_is_out_of_range_however_large() {
    for text in [
        "170141183460469231731687303715884105728",
        "1e39",
        "1e999999999",
        "-1e999999999999999999999999999",
        "0.001e9223372036854775808",
        "0xffffffffffffffffffffffffffffffffffffffff",
    ] {
        assert_eq!(integer(text), Err(Misfit::Range), "{text}");
    }
}

#[test]
fn a_number_of_a_million_digits_is_read_soon() {
    let zeros = "0".repeat(1_000_000);
    assert_eq!(integer(&format!("{zeros}42.{zeros}")), Ok(42));
    assert_eq!(integer(&format!("42{zeros}e-1000000")), Ok(42));
    assert_eq!(integer(&format!("0.{zeros}42e1000002")), Ok(42));
    assert_eq!(integer(&format!("42.{zeros}1")), Err(Misfit::Fraction));
    assert_eq!(integer(&format!("1{zeros}")), Err(Misfit::Range));
    assert_eq!(integer(&format!("1e{}", "9".repeat(1_000_000))), Err(Misfit::Range));
    assert_eq!(double(&format!("0.{zeros}1e1000001")), Ok(1.0));
    assert_eq!(double(&format!("15{zeros}e-1000001")), Ok(1.5));
    assert_eq!(double(&format!("-{zeros}.{zeros}")).map(f64::to_bits), Ok((-0.0_f64).to_bits()));
    assert_eq!(double(&format!("1{zeros}")), Err(Misfit::Range));
    assert_eq!(double(&format!("0.{zeros}1")), Ok(0.0));
}

#[test]
fn a_double_is_the_nearest_one() {
    assert_eq!(double("1e400"), Err(Misfit::Range));
    assert_eq!(double("-1e999999999999999999999999"), Err(Misfit::Range));
    assert_eq!(double("1e-400"), Ok(0.0));
    assert_eq!(double("-0").map(f64::to_bits), Ok((-0.0_f64).to_bits()));
    assert_eq!(double("1.7976931348623157e308"), Ok(f64::MAX));
    assert_eq!(double("1.7976931348623159e308"), Err(Misfit::Range));
    assert_eq!(double("1036.8799999999999").map(f64::to_bits), Ok(0x4090_3385_1eb8_51eb));
    // Half way between two doubles, and a little more, a thousand digits behind.
    let half = format!("9007199254740993.{}", "0".repeat(1_000));
    assert_eq!(double(&half), Ok(9_007_199_254_740_992.0));
    assert_eq!(double(&format!("{half}1")), Ok(9_007_199_254_740_994.0));
    assert_eq!(double("0x20000000000001"), Ok(9_007_199_254_740_992.0));
    let half = format!("0x20000000000001{}", "0".repeat(200));
    assert_eq!(double(&half), Ok(9_007_199_254_740_992.0 * 2_f64.powi(800)));
    assert_eq!(double(&format!("{half}1")), Ok(9_007_199_254_740_994.0 * 2_f64.powi(804)));
    assert_eq!(double(&format!("0x{}", "f".repeat(257))), Err(Misfit::Range));
    assert_eq!(double(&format!("0o7{}", "0".repeat(1_000_000))), Err(Misfit::Range));
    assert_eq!(double(&format!("0o{}7", "0".repeat(1_000_000))), Ok(7.0));
}

#[test]
fn seconds_are_exact_to_the_nanosecond() {
    let read = |text| Timestamp::from_unix_seconds_numeral(&numeral(text));
    assert_eq!(
        read("1767225600.123456789"),
        Ok(Timestamp { seconds: 1_767_225_600, nanos: 123_456_789 })
    );
    assert_eq!(
        read("1767225600.1234567890000"),
        Ok(Timestamp { seconds: 1_767_225_600, nanos: 123_456_789 })
    );
    assert_eq!(read("-0.5"), Ok(Timestamp { seconds: -1, nanos: 500_000_000 }));
    assert_eq!(read("1e-9"), Ok(Timestamp { seconds: 0, nanos: 1 }));
    assert_eq!(read("-62135596800"), Ok(Timestamp::MIN));
    assert_eq!(read("253402300799.999999999"), Ok(Timestamp::MAX));
    assert_eq!(read("0x10"), Ok(Timestamp { seconds: 16, nanos: 0 }));
    for text in ["1767225600.1234567891", "1e-10", "-1e-999999999999"] {
        assert_eq!(read(text), Err(Misfit::Fraction), "{text}");
    }
    for text in ["253402300800", "-62135596800.000000001", "1e999999999", "1e29"] {
        assert_eq!(read(text), Err(Misfit::Range), "{text}");
    }
}

#[test]
fn what_is_no_number_is_not_read() {
    for text in [
        "", "+", "-", ".", "e1", ".e1", "1e", "1e+", "1.2.3", "--1", "+-1", "1 ", " 1", "0x",
        "0xg", "0o8", "-0x1", "1e1.5", "1_000", "inf", "nan", "NaN", "1e+-1", "٣",
    ] {
        assert!(Numeral::parse(text).is_none(), "{text}");
    }
    assert!(Numeral::decimal("0x1").is_none());
}

#[test]
fn an_integer_form_has_no_point_and_no_exponent() {
    assert!(numeral("-12").is_plain() && numeral("0xff").is_plain());
    assert!(!numeral("12.").is_plain() && !numeral("12e0").is_plain());
}

/// A decimal number without its sign, taken apart the slow way.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Decimal {
    /// Without zeros at either end; empty for zero.
    digits: Vec<u8>,
    /// The number is 0.ddd… times ten to this power.
    power: i64,
}

impl Decimal {
    fn new(mut digits: Vec<u8>, mut power: i64) -> Decimal {
        while digits.first() == Some(&0) {
            digits.remove(0);
            power -= 1;
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let power = if digits.is_empty() { 0 } else { power };
        Decimal { digits, power }
    }

    fn read(text: &str) -> Decimal {
        let text = text.trim_start_matches(['+', '-']);
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = whole.bytes().chain(fraction.bytes()).map(|byte| byte - b'0').collect();
        let exponent: i64 = exponent.parse().expect("a small one");
        Decimal::new(digits, whole.len() as i64 + exponent)
    }

    /// `mantissa` times two to a power.
    fn of_binary(mantissa: u64, exponent: i32) -> Decimal {
        let mut digits: Vec<u8> = mantissa.to_string().bytes().map(|byte| byte - b'0').collect();
        // A half is five tenths.
        let factor = if exponent < 0 { 5 } else { 2 };
        for _ in 0..exponent.unsigned_abs() {
            let mut carry = 0;
            for digit in digits.iter_mut().rev() {
                let product = *digit * factor + carry;
                (*digit, carry) = (product % 10, product / 10);
            }
            if carry > 0 {
                digits.insert(0, carry);
            }
        }
        let power = digits.len() as i64 + i64::from(exponent.min(0));
        Decimal::new(digits, power)
    }

    fn order(&self, other: &Decimal) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            _ => self.power.cmp(&other.power).then_with(|| self.digits.cmp(&other.digits)),
        }
    }

    fn is_integral(&self) -> bool {
        self.power >= self.digits.len() as i64
    }
}

/// A double that isn't negative as mantissa and power of two.
fn taken_apart(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52) as i32);
    match exponent {
        0 => (fraction, -1074),
        _ => (fraction | 1 << 52, exponent - 1075),
    }
}

/// Whether a number is no farther from a double than half way to the next on
/// either side, and in the middle only if the double is even.
fn is_nearest(number: &Decimal, found: Result<f64, Misfit>) -> bool {
    let found = found.map(f64::abs);
    let (mantissa, exponent) = taken_apart(found.unwrap_or(f64::MAX));
    let above = Decimal::of_binary(2 * mantissa + 1, exponent - 1);
    let not_above = match number.order(&above) {
        Ordering::Less => true,
        Ordering::Equal => mantissa.is_multiple_of(2),
        Ordering::Greater => false,
    };
    if found.is_err() {
        return !not_above;
    }
    // Below a power of two the doubles are twice as close.
    let below = match mantissa {
        0 => return not_above,
        0x10_0000_0000_0000 if exponent > -1074 => {
            Decimal::of_binary(4 * mantissa - 1, exponent - 2)
        }
        _ => Decimal::of_binary(2 * mantissa - 1, exponent - 1),
    };
    let not_below = match number.order(&below) {
        Ordering::Greater => true,
        Ordering::Equal => mantissa.is_multiple_of(2),
        Ordering::Less => false,
    };
    not_above && not_below
}

/// Numbers that lie near something: integers, halves between doubles, ends of
/// types; then written with the point elsewhere and with zeros around.
fn written() -> impl Strategy<Value = String> {
    let digits = prop_oneof![
        "[0-9]{1,50}",
        "[0-9]{700,900}",
        any::<u64>().prop_map(|value| value.to_string()),
        (-2..3_i128).prop_map(|near| (i128::from(i64::MAX) + near).to_string()),
        (-2..3_i128).prop_map(|near| (i128::from(u64::MAX) + near).to_string()),
        (0..1_u64 << 53).prop_map(|value| (2 * value + (1 << 53) + 1).to_string()),
        Just("0".to_owned()),
    ];
    let near = prop_oneof![Just(""), Just("0000"), Just("5"), Just("00000000000000000001")];
    let exponent = prop_oneof![-3..4_i32, -30..30_i32, -400..400_i32];
    let parts = (digits, near, any::<prop::sample::Index>(), exponent, 0..4_usize, any::<bool>());
    parts.prop_map(|(digits, near, point, exponent, zeros, negative)| {
        let digits = digits + near;
        let point = point.index(digits.len() + 1);
        let (whole, fraction) = digits.split_at(point);
        // What moves the point is made up for, so that numbers stay near what they were.
        let exponent = exponent + fraction.len() as i32 - near.len() as i32;
        let (sign, zeros) = (if negative { "-" } else { "" }, "0".repeat(zeros));
        format!("{sign}{zeros}{whole}.{fraction}{zeros}e{exponent}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn integers_are_what_is_written(text in written()) {
        let expected = Decimal::read(&text);
        match integer(&text) {
            Ok(value) => {
                prop_assert_eq!(Decimal::read(&value.to_string()), expected.clone());
                prop_assert_eq!(value < 0, text.starts_with('-') && !expected.digits.is_empty());
            }
            Err(Misfit::Fraction) => prop_assert!(!expected.is_integral()),
            Err(Misfit::Range) => prop_assert!(
                expected.order(&Decimal::read(&i128::MAX.to_string())).is_gt()
            ),
        }
    }

    #[test]
    fn doubles_are_the_nearest(text in written()) {
        let found = double(&text);
        prop_assert!(is_nearest(&Decimal::read(&text), found), "{} is not {:?}", text, found);
        if let Ok(found) = found {
            prop_assert_eq!(found.is_sign_negative(), text.starts_with('-'));
        }
    }

    #[test]
    fn seconds_are_what_is_written(text in written()) {
        let seconds = Decimal::read(&text);
        let nanos = Decimal::new(seconds.digits.clone(), seconds.power + 9);
        match numeral(&text).nanoseconds() {
            Ok(value) => prop_assert_eq!(Decimal::read(&value.to_string()), nanos),
            Err(Misfit::Fraction) => prop_assert!(!nanos.is_integral()),
            Err(Misfit::Range) => prop_assert!(
                nanos.order(&Decimal::read(&i128::MAX.to_string())).is_gt()
            ),
        }
    }

    #[test]
    fn other_bases_are_what_the_standard_library_reads(value: u64, zeros in 0..3_usize) {
        let zeros = "0".repeat(zeros);
        prop_assert_eq!(integer(&format!("0x{zeros}{value:x}")), Ok(value.into()));
        prop_assert_eq!(integer(&format!("0o{zeros}{value:o}")), Ok(value.into()));
        prop_assert_eq!(double(&format!("0x{value:X}")), Ok(value as f64));
        prop_assert_eq!(double(&format!("0o{value:o}")), Ok(value as f64));
    }

    #[test]
    fn reading_takes_any_text(text in "[-+.eE0-9x]{0,20}|\\PC{0,20}") {
        if let Some(numeral) = Numeral::parse(&text) {
            let _ = (numeral.integer(), numeral.nanoseconds(), numeral.double());
        }
        let standard = text.parse::<f64>().ok().filter(|_| text.bytes().any(|b| b.is_ascii_digit()));
        prop_assert_eq!(Numeral::decimal(&text).is_some(), standard.is_some());
    }
}
