//! Reading an optional fact without asking first: an absent fact is a fault,
//! and a condition that meets one doesn't match, seldom what was meant.
//!
//! In: a checked tree. Out: the places that read an optional fact which no
//! `has()` on the way to it has asked for.

use super::names::Names;
use super::tree::{Expr, FactId, Kind, Place};
use std::collections::BTreeSet;

/// Facts known to be there.
pub type Present = BTreeSet<FactId>;

/// Facts of which a true (or false) value of an expression says that they are
/// there, because it asked.
pub fn proven(expr: &Expr, truth: bool) -> Present {
    match &expr.kind {
        Kind::HasFact(fact) if truth => Present::from([*fact]),
        Kind::Not(inner) => proven(inner, !truth),
        Kind::And(terms) if truth => terms.iter().flat_map(|term| proven(term, true)).collect(),
        Kind::Or(terms) if !truth => terms.iter().flat_map(|term| proven(term, false)).collect(),
        _ => Present::new(),
    }
}

/// Collects the unguarded reads of optional facts.
pub fn unguarded(expr: &Expr, present: &Present, names: &Names, found: &mut Vec<(FactId, Place)>) {
    match &expr.kind {
        Kind::Fact(fact) => {
            if names.fact(*fact).optional && !present.contains(fact) {
                found.push((*fact, expr.place));
            }
        }
        Kind::And(terms) => connective(terms, true, present, names, found),
        Kind::Or(terms) => connective(terms, false, present, names, found),
        Kind::Conditional { condition, then, otherwise } => {
            unguarded(condition, present, names, found);
            let with = |truth| present.union(&proven(condition, truth)).copied().collect();
            unguarded(then, &with(true), names, found);
            unguarded(otherwise, &with(false), names, found);
        }
        _ => expr.for_each_part(&mut |part| unguarded(part, present, names, found)),
    }
}

/// Each term is guarded by what the others prove: faults are absorbed in either
/// order, so the order of the terms doesn't matter.
fn connective(
    terms: &[Expr],
    truth: bool,
    present: &Present,
    names: &Names,
    found: &mut Vec<(FactId, Place)>,
) {
    let proofs: Vec<Present> = terms.iter().map(|term| proven(term, truth)).collect();
    let any = proofs.iter().any(|proof| !proof.is_empty());
    if !any {
        terms.iter().for_each(|term| unguarded(term, present, names, found));
        return;
    }
    let all: Present = proofs.iter().flatten().chain(present).copied().collect();
    terms.iter().for_each(|term| unguarded(term, &all, names, found));
}
