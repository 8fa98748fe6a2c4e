//! Archives of somebody who wants a server to run out of memory.
//!
//! In: nothing. Out: whole files, each in order, in which there is as much as can be
//! of one thing that is small there and may be large in memory.

use super::{compiled, memory};
use rulestone::Ruleset;
use rulestone_compiler::Indexing;
use rulestone_compiler::emit::emit;
use rulestone_format::archive::{
    self, Constant, Fact, FactType, Group, Identity, NONE, Range, Schema, Text, Unit,
};
use rulestone_format::code::{Instruction, Opcode};
use rulestone_format::index::{row_words, summary_words};
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::schema::FactKind;
use rulestone_format::types::{TypeEntry, TypeId, TypeKind};
use rulestone_format::value::{Reference, Space, Word};
use std::fmt::Write;

/// Archives of somebody who wants a server to run out of memory: as many as can be
/// of whatever is small in the file, just so many that lists and tables which
/// double have doubled once more. Each is in order.
pub fn archives() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("facts in groups of their own", many_groups(4096, 24)),
        ("facts in deep groups", many_groups(1000, 60)),
        ("lists of lists", nested_lists(28_674)),
        ("lists of two types", shared_lists(14_340)),
        ("jumps", many_jumps(32_774, 1024)),
        ("units", many_units(16_400)),
        ("types", many_types(28_674)),
        ("labels", many_labels(33_000)),
        ("long texts", overlapping_texts(28_674)),
        ("regexes", many_regexes(500)),
        ("sets within sets", many_sets(30_000, 4_000)),
        ("long sets", long_sets(2_000, 16)),
        ("ranks with rows in turn", many_ranks(200_000, 64)),
        ("asks of one slot after the other", many_asks(60_000)),
        ("words of a list", many_words(20_000)),
        ("several asks of one slot", several_asks(50_000)),
    ]
}

/// No facts and no rules.
pub fn bare() -> archive::Ruleset {
    let mut data = Vec::new();
    let mut text = |text: &str| {
        data.extend_from_slice(text.as_bytes());
        Text { offset: (data.len() - text.len()) as u32, length: text.len() as u32 }
    };
    let (name, group, version) = (text("bare"), text("default"), text("1"));
    archive::Ruleset {
        identity: Identity {
            name,
            description: Text::default(),
            source_hash: [0; 32],
            tzdata: version,
            compiler: version,
            enabled: 1,
            disabled_rules: 0,
        },
        data,
        types: TypeKind::FIXED.map(TypeEntry::from).to_vec(),
        schema: Schema { now: NONE, ..Schema::default() },
        groups: vec![Group { name: group, hit_policy: 0 }],
        ..archive::Ruleset::default()
    }
}

/// An int and a list of strings, both optional, and a rule.
fn with_subjects() -> archive::Ruleset {
    let mut ruleset = bare();
    let kind = |kind: FactKind, item, bound| FactType { kind: kind as u16, item, bound };
    ruleset.schema.types =
        vec![kind(FactKind::Int, 0, 0), kind(FactKind::String, 0, 8), kind(FactKind::List, 1, 8)];
    let list = list_type(&mut ruleset, TypeId::STRING);
    for (number, (name, value_type)) in
        [("level", TypeId::INT), ("tags", list)].into_iter().enumerate()
    {
        let offset = ruleset.data.len() as u32;
        ruleset.data.extend_from_slice(name.as_bytes());
        let path = Text { offset, length: name.len() as u32 };
        ruleset.schema.facts.push(Fact {
            path,
            fact_type: 2 * number as u16,
            value_type: value_type.0,
            optional: 1,
            slot: 8 * number as u32,
        });
    }
    let id = ruleset.schema.facts[0].path;
    ruleset.rules.push(archive::Rule { id, priority: 0, group: 0, assignments: Range::default() });
    ruleset
}

/// One subject by ranks.
fn with_ranks(ranks: usize) -> archive::Ruleset {
    let mut ruleset = with_subjects();
    let cuts = Range { start: 0, length: ranks as u32 - 2 };
    ruleset.subjects.push(archive::Subject { kind: 0, source: 0, cuts, words: Range::default() });
    ruleset.cuts = (0..ranks as u64 - 2).collect();
    ruleset
}

fn ask(ruleset: &mut archive::Ruleset, predicates: &[Predicate]) {
    let count = predicates.len() as u16;
    let start = ruleset.predicates.len() as u32;
    ruleset.slots.push(archive::Slot {
        rule: 0,
        condition: NONE,
        predicates: start,
        count,
        residual: count,
    });
    ruleset.predicates.extend(predicates.iter().map(|predicate| predicate.0));
}

/// Rows of all slots, and a dimension that has them in turn.
fn full_index(mut ruleset: archive::Ruleset, cells: usize, rows: u32) -> Vec<u8> {
    let (slots, index) = (ruleset.slots.len(), &mut ruleset.index);
    let cells_run = Range { start: 0, length: cells as u32 };
    index.dimensions = vec![archive::Dimension { subject: 0, cells: cells_run }];
    index.cells = (0..cells as u32).map(|cell| cell % rows).collect();
    for _ in 0..rows {
        let row = (0..row_words(slots)).map(|word| match slots.saturating_sub(64 * word) {
            rest @ 0..64 => (1 << rest) - 1,
            _ => u64::MAX,
        });
        index.rows.extend(row);
    }
    summarise(&mut ruleset);
    emit(ruleset).expect("is small")
}

/// Adds the summaries of rows that have something in each block.
pub fn summarise(ruleset: &mut archive::Ruleset) {
    let (slots, index) = (ruleset.slots.len(), &mut ruleset.index);
    let blocks = slots.div_ceil(512);
    let summary = (0..summary_words(slots)).map(|word| match blocks.saturating_sub(64 * word) {
        rest @ 0..64 => (1 << rest) - 1,
        _ => u64::MAX,
    });
    let summary: Vec<u64> = summary.collect();
    index.summaries = summary.repeat(index.rows.len() / row_words(slots));
}

/// Adds text.
pub fn text(ruleset: &mut archive::Ruleset, text: &str) -> Text {
    let offset = ruleset.data.len() as u32;
    ruleset.data.extend_from_slice(text.as_bytes());
    Text { offset, length: text.len() as u32 }
}

/// As many different parts of one set as there are predicates.
fn many_sets(predicates: usize, ranks: usize) -> Vec<u8> {
    let mut ruleset = with_ranks(ranks);
    ruleset.sets = (1..=ranks as u32).collect();
    let all: Vec<Predicate> = (0..predicates)
        .map(|n| {
            Predicate::new(
                PredicateKind::Runs,
                false,
                0,
                2 * (n as u32 % 900),
                8 + 2 * (n as u32 / 900),
            )
        })
        .collect();
    all.chunks(1).for_each(|own| ask(&mut ruleset, own));
    full_index(ruleset, ranks, 2)
}

/// Sets of their own, negated.
fn long_sets(predicates: usize, width: u32) -> Vec<u8> {
    let ranks = predicates * width as usize / 2 + 2;
    let mut ruleset = with_ranks(ranks);
    for n in 0..predicates as u32 {
        ruleset.sets.extend(0..width);
        ask(&mut ruleset, &[Predicate::new(PredicateKind::Runs, true, 0, n * width, width)]);
    }
    full_index(ruleset, ranks, 1)
}

/// Groups of one rank each, far more than slots.
fn many_ranks(ranks: usize, slots: usize) -> Vec<u8> {
    let mut ruleset = with_ranks(ranks);
    for _ in 0..slots {
        ask(&mut ruleset, &[Predicate::new(PredicateKind::Interval, false, 0, 0, 7)]);
    }
    full_index(ruleset, ranks, 2)
}

/// As many rows as there are ranks.
fn many_asks(slots: usize) -> Vec<u8> {
    let mut ruleset = with_ranks(60);
    for n in 0..slots as u32 {
        ask(&mut ruleset, &[Predicate::new(PredicateKind::Interval, false, 0, n % 50, 7)]);
    }
    full_index(ruleset, 60, 60)
}

/// All of one slot, of one subject.
fn several_asks(predicates: u32) -> Vec<u8> {
    let mut ruleset = with_ranks(60);
    let all: Vec<Predicate> = (0..predicates)
        .map(|n| Predicate::new(PredicateKind::Interval, true, 0, n % 50, 7))
        .collect();
    ask(&mut ruleset, &all);
    full_index(ruleset, 60, 2)
}

/// A slot for each word of a list.
fn many_words(words: u32) -> Vec<u8> {
    let mut ruleset = with_subjects();
    let own = Range { start: 0, length: words };
    ruleset.subjects.push(archive::Subject {
        kind: 0,
        source: 1,
        cuts: Range::default(),
        words: own,
    });
    for number in 0..words {
        let word = format!("{number:x}");
        let offset = ruleset.data.len() as u32;
        ruleset.data.extend(word.as_bytes());
        let text = Text { offset, length: word.len() as u32 };
        let hash = xxhash_rust::xxh3::xxh3_64(word.as_bytes());
        ruleset.words.push(archive::DictionaryWord { hash, text, number });
        ask(&mut ruleset, &[Predicate::new(PredicateKind::Member, false, 0, number, 0)]);
    }
    ruleset.words.sort_by_key(|word| word.hash);
    full_index(ruleset, words as usize + 2, 1)
}

fn many_groups(facts: usize, depth: usize) -> Vec<u8> {
    let mut ruleset = bare();
    ruleset.schema.types = vec![FactType { kind: FactKind::Bool as u16, item: 0, bound: 0 }];
    for number in 0..facts {
        let path = format!("g{number}{}", ".a".repeat(depth));
        let offset = ruleset.data.len() as u32;
        ruleset.data.extend_from_slice(path.as_bytes());
        ruleset.schema.facts.push(Fact {
            path: Text { offset, length: path.len() as u32 },
            fact_type: 0,
            value_type: TypeId::BOOL.0,
            optional: 1,
            slot: 8 * number as u32,
        });
    }
    emit(ruleset).expect("is small")
}

pub fn list_type(ruleset: &mut archive::Ruleset, item: TypeId) -> TypeId {
    ruleset.types.push(TypeKind::List(item).into());
    TypeId(ruleset.types.len() as u16 - 1)
}

fn reference(offset: usize, length: usize) -> Word {
    Word::from_reference(Reference::new(Space::Archive, offset, length))
}

/// Every cell names a list of its own, of the same zeros.
fn nested_lists(cells: usize) -> Vec<u8> {
    let mut ruleset = bare();
    let inner = list_type(&mut ruleset, TypeId::BOOL);
    let outer = list_type(&mut ruleset, inner);
    let zeros = ruleset.data.len();
    ruleset.data.resize(zeros + cells + 8, 0);
    let start = ruleset.data.len();
    for cell in 0..cells {
        let list = reference(zeros + cell, 1).low;
        ruleset.data.extend_from_slice(&list.to_le_bytes());
    }
    ruleset.constants.push(Constant { value: reference(start, cells), value_type: outer.0 });
    emit(ruleset).expect("is small")
}

/// The same cells as lists of two types.
fn shared_lists(cells: usize) -> Vec<u8> {
    let mut ruleset = bare();
    let start = ruleset.data.len();
    for cell in 0..cells {
        let list = reference(start + cell, 1).low;
        ruleset.data.extend_from_slice(&list.to_le_bytes());
    }
    for item in [TypeId::INT, TypeId::UINT] {
        let inner = list_type(&mut ruleset, item);
        let outer = list_type(&mut ruleset, inner);
        ruleset.constants.push(Constant { value: reference(start, cells), value_type: outer.0 });
    }
    emit(ruleset).expect("is small")
}

/// A unit in which as many jumps as can be are on their way at once.
fn many_jumps(instructions: usize, registers: usize) -> Vec<u8> {
    let mut ruleset = bare();
    ruleset.constants.push(Constant { value: Word::default(), value_type: TypeId::BOOL.0 });
    let instruction =
        |opcode, a, immediate| Instruction { a, immediate, ..Instruction::new(opcode) };
    ruleset.code.push(instruction(Opcode::Constant, 0, 0));
    let half = instructions / 2;
    for at in 1..half {
        ruleset.code.push(instruction(Opcode::JumpIf, 0, (half + at) as u32));
    }
    while ruleset.code.len() < 2 * half {
        ruleset.code.push(instruction(Opcode::ReturnTrue, 0, 0));
    }
    ruleset.registers = vec![TypeId::BOOL.0; registers];
    ruleset.units.push(Unit {
        code: Range { start: 0, length: ruleset.code.len() as u32 },
        registers: Range { start: 0, length: registers as u32 },
        result: TypeId::BOOL.0,
    });
    emit(ruleset).expect("is small")
}

fn many_units(units: usize) -> Vec<u8> {
    let mut ruleset = bare();
    for number in 0..units as u32 {
        ruleset.code.push(Instruction::new(Opcode::ReturnTrue));
        ruleset.units.push(Unit {
            code: Range { start: number, length: 1 },
            registers: Range::default(),
            result: TypeId::BOOL.0,
        });
    }
    emit(ruleset).expect("is small")
}

fn many_types(types: usize) -> Vec<u8> {
    let mut ruleset = bare();
    let keys = [TypeId::BOOL, TypeId::INT, TypeId::UINT, TypeId::STRING];
    let mut made = 0;
    // Each is a map from one of four keys to one of the types before it.
    'all: for value in 0.. {
        let value = match value {
            0..=3 => keys[value],
            _ => TypeId((TypeKind::FIXED.len() + value - 4) as u16),
        };
        for key in keys {
            ruleset.types.push(TypeKind::Map(key, value).into());
            made += 1;
            if made == types {
                break 'all;
            }
        }
    }
    emit(ruleset).expect("is small")
}

fn many_labels(labels: usize) -> Vec<u8> {
    let mut ruleset = bare();
    for label in 0..labels {
        let offset = ruleset.data.len() as u32;
        let _ = write!(Ascii(&mut ruleset.data), "{label:x}");
        let length = ruleset.data.len() as u32 - offset;
        ruleset.schema.labels.push(Text { offset, length });
    }
    ruleset.schema.enums = vec![Range { start: 0, length: labels as u32 }];
    emit(ruleset).expect("is small")
}

/// Text that goes to the end of bytes.
struct Ascii<'b>(&'b mut Vec<u8>);

impl Write for Ascii<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Texts that are too long to be checked each time, each another.
fn overlapping_texts(texts: usize) -> Vec<u8> {
    let mut ruleset = bare();
    let start = ruleset.data.len();
    ruleset.data.resize(start + 65 * texts / 4, b'x');
    for at in 0..texts {
        let text = reference(start + at, 65);
        ruleset.constants.push(Constant { value: text, value_type: TypeId::STRING.0 });
    }
    emit(ruleset).unwrap_or_default()
}

fn many_regexes(count: usize) -> Vec<u8> {
    emit(regexes(count)).expect("is small")
}

/// The smallest automata, each with its own bytes.
pub fn regexes(count: usize) -> archive::Ruleset {
    let yaml = "rulestone: v1\nruleset: r\nfacts: {name: string}\nrules:\n  - id: r\n    \
                condition: name.matches(\"a\")\n";
    let bytes = compiled(&memory(yaml.to_owned()), Indexing::Never);
    let loaded = Ruleset::from_bytes(&bytes).expect("is in order");
    let automaton = loaded.archive().blob(&loaded.archive().regexes[0]).to_vec();
    let mut ruleset = bare();
    for _ in 0..count {
        let offset = ruleset.data.len() as u32;
        ruleset.data.extend_from_slice(&automaton);
        ruleset.regexes.push(Text { offset, length: automaton.len() as u32 });
    }
    ruleset
}
