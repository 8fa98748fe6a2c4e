//! Rules as plain data: what a service has in its memory that keeps rules in
//! JSON, and what the other engines' rules are written from.
//!
//! In: a checked ruleset. Out: a [`Model`], or what it has no words for. It
//! covers the workloads: conjunctions of tests, and groups of branches of which
//! one must hold. Nothing in it recurs, so that every format can hold it.
//!
//! Facts are columns of a type, and a test names its column by number. An enum
//! is the number of its label, an instant its Unix seconds.

use rulestone_compiler::check::checked::Ruleset;
use rulestone_compiler::check::tree::{Arithmetic, Expr, Kind};
use rulestone_compiler::check::value::Value;
use rulestone_compiler::source::model::FactType;
use rulestone_format::code::Relation as Compared;
use rulestone_format::rule::HitPolicy;

/// Rules in decision order, and the columns that they speak of.
#[derive(Debug, Clone, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
pub struct Model {
    pub columns: Columns,
    pub rules: Vec<Rule>,
}

/// Names of the facts, by type: paths joined by `_`.
#[derive(Debug, Clone, Default, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
pub struct Columns {
    pub ints: Vec<String>,
    pub doubles: Vec<String>,
    pub flags: Vec<String>,
    pub labels: Vec<String>,
    pub texts: Vec<String>,
    pub lists: Vec<String>,
    /// By fact: its column.
    pub of_facts: Vec<Option<Column>>,
}

/// Where a fact is.
#[derive(Debug, Clone, PartialEq, Eq, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
pub enum Column {
    Int(u16),
    /// In whole seconds, among the ints.
    Instant(u16),
    Double(u16),
    Flag(u16),
    /// With the labels, in order of their numbers.
    Label(u16, Vec<String>),
    Text(u16),
    /// Of strings.
    List(u16),
}

/// Matches where all tests hold, and of each group a branch.
#[derive(
    Debug,
    Clone,
    PartialEq,
    serde::Serialize,
    serde::Deserialize,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
)]
pub struct Rule {
    pub id: String,
    pub all: Vec<Test>,
    pub any: Vec<Group>,
}

#[derive(
    Debug,
    Clone,
    PartialEq,
    serde::Serialize,
    serde::Deserialize,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
)]
pub struct Group {
    pub branches: Vec<Branch>,
}

/// Holds where all its tests do.
#[derive(
    Debug,
    Clone,
    PartialEq,
    serde::Serialize,
    serde::Deserialize,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
)]
pub struct Branch {
    pub all: Vec<Test>,
}

/// A test of one fact, or of a number worked out of several.
#[derive(
    Debug,
    Clone,
    PartialEq,
    serde::Serialize,
    serde::Deserialize,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    Int {
        fact: u16,
        is: Relation,
        limit: i64,
    },
    Double {
        fact: u16,
        is: Relation,
        limit: f64,
    },
    Flag {
        fact: u16,
        expected: bool,
    },
    /// The label is one of these.
    Label {
        fact: u16,
        of: Vec<u32>,
    },
    /// The string is one of these.
    Text {
        fact: u16,
        of: Vec<String>,
    },
    /// The list has this string.
    Item {
        fact: u16,
        item: String,
    },
    IntSum {
        steps: Vec<Step>,
        is: Relation,
        limit: i64,
    },
    DoubleSum {
        steps: Vec<Step>,
        is: Relation,
        limit: f64,
    },
}

#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    Below,
    AtMost,
    Equal,
    AtLeast,
    Above,
}

/// A step of a calculation in postfix order, on numbers of one type.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    serde::Serialize,
    serde::Deserialize,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Fact(u16),
    Int(i64),
    Double(f64),
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Model {
    /// The rules of a checked ruleset.
    ///
    /// # Errors
    /// The first rule that has something for which there is no test.
    pub fn of(ruleset: &Ruleset) -> Result<Model, String> {
        if ruleset.groups.iter().any(|group| group.hit_policy != HitPolicy::Collect) {
            return Err("a group has a hit policy other than collect".to_owned());
        }
        let columns = Columns::of(ruleset);
        let rule = |rule: &rulestone_compiler::check::checked::Rule| {
            let mut model = Rule { id: rule.id.clone(), all: Vec::new(), any: Vec::new() };
            let is_plain = rule.schedule.is_none() && rule.rollout.is_none() && ruleset.enabled;
            let written = match &rule.condition {
                _ if !is_plain => Err("a schedule or rollout".to_owned()),
                None => Ok(()),
                Some(condition) => columns.conjunct(condition, &mut model),
            };
            written.map(|()| model).map_err(|what| format!("rule `{}` has {what}", rule.id))
        };
        let rules = ruleset.rules.iter().map(rule).collect::<Result<_, _>>()?;
        Ok(Model { columns, rules })
    }
}

impl Columns {
    fn of(ruleset: &Ruleset) -> Columns {
        let mut columns = Columns::default();
        for fact in &ruleset.facts {
            let name = fact.path.join("_");
            let add = |names: &mut Vec<String>| {
                names.push(name);
                // INVARIANT: a schema has fewer facts than a u16 counts.
                (names.len() - 1) as u16
            };
            let column = match &fact.fact_type {
                _ if fact.optional => None,
                FactType::Int => Some(Column::Int(add(&mut columns.ints))),
                FactType::Timestamp => Some(Column::Instant(add(&mut columns.ints))),
                FactType::Double => Some(Column::Double(add(&mut columns.doubles))),
                FactType::Bool => Some(Column::Flag(add(&mut columns.flags))),
                FactType::Enum(labels) => {
                    Some(Column::Label(add(&mut columns.labels), labels.clone()))
                }
                FactType::String { .. } => Some(Column::Text(add(&mut columns.texts))),
                FactType::List { element, .. } => match **element {
                    FactType::String { .. } => Some(Column::List(add(&mut columns.lists))),
                    _ => None,
                },
                _ => None,
            };
            columns.of_facts.push(column);
        }
        columns
    }

    fn conjunct(&self, expr: &Expr, rule: &mut Rule) -> Result<(), String> {
        match &expr.kind {
            Kind::And(parts) => parts.iter().try_for_each(|part| self.conjunct(part, rule)),
            Kind::Or(parts) => {
                let branches = parts.iter().map(|part| {
                    let mut all = Vec::new();
                    self.branch(part, &mut all)?;
                    Ok(Branch { all })
                });
                rule.any.push(Group { branches: branches.collect::<Result<_, String>>()? });
                Ok(())
            }
            _ => self.test(expr).map(|test| rule.all.push(test)),
        }
    }

    fn branch(&self, expr: &Expr, all: &mut Vec<Test>) -> Result<(), String> {
        match &expr.kind {
            Kind::And(parts) => parts.iter().try_for_each(|part| self.branch(part, all)),
            _ => self.test(expr).map(|test| all.push(test)),
        }
    }

    fn test(&self, expr: &Expr) -> Result<Test, String> {
        match &expr.kind {
            Kind::Fact(_) => self.flag(expr, true),
            Kind::Not(part) => self.flag(part, false),
            Kind::Compare { relation, left, right } => {
                let is = match relation {
                    Compared::Less => Relation::Below,
                    Compared::LessEqual => Relation::AtMost,
                    Compared::Greater => Relation::Above,
                    Compared::GreaterEqual => Relation::AtLeast,
                };
                self.comparison(left, is, right)
            }
            Kind::Equal(left, right) => self.comparison(left, Relation::Equal, right),
            Kind::Contains(list, item) => self.membership(list, item),
            _ => Err("a construct that the model has no test for".to_owned()),
        }
    }

    fn column(&self, expr: &Expr) -> Option<&Column> {
        match &expr.kind {
            Kind::Fact(fact) => self.of_facts.get(fact.0 as usize)?.as_ref(),
            _ => None,
        }
    }

    fn flag(&self, expr: &Expr, expected: bool) -> Result<Test, String> {
        match self.column(expr) {
            Some(Column::Flag(fact)) => Ok(Test::Flag { fact: *fact, expected }),
            _ => Err("a negation of something else than a fact".to_owned()),
        }
    }

    fn comparison(&self, left: &Expr, is: Relation, right: &Expr) -> Result<Test, String> {
        let Kind::Literal(limit) = &right.kind else {
            return Err("a comparison with something else than a constant".to_owned());
        };
        match (self.column(left), limit) {
            (Some(Column::Int(fact)), Value::Int(limit)) => {
                Ok(Test::Int { fact: *fact, is, limit: *limit })
            }
            (Some(Column::Instant(fact)), Value::Timestamp(time)) if time.nanos == 0 => {
                Ok(Test::Int { fact: *fact, is, limit: time.seconds })
            }
            (Some(Column::Double(fact)), Value::Double(limit)) => {
                Ok(Test::Double { fact: *fact, is, limit: *limit })
            }
            (Some(Column::Label(..) | Column::Text(_)), Value::String(_))
                if is == Relation::Equal =>
            {
                self.words(left, std::slice::from_ref(limit))
            }
            (None, Value::Int(limit)) => {
                let mut steps = Vec::new();
                self.steps(left, &mut steps)?;
                Ok(Test::IntSum { steps, is, limit: *limit })
            }
            (None, Value::Double(limit)) => {
                let mut steps = Vec::new();
                self.steps(left, &mut steps)?;
                Ok(Test::DoubleSum { steps, is, limit: *limit })
            }
            _ => Err("a comparison of other types".to_owned()),
        }
    }

    fn membership(&self, list: &Expr, item: &Expr) -> Result<Test, String> {
        match (self.column(list), &list.kind, &item.kind) {
            (Some(Column::List(fact)), _, Kind::Literal(Value::String(item))) => {
                Ok(Test::Item { fact: *fact, item: item.to_string() })
            }
            (_, Kind::Literal(Value::List(words)), _) => self.words(item, words),
            _ => Err("a membership of something else than constants".to_owned()),
        }
    }

    /// A fact that is one of several words.
    fn words(&self, fact: &Expr, words: &[Value]) -> Result<Test, String> {
        let text = |word: &Value| match word {
            Value::String(text) => Ok(text.to_string()),
            _ => Err("a list of something else than strings".to_owned()),
        };
        let words = words.iter().map(text).collect::<Result<Vec<String>, String>>()?;
        match self.column(fact) {
            Some(Column::Text(fact)) => Ok(Test::Text { fact: *fact, of: words }),
            Some(Column::Label(fact, labels)) => {
                let number = |word: &String| labels.iter().position(|label| label == word);
                let of = words.iter().filter_map(number).map(|number| number as u32).collect();
                Ok(Test::Label { fact: *fact, of })
            }
            _ => Err("a membership of something else than a string".to_owned()),
        }
    }

    fn steps(&self, expr: &Expr, steps: &mut Vec<Step>) -> Result<(), String> {
        let step = match &expr.kind {
            Kind::Fact(_) => match self.column(expr) {
                Some(Column::Int(fact) | Column::Double(fact)) => Step::Fact(*fact),
                _ => return Err("a calculation with something else than numbers".to_owned()),
            },
            Kind::Literal(Value::Int(value)) => Step::Int(*value),
            Kind::Literal(Value::Double(value)) => Step::Double(*value),
            Kind::Arithmetic { operator, left, right } => {
                self.steps(left, steps)?;
                self.steps(right, steps)?;
                match operator {
                    Arithmetic::AddInt | Arithmetic::AddDouble => Step::Add,
                    Arithmetic::SubtractInt | Arithmetic::SubtractDouble => Step::Subtract,
                    Arithmetic::MultiplyInt | Arithmetic::MultiplyDouble => Step::Multiply,
                    Arithmetic::DivideInt | Arithmetic::DivideDouble => Step::Divide,
                    Arithmetic::RemainderInt => Step::Remainder,
                    _ => return Err("a calculation with other types".to_owned()),
                }
            }
            _ => return Err("a calculation that the model has no step for".to_owned()),
        };
        steps.push(step);
        Ok(())
    }
}

impl Test {
    /// The calculation of a test, with `true` where it is one of doubles.
    pub fn calculation(&self) -> Option<(&[Step], bool)> {
        match self {
            Test::IntSum { steps, .. } => Some((steps, false)),
            Test::DoubleSum { steps, .. } => Some((steps, true)),
            _ => None,
        }
    }
}

impl Rule {
    /// All its tests, in the order in which they are written.
    pub fn tests(&self) -> impl Iterator<Item = &Test> {
        let branches = self.any.iter().flat_map(|group| &group.branches);
        self.all.iter().chain(branches.flat_map(|branch| &branch.all))
    }
}

#[cfg(test)]
mod tests {
    use crate::workload::Workload;

    #[test]
    fn every_workload_of_the_generator_has_a_model() {
        for workload in Workload::all(20, 3).expect("the workloads compile") {
            assert_eq!(workload.model.rules.len(), 20, "{}", workload.checked.name);
            assert!(workload.model.rules.iter().all(|rule| rule.tests().count() > 0));
        }
    }
}
