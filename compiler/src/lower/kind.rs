//! Types of facts as an archive tells them apart.

use crate::source::model::FactType;
use rulestone_format::schema::FactKind;

/// The kind of a fact's type.
pub(super) fn kind(fact_type: &FactType) -> FactKind {
    match fact_type {
        FactType::Bool => FactKind::Bool,
        FactType::Int => FactKind::Int,
        FactType::Uint => FactKind::Uint,
        FactType::Double => FactKind::Double,
        FactType::String { .. } => FactKind::String,
        FactType::Bytes { .. } => FactKind::Bytes,
        FactType::Timestamp => FactKind::Timestamp,
        FactType::Duration => FactKind::Duration,
        FactType::Point => FactKind::Point,
        FactType::Enum(_) => FactKind::Enum,
        FactType::List { .. } => FactKind::List,
        FactType::Map { .. } => FactKind::Map,
    }
}
