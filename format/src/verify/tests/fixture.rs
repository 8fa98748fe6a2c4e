//! An archive that is in order and has something of everything.
//!
//! Here are its tables of values, facts, places and code; what rules match by,
//! and the rules themselves, are in [`matching`].

mod matching;

use crate::archive::*;
use crate::code::{Builtin, Getter, Instruction, LEAVE, Opcode};
use crate::meaning::{Point, Timestamp};
use crate::place::FenceKind;
use crate::rule::{Combine, HitPolicy};
use crate::schema::FactKind;
use crate::types::{TypeEntry, TypeId, TypeKind};
use crate::value::{Reference, Space, Word};

pub(super) use matching::*;

pub(super) const LIST_STRING: u16 = 11;
pub(super) const LIST_INT: u16 = 12;
pub(super) const MAP_INT: u16 = 13;
pub(super) const BUILDER_STRING: u16 = 14;
pub(super) const BUILDER_MAP: u16 = 15;
pub(super) const LIST_LIST: u16 = 16;

/// Register types by the names of the fixed ones.
pub(super) const BOOL: u16 = TypeId::BOOL.0;
pub(super) const INT: u16 = TypeId::INT.0;
pub(super) const DOUBLE: u16 = TypeId::DOUBLE.0;
pub(super) const STRING: u16 = TypeId::STRING.0;
pub(super) const BYTES: u16 = TypeId::BYTES.0;
pub(super) const TIMESTAMP: u16 = TypeId::TIMESTAMP.0;
pub(super) const POINT: u16 = TypeId::POINT.0;
pub(super) const CURSOR: u16 = TypeId::CURSOR.0;
pub(super) const PENDING: u16 = TypeId::PENDING.0;

/// A regex that looks for the letter a: `regex-automata` 0.4, sparse, little endian.
const LETTER_A: &[u8] = include_bytes!("letter_a.dfa");

/// One instruction; it leaves the unit if it fails.
pub(super) fn op(opcode: Opcode, dst: u16, a: u16, b: u16, immediate: u32) -> Instruction {
    Instruction { opcode: opcode as u16, dst, a, b, immediate, on_fault: LEAVE }
}

/// The same, going on at `target` if it fails.
pub(super) fn or(step: Instruction, target: u32) -> Instruction {
    Instruction { on_fault: target, ..step }
}

/// Adds text to the data section.
pub(super) fn text(ruleset: &mut Ruleset, text: &str) -> Text {
    let offset = ruleset.data.len() as u32;
    ruleset.data.extend_from_slice(text.as_bytes());
    Text { offset, length: text.len() as u32 }
}

/// Adds cells to the data section, and refers to so many items.
pub(super) fn cells(ruleset: &mut Ruleset, cells: &[u64], length: usize) -> Word {
    let offset = ruleset.data.len();
    ruleset.data.extend(cells.iter().flat_map(|cell| cell.to_le_bytes()));
    Word::from_reference(Reference::new(Space::Archive, offset, length))
}

pub(super) fn string(ruleset: &mut Ruleset, value: &str) -> Word {
    let text = text(ruleset, value);
    Word::from_reference(Reference::new(Space::Archive, text.offset as usize, value.len()))
}

/// Adds a unit.
pub(super) fn unit(ruleset: &mut Ruleset, registers: &[u16], result: u16, code: &[Instruction]) {
    let run = |start: usize, length: usize| Range { start: start as u32, length: length as u32 };
    ruleset.units.push(Unit {
        code: run(ruleset.code.len(), code.len()),
        registers: run(ruleset.registers.len(), registers.len()),
        result,
    });
    ruleset.registers.extend_from_slice(registers);
    ruleset.code.extend_from_slice(code);
}

/// No rules, no facts, no outputs.
pub(super) fn empty() -> Ruleset {
    let identity = Identity {
        name: Text::default(),
        description: Text::default(),
        source_hash: [7; 32],
        tzdata: Text::default(),
        compiler: Text::default(),
        enabled: 1,
        disabled_rules: 0,
    };
    let mut ruleset = Ruleset {
        identity,
        types: TypeKind::FIXED.map(TypeEntry::from).to_vec(),
        schema: Schema { now: NONE, ..Schema::default() },
        ..Ruleset::default()
    };
    let name = text(&mut ruleset, "default");
    ruleset.groups.push(Group { name, hit_policy: HitPolicy::Collect as u16 });
    ruleset
}

/// Everything but units, variables and rules; see [`ruleset`].
pub(super) fn tables() -> Ruleset {
    let mut ruleset = empty();
    let r = &mut ruleset;
    r.identity.name = text(r, "black-mesa");
    r.types.extend(
        [
            TypeKind::List(TypeId::STRING),
            TypeKind::List(TypeId::INT),
            TypeKind::Map(TypeId::STRING, TypeId::INT),
            TypeKind::ListBuilder(TypeId::STRING),
            TypeKind::MapBuilder(TypeId::STRING, TypeId::INT),
            TypeKind::List(TypeId(LIST_STRING)),
        ]
        .map(TypeEntry::from),
    );
    schema(r);
    constants(r);
    let (points, reveal) = (text(r, "points"), text(r, "reveal"));
    r.outputs = vec![
        Output {
            name: points,
            value_type: INT,
            result_type: INT,
            combine: Combine::Sum as u16,
            default: 1,
        },
        Output {
            name: reveal,
            value_type: STRING,
            result_type: LIST_STRING,
            combine: Combine::Collect as u16,
            default: NONE,
        },
    ];
    let name = text(r, "reward");
    r.groups.push(Group { name, hit_policy: HitPolicy::First as u16 });
    places(r);
    ruleset
}

fn schema(r: &mut Ruleset) {
    let kind = |kind: FactKind, item, bound| FactType { kind: kind as u16, item, bound };
    r.schema.types = vec![
        kind(FactKind::Int, 0, 0),
        kind(FactKind::String, 0, 32),
        kind(FactKind::List, 1, 16),
        kind(FactKind::Enum, 0, 0),
        kind(FactKind::Point, 0, 0),
        kind(FactKind::Timestamp, 0, 0),
        kind(FactKind::Map, 0, 8),
        kind(FactKind::Uint, 0, 0),
    ];
    r.schema.labels = vec![text(r, "idol"), text(r, "coin")];
    r.schema.enums = vec![Range { start: 0, length: 2 }];
    let facts = [
        ("player.level", 0, INT, 0, 0),
        ("player.tags", 2, LIST_STRING, 0, 8),
        ("item.kind", 3, STRING, 0, 16),
        ("item.position", 4, POINT, 0, 24),
        ("now", 5, TIMESTAMP, 0, 40),
        ("player.scores", 6, MAP_INT, 1, 56),
        ("player.gold", 7, TypeId::UINT.0, 1, 64),
        ("player.name", 1, STRING, 1, 72),
    ];
    for (path, fact_type, value_type, optional, slot) in facts {
        let path = text(r, path);
        r.schema.facts.push(Fact { path, fact_type, value_type, optional, slot });
    }
    r.schema.now = 4;
}

fn constants(r: &mut Ruleset) {
    let vip = string(r, "vip");
    let ints = cells(r, &[1, 2, 3], 3);
    let (a, b) = (string(r, "a").low, string(r, "b").low);
    let map = cells(r, &[a, 1, b, 2], 2);
    let strings = cells(r, &[vip.low, vip.low], 2);
    let lists = cells(r, &[strings.low, strings.low], 2);
    let point = Word::from_point(Point { lat: 51.5, lon: -0.12 });
    let values = [
        (STRING, vip),
        (INT, Word::from_int(5)),
        (LIST_INT, ints),
        (BOOL, Word::TRUE),
        (TIMESTAMP, Word::from_timestamp(Timestamp { seconds: 1_780_000_000, nanos: 5 })),
        (DOUBLE, Word::from_double(1.5)),
        (MAP_INT, map),
        (LIST_LIST, lists),
        (POINT, point),
        (TypeId::BYTES.0, vip),
    ];
    r.constants = values.map(|(value_type, value)| Constant { value, value_type }).to_vec();
}

fn places(r: &mut Ruleset) {
    let (circle, square, park) = (text(r, "circle"), text(r, "box"), text(r, "park"));
    let none = Range::default();
    r.fences = vec![
        Fence {
            name: circle,
            kind: FenceKind::Circle as u16,
            numbers: [51.5, -0.12, 500.0, 0.0],
            vertices: none,
        },
        Fence {
            name: square,
            kind: FenceKind::Box as u16,
            numbers: [51.49, 0.02, 51.51, -0.05],
            vertices: none,
        },
        Fence {
            name: park,
            kind: FenceKind::Polygon as u16,
            numbers: [0.0; 4],
            vertices: Range { start: 0, length: 3 },
        },
    ];
    r.vertices = [(51.5, -0.18), (51.51, -0.16), (51.5, -0.15)]
        .map(|(lat, lon)| Vertex { lat, lon })
        .to_vec();
    let offset = r.data.len() as u32;
    r.data.extend_from_slice(LETTER_A);
    r.regexes = vec![Blob { offset, length: LETTER_A.len() as u32 }];
    let name = text(r, "Europe/London");
    r.transitions = [(-100, 4500), (0, 3600), (15_000_000, 0)]
        .map(|(at, offset)| Transition { at, offset })
        .to_vec();
    r.zones = vec![Zone {
        name,
        initial_offset: -75,
        transitions: Range { start: 0, length: 3 },
        repeat_from: 0,
    }];
}

/// Everything. Units: 0 a condition of rule 0, 1 and 2 the variables with names, 3
/// and 4 outputs, 5 the variable without a name.
pub(super) fn ruleset() -> Ruleset {
    use Opcode::*;
    let mut ruleset = tables();
    let r = &mut ruleset;
    let condition = [
        op(Fact, 0, 0, 0, 1),
        op(Constant, 3, 0, 0, 0),
        op(Bound, 0, 0, 0, 16),
        op(Loop, 1, 0, 0, 9),
        op(Item, 2, 0, 1, 0),
        op(Equal, 4, 2, 3, 0),
        op(JumpUnless, 0, 4, 0, 8),
        op(ReturnTrue, 0, 0, 0, 0),
        op(Next, 1, 0, 0, 4),
        op(ReturnFalse, 0, 0, 0, 0),
    ];
    unit(r, &[LIST_STRING, CURSOR, STRING, STRING, BOOL], BOOL, &condition);
    let first = [
        op(Constant, 1, 0, 0, 1),
        or(op(Fact, 0, 0, 0, 0), 4),
        op(AddInt, 0, 0, 1, 0),
        op(Return, 0, 0, 0, 0),
        op(Return, 0, 1, 0, 0),
    ];
    unit(r, &[INT, INT], INT, &first);
    unit(r, &[INT], INT, &[op(Variable, 0, 0, 0, 0), op(Return, 0, 0, 0, 0)]);
    let points = [
        op(Variable, 0, 0, 0, 1),
        op(Constant, 1, 0, 0, 1),
        op(Call, 2, 0, Builtin::GreatestInt as u16, 0),
        op(Return, 0, 2, 0, 0),
    ];
    unit(r, &[INT, INT, INT], INT, &points);
    long_unit(r);
    let in_box = [op(Fact, 0, 0, 0, 3), op(Within, 1, 0, 0, 1), op(Return, 0, 1, 0, 0)];
    unit(r, &[POINT, BOOL], BOOL, &in_box);
    variables(r);
    subjects(r);
    slots(r);
    index(r);
    rules(r);
    ruleset
}

fn variables(r: &mut Ruleset) {
    let names = [text(r, "veteran"), text(r, "older")];
    r.variables = vec![
        Variable { name: names[0], unit: 1 },
        Variable { name: names[1], unit: 2 },
        Variable { name: Text::default(), unit: 5 },
    ];
}

/// Most operations once.
fn long_unit(r: &mut Ruleset) {
    use Opcode::*;
    let registers = [
        STRING,
        INT,
        STRING,
        BUILDER_STRING,
        LIST_STRING,
        PENDING,
        BOOL,
        POINT,
        TIMESTAMP,
        LIST_INT,
        MAP_INT,
        BUILDER_MAP,
        CURSOR,
    ];
    let code = [
        op(Constant, 0, 0, 0, 0),
        op(Constant, 1, 0, 0, 1),
        op(Format, 2, 0, 1, 1),
        op(NewList, 3, 0, 0, 2),
        op(Push, 0, 3, 2, 0),
        op(FinishList, 4, 3, 0, 0),
        op(Clear, 5, 0, 0, 0),
        op(Raise, 0, 5, 0, 0),
        op(Fact, 7, 0, 0, 3),
        op(Within, 6, 7, 0, 2),
        op(Matches, 6, 2, 0, 0),
        op(Fact, 8, 0, 0, 4),
        op(Civil, 1, 8, Getter::Hours as u16, (-3600_i32).cast_unsigned()),
        op(CivilZone, 1, 8, Getter::DayOfWeek as u16, 0),
        op(Constant, 9, 0, 0, 2),
        op(Greatest, 1, 9, 0, 0),
        or(op(Fact, 10, 0, 0, 5), 18),
        op(Lookup, 1, 10, 0, 0),
        op(NewMap, 11, 0, 0, 1),
        op(PushEntry, 0, 11, 0, 1),
        op(FinishMap, 10, 11, 0, 0),
        op(Bound, 0, 10, 0, 8),
        op(Loop, 12, 10, 0, 26),
        op(EntryValue, 1, 10, 12, 0),
        op(Position, 1, 0, 12, 0),
        op(Next, 12, 0, 0, 23),
        op(Join, 2, 4, 0, 0),
        op(Split, 4, 2, 0, 1),
        op(Has, 6, 0, 0, 5),
        op(Concatenate, 4, 4, 4, 0),
        op(Return, 0, 2, 0, 0),
    ];
    unit(r, &registers, STRING, &code);
}
