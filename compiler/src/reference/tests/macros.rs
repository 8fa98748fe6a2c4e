//! Comprehensions: names, filters, and what becomes of faults within.

use super::*;

/// `10 / e > 5`: a fault for 0, true for 1, false from 2 on.
fn ten_by_item_is_large() -> Expr {
    compare(ten_by(local(0)), Relation::Greater, int(5))
}

fn over(range: impl IntoIterator<Item = i64>, form: Form) -> Expr {
    comprehension(ints(range), 1, form)
}

fn add(left: Expr, right: Expr) -> Expr {
    arithmetic(Arithmetic::AddInt, left, right)
}

#[test]
fn all_absorbs_faults_beside_a_false() {
    let all = |range: &[i64]| over(range.iter().copied(), Form::All(ten_by_item_is_large()));
    assert_value(&all(&[]), Value::Bool(true));
    assert_value(&all(&[1, 1]), Value::Bool(true));
    assert_value(&all(&[0, 2]), Value::Bool(false));
    assert_value(&all(&[2, 0]), Value::Bool(false));
    assert_fault(&all(&[0, 1]), Fault::DivisionByZero);
    assert_fault(&all(&[1, 0]), Fault::DivisionByZero);
}

#[test]
fn exists_absorbs_faults_beside_a_true() {
    let exists = |range: &[i64]| over(range.iter().copied(), Form::Exists(ten_by_item_is_large()));
    assert_value(&exists(&[]), Value::Bool(false));
    assert_value(&exists(&[2, 2]), Value::Bool(false));
    assert_value(&exists(&[0, 1]), Value::Bool(true));
    assert_value(&exists(&[1, 0]), Value::Bool(true));
    assert_fault(&exists(&[0, 2]), Fault::DivisionByZero);
    assert_fault(&exists(&[2, 0]), Fault::DivisionByZero);
}

#[test]
fn exists_one_counts_and_absorbs_nothing() {
    let one = |range: &[i64]| over(range.iter().copied(), Form::ExistsOne(ten_by_item_is_large()));
    assert_value(&one(&[]), Value::Bool(false));
    assert_value(&one(&[2, 1, 2]), Value::Bool(true));
    assert_value(&one(&[1, 1]), Value::Bool(false));
    // Also where two have been found before.
    assert_fault(&one(&[1, 1, 0]), Fault::DivisionByZero);
    assert_fault(&one(&[0, 1]), Fault::DivisionByZero);
}

#[test]
fn a_range_that_fails_fails() {
    let range = expr(Kind::List(vec![ten_by(int(0))]));
    let all = expr(Kind::Macro(Box::new(Macro {
        form: Form::All(bool(false)),
        range,
        first: Local(0),
        second: None,
    })));
    assert_fault(&all, Fault::DivisionByZero);
}

#[test]
fn lists_are_filtered_and_transformed() {
    let list = |range: &[i64], filter, transform| {
        over(range.iter().copied(), Form::List { filter, transform })
    };
    let doubled = || add(local(0), local(0));
    assert_value(&list(&[1, 2, 3], None, doubled()), ints([2, 4, 6]));
    assert_value(&list(&[3, 1, 2], Some(ten_by_item_is_large()), doubled()), ints([2]));
    assert_fault(&list(&[1, 0, 2], Some(ten_by_item_is_large()), doubled()), Fault::DivisionByZero);
    // What the filter leaves out isn't transformed.
    let not_zero = compare(local(0), Relation::Greater, int(0));
    assert_value(&list(&[0, 5], Some(not_zero), ten_by(local(0))), ints([2]));
    assert_fault(&list(&[5, 0], None, ten_by(local(0))), Fault::DivisionByZero);
}

#[test]
fn one_name_is_the_item_of_a_list_and_the_key_of_a_map() {
    let names = Form::List { filter: None, transform: local(0) };
    assert_value(&comprehension(ints([7, 8]), 1, names.clone()), ints([7, 8]));
    assert_value(
        &comprehension(scores(&[("b", 2), ("a", 1)]), 1, names),
        Value::list(vec![Value::string("a"), Value::string("b")]),
    );
}

#[test]
fn two_names_are_index_and_item_or_key_and_value() {
    let sum = Form::List { filter: None, transform: add(local(0), local(1)) };
    assert_value(&comprehension(ints([10, 20]), 2, sum), ints([10, 21]));
    let values = Form::List { filter: Some(equal(local(0), string("b"))), transform: local(1) };
    assert_value(&comprehension(scores(&[("a", 1), ("b", 2)]), 2, values), ints([2]));
}

#[test]
fn maps_keep_their_keys_and_lists_give_their_indices() {
    let doubled = Form::Map {
        filter: Some(compare(local(1), Relation::Greater, int(1))),
        transform: add(local(1), local(1)),
    };
    assert_value(
        &comprehension(scores(&[("a", 1), ("b", 2)]), 2, doubled.clone()),
        scores(&[("b", 4)]),
    );
    assert_value(
        &comprehension(ints([1, 5]), 2, doubled),
        Value::map(vec![(Value::Int(1), Value::Int(10))]).unwrap(),
    );
}

#[test]
fn entries_are_gathered_and_a_key_comes_once() {
    let swapped = Form::Entries { filter: None, entries: vec![(local(1), local(0))] };
    assert_value(
        &comprehension(ints([9, 8]), 2, swapped.clone()),
        Value::map(vec![(Value::Int(8), Value::Int(1)), (Value::Int(9), Value::Int(0))]).unwrap(),
    );
    assert_fault(&comprehension(ints([9, 9]), 2, swapped), Fault::RepeatedKey);
    let filtered = Form::Entries {
        filter: Some(equal(local(0), int(0))),
        entries: vec![(local(1), local(0))],
    };
    assert_value(
        &comprehension(ints([9, 9]), 2, filtered),
        Value::map(vec![(Value::Int(9), Value::Int(0))]).unwrap(),
    );
}

#[test]
fn names_of_an_outer_macro_hold_within_an_inner_one() {
    let inner = expr(Kind::Macro(Box::new(Macro {
        form: Form::List { filter: None, transform: add(local(0), local(1)) },
        range: literal(ints([1, 2])),
        first: Local(1),
        second: None,
    })));
    let outer = over([10, 20], Form::List { filter: None, transform: inner });
    assert_value(&outer, Value::list(vec![ints([11, 12]), ints([21, 22])]));
}
