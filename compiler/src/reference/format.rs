//! `string.format`: pairs clauses with arguments, and writes lists and maps.
//!
//! In: a format and its arguments. Out: text. Clauses and scalars are those of
//! [`rulestone_format::meaning::clauses`].

use super::limits;
use super::values::written;
use crate::check::value::Value;
use rulestone_format::meaning::clauses::{
    Clause, KEY_SEPARATOR, LIST_CLOSE, LIST_OPEN, MAP_CLOSE, MAP_OPEN, Piece, SEPARATOR, Verb,
    clauses, write_clause,
};
use rulestone_format::meaning::{Fault, Outcome, Scalar, Sink, collect};

/// The format with its clauses filled in. A clause without an argument is
/// [`Fault::IndexOutOfRange`]; arguments without a clause are ignored, as by
/// cel-go.
pub(super) fn formatted(format: &str, arguments: &[Value]) -> Outcome<Value> {
    written(|sink| {
        let mut arguments = arguments.iter();
        for piece in clauses(format.as_bytes()) {
            match piece? {
                Piece::Literal(literal) => sink.push(literal)?,
                Piece::Clause(clause) => {
                    let argument = arguments.next().ok_or(Fault::IndexOutOfRange)?;
                    write(clause, argument, 0, sink)?;
                }
            }
        }
        Ok(())
    })
}

/// Writes an argument that is `depth` lists and maps down.
fn write(clause: Clause, value: &Value, depth: usize, sink: &mut Sink<'_>) -> Outcome<()> {
    // Small values may print at any length: they share their parts.
    if depth > limits::DEPTH || sink.len() > limits::LENGTH {
        return Err(Fault::TooLong);
    }
    match value {
        Value::List(items) if clause.verb == Verb::Text => {
            sink.push_str(LIST_OPEN)?;
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    sink.push_str(SEPARATOR)?;
                }
                write(clause, item, depth + 1, sink)?;
            }
            sink.push_str(LIST_CLOSE)
        }
        Value::Map(entries) if clause.verb == Verb::Text => {
            sink.push_str(MAP_OPEN)?;
            for (index, (key, value)) in by_text_of_key(clause, entries)?.iter().enumerate() {
                if index > 0 {
                    sink.push_str(SEPARATOR)?;
                }
                sink.push(key)?;
                sink.push_str(KEY_SEPARATOR)?;
                write(clause, value, depth + 1, sink)?;
            }
            sink.push_str(MAP_CLOSE)
        }
        _ => write_clause(clause, scalar(value).ok_or(Fault::BadFormat)?, sink),
    }
}

/// The entries with their keys as text, in the bytewise order of that text: 10
/// stands before 9.
fn by_text_of_key(clause: Clause, entries: &[(Value, Value)]) -> Outcome<Vec<(Vec<u8>, &Value)>> {
    let mut printed = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let key = scalar(key).ok_or(Fault::BadFormat)?;
        printed.push((collect(|sink| write_clause(clause, key, sink))?, value));
    }
    printed.sort_by(|(left, _), (right, _)| left.cmp(right));
    Ok(printed)
}

/// `None` for points, lists and maps.
fn scalar(value: &Value) -> Option<Scalar<'_>> {
    Some(match value {
        Value::Bool(value) => Scalar::Bool(*value),
        Value::Int(value) => Scalar::Int(*value),
        Value::Uint(value) => Scalar::Uint(*value),
        Value::Double(value) => Scalar::Double(*value),
        Value::String(value) => Scalar::String(value),
        Value::Bytes(value) => Scalar::Bytes(value),
        Value::Timestamp(value) => Scalar::Timestamp(*value),
        Value::Duration(value) => Scalar::Duration(*value),
        Value::Point(_) | Value::List(_) | Value::Map(_) => return None,
    })
}
