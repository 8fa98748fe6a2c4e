//! YAML values as values of the language: constants, defaults, outputs, what
//! tests expect.

use super::names::{listed, nearest};
use super::types::Type;
use super::value::Value;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::model::FactType;
use crate::source::node::{Node, NodeKind};
use rulestone_format::meaning::numeral::{Misfit, Numeral};
use rulestone_format::meaning::{Point, Timestamp, duration};
use rulestone_format::schema::MAX_KEY;
use rulestone_format::verify::MAX_TYPE_DEPTH;
use std::sync::Arc;

/// A constant: its type is what it looks like.
pub fn untyped(node: &Node, diagnostics: &mut Diagnostics) -> Option<Value> {
    let value = of_any_type(node, diagnostics)?;
    if value.ty().depth() <= usize::from(MAX_TYPE_DEPTH) {
        return Some(value);
    }
    let finding = Diagnostic::new(Code::TypeTooDeep, "lists and mappings are nested too deeply")
        .at(node.span, "")
        .help(format!("values nest at most {MAX_TYPE_DEPTH} levels deep"));
    diagnostics.push(finding);
    None
}

fn of_any_type(node: &Node, diagnostics: &mut Diagnostics) -> Option<Value> {
    within_bounds(node, diagnostics)?;
    match &node.kind {
        NodeKind::Null(_) => wrong(node, "a value", diagnostics),
        NodeKind::Bool(value, _) => Some(Value::Bool(*value)),
        NodeKind::Int(value, _) => integer(*value, node, diagnostics),
        NodeKind::Double(_, text) => match Numeral::parse(&text.value) {
            // More than 127 bits.
            Some(numeral) if numeral.is_plain() => beyond_64_bits(node, diagnostics),
            _ => double(node, diagnostics).map(Value::Double),
        },
        NodeKind::String(text) => Some(Value::string(&text.value)),
        NodeKind::List(items) => {
            let values: Vec<_> = items.iter().map(|item| of_any_type(item, diagnostics)).collect();
            let values = values.into_iter().collect::<Option<Vec<_>>>()?;
            same_type(node, &values, diagnostics)?;
            Some(Value::list(values))
        }
        NodeKind::Map(entries) => {
            let values: Vec<_> =
                entries.iter().map(|entry| of_any_type(&entry.value, diagnostics)).collect();
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

/// Most bytes of a key: as many as in a fact.
pub(super) const MOST_KEY: usize = MAX_KEY as usize;

fn within_bounds(node: &Node, diagnostics: &mut Diagnostics) -> Option<()> {
    let items = match &node.kind {
        NodeKind::List(items) => items.len(),
        NodeKind::Map(entries) => entries.len(),
        _ => 0,
    };
    if items <= MOST_ITEMS {
        return keys_within_bounds(node, diagnostics);
    }
    let message = format!("{items} items; at most {MOST_ITEMS} are allowed");
    diagnostics.push(Diagnostic::new(Code::TooMany, message).at(node.span, ""));
    None
}

fn keys_within_bounds(node: &Node, diagnostics: &mut Diagnostics) -> Option<()> {
    let NodeKind::Map(entries) = &node.kind else { return Some(()) };
    let Some(entry) = entries.iter().find(|entry| entry.key.value.len() > MOST_KEY) else {
        return Some(());
    };
    let length = entry.key.value.len();
    let message = format!("a key of {length} bytes; at most {MOST_KEY} are allowed");
    diagnostics.push(Diagnostic::new(Code::TooLarge, message).at(entry.key.span(), ""));
    None
}

fn integer(value: i128, node: &Node, diagnostics: &mut Diagnostics) -> Option<Value> {
    if let Ok(value) = i64::try_from(value) {
        return Some(Value::Int(value));
    }
    if let Ok(value) = u64::try_from(value) {
        return Some(Value::Uint(value));
    }
    beyond_64_bits(node, diagnostics)
}

fn beyond_64_bits(node: &Node, diagnostics: &mut Diagnostics) -> Option<Value> {
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
        (FactType::Int, NodeKind::Int(..) | NodeKind::Double(..)) => {
            match integer_of(node).and_then(|value| i64::try_from(value).map_err(|_| Misfit::Range))
            {
                Ok(value) => Some(Value::Int(value)),
                Err(Misfit::Fraction) => wrong(node, "an int", diagnostics),
                Err(Misfit::Range) => wrong(node, "an int of 64 bits", diagnostics),
            }
        }
        (FactType::Uint, NodeKind::Int(..) | NodeKind::Double(..)) => {
            match integer_of(node).and_then(|value| u64::try_from(value).map_err(|_| Misfit::Range))
            {
                Ok(value) => Some(Value::Uint(value)),
                Err(Misfit::Fraction) => wrong(node, "a uint", diagnostics),
                Err(Misfit::Range) => wrong(node, "an unsigned int of 64 bits", diagnostics),
            }
        }
        (FactType::Double, NodeKind::Int(..) | NodeKind::Double(..)) => {
            double(node, diagnostics).map(Value::Double)
        }
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
        (FactType::Timestamp, NodeKind::Int(_, text) | NodeKind::Double(_, text)) => {
            let numeral = Numeral::parse(&text.value).ok_or(Misfit::Range);
            match numeral.and_then(|numeral| Timestamp::from_unix_seconds_numeral(&numeral)) {
                Ok(timestamp) => Some(Value::Timestamp(timestamp)),
                Err(Misfit::Range) => {
                    wrong(node, "Unix seconds of the years 1 to 9999", diagnostics)
                }
                Err(Misfit::Fraction) => {
                    wrong(node, "Unix seconds no finer than nanoseconds", diagnostics)
                }
            }
        }
        (FactType::Duration, NodeKind::String(text)) => match duration::parse(&text.value) {
            Ok(nanoseconds) => Some(Value::Duration(nanoseconds)),
            Err(_) => wrong(node, "a duration such as 1h30m", diagnostics),
        },
        (FactType::Point, NodeKind::Map(entries)) => {
            let axis = |name: &str| {
                let entry = entries.iter().find(|entry| entry.key.value == name)?;
                let is_number =
                    matches!(entry.value.kind, NodeKind::Int(..) | NodeKind::Double(..));
                is_number.then_some(&entry.value)
            };
            match (axis("lat"), axis("lon")) {
                (Some(lat), Some(lon)) => {
                    let (lat, lon) = (double(lat, diagnostics), double(lon, diagnostics));
                    Some(Value::Point(Point { lat: lat?, lon: lon? }))
                }
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

/// A number as an integer, by the digits that are written.
fn integer_of(node: &Node) -> Result<i128, Misfit> {
    let numeral = node.text().and_then(|text| Numeral::parse(&text.value));
    // What is no numeral is infinite or NaN.
    numeral.ok_or(Misfit::Range)?.integer()
}

/// A number as a double, infinity and NaN too.
fn double(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    let value = match &node.kind {
        NodeKind::Int(_, text) | NodeKind::Double(_, text) => {
            match (Numeral::parse(&text.value), &node.kind) {
                (None, NodeKind::Double(value, _)) => Ok(*value),
                (numeral, _) => numeral.ok_or(Misfit::Range).and_then(|numeral| numeral.double()),
            }
        }
        _ => return wrong(node, "a number", diagnostics),
    };
    match value {
        Ok(value) => Some(value),
        Err(_) => wrong(node, "a double, which ends at 1.7976931348623157e308", diagnostics),
    }
}

fn wrong<T>(node: &Node, expected: &str, diagnostics: &mut Diagnostics) -> Option<T> {
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
