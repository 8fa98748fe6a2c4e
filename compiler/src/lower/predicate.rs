//! Comparisons of a fact with constants as intervals or sets of keys.
//!
//! In: a conjunct of a condition, and the truth that it must have. Out: a
//! [`Predicate`] that holds in just these cases, or nothing where the conjunct
//! has another form and needs code.

use super::tables::Tables;
use crate::check::schedule::Interval;
use crate::check::tree::{Expr, FactId, Kind};
use crate::check::types::Type;
use crate::check::value::Value;
use crate::source::model::FactType;
use rulestone_format::archive::Predicate;
use rulestone_format::code::Relation;
use rulestone_format::meaning::{double, order};
use rulestone_format::predicate::PredicateKind;
use rulestone_format::schema::FactKind;
use std::cmp::Ordering;

/// A part of a rule's condition, in conjunction with the others.
#[derive(Debug, Clone, Copy)]
pub(super) enum Conjunct<'e> {
    Predicate(Predicate),
    /// An expression that must have this truth.
    Code(&'e Expr, bool),
}

/// Takes a condition apart into conjuncts: negations pushed inwards, variables
/// that are nothing but predicates put in place.
pub(super) fn conjuncts<'e>(
    expr: &'e Expr,
    truth: bool,
    tables: &mut Tables<'e>,
    found: &mut Vec<Conjunct<'e>>,
) {
    let ruleset = tables.ruleset;
    match &expr.kind {
        Kind::Not(inner) => conjuncts(inner, !truth, tables, found),
        Kind::And(terms) if truth => {
            terms.iter().for_each(|term| conjuncts(term, true, tables, found));
        }
        Kind::Or(terms) if !truth => {
            terms.iter().for_each(|term| conjuncts(term, false, tables, found));
        }
        Kind::Variable(id) => {
            let body = &ruleset.variables[id.0 as usize].body;
            match inlined(body, truth, tables) {
                Some(predicates) => found.extend(predicates.into_iter().map(Conjunct::Predicate)),
                None => found.push(Conjunct::Code(expr, truth)),
            }
        }
        _ => found.push(match predicate(expr, truth, tables) {
            Some(predicate) => Conjunct::Predicate(predicate),
            None => Conjunct::Code(expr, truth),
        }),
    }
}

/// Most predicates that a variable may come to where it is put in place.
const MOST_INLINED: usize = 16;

/// A variable's body as predicates alone.
fn inlined(body: &Expr, truth: bool, tables: &mut Tables<'_>) -> Option<Vec<Predicate>> {
    fn collect(
        expr: &Expr,
        truth: bool,
        tables: &mut Tables<'_>,
        into: &mut Vec<Predicate>,
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
                into.push(predicate(expr, truth, tables)?);
                Some(())
            }
        }
    }
    let mut predicates = Vec::new();
    collect(body, truth, tables, &mut predicates)?;
    Some(predicates)
}

/// The predicate that holds where a leaf has just this truth.
fn predicate(expr: &Expr, truth: bool, tables: &mut Tables<'_>) -> Option<Predicate> {
    match &expr.kind {
        Kind::Fact(fact) if expr.ty == Type::Bool => {
            interval(*fact, u64::from(truth), u64::from(truth))
        }
        Kind::HasFact(fact) if truth && has_keys(tables.fact_kinds[fact.0 as usize]) => {
            interval(*fact, 0, u64::MAX)
        }
        Kind::Equal(a, b) => {
            let (fact, value) = sides(a, b).or_else(|| sides(b, a))?;
            let key = equality_key(value, fact, tables)?;
            negatable(interval(fact, key, key)?, PredicateKind::Interval, truth)
        }
        Kind::Compare { relation, left, right } => {
            let (fact, value, relation) = match sides(left, right) {
                Some((fact, value)) => (fact, value, *relation),
                None => {
                    let (fact, value) = sides(right, left)?;
                    (fact, value, relation.swapped())
                }
            };
            let relation = if truth { relation } else { relation.negated() };
            let (low, high) = ordered_keys(relation, value, tables.fact_kinds[fact.0 as usize])?;
            interval(fact, low, high)
        }
        Kind::Contains(list, item) => match (&list.kind, &item.kind) {
            (Kind::Literal(Value::List(items)), Kind::Fact(fact)) => {
                one_of(*fact, items, truth, tables)
            }
            (Kind::Fact(fact), Kind::Literal(Value::String(word))) => {
                let is_words = matches!(
                    &tables.ruleset.facts[fact.0 as usize].fact_type,
                    FactType::List { element, .. } if matches!(**element, FactType::String { .. })
                );
                let number = u16::try_from(fact.0).ok().filter(|_| is_words)?;
                let low = tables.word(number, word);
                let member = Predicate { low, width: 0, fact: number, form: 0 };
                negatable(member, PredicateKind::Member, truth)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The predicate that a fact is one of some values.
fn one_of(
    fact: FactId,
    items: &[Value],
    truth: bool,
    tables: &mut Tables<'_>,
) -> Option<Predicate> {
    let keys = items.iter().map(|item| equality_key(item, fact, tables));
    let mut keys = keys.collect::<Option<Vec<u64>>>()?;
    keys.sort_unstable();
    keys.dedup();
    let (low, high) = (*keys.first()?, *keys.last()?);
    let predicate = interval(fact, low, high)?;
    if high - low == keys.len() as u64 - 1 {
        return negatable(predicate, PredicateKind::Interval, truth);
    }
    let width = keys.len() as u64;
    let set = Predicate { low: tables.set(keys), width, ..predicate };
    negatable(set, PredicateKind::OneOf, truth)
}

fn negatable(predicate: Predicate, kind: PredicateKind, truth: bool) -> Option<Predicate> {
    Some(Predicate { form: kind.form(!truth), ..predicate })
}

/// The predicate for a schedule that is one interval.
pub(super) fn during(now: FactId, interval_: Interval) -> Option<Predicate> {
    let low = order::int_key(interval_.start);
    let high = match interval_.end {
        i64::MAX => u64::MAX,
        end => order::int_key(end).checked_sub(1)?,
    };
    interval(now, low, high)
}

fn sides<'e>(fact: &'e Expr, literal: &'e Expr) -> Option<(FactId, &'e Value)> {
    match (&fact.kind, &literal.kind) {
        (Kind::Fact(fact), Kind::Literal(value)) => Some((*fact, value)),
        _ => None,
    }
}

fn interval(fact: FactId, low: u64, high: u64) -> Option<Predicate> {
    let width = high.checked_sub(low)?;
    Some(Predicate { low, width, fact: u16::try_from(fact.0).ok()?, form: 0 })
}

fn has_keys(kind: FactKind) -> bool {
    use rulestone_format::{predicate::key, value::Word};
    key(kind, Word::default()).is_some()
}

/// The one key of the values that equal `value`.
fn equality_key(value: &Value, fact: FactId, tables: &mut Tables<'_>) -> Option<u64> {
    Some(match (value, tables.fact_kinds[fact.0 as usize]) {
        (Value::Bool(value), FactKind::Bool) => u64::from(*value),
        (Value::Int(value), FactKind::Int) | (Value::Duration(value), FactKind::Duration) => {
            order::int_key(*value)
        }
        (Value::Uint(value), FactKind::Uint) => *value,
        (Value::Double(value), FactKind::Double) if !value.is_nan() => order::double_key(*value),
        (Value::String(text), FactKind::String) => tables.word(u16::try_from(fact.0).ok()?, text),
        (Value::String(text), FactKind::Enum) => {
            let FactType::Enum(labels) = &tables.ruleset.facts[fact.0 as usize].fact_type else {
                return None;
            };
            labels.iter().position(|label| **label == **text)? as u64
        }
        _ => return None,
    })
}

/// The keys of the values that stand in a relation to `value`.
fn ordered_keys(relation: Relation, value: &Value, kind: FactKind) -> Option<(u64, u64)> {
    let least_double = order::double_key(f64::NEG_INFINITY);
    let greatest_double = order::double_key(f64::INFINITY);
    match (kind, value) {
        (FactKind::Bool, Value::Bool(value)) => around(relation, u64::from(*value), 0, 1),
        (FactKind::Int, Value::Int(value)) | (FactKind::Duration, Value::Duration(value)) => {
            around(relation, order::int_key(*value), 0, u64::MAX)
        }
        (FactKind::Uint, Value::Uint(value)) => around(relation, *value, 0, u64::MAX),
        (FactKind::Double, Value::Double(value)) if !value.is_nan() => {
            around(relation, order::double_key(*value), least_double, greatest_double)
        }
        (FactKind::Double, Value::Int(value)) => {
            around(relation, order::double_key(*value as f64), least_double, greatest_double)
        }
        (FactKind::Double, Value::Uint(value)) => {
            around(relation, order::double_key(*value as f64), least_double, greatest_double)
        }
        (FactKind::Int, Value::Double(value)) if !value.is_nan() => search(relation, |key| {
            let int = (key ^ (1 << 63)) as i64;
            double::compare_int_double(int, *value).unwrap_or(Ordering::Equal)
        }),
        (FactKind::Uint, Value::Double(value)) if !value.is_nan() => search(relation, |key| {
            double::compare_uint_double(key, *value).unwrap_or(Ordering::Equal)
        }),
        (FactKind::Int, Value::Uint(value)) => {
            search(relation, |key| double::compare_int_uint((key ^ (1 << 63)) as i64, *value))
        }
        (FactKind::Uint, Value::Int(value)) => {
            search(relation, |key| double::compare_int_uint(*value, key).reverse())
        }
        // A timestamp's key is of its whole seconds.
        (FactKind::Timestamp, Value::Timestamp(value)) if value.nanos == 0 => {
            let key = order::int_key(value.seconds);
            match relation {
                Relation::Less | Relation::GreaterEqual => around(relation, key, 0, u64::MAX),
                Relation::LessEqual | Relation::Greater => None,
            }
        }
        _ => None,
    }
}

/// The keys within `least..=greatest` that stand in a relation to `key`. `None`
/// where there are none.
fn around(relation: Relation, key: u64, least: u64, greatest: u64) -> Option<(u64, u64)> {
    let (low, high) = match relation {
        Relation::Less => (least, key.checked_sub(1)?),
        Relation::LessEqual => (least, key),
        Relation::Greater => (key.checked_add(1)?, greatest),
        Relation::GreaterEqual => (key, greatest),
    };
    (low <= high).then_some((low, high))
}

/// The keys that stand in a relation to something that they are compared with
/// by `compare`, which never falls as the key rises.
fn search(relation: Relation, compare: impl Fn(u64) -> Ordering) -> Option<(u64, u64)> {
    // The first key for which `reached` holds; it holds for all above it.
    let first = |reached: &dyn Fn(Ordering) -> bool| -> Option<u64> {
        let (mut low, mut high) = (0u64, u64::MAX);
        if !reached(compare(high)) {
            return None;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if reached(compare(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Some(low)
    };
    let below = |first: Option<u64>| match first {
        None => Some(u64::MAX),
        Some(first) => first.checked_sub(1),
    };
    match relation {
        Relation::Less => Some((0, below(first(&|order| order.is_ge()))?)),
        Relation::LessEqual => Some((0, below(first(&|order| order.is_gt()))?)),
        Relation::Greater => Some((first(&|order| order.is_gt())?, u64::MAX)),
        Relation::GreaterEqual => Some((first(&|order| order.is_ge())?, u64::MAX)),
    }
}
