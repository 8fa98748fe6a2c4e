//! For each table of an archive, the shapes in which it is the most of the file.
//!
//! In: how many records. Out: an archive that is in order and has so many of them, and as
//! little as can be of all else: whatever loading makes of a record, or a session has for
//! it, is then large beside the file. Subjects and dimensions ask facts of their own.

use super::hostile::{bare, list_type, regexes, summarise, text};
use rulestone_format::archive::{
    Assignment, Constant, Debug, DictionaryWord, Dimension, Fact, FactType, Fence, Group, Index,
    NONE, Output, Position, Range, Rule, Ruleset, Schema, Slot, Subject, Transition, Unit,
    Variable, Vertex, Zone,
};
use rulestone_format::code::{Instruction, Opcode};
use rulestone_format::index::row_words;
use rulestone_format::place::FenceKind;
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::rule::{Combine, HitPolicy};
use rulestone_format::schema::FactKind;
use rulestone_format::subject::SubjectKind;
use rulestone_format::types::{TypeEntry, TypeId, TypeKind};
use rulestone_format::value::Word;
use xxhash_rust::xxh3::xxh3_64;

/// How many records each table has, by its name. Whoever adds a table has to name it here,
/// and then to give it a shape.
pub fn counts(ruleset: &Ruleset) -> Vec<(&'static str, usize)> {
    macro_rules! counts {
        ($($table:ident)+) => { vec![$((stringify!($table), $table.len())),+] };
    }
    let Ruleset {
        identity: _,
        data,
        types,
        schema,
        outputs,
        groups,
        rules,
        assignments,
        subjects,
        cuts,
        words,
        slots,
        predicates,
        sets,
        index,
        variables,
        units,
        code,
        registers,
        constants,
        fences,
        vertices,
        regexes,
        zones,
        transitions,
        debug,
    } = ruleset;
    let Schema { facts, types: fact_types, enums, labels, fingerprints, now: _, defaults: _ } =
        schema;
    let Index { dimensions, cells, rows, summaries } = index;
    let Debug { files, rules: places_of_rules, code: places_of_code } = debug;
    counts! {
        data types facts fact_types enums labels fingerprints outputs groups rules assignments
        subjects cuts words slots predicates sets dimensions cells rows summaries variables units
        code registers constants fences vertices regexes zones transitions files places_of_rules
        places_of_code
    }
}

/// A way in which a table can be large.
pub struct Shape {
    pub table: &'static str,
    pub what: &'static str,
    /// Of so many records.
    pub of: fn(u32) -> Ruleset,
    /// No archive has more of them.
    pub most: u32,
}

macro_rules! shapes {
    ($($table:ident $what:literal $of:expr, up to $most:expr;)+) => {
        /// All shapes.
        pub const SHAPES: &[Shape] = &[
            $(Shape { table: stringify!($table), what: $what, of: $of, most: $most }),+
        ];
    };
}

const ANY: u32 = 40_000;

shapes! {
    data "bytes that nothing names" |n| with(|r| r.data.resize(r.data.len() + n as usize, b'x')), up to ANY;
    types "maps" |n| with(|r| types(r, n)), up to ANY;
    facts "bools" |n| with(|r| facts(r, n, FactKind::Bool, TypeId::BOOL, "")), up to ANY;
    facts "in groups that they share" |n| with(|r| facts(r, n, FactKind::Bool, TypeId::BOOL, "a.a.")), up to ANY;
    facts "lists of enums" |n| with(|r| lists_of_enums(r, n)), up to ANY;
    fact_types "ints" |n| with(|r| r.schema.types.resize(n as usize, fact_type(FactKind::Int))), up to ANY;
    enums "of one label" |n| with(|r| enums(r, n, 1)), up to ANY;
    labels "of one enum" |n| with(|r| enums(r, 1, n)), up to ANY;
    fingerprints "points" |n| with(|r| facts(r, n, FactKind::Point, TypeId::POINT, "")), up to ANY;
    outputs "sums" |n| with(|r| outputs(r, n, Combine::Sum)), up to ANY;
    groups "of unique" |n| with(|r| groups(r, n)), up to ANY;
    rules "in conflict" |n| with(|r| conflicting(r, n)), up to ANY;
    assignments "to lists" |n| with(|r| assignments(r, n, true)), up to ANY;
    assignments "that fail" |n| with(|r| assignments(r, n, false)), up to ANY;
    subjects "coordinates" |n| coordinates(n, false), up to 4096;
    subjects "lists" |n| of_words(n, 0, FactKind::List, false), up to 4096;
    subjects "texts" |n| of_words(n, 0, FactKind::String, false), up to 4096;
    cuts "of one subject" |n| of_cuts(1, n, 1, false), up to ANY;
    cuts "of subjects with one each" |n| of_cuts(n, 1, 1, false), up to 4096;
    cuts "of subjects with ten each" |n| of_cuts(n.div_ceil(10), 10, 1, false), up to ANY;
    cuts "of dimensions with one each" |n| of_cuts(n, 1, 2, true), up to 4096;
    cuts "of dimensions with 80 each" |n| of_cuts(n.div_ceil(80), 80, 2, true), up to ANY;
    words "of one text" |n| of_words(1, n, FactKind::String, false), up to ANY;
    words "of one list" |n| of_words(1, n, FactKind::List, true), up to ANY;
    words "of texts with one each" |n| of_words(n, 1, FactKind::String, true), up to 4096;
    words "of lists with one each" |n| of_words(n, 1, FactKind::List, true), up to 4096;
    words "of lists with 65 each" |n| of_words(n.div_ceil(65), 65, FactKind::List, true), up to ANY;
    slots "of one rule" |n| with(|r| slots(r, n, 0)), up to ANY;
    slots "behind an index" |n| indexed(with(|r| slots(r, n, 0)), 1), up to ANY;
    slots "that ask a fact each" |n| indexed(with(|r| slots(r, n, 1)), 1), up to ANY;
    slots "that are rules" |n| indexed(with(|r| slots_of_rules(r, n)), 1), up to ANY;
    predicates "of one slot" |n| indexed(with(|r| many_asks(r, n)), 1), up to ANY;
    predicates "six of each slot" |n| indexed(with(|r| slots(r, n.div_ceil(6), 6)), 1), up to ANY;
    predicates "of a word each" |n| ask_of_words(n), up to ANY;
    sets "of one rank each" |n| with(|r| sets(r, n)), up to ANY;
    dimensions "of coordinates" |n| coordinates(n, true), up to 4096;
    dimensions "of bools" |n| of_bools(n), up to 4096;
    dimensions "of lists" |n| of_words(n, 0, FactKind::List, true), up to 4096;
    dimensions "of texts" |n| of_words(n, 0, FactKind::String, true), up to 4096;
    cells "that share a row" |n| of_cuts(1, n.saturating_sub(2), 1, true), up to ANY;
    cells "that have two rows in turn" |n| of_cuts(1, n.saturating_sub(2), 2, true), up to ANY;
    rows "of one block" |n| indexed(with(|r| slots(r, 1, 0)), n.div_ceil(8)), up to ANY;
    rows "of many blocks" |n| indexed(with(|r| slots(r, 64 * n, 0)), 1), up to 4096;
    summaries "of one block" |n| indexed(with(|r| slots(r, 1, 0)), n), up to 4096;
    variables "that are true" |n| with(|r| variables(r, n)), up to ANY;
    units "that are true" |n| with(|r| units(r, n, 1, 0)), up to ANY;
    code "that is true" |n| with(|r| units(r, n.div_ceil(1 << 16), n.min(1 << 16), 0)), up to ANY;
    code "that jumps over half of it" |n| with(|r| jumps(r, n)), up to ANY;
    registers "that nothing uses" |n| with(|r| units(r, n.div_ceil(1024), 1, n.min(1024))), up to ANY;
    constants "ints" |n| with(|r| constants(r, n)), up to ANY;
    fences "circles" |n| with(|r| fences(r, n, 0)), up to ANY;
    vertices "of one polygon" |n| with(|r| fences(r, 1, n.max(3))), up to ANY;
    regexes "of their own" |n| regexes(n as usize), up to 300;
    zones "of no transitions" |n| with(|r| zones(r, n, 0)), up to ANY;
    transitions "of one zone" |n| with(|r| zones(r, 1, n)), up to ANY;
    files "of one name" |n| with(|r| r.debug.files = vec![r.groups[0].name; n as usize]), up to ANY;
    places_of_rules "known" |n| with(|r| { conflicting(r, n); r.debug.rules = places(n) }), up to ANY;
    places_of_code "known" |n| with(|r| { units(r, n, 1, 0); r.debug.code = places(n) }), up to ANY;
}

fn with(fill: impl FnOnce(&mut Ruleset)) -> Ruleset {
    let mut ruleset = bare();
    fill(&mut ruleset);
    ruleset
}

fn run(start: usize, length: usize) -> Range {
    Range { start: start as u32, length: length as u32 }
}

fn fact_type(kind: FactKind) -> FactType {
    let bound = match kind {
        FactKind::String => 16,
        FactKind::List => 1 << 16,
        _ => 0,
    };
    FactType { kind: kind as u16, item: 0, bound }
}

/// Optional facts of one type, with short names.
fn facts(r: &mut Ruleset, count: u32, kind: FactKind, value_type: TypeId, group: &str) {
    r.schema.types.push(fact_type(kind));
    let own = r.schema.types.len() as u16 - 1;
    for number in 0..count {
        let path = text(r, &format!("{group}{number:x}"));
        let slot = number * kind.width() as u32;
        r.schema.facts.push(Fact {
            path,
            fact_type: own,
            value_type: value_type.0,
            optional: 1,
            slot,
        });
    }
    r.schema.fingerprints.resize(r.schema.facts.len() + 1, 0);
}

/// Lists of text, or text.
fn texts(r: &mut Ruleset, count: u32, kind: FactKind) {
    if kind == FactKind::List {
        r.schema.types.push(fact_type(FactKind::String));
        let list = list_type(r, TypeId::STRING);
        facts(r, count, FactKind::List, list, "");
    } else {
        facts(r, count, kind, TypeId::STRING, "");
    }
}

fn lists_of_enums(r: &mut Ruleset, count: u32) {
    enums(r, 1, 1);
    r.schema.types.push(fact_type(FactKind::Enum));
    let list = list_type(r, TypeId::STRING);
    facts(r, count, FactKind::List, list, "");
}

fn types(r: &mut Ruleset, count: u32) {
    let keys = [TypeId::BOOL, TypeId::INT, TypeId::UINT, TypeId::STRING];
    for number in 0..count as usize {
        let value = match number / 4 {
            fixed @ 0..4 => keys[fixed],
            own => TypeId((TypeKind::FIXED.len() + own - 4) as u16),
        };
        r.types.push(TypeEntry::from(TypeKind::Map(keys[number % 4], value)));
    }
}

fn enums(r: &mut Ruleset, count: u32, labels: u32) {
    for _ in 0..count {
        r.schema.enums.push(run(r.schema.labels.len(), labels as usize));
        for label in 0..labels {
            let label = text(r, &format!("{label:x}"));
            r.schema.labels.push(label);
        }
    }
}

fn outputs(r: &mut Ruleset, count: u32, combine: Combine) {
    let result_type = match combine {
        Combine::Collect => list_type(r, TypeId::INT).0,
        _ => TypeId::INT.0,
    };
    for number in 0..count {
        let name = text(r, &format!("{number:x}"));
        let combine = combine as u16;
        r.outputs.push(Output {
            name,
            value_type: TypeId::INT.0,
            result_type,
            combine,
            default: NONE,
        });
    }
}

/// Each with two rules, which always match.
fn groups(r: &mut Ruleset, count: u32) {
    for number in 0..count {
        let name = text(r, &format!("{number:x}"));
        r.groups.push(Group { name, hit_policy: HitPolicy::Unique as u16 });
    }
    for number in 0..2 * count.min(1 << 15) {
        rule(r, number, (1 + number / 2) as u16);
    }
}

/// A rule that always matches.
fn rule(r: &mut Ruleset, number: u32, group: u16) {
    let id = text(r, &format!("{number:x}"));
    let assignments = run(r.assignments.len(), 0);
    r.rules.push(Rule { id, priority: 0, group, assignments });
    slot(r, r.rules.len() as u32 - 1, &[]);
}

fn conflicting(r: &mut Ruleset, count: u32) {
    r.groups[0].hit_policy = HitPolicy::Unique as u16;
    (0..count).for_each(|number| rule(r, number, 0));
}

/// As many outputs as rules, each of which gives each a value, or none.
fn assignments(r: &mut Ruleset, count: u32, collected: bool) {
    let side = count.isqrt() + u32::from(count.isqrt().pow(2) < count);
    outputs(r, side, if collected { Combine::Collect } else { Combine::First });
    r.constants.push(Constant { value: Word::default(), value_type: TypeId::INT.0 });
    r.code.push(Instruction { immediate: 1, ..Instruction::new(Opcode::Fail) });
    let (code, registers) = (run(0, 1), Range::default());
    r.units.push(Unit { code, registers, result: TypeId::INT.0 });
    let (constant, unit) = if collected { (0, NONE) } else { (NONE, 0) };
    for number in 0..side {
        let start = r.assignments.len();
        rule(r, number, 0);
        let to = (0..side as u16).map(|output| Assignment { output, constant, unit });
        r.assignments.extend(to);
        r.rules[number as usize].assignments = run(start, side as usize);
    }
}

fn slot(r: &mut Ruleset, rule: u32, predicates: &[Predicate]) {
    let count = predicates.len() as u16;
    let start = r.predicates.len() as u32;
    let residual = count;
    r.slots.push(Slot { rule, condition: NONE, predicates: start, count, residual });
    r.predicates.extend(predicates.iter().map(|predicate| predicate.0));
}

/// A bool that nobody asks about, of which there may be an index.
fn a_bool(r: &mut Ruleset) {
    facts(r, 1, FactKind::Bool, TypeId::BOOL, "");
    subject(r, SubjectKind::Fact, 0, 0, &[]);
}

fn subject(r: &mut Ruleset, kind: SubjectKind, source: u32, cuts: u32, words: &[String]) {
    let (cuts, words_run) = (run(r.cuts.len(), cuts as usize), run(r.words.len(), words.len()));
    r.subjects.push(Subject { kind: kind as u16, source, cuts, words: words_run });
    r.cuts.extend((0..u64::from(cuts.length)).map(|cut| 1 << 63 | cut));
    let mut own: Vec<DictionaryWord> = (0..)
        .zip(words)
        .map(|(number, word)| {
            let hash = xxh3_64(word.as_bytes());
            // Dictionaries share their text.
            let first = r.words.get(..words.len()).unwrap_or_default();
            let known = first.binary_search_by_key(&hash, |known| known.hash).ok();
            let known = known.and_then(|at| first.get(at)).map(|known| known.text);
            DictionaryWord { hash, text: known.unwrap_or_else(|| text(r, word)), number }
        })
        .collect();
    own.sort_by_key(|word| word.hash);
    r.words.extend(own);
}

/// Slots of one rule, each of which asks a bool so often whether it is there.
fn slots(r: &mut Ruleset, count: u32, asks: usize) {
    a_bool(r);
    rule(r, 0, 0);
    r.slots.clear();
    let asked = Predicate::new(PredicateKind::Interval, false, 0, 1, 1);
    (0..count).for_each(|_| slot(r, 0, &vec![asked; asks]));
}

fn slots_of_rules(r: &mut Ruleset, count: u32) {
    a_bool(r);
    (0..count).for_each(|number| rule(r, number, 0));
}

fn many_asks(r: &mut Ruleset, count: u32) {
    slots(r, 0, 0);
    let asked = Predicate::new(PredicateKind::Interval, false, 0, 1, 1);
    slot(r, 0, &vec![asked; count as usize]);
}

/// A dimension of each subject, so many rows that leave all slots, and cells that have them
/// in turn.
fn indexed(mut r: Ruleset, rows: u32) -> Ruleset {
    if r.slots.is_empty() {
        rule(&mut r, 0, 0);
    }
    let slots = r.slots.len();
    for (number, subject) in (0..).zip(&r.subjects) {
        let is_bool = r.schema.types[r.schema.facts[subject.source as usize].fact_type as usize]
            .kind
            == FactKind::Bool as u16;
        let ranks = if is_bool { 3 } else { 2 + subject.cuts.length + subject.words.length };
        let start = r.index.cells.len();
        r.index.cells.extend((0..ranks).map(|rank| rank % rows));
        r.index.dimensions.push(Dimension { subject: number, cells: run(start, ranks as usize) });
    }
    for _ in 0..rows {
        let row = (0..row_words(slots)).map(|word| match slots.saturating_sub(64 * word) {
            rest @ 0..64 => (1 << rest) - 1,
            _ => u64::MAX,
        });
        r.index.rows.extend(row);
    }
    summarise(&mut r);
    r
}

fn coordinates(count: u32, with_index: bool) -> Ruleset {
    let mut r = bare();
    facts(&mut r, count.div_ceil(2), FactKind::Point, TypeId::POINT, "");
    for number in 0..count {
        let kind = [SubjectKind::Latitude, SubjectKind::Longitude][number as usize % 2];
        subject(&mut r, kind, number / 2, 0, &[]);
    }
    if with_index { indexed(r, 1) } else { r }
}

fn of_bools(count: u32) -> Ruleset {
    let mut r = bare();
    facts(&mut r, count, FactKind::Bool, TypeId::BOOL, "");
    (0..count).for_each(|number| subject(&mut r, SubjectKind::Fact, number, 0, &[]));
    indexed(r, 1)
}

fn of_cuts(subjects: u32, cuts: u32, rows: u32, with_index: bool) -> Ruleset {
    let mut r = bare();
    facts(&mut r, subjects, FactKind::Int, TypeId::INT, "");
    (0..subjects).for_each(|number| subject(&mut r, SubjectKind::Fact, number, cuts, &[]));
    if with_index { indexed(r, rows) } else { r }
}

fn of_words(subjects: u32, words: u32, kind: FactKind, with_index: bool) -> Ruleset {
    let mut r = bare();
    texts(&mut r, subjects, kind);
    let words: Vec<String> = (0..words).map(|word| format!("{word:x}")).collect();
    (0..subjects).for_each(|number| subject(&mut r, SubjectKind::Fact, number, 0, &words));
    if with_index { indexed(r, 1) } else { r }
}

/// Of one list, each of a word and by a slot of its own.
fn ask_of_words(count: u32) -> Ruleset {
    let mut r = of_words(1, count, FactKind::List, false);
    rule(&mut r, 0, 0);
    r.slots.clear();
    for word in 0..count {
        slot(&mut r, 0, &[Predicate::new(PredicateKind::Member, false, 0, word, 0)]);
    }
    indexed(r, 1)
}

fn sets(r: &mut Ruleset, count: u32) {
    let ranks = count / 2 * 2;
    facts(r, 1, FactKind::Int, TypeId::INT, "");
    subject(r, SubjectKind::Fact, 0, ranks, &[]);
    rule(r, 0, 0);
    r.slots.clear();
    r.sets = (1..=ranks.max(2)).collect();
    for first in (0..count.saturating_sub(1)).step_by(8) {
        let width = (ranks - first).min(8) / 2 * 2;
        slot(r, 0, &[Predicate::new(PredicateKind::Runs, false, 0, first, width)]);
    }
    while r.sets.len() < count as usize {
        r.sets.push(0);
    }
}

fn variables(r: &mut Ruleset, count: u32) {
    units(r, count, 1, 0);
    for unit in 0..count {
        let name = text(r, &format!("{unit:x}"));
        r.variables.push(Variable { name, unit });
    }
}

fn units(r: &mut Ruleset, count: u32, code: u32, registers: u32) {
    for _ in 0..count {
        let code_run = run(r.code.len(), code as usize);
        r.code.resize(r.code.len() + code as usize, Instruction::new(Opcode::ReturnTrue));
        let registers_run = run(r.registers.len(), registers as usize);
        r.registers.resize(r.registers.len() + registers as usize, TypeId::BOOL.0);
        let result = TypeId::BOOL.0;
        r.units.push(Unit { code: code_run, registers: registers_run, result });
    }
}

/// As many jumps as can be are on their way at once, each with as many registers.
fn jumps(r: &mut Ruleset, count: u32) {
    r.constants.push(Constant { value: Word::default(), value_type: TypeId::BOOL.0 });
    let instruction = |opcode, immediate| Instruction { immediate, ..Instruction::new(opcode) };
    let half = count.div_ceil(2).max(1);
    r.code.push(instruction(Opcode::Constant, 0));
    r.code.extend((1..half).map(|at| instruction(Opcode::JumpIf, half + at)));
    r.code.resize(2 * half as usize, instruction(Opcode::ReturnTrue, 0));
    r.registers = vec![TypeId::BOOL.0; 1024];
    let (code, registers) = (run(0, r.code.len()), run(0, 1024));
    r.units.push(Unit { code, registers, result: TypeId::BOOL.0 });
}

fn constants(r: &mut Ruleset, count: u32) {
    let constant = Constant { value: Word::default(), value_type: TypeId::INT.0 };
    r.constants.resize(count as usize, constant);
}

/// Circles, or polygons of so many vertices.
fn fences(r: &mut Ruleset, count: u32, vertices: u32) {
    for number in 0..count {
        let name = text(r, &format!("{number:x}"));
        let (kind, numbers) = match vertices {
            0 => (FenceKind::Circle, [0.0, 0.0, 1.0, 0.0]),
            _ => (FenceKind::Polygon, [0.0; 4]),
        };
        let own = run(r.vertices.len(), vertices as usize);
        r.fences.push(Fence { name, kind: kind as u16, numbers, vertices: own });
        r.vertices.resize(r.vertices.len() + vertices as usize, Vertex { lat: 0.0, lon: 0.0 });
    }
}

fn zones(r: &mut Ruleset, count: u32, transitions: u32) {
    for number in 0..count {
        let name = text(r, &format!("{number:x}"));
        let own = run(r.transitions.len(), transitions as usize);
        let repeat_from = i64::MAX;
        r.zones.push(Zone { name, initial_offset: 0, transitions: own, repeat_from });
        r.transitions.extend((0..transitions.into()).map(|at| Transition { at, offset: 0 }));
    }
}

fn places(count: u32) -> Vec<Position> {
    vec![Position { file: NONE, line: 1, column: 1 }; count as usize]
}
