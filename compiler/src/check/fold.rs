//! Constant folding: what doesn't depend on a request is worked out now, by the
//! reference evaluator.
//!
//! A part whose value would be a fault stays as it is: where it is reached, it
//! fails at run time, and `&&` and `||` may absorb that.

use super::literal::MOST_KEY;
use super::pools::Pools;
use super::tree::{Expr, Form, Kind, Local, Macro};
use super::value::Value;
use crate::reference;

/// Folds one node whose parts are folded already.
pub fn fold(mut expr: Expr, pools: &mut Pools) -> Expr {
    match expr.kind {
        Kind::And(terms) => return connective(terms, expr.place, true),
        Kind::Or(terms) => return connective(terms, expr.place, false),
        Kind::Conditional { condition, then, otherwise } => {
            // A branch that is of nothing would take its type from the whole.
            expr.kind = match condition.kind {
                Kind::Literal(Value::Bool(true)) if then.ty == expr.ty => return *then,
                Kind::Literal(Value::Bool(false)) if otherwise.ty == expr.ty => return *otherwise,
                _ => Kind::Conditional { condition, then, otherwise },
            };
            return expr;
        }
        Kind::Not(operand) => {
            // Two negations are none.
            expr.kind = match operand.kind {
                Kind::Not(inner) if inner.ty == expr.ty => return *inner,
                _ => Kind::Not(operand),
            };
        }
        Kind::Macro(mac) if is_empty(&mac.range) => {
            expr.kind = Kind::Literal(of_nothing(&mac.form));
            return expr;
        }
        kind => expr.kind = kind,
    }
    if !is_foldable(&expr) {
        return expr;
    }
    // What is written out in the source is no growth.
    let written = expr.place.range.end.saturating_sub(expr.place.range.start) as usize;
    let steps = pools.folding.steps_of_one();
    let (value, used) =
        reference::constant_within(&expr, &pools.regexes, &pools.zones, &pools.fences, steps);
    pools.folding.spend(used, written);
    match value {
        Ok(value) if !is_large(&value) && pools.folding.make(&value, written) => {
            Expr { kind: Kind::Literal(value), ..expr }
        }
        _ => expr,
    }
}

/// Drops the terms that change nothing; a single one that decides is the whole.
fn connective(terms: Vec<Expr>, place: super::tree::Place, neutral: bool) -> Expr {
    let ty = super::types::Type::Bool;
    let is = |term: &Expr, wanted: bool| matches!(term.kind, Kind::Literal(Value::Bool(b)) if b == wanted);
    if terms.iter().any(|term| is(term, !neutral)) {
        return Expr { kind: Kind::Literal(Value::Bool(!neutral)), ty, place };
    }
    let mut rest: Vec<Expr> = Vec::with_capacity(terms.len());
    for term in terms {
        match term.kind {
            Kind::Literal(Value::Bool(_)) => {}
            Kind::And(inner) if neutral => rest.extend(inner),
            Kind::Or(inner) if !neutral => rest.extend(inner),
            _ => rest.push(term),
        }
    }
    match rest.len() {
        0 => Expr { kind: Kind::Literal(Value::Bool(neutral)), ty, place },
        1 if rest[0].ty == ty => rest.swap_remove(0),
        _ if neutral => Expr { kind: Kind::And(rest), ty, place },
        _ => Expr { kind: Kind::Or(rest), ty, place },
    }
}

fn is_empty(range: &Expr) -> bool {
    match &range.kind {
        Kind::Literal(Value::List(items)) => items.is_empty(),
        Kind::Literal(Value::Map(entries)) => entries.is_empty(),
        _ => false,
    }
}

/// What a macro gives over nothing.
fn of_nothing(form: &Form) -> Value {
    match form {
        Form::All(_) => Value::Bool(true),
        Form::Exists(_) | Form::ExistsOne(_) => Value::Bool(false),
        Form::List { .. } => Value::list(Vec::new()),
        Form::Map { .. } | Form::Entries { .. } => Value::Map(Default::default()),
    }
}

/// Folding must not make an archive of gigabytes out of a line of text.
fn is_large(value: &Value) -> bool {
    const MOST_ITEMS: usize = 4096;
    const MOST_BYTES: usize = 65_536;
    match value {
        Value::String(text) => text.len() > MOST_BYTES,
        Value::Bytes(bytes) => bytes.len() > MOST_BYTES,
        Value::List(items) => items.len() > MOST_ITEMS || items.iter().any(is_large),
        Value::Map(entries) => {
            let is_long = |key: &Value| matches!(key, Value::String(k) if k.len() > MOST_KEY);
            entries.len() > MOST_ITEMS || entries.iter().any(|(k, v)| is_long(k) || is_large(v))
        }
        _ => false,
    }
}

/// Whether all parts are literals; macros and binds may also use what they
/// bind themselves.
fn is_foldable(expr: &Expr) -> bool {
    let literal = |part: &Expr| matches!(part.kind, Kind::Literal(_));
    match &expr.kind {
        Kind::Literal(_)
        | Kind::Fact(_)
        | Kind::HasFact(_)
        | Kind::Variable(_)
        | Kind::Local(_) => false,
        Kind::Macro(mac) => literal(&mac.range) && is_closed(expr, &mut Vec::new()),
        Kind::Bind { .. } => is_closed(expr, &mut Vec::new()),
        _ => {
            let mut all = true;
            expr.for_each_part(&mut |part| all &= literal(part));
            all
        }
    }
}

/// Whether an expression depends on no request: it uses no fact, no variable
/// and no local but its own.
pub fn is_closed(expr: &Expr, bound: &mut Vec<Local>) -> bool {
    match &expr.kind {
        Kind::Fact(_) | Kind::HasFact(_) | Kind::Variable(_) => false,
        Kind::Local(local) => bound.contains(local),
        Kind::Macro(mac) => {
            let Macro { range, first, second, .. } = &**mac;
            if !is_closed(range, bound) {
                return false;
            }
            let depth = bound.len();
            bound.push(*first);
            bound.extend(second);
            let mut closed = true;
            mac.form.for_each_part(&mut |part| closed = closed && is_closed(part, bound));
            bound.truncate(depth);
            closed
        }
        Kind::Bind { local, value, body } => {
            if !is_closed(value, bound) {
                return false;
            }
            bound.push(*local);
            let closed = is_closed(body, bound);
            bound.pop();
            closed
        }
        _ => {
            let mut closed = true;
            expr.for_each_part(&mut |part| closed = closed && is_closed(part, bound));
            closed
        }
    }
}
