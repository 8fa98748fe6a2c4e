//! Workloads that strain one part of an engine each.
//!
//! In: a shape, how many rules and requests, and a seed. Out: a workload; most of them over the facts of "hunt",
//! `wide` and `string-sets` over columns of their own.

use clap::ValueEnum;

use crate::columns::{self, Column};
use crate::files::Workload;
use crate::hunt::{self, SUBJECTS};
use crate::predicate::Predicate;
use crate::random::Random;
use crate::request::{self, Number};
use crate::yaml::Rule;

/// What a workload strains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    /// All rules ask one fact: the index has one dimension
    OneFact,
    /// Every rule is a disjunction of conjunctions
    Disjunctions,
    /// Long sets of strings
    StringSets,
    /// Sixty facts, two conjuncts a rule
    Wide,
    /// Every rule matches every request
    AllMatch,
    /// No rule matches any request
    NoneMatch,
    /// Nothing but arithmetic: the index does not help
    Arithmetic,
}

impl Shape {
    /// Generates the workload.
    pub(crate) fn workload(self, rules: usize, requests: usize, seed: u64) -> Workload {
        let mut random = Random::new(seed);
        match self {
            Self::StringSets => {
                let columns = vec![Column::Text { words: 500 }; 6];
                columns::workload("string-sets", &columns, rules, requests, &mut random)
            }
            Self::Wide => {
                let kinds = [Column::Int, Column::Double, Column::Bool, Column::Text { words: 20 }];
                let columns: Vec<Column> = kinds.iter().copied().cycle().take(60).collect();
                columns::workload("wide", &columns, rules, requests, &mut random)
            }
            _ => Workload {
                head: request::head(self.name(), self.description()),
                rules: (0..rules).map(|number| self.draw_rule(&mut random, number)).collect(),
                facts: request::lines(&mut random, requests),
            },
        }
    }

    fn draw_rule(self, random: &mut Random, number: usize) -> Rule {
        let conjuncts = self.draw_conjuncts(random, number);
        hunt::rule(random, format!("{}-{number:05}", self.name()), &conjuncts)
    }

    fn draw_conjuncts(self, random: &mut Random, number: usize) -> Vec<Predicate> {
        // INVARIANT: the number of a rule fits into an i64.
        let distinct = number as i64;
        match self {
            Self::OneFact => {
                let low = random.between(0, 990_000);
                vec![Predicate::Range {
                    fact: Number::Xp,
                    low: Some(low),
                    high: Some(low + random.between(1, 10_000)),
                }]
            }
            Self::Disjunctions => {
                let branches = 3 + random.below(3);
                vec![Predicate::Any((0..branches).map(|_| draw_branch(random)).collect())]
            }
            Self::AllMatch => vec![
                Predicate::Range { fact: Number::Level, low: Some(-distinct), high: None },
                Predicate::Range { fact: Number::Xp, low: None, high: Some(1_000_000 + distinct) },
            ],
            Self::NoneMatch => vec![
                Predicate::Range { fact: Number::Level, low: Some(1_000 + distinct), high: None },
                hunt::draw_predicate(random, hunt::Subject::Tag),
            ],
            Self::Arithmetic | Self::StringSets | Self::Wide => {
                let count = 3 + random.below(3);
                (0..count).map(|_| hunt::draw_arithmetic(random)).collect()
            }
        }
    }

    /// The name on the command line, which is the ruleset's as well.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::OneFact => "one-fact",
            Self::Disjunctions => "disjunctions",
            Self::StringSets => "string-sets",
            Self::Wide => "wide",
            Self::AllMatch => "all-match",
            Self::NoneMatch => "none-match",
            Self::Arithmetic => "arithmetic",
        }
    }

    const fn description(self) -> &'static str {
        match self {
            Self::OneFact => "All rules ask one fact",
            Self::Disjunctions => "Every rule is a disjunction of conjunctions",
            Self::StringSets => "Long sets of strings",
            Self::Wide => "Sixty facts, two conjuncts a rule",
            Self::AllMatch => "Every rule matches every request",
            Self::NoneMatch => "No rule matches any request",
            Self::Arithmetic => "Nothing but arithmetic",
        }
    }
}

fn draw_branch(random: &mut Random) -> Predicate {
    let count = 3 + random.below(2);
    Predicate::All(
        random
            .pick_some(&SUBJECTS, count)
            .into_iter()
            .map(|subject| hunt::draw_predicate(random, subject))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predicate::all_hold;
    use crate::request::Request;
    use crate::yaml;

    #[test]
    fn every_shape_gives_as_many_rules_and_requests_as_asked() {
        for shape in Shape::value_variants() {
            let workload = shape.workload(123, 45, 1);
            assert_eq!(workload.rules.len(), 123, "{shape:?}");
            assert_eq!(workload.facts.lines().count(), 45, "{shape:?}");
            let mut ids: Vec<&str> = workload.rules.iter().map(|rule| rule.id.as_str()).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), 123, "{shape:?}");
            for line in workload.facts.lines() {
                assert!(serde_json::from_str::<serde_json::Value>(line).is_ok());
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        for shape in Shape::value_variants() {
            let text = || {
                let workload = shape.workload(50, 10, 3);
                workload.head + &yaml::rules_file(&workload.rules) + &workload.facts
            };
            assert_eq!(text(), text(), "{shape:?}");
        }
    }

    #[test]
    fn all_match_and_none_match_keep_their_word() {
        let mut random = Random::new(4);
        for number in 0..200 {
            let request = Request::draw(&mut random);
            let all = Shape::AllMatch.draw_conjuncts(&mut random, number);
            assert!(all_hold(&all, &request));
            let none = Shape::NoneMatch.draw_conjuncts(&mut random, number);
            assert!(!all_hold(&none, &request));
        }
    }
}
