//! Which expressions are alike, and which of them several rules ask about.
//!
//! In: the conditions of all rules. Out: the expressions that are compared with
//! constants more than once: they are worked out once a request ([`Shared`]).

use crate::check::checked::Ruleset;
use crate::check::tree::{Expr, Form, Kind};
use crate::check::value::Value;
use std::collections::HashMap;
use std::fmt::Write;

/// How often rules ask about each expression.
#[derive(Debug, Default)]
pub(super) struct Shared {
    asked: HashMap<String, u32>,
    literals: Literals,
}

/// Stands for large literals, so that a list that many rules use is written out
/// once: of each address the value, kept so that nothing else gets it, and the
/// hash of what it says.
#[derive(Debug, Default)]
struct Literals(HashMap<usize, (Value, String)>);

impl Literals {
    fn write(&mut self, value: &Value, text: &mut String) -> std::fmt::Result {
        let Some(address) = value.address() else { return write!(text, "={value:?}") };
        let (_, hash) = self.0.entry(address).or_insert_with(|| {
            let said = format!("{value:?}");
            (value.clone(), blake3::hash(said.as_bytes()).to_hex().to_string())
        });
        write!(text, "#{hash}")
    }
}

impl Shared {
    pub(super) fn of(ruleset: &Ruleset) -> Shared {
        let mut shared = Shared::default();
        for condition in ruleset.rules.iter().filter_map(|rule| rule.condition.as_ref()) {
            shared.count(condition);
        }
        shared
    }

    /// The likeness of an expression that is asked about more than once.
    pub(super) fn likeness(&mut self, expr: &Expr) -> Option<String> {
        let likeness = likeness(expr, &mut self.literals);
        self.asked.get(&likeness).is_some_and(|times| *times > 1).then_some(likeness)
    }

    fn count(&mut self, expr: &Expr) {
        match &expr.kind {
            Kind::And(terms) | Kind::Or(terms) => terms.iter().for_each(|term| self.count(term)),
            Kind::Not(inner) => self.count(inner),
            _ => {
                let asked = asked_about(expr);
                if !matches!(asked.kind, Kind::Fact(_) | Kind::Variable(_) | Kind::Literal(_)) {
                    let likeness = likeness(asked, &mut self.literals);
                    *self.asked.entry(likeness).or_default() += 1;
                }
            }
        }
    }
}

/// What a leaf compares with constants: a part of it, or all of it if it is a
/// question that can't be taken apart.
pub(super) fn asked_about(leaf: &Expr) -> &Expr {
    let is_literal = |expr: &Expr| matches!(expr.kind, Kind::Literal(_));
    match &leaf.kind {
        Kind::Compare { left: a, right: b, .. } | Kind::Equal(a, b) if is_literal(b) => a,
        Kind::Compare { left: a, right: b, .. } | Kind::Equal(a, b) if is_literal(a) => b,
        Kind::Contains(list, item) if is_literal(list) => item,
        _ => leaf,
    }
}

/// Text that two expressions of one ruleset share just where they mean the same.
fn likeness(expr: &Expr, literals: &mut Literals) -> String {
    let mut text = String::new();
    // INVARIANT: writing to a String doesn't fail.
    let _ = write_likeness(expr, literals, &mut text);
    text
}

fn write_likeness(expr: &Expr, literals: &mut Literals, text: &mut String) -> std::fmt::Result {
    write!(text, "{:?}:{:?}", std::mem::discriminant(&expr.kind), expr.ty)?;
    match &expr.kind {
        Kind::Literal(value) => literals.write(value, text)?,
        Kind::Fact(fact) | Kind::HasFact(fact) => write!(text, "={}", fact.0)?,
        Kind::Variable(variable) => write!(text, "={}", variable.0)?,
        Kind::Local(local) | Kind::Bind { local, .. } => write!(text, "={}", local.0)?,
        Kind::Compare { relation, .. } => write!(text, "={relation:?}")?,
        Kind::Arithmetic { operator, .. } => write!(text, "={operator:?}")?,
        Kind::Extreme { greatest, .. } => write!(text, "={greatest}")?,
        Kind::Matches { regex, .. } => write!(text, "={regex}")?,
        Kind::Within { fence, .. } => write!(text, "={}", fence.0)?,
        Kind::Civil { getter, zone, .. } => write!(text, "={getter:?}{zone:?}")?,
        Kind::Call(builtin, _) => write!(text, "={builtin:?}")?,
        Kind::Macro(mac) => {
            let has_filter = match &mac.form {
                Form::All(_) | Form::Exists(_) | Form::ExistsOne(_) => false,
                Form::List { filter, .. }
                | Form::Map { filter, .. }
                | Form::Entries { filter, .. } => filter.is_some(),
            };
            let form = std::mem::discriminant(&mac.form);
            write!(text, "={form:?}{has_filter}{:?}{:?}", mac.first, mac.second)?;
        }
        Kind::And(_)
        | Kind::Or(_)
        | Kind::Not(_)
        | Kind::Conditional { .. }
        | Kind::Equal(..)
        | Kind::Negate(_)
        | Kind::List(_)
        | Kind::Map(_)
        | Kind::Index(..)
        | Kind::Lookup(..)
        | Kind::HasKey(..)
        | Kind::Contains(..)
        | Kind::Size(_)
        | Kind::Superset(..)
        | Kind::Intersects(..)
        | Kind::Join(..)
        | Kind::Split(..)
        | Kind::Format { .. }
        | Kind::FormatList { .. }
        | Kind::Bucket { .. } => {}
    }
    text.push('(');
    let mut result = Ok(());
    expr.for_each_part(&mut |part| {
        if result.is_ok() {
            result = write_likeness(part, literals, text);
            text.push(',');
        }
    });
    text.push(')');
    result
}
