//! Defaults of facts, as expressions would write them; what is long is cut.

use super::value::{SHOWN_ITEMS, bytes, place, quoted, timestamp};
use crate::report::{double_text, written};
use rulestone_compiler::check::value::Value;
use rulestone_format::meaning::duration;

/// A value that isn't in an archive's data. Types nest no deeper than the schema lets them.
pub fn default(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Uint(value) => format!("{value}u"),
        Value::Double(value) => double_text(*value),
        Value::String(text) => quoted(text),
        Value::Bytes(text) => bytes(text),
        Value::Timestamp(value) => timestamp(*value),
        Value::Duration(value) => written(|sink| duration::write(*value, sink)),
        Value::Point(point) => place(*point),
        Value::List(items) => format!("[{}]", shown(items, default)),
        Value::Map(entries) => {
            let entry =
                |(key, value): &(Value, Value)| format!("{}: {}", default(key), default(value));
            format!("{{{}}}", shown(entries, entry))
        }
    }
}

fn shown<T>(items: &[T], show: impl Fn(&T) -> String) -> String {
    let mut texts: Vec<String> = items.iter().take(SHOWN_ITEMS).map(show).collect();
    if items.len() > texts.len() {
        texts.push(format!("… {} more", items.len() - texts.len()));
    }
    texts.join(", ")
}
