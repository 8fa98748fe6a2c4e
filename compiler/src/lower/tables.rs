//! What units and rules share: types, constants, code.

use super::data::Data;
use super::excess::Excess;
use super::extent::Bounds;
use super::keys::Keys;
use super::kind::kind;
use super::likeness::Shared;
use super::subject::{Subjects, fact_ranking, value_ranking};
use crate::check::checked;
use crate::check::tree::{Expr, FactId, Kind, Place};
use crate::check::types::Type;
use crate::check::value::Value;
use crate::source::Sources;
use rulestone_format::archive::{self, ArchivedConstant, ArchivedPosition, Constant, Range, Unit};
use rulestone_format::code::{ArchivedInstruction, Instruction};
use rulestone_format::schema::FactKind;
use rulestone_format::subject::{KeyKind, Ranking, SubjectKind};
use rulestone_format::types::{TypeEntry, TypeId, TypeKind};
use rulestone_format::verify::Limits;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How many intervals of keys the predicates of a ruleset may come to: as many as
/// its text has bytes, as its schedules have windows, and these. A list that is written
/// out comes to fewer; but one constant, changed a little by each of a thousand rules,
/// comes to a thousand lists.
const MOST_INTERVALS: usize = 1 << 20;

/// What is left of the intervals.
#[derive(Debug)]
pub(super) struct Intervals {
    left: usize,
    counted: HashSet<usize>,
}

impl Intervals {
    fn new(ruleset: &checked::Ruleset, sources: &Sources) -> Intervals {
        let bytes: usize = sources.files().map(|file| sources.text(file).len()).sum();
        // Each once, also those that the rules of a ruleset share.
        let schedules = ruleset.rules.iter().filter_map(|rule| rule.schedule.as_ref());
        let schedules: HashMap<usize, usize> =
            schedules.map(|windows| (windows.as_ptr().addr(), windows.len())).collect();
        let windows: usize = schedules.values().sum();
        Intervals { left: MOST_INTERVALS + bytes + windows, counted: HashSet::new() }
    }

    /// Takes some for keys that will be kept to the end, once however many slots have
    /// them. False if there are not enough.
    #[must_use]
    pub(super) fn take(&mut self, keys: &Keys) -> bool {
        if keys.intervals().len() <= 1 || !self.counted.insert(keys.address()) {
            return true;
        }
        let left = self.left.checked_sub(keys.intervals().len());
        self.left = left.unwrap_or(0);
        left.is_some()
    }
}

/// A list of constants, and the keys of what is in it, or isn't; `None` where there
/// are none.
type Membership = (Arc<Vec<Value>>, Option<Keys>);

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
    /// Units by what is in them.
    known_units: HashMap<(Vec<Instruction>, Vec<u16>, u16), u32>,
    /// The designer's, then those without a name.
    pub variables: Vec<archive::Variable>,
    pub subjects: Subjects,
    pub shared: Shared,
    /// Keys of the values that are in a list, or not, by its address and the subject;
    /// the list is kept, so that nothing else gets its address.
    pub memberships: HashMap<(usize, u16, bool), Membership>,
    /// Keys of the schedules of rules, by the address of their intervals.
    pub schedules: HashMap<usize, Keys>,
    /// Intervals of keys that further predicates may come to, and those that are
    /// counted.
    pub intervals: Intervals,
    /// Subjects that are shared expressions, by likeness.
    pub shared_subjects: HashMap<String, Option<u16>>,
    /// The kind of each fact.
    pub fact_kinds: Vec<FactKind>,
    /// What bounds values, as far as variables are lowered.
    pub bounds: Bounds<'r>,
    /// How deep each of them uses others: 1 if it uses none.
    pub variable_depths: Vec<u32>,
    /// Types were left out that had no number.
    has_all_types: bool,
}

impl<'r> Tables<'r> {
    pub(super) fn new(ruleset: &'r checked::Ruleset, sources: &Sources) -> Self {
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
            known_units: HashMap::new(),
            variables: Vec::new(),
            subjects: Subjects::default(),
            shared: Shared::of(ruleset),
            memberships: HashMap::new(),
            schedules: HashMap::new(),
            intervals: Intervals::new(ruleset, sources),
            shared_subjects: HashMap::new(),
            bounds: Bounds::of(ruleset),
            variable_depths: Vec::new(),
            has_all_types: false,
            fact_kinds: ruleset.facts.iter().map(|f| kind(&f.fact_type)).collect(),
        }
    }

    /// The id of a kind, which is put into the table if it is new.
    pub(super) fn kind_id(&mut self, kind: TypeKind) -> TypeId {
        if let Some(id) = self.type_ids.get(&kind) {
            return *id;
        }
        let Ok(number) = u16::try_from(self.types.len()) else {
            self.has_all_types = true;
            return TypeId::BOOL;
        };
        let id = TypeId(number);
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
        let value = self.data.word(value, ty, &self.types);
        let constant = Constant { value, value_type: ty.0 };
        if let Some(number) = self.constant_numbers.get(&constant) {
            return *number;
        }
        let number = self.constants.len() as u32;
        self.constants.push(constant);
        self.constant_numbers.insert(constant, number);
        number
    }

    /// Puts a unit into the tables. One that is there already is used again.
    pub(super) fn unit(
        &mut self,
        code: Vec<Instruction>,
        places: Vec<Option<Place>>,
        registers: &[TypeId],
        result: TypeId,
    ) -> u32 {
        let registers: Vec<u16> = registers.iter().map(|ty| ty.0).collect();
        let known = (code, registers, result.0);
        if let Some(number) = self.known_units.get(&known) {
            return *number;
        }
        let number = self.new_unit(&known.0, places, &known.1, result);
        self.known_units.insert(known, number);
        number
    }

    /// Puts a unit into the tables that nothing else uses.
    pub(super) fn new_unit(
        &mut self,
        code: &[Instruction],
        places: Vec<Option<Place>>,
        registers: &[u16],
        result: TypeId,
    ) -> u32 {
        let run =
            |start: usize, length: usize| Range { start: start as u32, length: length as u32 };
        self.units.push(Unit {
            code: run(self.code.len(), code.len()),
            registers: run(self.registers.len(), registers.len()),
            result: result.0,
        });
        self.code.extend(code);
        self.places.extend(places);
        self.registers.extend(registers);
        self.units.len() as u32 - 1
    }

    /// The subject that a fact is, if it has ranks.
    pub(super) fn fact_subject(&mut self, fact: FactId) -> Option<u16> {
        let number = fact.0 as usize;
        let ranking = fact_ranking(&self.ruleset.facts[number].fact_type, self.fact_kinds[number])?;
        self.subjects.number((SubjectKind::Fact, fact.0), ranking, 0)
    }

    /// The latitude or longitude of a fact that is a point.
    pub(super) fn coordinate(&mut self, kind: SubjectKind, fact: FactId) -> Option<u16> {
        let is_point = self.fact_kinds[fact.0 as usize] == FactKind::Point;
        let ranking = is_point.then_some(Ranking::Cuts(KeyKind::Double))?;
        self.subjects.number((kind, fact.0), ranking, 0)
    }

    /// The subject that a variable is, if it has ranks.
    pub(super) fn variable_subject(&mut self, variable: u32, ty: &Type) -> Option<u16> {
        let ty = self.type_id(ty);
        let ranking = value_ranking(*self.types.get(ty.index())?)?;
        let unit = self.variables.get(variable as usize)?.unit;
        let instructions = self.units.get(unit as usize)?.code.length;
        let cost = instructions.saturating_mul(NANOSECONDS_AN_INSTRUCTION);
        self.subjects.number((SubjectKind::Variable, variable), ranking, cost)
    }

    /// How deep the variables that an expression uses use one another: 0 if it
    /// uses none.
    pub(super) fn depth(&self, expr: &Expr) -> u32 {
        if let Kind::Variable(variable) = &expr.kind {
            return self.variable_depths.get(variable.0 as usize).copied().unwrap_or(0);
        }
        let mut depth = 0;
        expr.for_each_part(&mut |part| depth = depth.max(self.depth(part)));
        depth
    }

    /// What there is more of than an archive can hold, so far.
    pub(super) fn excess(&self) -> Option<Excess> {
        if self.has_all_types {
            return Some(Excess::Types);
        }
        let bytes = self.data.bytes.len()
            + self.code.len() * BYTES_AN_INSTRUCTION
            + size_of_val(&self.registers[..])
            + self.constants.len() * size_of::<ArchivedConstant>();
        (self.data.is_full || bytes > Limits::DEFAULT.bytes).then_some(Excess::Bytes)
    }

    pub(super) fn type_entries(&self) -> Vec<TypeEntry> {
        self.types.iter().map(|kind| TypeEntry::from(*kind)).collect()
    }
}

/// With its place in the source.
const BYTES_AN_INSTRUCTION: usize =
    size_of::<ArchivedInstruction>() + size_of::<ArchivedPosition>();

/// About what the interpreter takes.
const NANOSECONDS_AN_INSTRUCTION: u32 = 4;
