//! Rules as text in the expression languages of several engines, which differ in
//! little more than their words for "and" and "or".
//!
//! In: a rule, and the words of a language. Out: its condition.

use rulestone_bench::model::{Columns, Relation, Rule, Step, Test};

/// How a language says what most of them have.
pub struct Words {
    pub and: &'static str,
    pub or: &'static str,
    pub not: &'static str,
    /// A division of ints, which rounds towards zero.
    pub divide: fn(&str, &str) -> String,
}

/// The condition of a rule in such a language.
pub fn condition(rule: &Rule, words: &Words, columns: &Columns) -> String {
    join(rule, words.and, words.or, |test| write(test, words, columns))
}

/// The condition of a rule whose tests are written in another way. They stand in
/// the order of the model: plain ones before groups, as whoever writes rules for
/// speed puts them.
pub fn join(rule: &Rule, and: &str, or: &str, test: impl Fn(&Test) -> String) -> String {
    let all = |tests: &[Test]| tests.iter().map(&test).collect::<Vec<_>>();
    let mut parts = all(&rule.all);
    for group in &rule.any {
        let branches = group.branches.iter().map(|branch| match all(&branch.all).as_slice() {
            [one] => one.clone(),
            several => format!("({})", several.join(and)),
        });
        parts.push(format!("({})", branches.collect::<Vec<_>>().join(or)));
    }
    match parts.is_empty() {
        true => "true".to_owned(),
        false => parts.join(and),
    }
}

fn write(test: &Test, words: &Words, columns: &Columns) -> String {
    let one_of = |fact: &str, of: Vec<String>| match of.as_slice() {
        [one] => format!("{fact} == {one}"),
        several => format!("{fact} in [{}]", several.join(", ")),
    };
    match test {
        Test::Int { fact, is, limit } => {
            format!("{} {} {limit}", columns.ints[usize::from(*fact)], relation(*is))
        }
        Test::Double { fact, is, limit } => {
            let fact = &columns.doubles[usize::from(*fact)];
            format!("{fact} {} {}", relation(*is), double(*limit))
        }
        Test::Flag { fact, expected } => {
            let not = if *expected { "" } else { words.not };
            format!("{not}{}", columns.flags[usize::from(*fact)])
        }
        Test::Label { fact, of } => {
            let of = of.iter().map(u32::to_string).collect();
            one_of(&columns.labels[usize::from(*fact)], of)
        }
        Test::Text { fact, of } => {
            let of = of.iter().map(|text| quoted(text)).collect();
            one_of(&columns.texts[usize::from(*fact)], of)
        }
        Test::Item { fact, item } => {
            format!("{} in {}", quoted(item), columns.lists[usize::from(*fact)])
        }
        Test::IntSum { steps, is, limit } => {
            let sum = calculation(steps, &columns.ints, words.divide);
            format!("{sum} {} {limit}", relation(*is))
        }
        Test::DoubleSum { steps, is, limit } => {
            let divide = |left: &str, right: &str| format!("({left} / {right})");
            let sum = calculation(steps, &columns.doubles, divide);
            format!("{sum} {} {}", relation(*is), double(*limit))
        }
    }
}

/// How most languages write a relation.
pub fn relation(is: Relation) -> &'static str {
    match is {
        Relation::Below => "<",
        Relation::AtMost => "<=",
        Relation::Equal => "==",
        Relation::AtLeast => ">=",
        Relation::Above => ">",
    }
}

/// A double that reads as one.
fn double(value: f64) -> String {
    format!("{value:?}")
}

/// A string in double quotes. The words of the workloads need no escapes.
pub fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// Things between commas.
pub fn list<T>(items: &[T], write: impl Fn(&T) -> String) -> String {
    items.iter().map(write).collect::<Vec<_>>().join(", ")
}

/// A calculation as text with all its parentheses.
fn calculation(steps: &[Step], facts: &[String], divide: impl Fn(&str, &str) -> String) -> String {
    let mut stack: Vec<String> = Vec::new();
    for step in steps {
        let operator = match step {
            Step::Fact(fact) => {
                stack.push(facts[usize::from(*fact)].clone());
                continue;
            }
            Step::Int(value) => {
                stack.push(value.to_string());
                continue;
            }
            Step::Double(value) => {
                stack.push(double(*value));
                continue;
            }
            Step::Add => "+",
            Step::Subtract => "-",
            Step::Multiply => "*",
            Step::Divide => "/",
            Step::Remainder => "%",
        };
        let right = stack.pop().unwrap_or_default();
        let left = stack.pop().unwrap_or_default();
        stack.push(match step {
            Step::Divide => divide(&left, &right),
            _ => format!("({left} {operator} {right})"),
        });
    }
    stack.pop().unwrap_or_default()
}
