//! The table of types: the fixed ones first, then lists, maps and builders of
//! types that stand before them, each once.
//!
//! Since no type stands in the table twice, types are equal just where their
//! numbers are.

use crate::archive::ArchivedRuleset;
use crate::error::{Error, ErrorCode};
use crate::types::{TypeId, TypeKind};
use std::collections::HashSet;

/// Deepest nesting of lists and maps in a type of values. More than
/// [`crate::schema::MAX_DEPTH`]: an output may collect lists, and rules make them.
pub const MAX_TYPE_DEPTH: u8 = 16;

/// Most types of an archive: as many as a number of a type can name.
pub const MAX_TYPES: usize = 1 << 16;

/// The types of an archive, decoded.
#[derive(Debug)]
pub(super) struct Types {
    kinds: Vec<TypeKind>,
}

impl Types {
    pub(super) fn check(archive: &ArchivedRuleset) -> Result<Types, Error> {
        let count = archive.types.len();
        if count > MAX_TYPES {
            return Err(Error::at(ErrorCode::TypeTable, count as u64));
        }
        let mut types = Types { kinds: Vec::with_capacity(count) };
        let mut depths: Vec<u8> = Vec::with_capacity(count);
        let mut seen = HashSet::new();
        for (number, entry) in archive.types.iter().enumerate() {
            let wrong = Error::at(ErrorCode::TypeTable, number as u64);
            let kind = entry.kind().ok_or(wrong)?;
            let is_fixed = TypeKind::FIXED.get(number) == Some(&kind);
            let is_own = number >= TypeKind::FIXED.len() && types.is_made_of_earlier(kind);
            if !(is_fixed || is_own && seen.insert(kind)) {
                return Err(wrong);
            }
            let depth = depth(kind, &depths);
            if depth > MAX_TYPE_DEPTH {
                return Err(wrong);
            }
            depths.push(depth);
            types.kinds.push(kind);
        }
        if count < TypeKind::FIXED.len() {
            return Err(Error::at(ErrorCode::TypeTable, count as u64));
        }
        Ok(types)
    }

    /// What a type is. `None` if there is no such type.
    #[inline]
    pub(super) fn kind(&self, id: TypeId) -> Option<TypeKind> {
        self.kinds.get(id.index()).copied()
    }

    /// Whether there is such a type, and registers of it hold values.
    #[inline]
    pub(super) fn is_value(&self, id: TypeId) -> bool {
        self.kind(id).is_some_and(TypeKind::is_value)
    }

    fn is_made_of_earlier(&self, kind: TypeKind) -> bool {
        match kind {
            TypeKind::List(item) | TypeKind::ListBuilder(item) => self.is_value(item),
            TypeKind::Map(key, value) | TypeKind::MapBuilder(key, value) => {
                self.kind(key).is_some_and(TypeKind::is_key) && self.is_value(value)
            }
            _ => false,
        }
    }
}

/// `depths`: of the types before this one.
fn depth(kind: TypeKind, depths: &[u8]) -> u8 {
    match kind {
        TypeKind::List(item)
        | TypeKind::ListBuilder(item)
        | TypeKind::Map(_, item)
        | TypeKind::MapBuilder(_, item) => {
            depths.get(item.index()).map_or(0, |depth| depth.saturating_add(1))
        }
        _ => 0,
    }
}
