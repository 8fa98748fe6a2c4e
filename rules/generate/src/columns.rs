//! Workloads over facts that are nothing but columns of a type: `wide` and `string-sets`.
//!
//! In: the columns. Out: a workload whose facts are `column.c00`, `column.c01` and so on, and whose rules each ask two
//! different columns.

use std::fmt::Write as _;

use crate::files::Workload;
use crate::json::Object;
use crate::random::Random;
use crate::yaml::Rule;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// 0 to 999.
    Int,
    /// 0 to 1, three decimals.
    Double,
    /// Either.
    Bool,
    /// One of so many strings.
    Text { words: usize },
}

/// Generates a workload; `name` is the ruleset's and begins the rules' ids.
pub(crate) fn workload(
    name: &str,
    columns: &[Column],
    rules: usize,
    requests: usize,
    random: &mut Random,
) -> Workload {
    let indices: Vec<usize> = (0..columns.len()).collect();
    let rules = (0..rules)
        .map(|number| {
            let conjuncts = random
                .pick_some(&indices, 2)
                .into_iter()
                .map(|index| draw_conjunct(random, index, columns[index]))
                .collect();
            Rule {
                id: format!("{name}-{number:05}"),
                priority: 0,
                conjuncts,
                as_list: random.percent(50),
                outputs: vec![("points", random.between(1, 100).to_string())],
            }
        })
        .collect();
    let mut facts = String::new();
    for _ in 0..requests {
        let mut column = Object::new();
        for (index, kind) in columns.iter().enumerate() {
            draw_value(random, &mut column, &path_end(index), *kind);
        }
        let mut request = Object::new();
        request.set("column", column);
        // INVARIANT: writing to a String does not fail.
        let _ = writeln!(facts, "{request}");
    }
    Workload { head: head(name, columns), rules, facts }
}

fn head(name: &str, columns: &[Column]) -> String {
    let mut text = format!("rulestone: v1\nruleset: {name}\nfacts:\n  column:\n");
    for (index, kind) in columns.iter().enumerate() {
        let kind = match kind {
            Column::Int => "int",
            Column::Double => "double",
            Column::Bool => "bool",
            Column::Text { .. } => "{type: string, max_length: 16}",
        };
        // INVARIANT: writing to a String does not fail.
        let _ = writeln!(text, "    {}: {kind}", path_end(index));
    }
    text.push_str("outputs:\n  points: {type: int, combine: sum, default: 0}\n");
    text
}

fn draw_conjunct(random: &mut Random, index: usize, kind: Column) -> String {
    let path = format!("column.{}", path_end(index));
    match kind {
        Column::Int => {
            let low = random.between(0, 900);
            let high = low + random.between(10, 100);
            format!("{path} >= {low} && {path} < {high}")
        }
        Column::Double => format!("{path} < 0.{:03}", random.between(10, 200)),
        Column::Bool => format!("{}{path}", if random.percent(50) { "!" } else { "" }),
        Column::Text { words } => {
            let all: Vec<usize> = (0..words).collect();
            let count = 1 + random.below((words / 12).max(2));
            let picked: Vec<String> = random
                .pick_some(&all, count)
                .into_iter()
                .map(|word| format!("\"{}\"", word_text(word)))
                .collect();
            format!("{path} in [{}]", picked.join(", "))
        }
    }
}

fn draw_value(random: &mut Random, column: &mut Object, name: &str, kind: Column) {
    match kind {
        Column::Int => column.set(name, random.between(0, 999)),
        Column::Double => column.set(name, format!("0.{:03}", random.between(0, 999))),
        Column::Bool => column.set(name, random.percent(50)),
        Column::Text { words } => column.text(name, &word_text(random.below(words))),
    };
}

fn path_end(index: usize) -> String {
    format!("c{index:02}")
}

fn word_text(word: usize) -> String {
    format!("word-{word:03}")
}
