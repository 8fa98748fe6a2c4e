//! The crate `a-tree`: an index of boolean expressions after Ji and Jacobsen's
//! A-Tree (SIGMOD 2021). Of all contenders the one that shares work between
//! rules: a predicate that several rules have is evaluated once.
//!
//! All rules are in one tree; a request is an event that was built before. Fair,
//! with three things in its favour. It has no calculations, so their results are
//! further facts that it gets ready-made. Its floats are decimals, so doubles are handed
//! over as ints in the same order, which it compares faster. The order of its
//! answers is anything, and the clock doesn't wait for them to be sorted.

use super::text;
use crate::contender::{Contender, Made};
use a_tree::{ATree, AttributeDefinition, Event};
use rulestone_bench::Outcome;
use rulestone_bench::model::{Columns, Model, Relation, Step, Test};
use rulestone_bench::walk::{self, Table};

struct Tree {
    tree: ATree<u32>,
    requests: Requests,
}

/// Requests that are ready, or facts that become an event each time.
enum Requests {
    Ready(Vec<Event>),
    Facts { tables: Vec<Table>, columns: Columns, sums: Sums },
}

pub fn make(model: &Model, tables: &[Table]) -> Made {
    let sums = Sums::of(model);
    let tree = plant(model, &sums)?;
    let event = |table| event(&tree, table, &model.columns, &sums);
    let events = tables.iter().map(event).collect::<Outcome<_>>()?;
    Ok(Box::new(Tree { tree, requests: Requests::Ready(events) }))
}

/// With the conversion of facts.
pub fn make_whole(model: &Model, tables: &[Table]) -> Made {
    let sums = Sums::of(model);
    let tree = plant(model, &sums)?;
    let (tables, columns) = (tables.to_vec(), model.columns.clone());
    Ok(Box::new(Tree { tree, requests: Requests::Facts { tables, columns, sums } }))
}

fn plant(model: &Model, sums: &Sums) -> Outcome<ATree<u32>> {
    let columns = &model.columns;
    let mut attributes: Vec<AttributeDefinition> = Vec::new();
    let integers = columns.ints.iter().chain(&columns.doubles).chain(&columns.labels);
    attributes.extend(integers.map(|name| AttributeDefinition::integer(name)));
    attributes.extend(columns.flags.iter().map(|name| AttributeDefinition::boolean(name)));
    attributes.extend(columns.texts.iter().map(|name| AttributeDefinition::string(name)));
    attributes.extend(columns.lists.iter().map(|name| AttributeDefinition::string_list(name)));
    let sum_names = (0..sums.all.len()).map(|number| AttributeDefinition::integer(&sum(number)));
    attributes.extend(sum_names);
    let mut tree = ATree::new(&attributes).map_err(|error| format!("{error:?}"))?;
    for (number, rule) in (0..).zip(&model.rules) {
        let text = text::join(rule, " and ", " or ", |test| write(test, columns, sums));
        tree.insert(&number, &text).map_err(|error| format!("{text}: {error:?}"))?;
    }
    Ok(tree)
}

impl Contender for Tree {
    fn matching(&mut self, request: usize, matched: &mut Vec<u32>) {
        matched.clear();
        let report = match &self.requests {
            Requests::Ready(events) => self.tree.search(&events[request]),
            Requests::Facts { tables, columns, sums } => {
                let Ok(event) = event(&self.tree, &tables[request], columns, sums) else { return };
                self.tree.search(&event)
            }
        };
        if let Ok(report) = report {
            matched.extend(report.matches().iter().copied().copied());
        }
    }
}

/// The calculations of all rules, each once.
struct Sums {
    /// With `true` where it is one of doubles.
    all: Vec<(Vec<Step>, bool)>,
}

impl Sums {
    fn of(model: &Model) -> Sums {
        let mut sums = Sums { all: Vec::new() };
        for test in model.rules.iter().flat_map(|rule| rule.tests()) {
            if let Some((steps, is_double)) = test.calculation()
                && sums.find(test).is_none()
            {
                sums.all.push((steps.to_vec(), is_double));
            }
        }
        sums
    }

    fn find(&self, test: &Test) -> Option<usize> {
        let (steps, is_double) = test.calculation()?;
        self.all.iter().position(|(known, double)| known == steps && *double == is_double)
    }
}

fn sum(number: usize) -> String {
    format!("sum_{number}")
}

/// An int for a double, in the same order.
fn order_key(value: f64) -> i64 {
    let bits = (value + 0.0).to_bits() as i64;
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

fn event(tree: &ATree<u32>, table: &Table, columns: &Columns, sums: &Sums) -> Outcome<Event> {
    let mut event = tree.make_event();
    for (name, value) in columns.ints.iter().zip(&table.ints) {
        event.with_integer(name, *value)?;
    }
    for (name, value) in columns.doubles.iter().zip(&table.doubles) {
        event.with_integer(name, order_key(*value))?;
    }
    for (name, value) in columns.labels.iter().zip(&table.labels) {
        event.with_integer(name, i64::from(*value))?;
    }
    for (name, value) in columns.flags.iter().zip(&table.flags) {
        event.with_boolean(name, *value)?;
    }
    for (name, value) in columns.texts.iter().zip(&table.texts) {
        event.with_string(name, value)?;
    }
    for (name, values) in columns.lists.iter().zip(&table.lists) {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        event.with_string_list(name, &values)?;
    }
    for (number, (steps, is_double)) in sums.all.iter().enumerate() {
        let steps = steps.iter().copied();
        let value = match is_double {
            true => walk::double_sum(steps, table).map(order_key),
            false => walk::int_sum(steps, table),
        };
        // What fails has no value, and then no comparison with it holds.
        if let Some(value) = value {
            event.with_integer(&sum(number), value)?;
        }
    }
    Ok(event.build()?)
}

fn write(test: &Test, columns: &Columns, sums: &Sums) -> String {
    let compare = |name: &str, is: Relation, limit: i64| {
        let relation = if is == Relation::Equal { "=" } else { text::relation(is) };
        format!("{name} {relation} {limit}")
    };
    let sum_name = || sum(sums.find(test).unwrap_or_default());
    match test {
        Test::Int { fact, is, limit } => compare(&columns.ints[usize::from(*fact)], *is, *limit),
        Test::Double { fact, is, limit } => {
            compare(&columns.doubles[usize::from(*fact)], *is, order_key(*limit))
        }
        Test::Flag { fact, expected } => {
            let not = if *expected { "" } else { "not " };
            format!("{not}{}", columns.flags[usize::from(*fact)])
        }
        Test::Label { fact, of } => {
            let list = text::list(of, u32::to_string);
            one_of(&columns.labels[usize::from(*fact)], of.len(), &list)
        }
        Test::Text { fact, of } => {
            let list = text::list(of, |word| text::quoted(word));
            one_of(&columns.texts[usize::from(*fact)], of.len(), &list)
        }
        Test::Item { fact, item } => {
            format!("{} one of [{}]", columns.lists[usize::from(*fact)], text::quoted(item))
        }
        Test::IntSum { is, limit, .. } => compare(&sum_name(), *is, *limit),
        Test::DoubleSum { is, limit, .. } => compare(&sum_name(), *is, order_key(*limit)),
    }
}

fn one_of(fact: &str, count: usize, list: &str) -> String {
    match count {
        1 => format!("{fact} = {list}"),
        _ => format!("{fact} in [{list}]"),
    }
}
