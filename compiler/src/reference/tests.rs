//! What the reference evaluator promises, on trees made by hand.
//!
//! Here are the makers of trees; the promises are in the files beside.

mod bounds;
mod builtins;
mod decisions;
mod expressions;
mod faults;
mod macros;

use super::*;
use crate::cel::Range;
use crate::check::checked::{Fact, Fence, Group, Output, Rule, Ruleset, Variable};
use crate::check::tree::{Arithmetic, Expr, FactId, Form, Kind, Local, Macro, Place, VariableId};
use crate::check::types::Type;
use crate::check::value::Value;
use crate::source::model::FactType;
use crate::source::span::{FileId, Span};
use rulestone_format::code::Relation;
use rulestone_format::meaning::{Fault, Outcome, Timestamp};
use rulestone_format::rule::{Combine, HitPolicy};

/// The evaluator doesn't look at types and places.
fn expr(kind: Kind) -> Expr {
    Expr { kind, ty: Type::Never, place: Place { text: 0, range: Range { start: 0, end: 0 } } }
}

fn boxed(kind: Kind) -> Box<Expr> {
    Box::new(expr(kind))
}

fn literal(value: Value) -> Expr {
    expr(Kind::Literal(value))
}

fn bool(value: bool) -> Expr {
    literal(Value::Bool(value))
}

fn int(value: i64) -> Expr {
    literal(Value::Int(value))
}

fn double(value: f64) -> Expr {
    literal(Value::Double(value))
}

fn string(value: &str) -> Expr {
    literal(Value::string(value))
}

fn ints(values: impl IntoIterator<Item = i64>) -> Value {
    Value::list(values.into_iter().map(Value::Int).collect())
}

/// A map from strings to ints.
fn scores(entries: &[(&str, i64)]) -> Value {
    let entries = entries.iter().map(|(key, value)| (Value::string(key), Value::Int(*value)));
    Value::map(entries.collect()).unwrap()
}

fn arithmetic(operator: Arithmetic, left: Expr, right: Expr) -> Expr {
    expr(Kind::Arithmetic { operator, left: Box::new(left), right: Box::new(right) })
}

fn compare(left: Expr, relation: Relation, right: Expr) -> Expr {
    expr(Kind::Compare { relation, left: Box::new(left), right: Box::new(right) })
}

fn equal(left: Expr, right: Expr) -> Expr {
    expr(Kind::Equal(Box::new(left), Box::new(right)))
}

fn local(number: u32) -> Expr {
    expr(Kind::Local(Local(number)))
}

fn fact(number: u32) -> Expr {
    expr(Kind::Fact(FactId(number)))
}

fn variable(number: u32) -> Expr {
    expr(Kind::Variable(VariableId(number)))
}

/// `10 / divisor`: an int, and a fault where the divisor is 0.
fn ten_by(divisor: Expr) -> Expr {
    arithmetic(Arithmetic::DivideInt, int(10), divisor)
}

/// A bool that fails with a division by zero.
fn failing() -> Expr {
    equal(ten_by(int(0)), int(1))
}

/// A bool that fails with an overflow.
fn overflowing() -> Expr {
    equal(arithmetic(Arithmetic::AddInt, int(i64::MAX), int(1)), int(1))
}

fn comprehension(range: Value, names: u32, form: Form) -> Expr {
    expr(Kind::Macro(Box::new(Macro {
        form,
        range: literal(range),
        first: Local(0),
        second: (names == 2).then_some(Local(1)),
    })))
}

fn bind(number: u32, value: Expr, body: Expr) -> Expr {
    expr(Kind::Bind { local: Local(number), value: Box::new(value), body: Box::new(body) })
}

fn value(expr: &Expr) -> Outcome<Value> {
    constant(expr, &[], &[], &[])
}

/// Values as text, so that NaN can be compared, and an int isn't a uint.
#[track_caller]
fn assert_value(expr: &Expr, expected: Value) {
    assert_same(value(expr), Ok(expected));
}

#[track_caller]
fn assert_fault(expr: &Expr, expected: Fault) {
    assert_same(value(expr), Err(expected));
}

#[track_caller]
fn assert_same(found: Outcome<Value>, expected: Outcome<Value>) {
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
}

/// A ruleset with nothing in it but the group "default".
fn ruleset() -> Ruleset {
    Ruleset {
        name: "test".to_owned(),
        description: None,
        enabled: true,
        facts: Vec::new(),
        constants: Vec::new(),
        now: None,
        outputs: Vec::new(),
        groups: vec![group(HitPolicy::Collect)],
        variables: Vec::new(),
        fences: Vec::new(),
        zones: Vec::new(),
        regexes: Vec::new(),
        rules: Vec::new(),
        disabled_rules: 0,
        tests: Vec::new(),
        texts: Vec::new(),
    }
}

fn group(hit_policy: HitPolicy) -> Group {
    Group { name: "group".to_owned(), hit_policy }
}

fn output(combine: Combine, default: Option<Value>) -> Output {
    Output { name: "output".to_owned(), ty: Type::Int, declared: FactType::Int, combine, default }
}

/// A rule of the group "default" that always matches.
fn rule(outputs: Vec<(u32, Expr)>) -> Rule {
    Rule {
        id: "rule".to_owned(),
        span: Span::new(FileId(0), 0, 0),
        priority: 0,
        group: 0,
        condition: None,
        schedule: None,
        rollout: None,
        outputs,
    }
}

fn variables(bodies: Vec<Expr>) -> Vec<Variable> {
    let named = |body| Variable { name: "variable".to_owned(), body };
    bodies.into_iter().map(named).collect()
}

fn declared(ty: Type) -> Fact {
    Fact {
        path: vec!["fact".to_owned()],
        fact_type: FactType::Int,
        ty,
        optional: true,
        default: None,
    }
}

fn at(seconds: i64) -> Value {
    Value::Timestamp(Timestamp { seconds, nanos: 0 })
}
