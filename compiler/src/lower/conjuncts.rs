//! A condition as conjuncts.
//!
//! In: a condition, and the truth that it must have. Out: [`Conjunct`]s that hold
//! together in just these cases: comparisons, and code for the rest.

use super::bounds::in_box;
use super::comparison::{Comparison, comparison};
use super::tables::Tables;
use crate::check::tree::{Expr, Kind};
use crate::source::model::Shape;

/// A part of a rule's condition, in conjunction with the others.
#[derive(Debug, Clone)]
pub(super) enum Conjunct<'e> {
    Comparison(Comparison),
    /// An expression that must have this truth.
    Code(&'e Expr, bool),
}

/// Takes a condition apart into conjuncts: negations pushed inwards, variables
/// that are nothing but comparisons put in place.
pub(super) fn conjuncts<'e>(
    expr: &'e Expr,
    truth: bool,
    tables: &mut Tables<'e>,
    found: &mut Vec<Conjunct<'e>>,
) {
    let ruleset = tables.ruleset;
    match &expr.kind {
        Kind::Not(inner) => return conjuncts(inner, !truth, tables, found),
        Kind::And(terms) if truth => {
            return terms.iter().for_each(|term| conjuncts(term, true, tables, found));
        }
        Kind::Or(terms) if !truth => {
            return terms.iter().for_each(|term| conjuncts(term, false, tables, found));
        }
        Kind::Variable(id) => {
            let body = &ruleset.variables[id.0 as usize].body;
            if let Some(comparisons) = inlined(body, truth, tables) {
                return found.extend(comparisons.into_iter().map(Conjunct::Comparison));
            }
        }
        Kind::Within { point, fence } if truth => {
            if let (Kind::Fact(fact), Shape::Box { south, west, north, east }) =
                (&point.kind, &ruleset.fences[fence.0 as usize].shape)
            {
                let place = in_box(*fact, [*south, *west, *north, *east], tables);
                if let Some(comparisons) = place {
                    return found.extend(comparisons.map(Conjunct::Comparison));
                }
            }
        }
        _ => {}
    }
    found.push(match comparison(expr, truth, tables) {
        Some(comparison) => Conjunct::Comparison(comparison),
        None => Conjunct::Code(expr, truth),
    });
}

/// Most comparisons that a variable may come to where it is put in place.
const MOST_INLINED: usize = 16;

/// A variable's body as comparisons alone.
fn inlined(body: &Expr, truth: bool, tables: &mut Tables<'_>) -> Option<Vec<Comparison>> {
    fn collect(
        expr: &Expr,
        truth: bool,
        tables: &mut Tables<'_>,
        into: &mut Vec<Comparison>,
    ) -> Option<()> {
        match &expr.kind {
            Kind::Not(inner) => collect(inner, !truth, tables, into),
            Kind::And(terms) if truth => {
                terms.iter().try_for_each(|term| collect(term, true, tables, into))
            }
            Kind::Or(terms) if !truth => {
                terms.iter().try_for_each(|term| collect(term, false, tables, into))
            }
            _ if into.len() >= MOST_INLINED => None,
            _ => {
                into.push(comparison(expr, truth, tables)?);
                Some(())
            }
        }
    }
    let mut comparisons = Vec::new();
    collect(body, truth, tables, &mut comparisons)?;
    Some(comparisons)
}
