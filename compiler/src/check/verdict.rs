//! Conditions whose outcome can be seen without a request: always true, never
//! true, always a fault.

use super::fold::is_closed;
use super::tree::{Arithmetic, Expr, FactId, Kind};
use super::value::Value;
use rulestone_format::code::Relation;
use rulestone_format::meaning::order;
use std::collections::BTreeMap;

/// What a condition always comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    True,
    False,
    Fault,
}

/// `None` where it depends on the request, or can't be seen.
pub fn verdict(expr: &Expr) -> Option<Verdict> {
    match &expr.kind {
        Kind::Literal(Value::Bool(true)) => Some(Verdict::True),
        Kind::Literal(Value::Bool(false)) => Some(Verdict::False),
        Kind::And(terms) => conjunction(terms),
        Kind::Or(terms) => disjunction(terms),
        Kind::Not(inner) => match verdict(inner)? {
            Verdict::True => Some(Verdict::False),
            Verdict::False => Some(Verdict::True),
            Verdict::Fault => Some(Verdict::Fault),
        },
        _ if always_faults(expr) => Some(Verdict::Fault),
        _ => None,
    }
}

fn conjunction(terms: &[Expr]) -> Option<Verdict> {
    let verdicts: Vec<_> = terms.iter().map(verdict).collect();
    if verdicts.contains(&Some(Verdict::False)) || contradicts(terms) {
        return Some(Verdict::False);
    }
    if verdicts.iter().all(|v| *v == Some(Verdict::True)) {
        return Some(Verdict::True);
    }
    // With a term that always fails it can be false or a fault, but not true.
    verdicts.contains(&Some(Verdict::Fault)).then_some(Verdict::Fault)
}

fn disjunction(terms: &[Expr]) -> Option<Verdict> {
    let verdicts: Vec<_> = terms.iter().map(verdict).collect();
    if verdicts.contains(&Some(Verdict::True)) {
        return Some(Verdict::True);
    }
    if verdicts.iter().all(|v| *v == Some(Verdict::False)) {
        return Some(Verdict::False);
    }
    let all_fixed = verdicts.iter().all(|v| matches!(v, Some(Verdict::False | Verdict::Fault)));
    all_fixed.then_some(Verdict::Fault)
}

/// Whether an operation that must be reached has no value whatever the request.
/// A closed expression that folding left as it is has none.
fn always_faults(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Literal(_) | Kind::Macro(_) | Kind::Bind { .. } => false,
        Kind::Conditional { condition, .. } => always_faults(condition),
        Kind::And(_) | Kind::Or(_) | Kind::Not(_) => verdict(expr) == Some(Verdict::Fault),
        Kind::Arithmetic {
            operator: Arithmetic::DivideInt | Arithmetic::RemainderInt,
            right,
            ..
        } if matches!(right.kind, Kind::Literal(Value::Int(0))) => true,
        Kind::Arithmetic {
            operator: Arithmetic::DivideUint | Arithmetic::RemainderUint,
            right,
            ..
        } if matches!(right.kind, Kind::Literal(Value::Uint(0))) => true,
        _ => {
            let mut fails = false;
            let mut parts = 0;
            let mut literals = true;
            expr.for_each_part(&mut |part| {
                parts += 1;
                literals &= matches!(part.kind, Kind::Literal(_));
                fails |= always_faults(part);
            });
            let left_over = parts > 0
                && literals
                && !matches!(expr.kind, Kind::List(_) | Kind::Map(_))
                && is_closed(expr, &mut Vec::new());
            fails || left_over
        }
    }
}

/// Whether comparisons of one fact with constants leave it no value.
fn contradicts(terms: &[Expr]) -> bool {
    let mut ranges: BTreeMap<FactId, (u64, u64)> = BTreeMap::new();
    for term in terms {
        let Some((fact, low, high)) = range(term) else { continue };
        let known = ranges.entry(fact).or_insert((0, u64::MAX));
        *known = (known.0.max(low), known.1.min(high));
        if known.0 > known.1 {
            return true;
        }
    }
    false
}

/// The keys that a comparison of an int, uint or double fact leaves it.
fn range(term: &Expr) -> Option<(FactId, u64, u64)> {
    let (relation, left, right) = match &term.kind {
        Kind::Compare { relation, left, right } => (Some(*relation), left, right),
        Kind::Equal(left, right) => (None, left, right),
        _ => return None,
    };
    let (fact, literal, relation) = match (&left.kind, &right.kind) {
        (Kind::Fact(fact), Kind::Literal(value)) => (*fact, value, relation),
        (Kind::Literal(value), Kind::Fact(fact)) => (*fact, value, relation.map(Relation::swapped)),
        _ => return None,
    };
    if left.ty != right.ty {
        return None;
    }
    let key = match literal {
        Value::Int(value) => order::int_key(*value),
        Value::Uint(value) => *value,
        Value::Double(value) if !value.is_nan() => order::double_key(*value),
        _ => return None,
    };
    Some(match relation {
        None => (fact, key, key),
        Some(Relation::Less) => match key.checked_sub(1) {
            Some(high) => (fact, 0, high),
            None => (fact, 1, 0),
        },
        Some(Relation::LessEqual) => (fact, 0, key),
        Some(Relation::Greater) => match key.checked_add(1) {
            Some(low) => (fact, low, u64::MAX),
            None => (fact, 1, 0),
        },
        Some(Relation::GreaterEqual) => (fact, key, u64::MAX),
    })
}
