//! What `clauses.rs` promises, checked against the conformance tests' values.

use super::super::{Timestamp, collect};
use super::*;
use proptest::prelude::*;

/// A whole `string.format` over scalars, as a caller does it.
fn formatted(format: &str, arguments: &[Scalar<'_>]) -> Outcome<String> {
    let text = collect(|sink| {
        let mut arguments = arguments.iter();
        for piece in clauses(format.as_bytes()) {
            match piece? {
                Piece::Literal(text) => sink.push(text)?,
                Piece::Clause(clause) => {
                    let argument = arguments.next().ok_or(Fault::IndexOutOfRange)?;
                    write_clause(clause, *argument, sink)?;
                }
            }
        }
        Ok(())
    })?;
    Ok(String::from_utf8(text).expect("is text"))
}

fn one(format: &str, argument: Scalar<'_>) -> String {
    formatted(format, &[argument]).expect(format)
}

#[test]
fn literals_and_escaped_percent_signs_stay() {
    assert_eq!(formatted("no substitution", &[]), Ok("no substitution".into()));
    assert_eq!(formatted("%% and also %%", &[]), Ok("% and also %".into()));
    assert_eq!(one("%%%s%%", Scalar::String("text")), "%text%");
    assert_eq!(one("%%%s", Scalar::String("πέντε")), "%πέντε");
    assert_eq!(one("str is %s and é", Scalar::String("filler")), "str is filler and é");
    assert_eq!(formatted("", &[]), Ok(String::new()));
}

#[test]
fn clauses_are_taken_in_order() {
    let arguments = [Scalar::Int(1), Scalar::Uint(2), Scalar::String("A")];
    assert_eq!(formatted("%d %d, %s", &arguments), Ok("1 2, A".into()));
    let pieces: Vec<_> = clauses(b"a%.3fb%s").collect();
    let fixed = Clause { verb: Verb::Fixed, precision: Some(3) };
    let text = Clause { verb: Verb::Text, precision: None };
    assert_eq!(
        pieces,
        [
            Ok(Piece::Literal(b"a")),
            Ok(Piece::Clause(fixed)),
            Ok(Piece::Literal(b"b")),
            Ok(Piece::Clause(text)),
        ]
    );
}

#[test]
fn every_verb_writes_as_in_the_conformance_tests() {
    for (format, argument, text) in [
        ("%.3f", Scalar::Double(1.2345), "1.234"),
        ("%b", Scalar::Int(5), "101"),
        ("%b", Scalar::Int(-5), "-101"),
        ("%b", Scalar::Uint(64), "1000000"),
        ("%b", Scalar::Bool(true), "1"),
        ("%b", Scalar::Bool(false), "0"),
        ("%o", Scalar::Int(11), "13"),
        ("%o", Scalar::Uint(65535), "177777"),
        ("%x", Scalar::Int(30), "1e"),
        ("%x", Scalar::Int(-30), "-1e"),
        ("%x", Scalar::Int(i64::MIN), "-8000000000000000"),
        ("%X", Scalar::Int(26), "1A"),
        ("%X", Scalar::Uint(6000), "1770"),
        ("%x", Scalar::String("Hello world!"), "48656c6c6f20776f726c6421"),
        ("%X", Scalar::String("Hello world!"), "48656C6C6F20776F726C6421"),
        ("%x", Scalar::Bytes(b"byte string"), "6279746520737472696e67"),
        ("%X", Scalar::Bytes(b"byte string"), "6279746520737472696E67"),
        ("%.6e", Scalar::Double(1_052.032_911_275), "1.052033e+03"),
        ("%f", Scalar::Double(2.71828), "2.718280"),
        ("%f", Scalar::Int(2), "2.000000"),
        ("%f", Scalar::Uint(3), "3.000000"),
        ("%e", Scalar::Double(2.71828), "2.718280e+00"),
        ("%e", Scalar::Int(2), "2.000000e+00"),
        ("%e", Scalar::Uint(3), "3.000000e+00"),
        ("%e", Scalar::Double(f64::NAN), "NaN"),
        ("%e", Scalar::Double(f64::INFINITY), "Infinity"),
        ("%e", Scalar::Double(f64::NEG_INFINITY), "-Infinity"),
        ("%d", Scalar::Double(f64::INFINITY), "Infinity"),
        ("%d", Scalar::Double(f64::NEG_INFINITY), "-Infinity"),
        ("%d", Scalar::Double(f64::NAN), "NaN"),
        ("%d", Scalar::Double(1e21), "1000000000000000000000"),
        ("%f", Scalar::Double(f64::NAN), "NaN"),
        ("%f", Scalar::Double(f64::INFINITY), "Infinity"),
        ("%f", Scalar::Double(f64::NEG_INFINITY), "-Infinity"),
        ("%s", Scalar::Double(f64::NEG_INFINITY), "-Infinity"),
        ("%s", Scalar::Int(999_999_999_999), "999999999999"),
        ("%s", Scalar::Bytes(b"xyz"), "xyz"),
        ("%s", Scalar::Duration(6_347_000_000_000), "6347s"),
        (
            "%s",
            Scalar::Timestamp(Timestamp { seconds: 1_675_467_080, nanos: 0 }),
            "2023-02-03T23:31:20Z",
        ),
        ("%s", Scalar::Double(3.14), "3.14"),
        ("%s", Scalar::Double(2.0), "2"),
        ("%s", Scalar::Double(1e6), "1000000"),
        ("%s", Scalar::Bool(true), "true"),
        ("%.2s", Scalar::String("long"), "long"),
        ("%.0f", Scalar::Double(123.0), "123"),
        ("%.0f", Scalar::Double(2.5), "2"),
        ("%.3f", Scalar::Double(123.4999), "123.500"),
        ("%.3f", Scalar::Double(-123.4999), "-123.500"),
        ("%.5f", Scalar::Double(-1.2), "-1.20000"),
    ] {
        assert_eq!(one(format, argument), text, "{format} of {argument:?}");
    }
}

#[test]
fn malformed_formats_are_refused() {
    for format in [
        "%",
        "a%",
        "%a",
        "%E",
        "%F",
        "%.",
        "%.3",
        "%.f",
        "%.1001f",
        "%.99999999999f",
        "%.-1f",
        "%5d",
        "% d",
        "%é",
        "%.3é",
        "%+d",
    ] {
        let mut pieces =
            clauses(format.as_bytes()).skip_while(|piece| matches!(piece, Ok(Piece::Literal(_))));
        assert_eq!(pieces.next(), Some(Err(Fault::BadFormat)), "{format}");
        assert_eq!(pieces.next(), None, "{format}");
    }
    assert!(clauses(b"%.1000f").all(|piece| piece.is_ok()));
}

#[test]
fn clauses_refuse_arguments_of_other_types() {
    let text = Scalar::String("abc");
    let span = Scalar::Duration(1);
    for (format, argument) in [
        ("%b", text),
        ("%b", Scalar::Double(1.0)),
        ("%d", span),
        ("%d", text),
        ("%d", Scalar::Bool(true)),
        ("%o", text),
        ("%o", Scalar::Double(8.0)),
        ("%x", Scalar::Double(8.0)),
        ("%X", Scalar::Bool(true)),
        ("%f", text),
        ("%e", span),
    ] {
        assert_eq!(
            formatted(format, &[argument]),
            Err(Fault::BadFormat),
            "{format} of {argument:?}"
        );
    }
    assert_eq!(formatted("%s", &[Scalar::Bytes(b"\xff")]), Err(Fault::InvalidUtf8));
}

proptest! {
    #[test]
    fn any_format_comes_apart_without_losing_text(format in "([a-z%é.0-9]|%[sdfeboxX]|%\\.[0-9]{1,3}[fe]){0,20}") {
        let pieces: Vec<_> = clauses(format.as_bytes()).collect();
        let good = pieces.iter().filter(|piece| piece.is_ok()).count();
        prop_assert!(pieces.len() - good <= 1, "nothing comes after a fault");
        prop_assert!(pieces.iter().take(good).all(|piece| piece.is_ok()));
        if !format.contains('%') && !format.is_empty() {
            prop_assert_eq!(pieces, [Ok(Piece::Literal(format.as_bytes()))]);
        }
    }

    #[test]
    fn integers_in_other_bases_read_back(value: i64) {
        for (format, base) in [("%b", 2), ("%o", 8), ("%x", 16), ("%X", 16)] {
            prop_assert_eq!(i64::from_str_radix(&one(format, Scalar::Int(value)), base), Ok(value));
        }
    }
}
