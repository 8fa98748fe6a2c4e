//! Builtins: each is the function that its name says.

use super::*;
use rulestone_format::code::Builtin;
use rulestone_format::meaning::Point;
use rulestone_format::types::TypeId;

fn call(builtin: Builtin, arguments: Vec<Value>) -> Outcome<Value> {
    let arguments = arguments.into_iter().map(literal).collect();
    value(&expr(Kind::Call(builtin, arguments)))
}

/// One value of each scalar type.
fn sample(ty: TypeId) -> Value {
    match ty {
        TypeId::BOOL => Value::Bool(true),
        TypeId::INT => Value::Int(1),
        TypeId::UINT => Value::Uint(1),
        TypeId::DOUBLE => Value::Double(1.5),
        TypeId::STRING => Value::string("1"),
        TypeId::BYTES => Value::Bytes(b"1".as_slice().into()),
        TypeId::TIMESTAMP => at(0),
        TypeId::DURATION => Value::Duration(1),
        _ => Value::Point(Point { lat: 1.0, lon: 1.0 }),
    }
}

#[test]
fn every_builtin_takes_and_gives_the_types_of_its_signature() {
    for &builtin in Builtin::ALL {
        let signature = builtin.signature();
        let arguments: Vec<Value> = signature.parameters.iter().map(|&ty| sample(ty)).collect();
        match call(builtin, arguments.clone()) {
            Ok(value) => assert_eq!(value.ty(), sample(signature.result).ty(), "{builtin:?}"),
            Err(fault) => assert_ne!(fault, Fault::Unreachable, "{builtin:?}"),
        }
        let more = [arguments.as_slice(), &[Value::Bool(true)]].concat();
        assert_same(call(builtin, more), Err(Fault::Unreachable));
    }
}

#[test]
fn builtins_are_not_mistaken_for_each_other() {
    let text = Value::string;
    let (int, double) = (Value::Int, Value::Double);
    let seconds = |seconds: i64| Value::Duration(seconds * 1_000_000_000);
    for (builtin, arguments, expected) in [
        (Builtin::StringFromBool, vec![Value::Bool(true)], text("true")),
        (Builtin::StringFromDouble, vec![double(1e6)], text("1e+06")),
        (Builtin::StringFromTimestamp, vec![at(0)], text("1970-01-01T00:00:00Z")),
        (Builtin::StringFromDuration, vec![seconds(5)], text("5s")),
        (Builtin::IntFromTimestamp, vec![at(7)], int(7)),
        (Builtin::IntFromDuration, vec![seconds(7)], int(7_000_000_000)),
        (Builtin::DurationFromInt, vec![int(7)], Value::Duration(7)),
        (Builtin::TimestampFromInt, vec![int(7)], at(7)),
        (Builtin::DurationFromString, vec![text("7s")], seconds(7)),
        (Builtin::IntFromDouble, vec![double(-2.7)], int(-2)),
        (Builtin::SizeString, vec![text("né")], int(2)),
        (Builtin::SizeBytes, vec![Value::Bytes("né".as_bytes().into())], int(3)),
        (Builtin::StringContains, vec![text("abc"), text("b")], Value::Bool(true)),
        (Builtin::StringStartsWith, vec![text("abc"), text("bc")], Value::Bool(false)),
        (Builtin::StringEndsWith, vec![text("abc"), text("bc")], Value::Bool(true)),
        (Builtin::CharAt, vec![text("abc"), int(1)], text("b")),
        (Builtin::IndexOf, vec![text("abab"), text("b")], int(1)),
        (Builtin::LastIndexOf, vec![text("abab"), text("b")], int(3)),
        (Builtin::IndexOfFrom, vec![text("abab"), text("b"), int(2)], int(3)),
        (Builtin::LastIndexOfFrom, vec![text("abab"), text("b"), int(2)], int(1)),
        (Builtin::LowerAscii, vec![text("aB")], text("ab")),
        (Builtin::UpperAscii, vec![text("aB")], text("AB")),
        (Builtin::Replace, vec![text("aaa"), text("a"), text("b")], text("bbb")),
        (Builtin::ReplaceLimited, vec![text("aaa"), text("a"), text("b"), int(2)], text("bba")),
        (Builtin::SubstringFrom, vec![text("abc"), int(1)], text("bc")),
        (Builtin::Substring, vec![text("abc"), int(0), int(2)], text("ab")),
        (Builtin::Trim, vec![text(" a ")], text("a")),
        (Builtin::Reverse, vec![text("abc")], text("cba")),
        (Builtin::Quote, vec![text("a\n")], text("\"a\\n\"")),
        (Builtin::GreatestInt, vec![int(1), int(2)], int(2)),
        (Builtin::LeastInt, vec![int(1), int(2)], int(1)),
        (Builtin::Ceil, vec![double(1.5)], double(2.0)),
        (Builtin::Floor, vec![double(-1.5)], double(-2.0)),
        (Builtin::Round, vec![double(-1.5)], double(-2.0)),
        (Builtin::Trunc, vec![double(-1.5)], double(-1.0)),
        (Builtin::AbsInt, vec![int(-2)], int(2)),
        (Builtin::SignInt, vec![int(-2)], int(-1)),
        (Builtin::Sqrt, vec![double(9.0)], double(3.0)),
        (Builtin::IsNan, vec![double(f64::NAN)], Value::Bool(true)),
        (Builtin::IsInf, vec![double(f64::NAN)], Value::Bool(false)),
        (Builtin::IsFinite, vec![double(1.0)], Value::Bool(true)),
        (Builtin::BitAndInt, vec![int(6), int(3)], int(2)),
        (Builtin::BitOrInt, vec![int(6), int(3)], int(7)),
        (Builtin::BitXorInt, vec![int(6), int(3)], int(5)),
        (Builtin::BitNotInt, vec![int(6)], int(-7)),
        (Builtin::ShiftLeftInt, vec![int(6), int(1)], int(12)),
        (Builtin::ShiftRightInt, vec![int(6), int(1)], int(3)),
        (Builtin::DurationHours, vec![seconds(7_384)], int(2)),
        (Builtin::DurationMinutes, vec![seconds(7_384)], int(123)),
        (Builtin::DurationSeconds, vec![seconds(7_384)], int(7_384)),
        (Builtin::DurationMilliseconds, vec![Value::Duration(1_500_000_000)], int(500)),
        (Builtin::Latitude, vec![Value::Point(Point { lat: 1.0, lon: 2.0 })], double(1.0)),
        (
            Builtin::PointFrom,
            vec![double(1.0), double(2.0)],
            Value::Point(Point { lat: 1.0, lon: 2.0 }),
        ),
    ] {
        assert_same(call(builtin, arguments), Ok(expected));
    }
}
