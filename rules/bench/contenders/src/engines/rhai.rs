//! The crate `rhai`: a script language for Rust programs, interpreted over its
//! tree.
//!
//! Each rule is an expression, compiled once with all optimisations; a request
//! is a scope of constants that was filled before. Fair: expressions without
//! statements are the fastest that the language has, its ints are the 64 bits
//! that the rules want, and what this crate is built without (modules, closures,
//! clocks) is not asked for.

use super::text::{self, Words};
use crate::contender::{Contender, Made};
use ::rhai::{AST, Array, Dynamic, Engine, OptimizationLevel, Scope};
use rulestone_bench::Outcome;
use rulestone_bench::model::{Columns, Model};
use rulestone_bench::walk::Table;

const WORDS: Words = Words {
    and: " && ",
    or: " || ",
    not: "!",
    divide: |left, right| format!("({left} / {right})"),
};

struct Rhai {
    engine: Engine,
    rules: Vec<AST>,
    scopes: Vec<Scope<'static>>,
}

pub fn make(model: &Model, tables: &[Table]) -> Made {
    let mut engine = Engine::new();
    engine.set_optimization_level(OptimizationLevel::Full);
    let compile = |rule| -> Outcome<AST> {
        let text = text::condition(rule, &WORDS, &model.columns);
        engine.compile_expression(&text).map_err(|error| format!("{text}: {error}").into())
    };
    let rules = model.rules.iter().map(compile).collect::<Outcome<_>>()?;
    let scopes = tables.iter().map(|table| scope(table, &model.columns)).collect();
    Ok(Box::new(Rhai { engine, rules, scopes }))
}

impl Contender for Rhai {
    fn matching(&mut self, request: usize, matched: &mut Vec<u32>) {
        matched.clear();
        let scope = &mut self.scopes[request];
        for (number, rule) in (0..).zip(&self.rules) {
            if self.engine.eval_ast_with_scope::<bool>(scope, rule).is_ok_and(|holds| holds) {
                matched.push(number);
            }
        }
    }
}

fn scope(table: &Table, columns: &Columns) -> Scope<'static> {
    let mut scope = Scope::new();
    for (name, value) in columns.ints.iter().zip(&table.ints) {
        scope.push_constant(name.as_str(), *value);
    }
    for (name, value) in columns.doubles.iter().zip(&table.doubles) {
        scope.push_constant(name.as_str(), *value);
    }
    for (name, value) in columns.flags.iter().zip(&table.flags) {
        scope.push_constant(name.as_str(), *value);
    }
    for (name, value) in columns.labels.iter().zip(&table.labels) {
        scope.push_constant(name.as_str(), i64::from(*value));
    }
    for (name, value) in columns.texts.iter().zip(&table.texts) {
        scope.push_constant(name.as_str(), Dynamic::from(value.clone()));
    }
    for (name, values) in columns.lists.iter().zip(&table.lists) {
        let items: Array = values.iter().cloned().map(Dynamic::from).collect();
        scope.push_constant(name.as_str(), items);
    }
    scope
}
