//! YAML values as values of the language: constants, defaults, outputs, what
//! tests expect.

use super::names::{listed, nearest};
use super::types::Type;
use super::value::Value;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::model::FactType;
use crate::source::node::{Node, NodeKind};
use rulestone_format::meaning::{Point, Timestamp, duration};
use std::sync::Arc;

/// A constant: its type is what it looks like.
pub fn untyped(node: &Node, diagnostics: &mut Diagnostics) -> Option<Value> {
    within_bounds(node, diagnostics)?;
    match &node.kind {
        NodeKind::Null(_) => wrong(node, "a value", diagnostics),
        NodeKind::Bool(value, _) => Some(Value::Bool(*value)),
        NodeKind::Int(value, _) => integer(*value, node, diagnostics),
        NodeKind::Double(value, _) => Some(Value::Double(*value)),
        NodeKind::String(text) => Some(Value::string(&text.value)),
        NodeKind::List(items) => {
            let values: Vec<_> = items.iter().map(|item| untyped(item, diagnostics)).collect();
            let values = values.into_iter().collect::<Option<Vec<_>>>()?;
            same_type(node, &values, diagnostics)?;
            Some(Value::list(values))
        }
        NodeKind::Map(entries) => {
            let values: Vec<_> =
                entries.iter().map(|entry| untyped(&entry.value, diagnostics)).collect();
            let values = values.into_iter().collect::<Option<Vec<_>>>()?;
            same_type(node, &values, diagnostics)?;
            // INVARIANT: the keys of a YAML mapping are all different.
            let keys = entries.iter().map(|entry| Value::string(&entry.key.value));
            Value::map(keys.zip(values).collect())
        }
    }
}

/// Most items of a list or mapping: as many as a fact may have.
const MOST_ITEMS: usize = 65_536;

fn within_bounds(node: &Node, diagnostics: &mut Diagnostics) -> Option<()> {
    let items = match &node.kind {
        NodeKind::List(items) => items.len(),
        NodeKind::Map(entries) => entries.len(),
        _ => 0,
    };
    if items <= MOST_ITEMS {
        return Some(());
    }
    let message = format!("{items} items; at most {MOST_ITEMS} are allowed");
    diagnostics.push(Diagnostic::new(Code::TooMany, message).at(node.span, ""));
    None
}

fn integer(value: i128, node: &Node, diagnostics: &mut Diagnostics) -> Option<Value> {
    if let Ok(value) = i64::try_from(value) {
        return Some(Value::Int(value));
    }
    if let Ok(value) = u64::try_from(value) {
        return Some(Value::Uint(value));
    }
    let finding = Diagnostic::new(Code::ConstantValue, "an integer beyond 64 bits");
    diagnostics.push(finding.at(node.span, ""));
    None
}

fn same_type(node: &Node, values: &[Value], diagnostics: &mut Diagnostics) -> Option<()> {
    let mut common = Type::Never;
    for value in values {
        let ty = value.ty();
        match common.join(&ty) {
            Some(joined) => common = joined,
            None => {
                let message =
                    format!("values of one type belong here, these are {common} and {ty}");
                let mut finding = Diagnostic::new(Code::MixedTypes, message).at(node.span, "");
                if common.is_number() && ty.is_number() {
                    finding = finding.help("write all of them as doubles, `1.0` for `1`");
                }
                diagnostics.push(finding);
                return None;
            }
        }
    }
    Some(())
}

/// A value of a declared type, in the forms that facts have in JSON.
pub fn typed(node: &Node, ty: &FactType, diagnostics: &mut Diagnostics) -> Option<Value> {
    within_bounds(node, diagnostics)?;
    match (ty, &node.kind) {
        (FactType::Bool, NodeKind::Bool(value, _)) => Some(Value::Bool(*value)),
        (FactType::Int, NodeKind::Int(value, _)) => match i64::try_from(*value) {
            Ok(value) => Some(Value::Int(value)),
            Err(_) => wrong(node, "an int of 64 bits", diagnostics),
        },
        (FactType::Uint, NodeKind::Int(value, _)) => match u64::try_from(*value) {
            Ok(value) => Some(Value::Uint(value)),
            Err(_) => wrong(node, "an unsigned int of 64 bits", diagnostics),
        },
        (FactType::Int, NodeKind::Double(value, _)) if is_integral(*value) => {
            Some(Value::Int(*value as i64))
        }
        (FactType::Uint, NodeKind::Double(value, _)) if is_integral(*value) && *value >= 0.0 => {
            Some(Value::Uint(*value as u64))
        }
        (FactType::Double, NodeKind::Int(value, _)) => Some(Value::Double(*value as f64)),
        (FactType::Double, NodeKind::Double(value, _)) => Some(Value::Double(*value)),
        (FactType::Double, NodeKind::String(text)) => match text.value.as_str() {
            "NaN" => Some(Value::Double(f64::NAN)),
            "Infinity" => Some(Value::Double(f64::INFINITY)),
            "-Infinity" => Some(Value::Double(f64::NEG_INFINITY)),
            _ => wrong(node, "a number", diagnostics),
        },
        (FactType::String { .. }, NodeKind::String(text)) => Some(Value::string(&text.value)),
        (FactType::Enum(labels), NodeKind::String(text)) => {
            if labels.contains(&text.value) {
                return Some(Value::string(&text.value));
            }
            let message = format!("\"{}\" is not one of the enum's values", text.value);
            let help = match nearest(&text.value, labels.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its values are {}", listed(labels)),
            };
            diagnostics
                .push(Diagnostic::new(Code::EnumValue, message).at(node.span, "").help(help));
            None
        }
        (FactType::Bytes { .. }, NodeKind::String(text)) => match base64(&text.value) {
            Some(bytes) => Some(Value::Bytes(Arc::from(bytes))),
            None => wrong(node, "bytes in base64", diagnostics),
        },
        (FactType::Timestamp, NodeKind::String(text)) => match Timestamp::parse(&text.value) {
            Ok(timestamp) => Some(Value::Timestamp(timestamp)),
            Err(_) => wrong(node, "a timestamp such as 2026-06-01T18:00:00Z", diagnostics),
        },
        (FactType::Timestamp, NodeKind::Int(value, _)) => {
            let timestamp =
                i64::try_from(*value).ok().and_then(|s| Timestamp::from_unix_seconds(s).ok());
            match timestamp {
                Some(timestamp) => Some(Value::Timestamp(timestamp)),
                None => wrong(node, "Unix seconds of the years 1 to 9999", diagnostics),
            }
        }
        (FactType::Timestamp, NodeKind::Double(value, _)) => {
            match Timestamp::from_unix_seconds_double(*value) {
                Ok(timestamp) => Some(Value::Timestamp(timestamp)),
                Err(_) => wrong(node, "Unix seconds of the years 1 to 9999", diagnostics),
            }
        }
        (FactType::Duration, NodeKind::String(text)) => match duration::parse(&text.value) {
            Ok(nanoseconds) => Some(Value::Duration(nanoseconds)),
            Err(_) => wrong(node, "a duration such as 1h30m", diagnostics),
        },
        (FactType::Point, NodeKind::Map(entries)) => {
            let number = |name: &str| {
                let entry = entries.iter().find(|entry| entry.key.value == name)?;
                match &entry.value.kind {
                    NodeKind::Int(value, _) => Some(*value as f64),
                    NodeKind::Double(value, _) => Some(*value),
                    _ => None,
                }
            };
            match (number("lat"), number("lon")) {
                (Some(lat), Some(lon)) => Some(Value::Point(Point { lat, lon })),
                _ => wrong(node, "a point, `{lat: …, lon: …}`", diagnostics),
            }
        }
        (FactType::List { element, .. }, NodeKind::List(items)) => {
            let values: Vec<_> =
                items.iter().map(|item| typed(item, element, diagnostics)).collect();
            Some(Value::list(values.into_iter().collect::<Option<Vec<_>>>()?))
        }
        (FactType::Map { value, .. }, NodeKind::Map(entries)) => {
            let values: Vec<_> = entries
                .iter()
                .map(|entry| {
                    let value = typed(&entry.value, value, diagnostics)?;
                    Some((Value::string(&entry.key.value), value))
                })
                .collect();
            // INVARIANT: the keys of a YAML mapping are all different.
            Value::map(values.into_iter().collect::<Option<Vec<_>>>()?)
        }
        _ => wrong(node, &a(ty), diagnostics),
    }
}

fn is_integral(value: f64) -> bool {
    value.trunc() == value && value.abs() < 9.007_199_254_740_992e15
}

fn wrong(node: &Node, expected: &str, diagnostics: &mut Diagnostics) -> Option<Value> {
    let message = format!("expected {expected}, found {}", node.description());
    diagnostics.push(Diagnostic::new(Code::WrongType, message).at(node.span, ""));
    None
}

/// A type with its article.
fn a(ty: &FactType) -> String {
    match ty {
        FactType::Bool => "a bool".into(),
        FactType::Int => "an int".into(),
        FactType::Uint => "a uint".into(),
        FactType::Double => "a number".into(),
        FactType::String { .. } => "a string".into(),
        FactType::Bytes { .. } => "bytes in base64".into(),
        FactType::Timestamp => "a timestamp such as 2026-06-01T18:00:00Z".into(),
        FactType::Duration => "a duration such as 1h30m".into(),
        FactType::Point => "a point, `{lat: …, lon: …}`".into(),
        FactType::Enum(labels) => format!("one of {}", listed(labels)),
        FactType::List { element, .. } => format!("a list, each item {}", a(element)),
        FactType::Map { value, .. } => format!("a mapping, each value {}", a(value)),
    }
}

/// Reads base64 (RFC 4648, standard alphabet, with or without padding).
fn base64(text: &str) -> Option<Vec<u8>> {
    use ::base64::Engine;
    use ::base64::engine::general_purpose::STANDARD_NO_PAD;
    STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok()
}
