//! A rule's condition in parts, and the alternatives in which it can be true.
//!
//! In: a checked rule. Out: predicates and code that must all hold ([`Parts`]),
//! and the same with disjunctions multiplied out where each of their terms has a
//! predicate of its own ([`alternatives`]): an index can then tell them apart.

use super::predicate::{Conjunct, conjuncts, during};
use super::tables::Tables;
use crate::check::checked::Rule;
use crate::check::schedule::Interval;
use crate::check::tree::{Expr, Kind};
use rulestone_format::archive::Predicate;

/// Most alternatives of one rule; more stay code.
const MOST_ALTERNATIVES: usize = 8;

/// What must hold for a rule, its rollout left out.
#[derive(Debug)]
pub(super) struct Parts<'r> {
    pub predicates: Vec<Predicate>,
    /// Expressions and the truth that each must have.
    pub code: Vec<(&'r Expr, bool)>,
    /// The fact `now`, and the number of a set of several intervals.
    pub windows: Option<(u32, u32)>,
}

impl<'r> Parts<'r> {
    pub(super) fn of(tables: &mut Tables<'r>, rule: &'r Rule) -> Parts<'r> {
        let mut parts = Parts { predicates: Vec::new(), code: Vec::new(), windows: None };
        if let (Some(schedule), Some(now)) = (&rule.schedule, tables.ruleset.now) {
            match &schedule[..] {
                [Interval { start: i64::MIN, end: i64::MAX }] => {}
                [one] => match during(now, *one) {
                    Some(predicate) => parts.predicates.push(predicate),
                    None => parts.windows = Some((now.0, tables.intervals(schedule))),
                },
                several => {
                    // The whole of the windows tells much already.
                    let (first, last) = (several[0], several[several.len() - 1]);
                    let whole = Interval { start: first.start, end: last.end };
                    parts.predicates.extend(during(now, whole));
                    parts.windows = Some((now.0, tables.intervals(several)));
                }
            }
        }
        if let Some(condition) = &rule.condition {
            parts.add(condition, true, tables);
        }
        parts
    }

    fn add(&mut self, expr: &'r Expr, truth: bool, tables: &mut Tables<'r>) {
        let mut found = Vec::new();
        conjuncts(expr, truth, tables, &mut found);
        for conjunct in found {
            match conjunct {
                Conjunct::Predicate(predicate) => self.predicates.push(predicate),
                Conjunct::Code(expr, truth) => self.code.push((expr, truth)),
            }
        }
    }
}

/// One way in which a rule can match.
#[derive(Debug, Clone)]
pub(super) struct Alternative<'r> {
    pub predicates: Vec<Predicate>,
    pub code: Vec<(&'r Expr, bool)>,
}

/// The ways in which a rule can match; at least one, the rule as it stands.
pub(super) fn alternatives<'r>(parts: &Parts<'r>, tables: &mut Tables<'r>) -> Vec<Alternative<'r>> {
    let mut all = vec![Alternative { predicates: parts.predicates.clone(), code: Vec::new() }];
    for (expr, truth) in &parts.code {
        let terms = branches(expr, *truth, tables);
        match terms {
            Some(terms) if all.len() * terms.len() <= MOST_ALTERNATIVES => {
                all = all
                    .iter()
                    .flat_map(|alternative| {
                        terms.iter().map(|term| {
                            let mut both = alternative.clone();
                            both.predicates.extend(&term.predicates);
                            both.code.extend(&term.code);
                            both
                        })
                    })
                    .collect();
            }
            _ => all.iter_mut().for_each(|alternative| alternative.code.push((expr, *truth))),
        }
    }
    all
}

/// The terms of a disjunction, if each has a predicate.
fn branches<'r>(
    expr: &'r Expr,
    truth: bool,
    tables: &mut Tables<'r>,
) -> Option<Vec<Alternative<'r>>> {
    let ruleset = tables.ruleset;
    match &expr.kind {
        Kind::Not(inner) => branches(inner, !truth, tables),
        Kind::Variable(id) => branches(&ruleset.variables[id.0 as usize].body, truth, tables),
        Kind::Or(terms) if truth => each(terms, truth, tables),
        Kind::And(terms) if !truth => each(terms, truth, tables),
        _ => None,
    }
}

fn each<'r>(
    terms: &'r [Expr],
    truth: bool,
    tables: &mut Tables<'r>,
) -> Option<Vec<Alternative<'r>>> {
    if terms.len() > MOST_ALTERNATIVES {
        return None;
    }
    let term = |term: &'r Expr| {
        let mut parts = Parts { predicates: Vec::new(), code: Vec::new(), windows: None };
        parts.add(term, truth, tables);
        let Parts { predicates, code, .. } = parts;
        (!predicates.is_empty()).then_some(Alternative { predicates, code })
    };
    terms.iter().map(term).collect()
}
