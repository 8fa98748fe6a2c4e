//! Steps do what their instructions mean: with few registers and with many, for values
//! that are there and for those that aren't, and at the price that they have elsewhere.

use super::{run, run_with};
use crate::interpret::{FILE, Machine, Memo, numbers};
use crate::memory::Scratch;
use crate::testing::assemble::{Assembler, Code, Given};
use rulestone_format::code::{Builtin, Opcode, Relation};
use rulestone_format::frame::Frame;
use rulestone_format::meaning::{Fault, Outcome, double, duration, integer};
use rulestone_format::schema::FactKind;
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{Reference, Word};

const WORDS: [u64; 12] = [
    0,
    1,
    2,
    7,
    i64::MAX as u64,
    i64::MIN as u64,
    u64::MAX,
    0x3ff8_0000_0000_0000, // 1.5
    0xc008_0000_0000_0000, // -3
    0x7ff0_0000_0000_0000, // infinity
    0x7ff8_0000_0000_0000, // NaN
    0x8000_0000_0000_0001,
];

fn leave_unused(code: &mut Code, registers: usize) {
    for _ in 0..registers {
        code.register(TypeId::INT);
    }
}

/// What a unit gives that has one instruction for two constants, and registers that
/// nobody uses.
fn outcome(
    opcode: Opcode,
    [operand, result]: [TypeId; 2],
    [a, b]: [Word; 2],
    immediate: u32,
    unused: usize,
) -> Outcome<Word> {
    let (mut assembler, mut code) = (Assembler::new(), Code::default());
    leave_unused(&mut code, unused);
    let a = code.constant(&mut assembler, operand, a);
    let b = code.constant(&mut assembler, operand, b);
    let given = code.value(opcode, result, a, b, immediate);
    run(assembler, result, code.give(given))
}

/// Whether an operation gives what it means, whatever the number of registers.
fn is_as_meant(
    opcode: Opcode,
    types: [TypeId; 2],
    immediate: u32,
    meaning: impl Fn(Word, Word) -> Outcome<Word>,
) {
    for a in WORDS.map(Word::from_uint) {
        for b in WORDS.map(Word::from_uint) {
            let expected = meaning(a, b);
            for unused in [0, FILE - 3, FILE, 3 * FILE] {
                let found = outcome(opcode, types, [a, b], immediate, unused);
                assert_eq!(found, expected, "{opcode:?} {immediate} {a:?} {b:?} {unused}");
            }
        }
    }
}

#[test]
fn arithmetic_gives_what_it_means_and_faults_as_it_should() {
    type Int = fn(i64, i64) -> Outcome<i64>;
    type Uint = fn(u64, u64) -> Outcome<u64>;
    type Double = fn(f64, f64) -> f64;
    let ints: [(Opcode, Int); 6] = [
        (Opcode::AddInt, integer::add_int),
        (Opcode::SubtractInt, integer::subtract_int),
        (Opcode::MultiplyInt, integer::multiply_int),
        (Opcode::DivideInt, integer::divide_int),
        (Opcode::RemainderInt, integer::remainder_int),
        (Opcode::NegateInt, |a, _| integer::negate_int(a)),
    ];
    for (opcode, meaning) in ints {
        is_as_meant(opcode, [TypeId::INT; 2], 0, |a, b| {
            meaning(a.int(), b.int()).map(Word::from_int)
        });
    }
    let durations: [(Opcode, Int); 2] =
        [(Opcode::AddDuration, duration::add), (Opcode::SubtractDuration, duration::subtract)];
    for (opcode, meaning) in durations {
        is_as_meant(opcode, [TypeId::DURATION; 2], 0, |a, b| {
            meaning(a.int(), b.int()).map(Word::from_int)
        });
    }
    let uints: [(Opcode, Uint); 5] = [
        (Opcode::AddUint, integer::add_uint),
        (Opcode::SubtractUint, integer::subtract_uint),
        (Opcode::MultiplyUint, integer::multiply_uint),
        (Opcode::DivideUint, integer::divide_uint),
        (Opcode::RemainderUint, integer::remainder_uint),
    ];
    for (opcode, meaning) in uints {
        is_as_meant(opcode, [TypeId::UINT; 2], 0, |a, b| {
            meaning(a.uint(), b.uint()).map(Word::from_uint)
        });
    }
    let doubles: [(Opcode, Double); 5] = [
        (Opcode::AddDouble, |a, b| a + b),
        (Opcode::SubtractDouble, |a, b| a - b),
        (Opcode::MultiplyDouble, |a, b| a * b),
        (Opcode::DivideDouble, |a, b| a / b),
        (Opcode::NegateDouble, |a, _| -a),
    ];
    for (opcode, meaning) in doubles {
        is_as_meant(opcode, [TypeId::DOUBLE; 2], 0, |a, b| {
            Ok(Word::from_double(meaning(a.double(), b.double())))
        });
    }
    is_as_meant(Opcode::Not, [TypeId::BOOL; 2], 0, |a, _| Ok(Word::from_bool(!a.bool())));
    is_as_meant(Opcode::Move, [TypeId::INT; 2], 0, |a, _| Ok(a));
}

#[test]
fn comparisons_keep_their_relation() {
    for number in 0..5 {
        let relation = Relation::from_u32(number);
        let holds = |order: std::cmp::Ordering| {
            let relation = relation.ok_or(Fault::Unreachable)?;
            Ok(Word::from_bool(relation.holds(order)))
        };
        for (opcode, id) in
            [(Opcode::CompareInt, TypeId::INT), (Opcode::CompareDuration, TypeId::DURATION)]
        {
            let types = [id, TypeId::BOOL];
            is_as_meant(opcode, types, number, |a, b| holds(a.int().cmp(&b.int())));
        }
        let types = [TypeId::UINT, TypeId::BOOL];
        is_as_meant(Opcode::CompareUint, types, number, |a, b| holds(a.uint().cmp(&b.uint())));
        let types = [TypeId::DOUBLE, TypeId::BOOL];
        is_as_meant(Opcode::CompareDouble, types, number, |a, b| {
            // What has no relation is a fault whatever it is asked of.
            relation.ok_or(Fault::Unreachable)?;
            holds(double::compare(a.double(), b.double())?)
        });
        let moments = [(-1, 999_999_999), (0, 0), (0, 1), (1, 0)];
        let moments = moments.map(|(seconds, high)| Word { high, ..Word::from_int(seconds) });
        let types = [TypeId::TIMESTAMP, TypeId::BOOL];
        for (a, b) in moments.iter().flat_map(|a| moments.iter().map(move |b| (*a, *b))) {
            let found = outcome(Opcode::CompareTimestamp, types, [a, b], number, 0);
            assert_eq!(found, holds(a.timestamp().cmp(&b.timestamp())), "{a:?} {b:?}");
        }
    }
    for id in [TypeId::INT, TypeId::UINT, TypeId::DURATION, TypeId::DOUBLE] {
        is_as_meant(Opcode::Equal, [id, TypeId::BOOL], 0, |a, b| {
            Ok(Word::from_bool(match id {
                TypeId::DOUBLE => a.double() == b.double(),
                _ => a.low == b.low,
            }))
        });
    }
}

/// The halves of a word are kept apart on the way out of a unit.
#[test]
fn wide_values_come_through_whole() {
    let word = Word { low: 51.5_f64.to_bits(), high: (-0.12_f64).to_bits() };
    for unused in [0, FILE] {
        let mut assembler = Assembler::new();
        let mut code = Code::default();
        leave_unused(&mut code, unused);
        let value = code.constant(&mut assembler, TypeId::POINT, word);
        let inner = assembler.unit(TypeId::POINT, code.give(value));
        let inner = assembler.variable(inner);
        let mut code = Code::default();
        leave_unused(&mut code, unused);
        // Worked out, then remembered.
        for _ in 0..2 {
            code.value(Opcode::Variable, TypeId::POINT, 0, 0, inner);
        }
        let moved = code.value(Opcode::Move, TypeId::POINT, unused as u16 + 1, 0, 0);
        let unit = assembler.unit(TypeId::POINT, code.give(moved));
        let mut code = Code::default();
        let value = code.value(Opcode::Variable, TypeId::POINT, 0, 0, inner);
        let latitude = Builtin::Latitude as u16;
        let latitude = code.value(Opcode::Call, TypeId::DOUBLE, value, latitude, 0);
        // A narrow value after a wide one.
        let narrow = assembler.unit(TypeId::DOUBLE, code.give(latitude));
        let assembled = assembler.finish();
        assert_eq!(run_with(&assembled, &[], unit, |_, outcome| outcome), Ok(word));
        let found = run_with(&assembled, &[], narrow, |_, outcome| outcome);
        assert_eq!(found, Ok(Word { high: 0, ..word }));
    }
}

#[test]
fn facts_are_found_wherever_they_stand() {
    let mut assembler = Assembler::new();
    let mut given = Vec::new();
    let mut units = Vec::new();
    for number in 0..70_u32 {
        let (kind, id) = match number % 3 {
            0 => (FactKind::Timestamp, TypeId::TIMESTAMP),
            1 => (FactKind::Int, TypeId::INT),
            _ => (FactKind::Double, TypeId::DOUBLE),
        };
        let fact = assembler.plain_fact(&format!("f{number}"), kind, id);
        let mut code = Code::default();
        let value = code.value(Opcode::Fact, id, 0, 0, fact);
        let value = assembler.unit(id, code.give(value));
        let mut code = Code::default();
        let has = code.value(Opcode::Has, TypeId::BOOL, 0, 0, fact);
        let has = assembler.unit(TypeId::BOOL, code.give(has));
        let (low, high) = (u64::from(number) + 100, u64::from(number) + 1);
        let (value_given, word) = match kind {
            FactKind::Timestamp => {
                let word = Word { low, high };
                (Given::Wide(word), word)
            }
            _ => (Given::Narrow(Word::from_uint(low)), Word::from_uint(low)),
        };
        let is_there = number % 5 != 0;
        given.push(is_there.then_some(value_given));
        units.push((value, has, is_there, word));
    }
    let assembled = assembler.finish();
    for (value, has, is_there, word) in units {
        let found = run_with(&assembled, &given, value, |_, outcome| outcome);
        assert_eq!(found, if is_there { Ok(word) } else { Err(Fault::Absent) });
        let found = run_with(&assembled, &given, has, |_, outcome| outcome);
        assert_eq!(found, Ok(Word::from_bool(is_there)));
    }
}

/// Gives a machine of an empty archive with so many bytes of memory.
fn with_machine<T>(
    assembler: Assembler,
    limit: usize,
    look: impl FnOnce(&mut Machine<'_>) -> T,
) -> T {
    let assembled = assembler.finish();
    let program = assembled.program();
    let bytes = assembled.frame(&[]);
    let mut scratch = Scratch::new(limit);
    let mut memos: Vec<Memo> = Vec::new();
    let frame = Frame::check(&bytes, program.archive).expect("a good frame");
    look(&mut Machine::new(program, &frame, &mut scratch, &mut memos))
}

#[test]
fn text_is_compared_at_the_price_of_any_value() {
    let mut assembler = Assembler::new();
    let texts = ["", "a", "b", "0123456789abcdef", "0123456789abcdeF"];
    let mut words: Vec<Word> = texts.iter().map(|text| assembler.string(text)).collect();
    words.push(assembler.string(&"x".repeat(1000)));
    words.push(assembler.string(&"x".repeat(1000)));
    with_machine(assembler, 0, |machine| {
        let all = machine.scratch.steps();
        for left in [all, 62, 61, 1, 0] {
            for (a, b) in words.iter().flat_map(|a| words.iter().map(move |b| (*a, *b))) {
                let mut ask = |equal: fn(&mut Machine<'_>, Word, Word) -> Outcome<bool>| {
                    machine.scratch.clear();
                    machine.scratch.spend(all - left).expect("so many are left");
                    (equal(machine, a, b), machine.scratch.steps())
                };
                let expected = ask(|machine, a, b| machine.equal(TypeId::STRING, a, b));
                let found = ask(|machine, a, b| machine.equal_text(a, b));
                assert_eq!(found, expected, "{a:?} {b:?}");
            }
        }
    });
}

/// Or a builtin of text would be run without memory, and without being paid for.
#[test]
fn builtins_of_numbers_are_those_without_text() {
    let mut count = 0;
    for builtin in Builtin::ALL.iter().copied().filter(|builtin| numbers::is_one(*builtin)) {
        count += 1;
        for a in WORDS.map(Word::from_uint) {
            for b in WORDS.map(Word::from_uint) {
                let expected = with_machine(Assembler::new(), 0, |machine| {
                    let steps = machine.scratch.steps();
                    let given = machine.call(builtin, [a, b, a, b]);
                    assert_eq!(machine.scratch.steps(), steps, "{builtin:?} costs steps");
                    given
                });
                assert_ne!(expected, Err(Fault::Unreachable), "{builtin:?}");
                let found = numbers::call(builtin as u16, a, b).outcome();
                assert_eq!(found, expected.map(|word| word.low), "{builtin:?}");
                assert_eq!(expected.map_or(0, |word| word.high), 0, "{builtin:?} is wide");
            }
        }
    }
    assert!(count > 40, "{count}");
}

#[test]
fn items_of_sixteen_bytes_are_visited_whole() {
    let (mut assembler, mut code) = (Assembler::new(), Code::default());
    let list_type = assembler.kind(TypeKind::List(TypeId::TIMESTAMP));
    // Seconds and nanoseconds, one behind the other.
    let cells = assembler.list(&[5, 1, 7, 999].map(Word::from_int)).reference();
    let list = Reference::new(cells.space(), cells.offset(), 2);
    let list = code.constant(&mut assembler, list_type, Word::from_reference(list));
    let cursor = code.register(TypeId::CURSOR);
    let start = code.push(Opcode::Loop, cursor, list, 0, 0);
    let item = code.value(Opcode::Item, TypeId::TIMESTAMP, list, cursor, 0);
    code.push(Opcode::Next, cursor, 0, 0, start as u32 + 1);
    code.instructions[start].immediate = code.here();
    let last = Word { low: 7, high: 999 };
    assert_eq!(run(assembler, TypeId::TIMESTAMP, code.give(item)), Ok(last));
}

/// A unit of many registers runs as one of few does, and so does what it uses.
#[test]
fn loops_and_variables_work_above_many_registers() {
    let mut sums = Vec::new();
    for unused in [0, FILE + 50] {
        let mut assembler = Assembler::new();
        let mut code = Code::default();
        let half = code.constant(&mut assembler, TypeId::INT, Word::from_int(21));
        let twice = code.value(Opcode::AddInt, TypeId::INT, half, half, 0);
        let unit = assembler.unit(TypeId::INT, code.give(twice));
        let variable = assembler.variable(unit);

        let list_type = assembler.kind(TypeKind::List(TypeId::INT));
        let list = assembler.list(&[1, 2, 3].map(Word::from_int));
        let mut code = Code::default();
        leave_unused(&mut code, unused);
        let list = code.constant(&mut assembler, list_type, list);
        let total = code.constant(&mut assembler, TypeId::INT, Word::from_int(0));
        let cursor = code.register(TypeId::CURSOR);
        let start = code.push(Opcode::Loop, cursor, list, 0, 0);
        let item = code.value(Opcode::Item, TypeId::INT, list, cursor, 0);
        code.push(Opcode::AddInt, total, total, item, 0);
        let value = code.value(Opcode::Variable, TypeId::INT, 0, 0, variable);
        code.push(Opcode::AddInt, total, total, value, 0);
        code.push(Opcode::Next, cursor, 0, 0, start as u32 + 1);
        code.instructions[start].immediate = code.here();
        let unit = assembler.unit(TypeId::INT, code.give(total));
        sums.push(run_with(&assembler.finish(), &[], unit, |_, outcome| outcome));
    }
    assert_eq!(sums, [Ok(Word::from_int(6 + 3 * 42)); 2]);
}
