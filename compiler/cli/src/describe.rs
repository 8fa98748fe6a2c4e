//! What stands in an archive, as people read it: types, constants, predicates,
//! times, places in the source.
//!
//! In: records of a verified archive. Out: short text, however large the record:
//! what is long is cut.

use crate::report::{double_text, hexadecimal, written};
use rulestone_format::archive::{
    ArchivedFact, ArchivedPosition, ArchivedPredicate, ArchivedRuleset,
};
use rulestone_format::meaning::{Timestamp, duration};
use rulestone_format::predicate::{PredicateKind, set_of};
use rulestone_format::schema::FactKind;
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{CELL, Reference, Word, read_cell};

/// Deepest nesting of types that is shown.
const DEEPEST: usize = 16;

/// Items of a list, entries of a map, labels of an enum that are shown.
const SHOWN_ITEMS: usize = 12;

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
        Some(TypeKind::Bytes) => {
            let bytes = data(archive, word.reference());
            let shown = bytes.get(..SHOWN_TEXT / 2).unwrap_or(bytes);
            let dots = if shown.len() < bytes.len() { "…" } else { "" };
            format!("0x{}{dots}", hexadecimal(shown))
        }
        Some(TypeKind::Timestamp) => timestamp(word.timestamp()),
        Some(TypeKind::Duration) => written(|sink| duration::write(word.int(), sink)),
        Some(TypeKind::Point) => {
            let point = word.point();
            format!("({}, {})", double_text(point.lat), double_text(point.lon))
        }
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

fn timestamp(value: Timestamp) -> String {
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

/// The path of a fact.
pub fn fact_name(archive: &ArchivedRuleset, number: u32) -> &str {
    let fact = archive.schema.fact(number as usize);
    fact.map_or("?", |fact| archive.text(&fact.path))
}

/// Where something stood in the source: `file:line:column`.
pub fn position(archive: &ArchivedRuleset, position: Option<&ArchivedPosition>) -> Option<String> {
    let position = position?;
    let file = archive.debug.files.get(position.file.to_native() as usize)?;
    Some(format!("{}:{}:{}", archive.text(file), position.line, position.column))
}

/// A predicate as an expression, such as `player.level >= 50`.
pub fn predicate(archive: &ArchivedRuleset, predicate: &ArchivedPredicate) -> String {
    let Some(fact) = archive.schema.fact(predicate.fact.to_native().into()) else {
        return "?".to_owned();
    };
    let low = predicate.low.to_native();
    let high = low.saturating_add(predicate.width.to_native());
    let form = PredicateKind::of_form(predicate.form.to_native());
    let Some((asks, is_negated)) = form else {
        return "?".to_owned();
    };
    let path = archive.text(&fact.path);
    let kind = archive.schema.fact_type(fact.fact_type.to_native()).and_then(|ty| ty.kind());
    let Some(kind) = kind else {
        return "?".to_owned();
    };
    let word = |number| word(archive, predicate.fact.to_native(), number);
    match asks {
        PredicateKind::Member => return negated(format!("{} in {path}", word(low)), is_negated),
        PredicateKind::OneOf => {
            let set = set_of(predicate, archive);
            let mut items: Vec<String> = (set.iter().take(SHOWN_ITEMS))
                .map(|key| match kind {
                    FactKind::String => word(key.to_native()),
                    _ => key_text(archive, fact, kind, key.to_native()),
                })
                .collect();
            if set.len() > SHOWN_ITEMS {
                items.push("…".to_owned());
            }
            return negated(format!("{path} in [{}]", items.join(", ")), is_negated);
        }
        PredicateKind::Interval => {}
    }
    if (low, high) == (0, u64::MAX) {
        let not = if is_negated { "!" } else { "" };
        return format!("{not}has({path})");
    }
    let key = |key| match kind {
        FactKind::String => word(key),
        _ => key_text(archive, fact, kind, key),
    };
    match (kind, low == high) {
        // A timestamp's key is that of its whole seconds.
        (FactKind::Timestamp, _) => {
            let after = high.checked_add(1);
            let ends = (low > 0, after);
            let text = match ends {
                (true, Some(after)) => format!("{} <= {path} < {}", key(low), key(after)),
                (true, None) => format!("{path} >= {}", key(low)),
                (false, Some(after)) => format!("{path} < {}", key(after)),
                (false, None) => format!("has({path})"),
            };
            negated(text, is_negated)
        }
        (_, true) => {
            let relation = if is_negated { "!=" } else { "==" };
            format!("{path} {relation} {}", key(low))
        }
        (FactKind::Enum | FactKind::String, false) => {
            let shown = (low..=high).take(SHOWN_ITEMS);
            let mut labels: Vec<String> = shown.map(key).collect();
            if high - low >= SHOWN_ITEMS as u64 {
                labels.push("…".to_owned());
            }
            let relation = if is_negated { "not in" } else { "in" };
            format!("{path} {relation} [{}]", labels.join(", "))
        }
        (_, false) => {
            let (least, greatest) = ends(kind);
            let above = || lower_end(kind, low, &key);
            let below = || upper_end(kind, high, &key);
            let text = match (low <= least, high >= greatest) {
                (true, true) => format!("{path} == {path}"),
                (true, false) => format!("{path} {}", below()),
                (false, true) => format!("{path} {}", above()),
                (false, false) => format!("{path} {} && {path} {}", above(), below()),
            };
            negated(text, is_negated)
        }
    }
}

/// A word of a fact's dictionary, in quotes.
fn word(archive: &ArchivedRuleset, fact: u16, number: u64) -> String {
    let dictionary = archive.dictionaries.iter().find(|d| d.fact.to_native() == fact);
    let words = dictionary.map_or(&[][..], |dictionary| dictionary.words.of(&archive.words));
    let word = words.iter().find(|word| u64::from(word.number.to_native()) == number);
    word.map_or_else(|| "any other".to_owned(), |word| format!("{:?}", archive.text(&word.text)))
}

fn negated(text: String, is_negated: bool) -> String {
    match is_negated {
        true => format!("!({text})"),
        false => text,
    }
}

/// `>= 10`. Of a double and the one below it, the shorter is what the rule said.
fn lower_end(kind: FactKind, low: u64, key: &impl Fn(u64) -> String) -> String {
    let inside = key(low);
    match low.checked_sub(1).filter(|_| kind == FactKind::Double).map(key) {
        Some(outside) if outside.len() < inside.len() => format!("> {outside}"),
        _ => format!(">= {inside}"),
    }
}

/// `<= 10`, likewise.
fn upper_end(kind: FactKind, high: u64, key: &impl Fn(u64) -> String) -> String {
    let inside = key(high);
    match high.checked_add(1).filter(|_| kind == FactKind::Double).map(key) {
        Some(outside) if outside.len() < inside.len() => format!("< {outside}"),
        _ => format!("<= {inside}"),
    }
}

const SIGN: u64 = 1 << 63;

/// The keys of the least and the greatest value of a kind.
fn ends(kind: FactKind) -> (u64, u64) {
    use rulestone_format::meaning::order::double_key;
    match kind {
        FactKind::Bool => (0, 1),
        FactKind::Double => (double_key(f64::NEG_INFINITY), double_key(f64::INFINITY)),
        _ => (0, u64::MAX),
    }
}

/// The value that has a key (see `rulestone_format::meaning::order`).
fn key_text(archive: &ArchivedRuleset, fact: &ArchivedFact, kind: FactKind, key: u64) -> String {
    let int = (key ^ SIGN).cast_signed();
    match kind {
        FactKind::Bool => (key != 0).to_string(),
        FactKind::Int => int.to_string(),
        FactKind::Uint => format!("{key}u"),
        FactKind::Double => {
            let bits = if key & SIGN != 0 { key ^ SIGN } else { !key };
            double_text(f64::from_bits(bits))
        }
        FactKind::Duration => written(|sink| duration::write(int, sink)),
        FactKind::Timestamp => moment(int),
        FactKind::Enum => {
            let ty = archive.schema.fact_type(fact.fact_type.to_native());
            let labels = ty.map(|ty| archive.schema.labels(ty.item.to_native()));
            let index = usize::try_from(key).ok();
            let label = labels.zip(index).and_then(|(labels, index)| labels.get(index));
            label.map_or_else(|| key.to_string(), |label| quoted(archive.text(label)))
        }
        FactKind::String | FactKind::Bytes | FactKind::Point | FactKind::List | FactKind::Map => {
            key.to_string()
        }
    }
}
