//! Faults: what absorbs them, what captures them, which of several is reported.

use super::*;

fn and(parts: Vec<Expr>) -> Expr {
    expr(Kind::And(parts))
}

fn or(parts: Vec<Expr>) -> Expr {
    expr(Kind::Or(parts))
}

#[test]
fn false_absorbs_faults_of_and_on_either_side() {
    assert_value(&and(vec![failing(), bool(false)]), Value::Bool(false));
    assert_value(&and(vec![bool(false), failing()]), Value::Bool(false));
    assert_fault(&and(vec![failing(), bool(true)]), Fault::DivisionByZero);
    assert_fault(&and(vec![bool(true), failing()]), Fault::DivisionByZero);
    assert_value(&and(vec![bool(true), bool(true)]), Value::Bool(true));
    assert_value(&and(vec![]), Value::Bool(true));
}

#[test]
fn true_absorbs_faults_of_or_on_either_side() {
    assert_value(&or(vec![failing(), bool(true)]), Value::Bool(true));
    assert_value(&or(vec![bool(true), failing()]), Value::Bool(true));
    assert_fault(&or(vec![failing(), bool(false)]), Fault::DivisionByZero);
    assert_fault(&or(vec![bool(false), failing()]), Fault::DivisionByZero);
    assert_value(&or(vec![bool(false), bool(false)]), Value::Bool(false));
    assert_value(&or(vec![]), Value::Bool(false));
}

#[test]
fn of_several_faults_the_first_is_reported() {
    assert_fault(&and(vec![overflowing(), failing()]), Fault::Overflow);
    assert_fault(&or(vec![failing(), overflowing()]), Fault::DivisionByZero);
    assert_fault(&equal(overflowing(), failing()), Fault::Overflow);
    let list = expr(Kind::List(vec![failing(), overflowing()]));
    assert_fault(&list, Fault::DivisionByZero);
}

#[test]
fn not_passes_a_fault_on() {
    assert_value(&expr(Kind::Not(Box::new(bool(false)))), Value::Bool(true));
    assert_fault(&expr(Kind::Not(Box::new(overflowing()))), Fault::Overflow);
}

#[test]
fn a_conditional_evaluates_the_chosen_branch_only() {
    let conditional = |condition, then, otherwise| {
        expr(Kind::Conditional {
            condition: Box::new(condition),
            then: Box::new(then),
            otherwise: Box::new(otherwise),
        })
    };
    let (one, fault) = (|| int(1), || ten_by(int(0)));
    assert_value(&conditional(bool(true), one(), fault()), Value::Int(1));
    assert_value(&conditional(bool(false), fault(), one()), Value::Int(1));
    assert_fault(&conditional(bool(true), fault(), one()), Fault::DivisionByZero);
    assert_fault(&conditional(overflowing(), one(), one()), Fault::Overflow);
}

#[test]
fn a_binding_raises_its_fault_where_it_is_read() {
    let fault = || ten_by(int(0));
    assert_value(&bind(0, fault(), int(1)), Value::Int(1));
    assert_fault(&bind(0, fault(), local(0)), Fault::DivisionByZero);
    let absorbed = or(vec![equal(local(0), int(1)), bool(true)]);
    assert_value(&bind(0, fault(), absorbed), Value::Bool(true));
    let sum = arithmetic(Arithmetic::AddInt, local(0), local(1));
    assert_value(&bind(0, int(2), bind(1, local(0), sum)), Value::Int(4));
    // The inner one fails by reading the outer one.
    let chain = bind(0, fault(), bind(1, local(0), local(1)));
    assert_fault(&chain, Fault::DivisionByZero);
}

#[test]
fn a_binding_ends_with_its_body() {
    let beside = expr(Kind::List(vec![bind(0, int(1), local(0)), local(0)]));
    assert_fault(&beside, Fault::Unreachable);
    let again = expr(Kind::List(vec![bind(0, int(1), local(0)), bind(0, int(2), local(0))]));
    assert_value(&again, ints([1, 2]));
}

#[test]
fn an_absent_fact_fails_and_has_tells() {
    let mut ruleset = ruleset();
    ruleset.facts = vec![declared(Type::Int), declared(Type::Int)];
    let facts = Facts { values: vec![Some(Value::Int(5)), None] };
    let mut evaluator = Evaluator::new(&ruleset, &facts);
    assert_same(evaluator.evaluate(&fact(0)), Ok(Value::Int(5)));
    assert_same(evaluator.evaluate(&fact(1)), Err(Fault::Absent));
    // Encoders of an older schema send fewer facts.
    assert_same(evaluator.evaluate(&fact(2)), Err(Fault::Absent));
    for (number, there) in [(0, true), (1, false), (2, false)] {
        let has = expr(Kind::HasFact(FactId(number)));
        assert_same(evaluator.evaluate(&has), Ok(Value::Bool(there)));
    }
}

#[test]
fn variables_are_worked_out_once_and_keep_their_faults() {
    let mut ruleset = ruleset();
    ruleset.variables = variables(vec![
        fact(0),
        ten_by(variable(0)),
        or(vec![equal(variable(1), int(5)), bool(true)]),
        // Its local is another than that of the expression that reads it.
        bind(0, int(7), local(0)),
    ]);
    let facts = |value| Facts { values: vec![Some(Value::Int(value))] };
    let (two, zero) = (facts(2), facts(0));
    let mut evaluator = Evaluator::new(&ruleset, &two);
    assert_same(evaluator.evaluate(&variable(1)), Ok(Value::Int(5)));
    let within = bind(0, int(1), expr(Kind::List(vec![local(0), variable(3), local(0)])));
    assert_same(evaluator.evaluate(&within), Ok(ints([1, 7, 1])));

    let mut evaluator = Evaluator::new(&ruleset, &zero);
    assert_same(evaluator.evaluate(&variable(2)), Ok(Value::Bool(true)));
    assert_same(evaluator.evaluate(&variable(1)), Err(Fault::DivisionByZero));
    assert_same(evaluator.evaluate(&variable(4)), Err(Fault::Unreachable));
}

#[test]
fn variables_that_use_later_ones_or_themselves_end() {
    let mut ruleset = ruleset();
    ruleset.variables = variables(vec![variable(1), variable(1)]);
    let facts = Facts::default();
    let mut evaluator = Evaluator::new(&ruleset, &facts);
    assert_same(evaluator.evaluate(&variable(1)), Err(Fault::Unreachable));
}

#[test]
fn constants_have_neither_facts_nor_variables() {
    assert_fault(&fact(0), Fault::Unreachable);
    assert_fault(&expr(Kind::HasFact(FactId(0))), Fault::Unreachable);
    assert_fault(&variable(0), Fault::Unreachable);
    assert_fault(&local(0), Fault::Unreachable);
}
