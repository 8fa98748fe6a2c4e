//! What conditions ask of single subjects, as sets of keys.
//!
//! In: a conjunct of a condition, and the truth that it must have. Out: a
//! [`Comparison`] that holds in just these cases, or nothing where the conjunct
//! has another form and needs code.

use super::keys::Keys;
use super::shared::shared_subject;
use super::subject;
use super::tables::Tables;
use crate::check::tree::{Expr, Kind};
use crate::check::types::Type;
use crate::check::value::Value;
use crate::source::model::FactType;
use rulestone_format::code::Relation;
use rulestone_format::meaning::{double, order};
use rulestone_format::subject::{KeyKind, Ranking, SubjectKind, timestamp_key};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// What a rule asks of one subject.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comparison {
    pub subject: u16,
    pub test: Test,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// It is there and its key is one of these; or `absent` and it isn't there.
    Keys { keys: Keys, absent: bool },
    /// The list is there, and has the word or, negated, doesn't.
    Member { word: u32, negated: bool },
}

/// The comparison that holds where an expression has just this truth.
pub(super) fn comparison(expr: &Expr, truth: bool, tables: &mut Tables<'_>) -> Option<Comparison> {
    match &expr.kind {
        Kind::Not(inner) => comparison(inner, !truth, tables),
        Kind::And(terms) => joined(terms, truth, truth, tables),
        Kind::Or(terms) => joined(terms, truth, !truth, tables),
        Kind::HasFact(fact) => {
            let subject = match tables.fact_subject(*fact) {
                Some(subject) => subject,
                None => tables.coordinate(SubjectKind::Latitude, *fact)?,
            };
            Some(match truth {
                true => keyed(subject, Keys::all()),
                false => {
                    Comparison { subject, test: Test::Keys { keys: Keys::default(), absent: true } }
                }
            })
        }
        Kind::Equal(a, b) => {
            let (asked, value) = sides(a, b).or_else(|| sides(b, a))?;
            let subject = subject(asked, tables)?;
            let key = equality_key(value, subject, tables)?;
            Some(keyed(subject, of_truth(Keys::one(key), truth)))
        }
        Kind::Compare { relation, left, right } => {
            let (asked, value, relation) = match sides(left, right) {
                Some((asked, value)) => (asked, value, *relation),
                None => {
                    let (asked, value) = sides(right, left)?;
                    (asked, value, relation.swapped())
                }
            };
            // What can't be ordered is neither below nor above.
            let relation = if truth { relation } else { relation.negated() };
            let subject = subject(asked, tables)?;
            let keys =
                ordered_keys(relation, value, &asked.ty, tables.subjects.subject(subject).ranking)?;
            Some(keyed(subject, keys))
        }
        Kind::Contains(list, item) => match (&list.kind, &item.kind) {
            (Kind::Literal(Value::List(items)), _) => {
                let subject = subject(item, tables)?;
                Some(keyed(subject, membership(items, subject, truth, tables)?))
            }
            (Kind::Fact(fact), Kind::Literal(Value::String(word))) => {
                let subject = tables.fact_subject(*fact)?;
                if tables.subjects.subject(subject).ranking != Ranking::Members {
                    return None;
                }
                let word = tables.subjects.word(subject, word)?;
                Some(Comparison { subject, test: Test::Member { word, negated: !truth } })
            }
            _ => whole(expr, truth, tables),
        },
        _ => whole(expr, truth, tables),
    }
}

/// The keys of the values that are in a list, or not in it. The list is gone
/// through once, however many rules ask about it.
fn membership(
    items: &Arc<Vec<Value>>,
    subject: u16,
    truth: bool,
    tables: &mut Tables<'_>,
) -> Option<Keys> {
    let place = (Arc::as_ptr(items).addr(), subject, truth);
    if let Some((_, known)) = tables.memberships.get(&place) {
        return known.clone();
    }
    let keys = equality_keys(items, subject, tables);
    let keys = keys.map(|keys| of_truth(Keys::of(keys), truth));
    tables.memberships.insert(place, (Arc::clone(items), keys.clone()));
    keys
}

fn equality_keys(items: &[Value], number: u16, tables: &mut Tables<'_>) -> Option<Vec<u64>> {
    if let Some(labels) = labels(number, tables) {
        // Each label is found at once, however many there are.
        let numbers: HashMap<&str, u64> = labels.iter().map(String::as_str).zip(0..).collect();
        let number = |item: &Value| match item {
            Value::String(text) => numbers.get(&**text).copied(),
            _ => None,
        };
        return items.iter().map(number).collect();
    }
    items.iter().map(|item| equality_key(item, number, tables)).collect()
}

/// The values of the fact that a subject is, if that is an enum.
fn labels<'r>(number: u16, tables: &Tables<'r>) -> Option<&'r [String]> {
    let subject::Subject { source: (kind, fact), ranking, .. } = tables.subjects.subject(number);
    if *kind != SubjectKind::Fact || !matches!(ranking, Ranking::Direct { .. }) {
        return None;
    }
    match &tables.ruleset.facts.get(*fact as usize)?.fact_type {
        FactType::Enum(labels) => Some(labels),
        _ => None,
    }
}

/// A question that can't be taken apart, if it is a subject itself.
fn whole(expr: &Expr, truth: bool, tables: &mut Tables<'_>) -> Option<Comparison> {
    if expr.ty != Type::Bool {
        return None;
    }
    let subject = subject(expr, tables)?;
    Some(keyed(subject, Keys::one(u64::from(truth))))
}

/// Terms that all ask the same subject, as one comparison.
fn joined(terms: &[Expr], truth: bool, all: bool, tables: &mut Tables<'_>) -> Option<Comparison> {
    let mut one: Option<Comparison> = None;
    for term in terms {
        let next = comparison(term, truth, tables)?;
        one = Some(match one {
            None => next,
            Some(one) if all => one.and(&next)?,
            Some(one) => one.or(&next)?,
        });
    }
    one
}

impl Comparison {
    /// Both, as one. `None` where they can't be.
    pub(super) fn and(&self, other: &Comparison) -> Option<Comparison> {
        self.merged(other, Keys::intersection, |a, b| a & b)
    }

    fn or(&self, other: &Comparison) -> Option<Comparison> {
        self.merged(other, Keys::union, |a, b| a | b)
    }

    fn merged(
        &self,
        other: &Comparison,
        keys: fn(&Keys, &Keys) -> Keys,
        absent: fn(bool, bool) -> bool,
    ) -> Option<Comparison> {
        match (&self.test, &other.test) {
            _ if self.subject != other.subject => None,
            (Test::Keys { keys: a, absent: no_a }, Test::Keys { keys: b, absent: no_b }) => {
                let test = Test::Keys { keys: keys(a, b), absent: absent(*no_a, *no_b) };
                Some(Comparison { subject: self.subject, test })
            }
            (a, b) => (a == b).then(|| self.clone()),
        }
    }
}

pub(super) fn keyed(subject: u16, keys: Keys) -> Comparison {
    Comparison { subject, test: Test::Keys { keys, absent: false } }
}

fn of_truth(keys: Keys, truth: bool) -> Keys {
    if truth { keys } else { keys.complement() }
}

/// The subject that an expression is: a fact, a variable, or what several rules
/// ask about. What is of nothing has no key.
fn subject(expr: &Expr, tables: &mut Tables<'_>) -> Option<u16> {
    match &expr.kind {
        _ if expr.ty == Type::Never => None,
        Kind::Fact(fact) => tables.fact_subject(*fact),
        Kind::Variable(variable) => tables.variable_subject(variable.0, &expr.ty),
        Kind::Literal(_) => None,
        _ => shared_subject(expr, tables),
    }
}

fn sides<'e>(asked: &'e Expr, literal: &'e Expr) -> Option<(&'e Expr, &'e Value)> {
    match &literal.kind {
        Kind::Literal(value) => Some((asked, value)),
        _ => None,
    }
}

/// The one key of the values that equal `value`.
fn equality_key(value: &Value, number: u16, tables: &mut Tables<'_>) -> Option<u64> {
    let subject::Subject { source, ranking, .. } = tables.subjects.subject(number);
    Some(match (value, *ranking) {
        (Value::Bool(value), Ranking::Direct { .. }) => u64::from(*value),
        (Value::Int(value) | Value::Duration(value), Ranking::Cuts(KeyKind::Signed)) => {
            order::int_key(*value)
        }
        (Value::Uint(value), Ranking::Cuts(KeyKind::Unsigned)) => *value,
        (Value::Double(value), Ranking::Cuts(KeyKind::Double)) if !value.is_nan() => {
            order::double_key(*value)
        }
        (Value::Timestamp(value), Ranking::Cuts(KeyKind::Timestamp)) if value.nanos == 0 => {
            timestamp_key(value.seconds, false)
        }
        (Value::String(text), Ranking::Words) => u64::from(tables.subjects.word(number, text)?),
        (Value::String(text), Ranking::Direct { .. }) => {
            let fact = &tables.ruleset.facts[source.1 as usize];
            let FactType::Enum(labels) = &fact.fact_type else { return None };
            labels.iter().position(|label| **label == **text)? as u64
        }
        _ => return None,
    })
}

/// The keys of the values that stand in a relation to `value`. `ty` is the type
/// of what is compared with it.
fn ordered_keys(relation: Relation, value: &Value, ty: &Type, ranking: Ranking) -> Option<Keys> {
    let least_double = order::double_key(f64::NEG_INFINITY);
    let greatest_double = order::double_key(f64::INFINITY);
    if !matches!(ranking, Ranking::Direct { .. } | Ranking::Cuts(_)) {
        return None;
    }
    Some(match (ty, value) {
        (Type::Bool, Value::Bool(value)) => around(relation, u64::from(*value), 0, 1),
        (Type::Int, Value::Int(value)) | (Type::Duration, Value::Duration(value)) => {
            around(relation, order::int_key(*value), 0, u64::MAX)
        }
        (Type::Uint, Value::Uint(value)) => around(relation, *value, 0, u64::MAX),
        (Type::Double, Value::Double(value)) if !value.is_nan() => {
            around(relation, order::double_key(*value), least_double, greatest_double)
        }
        (Type::Double, Value::Int(value)) => {
            around(relation, order::double_key(*value as f64), least_double, greatest_double)
        }
        (Type::Double, Value::Uint(value)) => {
            around(relation, order::double_key(*value as f64), least_double, greatest_double)
        }
        (Type::Int, Value::Double(value)) if !value.is_nan() => search(relation, |key| {
            let int = (key ^ (1 << 63)) as i64;
            double::compare_int_double(int, *value).unwrap_or(Ordering::Equal)
        }),
        (Type::Uint, Value::Double(value)) if !value.is_nan() => search(relation, |key| {
            double::compare_uint_double(key, *value).unwrap_or(Ordering::Equal)
        }),
        (Type::Int, Value::Uint(value)) => {
            search(relation, |key| double::compare_int_uint((key ^ (1 << 63)) as i64, *value))
        }
        (Type::Uint, Value::Int(value)) => {
            search(relation, |key| double::compare_int_uint(*value, key).reverse())
        }
        // Between two whole seconds all moments have one key.
        (Type::Timestamp, Value::Timestamp(value)) if value.nanos == 0 => {
            around(relation, timestamp_key(value.seconds, false), 0, u64::MAX)
        }
        _ => return None,
    })
}

/// The keys within `least..=greatest` that stand in a relation to `key`.
fn around(relation: Relation, key: u64, least: u64, greatest: u64) -> Keys {
    let ends = match relation {
        Relation::Less => key.checked_sub(1).map(|high| (least, high)),
        Relation::LessEqual => Some((least, key)),
        Relation::Greater => key.checked_add(1).map(|low| (low, greatest)),
        Relation::GreaterEqual => Some((key, greatest)),
    };
    ends.map(|(low, high)| Keys::interval(low, high)).unwrap_or_default()
}

/// The keys that stand in a relation to something that they are compared with
/// by `compare`, which never falls as the key rises.
fn search(relation: Relation, compare: impl Fn(u64) -> Ordering) -> Keys {
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
        None => Keys::all(),
        Some(first) => first.checked_sub(1).map(|high| Keys::interval(0, high)).unwrap_or_default(),
    };
    let from =
        |first: Option<u64>| first.map(|low| Keys::interval(low, u64::MAX)).unwrap_or_default();
    match relation {
        Relation::Less => below(first(&|order| order.is_ge())),
        Relation::LessEqual => below(first(&|order| order.is_gt())),
        Relation::Greater => from(first(&|order| order.is_gt())),
        Relation::GreaterEqual => from(first(&|order| order.is_ge())),
    }
}
