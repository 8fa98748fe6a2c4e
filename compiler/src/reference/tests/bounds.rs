//! Bounds: hostile trees end, and end well.

use super::*;
use rulestone_format::code::Builtin;

/// `!!!…true`, so many levels deep.
fn nested(levels: usize) -> Expr {
    (1..levels).fold(bool(true), |inner, _| expr(Kind::Not(Box::new(inner))))
}

/// Kinds whose walk has the largest frames, nested.
fn nested_macros(levels: usize) -> Expr {
    (1..levels).fold(int(1), |inner, _| {
        comprehension(
            ints([1]),
            2,
            Form::Entries { filter: Some(bool(true)), entries: vec![(local(0), inner)] },
        )
    })
}

#[test]
fn trees_may_be_as_deep_as_the_bound_within_variables_too() {
    for nested in [nested, nested_macros] {
        let mut ruleset = ruleset();
        ruleset.variables = variables(vec![nested(limits::DEPTH)]);
        let facts = Facts::default();
        let mut evaluator = Evaluator::new(&ruleset, &facts);
        // The variable is read where the expression itself is as deep.
        let mut expr = variable(0);
        for _ in 1..limits::DEPTH {
            expr = self::expr(Kind::List(vec![expr]));
        }
        assert!(evaluator.evaluate(&expr).is_ok());
        assert_fault(&nested(limits::DEPTH + 1), Fault::TooLong);
    }
}

#[test]
fn constants_that_take_too_many_steps_end() {
    let numbers = || ints(0..1_000);
    let mut loops = equal(local(0), int(-1));
    for depth in 1..4 {
        loops = expr(Kind::Macro(Box::new(Macro {
            form: Form::Exists(loops),
            range: literal(numbers()),
            first: Local(depth),
            second: None,
        })));
    }
    let loops = comprehension(numbers(), 1, Form::Exists(loops));
    assert_fault(&loops, Fault::TooLong);
    // It has no false or true to absorb the end of its budget.
    let absorbed = expr(Kind::Or(vec![loops, bool(true)]));
    assert_fault(&absorbed, Fault::TooLong);
}

#[test]
fn doubling_ends_at_the_greatest_length() {
    let doubled = |operator, seed: Expr| {
        (0..60).fold(seed, |text, _| bind(0, text, arithmetic(operator, local(0), local(0))))
    };
    assert_fault(&doubled(Arithmetic::Join2, string("x")), Fault::TooLong);
    assert_fault(&doubled(Arithmetic::Concatenate, literal(ints([1]))), Fault::TooLong);
}

#[test]
fn shared_values_are_not_compared_or_printed_for_ever() {
    // 2^60 items in 60 lists.
    let huge = (0..60).fold(ints([1, 2]), |inner, _| Value::list(vec![inner.clone(), inner]));
    assert_fault(&equal(literal(huge.clone()), literal(huge.clone())), Fault::TooLong);
    let format =
        expr(Kind::Format { text: Box::new(string("%s")), arguments: vec![literal(huge)] });
    assert_fault(&format, Fault::TooLong);
}

#[test]
fn text_that_a_builtin_makes_is_bounded() {
    let million = "x".repeat(1 << 20);
    let replaced =
        expr(Kind::Call(Builtin::Replace, vec![string(&million), string(""), string(&million)]));
    assert_fault(&replaced, Fault::TooLong);
    // Also many times over.
    let again = comprehension(ints(0..1_000), 1, Form::Exists(equal(replaced, string(""))));
    assert_fault(&again, Fault::TooLong);
}
