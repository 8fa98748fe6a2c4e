//! Expressions that several rules ask about: each is a variable without a name, and
//! a subject.

use super::subject::value_ranking;
use super::tables::Tables;
use super::unit::{Sharing, value_unit};
use crate::check::tree::Expr;
use rulestone_format::archive;
use rulestone_format::verify::MAX_VARIABLE_DEPTH;

/// The subject that an expression is which several rules ask about.
pub(super) fn shared_subject(expr: &Expr, tables: &mut Tables<'_>) -> Option<u16> {
    let likeness = tables.shared.likeness(expr)?;
    if let Some(known) = tables.shared_subjects.get(&likeness) {
        return *known;
    }
    let subject = new_shared_subject(expr, tables);
    tables.shared_subjects.insert(likeness, subject);
    subject
}

fn new_shared_subject(expr: &Expr, tables: &mut Tables<'_>) -> Option<u16> {
    if tables.depth(expr) >= MAX_VARIABLE_DEPTH {
        return None;
    }
    let ty = tables.type_id(&expr.ty);
    value_ranking(*tables.types.get(ty.index())?)?;
    let unit = value_unit(tables, expr, &expr.ty, Sharing::Own).ok()?;
    let variable = tables.variables.len() as u32;
    tables.variables.push(archive::Variable { name: archive::Text::default(), unit });
    tables.variable_subject(variable, &expr.ty)
}
