//! The schema of facts: types with bounds, slots, labels of enums.

use super::data::Data;
use super::defaults;
use super::kind::kind;
use super::tables::Tables;
use crate::source::model::FactType;
use rulestone_format::archive::{self, NONE, Range, Schema, Text};
use std::collections::HashMap;

/// The schema, but for its fingerprints, which `emit` works out from it; the frame of
/// defaults has none either.
pub(super) fn schema(tables: &mut Tables<'_>) -> Schema {
    let mut types = Types::default();
    let mut slot = 0;
    let ruleset = tables.ruleset;
    let mut facts = Vec::with_capacity(ruleset.facts.len());
    for fact in &ruleset.facts {
        let fact_type = types.add(&fact.fact_type, &mut tables.data);
        let value_type = tables.type_id(&fact.ty).0;
        let path = tables.data.text(&fact.path.join("."));
        // A frame may lack it, too: it is completed then.
        let optional = u8::from(fact.optional || fact.default.is_some());
        facts.push(archive::Fact { path, fact_type, value_type, optional, slot });
        slot += kind(&fact.fact_type).width() as u32;
    }
    let defaults = defaults::frame(&ruleset.facts);
    Schema {
        facts,
        types: types.all,
        enums: types.enums,
        labels: types.labels,
        fingerprints: Vec::new(),
        now: ruleset.now.map_or(NONE, |fact| fact.0),
        defaults: defaults.map_or_else(Text::default, |frame| tables.data.own(&frame)),
    }
}

#[derive(Default)]
struct Types {
    all: Vec<archive::FactType>,
    known: HashMap<(u16, u16, u32), u16>,
    enums: Vec<Range>,
    labels: Vec<Text>,
    known_enums: HashMap<Vec<String>, u16>,
}

impl Types {
    fn add(&mut self, fact_type: &FactType, data: &mut Data) -> u16 {
        let (item, bound) = match fact_type {
            FactType::String { max_length } | FactType::Bytes { max_length } => (0, *max_length),
            FactType::Enum(labels) => (self.labels(labels, data), 0),
            FactType::List { element, max_items } => (self.add(element, data), *max_items),
            FactType::Map { value, max_items } => (self.add(value, data), *max_items),
            _ => (0, 0),
        };
        let kind = kind(fact_type) as u16;
        if let Some(known) = self.known.get(&(kind, item, bound)) {
            return *known;
        }
        let number = self.all.len() as u16;
        self.all.push(archive::FactType { kind, item, bound });
        self.known.insert((kind, item, bound), number);
        number
    }

    fn labels(&mut self, labels: &[String], data: &mut Data) -> u16 {
        if let Some(known) = self.known_enums.get(labels) {
            return *known;
        }
        let start = self.labels.len() as u32;
        self.labels.extend(labels.iter().map(|label| data.text(label)));
        let number = self.enums.len() as u16;
        self.enums.push(Range { start, length: labels.len() as u32 });
        self.known_enums.insert(labels.to_vec(), number);
        number
    }
}
