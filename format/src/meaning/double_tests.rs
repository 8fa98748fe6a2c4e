//! What `double.rs` promises, checked against the conformance tests' values and Rust's own printing.

use super::super::collect;
use super::*;
use proptest::prelude::*;

fn written(write: impl Fn(&mut Sink<'_>) -> Outcome<()>) -> String {
    String::from_utf8(collect(write).expect("fits")).expect("is text")
}

fn shortest(value: f64) -> String {
    written(|sink| write_shortest(value, sink))
}

fn json(value: f64) -> String {
    written(|sink| write_json(value, sink))
}

#[test]
fn nan_has_no_order_and_zeros_are_equal() {
    assert_eq!(compare(f64::NAN, 1.0), Err(Fault::NotANumber));
    assert_eq!(compare(1.0, f64::NAN), Err(Fault::NotANumber));
    assert_eq!(compare_int_double(1, f64::NAN), Err(Fault::NotANumber));
    assert_eq!(compare_uint_double(1, f64::NAN), Err(Fault::NotANumber));
    assert_eq!(compare(-0.0, 0.0), Ok(Ordering::Equal));
    assert_eq!(compare(f64::NEG_INFINITY, -1e308), Ok(Ordering::Less));
}

#[test]
fn numbers_of_different_types_compare_as_in_the_conformance_tests() {
    use Ordering::{Equal, Greater, Less};
    assert_eq!(compare_int_double(1, 2.0), Ok(Less));
    assert_eq!(compare_int_double(i64::MAX, 9_223_372_036_854_775_808.0), Ok(Equal));
    assert_eq!(compare_int_double(i64::MAX, 9_223_372_036_854_777_857.0), Ok(Less));
    assert_eq!(compare_int_double(i64::MAX, -9_223_372_036_854_777_857.0), Ok(Greater));
    assert_eq!(compare_int_double(i64::MIN, -9_223_372_036_854_775_809.0), Ok(Equal));
    assert_eq!(compare_int_double(i64::MIN, -9_223_372_036_854_777_857.0), Ok(Greater));
    assert_eq!(compare_uint_double(u64::MAX, -1.0), Ok(Greater));
    assert_eq!(compare_uint_double(u64::MAX, 18_446_744_073_709_590_000.0), Ok(Less));
    assert_eq!(compare_uint_double(u64::MAX, 18_446_744_073_709_553_665.0), Ok(Less));
    assert_eq!(compare_uint_double(2, 1.0), Ok(Greater));
    assert_eq!(compare_uint_double(0, -0.0), Ok(Equal));
    assert_eq!(compare_int_uint(1, 9_223_372_036_854_775_808), Less);
    assert_eq!(compare_int_uint(-1, 0), Less);
    assert_eq!(compare_int_uint(7, 7), Equal);
    assert_eq!(compare_int_uint(8, 7), Greater);
}

#[test]
fn rounding_follows_the_math_extension() {
    assert_eq!((ceil(-1.2), ceil(1.2)), (-1.0, 2.0));
    assert_eq!((floor(-1.2), floor(1.2)), (-2.0, 1.0));
    assert_eq!(
        (round(-1.4), round(-1.5), round(1.2), round(1.5), round(2.5)),
        (-1.0, -2.0, 1.0, 2.0, 3.0)
    );
    assert_eq!((truncate(1.2), truncate(-1.9)), (1.0, -1.0));
    assert_eq!((sign(100.5), sign(-32.0), sign(0.0)), (1.0, -1.0, 0.0));
    assert!(sign(f64::NAN).is_nan() && square_root(-1.0).is_nan());
    assert!(sign(-0.0).is_sign_positive());
    assert_eq!((absolute(-1.5), square_root(49.0)), (1.5, 7.0));
    assert!(is_nan(f64::NAN) && is_infinite(f64::NEG_INFINITY) && !is_finite(f64::NAN));
}

#[test]
fn conversions_truncate_and_check_the_range() {
    assert_eq!(to_int(-123.456), Ok(-123));
    assert_eq!(to_int(11.5), Ok(11));
    assert_eq!(to_int(36_028_797_018_963_969.0), Ok(36_028_797_018_963_968));
    assert_eq!(to_int(9_223_372_036_854_774_784.0), Ok(i64::MAX - 1023));
    for value in [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        1e99,
        9_223_372_036_854_775_807.0,
        -9_223_372_036_854_775_808.0,
    ] {
        assert_eq!(to_int(value), Err(Fault::OutOfRange), "{value}");
    }
    assert_eq!((to_uint(25.5), to_uint(-0.0)), (Ok(25), Ok(0)));
    for value in [f64::NAN, -0.5, -1.0, 6.022e23, 18_446_744_073_709_551_616.0, f64::INFINITY] {
        assert_eq!(to_uint(value), Err(Fault::OutOfRange), "{value}");
    }
    assert_eq!(int_to_double(i64::MAX).to_bits(), 9_223_372_036_854_775_808.0_f64.to_bits());
    assert_eq!(uint_to_double(u64::MAX).to_bits(), 18_446_744_073_709_551_616.0_f64.to_bits());
}

#[test]
fn text_is_read_as_go_reads_it() {
    for (text, value) in [
        ("0", 0.0),
        ("123", 123.0),
        ("123.456", 123.456),
        ("6.02214e23", 6.02214e23),
        ("-84.32e7", -843_200_000.0),
        ("-5.43e-21", -5.43e-21),
        ("5.", 5.0),
        (".5", 0.5),
        ("+1E+2", 100.0),
        ("1e-999", 0.0),
        ("Infinity", f64::INFINITY),
        ("+inf", f64::INFINITY),
        ("-INFINITY", f64::NEG_INFINITY),
    ] {
        assert_eq!(parse(text), Ok(value), "{text:?}");
    }
    assert!(parse("NaN").is_ok_and(f64::is_nan) && parse("nAn").is_ok_and(f64::is_nan));
    for text in [
        "", ".", "e5", "1e", "1e+", " 1", "1 ", "1_0", "0x1p3", "-nan", "+NaN", "infinit", "1,5",
        "--1",
    ] {
        assert_eq!(parse(text), Err(Fault::Unparseable), "{text:?}");
    }
    assert_eq!(parse("1e309"), Err(Fault::OutOfRange));
    assert_eq!(parse("-1e99999999999999999999"), Err(Fault::OutOfRange));
}

#[test]
fn the_shortest_text_is_that_of_go() {
    for (value, text) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (2.0, "2"),
        (123.456, "123.456"),
        (-4.5e-3, "-0.0045"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (999_999.0, "999999"),
        (999_999.5, "999999.5"),
        (1e6, "1e+06"),
        (1_234_567.0, "1.234567e+06"),
        (1e21, "1e+21"),
        (1e100, "1e+100"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (0.1 + 0.2, "0.30000000000000004"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "+Inf"),
        (f64::NEG_INFINITY, "-Inf"),
    ] {
        assert_eq!(shortest(value), text);
    }
}

#[test]
fn json_numbers_are_doubles_at_sight() {
    for (value, text) in [
        (1.0, "1.0"),
        (-0.0, "-0.0"),
        (0.1, "0.1"),
        (1e6, "1000000.0"),
        (1e20, "100000000000000000000.0"),
        (1e21, "1e21"),
        (-1.5e300, "-1.5e300"),
        (0.000_001, "0.000001"),
        (1.5e-7, "1.5e-7"),
        (f64::NAN, "\"NaN\""),
        (f64::INFINITY, "\"Infinity\""),
        (f64::NEG_INFINITY, "\"-Infinity\""),
    ] {
        assert_eq!(json(value), text);
    }
}

#[test]
fn fixed_and_scientific_round_half_to_even_on_the_exact_value() {
    let fixed = |value, precision| written(|sink| write_fixed(value, precision, sink));
    let scientific = |value, precision| written(|sink| write_scientific(value, precision, sink));
    for (value, precision, text) in [
        (1.2345, 3, "1.234"),
        (123.4999, 3, "123.500"),
        (-123.4999, 3, "-123.500"),
        (2.5, 0, "2"),
        (3.5, 0, "4"),
        (0.5, 0, "0"),
        (1.5, 0, "2"),
        (0.125, 2, "0.12"),
        (0.375, 2, "0.38"),
        (-1.2, 5, "-1.20000"),
        (2.71828, 6, "2.718280"),
        (123.0, 0, "123"),
        (3.4999, 0, "3"),
        (1e22, 1, "10000000000000000000000.0"),
        (f64::NAN, 3, "NaN"),
        (f64::INFINITY, 3, "Infinity"),
        (f64::NEG_INFINITY, 3, "-Infinity"),
    ] {
        assert_eq!(fixed(value, precision), text);
    }
    for (value, precision, text) in [
        (1_052.032_911_275, 6, "1.052033e+03"),
        (2.71828, 6, "2.718280e+00"),
        (0.0, 2, "0.00e+00"),
        (2.5, 0, "2e+00"),
        (3.5, 0, "4e+00"),
        (9.99e-5, 1, "1.0e-04"),
        (-1e-300, 1, "-1.0e-300"),
        (1e300, 0, "1e+300"),
        (f64::NAN, 6, "NaN"),
        (f64::NEG_INFINITY, 6, "-Infinity"),
    ] {
        assert_eq!(scientific(value, precision), text);
    }
    // 2^-1074 has 1074 digits behind the point; the first thousand must be exact.
    let tiny = fixed(5e-324, 1000);
    assert!(tiny.starts_with("0.000") && tiny.len() == 1002);
    assert!(tiny.trim_end_matches('0').len() > 1000, "digits go to the end");
    assert_eq!(fixed(f64::MAX, 1000).len(), 309 + 1 + 1000);
    let mut sink = [0; 8];
    assert_eq!(write_fixed(1.0, 1001, &mut Sink::new(&mut sink)), Err(Fault::TooLong));
    assert_eq!(write_scientific(1.0, 8, &mut Sink::new(&mut sink)), Err(Fault::ScratchFull));
}

#[test]
fn of_two_shortest_texts_the_even_one_is_taken() {
    let halfway = 80_227_819_500_717.0 + 0.125;
    assert_eq!(json(halfway), "80227819500717.12");
    assert_eq!(shortest(halfway), "8.022781950071712e+13");
}

proptest! {
    #[test]
    fn every_text_reads_back_as_the_same_double(bits: u64) {
        let value = f64::from_bits(bits);
        prop_assume!(value.is_finite());
        prop_assert_eq!(parse(&shortest(value)).map(f64::to_bits), Ok(bits));
        prop_assert_eq!(parse(&json(value)).map(f64::to_bits), Ok(bits));
        prop_assert!(json(value).contains(['.', 'e']));
    }

    #[test]
    fn positional_text_is_the_shortest(bits: u64, small in -1e9..1e9) {
        for value in [f64::from_bits(bits), small, small.trunc()] {
            prop_assume!(value.is_finite());
            // Two shortest texts can be equally near; the even one is taken here, as in Go, and the greater one by
            // Rust. Hence lengths are compared.
            let text = written(|sink| write_positional(value, sink));
            prop_assert_eq!(text.len(), value.to_string().len());
            prop_assert_eq!(text.parse(), Ok(value));
            prop_assert!(!text.contains('e'));
        }
    }

    #[test]
    fn order_across_types_mirrors_the_rounded_doubles(int: i64, uint: u64, shift in 0..64_u32) {
        let (int, uint) = (int >> shift, uint >> shift);
        let (left, right) = (int_to_double(int), uint_to_double(uint));
        prop_assert_eq!(compare_int_double(int, left), Ok(Ordering::Equal));
        prop_assert_eq!(compare_uint_double(uint, right), Ok(Ordering::Equal));
        prop_assert_eq!(compare_int_double(int, right), compare(left, right));
        prop_assert_eq!(compare_uint_double(uint, left), compare(right, left));
        prop_assert_eq!(compare_int_uint(int, uint), i128::from(int).cmp(&i128::from(uint)));
    }
}
