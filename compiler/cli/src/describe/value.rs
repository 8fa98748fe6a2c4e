//! Types and values as text, however large they are: what is long is cut.

use crate::report::{double_text, hexadecimal, written};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::meaning::{Point, Timestamp, duration};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{CELL, Reference, Word, read_cell};

/// Deepest nesting of types that is shown.
const DEEPEST: usize = 16;

/// Items of a list, entries of a map, labels of an enum that are shown.
pub(super) const SHOWN_ITEMS: usize = 12;

/// Characters of a text that are shown.
const SHOWN_TEXT: usize = 60;

/// A type of values or of registers, such as `list(string)`.
pub fn type_name(archive: &ArchivedRuleset, id: u16) -> String {
    nested_type(archive, TypeId(id), DEEPEST)
}

fn nested_type(archive: &ArchivedRuleset, id: TypeId, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else {
        return "…".to_owned();
    };
    let part = |id| nested_type(archive, id, depth);
    match archive.kind(id) {
        Some(TypeKind::Bool) => "bool".to_owned(),
        Some(TypeKind::Int) => "int".to_owned(),
        Some(TypeKind::Uint) => "uint".to_owned(),
        Some(TypeKind::Double) => "double".to_owned(),
        Some(TypeKind::String) => "string".to_owned(),
        Some(TypeKind::Bytes) => "bytes".to_owned(),
        Some(TypeKind::Timestamp) => "timestamp".to_owned(),
        Some(TypeKind::Duration) => "duration".to_owned(),
        Some(TypeKind::Point) => "point".to_owned(),
        Some(TypeKind::Cursor) => "cursor".to_owned(),
        Some(TypeKind::Pending) => "pending".to_owned(),
        Some(TypeKind::List(item)) => format!("list({})", part(item)),
        Some(TypeKind::Map(key, value)) => format!("map({}, {})", part(key), part(value)),
        Some(TypeKind::ListBuilder(item)) => format!("list-builder({})", part(item)),
        Some(TypeKind::MapBuilder(key, value)) => {
            format!("map-builder({}, {})", part(key), part(value))
        }
        None => "?".to_owned(),
    }
}

/// A constant of the archive, as an expression would write it.
pub fn constant(archive: &ArchivedRuleset, number: u32) -> String {
    match archive.constants.get(number as usize) {
        Some(constant) => {
            let id = TypeId(constant.value_type.to_native());
            value(archive, id, Word::from(&constant.value), DEEPEST)
        }
        None => "?".to_owned(),
    }
}

fn value(archive: &ArchivedRuleset, id: TypeId, word: Word, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else {
        return "…".to_owned();
    };
    match archive.kind(id) {
        Some(TypeKind::Bool) => word.bool().to_string(),
        Some(TypeKind::Int) => word.int().to_string(),
        Some(TypeKind::Uint) => format!("{}u", word.uint()),
        Some(TypeKind::Double) => double_text(word.double()),
        Some(TypeKind::String) => quoted(&String::from_utf8_lossy(data(archive, word.reference()))),
        Some(TypeKind::Bytes) => bytes(data(archive, word.reference())),
        Some(TypeKind::Timestamp) => timestamp(word.timestamp()),
        Some(TypeKind::Duration) => written(|sink| duration::write(word.int(), sink)),
        Some(TypeKind::Point) => place(word.point()),
        Some(TypeKind::List(item)) => {
            let width = archive.kind(item).map_or(CELL, TypeKind::width);
            let items = cells(archive, word.reference(), width, |at| {
                Some(value(archive, item, read_cell(&archive.data, at, width)?, depth))
            });
            format!("[{items}]")
        }
        Some(TypeKind::Map(key, of)) => {
            let width = archive.kind(of).map_or(CELL, TypeKind::width);
            let entries = cells(archive, word.reference(), CELL + width, |at| {
                let name = value(archive, key, read_cell(&archive.data, at, CELL)?, depth);
                let of = value(archive, of, read_cell(&archive.data, at + CELL, width)?, depth);
                Some(format!("{name}: {of}"))
            });
            format!("{{{entries}}}")
        }
        _ => "?".to_owned(),
    }
}

fn cells(
    archive: &ArchivedRuleset,
    reference: Reference,
    width: usize,
    show: impl Fn(usize) -> Option<String>,
) -> String {
    let length = reference.length();
    let shown = 0..length.min(SHOWN_ITEMS).min(archive.data.len());
    let offsets = shown.map(|index| reference.offset() + index * width);
    let mut items: Vec<String> = offsets.map_while(show).collect();
    if length > items.len() {
        items.push(format!("… {} more", length - items.len()));
    }
    items.join(", ")
}

fn data(archive: &ArchivedRuleset, reference: Reference) -> &[u8] {
    let start = reference.offset();
    let end = start.saturating_add(reference.length());
    archive.data.get(start..end).unwrap_or_default()
}

/// Text in quotes, cut if it is long.
pub fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN_TEXT).collect();
    let is_cut = shown.len() < text.len();
    shown = format!("{shown:?}");
    if is_cut {
        shown.push('…');
    }
    shown
}

/// Bytes in hexadecimal, cut if they are long.
pub(super) fn bytes(bytes: &[u8]) -> String {
    let shown = bytes.get(..SHOWN_TEXT / 2).unwrap_or(bytes);
    let dots = if shown.len() < bytes.len() { "…" } else { "" };
    format!("0x{}{dots}", hexadecimal(shown))
}

pub(super) fn place(point: Point) -> String {
    format!("({}, {})", double_text(point.lat), double_text(point.lon))
}

pub(super) fn timestamp(value: Timestamp) -> String {
    written(|sink| value.write(sink))
}

/// Unix seconds as a moment; the least and the greatest stand for no end.
pub fn moment(seconds: i64) -> String {
    match (seconds, Timestamp::from_unix_seconds(seconds)) {
        (i64::MIN | i64::MAX, _) => "…".to_owned(),
        (_, Ok(value)) => timestamp(value),
        (_, Err(_)) => format!("{seconds} s"),
    }
}
