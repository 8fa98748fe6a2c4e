//! A rule's condition in parts, and the alternatives in which it can be true.
//!
//! In: a checked rule. Out: predicates and code that must all hold ([`Parts`]),
//! and the same with disjunctions multiplied out where each of their terms has a
//! predicate of its own ([`alternatives`]): an index can then tell them apart.

use super::bounds::{in_circle, in_polygon};
use super::comparison::{Comparison, Test};
use super::conjuncts::{Conjunct, conjuncts};
use super::keys::of_schedule;
use super::tables::Tables;
use crate::check::checked::Rule;
use crate::check::schedule::Interval;
use crate::check::tree::{Expr, Kind};
use crate::source::model::Shape;
use std::collections::HashMap;

/// Most alternatives of one rule; more stay code.
const MOST_ALTERNATIVES: usize = 8;

/// What must hold for a rule, its rollout left out.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts<'r> {
    pub comparisons: Vec<Comparison>,
    /// Expressions and the truth that each must have.
    pub code: Vec<(&'r Expr, bool)>,
}

impl<'r> Parts<'r> {
    pub(super) fn of(tables: &mut Tables<'r>, rule: &'r Rule) -> Parts<'r> {
        let mut parts = Parts::default();
        if let (Some(schedule), Some(now)) = (&rule.schedule, tables.ruleset.now) {
            let is_always = matches!(schedule[..], [Interval { start: i64::MIN, end: i64::MAX }]);
            // INVARIANT: `now` is a subject before any other.
            if let Some(subject) = tables.fact_subject(now).filter(|_| !is_always) {
                let keys = tables.schedules.entry(schedule.as_ptr().addr());
                let keys = keys.or_insert_with(|| of_schedule(schedule)).clone();
                let test = Test::Keys { keys, absent: false };
                parts.comparisons.push(Comparison { subject, test });
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
                Conjunct::Comparison(comparison) => self.comparisons.push(comparison),
                Conjunct::Code(expr, truth) => self.code.push((expr, truth)),
            }
        }
    }

    /// One comparison a subject. `None` where they can't all hold.
    pub(super) fn merged(mut self) -> Option<Parts<'r>> {
        let mut merged: Vec<Comparison> = Vec::with_capacity(self.comparisons.len());
        // Where in `merged` those stand that become one.
        let mut places: HashMap<(u16, Option<(u32, bool)>), usize> = HashMap::new();
        for comparison in self.comparisons {
            let member = match comparison.test {
                Test::Keys { .. } => None,
                Test::Member { word, negated } => Some((word, negated)),
            };
            let place = *places.entry((comparison.subject, member)).or_insert(merged.len());
            match merged.get_mut(place) {
                // INVARIANT: of one subject, keys and keys become one, as do members of one word.
                Some(known) => *known = known.and(&comparison).unwrap_or(comparison),
                None => merged.push(comparison),
            }
        }
        let is_impossible = |comparison: &Comparison| match &comparison.test {
            Test::Keys { keys, absent } => keys.intervals().is_empty() && !absent,
            Test::Member { .. } => false,
        };
        if merged.iter().any(is_impossible) {
            return None;
        }
        self.comparisons = merged;
        Some(self)
    }
}

/// The ways in which a rule can match; at least one, the rule as it stands.
pub(super) fn alternatives<'r>(parts: &Parts<'r>, tables: &mut Tables<'r>) -> Vec<Parts<'r>> {
    let mut all = vec![Parts { comparisons: parts.comparisons.clone(), code: Vec::new() }];
    for (expr, truth) in &parts.code {
        let terms = branches(expr, *truth, tables);
        match terms {
            Some(terms) if all.len() * terms.len() <= MOST_ALTERNATIVES => {
                all = all
                    .iter()
                    .flat_map(|alternative| {
                        terms.iter().map(|term| {
                            let mut both = alternative.clone();
                            both.comparisons.extend(term.comparisons.iter().cloned());
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

/// The terms of a disjunction, if each has a comparison. Being within a fence is
/// one too: within its bounding box, and then to be seen exactly.
fn branches<'r>(expr: &'r Expr, truth: bool, tables: &mut Tables<'r>) -> Option<Vec<Parts<'r>>> {
    let ruleset = tables.ruleset;
    match &expr.kind {
        Kind::Not(inner) => branches(inner, !truth, tables),
        Kind::Variable(id) => branches(&ruleset.variables[id.0 as usize].body, truth, tables),
        Kind::Or(terms) if truth => each(terms, truth, tables),
        Kind::And(terms) if !truth => each(terms, truth, tables),
        Kind::Within { point, fence } if truth => {
            let Kind::Fact(fact) = point.kind else { return None };
            let ways = match &ruleset.fences[fence.0 as usize].shape {
                Shape::Circle { center, radius_metres } => {
                    in_circle(fact, [center.lat, center.lon], *radius_metres, tables)?
                }
                Shape::Polygon(points) => vec![in_polygon(fact, points, tables)?],
                Shape::Box { .. } => return None,
            };
            let way = |comparisons| Parts { comparisons, code: vec![(expr, true)] };
            Some(ways.into_iter().map(way).collect())
        }
        _ => None,
    }
}

fn each<'r>(terms: &'r [Expr], truth: bool, tables: &mut Tables<'r>) -> Option<Vec<Parts<'r>>> {
    if terms.len() > MOST_ALTERNATIVES {
        return None;
    }
    let term = |term: &'r Expr| {
        let mut parts = Parts::default();
        parts.add(term, truth, tables);
        (!parts.comparisons.is_empty()).then_some(parts)
    };
    terms.iter().map(term).collect()
}
