//! What units and rules share: types, constants, code.

use super::data::Data;
use super::extent::Extent;
use crate::check::checked;
use crate::check::tree::Place;
use crate::check::types::Type;
use crate::check::value::Value;
use rulestone_format::archive::{Constant, Predicate, Range, Unit};
use rulestone_format::code::Instruction;
use rulestone_format::schema::FactKind;
use rulestone_format::types::{TypeEntry, TypeId, TypeKind};
use std::collections::HashMap;

/// The tables of an archive while they grow.
#[derive(Debug)]
pub(super) struct Tables<'r> {
    pub ruleset: &'r checked::Ruleset,
    pub data: Data,
    pub types: Vec<TypeKind>,
    type_ids: HashMap<TypeKind, TypeId>,
    pub constants: Vec<Constant>,
    constant_numbers: HashMap<Constant, u32>,
    pub code: Vec<Instruction>,
    pub places: Vec<Option<Place>>,
    pub registers: Vec<u16>,
    pub units: Vec<Unit>,
    pub predicates: Vec<Predicate>,
    pub interval_sets: Vec<Range>,
    pub intervals: Vec<rulestone_format::archive::Interval>,
    interval_numbers: HashMap<Vec<(i64, i64)>, u32>,
    /// The kind of each fact.
    pub fact_kinds: Vec<FactKind>,
    /// How large the value of each variable can be, of those that are lowered.
    pub variable_extents: Vec<Extent>,
}

impl<'r> Tables<'r> {
    pub(super) fn new(ruleset: &'r checked::Ruleset) -> Self {
        let types = TypeKind::FIXED.to_vec();
        let type_ids =
            types.iter().enumerate().map(|(i, kind)| (*kind, TypeId(i as u16))).collect();
        Tables {
            ruleset,
            data: Data::default(),
            types,
            type_ids,
            constants: Vec::new(),
            constant_numbers: HashMap::new(),
            code: Vec::new(),
            places: Vec::new(),
            registers: Vec::new(),
            units: Vec::new(),
            predicates: Vec::new(),
            interval_sets: Vec::new(),
            intervals: Vec::new(),
            interval_numbers: HashMap::new(),
            variable_extents: Vec::new(),
            fact_kinds: ruleset.facts.iter().map(|f| super::schema::kind(&f.fact_type)).collect(),
        }
    }

    /// The id of a kind, which is put into the table if it is new.
    pub(super) fn kind_id(&mut self, kind: TypeKind) -> TypeId {
        if let Some(id) = self.type_ids.get(&kind) {
            return *id;
        }
        let id = TypeId(self.types.len() as u16);
        self.types.push(kind);
        self.type_ids.insert(kind, id);
        id
    }

    /// The id of a type. What is of no type is empty, and any will do.
    pub(super) fn type_id(&mut self, ty: &Type) -> TypeId {
        match ty {
            Type::Bool | Type::Never => TypeId::BOOL,
            Type::Int => TypeId::INT,
            Type::Uint => TypeId::UINT,
            Type::Double => TypeId::DOUBLE,
            Type::String => TypeId::STRING,
            Type::Bytes => TypeId::BYTES,
            Type::Timestamp => TypeId::TIMESTAMP,
            Type::Duration => TypeId::DURATION,
            Type::Point => TypeId::POINT,
            Type::List(element) => {
                let element = self.type_id(element);
                self.kind_id(TypeKind::List(element))
            }
            Type::Map(key, value) => {
                let (key, value) = (self.type_id(key), self.type_id(value));
                self.kind_id(TypeKind::Map(key, value))
            }
        }
    }

    /// The number of a constant of a type.
    pub(super) fn constant(&mut self, value: &Value, ty: TypeId) -> u32 {
        let constant = Constant { value: self.data.word(value), value_type: ty.0 };
        if let Some(number) = self.constant_numbers.get(&constant) {
            return *number;
        }
        let number = self.constants.len() as u32;
        self.constants.push(constant);
        self.constant_numbers.insert(constant, number);
        number
    }

    /// The number of a set of intervals.
    pub(super) fn intervals(&mut self, set: &[crate::check::schedule::Interval]) -> u32 {
        let key: Vec<(i64, i64)> = set.iter().map(|i| (i.start, i.end)).collect();
        if let Some(number) = self.interval_numbers.get(&key) {
            return *number;
        }
        let range = Range { start: self.intervals.len() as u32, length: set.len() as u32 };
        self.intervals.extend(
            key.iter().map(|(start, end)| rulestone_format::archive::Interval { start: *start, end: *end }),
        );
        let number = self.interval_sets.len() as u32;
        self.interval_sets.push(range);
        self.interval_numbers.insert(key, number);
        number
    }

    pub(super) fn type_entries(&self) -> Vec<TypeEntry> {
        self.types.iter().map(|kind| TypeEntry::from(*kind)).collect()
    }
}
