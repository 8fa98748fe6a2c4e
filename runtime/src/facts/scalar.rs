//! Which values a fact accepts, and how they look in its cell.
//!
//! In: what was given, and the type that is expected. Out: a node of the
//! arena, or an error that says what was expected and what was found.

use super::arena::{Arena, Node, Span};
use super::base64;
use super::error::{FactsError, Problem};
use super::found::Found;
use rulestone_format::archive::{ArchivedFactType, ArchivedRuleset};
use rulestone_format::frame::is_timestamp;
use rulestone_format::meaning::numeral::{Misfit, Numeral};
use rulestone_format::meaning::{Timestamp, duration};
use rulestone_format::schema::{FactKind, MAX_KEY};
use rulestone_format::value::Word;

/// Labels of an enum that a message lists.
const SHOWN_LABELS: usize = 16;

/// The value of a fact, or of an item of one, from what was given for it.
pub(super) fn read(
    archive: &ArchivedRuleset,
    arena: &mut Arena,
    fact_type: &ArchivedFactType,
    found: Found<'_>,
) -> Result<Node, FactsError> {
    let kind = fact_type.kind();
    let bound = fact_type.bound.to_native();
    let word = match (kind, found) {
        (Some(FactKind::String), Found::Str(text)) => {
            check_length(text.len(), bound)?;
            return arena.push_text(text.as_bytes()).map(Node::text);
        }
        (Some(FactKind::Bytes), Found::Bytes(bytes)) => {
            check_length(bytes.len(), bound)?;
            return arena.push_text(bytes).map(Node::text);
        }
        (Some(FactKind::Bytes), Found::Str(text)) => {
            return read_base64(arena, text, bound).map(Node::text);
        }
        (Some(FactKind::Enum), Found::Str(text)) => {
            let labels = archive.schema.labels(fact_type.item.to_native());
            let mut labels = labels.iter();
            let label = labels.position(|label| archive.blob(label) == text.as_bytes());
            label.map(|label| Word::from_uint(label as u64))
        }
        (Some(kind), found) => read_word(kind, found),
        (None, _) => None,
    };
    match word {
        Some(word) => Ok(Node::scalar(word)),
        None if kind == Some(FactKind::Timestamp) && is_too_fine(found) => {
            let (expected, found) = ("timestamp".to_owned(), format!("{found} ({TOO_FINE})"));
            Err(FactsError::new(Problem::Expected { expected, found }))
        }
        None => Err(unexpected(archive, fact_type, &found)),
    }
}

/// Of a moment that looks as good as any other, one must be told what it lacks.
const TOO_FINE: &str = "finer than a nanosecond";

fn is_too_fine(found: Found<'_>) -> bool {
    let Found::Number(text) = found else { return false };
    let nanoseconds = Numeral::parse(text).map(|numeral| numeral.nanoseconds());
    nanoseconds == Some(Err(Misfit::Fraction))
}

/// "expected …, found …".
pub(super) fn unexpected(
    archive: &ArchivedRuleset,
    fact_type: &ArchivedFactType,
    found: &Found<'_>,
) -> FactsError {
    let expected = match fact_type.kind() {
        Some(FactKind::Enum) => {
            let labels = archive.schema.labels(fact_type.item.to_native());
            let shown = labels.iter().take(SHOWN_LABELS);
            let mut shown: Vec<&str> = shown.map(|label| archive.text(label)).collect();
            if labels.len() > SHOWN_LABELS {
                shown.push("…");
            }
            format!("one of {}", shown.join(", "))
        }
        Some(kind) => kind.name().to_owned(),
        None => "nothing".to_owned(),
    };
    FactsError::expected(expected, found)
}

/// A double, as in a point.
pub(super) fn read_double(found: Found<'_>) -> Result<f64, FactsError> {
    let value = double(found);
    value.ok_or_else(|| FactsError::expected(FactKind::Double.name(), &found))
}

/// The key of a map.
pub(super) fn read_key(arena: &mut Arena, text: &str) -> Result<Span, FactsError> {
    if text.len() > MAX_KEY as usize {
        return Err(FactsError::new(Problem::KeyBytes { length: text.len(), bound: MAX_KEY }));
    }
    arena.push_text(text.as_bytes())
}

fn read_word(kind: FactKind, found: Found<'_>) -> Option<Word> {
    match kind {
        FactKind::Bool => match found {
            Found::Bool(value) => Some(Word::from_bool(value)),
            _ => None,
        },
        FactKind::Int => {
            let value = i64::try_from(integer(found)?).ok()?;
            Some(Word::from_int(value))
        }
        FactKind::Uint => {
            let value = u64::try_from(integer(found)?).ok()?;
            Some(Word::from_uint(value))
        }
        FactKind::Double => double(found).map(Word::from_double),
        FactKind::Timestamp => timestamp(found).map(Word::from_timestamp),
        FactKind::Duration => match found {
            Found::Duration(nanoseconds) => Some(Word::from_int(nanoseconds)),
            Found::Str(text) => duration::parse(text).ok().map(Word::from_int),
            _ => None,
        },
        FactKind::Point => match found {
            Found::Point(point) => Some(Word::from_point(point)),
            _ => None,
        },
        FactKind::String | FactKind::Bytes | FactKind::Enum | FactKind::List | FactKind::Map => {
            None
        }
    }
}

/// A number with an integral value, exactly.
fn integer(found: Found<'_>) -> Option<i128> {
    match found {
        Found::Int(value) => Some(value),
        // Within these bounds the conversion is exact; beyond, no int or uint lies.
        Found::Double(value) if value.fract() == 0.0 && value.abs() < 1e20 => Some(value as i128),
        Found::Number(text) => Numeral::parse(text)?.integer().ok(),
        _ => None,
    }
}

fn double(found: Found<'_>) -> Option<f64> {
    match found {
        Found::Double(value) => Some(value),
        Found::Int(value) => Some(value as f64),
        Found::Number(text) => Numeral::parse(text)?.double().ok(),
        Found::Str("NaN") => Some(f64::NAN),
        Found::Str("Infinity") => Some(f64::INFINITY),
        Found::Str("-Infinity") => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

fn timestamp(found: Found<'_>) -> Option<Timestamp> {
    match found {
        Found::Timestamp(value) => is_timestamp(value).then_some(value),
        Found::Str(text) => Timestamp::parse(text).ok(),
        Found::Int(value) => Timestamp::from_unix_seconds(i64::try_from(value).ok()?).ok(),
        Found::Double(value) => Timestamp::from_unix_seconds_double(value).ok(),
        Found::Number(text) => Timestamp::from_unix_seconds_numeral(&Numeral::parse(text)?).ok(),
        _ => None,
    }
}

fn read_base64(arena: &mut Arena, text: &str, bound: u32) -> Result<Span, FactsError> {
    let wrong = || FactsError::expected("bytes in base64", &Found::Str(text));
    let length = base64::decoded_length(text).ok_or_else(wrong)?;
    check_length(length, bound)?;
    arena.append_text(length, |bytes| base64::decode(text, bytes).ok_or_else(wrong))
}

/// That text or bytes are no longer than their bound.
#[inline]
pub(super) fn check_length(length: usize, bound: u32) -> Result<(), FactsError> {
    if length > bound as usize {
        return Err(FactsError::new(Problem::Bytes { length: length as u64, bound }));
    }
    Ok(())
}
