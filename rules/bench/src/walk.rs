//! The contender that is a plain walk: rules as typed data in memory, each
//! tested until a test fails.
//!
//! In: a [`Model`] and the facts of a request as columns ([`Table`]). Out: which
//! rules match. It is what a service does that has read its rules into structs
//! at boot: nothing is parsed, nothing is allocated, nothing is shared between
//! rules. Fair, since it is typed and without indirection where that is easy:
//! enums are compared as numbers, a column is found by its number.

use crate::model::{Column, Columns, Model, Relation, Rule, Step, Test};
use rulestone_compiler::check::value::Value;
use rulestone_compiler::reference::Facts;

/// Facts of one request, in columns.
#[derive(Debug, Clone, Default, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
pub struct Table {
    pub ints: Vec<i64>,
    pub doubles: Vec<f64>,
    pub flags: Vec<bool>,
    pub labels: Vec<u32>,
    pub texts: Vec<String>,
    pub lists: Vec<Vec<String>>,
}

/// The most numbers that a calculation holds at once.
const DEPTH: usize = 8;

impl Table {
    /// The facts of a request.
    ///
    /// # Errors
    /// A fact is absent, or an instant has a fraction of a second.
    pub fn of(facts: &Facts, columns: &Columns) -> Result<Table, String> {
        let mut table = Table::default();
        for (column, value) in columns.of_facts.iter().zip(&facts.values) {
            match (column, value) {
                (None, _) => {}
                (Some(Column::Int(_)), Some(Value::Int(value))) => table.ints.push(*value),
                (Some(Column::Instant(_)), Some(Value::Timestamp(time))) if time.nanos == 0 => {
                    table.ints.push(time.seconds);
                }
                (Some(Column::Double(_)), Some(Value::Double(value))) => table.doubles.push(*value),
                (Some(Column::Flag(_)), Some(Value::Bool(value))) => table.flags.push(*value),
                (Some(Column::Text(_)), Some(Value::String(text))) => {
                    table.texts.push(text.to_string());
                }
                (Some(Column::Label(_, labels)), Some(Value::String(text))) => {
                    let label = labels.iter().position(|label| **label == **text);
                    table.labels.push(label.ok_or("an unknown label")? as u32);
                }
                (Some(Column::List(_)), Some(Value::List(items))) => {
                    let text = |item: &Value| match item {
                        Value::String(text) => Some(text.to_string()),
                        _ => None,
                    };
                    table.lists.push(items.iter().filter_map(text).collect());
                }
                (Some(column), value) => return Err(format!("{column:?} is {value:?}")),
            }
        }
        Ok(table)
    }
}

/// Finds the rules that match, in decision order, by their numbers.
pub fn matching(rules: &[Rule], facts: &Table, matched: &mut Vec<u32>) {
    matched.clear();
    for (number, rule) in (0..).zip(rules) {
        let holds = |test: &Test| holds(test, facts);
        let matches = rule.all.iter().all(holds)
            && rule
                .any
                .iter()
                .all(|group| group.branches.iter().any(|branch| branch.all.iter().all(holds)));
        if matches {
            matched.push(number);
        }
    }
}

/// As [`matching`], for a whole model.
pub fn matching_model(model: &Model, facts: &Table, matched: &mut Vec<u32>) {
    matching(&model.rules, facts, matched);
}

fn holds(test: &Test, facts: &Table) -> bool {
    match test {
        Test::Int { fact, is, limit } => is.holds(facts.ints[usize::from(*fact)], *limit),
        Test::Double { fact, is, limit } => is.holds(facts.doubles[usize::from(*fact)], *limit),
        Test::Flag { fact, expected } => facts.flags[usize::from(*fact)] == *expected,
        Test::Label { fact, of } => of.contains(&facts.labels[usize::from(*fact)]),
        Test::Text { fact, of } => of.contains(&facts.texts[usize::from(*fact)]),
        Test::Item { fact, item } => facts.lists[usize::from(*fact)].contains(item),
        Test::IntSum { steps, is, limit } => {
            int_sum(steps.iter().copied(), facts).is_some_and(|sum| is.holds(sum, *limit))
        }
        Test::DoubleSum { steps, is, limit } => {
            double_sum(steps.iter().copied(), facts).is_some_and(|sum| is.holds(sum, *limit))
        }
    }
}

impl Relation {
    /// Whether `value` stands in this relation to `limit`.
    #[inline]
    pub fn holds<T: PartialOrd>(self, value: T, limit: T) -> bool {
        match self {
            Relation::Below => value < limit,
            Relation::AtMost => value <= limit,
            Relation::Equal => value == limit,
            Relation::AtLeast => value >= limit,
            Relation::Above => value > limit,
        }
    }
}

/// The result of a calculation with ints; `None` where it overflows or divides
/// by zero.
pub fn int_sum(steps: impl Iterator<Item = Step>, facts: &Table) -> Option<i64> {
    calculate(
        steps,
        |step| match step {
            Step::Fact(fact) => facts.ints.get(usize::from(fact)).copied(),
            Step::Int(value) => Some(value),
            _ => None,
        },
        |operator, a, b| match operator {
            Step::Add => i64::checked_add(a, b),
            Step::Subtract => i64::checked_sub(a, b),
            Step::Multiply => i64::checked_mul(a, b),
            Step::Divide => i64::checked_div(a, b),
            Step::Remainder => i64::checked_rem(a, b),
            _ => None,
        },
    )
}

/// The result of a calculation with doubles.
pub fn double_sum(steps: impl Iterator<Item = Step>, facts: &Table) -> Option<f64> {
    calculate(
        steps,
        |step| match step {
            Step::Fact(fact) => facts.doubles.get(usize::from(fact)).copied(),
            Step::Double(value) => Some(value),
            _ => None,
        },
        |operator, a, b| match operator {
            Step::Add => Some(a + b),
            Step::Subtract => Some(a - b),
            Step::Multiply => Some(a * b),
            Step::Divide => Some(a / b),
            _ => None,
        },
    )
}

#[inline]
fn calculate<T: Copy + Default>(
    steps: impl Iterator<Item = Step>,
    operand: impl Fn(Step) -> Option<T>,
    operate: impl Fn(Step, T, T) -> Option<T>,
) -> Option<T> {
    let mut stack = [T::default(); DEPTH];
    let mut top = 0;
    for step in steps {
        match step {
            Step::Fact(_) | Step::Int(_) | Step::Double(_) => {
                *stack.get_mut(top)? = operand(step)?;
                top += 1;
            }
            operator => {
                let below = top.checked_sub(2)?;
                let result = operate(operator, stack[below], stack[below + 1])?;
                stack[below] = result;
                top = below + 1;
            }
        }
    }
    stack.first().copied().filter(|_| top == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Workload;

    #[test]
    fn calculations_are_done_in_postfix_order_and_end_where_they_fail() {
        let facts = Table { ints: vec![7, 2], doubles: vec![0.5], ..Table::default() };
        let sum = |steps: &[Step]| int_sum(steps.iter().copied(), &facts);
        let (seven, two) = (Step::Fact(0), Step::Fact(1));
        assert_eq!(sum(&[seven, two, Step::Subtract]), Some(5));
        assert_eq!(sum(&[seven, two, Step::Remainder, Step::Int(9), Step::Multiply]), Some(9));
        assert_eq!(sum(&[seven, Step::Int(0), Step::Divide]), None);
        assert_eq!(sum(&[Step::Add]), None);
        let half = double_sum([Step::Fact(0), Step::Double(2.0), Step::Divide].into_iter(), &facts);
        assert_eq!(half, Some(0.25));
    }

    #[test]
    fn the_walk_finds_what_the_reference_finds() {
        for workload in Workload::all(200, 40).expect("the workloads compile") {
            let mut matched = Vec::new();
            for (table, expected) in workload.tables.iter().zip(&workload.expected) {
                matching_model(&workload.model, table, &mut matched);
                assert_eq!(&matched, expected, "{}", workload.checked.name);
            }
        }
    }
}
