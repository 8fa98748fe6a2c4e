//! Operators, lists and maps, text, places, times.

use super::*;
use crate::check::tree::{FenceId, ZoneRef};
use crate::check::{regex, zone};
use crate::source::model::{Point as Vertex, Shape};
use rulestone_format::code::Getter;
use rulestone_format::meaning::Point;

fn uint(value: u64) -> Expr {
    literal(Value::Uint(value))
}

#[test]
fn arithmetic_is_that_of_its_operator() {
    use Arithmetic::*;
    for (operator, expected) in
        [(AddInt, 9), (SubtractInt, 5), (MultiplyInt, 14), (DivideInt, 3), (RemainderInt, 1)]
    {
        assert_value(&arithmetic(operator, int(7), int(2)), Value::Int(expected));
    }
    for (operator, expected) in
        [(AddUint, 9), (SubtractUint, 5), (MultiplyUint, 14), (DivideUint, 3), (RemainderUint, 1)]
    {
        assert_value(&arithmetic(operator, uint(7), uint(2)), Value::Uint(expected));
    }
    for (operator, expected) in
        [(AddDouble, 9.0), (SubtractDouble, 5.0), (MultiplyDouble, 14.0), (DivideDouble, 3.5)]
    {
        assert_value(&arithmetic(operator, double(7.0), double(2.0)), Value::Double(expected));
    }
    let time = |operator, left, right| arithmetic(operator, literal(left), literal(right));
    let seconds = |seconds: i64| Value::Duration(seconds * 1_000_000_000);
    assert_value(&time(AddTimestamp, at(100), seconds(5)), at(105));
    assert_value(&time(SubtractTimestamp, at(100), seconds(5)), at(95));
    assert_value(&time(Elapsed, at(100), at(95)), seconds(5));
    assert_value(&time(AddDuration, seconds(2), seconds(3)), seconds(5));
    assert_value(&time(SubtractDuration, seconds(2), seconds(3)), seconds(-1));
    assert_value(&arithmetic(Join2, string("né"), string("e")), Value::string("née"));
    assert_value(
        &time(Join2, Value::Bytes(b"\xff".as_slice().into()), Value::Bytes(b"a".as_slice().into())),
        Value::Bytes(b"\xffa".as_slice().into()),
    );
    assert_value(&time(Concatenate, ints([1]), ints([2, 3])), ints([1, 2, 3]));
    assert_value(&expr(Kind::Negate(boxed(int(5).kind))), Value::Int(-5));
    assert_value(&expr(Kind::Negate(boxed(double(0.0).kind))), Value::Double(-0.0));
    assert_fault(&expr(Kind::Negate(boxed(int(i64::MIN).kind))), Fault::Overflow);
}

#[test]
fn numbers_of_all_types_are_ordered_and_nan_is_not() {
    let ordered = [
        [int(-1), uint(0), double(0.5)],
        [int(1), uint(1), double(1.0)],
        [int(2), uint(3), double(1.5)],
    ];
    for (index, left) in ordered.iter().enumerate() {
        for (other, right) in ordered.iter().enumerate() {
            if index == other && index != 1 {
                continue;
            }
            for left in left {
                for right in right {
                    for relation in [
                        Relation::Less,
                        Relation::LessEqual,
                        Relation::Greater,
                        Relation::GreaterEqual,
                    ] {
                        assert_value(
                            &compare(left.clone(), relation, right.clone()),
                            Value::Bool(relation.holds(index.cmp(&other))),
                        );
                    }
                }
            }
        }
    }
    for other in [int(1), uint(1), double(1.0), double(f64::NAN)] {
        for (left, right) in [(double(f64::NAN), other.clone()), (other, double(f64::NAN))] {
            assert_fault(&compare(left, Relation::Less, right), Fault::NotANumber);
        }
    }
}

#[test]
fn bools_text_bytes_and_times_are_ordered() {
    let bytes = |text: &[u8]| Value::Bytes(text.into());
    for (less, greater) in [
        (Value::Bool(false), Value::Bool(true)),
        (Value::string("Z"), Value::string("a")),
        (Value::string("a"), Value::string("é")),
        (bytes(b"a"), bytes(b"a\0")),
        (at(-1), at(0)),
        (Value::Duration(-5), Value::Duration(5)),
    ] {
        let (less, greater) = (literal(less), literal(greater));
        let relation =
            |left: &Expr, right: &Expr| compare(left.clone(), Relation::Less, right.clone());
        assert_value(&relation(&less, &greater), Value::Bool(true));
        assert_value(&relation(&greater, &less), Value::Bool(false));
        assert_value(&relation(&less, &less), Value::Bool(false));
    }
}

#[test]
fn equality_is_deep_and_nan_equals_nothing() {
    let values = [
        Value::Double(f64::NAN),
        Value::Double(0.0),
        Value::Double(-0.0),
        Value::Int(1),
        Value::Uint(1),
        ints([1, 2]),
        ints([1, 3]),
        ints([1]),
        Value::list(vec![ints([1]), ints([])]),
        Value::list(vec![Value::Double(f64::NAN)]),
        scores(&[("a", 1), ("b", 2)]),
        scores(&[("b", 2), ("a", 1)]),
        scores(&[("a", 1), ("b", 3)]),
        scores(&[("a", 1)]),
        Value::Point(Point { lat: 1.0, lon: 2.0 }),
    ];
    for left in &values {
        for right in &values {
            assert_value(
                &equal(literal(left.clone()), literal(right.clone())),
                Value::Bool(left.equals(right)),
            );
        }
    }
    let equal =
        |left: &Value, right: &Value| value(&equal(literal(left.clone()), literal(right.clone())));
    assert_same(equal(&values[10], &values[11]), Ok(Value::Bool(true)));
    assert_same(equal(&values[9], &values[9]), Ok(Value::Bool(false)));
}

#[test]
fn lists_are_read_by_index_and_maps_by_key() {
    let index = |at| expr(Kind::Index(boxed(Kind::Literal(ints([5, 6]))), Box::new(int(at))));
    assert_value(&index(1), Value::Int(6));
    for outside in [-1, 2, i64::MIN, i64::MAX] {
        assert_fault(&index(outside), Fault::IndexOutOfRange);
    }
    let map = || boxed(Kind::Literal(scores(&[("a", 1), ("b", 2)])));
    let key = |key| Box::new(string(key));
    assert_value(&expr(Kind::Lookup(map(), key("b"))), Value::Int(2));
    assert_fault(&expr(Kind::Lookup(map(), key("c"))), Fault::NoSuchKey);
    assert_value(&expr(Kind::HasKey(map(), key("a"))), Value::Bool(true));
    assert_value(&expr(Kind::HasKey(map(), key("c"))), Value::Bool(false));
    assert_value(&expr(Kind::Size(map())), Value::Int(2));
    assert_value(&expr(Kind::Size(boxed(Kind::List(vec![])))), Value::Int(0));
}

#[test]
fn literals_of_maps_have_each_key_once() {
    let map =
        |keys: [&str; 2]| expr(Kind::Map(keys.iter().map(|key| (string(key), int(1))).collect()));
    assert_value(&map(["b", "a"]), scores(&[("a", 1), ("b", 1)]));
    assert_fault(&map(["a", "a"]), Fault::RepeatedKey);
    // A later fault goes before: the map is made when all entries are there.
    let late = expr(Kind::Map(vec![(string("a"), int(1)), (string("a"), ten_by(int(0)))]));
    assert_fault(&late, Fault::DivisionByZero);
}

#[test]
fn sets_are_lists_whose_order_and_repetition_do_not_count() {
    let list = |values: &[i64]| boxed(Kind::Literal(ints(values.iter().copied())));
    let superset = |left, right| expr(Kind::Superset(list(left), list(right)));
    let intersects = |left, right| expr(Kind::Intersects(list(left), list(right)));
    let contains = |items, item| expr(Kind::Contains(list(items), Box::new(int(item))));
    assert_value(&superset(&[1, 2, 3], &[3, 1, 1]), Value::Bool(true));
    assert_value(&superset(&[1], &[1, 2]), Value::Bool(false));
    assert_value(&superset(&[], &[]), Value::Bool(true));
    assert_value(&intersects(&[1, 2], &[2, 3]), Value::Bool(true));
    assert_value(&intersects(&[1, 2], &[3]), Value::Bool(false));
    assert_value(&intersects(&[], &[]), Value::Bool(false));
    assert_value(&contains(&[1, 2], 2), Value::Bool(true));
    assert_value(&contains(&[1, 2], 3), Value::Bool(false));
}

#[test]
fn extremes_are_of_what_can_be_ordered() {
    let extreme = |greatest, values: Vec<Value>| {
        value(&expr(Kind::Extreme { greatest, list: boxed(Kind::Literal(Value::list(values))) }))
    };
    let doubles = |values: &[f64]| values.iter().map(|v| Value::Double(*v)).collect::<Vec<_>>();
    assert_same(
        extreme(true, vec![Value::Int(3), Value::Int(7), Value::Int(5)]),
        Ok(Value::Int(7)),
    );
    assert_same(extreme(false, doubles(&[3.0, -1.0])), Ok(Value::Double(-1.0)));
    assert_same(extreme(true, vec![]), Err(Fault::InvalidArgument));
    assert_same(extreme(true, doubles(&[1.0, f64::NAN])), Err(Fault::NotANumber));
    assert_same(extreme(false, doubles(&[0.0, -0.0])), Ok(Value::Double(0.0)));
}

#[test]
fn text_is_joined_and_split() {
    let list = || boxed(Kind::List(vec![string("a"), string("b"), string("")]));
    let join = |separator| expr(Kind::Join(list(), Box::new(string(separator))));
    assert_value(&join(", "), Value::string("a, b, "));
    assert_value(&join(""), Value::string("ab"));
    let split = |limit| {
        expr(Kind::Split(Box::new(string("a-b-c")), Box::new(string("-")), Box::new(int(limit))))
    };
    let strings = |parts: &[&str]| Value::list(parts.iter().map(|p| Value::string(p)).collect());
    assert_value(&split(-1), strings(&["a", "b", "c"]));
    assert_value(&split(2), strings(&["a", "b-c"]));
    assert_value(&split(0), strings(&[]));
}

#[test]
fn formats_print_scalars_lists_and_maps() {
    let format = |text, arguments: Vec<Value>| {
        let written_out = expr(Kind::Format {
            text: Box::new(string(text)),
            arguments: arguments.iter().cloned().map(literal).collect(),
        });
        let as_a_list = expr(Kind::FormatList {
            text: Box::new(string(text)),
            list: boxed(Kind::Literal(Value::list(arguments))),
        });
        assert_same(value(&as_a_list), value(&written_out));
        value(&written_out)
    };
    let printed = |text| Ok(Value::string(text));
    assert_same(format("%s is %d%%", vec![Value::string("x"), Value::Int(5)]), printed("x is 5%"));
    assert_same(
        format("%s", vec![Value::list(vec![ints([9, 8]), ints([])])]),
        printed("[[9, 8], []]"),
    );
    let number = |number| (Value::Int(number), Value::Duration(number * 1_000_000_000));
    let map = Value::map(vec![number(9), number(10), number(-1)]).unwrap();
    assert_same(format("%s", vec![map]), printed("{-1: -1s, 10: 10s, 9: 9s}"));
    assert_same(format("%s %s", vec![Value::Int(0)]), Err(Fault::IndexOutOfRange));
    assert_same(format("%s", vec![Value::Int(0), Value::Int(1)]), printed("0"));
    assert_same(format("%d", vec![ints([1])]), Err(Fault::BadFormat));
    assert_same(format("%y", vec![ints([1])]), Err(Fault::BadFormat));
    let point = Value::Point(Point { lat: 0.0, lon: 0.0 });
    assert_same(format("%s", vec![point]), Err(Fault::BadFormat));
}

#[test]
fn regexes_are_found_anywhere_in_a_text() {
    let regexes = [regex::compile("x").unwrap(), regex::compile("^b+$").unwrap()];
    let matches = |text, regex| {
        let matches = expr(Kind::Matches { text: Box::new(string(text)), regex });
        constant(&matches, &regexes, &[], &[])
    };
    assert_same(matches("axa", 0), Ok(Value::Bool(true)));
    assert_same(matches("abb", 1), Ok(Value::Bool(false)));
    assert_same(matches("bb", 1), Ok(Value::Bool(true)));
    assert_same(matches("bb", 2), Err(Fault::Unreachable));
}

#[test]
fn fences_are_circles_boxes_and_polygons() {
    let fence = |shape| Fence { name: "fence".to_owned(), shape };
    let vertex = |lat, lon| Vertex { lat, lon };
    let fences = [
        fence(Shape::Circle { center: vertex(0.0, 0.0), radius_metres: 112_000.0 }),
        fence(Shape::Box { south: 1.0, west: 2.0, north: 3.0, east: 4.0 }),
        fence(Shape::Polygon(vec![vertex(0.0, 0.0), vertex(0.0, 10.0), vertex(10.0, 0.0)])),
    ];
    let within = |lat, lon, number| {
        let within = expr(Kind::Within {
            point: boxed(Kind::Literal(Value::Point(Point { lat, lon }))),
            fence: FenceId(number),
        });
        constant(&within, &[], &[], &fences)
    };
    for (lat, lon, inside) in [
        (1.0, 0.0, [true, false, true]),
        (1.5, 3.5, [false, true, true]),
        (3.5, 1.5, [false, false, true]),
        (-20.0, 50.0, [false, false, false]),
    ] {
        for (number, inside) in (0..).zip(inside) {
            assert_same(within(lat, lon, number), Ok(Value::Bool(inside)));
        }
    }
    assert_same(within(0.0, 0.0, 3), Err(Fault::Unreachable));
}

#[test]
fn moments_are_read_in_a_zone() {
    let zones = [zone::zone("Europe/London").unwrap()];
    let civil = |seconds, getter, zone| {
        let civil =
            expr(Kind::Civil { timestamp: boxed(Kind::Literal(at(seconds))), getter, zone });
        constant(&civil, &[], &zones, &[])
    };
    // 2026-07-01T22:58:57Z, a Wednesday.
    let summer = 1_782_946_737;
    for (getter, utc, london) in [
        (Getter::FullYear, 2026, 2026),
        (Getter::Month, 6, 6),
        (Getter::Date, 1, 1),
        (Getter::DayOfMonth, 0, 0),
        (Getter::DayOfWeek, 3, 3),
        (Getter::DayOfYear, 181, 181),
        (Getter::Hours, 22, 23),
        (Getter::Minutes, 58, 58),
        (Getter::Seconds, 57, 57),
        (Getter::Milliseconds, 0, 0),
    ] {
        assert_same(civil(summer, getter, ZoneRef::Fixed(0)), Ok(Value::Int(utc)));
        assert_same(civil(summer, getter, ZoneRef::Named(0)), Ok(Value::Int(london)));
    }
    assert_same(civil(summer, Getter::Date, ZoneRef::Fixed(2 * 3600)), Ok(Value::Int(2)));
    assert_same(civil(summer, Getter::Hours, ZoneRef::Named(1)), Err(Fault::Unreachable));
}

#[test]
fn buckets_are_of_a_value_under_a_seed() {
    let bucket =
        |by: Expr| expr(Kind::Bucket { by: Box::new(by), seed: Box::new(string("golden")) });
    assert_value(&bucket(string("player-1")), Value::Int(24_654));
    assert_same(value(&bucket(int(-42))), value(&bucket(string("-42"))));
}
