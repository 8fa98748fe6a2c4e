//! The facts of one request, as the reference evaluator sees them.

use crate::check::value::Value;
use rulestone_format::archive::{ArchivedFactType, ArchivedRuleset};
use rulestone_format::frame::{Frame, Partial};
use rulestone_format::schema::{FactKind, MAX_DEPTH};
use rulestone_format::value::{CELL, Reference, Word, read_cell};
use std::sync::Arc;

/// The facts of one request: by [`FactId`](crate::check::tree::FactId), `None`
/// where one is absent.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// One for each fact of the schema; any that are missing at the end are absent.
    pub values: Vec<Option<Value>>,
}

impl Facts {
    /// Reads a checked frame, and the archive's defaults of what it lacks. Meant for tests
    /// and explanations, where what is decided about must be the very same as in the
    /// interpreter.
    pub fn from_frame(frame: &Frame<'_>, archive: &ArchivedRuleset) -> Facts {
        let defaults = Facts::defaults(archive).values;
        let values = Facts::given(frame, archive).values.into_iter().zip(defaults);
        Facts { values: values.map(|(value, default)| value.or(default)).collect() }
    }

    /// What facts of a verified archive are where a request lacks them.
    pub fn defaults(archive: &ArchivedRuleset) -> Facts {
        match Partial::defaults(archive) {
            Some(defaults) => Facts::given(&defaults.present(), archive),
            None => Facts { values: vec![None; archive.schema.facts.len()] },
        }
    }

    /// Reads what a checked frame has, and nothing else.
    pub fn given(frame: &Frame<'_>, archive: &ArchivedRuleset) -> Facts {
        let reader = Reader { bytes: frame.bytes(), archive };
        let values = archive
            .schema
            .facts
            .iter()
            .enumerate()
            .map(|(index, fact)| {
                let fact_type = archive.schema.fact_type(fact.fact_type.to_native())?;
                if !frame.has(index) {
                    return None;
                }
                let cell = frame.cell(fact.slot.to_native() as usize, fact_type.kind()?);
                reader.value(fact_type, cell, MAX_DEPTH)
            })
            .collect();
        Facts { values }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    archive: &'a ArchivedRuleset,
}

impl Reader<'_> {
    fn value(&self, fact_type: &ArchivedFactType, cell: Word, depth: usize) -> Option<Value> {
        Some(match fact_type.kind()? {
            FactKind::Bool => Value::Bool(cell.bool()),
            FactKind::Int => Value::Int(cell.int()),
            FactKind::Uint => Value::Uint(cell.uint()),
            FactKind::Double => Value::Double(cell.double()),
            FactKind::String => Value::string(self.text(cell.reference())?),
            FactKind::Bytes => Value::Bytes(Arc::from(self.slice(cell.reference())?)),
            FactKind::Timestamp => Value::Timestamp(cell.timestamp()),
            FactKind::Duration => Value::Duration(cell.int()),
            FactKind::Point => Value::Point(cell.point()),
            FactKind::Enum => {
                let labels = self.archive.schema.labels(fact_type.item.to_native());
                Value::string(self.archive.text(labels.get(cell.low as usize)?))
            }
            FactKind::List => {
                let items = self.items(fact_type, cell.reference(), 0, depth)?;
                Value::list(items.into_iter().map(|(_, item)| item).collect())
            }
            FactKind::Map => {
                let entries = self.items(fact_type, cell.reference(), CELL, depth)?;
                Value::map(entries.into_iter().map(|(k, v)| (Value::string(&k), v)).collect())?
            }
        })
    }

    fn slice(&self, reference: Reference) -> Option<&[u8]> {
        self.bytes.get(reference.offset()..reference.offset() + reference.length())
    }

    fn text(&self, reference: Reference) -> Option<&str> {
        std::str::from_utf8(self.slice(reference)?).ok()
    }

    /// Items of a list, or entries of a map, whose keys are `key_width` wide.
    fn items(
        &self,
        fact_type: &ArchivedFactType,
        reference: Reference,
        key_width: usize,
        depth: usize,
    ) -> Option<Vec<(String, Value)>> {
        let depth = depth.checked_sub(1)?;
        let item = self.archive.schema.fact_type(fact_type.item.to_native())?;
        let width = item.kind()?.width();
        (0..reference.length())
            .map(|index| {
                let at = reference.offset() + index * (key_width + width);
                let key = match key_width {
                    0 => String::new(),
                    width => self.text(read_cell(self.bytes, at, width)?.reference())?.to_owned(),
                };
                let cell = read_cell(self.bytes, at + key_width, width)?;
                Some((key, self.value(item, cell, depth)?))
            })
            .collect()
    }
}
