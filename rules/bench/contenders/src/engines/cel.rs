//! The crate `cel`: the Common Expression Language, interpreted over its tree.
//!
//! Each rule is a program of its own; a request is a context that was filled
//! before. Fair: the language is the one that the rules are written in, so they
//! are given nearly as they stand. Instants are ints in its favour, since
//! `timestamp("…")` would be parsed in every decision; `in` with a list is
//! faster here than a chain of `==`.

use super::text::{self, Words};
use crate::contender::{Contender, Made};
use ::cel::{Context, Program, Value};
use rulestone_bench::Outcome;
use rulestone_bench::model::{Columns, Model};
use rulestone_bench::walk::Table;
use std::sync::Arc;

const WORDS: Words = Words {
    and: " && ",
    or: " || ",
    not: "!",
    divide: |left, right| format!("({left} / {right})"),
};

struct Cel {
    programs: Vec<Program>,
    requests: Requests,
}

/// Requests that are ready, or facts that become a context each time.
enum Requests {
    Ready(Vec<Context<'static, 'static>>),
    Facts { tables: Vec<Table>, columns: Columns },
}

pub fn make(model: &Model, tables: &[Table]) -> Made {
    let contexts = tables.iter().map(|table| context(table, &model.columns)).collect();
    Ok(Box::new(Cel { programs: programs(model)?, requests: Requests::Ready(contexts) }))
}

/// With the conversion of facts.
pub fn make_whole(model: &Model, tables: &[Table]) -> Made {
    let (tables, columns) = (tables.to_vec(), model.columns.clone());
    Ok(Box::new(Cel { programs: programs(model)?, requests: Requests::Facts { tables, columns } }))
}

fn programs(model: &Model) -> Outcome<Vec<Program>> {
    let program = |rule| -> Outcome<Program> {
        let text = text::condition(rule, &WORDS, &model.columns);
        Ok(Program::compile(&text).map_err(|errors| format!("{errors}"))?)
    };
    model.rules.iter().map(program).collect()
}

impl Contender for Cel {
    fn matching(&mut self, request: usize, matched: &mut Vec<u32>) {
        matched.clear();
        let made;
        let context = match &self.requests {
            Requests::Ready(contexts) => &contexts[request],
            Requests::Facts { tables, columns } => {
                made = context(&tables[request], columns);
                &made
            }
        };
        for (number, program) in (0..).zip(&self.programs) {
            if matches!(program.execute(context), Ok(Value::Bool(true))) {
                matched.push(number);
            }
        }
    }
}

fn context(table: &Table, columns: &Columns) -> Context<'static, 'static> {
    let mut context = Context::default();
    let string = |text: &String| Value::String(Arc::new(text.clone()));
    for (name, value) in columns.ints.iter().zip(&table.ints) {
        context.add_variable_from_value(name, Value::Int(*value));
    }
    for (name, value) in columns.doubles.iter().zip(&table.doubles) {
        context.add_variable_from_value(name, Value::Float(*value));
    }
    for (name, value) in columns.flags.iter().zip(&table.flags) {
        context.add_variable_from_value(name, Value::Bool(*value));
    }
    for (name, value) in columns.labels.iter().zip(&table.labels) {
        context.add_variable_from_value(name, Value::Int(i64::from(*value)));
    }
    for (name, value) in columns.texts.iter().zip(&table.texts) {
        context.add_variable_from_value(name, string(value));
    }
    for (name, values) in columns.lists.iter().zip(&table.lists) {
        let items = values.iter().map(string).collect();
        context.add_variable_from_value(name, Value::List(Arc::new(items)));
    }
    context
}
