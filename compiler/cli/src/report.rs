//! Reports: numbers as people read them, tables as text or JSON, and values of
//! decisions beside those that a test expects.

use crate::output::Report;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rulestone::decision::ValueRef;
use rulestone_compiler::check::value::Value;
use rulestone_compiler::visible::{escaped, escaped_json};
use rulestone_format::meaning::{Outcome, Scalar, Sink, collect, double, duration};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;

/// How far doubles may be apart, as a part of the greater one, to count as equal.
const TOLERANCE: f64 = 1e-9;

/// A number with its digits in groups of three.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number and what it counts: `1 rule`, `2 rules`.
pub fn counted(number: usize, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {word}{plural}", grouped(number as u64))
}

/// Bytes in hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Rows of a report under one heading.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    pub rows: Vec<Vec<serde_json::Value>>,
}

impl Table {
    /// As text: the columns below one another.
    pub fn write(&self, out: &mut Report<impl Write>) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let head = self.columns.iter().map(|name| (*name).to_owned()).collect();
        let mut lines: Vec<Vec<String>> = vec![head];
        for row in &self.rows {
            lines.push(row.iter().map(cell).collect());
        }
        let mut widths = vec![0; self.columns.len()];
        for line in &lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = cell.chars().count().max(*width);
            }
        }
        out.line("")?;
        out.line(self.name)?;
        for line in &lines {
            let mut text = String::from(" ");
            for (width, cell) in widths.iter().zip(line) {
                let _ = write!(text, " {cell:<width$} ");
            }
            out.line(text.trim_end())?;
        }
        Ok(())
    }

    /// As a list of objects.
    pub fn json(self) -> serde_json::Value {
        let columns = self.columns;
        let object = |row: Vec<serde_json::Value>| {
            let names = columns.iter().map(|name| name.replace(' ', "_"));
            serde_json::Value::Object(names.zip(row).collect())
        };
        self.rows.into_iter().map(object).collect()
    }
}

fn cell(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        // Now, so that the columns are as wide as what is shown.
        serde_json::Value::String(text) => escaped(text).into_owned(),
        serde_json::Value::Bool(true) => "yes".to_owned(),
        serde_json::Value::Bool(false) => "no".to_owned(),
        serde_json::Value::Number(number) => number.as_u64().map_or(number.to_string(), grouped),
        other => other.to_string(),
    }
}

/// A value of a decision, by itself.
pub fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Bool(value) => Value::Bool(value),
        ValueRef::Int(value) => Value::Int(value),
        ValueRef::Uint(value) => Value::Uint(value),
        ValueRef::Double(value) => Value::Double(value),
        ValueRef::String(text) => Value::string(text),
        ValueRef::Bytes(bytes) => Value::Bytes(Arc::from(bytes)),
        ValueRef::Timestamp(value) => Value::Timestamp(value),
        ValueRef::Duration(value) => Value::Duration(value),
        ValueRef::Point(value) => Value::Point(value),
        ValueRef::List(list) => Value::list(list.iter().map(owned).collect()),
        ValueRef::Map(map) => {
            let entries = map.iter().map(|(key, value)| (owned(key), owned(value)));
            Value::Map(Arc::new(entries.collect()))
        }
        // The next version of the runtime may have more types than this one.
        _ => Value::string("?"),
    }
}

/// Whether two values are the same, but for what doubles lose by rounding.
/// Unlike in rules, NaN is the same as NaN here.
pub fn is_close(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Double(a), Value::Double(b)) => is_near(*a, *b),
        (Value::Point(a), Value::Point(b)) => is_near(a.lat, b.lat) && is_near(a.lon, b.lon),
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| is_close(a, b))
        }
        (Value::Map(a), Value::Map(b)) => {
            let same = |((key_a, a), (key_b, b)): (&(Value, Value), &(Value, Value))| {
                key_a.equals(key_b) && is_close(a, b)
            };
            a.len() == b.len() && a.iter().zip(b.iter()).all(same)
        }
        (a, b) => a.equals(b),
    }
}

fn is_near(a: f64, b: f64) -> bool {
    let within = (a - b).abs() <= TOLERANCE * a.abs().max(b.abs());
    a == b || (a.is_nan() && b.is_nan()) || (within && a.is_finite() && b.is_finite())
}

/// A value as JSON, in the forms that decisions have.
pub fn json(value: &Value) -> String {
    let mut text = String::new();
    push_json(value, &mut text);
    text
}

fn push_json(value: &Value, text: &mut String) {
    match value {
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => text.push_str(&value.to_string()),
        Value::Uint(value) => text.push_str(&value.to_string()),
        Value::Double(value) => text.push_str(&written(|sink| double::write_json(*value, sink))),
        Value::String(value) => push_string(value, text),
        Value::Bytes(bytes) => push_string(&STANDARD.encode(bytes), text),
        Value::Timestamp(value) => push_string(&written(|sink| value.write(sink)), text),
        Value::Duration(value) => push_string(&written(|sink| duration::write(*value, sink)), text),
        Value::Point(point) => {
            let axis = |value| written(|sink| double::write_json(value, sink));
            let _ = write!(text, "{{\"lat\":{},\"lon\":{}}}", axis(point.lat), axis(point.lon));
        }
        Value::List(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                push_json(item, text);
            }
            text.push(']');
        }
        Value::Map(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                match key {
                    Value::String(key) => push_string(key, text),
                    // Keys are strings in JSON.
                    other => push_string(&json(other), text),
                }
                text.push(':');
                push_json(value, text);
            }
            text.push('}');
        }
    }
}

fn push_string(value: &str, text: &mut String) {
    // INVARIANT: any string can be written as JSON.
    text.push_str(&escaped_json(&serde_json::to_string(value).unwrap_or_default()));
}

/// What a function writes, as text.
pub fn written(write: impl FnMut(&mut Sink<'_>) -> Outcome<()>) -> String {
    let bytes = collect(write).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A double as a rule would write it.
pub fn double_text(value: f64) -> String {
    match value {
        value if value.fract() == 0.0 && value.abs() < 1e15 => format!("{value:.1}"),
        value => written(|sink| Scalar::Double(value).write(sink)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(counted(1, "rule"), "1 rule");
        assert_eq!(counted(1_000, "rule"), "1,000 rules");
    }

    #[test]
    fn doubles_count_as_equal_within_rounding() {
        assert!(is_near(0.1 + 0.2, 0.3));
        assert!(is_near(f64::NAN, f64::NAN));
        assert!(is_near(f64::INFINITY, f64::INFINITY));
        assert!(is_near(0.0, -0.0));
        assert!(!is_near(1.0, 1.000_001));
        assert!(!is_near(f64::INFINITY, 1.0));
        assert!(!is_near(f64::INFINITY, f64::NEG_INFINITY));
        assert!(!is_near(f64::NAN, 1.0));
        assert!(!is_near(0.0, 1e-12));
    }

    #[test]
    fn values_print_as_in_decisions() {
        let key = |key: i64, value: f64| (Value::Int(key), Value::Double(value));
        let map = Value::map(vec![key(2, 0.5), key(1, f64::NAN)]).expect("keys differ");
        assert_eq!(json(&map), r#"{"1":"NaN","2":0.5}"#);
        let list = Value::list(vec![Value::string("a\"b"), Value::Bytes(Arc::from(*b"\xff"))]);
        assert_eq!(json(&list), r#"["a\"b","/w=="]"#);
        assert_eq!(json(&Value::Duration(90_000_000_000)), r#""90s""#);
    }
}
