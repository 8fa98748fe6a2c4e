//! The defaults of facts: YAML values that are as good as what a request brings.
//!
//! In: a node and the type of the fact. Out: its value, within all bounds of the type.

use super::literal;
use super::value::Value;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::model::FactType;
use crate::source::node::{Node, NodeKind};
use rulestone_format::value::WIDE_CELL;
use rulestone_format::verify::{MAX_ITEMS, MAX_TEXT};

/// Bytes of the defaults of all facts, at most: each session has a copy of them.
const MOST_BYTES: usize = 16 << 20;

/// What is left of [`MOST_BYTES`].
#[derive(Debug)]
pub(super) struct Defaults {
    left: usize,
}

impl Default for Defaults {
    fn default() -> Defaults {
        Defaults { left: MOST_BYTES }
    }
}

impl Defaults {
    /// The default of a fact of this type.
    pub(super) fn read(
        &mut self,
        node: &Node,
        ty: &FactType,
        diagnostics: &mut Diagnostics,
    ) -> Option<Value> {
        let value = literal::typed(node, ty, diagnostics)?;
        within_bounds(node, &value, ty, diagnostics)?;
        let Some(left) = self.left.checked_sub(bytes(&value)) else {
            let message =
                format!("the defaults of all facts have at most {} MiB together", MOST_BYTES >> 20);
            diagnostics.push(
                Diagnostic::new(Code::TooLarge, message)
                    .at(node.span, "the limit is reached here")
                    .help("make the fact optional, and let rules say what they do without it"),
            );
            return None;
        };
        self.left = left;
        Some(value)
    }
}

/// Bytes of a value in a frame, or some more.
fn bytes(value: &Value) -> usize {
    let refers_to = match value {
        Value::String(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(items) => items.iter().map(bytes).sum(),
        Value::Map(entries) => entries.iter().map(|(key, value)| bytes(key) + bytes(value)).sum(),
        _ => 0,
    };
    WIDE_CELL + refers_to
}

/// `None`, and a finding, where a frame of facts could not hold the value.
fn within_bounds(
    node: &Node,
    value: &Value,
    ty: &FactType,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    match (ty, value) {
        (FactType::String { max_length }, Value::String(text)) => {
            bounded(node, text.len(), *max_length, &LENGTH, diagnostics)
        }
        (FactType::Bytes { max_length }, Value::Bytes(bytes)) => {
            bounded(node, bytes.len(), *max_length, &LENGTH, diagnostics)
        }
        (FactType::List { element, max_items }, Value::List(items)) => {
            bounded(node, items.len(), *max_items, &ITEMS, diagnostics)?;
            let NodeKind::List(nodes) = &node.kind else { return Some(()) };
            let mut pairs = nodes.iter().zip(items.iter());
            pairs.try_for_each(|(node, item)| within_bounds(node, item, element, diagnostics))
        }
        (FactType::Map { value: of, max_items }, Value::Map(items)) => {
            bounded(node, items.len(), *max_items, &ITEMS, diagnostics)?;
            let NodeKind::Map(nodes) = &node.kind else { return Some(()) };
            nodes.iter().try_for_each(|entry| {
                let key = Value::string(&entry.key.value);
                let at = items.binary_search_by(|(other, _)| other.compare_keys(&key)).ok()?;
                within_bounds(&entry.value, &items.get(at)?.1, of, diagnostics)
            })
        }
        (FactType::Point, Value::Point(point)) => {
            let is_place =
                (-90.0..=90.0).contains(&point.lat) && (-180.0..=180.0).contains(&point.lon);
            if !is_place {
                let message = "the default of a point is outside the earth's coordinates";
                let help = "latitudes are -90 to 90 degrees, longitudes -180 to 180";
                diagnostics
                    .push(Diagnostic::new(Code::OutOfRange, message).at(node.span, "").help(help));
            }
            is_place.then_some(())
        }
        _ => Some(()),
    }
}

/// A bound of a type, as messages speak of it.
struct Bound {
    code: Code,
    units: &'static str,
    key: &'static str,
    /// The greatest that there is.
    possible: u32,
}

const LENGTH: Bound =
    Bound { code: Code::TooLarge, units: "bytes", key: "max_length", possible: MAX_TEXT };
const ITEMS: Bound =
    Bound { code: Code::TooMany, units: "items", key: "max_items", possible: MAX_ITEMS };

fn bounded(
    node: &Node,
    length: usize,
    most: u32,
    bound: &Bound,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    if length <= most as usize {
        return Some(());
    }
    let Bound { code, units, key, possible } = bound;
    let message = format!("a default of {length} {units}; the fact has {most} at most");
    let help = match length <= *possible as usize {
        true => format!("shorten it, or give the fact `{key}: {length}`"),
        false => format!("shorten it: `{key}` is at most {possible}"),
    };
    diagnostics.push(Diagnostic::new(*code, message).at(node.span, "").help(help));
    None
}
