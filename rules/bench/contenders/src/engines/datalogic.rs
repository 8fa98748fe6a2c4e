//! The crate `datalogic-rs`: JSONLogic, compiled to a tree whose values live in
//! an arena.
//!
//! Each rule is compiled once; a request is JSON that was parsed before, and is
//! handed over without a copy. Fair: a session whose arena is reset between
//! rules is the way its documentation gives for many evaluations. JSONLogic
//! divides without rounding: `xp / (level + 1) < 500` comes to the same where
//! the limit is an int and nothing is negative.

use super::zen;
use crate::contender::{Contender, Made};
use datalogic_rs::{Engine, Logic, ParsedData};
use rulestone_bench::Outcome;
use rulestone_bench::model::{Columns, Model, Relation, Rule, Step, Test};
use rulestone_bench::walk::Table;
use serde_json::{Value, json};

struct Datalogic {
    engine: Engine,
    rules: Vec<Logic>,
    requests: Requests,
}

/// Requests that are ready, or facts that become JSON and are parsed each time.
enum Requests {
    Ready(Vec<ParsedData>),
    Facts { tables: Vec<Table>, columns: Columns },
}

pub fn make(model: &Model, tables: &[Table]) -> Made {
    let (engine, rules) = compile(model)?;
    let requests = tables.iter().map(|table| parse(table, &model.columns));
    let requests = Requests::Ready(requests.collect::<Outcome<_>>()?);
    Ok(Box::new(Datalogic { engine, rules, requests }))
}

/// With the conversion of facts.
pub fn make_whole(model: &Model, tables: &[Table]) -> Made {
    let (engine, rules) = compile(model)?;
    let requests = Requests::Facts { tables: tables.to_vec(), columns: model.columns.clone() };
    Ok(Box::new(Datalogic { engine, rules, requests }))
}

fn compile(model: &Model) -> Outcome<(Engine, Vec<Logic>)> {
    let engine = Engine::new();
    let compile = |rule| -> Outcome<Logic> {
        let text = condition(rule, &model.columns).to_string();
        engine.compile(text.as_str()).map_err(|error| format!("{text}: {error:?}").into())
    };
    let rules = model.rules.iter().map(compile).collect::<Outcome<_>>()?;
    Ok((engine, rules))
}

fn parse(table: &Table, columns: &Columns) -> Outcome<ParsedData> {
    let text = zen::object(table, columns).to_string();
    ParsedData::from_json(&text).map_err(|error| format!("{text}: {error:?}").into())
}

impl Contender for Datalogic {
    fn matching(&mut self, request: usize, matched: &mut Vec<u32>) {
        matched.clear();
        let mut session = self.engine.session();
        let made;
        let facts = match &self.requests {
            Requests::Ready(requests) => &requests[request],
            Requests::Facts { tables, columns } => {
                let Ok(parsed) = parse(&tables[request], columns) else { return };
                made = parsed;
                &made
            }
        };
        for (number, rule) in (0..).zip(&self.rules) {
            let result = session.eval_borrowed(rule, facts);
            if result.is_ok_and(|value| value.as_bool() == Some(true)) {
                matched.push(number);
            }
            session.reset();
        }
    }
}

fn condition(rule: &Rule, columns: &Columns) -> Value {
    let mut parts = tests(&rule.all, columns);
    for group in &rule.any {
        let branches = group.branches.iter().map(|branch| all(tests(&branch.all, columns)));
        parts.push(json!({ "or": branches.collect::<Vec<_>>() }));
    }
    all(parts)
}

fn tests(tests: &[Test], columns: &Columns) -> Vec<Value> {
    tests.iter().map(|test| write(test, columns)).collect()
}

fn all(mut parts: Vec<Value>) -> Value {
    match (parts.len(), parts.pop()) {
        (1, Some(one)) => one,
        (_, None) => Value::Bool(true),
        (_, Some(last)) => {
            parts.push(last);
            json!({ "and": parts })
        }
    }
}

fn var(name: &str) -> Value {
    json!({ "var": name })
}

fn write(test: &Test, columns: &Columns) -> Value {
    match test {
        Test::Int { fact, is, limit } => {
            compare(var(&columns.ints[usize::from(*fact)]), *is, json!(limit))
        }
        Test::Double { fact, is, limit } => {
            compare(var(&columns.doubles[usize::from(*fact)]), *is, json!(limit))
        }
        Test::Flag { fact, expected } => {
            let fact = var(&columns.flags[usize::from(*fact)]);
            if *expected { fact } else { json!({ "!": fact }) }
        }
        Test::Label { fact, of } => one_of(var(&columns.labels[usize::from(*fact)]), json!(of)),
        Test::Text { fact, of } => one_of(var(&columns.texts[usize::from(*fact)]), json!(of)),
        Test::Item { fact, item } => {
            json!({ "in": [item, var(&columns.lists[usize::from(*fact)])] })
        }
        Test::IntSum { is, limit, .. } => compare(calculation(test, columns), *is, json!(limit)),
        Test::DoubleSum { is, limit, .. } => compare(calculation(test, columns), *is, json!(limit)),
    }
}

fn compare(value: Value, is: Relation, limit: Value) -> Value {
    match is {
        Relation::Below => json!({ "<": [value, limit] }),
        Relation::AtMost => json!({ "<=": [value, limit] }),
        Relation::Equal => json!({ "===": [value, limit] }),
        Relation::AtLeast => json!({ ">=": [value, limit] }),
        Relation::Above => json!({ ">": [value, limit] }),
    }
}

fn one_of(fact: Value, words: Value) -> Value {
    match words.as_array().map(Vec::as_slice) {
        Some([one]) => json!({ "===": [fact, one] }),
        _ => json!({ "in": [fact, words] }),
    }
}

fn calculation(test: &Test, columns: &Columns) -> Value {
    let Some((steps, is_double)) = test.calculation() else { return Value::Null };
    let facts = if is_double { &columns.doubles } else { &columns.ints };
    let mut stack: Vec<Value> = Vec::new();
    for step in steps {
        let operator = match step {
            Step::Fact(fact) => {
                stack.push(var(&facts[usize::from(*fact)]));
                continue;
            }
            Step::Int(value) => {
                stack.push(json!(value));
                continue;
            }
            Step::Double(value) => {
                stack.push(json!(value));
                continue;
            }
            Step::Add => "+",
            Step::Subtract => "-",
            Step::Multiply => "*",
            Step::Divide => "/",
            Step::Remainder => "%",
        };
        let right = stack.pop();
        let left = stack.pop();
        stack.push(json!({ operator: [left, right] }));
    }
    stack.pop().unwrap_or_default()
}
