//! What units and rules share: types, constants, code.

use super::data::Data;
use super::extent::Extent;
use crate::check::checked;
use crate::check::tree::Place;
use crate::check::types::Type;
use crate::check::value::Value;
use rulestone_format::archive::{Constant, Predicate, Range, Unit};
use rulestone_format::archive::{Dictionary, DictionaryWord};
use rulestone_format::code::Instruction;
use rulestone_format::schema::FactKind;
use rulestone_format::types::{TypeEntry, TypeId, TypeKind};
use std::collections::{BTreeMap, HashMap};
use xxhash_rust::xxh3::xxh3_64;

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
    pub sets: Vec<u64>,
    known_sets: HashMap<Vec<u64>, u64>,
    /// Words that predicates compare each fact with, in order of their numbers.
    pub words: BTreeMap<u16, Vec<String>>,
    word_numbers: HashMap<(u16, String), u64>,
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
            sets: Vec::new(),
            known_sets: HashMap::new(),
            words: BTreeMap::new(),
            word_numbers: HashMap::new(),
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
            key.iter().map(|(start, end)| rulestone_format::archive::Interval {
                start: *start,
                end: *end,
            }),
        );
        let number = self.interval_sets.len() as u32;
        self.interval_sets.push(range);
        self.interval_numbers.insert(key, number);
        number
    }

    /// Where a set of ascending keys begins.
    pub(super) fn set(&mut self, keys: Vec<u64>) -> u64 {
        if let Some(start) = self.known_sets.get(&keys) {
            return *start;
        }
        let start = self.sets.len() as u64;
        self.sets.extend(&keys);
        self.known_sets.insert(keys, start);
        start
    }

    /// The number of a word in the dictionary of a fact.
    pub(super) fn word(&mut self, fact: u16, word: &str) -> u64 {
        if let Some(number) = self.word_numbers.get(&(fact, word.to_owned())) {
            return *number;
        }
        let words = self.words.entry(fact).or_default();
        let number = words.len() as u64;
        words.push(word.to_owned());
        self.word_numbers.insert((fact, word.to_owned()), number);
        number
    }

    /// The dictionaries of all facts, and their words.
    pub(super) fn dictionaries(&mut self) -> (Vec<Dictionary>, Vec<DictionaryWord>) {
        let mut all = Vec::new();
        let mut dictionaries = Vec::new();
        for (fact, words) in &self.words {
            let start = all.len() as u32;
            all.extend(words.iter().enumerate().map(|(number, word)| DictionaryWord {
                hash: xxh3_64(word.as_bytes()),
                text: self.data.text(word),
                number: number as u32,
            }));
            all[start as usize..].sort_by_key(|word| word.hash);
            let words = Range { start, length: words.len() as u32 };
            dictionaries.push(Dictionary { fact: *fact, words });
        }
        (dictionaries, all)
    }

    pub(super) fn type_entries(&self) -> Vec<TypeEntry> {
        self.types.iter().map(|kind| TypeEntry::from(*kind)).collect()
    }
}
