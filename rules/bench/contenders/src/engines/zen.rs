//! The crate `zen-expression`: the expression language of the ZEN business rules
//! engine, compiled to bytecode for a stack machine.
//!
//! Each rule is an expression, compiled once; a request is a scope that was
//! filled before; one machine runs them all. Fair: that is the way its
//! documentation gives for many evaluations. Its numbers are decimals: a
//! division of ints is rounded down by `floor`, which is what CEL does with
//! numbers that aren't negative.

use super::text::{self, Words};
use crate::contender::{Contender, Made};
use rulestone_bench::Outcome;
use rulestone_bench::model::{Columns, Model};
use rulestone_bench::walk::Table;
use serde_json::{Map, Value};
use zen_expression::expression::{Expression, Standard};
use zen_expression::vm::VM;
use zen_expression::{Scope, Variable, compile_expression};

const WORDS: Words = Words {
    and: " and ",
    or: " or ",
    not: "not ",
    divide: |left, right| format!("floor({left} / {right})"),
};

struct Zen {
    expressions: Vec<Expression<Standard>>,
    scopes: Vec<Scope>,
    machine: VM,
}

pub fn make(model: &Model, tables: &[Table]) -> Made {
    let compile = |rule| -> Outcome<Expression<Standard>> {
        let text = text::condition(rule, &WORDS, &model.columns);
        compile_expression(&text).map_err(|error| format!("{text}: {error}").into())
    };
    let expressions = model.rules.iter().map(compile).collect::<Outcome<_>>()?;
    let scope = |table| Scope::new(Variable::from(object(table, &model.columns)));
    let scopes = tables.iter().map(scope).collect();
    Ok(Box::new(Zen { expressions, scopes, machine: VM::new() }))
}

impl Contender for Zen {
    fn matching(&mut self, request: usize, matched: &mut Vec<u32>) {
        matched.clear();
        let scope = &self.scopes[request];
        for (number, expression) in (0..).zip(&self.expressions) {
            let result = expression.evaluate_with_scope(scope, &mut self.machine);
            if matches!(result, Ok(Variable::Bool(true))) {
                matched.push(number);
            }
        }
    }
}

/// The facts of a request as a JSON object without nesting.
pub fn object(table: &Table, columns: &Columns) -> Value {
    let mut object = Map::new();
    let mut add = |name: &String, value: Value| object.insert(name.clone(), value);
    columns.ints.iter().zip(&table.ints).for_each(|(name, value)| {
        add(name, Value::from(*value));
    });
    columns.doubles.iter().zip(&table.doubles).for_each(|(name, value)| {
        add(name, Value::from(*value));
    });
    columns.flags.iter().zip(&table.flags).for_each(|(name, value)| {
        add(name, Value::from(*value));
    });
    columns.labels.iter().zip(&table.labels).for_each(|(name, value)| {
        add(name, Value::from(*value));
    });
    columns.texts.iter().zip(&table.texts).for_each(|(name, value)| {
        add(name, Value::from(value.as_str()));
    });
    columns.lists.iter().zip(&table.lists).for_each(|(name, values)| {
        add(name, Value::from(values.clone()));
    });
    Value::Object(object)
}
