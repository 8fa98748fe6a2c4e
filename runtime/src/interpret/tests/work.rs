//! Every operation pays for its work: at arguments as large and as awkward as can be, it takes no
//! more steps than it is stated to cost, and no more machine instructions than its steps allow.
//!
//! What an operation does is counted by valgrind, which can't be argued with, and doesn't depend on
//! what else the machine does. An opcode without a line in [`of_opcode`] doesn't compile; builtins
//! are all tried with text of every kind.

use crate::interpret::run::MAX_VARIABLE_DEPTH;
use crate::interpret::{Machine, Memo, Program};
use crate::load::Regex;
use crate::memory::Scratch;
use crate::testing::assemble::{Assembled, Assembler, Code, Given};
use regex_automata::dfa::{StartKind, dense, sparse};
use rulestone_format::archive::{Blob, Fence, Range, Vertex};
use rulestone_format::code::{Builtin, Opcode};
use rulestone_format::frame::Frame;
use rulestone_format::place::FenceKind;
use rulestone_format::schema::FactKind;
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{Reference, Word};
use rulestone_format::verify::{Work, unit_costs};
use std::path::Path;
use std::process::Command;

/// Machine instructions for each unit in a build for tests, which uses no wide registers for bytes:
/// up to twenty where that of a release takes four, some ten nanoseconds at most.
const INSTRUCTIONS_A_UNIT: u64 = 80;

/// What any unit takes that does next to nothing.
const INSTRUCTIONS_AT_LEAST: u64 = 3000;

/// Bytes of long text, and items of long lists.
const LONG: usize = 8 << 10;
const MANY: usize = 1000;

/// A unit to be run once.
struct Case {
    name: String,
    assembled: Assembled,
    unit: u32,
    /// Items of the one fact, if there is one.
    fact: Option<usize>,
}

/// A unit in the making.
struct Writer {
    assembler: Assembler,
    code: Code,
    regex: Option<Regex>,
    fact: Option<usize>,
}

impl Writer {
    fn new() -> Writer {
        Writer { assembler: Assembler::new(), code: Code::default(), regex: None, fact: None }
    }

    fn constant(&mut self, id: TypeId, value: Word) -> u16 {
        self.code.constant(&mut self.assembler, id, value)
    }

    fn text(&mut self, text: &str) -> u16 {
        let word = self.assembler.string(text);
        self.constant(TypeId::STRING, word)
    }

    fn list_of(&mut self, item: TypeId, cells: &[Word]) -> u16 {
        let list = self.assembler.kind(TypeKind::List(item));
        let word = self.assembler.list(cells);
        self.constant(list, word)
    }

    fn numbers(&mut self, item: TypeId, numbers: impl Iterator<Item = u64>) -> u16 {
        let cells: Vec<Word> = numbers.map(Word::from_uint).collect();
        self.list_of(item, &cells)
    }

    fn words(&mut self, count: usize, long: usize) -> u16 {
        let cells: Vec<Word> =
            (0..count).map(|n| self.assembler.string(&format!("{n:0long$}"))).collect();
        self.list_of(TypeId::STRING, &cells)
    }

    /// A map from text to ints.
    fn map(&mut self, count: usize, long: usize) -> u16 {
        let mut cells = Vec::new();
        for n in 0..count {
            cells.push(self.assembler.string(&format!("{n:0long$}")));
            cells.push(Word::from_int(n as i64));
        }
        let map = self.assembler.kind(TypeKind::Map(TypeId::STRING, TypeId::INT));
        let entries = self.assembler.list(&cells).reference();
        let entries = Reference::new(entries.space(), entries.offset(), count);
        self.constant(map, Word::from_reference(entries))
    }

    fn give(mut self, name: String, result: TypeId, register: u16) -> Case {
        let unit = self.assembler.unit(result, self.code.give(register));
        let mut assembled = self.assembler.finish();
        assembled.has_regexes(self.regex.into_iter().collect());
        Case { name, assembled, unit, fact: self.fact }
    }
}

/// A case of an opcode whose result is of a type.
fn case(
    name: &str,
    opcode: Opcode,
    result: impl FnOnce(&mut Writer) -> TypeId,
    operands: impl FnOnce(&mut Writer) -> (u16, u16, u32),
) -> Case {
    let mut writer = Writer::new();
    let (a, b, immediate) = operands(&mut writer);
    let result = result(&mut writer);
    let given = writer.code.value(opcode, result, a, b, immediate);
    writer.give(format!("{opcode:?} {name}"), result, given)
}

/// An opcode at its largest operands.
fn of_opcode(opcode: Opcode) -> Vec<Case> {
    let long = |unit: &str| unit.repeat(LONG / unit.len());
    let bool = |_: &mut Writer| TypeId::BOOL;
    let string = |_: &mut Writer| TypeId::STRING;
    let int = |_: &mut Writer| TypeId::INT;
    let strings = |w: &mut Writer| w.assembler.kind(TypeKind::List(TypeId::STRING));
    match opcode {
        Opcode::CompareText => {
            vec![case("", opcode, bool, |w| (w.text(&long("a")), w.text(&long("a")), 0))]
        }
        Opcode::Equal => vec![
            case("text", opcode, bool, |w| (w.text(&long("a")), w.text(&long("a")), 0)),
            case("strings", opcode, bool, |w| (w.words(MANY, 24), w.words(MANY, 24), 0)),
            case("ints", opcode, bool, |w| {
                let mut list = || w.numbers(TypeId::INT, 0..MANY as u64);
                (list(), list(), 0)
            }),
            case("doubles", opcode, bool, |w| {
                let mut list = || w.numbers(TypeId::DOUBLE, 0..MANY as u64);
                (list(), list(), 0)
            }),
            case("maps", opcode, bool, |w| (w.map(MANY, 24), w.map(MANY, 24), 0)),
        ],
        Opcode::Lookup => vec![case("long keys", opcode, int, |w| {
            (w.map(MANY, 1000), w.text(&format!("{:01000}", MANY - 1)), 0)
        })],
        Opcode::HasKey => vec![
            case("long keys", opcode, bool, |w| (w.map(MANY, 1000), w.text(&"0".repeat(999)), 0)),
            case("short keys", opcode, bool, |w| (w.map(MANY, 8), w.text("00001000"), 0)),
        ],
        Opcode::Contains => vec![
            case("strings", opcode, bool, |w| (w.words(MANY, 24), w.text(&"x".repeat(24)), 0)),
            case("long strings", opcode, bool, |w| {
                (w.words(MANY, 100), w.text(&("0".repeat(99) + "x")), 0)
            }),
            case("ints", opcode, bool, |w| {
                let list = w.numbers(TypeId::INT, 0..MANY as u64);
                (list, w.constant(TypeId::INT, Word::from_int(-1)), 0)
            }),
        ],
        Opcode::Concatenate => {
            vec![case("", opcode, strings, |w| (w.words(MANY, 8), w.words(MANY, 8), 0))]
        }
        Opcode::NewList | Opcode::NewListLike | Opcode::NewMap | Opcode::NewMapLike => {
            vec![made(opcode, false)]
        }
        Opcode::FinishMap => vec![made(opcode, true)],
        Opcode::Greatest | Opcode::Least => vec![
            case("ints", opcode, int, |w| (w.numbers(TypeId::INT, 0..MANY as u64), 0, 0)),
            case(
                "doubles",
                opcode,
                |_| TypeId::DOUBLE,
                |w| (w.numbers(TypeId::DOUBLE, 0..MANY as u64), 0, 0),
            ),
        ],
        Opcode::Superset => {
            vec![case("", opcode, bool, |w| (w.words(100, 24), w.words(100, 24), 0))]
        }
        Opcode::Intersects => vec![case("", opcode, bool, |w| {
            let others: Vec<Word> =
                (0..100).map(|n| w.assembler.string(&format!("x{n:023}"))).collect();
            (w.words(100, 24), w.list_of(TypeId::STRING, &others), 0)
        })],
        Opcode::Join2 => {
            vec![case("", opcode, string, |w| (w.text(&long("a")), w.text(&long("a")), 0))]
        }
        Opcode::Join => vec![
            case("", opcode, string, |w| (w.words(MANY, 24), w.text(", "), 0)),
            case("nothing", opcode, string, |w| {
                let nothing = vec![w.assembler.string(""); MANY];
                (w.list_of(TypeId::STRING, &nothing), w.text(""), 0)
            }),
        ],
        Opcode::Split => [("a,", ","), ("é", ""), ("a", "ab"), ("a", "a"), ("abab", "abb")]
            .map(|(text, by)| {
                case(&format!("{text} by {by}"), opcode, strings, |w| {
                    let limit = w.constant(TypeId::INT, Word::from_int(-1));
                    (w.text(&long(text)), w.text(by), limit.into())
                })
            })
            .into(),
        Opcode::Matches => vec![case("scattered classes", opcode, bool, |w| {
            let odd: String = (0x21..0x7e).step_by(2).map(|c| format!("\\x{c:x}")).collect();
            w.regex = Some(regex(&format!("^(?:[{odd}][{odd}])+z$"), &mut w.assembler));
            (w.text(&long("}y")), 0, 0)
        })],
        Opcode::Format => vec![
            format("%s", |w| w.text(&long("a"))),
            format("%x", |w| w.text(&long("a"))),
            format("%s", |w| w.words(MANY, 8)),
            format("%s", |w| w.numbers(TypeId::INT, (0..MANY as u64).map(|n| n << 40))),
            format("%s", |w| w.numbers(TypeId::DOUBLE, (0..MANY as u64).map(|n| n << 32))),
            format("%s", |w| w.map(MANY, 8)),
            format("%s", of_powers),
            format("%.1000f", |w| w.constant(TypeId::DOUBLE, Word::from_double(1.1e308))),
            format("%.1000e", |w| w.constant(TypeId::DOUBLE, Word::from_double(5e-324))),
            format(&long("%%"), |w| w.text("")),
        ],
        Opcode::FormatList => vec![case("", opcode, string, |w| {
            (w.text(&"%d ".repeat(MANY)), w.numbers(TypeId::INT, 0..MANY as u64), 0)
        })],
        Opcode::Within => vec![case("a polygon", opcode, bool, |w| {
            let fence = polygon(&mut w.assembler);
            let point = Word { low: 0.5_f64.to_bits(), high: 0.5_f64.to_bits() };
            (w.constant(TypeId::POINT, point), 0, fence)
        })],
        Opcode::BucketText => {
            vec![case("", opcode, int, |w| (w.text(&long("a")), w.text(&long("a")), 0))]
        }
        Opcode::BucketInt => vec![case("", opcode, int, |w| {
            (w.constant(TypeId::INT, Word::from_int(i64::MIN)), w.text(&long("a")), 0)
        })],
        Opcode::Fact => vec![of_enums()],
        Opcode::Call => Builtin::ALL.iter().flat_map(|builtin| of_builtin(*builtin)).collect(),

        // What these do doesn't grow.
        Opcode::Constant
        | Opcode::Move
        | Opcode::Has
        | Opcode::Variable
        | Opcode::Jump
        | Opcode::JumpIf
        | Opcode::JumpUnless
        | Opcode::Return
        | Opcode::ReturnTrue
        | Opcode::ReturnFalse
        | Opcode::Fail
        | Opcode::Clear
        | Opcode::Catch
        | Opcode::Raise
        | Opcode::AddInt
        | Opcode::SubtractInt
        | Opcode::MultiplyInt
        | Opcode::DivideInt
        | Opcode::RemainderInt
        | Opcode::NegateInt
        | Opcode::AddUint
        | Opcode::SubtractUint
        | Opcode::MultiplyUint
        | Opcode::DivideUint
        | Opcode::RemainderUint
        | Opcode::AddDouble
        | Opcode::SubtractDouble
        | Opcode::MultiplyDouble
        | Opcode::DivideDouble
        | Opcode::NegateDouble
        | Opcode::AddTimestamp
        | Opcode::SubtractTimestamp
        | Opcode::Elapsed
        | Opcode::AddDuration
        | Opcode::SubtractDuration
        | Opcode::Not
        | Opcode::CompareBool
        | Opcode::CompareInt
        | Opcode::CompareUint
        | Opcode::CompareDouble
        | Opcode::CompareTimestamp
        | Opcode::CompareDuration
        | Opcode::CompareIntUint
        | Opcode::CompareIntDouble
        | Opcode::CompareUintDouble
        | Opcode::Size
        | Opcode::Index
        | Opcode::Push
        | Opcode::FinishList
        | Opcode::PushEntry
        | Opcode::Bound
        | Opcode::Loop
        | Opcode::Next
        | Opcode::Item
        | Opcode::EntryKey
        | Opcode::EntryValue
        | Opcode::Position
        | Opcode::Civil
        | Opcode::CivilZone => Vec::new(),
    }
}

/// A format of one argument.
fn format(format: &str, argument: impl FnOnce(&mut Writer) -> u16) -> Case {
    case(
        format.get(..8).unwrap_or(format),
        Opcode::Format,
        |_| TypeId::STRING,
        |w| (w.text(format), argument(w), 1),
    )
}

/// A map whose keys have every number of digits.
fn of_powers(w: &mut Writer) -> u16 {
    let powers = (0..19).map(|digits| 10_i64.pow(digits));
    let mut keys: Vec<i64> =
        powers.flat_map(|power| (0..20).flat_map(move |n| [power + n, -power - n])).collect();
    keys.sort_unstable();
    keys.dedup();
    let cells: Vec<Word> = keys.iter().flat_map(|key| [Word::from_int(*key); 2]).collect();
    let map = w.assembler.kind(TypeKind::Map(TypeId::INT, TypeId::INT));
    let entries = w.assembler.list(&cells).reference();
    let entries = Reference::new(entries.space(), entries.offset(), keys.len());
    w.constant(map, Word::from_reference(entries))
}

fn regex(pattern: &str, assembler: &mut Assembler) -> Regex {
    let builder = dense::Builder::new()
        .configure(dense::Config::new().start_kind(StartKind::Unanchored))
        .build(pattern);
    let bytes = builder.expect("builds").to_sparse().expect("it is small");
    let bytes = bytes.to_bytes_little_endian();
    let offset = assembler.ruleset.data.len() as u32;
    assembler.ruleset.data.extend_from_slice(&bytes);
    assembler.ruleset.regexes.push(Blob { offset, length: bytes.len() as u32 });
    let (automaton, _) = sparse::DFA::from_bytes(&bytes).expect("is one");
    // Nearly what the verifier finds: every other of 94 bytes, each by itself, and the end.
    let work = Work { ranges: 40, bytes: u32::MAX };
    Regex { automaton: automaton.to_owned(), work }
}

fn polygon(assembler: &mut Assembler) -> u32 {
    let start = assembler.ruleset.vertices.len() as u32;
    for n in 0..MANY {
        let angle = n as f64 / MANY as f64 * std::f64::consts::TAU;
        assembler.ruleset.vertices.push(Vertex { lat: angle.sin(), lon: angle.cos() });
    }
    let name = assembler.text("fence");
    let vertices = Range { start, length: MANY as u32 };
    let kind = FenceKind::Polygon as u16;
    assembler.ruleset.fences.push(Fence { name, kind, numbers: [0.0; 4], vertices });
    assembler.ruleset.fences.len() as u32 - 1
}

/// A list or map that is made, of every item of a list of numbers in no order, or of none.
fn made(opcode: Opcode, is_filled: bool) -> Case {
    let mut w = Writer::new();
    let list = w.numbers(TypeId::INT, (0..MANY as u64).map(|n| n * 48_271 % 65_537));
    let is_list = matches!(opcode, Opcode::NewList | Opcode::NewListLike);
    let (builder_kind, kind) = match is_list {
        true => (TypeKind::ListBuilder(TypeId::INT), TypeKind::List(TypeId::INT)),
        false => (
            TypeKind::MapBuilder(TypeId::INT, TypeId::INT),
            TypeKind::Map(TypeId::INT, TypeId::INT),
        ),
    };
    let (builder_type, made) = (w.assembler.kind(builder_kind), w.assembler.kind(kind));
    let (begin, finish) = match opcode {
        Opcode::NewListLike => (opcode, Opcode::FinishList),
        Opcode::NewList => (opcode, Opcode::FinishList),
        Opcode::NewMap => (opcode, Opcode::FinishMap),
        _ => (Opcode::NewMapLike, Opcode::FinishMap),
    };
    let is_like = matches!(begin, Opcode::NewListLike | Opcode::NewMapLike);
    let (like, room) = if is_like { (list, 0) } else { (0, MANY as u32) };
    let builder = w.code.value(begin, builder_type, like, 0, room);
    if is_filled {
        let cursor = w.code.register(TypeId::CURSOR);
        w.code.push(Opcode::Bound, 0, list, 0, MANY as u32);
        let start = w.code.push(Opcode::Loop, cursor, list, 0, 0);
        let item = w.code.value(Opcode::Item, TypeId::INT, list, cursor, 0);
        w.code.push(Opcode::PushEntry, 0, builder, item, item.into());
        w.code.push(Opcode::Next, cursor, 0, 0, start as u32 + 1);
        w.code.instructions[start].immediate = w.code.here();
    }
    let result = w.code.value(finish, made, builder, 0, 0);
    w.give(format!("{opcode:?}"), made, result)
}

/// A list of enums, which is made a list of text.
fn of_enums() -> Case {
    let mut w = Writer::new();
    let labels = w.assembler.labels(&["one", "two"]);
    let platform = w.assembler.fact_type(FactKind::Enum, labels);
    let list = w.assembler.fact_type(FactKind::List, platform);
    let kind = w.assembler.kind(TypeKind::List(TypeId::STRING));
    let fact = w.assembler.fact("platforms", list, kind);
    w.fact = Some(MANY);
    let value = w.code.value(Opcode::Fact, kind, 0, 0, fact);
    w.give("Fact of enums".to_owned(), kind, value)
}

/// A builtin with text of every kind.
fn of_builtin(builtin: Builtin) -> Vec<Case> {
    let parameters = builtin.signature().parameters;
    let is_text = |id: &TypeId| matches!(*id, TypeId::STRING | TypeId::BYTES);
    let count = parameters.iter().filter(|id| is_text(id)).count();
    let (half, all) = (LONG / 2, |unit: &str| unit.repeat(LONG / unit.len()));
    let wholes = ["a", "é", "0", " ", "\u{3000}", "\"", "ab", "1h"].map(all);
    let parts = [
        "a".repeat(half) + "b",
        "b".to_owned() + &"a".repeat(half),
        "aab".to_owned(),
        "a".to_owned(),
        String::new(),
        "a".repeat(LONG * 2),
    ];
    let mut cases = Vec::new();
    for whole in wholes.iter().take(if count == 0 { 1 } else { wholes.len() }) {
        for part in parts.iter().take(if count > 1 { parts.len() } else { 1 }) {
            let mut w = Writer::new();
            let mut texts = [whole.as_str(), part.as_str(), "xyz"].into_iter();
            let words: Vec<Word> = (parameters.iter())
                .map(|id| match *id {
                    TypeId::STRING | TypeId::BYTES => {
                        w.assembler.string(texts.next().expect("three texts at most"))
                    }
                    TypeId::BOOL => Word::TRUE,
                    TypeId::DOUBLE => Word::from_double(1.1e308),
                    _ => Word::from_int(half as i64 / 4),
                })
                .collect();
            // Arguments stand side by side: registers are taken in turn.
            let mut first = None;
            for (id, word) in parameters.iter().zip(words) {
                let register = w.constant(*id, word);
                first = first.or(Some(register));
            }
            let result = builtin.signature().result;
            let first = first.expect("a builtin has parameters");
            let value = w.code.value(Opcode::Call, result, first, builtin as u16, 0);
            let [whole, part] = [whole, part].map(|text| text.chars().take(4).collect::<String>());
            cases.push(w.give(format!("{builtin:?} {whole}… {part}…"), result, value));
        }
    }
    cases
}

fn cases() -> Vec<Case> {
    Opcode::ALL.iter().flat_map(|opcode| of_opcode(*opcode)).collect()
}

/// Where valgrind begins to count. Not inlined, and known by its name.
#[inline(never)]
fn rulestone_measured(machine: &mut Machine<'_>, unit: u32, registers: &mut [Word]) -> bool {
    std::hint::black_box(rulestone_counted(machine, unit, registers))
}

/// Behind this valgrind tells what it counted, which it does for calls that it counts.
#[inline(never)]
fn rulestone_counted(machine: &mut Machine<'_>, unit: u32, registers: &mut [Word]) -> bool {
    std::hint::black_box(machine.unit(unit, registers, MAX_VARIABLE_DEPTH)).is_ok()
}

/// What becomes of a unit in a decision of its own.
#[derive(Debug, PartialEq, Eq)]
struct Spent {
    steps: usize,
    is_exhausted: bool,
}

/// Runs a unit once, counted, with memory that is there: it grows once in a session's life.
fn steps(case: &Case) -> u64 {
    let mut scratch = Scratch::new(1 << 20);
    scratch.reserve(1 << 20).expect("there is room");
    spent(case, &mut scratch).steps as u64
}

fn spent(case: &Case, scratch: &mut Scratch) -> Spent {
    let program = case.assembled.program();
    let Program { archive, plan } = program;
    let items = case.fact.map(|count| {
        Given::List((0..count).map(|n| Given::Narrow(Word::from_uint(n as u64 % 2))).collect())
    });
    let facts: Vec<Option<Given<'_>>> = items.into_iter().map(Some).collect();
    let bytes = case.assembled.frame(&facts);
    scratch.clear();
    let mut memos = vec![Memo::Unknown; plan.memos];
    let mut registers = vec![Word::default(); plan.registers];
    let frame = Frame::check(&bytes, archive).expect("a good frame");
    let before = scratch.steps();
    let mut machine = Machine::new(program, &frame, scratch, &mut memos);
    rulestone_measured(&mut machine, case.unit, &mut registers);
    Spent { steps: before - scratch.steps(), is_exhausted: scratch.is_exhausted() }
}

/// What the verifier says that it costs.
fn stated(case: &Case) -> u64 {
    let costs =
        unit_costs(case.assembled.archive()).unwrap_or_else(|e| panic!("{}: {e}", case.name));
    costs[case.unit as usize]
}

#[test]
fn no_operation_takes_more_steps_than_it_is_stated_to_cost() {
    let cases = cases();
    let mut beyond = Vec::new();
    for case in &cases {
        let (steps, stated) = (steps(case), stated(case));
        if steps > stated {
            beyond.push(format!("{}: {steps} steps, {stated} stated", case.name));
        }
    }
    assert!(beyond.is_empty(), "{beyond:#?}");
    assert!(cases.len() > 300, "{}", cases.len());
}

/// Whatever the operation: what lacks one step ends the decision, and how much memory there
/// was before makes no difference.
#[test]
fn no_operation_is_a_mere_fault_where_steps_do_not_last() {
    for case in &cases() {
        let mut warm = Scratch::new(1 << 20);
        warm.reserve(1 << 20).expect("there is room");
        let all = spent(case, &mut warm);
        assert!(!all.is_exhausted, "{}", case.name);
        let name = &case.name;
        for missing in [0, 1, all.steps / 3, all.steps / 2, all.steps] {
            let Some(steps) = all.steps.checked_sub(missing) else { continue };
            let expected = Spent { steps, is_exhausted: missing > 0 };
            let mut cold = Scratch::new(1 << 20);
            for scratch in [&mut cold, &mut warm] {
                scratch.set_step_limit(steps);
                assert_eq!(spent(case, scratch), expected, "{name} of {} steps", all.steps);
            }
        }
    }
}

/// As above, where a byte of memory is missing.
#[test]
fn no_operation_is_a_mere_fault_where_memory_does_not_last() {
    let steps = usize::MAX >> 1;
    for case in &cases() {
        let of = |scratch: &mut Scratch, limit: usize| {
            scratch.set_limit(limit);
            scratch.set_step_limit(steps);
            spent(case, scratch)
        };
        let mut warm = Scratch::new(1 << 20);
        warm.reserve(1 << 20).expect("there is room");
        let all = of(&mut warm, 1 << 20);
        assert!(!all.is_exhausted, "{}", case.name);
        let (mut least, mut enough) = (0, 1 << 20);
        while least < enough {
            let limit = (least + enough) / 2;
            match of(&mut Scratch::new(0), limit).is_exhausted {
                true => least = limit + 1,
                false => enough = limit,
            }
        }
        let exhausted = Spent { steps, is_exhausted: true };
        for scratch in [&mut Scratch::new(0), &mut warm] {
            assert_eq!(of(scratch, least), all, "{} with {least} bytes", case.name);
            for limit in [0, least / 3, least / 2, least.saturating_sub(1)] {
                let expected = if limit < least { &exhausted } else { &all };
                assert_eq!(&of(scratch, limit), expected, "{} with {limit} bytes", case.name);
            }
        }
    }
}

/// Run by the next test, under valgrind.
#[test]
#[ignore = "counted by `the_work_of_each_operation_is_in_proportion_to_its_steps`"]
fn each_operation_once() {
    for case in cases() {
        steps(&case);
    }
}

#[test]
fn the_work_of_each_operation_is_in_proportion_to_its_steps() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(counts) = counted(folder.path()) else {
        println!("skipped: valgrind, which counts instructions, isn't installed");
        return;
    };
    let cases = cases();
    assert_eq!(counts.len(), cases.len(), "each is counted once");
    let mut beyond = Vec::new();
    for (case, count) in cases.iter().zip(counts) {
        let (steps, stated) = (steps(case), stated(case));
        let most = steps * INSTRUCTIONS_A_UNIT + INSTRUCTIONS_AT_LEAST;
        println!("{}: {count} instructions, {steps} steps, {stated} stated", case.name);
        if count > most {
            beyond.push(format!("{}: {count} instructions, {steps} steps", case.name));
        }
    }
    assert!(beyond.is_empty(), "{beyond:#?}");
}

/// Instructions of each operation, or `None` where there is no valgrind.
fn counted(folder: &Path) -> Option<Vec<u64>> {
    let program = std::env::current_exe().expect("this test");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no", "--dump-instr=no"])
        .args(["--toggle-collect=*rulestone_measured*", "--dump-after=*rulestone_counted*"])
        .arg(format!("--callgrind-out-file={}", folder.join("out").display()))
        .arg(program)
        .args(["--ignored", "--exact", "--test-threads=1"])
        .arg("interpret::tests::work::each_operation_once")
        .output()
        .ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut counts = Vec::new();
    for number in 1.. {
        let Some(text) = dump(folder, number) else { break };
        let line = text.lines().find_map(|line| line.strip_prefix("totals: "));
        counts.push(line.expect("a total").trim().parse().expect("a number"));
    }
    Some(counts)
}

/// What was dumped behind a call, of one thread or of several.
fn dump(folder: &Path, number: usize) -> Option<String> {
    let names = [format!("out.{number}"), format!("out.{number}-02")];
    names.iter().find_map(|name| std::fs::read_to_string(folder.join(name)).ok())
}
