//! The schema of facts: types with their bounds, enums, facts and their slots,
//! fingerprints.

use super::extent::Extent;
use super::names;
use super::runs::Runs;
use super::text::Texts;
use super::types::Types;
use crate::archive::{ArchivedFact, ArchivedFactType, ArchivedRange, ArchivedRuleset, NONE};
use crate::error::{Error, ErrorCode};
use crate::schema::{FactKind, MAX_DEPTH, MAX_KEY, fingerprints};
use crate::types::{TypeId, TypeKind};
use std::cmp::Ordering;

/// Most bytes of a string or of bytes among the facts.
pub const MAX_TEXT: u32 = 1 << 20;

/// Most items of a list or a map among the facts.
pub const MAX_ITEMS: u32 = 1 << 16;

/// What fingerprints may be worked out from: enums count for each fact that
/// is made of them, so a small file could make for much work.
pub const MAX_LABELS_HASHED: u64 = 1 << 20;
pub const MAX_BYTES_HASHED: u64 = 1 << 24;

pub(super) fn check(
    archive: &ArchivedRuleset,
    types: &Types,
    texts: &mut Texts<'_>,
) -> Result<(), Error> {
    enums(archive, texts)?;
    fact_types(archive)?;
    facts(archive, types, texts)?;
    paths(archive)?;
    check_fingerprints(archive)
}

fn enums(archive: &ArchivedRuleset, texts: &mut Texts<'_>) -> Result<(), Error> {
    let schema = &archive.schema;
    for (number, label) in schema.labels.iter().enumerate() {
        // One of the values may be empty.
        if label.length.to_native() as usize > names::MAX_NAME {
            return Err(Error::at(ErrorCode::SchemaType, number as u64));
        }
        texts.check(label, number)?;
    }
    let mut runs = Runs::of(&schema.labels);
    for (number, range) in schema.enums.iter().enumerate() {
        runs.take(range, number)?;
        if range.length.to_native() == 0 {
            return Err(Error::at(ErrorCode::SchemaType, number as u64));
        }
        let labels = range.of(&schema.labels);
        names::unique(archive, labels.len(), |at| labels.get(at), ErrorCode::SchemaType)
            .map_err(|_| Error::at(ErrorCode::SchemaType, number as u64))?;
    }
    runs.finish()
}

fn fact_types(archive: &ArchivedRuleset) -> Result<(), Error> {
    let schema = &archive.schema;
    let mut depths: Vec<u8> = Vec::with_capacity(schema.types.len());
    for (number, fact_type) in schema.types.iter().enumerate() {
        let wrong = Error::at(ErrorCode::SchemaType, number as u64);
        let kind = fact_type.kind().ok_or(wrong)?;
        let item = usize::from(fact_type.item.to_native());
        let bound = fact_type.bound.to_native();
        let mut depth = 0;
        let good = match kind {
            FactKind::Bool
            | FactKind::Int
            | FactKind::Uint
            | FactKind::Double
            | FactKind::Timestamp
            | FactKind::Duration
            | FactKind::Point => item == 0 && bound == 0,
            FactKind::String | FactKind::Bytes => item == 0 && (1..=MAX_TEXT).contains(&bound),
            FactKind::Enum => item < schema.enums.len() && bound == 0,
            FactKind::List | FactKind::Map => {
                // Only the types before this one have a depth.
                depth = depths.get(item).map_or(u8::MAX, |depth| depth.saturating_add(1));
                usize::from(depth) <= MAX_DEPTH && (1..=MAX_ITEMS).contains(&bound)
            }
        };
        if !good {
            return Err(wrong);
        }
        depths.push(depth);
    }
    Ok(())
}

/// How large values of each type of facts can be. The types are checked.
pub(super) fn extents(archive: &ArchivedRuleset) -> Vec<Extent> {
    let schema = &archive.schema;
    let mut extents: Vec<Extent> = Vec::with_capacity(schema.types.len());
    for fact_type in schema.types.iter() {
        let (item, bound) = (fact_type.item.to_native(), fact_type.bound.to_native().into());
        // INVARIANT: a type stands behind those that it is made of.
        let part = || {
            (extents.get(usize::from(item)).copied().unwrap_or(Extent::SCALAR), {
                let kind = schema.fact_type(item).and_then(ArchivedFactType::kind);
                kind.map_or(TypeKind::Bool, kind_of)
            })
        };
        let extent = match fact_type.kind() {
            Some(FactKind::String | FactKind::Bytes) => Extent::text(bound),
            Some(FactKind::Enum) => {
                let labels = schema.labels(item).iter();
                let longest = labels.map(|label| label.length.to_native()).max();
                Extent::text(longest.unwrap_or(0).into())
            }
            Some(FactKind::List) => {
                let (item, kind) = part();
                Extent::list(bound, item, kind)
            }
            Some(FactKind::Map) => {
                let key = (Extent::text(MAX_KEY.into()), TypeKind::String);
                Extent::map(bound, key, part())
            }
            _ => Extent::SCALAR,
        };
        extents.push(extent.in_frame());
    }
    extents
}

/// The kind of values of a kind of facts, as far as extents tell them apart.
fn kind_of(kind: FactKind) -> TypeKind {
    match kind {
        FactKind::String | FactKind::Enum | FactKind::Bytes => TypeKind::String,
        FactKind::List | FactKind::Map => TypeKind::List(TypeId::BOOL),
        _ => TypeKind::Bool,
    }
}

fn facts(archive: &ArchivedRuleset, types: &Types, texts: &mut Texts<'_>) -> Result<(), Error> {
    let schema = &archive.schema;
    let mut slot = 0_u32;
    for (number, fact) in schema.facts.iter().enumerate() {
        texts.name(&fact.path, ErrorCode::SchemaFact, number)?;
        let wrong = Error::at(ErrorCode::SchemaFact, number as u64);
        let fact_type = schema.fact_type(fact.fact_type.to_native()).ok_or(wrong)?;
        let kind = fact_type.kind().ok_or(wrong)?;
        let has_components = archive.text(&fact.path).split('.').all(|name| !name.is_empty());
        let is_right = has_components
            && fact.optional <= 1
            && fact.slot.to_native() == slot
            && corresponds(archive, types, fact_type, fact);
        if !is_right {
            return Err(wrong);
        }
        slot = slot.checked_add(kind.width() as u32).ok_or(wrong)?;
    }
    let now = schema.now.to_native();
    let is_timestamp = || {
        let fact = schema.fact(now as usize)?;
        schema.fact_type(fact.fact_type.to_native())?.kind()
    };
    if now != NONE && is_timestamp() != Some(FactKind::Timestamp) {
        return Err(Error::at(ErrorCode::SchemaFact, u64::from(now)));
    }
    Ok(())
}

/// Whether a fact's type in rules is that of its values, where an enum is a
/// string. A type has at most one part, so this is a walk, not a recursion.
fn corresponds(
    archive: &ArchivedRuleset,
    types: &Types,
    fact_type: &ArchivedFactType,
    fact: &ArchivedFact,
) -> bool {
    let mut fact_type = fact_type;
    let mut value = TypeId(fact.value_type.to_native());
    loop {
        let scalar = match fact_type.kind() {
            Some(FactKind::Bool) => TypeId::BOOL,
            Some(FactKind::Int) => TypeId::INT,
            Some(FactKind::Uint) => TypeId::UINT,
            Some(FactKind::Double) => TypeId::DOUBLE,
            Some(FactKind::String | FactKind::Enum) => TypeId::STRING,
            Some(FactKind::Bytes) => TypeId::BYTES,
            Some(FactKind::Timestamp) => TypeId::TIMESTAMP,
            Some(FactKind::Duration) => TypeId::DURATION,
            Some(FactKind::Point) => TypeId::POINT,
            Some(kind @ (FactKind::List | FactKind::Map)) => {
                value = match (kind, types.kind(value)) {
                    (FactKind::List, Some(TypeKind::List(item))) => item,
                    (FactKind::Map, Some(TypeKind::Map(TypeId::STRING, item))) => item,
                    _ => return false,
                };
                match archive.schema.fact_type(fact_type.item.to_native()) {
                    Some(item) => fact_type = item,
                    None => return false,
                }
                continue;
            }
            None => return false,
        };
        return value == scalar;
    }
}

/// No path may stand twice, nor be the group that another is in.
fn paths(archive: &ArchivedRuleset) -> Result<(), Error> {
    let facts = archive.schema.facts.iter().enumerate();
    let mut paths: Vec<(&str, usize)> =
        facts.map(|(number, fact)| (archive.text(&fact.path), number)).collect();
    // With the dot before all other characters, a group stands right before what is in it.
    paths.sort_unstable_by(|(a, _), (b, _)| by_components(a, b));
    for pair in paths.windows(2) {
        let ((before, _), (path, number)) = (pair[0], pair[1]);
        let rest = path.strip_prefix(before);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) {
            return Err(Error::at(ErrorCode::SchemaFact, number as u64));
        }
    }
    Ok(())
}

fn by_components(a: &str, b: &str) -> Ordering {
    let rank = |byte: u8| if byte == b'.' { 0 } else { u16::from(byte) + 1 };
    a.bytes().map(rank).cmp(b.bytes().map(rank))
}

fn check_fingerprints(archive: &ArchivedRuleset) -> Result<(), Error> {
    let schema = &archive.schema;
    let (mut labels, mut bytes) = (0_u64, 0_u64);
    let sizes: Vec<(u64, u64)> = schema.enums.iter().map(|range| size(archive, range)).collect();
    for fact in schema.facts.iter() {
        let mut next = schema.fact_type(fact.fact_type.to_native());
        while let Some(fact_type) = next {
            let item = fact_type.item.to_native();
            next = match fact_type.kind() {
                Some(FactKind::List | FactKind::Map) => schema.fact_type(item),
                Some(FactKind::Enum) => {
                    let size = sizes.get(usize::from(item)).copied().unwrap_or_default();
                    labels += size.0;
                    bytes += size.1;
                    None
                }
                _ => None,
            };
        }
    }
    if labels > MAX_LABELS_HASHED || bytes > MAX_BYTES_HASHED {
        return Err(Error::at(ErrorCode::TooLarge, labels));
    }
    let right = fingerprints(archive);
    let given = schema.fingerprints.iter().map(|fingerprint| fingerprint.to_native());
    if schema.fingerprints.len() != right.len() {
        return Err(Error::at(ErrorCode::Fingerprint, schema.fingerprints.len() as u64));
    }
    match given.zip(right).position(|(given, right)| given != right) {
        Some(number) => Err(Error::at(ErrorCode::Fingerprint, number as u64)),
        None => Ok(()),
    }
}

/// How many labels an enum has, and their bytes.
fn size(archive: &ArchivedRuleset, range: &ArchivedRange) -> (u64, u64) {
    let labels = range.of(&archive.schema.labels);
    let bytes = labels.iter().map(|label| u64::from(label.length.to_native())).sum();
    (labels.len() as u64, bytes)
}
