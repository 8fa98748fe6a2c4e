//! `in`: an item among constants, among items that are written out, or in a list
//! that a request carries.

use super::code::{Code, Level, int, literal, quoted, truth};
use super::writer::{Writer, Written};
use crate::check::tree::{Expr, Kind};
use crate::check::value::Value;

/// Longer lists are written once for all rules; text in them is searched by halving.
const MANY: usize = 16;

impl Writer<'_> {
    pub(super) fn membership(&mut self, expr: &Expr, list: &Expr, item: &Expr) -> Written<Code> {
        match &list.kind {
            Kind::Literal(Value::List(items)) => self.among_constants(expr, items, item),
            Kind::List(items) => {
                let mut codes = Vec::with_capacity(items.len());
                for item in items {
                    codes.push(self.value(item)?);
                }
                let item = self.value(item)?;
                let texts: Vec<&str> = codes.iter().map(|code| code.text.as_str()).collect();
                let text = format!("[{}].contains(&{})", texts.join(", "), item.at(Level::Unary));
                let parts: Vec<&Code> = codes.iter().chain([&item]).collect();
                Ok(Code::tight(text).failing_as(&parts))
            }
            Kind::Fact(fact) if self.enum_of(list).is_some() => {
                let Kind::Literal(Value::String(label)) = &item.kind else {
                    return self.refuse(expr, "lists of enums but with a constant before `in`");
                };
                let Some(constant) = self.facts.constant(*fact, label) else {
                    return Ok(truth(false));
                };
                self.imports.insert("values");
                let list = self.value_unchecked(list)?;
                let text = format!("{}.contains(&{constant})", list.receiver());
                Ok(Code::tight(text).failing_as(&[&list]))
            }
            Kind::Fact(fact) if self.is_list_of_scalars(*fact) => {
                let (list, item) = (self.value(list)?, self.value(item)?);
                let text = format!("{}.contains(&{})", list.receiver(), item.at(Level::Unary));
                Ok(Code::tight(text).failing_as(&[&list, &item]))
            }
            _ => self.refuse(list, "`in` but over constants, items written out and lists of facts"),
        }
    }

    /// Whether a number is one of many.
    fn listed_number(&mut self, ty: &'static str, patterns: &[String], item: &Code) -> Code {
        self.imports.insert("constants");
        let function = self.lists.function(ty, patterns);
        Code::tight(format!("constants::{function}({})", item.text)).failing_as(&[item])
    }

    fn among_constants(&mut self, expr: &Expr, items: &[Value], item: &Expr) -> Written<Code> {
        if let Some(fact) = self.enum_of(item) {
            let index = self.value_unchecked(item)?;
            let mut constants = Vec::new();
            for value in items {
                if let Value::String(label) = value
                    && let Some(constant) = self.facts.constant(fact, label)
                    && !constants.contains(&constant)
                {
                    constants.push(constant);
                }
            }
            if !constants.is_empty() {
                self.imports.insert("values");
            }
            return Ok(matching(&index, &constants));
        }
        let code = self.value(item)?;
        let mut texts: Vec<String> = Vec::new();
        match items {
            [] => {}
            [Value::String(_), ..] => {
                let mut strings: Vec<&str> = items.iter().filter_map(as_string).collect();
                strings.sort_unstable();
                strings.dedup();
                texts.extend(strings.into_iter().map(quoted));
                if texts.len() > MANY {
                    let list = self.listed("&str", &texts);
                    let text = format!("{list}.binary_search(&{}).is_ok()", code.at(Level::Unary));
                    return Ok(Code::tight(text).failing_as(&[&code]));
                }
            }
            [Value::Int(_), ..] | [Value::Duration(_), ..] => {
                let mut numbers: Vec<i64> = items.iter().filter_map(as_int).collect();
                numbers.sort_unstable();
                numbers.dedup();
                texts.extend(numbers.into_iter().map(|number| int(number).text));
                if texts.len() > MANY {
                    return Ok(self.listed_number("i64", &texts, &code));
                }
            }
            [Value::Uint(_), ..] => {
                let mut numbers: Vec<u64> = items.iter().filter_map(as_uint).collect();
                numbers.sort_unstable();
                numbers.dedup();
                texts.extend(numbers.into_iter().map(|number| number.to_string()));
                if texts.len() > MANY {
                    return Ok(self.listed_number("u64", &texts, &code));
                }
            }
            _ => {
                for value in items {
                    let Some(code) = literal(value) else {
                        return self.refuse(expr, "`in` over bytes, lists or maps");
                    };
                    texts.push(code.text);
                }
                let list = match items.first().and_then(item_type).filter(|_| texts.len() > MANY) {
                    Some(ty) => self.listed(ty, &texts),
                    None => {
                        items.iter().for_each(|value| self.import_for(value));
                        format!("[{}]", texts.join(", "))
                    }
                };
                let text = format!("{list}.contains(&{})", code.at(Level::Unary));
                return Ok(Code::tight(text).failing_as(&[&code]));
            }
        }
        Ok(matching(&code, &texts))
    }
}

/// The Rust type of a constant that has no order of its own.
fn item_type(value: &Value) -> Option<&'static str> {
    match value {
        Value::Double(_) => Some("f64"),
        Value::Timestamp(_) => Some("Timestamp"),
        Value::Point(_) => Some("(f64, f64)"),
        _ => None,
    }
}

/// `matches!(item, a | b)`; the item is evaluated also where nothing can match.
fn matching(item: &Code, patterns: &[String]) -> Code {
    if patterns.is_empty() && !item.fallible {
        return truth(false);
    }
    let patterns = if patterns.is_empty() { "_ if false".to_owned() } else { patterns.join(" | ") };
    Code::tight(format!("matches!({}, {patterns})", item.text)).failing_as(&[item])
}

fn as_string(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn as_int(value: &Value) -> Option<i64> {
    match value {
        Value::Int(value) | Value::Duration(value) => Some(*value),
        _ => None,
    }
}

fn as_uint(value: &Value) -> Option<u64> {
    match value {
        Value::Uint(value) => Some(*value),
        _ => None,
    }
}
