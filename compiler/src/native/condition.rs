//! Conditions: Rust that is true where an expression is definitely true, or
//! definitely false, and false where it is anything else, a fault among it.
//!
//! So `&&` and `||` absorb faults in either order by themselves: `!(a && b)` is
//! written as "`a` is definitely false, or `b` is".

use super::code::{Code, Level, truth};
use super::support::Support;
use super::writer::{Form, Writer, Written};
use crate::check::tree::{Expr, Form as MacroForm, Kind, Local, Macro, VariableId};
use crate::check::types::Type;
use crate::check::value::Value;

impl Writer<'_> {
    /// Whether an expression has just this truth. Never fallible.
    pub(super) fn condition(&mut self, expr: &Expr, wanted: bool) -> Written<Code> {
        match &expr.kind {
            Kind::Literal(Value::Bool(value)) => Ok(truth(*value == wanted)),
            Kind::Not(inner) => self.condition(inner, !wanted),
            Kind::And(terms) => self.terms(terms, wanted, wanted),
            Kind::Or(terms) => self.terms(terms, wanted, !wanted),
            Kind::Conditional { condition, then, otherwise } => {
                self.either(condition, then, otherwise, wanted)
            }
            Kind::Equal(left, right) if left.ty == Type::Bool => match (&left.kind, &right.kind) {
                (Kind::Literal(Value::Bool(value)), _) => self.condition(right, *value == wanted),
                (_, Kind::Literal(Value::Bool(value))) => self.condition(left, *value == wanted),
                _ => {
                    let code = self.equality(expr, left, right, wanted)?;
                    Ok(self.holds(&code))
                }
            },
            Kind::Equal(left, right) => {
                let code = self.equality(expr, left, right, wanted)?;
                Ok(self.holds(&code))
            }
            // Of numbers without an order both are false, as they should be.
            Kind::Compare { relation, left, right } => {
                let relation = if wanted { *relation } else { relation.negated() };
                let code = self.comparison(expr, relation, left, right)?;
                Ok(self.holds(&code))
            }
            Kind::HasFact(fact) => Ok(self.presence(*fact, wanted)),
            Kind::Variable(id) => self.variable_condition(expr, *id, wanted),
            Kind::Macro(mac) => self.quantifier(expr, mac, wanted),
            _ => {
                let code = self.value(expr)?;
                let code = if wanted { code } else { code.negated() };
                Ok(self.holds(&code))
            }
        }
    }

    /// A bool that may fail as one that doesn't: a fault doesn't hold.
    fn holds(&mut self, code: &Code) -> Code {
        if !code.fallible {
            return code.clone();
        }
        let holds = self.supported(Support::Holds);
        Code::tight(format!("{holds}(|| Some({}))", code.text))
    }

    /// Terms each of which must have this truth, all of them or one.
    fn terms(&mut self, terms: &[Expr], wanted: bool, all: bool) -> Written<Code> {
        let mut codes = Vec::with_capacity(terms.len());
        for term in terms {
            let code = self.condition(term, wanted)?;
            match (code.text.as_str(), all) {
                ("true", true) | ("false", false) => {}
                ("true", false) | ("false", true) => return Ok(truth(!all)),
                _ => codes.push(code),
            }
        }
        Ok(joined(&codes, all))
    }

    fn either(
        &mut self,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
        wanted: bool,
    ) -> Written<Code> {
        let asked = self.value(condition)?;
        let then = self.condition(then, wanted)?.text;
        let otherwise = self.condition(otherwise, wanted)?.text;
        if !asked.fallible {
            let text = format!("if {} {{ {then} }} else {{ {otherwise} }}", asked.text);
            return Ok(Code::new(text, Level::Loose));
        }
        let option = self.option(&asked);
        let text = format!(
            "match {option} {{ Some(true) => {then}, Some(false) => {otherwise}, None => false }}"
        );
        Ok(Code::new(text, Level::Loose))
    }

    fn variable_condition(&mut self, expr: &Expr, id: VariableId, wanted: bool) -> Written<Code> {
        let known = self.known_variable(expr, id)?;
        let form = match (known.fallible, wanted) {
            (false, _) => Form::Value,
            (true, true) => Form::IsTrue,
            (true, false) => Form::IsFalse,
        };
        let call = self.call_variable(id, &known, form);
        Ok(if known.fallible || wanted { call } else { call.negated() })
    }

    /// `all` and `exists` over a list of facts.
    fn quantifier(&mut self, expr: &Expr, mac: &Macro, wanted: bool) -> Written<Code> {
        let (test, all) = match &mac.form {
            MacroForm::All(test) => (test, wanted),
            MacroForm::Exists(test) => (test, !wanted),
            _ => return self.refuse(expr, "macros but `all` and `exists`"),
        };
        let Kind::Fact(fact) = &mac.range.kind else {
            return self.refuse(&mac.range, "macros over anything but a fact");
        };
        if mac.second.is_some() || self.enum_of(&mac.range).is_some() {
            return self.refuse(expr, "macros with two names, or over enums");
        }
        if !self.is_list_of_scalars(*fact) {
            return self.refuse(&mac.range, "macros over maps, or over lists of lists");
        }
        let range = self.value(&mac.range)?;
        let body = self.condition(test, wanted)?;
        let name = match mentions(test, mac.first) {
            true => format!("&{}", local_name(mac.first)),
            false => "_".to_owned(),
        };
        let method = if all { "all" } else { "any" };
        let text = format!("{}.iter().{method}(|{name}| {})", range.receiver(), body.text);
        let code = Code::tight(text).failing_as(&[&range]);
        Ok(self.holds(&code))
    }
}

/// How Rust calls what a macro binds.
pub(super) fn local_name(local: Local) -> String {
    format!("item_{}", local.0)
}

/// Whether an expression reads a local.
fn mentions(expr: &Expr, local: Local) -> bool {
    if matches!(expr.kind, Kind::Local(other) if other == local) {
        return true;
    }
    let mut found = false;
    expr.for_each_part(&mut |part| found = found || mentions(part, local));
    found
}

/// Terms with `&&` (`all`) or `||` between them.
pub(super) fn joined(codes: &[Code], all: bool) -> Code {
    let (level, operator) = if all { (Level::And, " && ") } else { (Level::Or, " || ") };
    match codes {
        [] => truth(all),
        [code] => code.clone(),
        codes => {
            let tighter = if all { Level::And } else { Level::Compare };
            // `&&` within `||` gets parentheses too, for readers.
            let texts: Vec<String> = codes.iter().map(|code| code.at(tighter)).collect();
            Code::new(texts.join(operator), level).failing_as(&codes.iter().collect::<Vec<_>>())
        }
    }
}
