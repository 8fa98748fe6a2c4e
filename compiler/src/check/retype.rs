//! Values that were of nothing get the type of what they are joined with.

use super::tree::{Expr, Form, Kind, Local, Macro, node};
use super::types::Type;
use super::value::Value;

/// Gives an expression the more definite type that it was joined to: what was
/// "of nothing" in it is empty whatever its type.
pub(super) fn retype(mut expr: Expr, ty: &Type) -> Expr {
    if expr.ty == *ty || expr.ty == Type::Never || !expr.ty.has_never() {
        return expr;
    }
    expr.kind = match (expr.kind, ty) {
        (Kind::List(items), Type::List(element)) => {
            Kind::List(items.into_iter().map(|item| retype(item, element)).collect())
        }
        (Kind::Map(entries), Type::Map(key, value)) => Kind::Map(
            entries.into_iter().map(|(k, v)| (retype(k, key), retype(v, value))).collect(),
        ),
        (Kind::Conditional { condition, then, otherwise }, ty) => Kind::Conditional {
            condition,
            then: Box::new(retype(*then, ty)),
            otherwise: Box::new(retype(*otherwise, ty)),
        },
        (Kind::Bind { local, value, body }, ty) => {
            Kind::Bind { local, value, body: Box::new(retype(*body, ty)) }
        }
        (kind @ Kind::Literal(_), _) => kind,
        (kind, ty) => {
            let original = node(kind, expr.ty.clone(), expr.place);
            match item_by_item(original, ty) {
                Ok(whole) => whole,
                Err(original) => emptied(original, ty),
            }
        }
    };
    expr.ty = ty.clone();
    expr
}

/// A list or map whose items have a type, though not all of it: made anew, of
/// items of the other type. `Err` gives the expression back if it is none.
fn item_by_item(whole: Expr, ty: &Type) -> Result<Kind, Expr> {
    let place = whole.place;
    // No macro that was written binds names of these numbers.
    let number = |n: u32| Local(u32::MAX - 2 * ty.depth() as u32 - n);
    let (first, second) = (number(0), number(1));
    let item = |local: Local, from: &Type, to: &Type| {
        retype(node(Kind::Local(local), from.clone(), place), to)
    };
    let (form, second) = match (&whole.ty, ty) {
        (Type::List(from), Type::List(to)) if **from != Type::Never => {
            (Form::List { filter: None, transform: item(first, from, to) }, None)
        }
        (Type::Map(key, from), Type::Map(_, to))
            if **key != Type::Never && **from != Type::Never =>
        {
            (Form::Map { filter: None, transform: item(second, from, to) }, Some(second))
        }
        _ => return Err(whole),
    };
    Ok(Kind::Macro(Box::new(Macro { form, range: whole, first, second })))
}

/// What is worked out for its faults only, since it can only give an empty list
/// or map.
fn emptied(original: Expr, ty: &Type) -> Kind {
    let place = original.place;
    let empty = match ty {
        Type::Map(..) => Value::Map(Default::default()),
        _ => Value::list(Vec::new()),
    };
    let empty = || Box::new(node(Kind::Literal(empty.clone()), ty.clone(), place));
    let size = node(Kind::Size(Box::new(original)), Type::Int, place);
    let zero = node(Kind::Literal(Value::Int(0)), Type::Int, place);
    let is_empty = Kind::Equal(Box::new(size), Box::new(zero));
    let condition = Box::new(node(is_empty, Type::Bool, place));
    Kind::Conditional { condition, then: empty(), otherwise: empty() }
}
