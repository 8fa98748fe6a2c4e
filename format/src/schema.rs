//! The facts that a request carries: their types, bounds and fingerprints.
//!
//! A fingerprint names a prefix of the facts: an encoder made for the first
//! `n` facts sends the fingerprint of just these, and still fits an archive
//! whose schema has grown at its end.

use crate::archive::{
    ArchivedFact, ArchivedFactType, ArchivedRuleset, ArchivedSchema, ArchivedText,
};
use crate::value::{CELL, WIDE_CELL};
use xxhash_rust::xxh3::Xxh3Default;

/// The kind of a fact, or of the items of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum FactKind {
    Bool = 0,
    Int = 1,
    Uint = 2,
    Double = 3,
    String = 4,
    Bytes = 5,
    Timestamp = 6,
    Duration = 7,
    Point = 8,
    /// Its cell is the number of its label.
    Enum = 9,
    List = 10,
    /// From strings, in ascending order of their bytes.
    Map = 11,
}

impl FactKind {
    const ALL: [FactKind; 12] = [
        FactKind::Bool,
        FactKind::Int,
        FactKind::Uint,
        FactKind::Double,
        FactKind::String,
        FactKind::Bytes,
        FactKind::Timestamp,
        FactKind::Duration,
        FactKind::Point,
        FactKind::Enum,
        FactKind::List,
        FactKind::Map,
    ];

    #[inline]
    pub fn from_u16(number: u16) -> Option<FactKind> {
        FactKind::ALL.get(number as usize).copied()
    }

    /// Whether any bits of a cell are a value.
    #[inline]
    pub fn takes_any_cell(self) -> bool {
        matches!(
            self,
            FactKind::Int
                | FactKind::Uint
                | FactKind::Double
                | FactKind::Duration
                | FactKind::Point
        )
    }

    /// Bytes of a cell of this kind.
    #[inline]
    pub fn width(self) -> usize {
        match self {
            FactKind::Timestamp | FactKind::Point => WIDE_CELL,
            _ => CELL,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            FactKind::Bool => "bool",
            FactKind::Int => "int",
            FactKind::Uint => "uint",
            FactKind::Double => "double",
            FactKind::String => "string",
            FactKind::Bytes => "bytes",
            FactKind::Timestamp => "timestamp",
            FactKind::Duration => "duration",
            FactKind::Point => "point",
            FactKind::Enum => "enum",
            FactKind::List => "list",
            FactKind::Map => "map",
        }
    }
}

/// Longest key of a map among the facts, in bytes.
pub const MAX_KEY: u32 = 1024;

/// Deepest nesting of types of facts.
pub const MAX_DEPTH: usize = 8;

impl ArchivedSchema {
    /// The type of a fact, or of its items.
    #[inline]
    pub fn fact_type(&self, index: u16) -> Option<&ArchivedFactType> {
        self.types.get(index as usize)
    }

    #[inline]
    pub fn fact(&self, index: usize) -> Option<&ArchivedFact> {
        self.facts.get(index)
    }

    /// The values of an enum.
    #[inline]
    pub fn labels(&self, number: u16) -> &[ArchivedText] {
        let Some(range) = self.enums.get(number as usize) else { return &[] };
        let start = range.start.to_native() as usize;
        let end = start.saturating_add(range.length.to_native() as usize);
        self.labels.get(start..end).unwrap_or_default()
    }
}

impl ArchivedFactType {
    #[inline]
    pub fn kind(&self) -> Option<FactKind> {
        FactKind::from_u16(self.kind.to_native())
    }
}

/// Works out the fingerprints of a schema whose parts are known to be in range:
/// XXH3-64 over a canonical description of the facts so far.
pub fn fingerprints(ruleset: &ArchivedRuleset) -> Vec<u64> {
    let schema = &ruleset.schema;
    let mut hash = Xxh3Default::new();
    hash.update(b"rulestone facts 1\0");
    let mut all = vec![hash.digest()];
    for fact in schema.facts.iter() {
        hash.update(ruleset.text(&fact.path).as_bytes());
        hash.update(&[0, fact.optional]);
        describe(ruleset, fact.fact_type.to_native(), MAX_DEPTH, &mut hash);
        all.push(hash.digest());
    }
    all
}

/// Feeds a type to the fingerprint: its kind, its bound, then its parts.
fn describe(ruleset: &ArchivedRuleset, index: u16, depth: usize, hash: &mut Xxh3Default) {
    let Some(fact_type) = ruleset.schema.fact_type(index) else { return };
    hash.update(&fact_type.kind.to_native().to_le_bytes());
    hash.update(&fact_type.bound.to_native().to_le_bytes());
    match fact_type.kind() {
        Some(FactKind::Enum) => {
            let labels = ruleset.schema.labels(fact_type.item.to_native());
            hash.update(&(labels.len() as u32).to_le_bytes());
            for label in labels {
                hash.update(ruleset.text(label).as_bytes());
                hash.update(&[0]);
            }
        }
        Some(FactKind::List | FactKind::Map) if depth > 0 => {
            describe(ruleset, fact_type.item.to_native(), depth - 1, hash);
        }
        _ => {}
    }
}
