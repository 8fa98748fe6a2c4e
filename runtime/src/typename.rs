//! Types of facts and outputs as people read them.
//!
//! In: the number of a type in one of the archive's two tables. Out: text such
//! as `list(string)`.

use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::schema::{FactKind, MAX_DEPTH};
use rulestone_format::types::{TypeId, TypeKind};
use std::fmt;

/// A type; prints as `int`, `list(string)`, `map(string, int)` or
/// `enum(ios, android)`.
#[derive(Clone, Copy)]
pub struct TypeName<'r> {
    archive: &'r ArchivedRuleset,
    number: u16,
    table: Table,
}

#[derive(Clone, Copy)]
enum Table {
    Facts,
    Values,
}

impl<'r> TypeName<'r> {
    /// A type of the schema.
    pub(crate) fn of_fact(archive: &'r ArchivedRuleset, number: u16) -> TypeName<'r> {
        TypeName { archive, number, table: Table::Facts }
    }

    /// A type of values of rules.
    pub(crate) fn of_value(archive: &'r ArchivedRuleset, number: u16) -> TypeName<'r> {
        TypeName { archive, number, table: Table::Values }
    }
}

impl fmt::Display for TypeName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.table {
            Table::Facts => write_fact_type(self.archive, self.number, MAX_DEPTH, f),
            Table::Values => write_value_type(self.archive, self.number, MAX_DEPTH, f),
        }
    }
}

impl fmt::Debug for TypeName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn write_fact_type(
    archive: &ArchivedRuleset,
    number: u16,
    depth: usize,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let fact_type = archive.schema.fact_type(number);
    let known =
        fact_type.and_then(|fact_type| Some((fact_type.kind()?, fact_type.item.to_native())));
    let Some((kind, item)) = known else {
        return f.write_str("?");
    };
    match kind {
        FactKind::Enum => {
            f.write_str("enum(")?;
            for (index, label) in archive.schema.labels(item).iter().enumerate() {
                f.write_str(if index == 0 { "" } else { ", " })?;
                f.write_str(archive.text(label))?;
            }
            f.write_str(")")
        }
        FactKind::List | FactKind::Map if depth > 0 => {
            f.write_str(if kind == FactKind::Map { "map(string, " } else { "list(" })?;
            write_fact_type(archive, item, depth - 1, f)?;
            f.write_str(")")
        }
        kind => f.write_str(kind.name()),
    }
}

fn write_value_type(
    archive: &ArchivedRuleset,
    number: u16,
    depth: usize,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let simple = match archive.kind(TypeId(number)) {
        Some(TypeKind::List(item)) if depth > 0 => {
            f.write_str("list(")?;
            write_value_type(archive, item.0, depth - 1, f)?;
            return f.write_str(")");
        }
        Some(TypeKind::Map(key, value)) if depth > 0 => {
            f.write_str("map(")?;
            write_value_type(archive, key.0, depth - 1, f)?;
            f.write_str(", ")?;
            write_value_type(archive, value.0, depth - 1, f)?;
            return f.write_str(")");
        }
        Some(TypeKind::Bool) => "bool",
        Some(TypeKind::Int) => "int",
        Some(TypeKind::Uint) => "uint",
        Some(TypeKind::Double) => "double",
        Some(TypeKind::String) => "string",
        Some(TypeKind::Bytes) => "bytes",
        Some(TypeKind::Timestamp) => "timestamp",
        Some(TypeKind::Duration) => "duration",
        Some(TypeKind::Point) => "point",
        Some(TypeKind::List(_)) => "list",
        Some(TypeKind::Map(_, _)) => "map",
        Some(
            TypeKind::Cursor
            | TypeKind::Pending
            | TypeKind::ListBuilder(_)
            | TypeKind::MapBuilder(_, _),
        )
        | None => "?",
    };
    f.write_str(simple)
}
