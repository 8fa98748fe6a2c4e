//! What the interpreter promises, instruction by instruction: values, faults
//! and where they lead, loops, text, lists, maps, variables; and that no code,
//! however wrong, makes it panic.

mod damage;
mod steps;
mod values;
mod work;

use super::{Machine, Memo};
use crate::memory::Scratch;
use crate::testing::assemble::{Assembled, Assembler, Code, Given};
use rulestone_format::code::{Builtin, LEAVE, Opcode, Relation};
use rulestone_format::frame::Frame;
use rulestone_format::meaning::{Fault, Outcome};
use rulestone_format::schema::FactKind;
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::Word;

/// Runs a unit and shows its result to `look`.
fn run_with<T>(
    assembled: &Assembled,
    facts: &[Option<Given<'_>>],
    unit: u32,
    look: impl FnOnce(&Machine<'_>, Outcome<Word>) -> T,
) -> T {
    let program = assembled.program();
    let bytes = assembled.frame(facts);
    let mut scratch = Scratch::new(1 << 20);
    let mut memos = vec![Memo::Unknown; program.plan.memos];
    let mut registers = vec![Word::default(); program.plan.registers];
    let frame = Frame::check(&bytes, program.archive).expect("a good frame");
    let mut machine = Machine::new(program, &frame, &mut scratch, &mut memos);
    let outcome = machine.run(unit, &mut registers);
    look(&machine, outcome)
}

/// The result of one unit of an archive without facts.
fn run(mut assembler: Assembler, result: TypeId, code: Code) -> Outcome<Word> {
    let unit = assembler.unit(result, code);
    run_with(&assembler.finish(), &[], unit, |_, outcome| outcome)
}

/// The same as text.
fn run_text(mut assembler: Assembler, code: Code) -> Outcome<String> {
    let unit = assembler.unit(TypeId::STRING, code);
    run_with(&assembler.finish(), &[], unit, |machine, outcome| {
        let text = machine.memory().text(outcome?.reference())?;
        Ok(text.to_owned())
    })
}

/// Registers of ints.
fn ints<const N: usize>(assembler: &mut Assembler, code: &mut Code, ints: [i64; N]) -> [u16; N] {
    ints.map(|int| code.constant(assembler, TypeId::INT, Word::from_int(int)))
}

#[test]
fn a_fault_leaves_the_unit_unless_it_is_caught() {
    for (on_fault, expected) in [(LEAVE, Err(Fault::Overflow)), (4, Ok(Word::from_int(7)))] {
        let (mut assembler, mut code) = (Assembler::new(), Code::default());
        let [most, seven] = ints(&mut assembler, &mut code, [i64::MAX, 7]);
        let sum = code.value(Opcode::AddInt, TypeId::INT, most, most, 0);
        code.instructions[2].on_fault = on_fault;
        code.push(Opcode::Return, 0, sum, 0, 0);
        assert_eq!(code.here(), 4);
        assert_eq!(run(assembler, TypeId::INT, code.give(seven)), expected);
    }
}

#[test]
fn a_caught_fault_can_wait_and_be_raised_again() {
    for (absorbed, expected) in [(true, Ok(Word::TRUE)), (false, Err(Fault::ModulusByZero))] {
        let (mut assembler, mut code) = (Assembler::new(), Code::default());
        let [one, zero] = ints(&mut assembler, &mut code, [1, 0]);
        let absorbed = code.constant(&mut assembler, TypeId::BOOL, Word::from_bool(absorbed));
        let pending = code.value(Opcode::Clear, TypeId::PENDING, 0, 0, 0);
        code.push(Opcode::Raise, 0, pending, 0, 0);
        let remainder = code.value(Opcode::RemainderInt, TypeId::INT, one, zero, 0);
        code.instructions[5].on_fault = 7;
        code.push(Opcode::Return, 0, remainder, 0, 0);
        code.push(Opcode::Catch, pending, 0, 0, 0);
        code.push(Opcode::JumpIf, 0, absorbed, 0, 10);
        code.push(Opcode::Raise, 0, pending, 0, 0);
        code.push(Opcode::ReturnTrue, 0, 0, 0, 0);
        assert_eq!(run(assembler, TypeId::BOOL, code), expected);
    }
}

/// A unit that adds up a list of ints, from a constant or a fact, at most `bound` of them.
fn sum(assembler: &mut Assembler, mut code: Code, list: u16, bound: u32) -> u32 {
    let [total] = ints(assembler, &mut code, [0]);
    code.push(Opcode::Bound, 0, list, 0, bound);
    let cursor = code.register(TypeId::CURSOR);
    let start = code.push(Opcode::Loop, cursor, list, 0, 0);
    let item = code.value(Opcode::Item, TypeId::INT, list, cursor, 0);
    code.push(Opcode::AddInt, total, total, item, 0);
    let position = code.value(Opcode::Position, TypeId::INT, 0, cursor, 0);
    code.push(Opcode::AddInt, total, total, position, 0);
    code.push(Opcode::Next, cursor, 0, 0, start as u32 + 1);
    code.instructions[start].immediate = code.here();
    assembler.unit(TypeId::INT, code.give(total))
}

#[test]
fn loops_visit_every_item_once_and_keep_their_bound() {
    for (count, expected) in [
        (0, Ok(Word::from_int(0))),
        (1, Ok(Word::from_int(10))),
        (4, Ok(Word::from_int(46))),
        (5, Err(Fault::TooLong)),
    ] {
        let (mut assembler, mut code) = (Assembler::new(), Code::default());
        let list_type = assembler.kind(TypeKind::List(TypeId::INT));
        let items: Vec<Word> = [10, 20, 0, 10, 1].map(Word::from_int).to_vec();
        let list = assembler.list(&items[..count]);
        let list = code.constant(&mut assembler, list_type, list);
        let unit = sum(&mut assembler, code, list, 4);
        let outcome = run_with(&assembler.finish(), &[], unit, |_, outcome| outcome);
        assert_eq!(outcome, expected, "{count} items");
    }
}

#[test]
fn lists_of_the_frame_are_read_in_place_and_absent_facts_fault() {
    let (mut assembler, mut code) = (Assembler::new(), Code::default());
    let list_type = assembler.kind(TypeKind::List(TypeId::INT));
    let item = assembler.fact_type(FactKind::Int, 0);
    let fact_type = assembler.fact_type(FactKind::List, item);
    let fact = assembler.fact("scores", fact_type, list_type);
    let list = code.value(Opcode::Fact, list_type, 0, 0, fact);
    let unit = sum(&mut assembler, code, list, 100);
    let assembled = assembler.finish();
    let scores = [5, 6, 7].map(|score| Given::Narrow(Word::from_int(score)));
    let facts = [Some(Given::List(scores.into()))];
    let found = run_with(&assembled, &facts, unit, |machine, outcome| {
        assert_eq!(machine.scratch.made(), 0);
        outcome
    });
    assert_eq!(found, Ok(Word::from_int(21)));
    let absent = run_with(&assembled, &[None], unit, |_, outcome| outcome);
    assert_eq!(absent, Err(Fault::Absent));
}

#[test]
fn enums_are_strings_also_within_lists_and_maps() {
    let mut assembler = Assembler::new();
    let strings = assembler.kind(TypeKind::List(TypeId::STRING));
    let map_type = assembler.kind(TypeKind::Map(TypeId::STRING, strings));
    let labels = assembler.labels(&["ios", "android", "web"]);
    let platform = assembler.fact_type(FactKind::Enum, labels);
    let list = assembler.fact_type(FactKind::List, platform);
    let map = assembler.fact_type(FactKind::Map, list);
    let single = assembler.fact("platform", platform, TypeId::STRING);
    let many = assembler.fact("platforms", map, map_type);

    let mut code = Code::default();
    let value = code.value(Opcode::Fact, TypeId::STRING, 0, 0, single);
    let single = assembler.unit(TypeId::STRING, code.give(value));
    let mut code = Code::default();
    let format = assembler.string("%s");
    let format = code.constant(&mut assembler, TypeId::STRING, format);
    let value = code.value(Opcode::Fact, map_type, 0, 0, many);
    code.push(Opcode::Fact, value, 0, 0, many);
    let text = code.value(Opcode::Format, TypeId::STRING, format, value, 1);
    let many = assembler.unit(TypeId::STRING, code.give(text));

    let assembled = assembler.finish();
    let number = |number| Given::Narrow(Word::from_uint(number));
    let platforms =
        vec![("a", Given::List(vec![number(2), number(0)])), ("b", Given::List(vec![]))];
    let facts = [Some(number(1)), Some(Given::Map(platforms))];
    for (unit, expected) in [(single, "android"), (many, "{a: [web, ios], b: []}")] {
        run_with(&assembled, &facts, unit, |machine, outcome| {
            let text = outcome.and_then(|word| machine.memory().text(word.reference()));
            assert_eq!(text, Ok(expected));
            // Two loads, one conversion.
            let known = machine.memos.iter().filter(|memo| matches!(memo, Memo::Known(_)));
            assert_eq!(known.count(), usize::from(unit == many));
        });
    }
}

#[test]
fn text_grows_the_scratch_memory_up_to_its_limit() {
    for (turns, fits) in [(10, true), (13, true), (30, false)] {
        let (mut assembler, mut code) = (Assembler::new(), Code::default());
        let text = assembler.string("0123456789abcdef");
        let mut text = code.constant(&mut assembler, TypeId::STRING, text);
        for _ in 0..turns {
            text = code.value(Opcode::Join2, TypeId::STRING, text, text, 0);
        }
        let expected =
            if fits { Ok("0123456789abcdef".repeat(1 << turns)) } else { Err(Fault::TooLong) };
        assert_eq!(run_text(assembler, code.give(text)), expected);
    }
}

#[test]
fn a_variable_is_worked_out_once_whether_it_has_a_value_or_not() {
    for fails in [false, true] {
        let mut assembler = Assembler::new();
        // "x", and the character behind it, or the one before it, which is none.
        let mut code = Code::default();
        let text = assembler.string("x");
        let text = code.constant(&mut assembler, TypeId::STRING, text);
        ints(&mut assembler, &mut code, [if fails { -1 } else { 1 }]);
        code.value(Opcode::Call, TypeId::STRING, text, Builtin::CharAt as u16, 0);
        let doubled = code.value(Opcode::Join2, TypeId::STRING, text, text, 0);
        let inner = assembler.unit(TypeId::STRING, code.give(doubled));
        let inner = assembler.variable(inner);

        // Uses the variable twice, and has registers of its own below.
        let mut code = Code::default();
        let first = code.value(Opcode::Variable, TypeId::STRING, 0, 0, inner);
        let second = code.value(Opcode::Variable, TypeId::STRING, 0, 0, inner);
        let joined = code.value(Opcode::Join2, TypeId::STRING, first, second, 0);
        let outer = assembler.unit(TypeId::STRING, code.give(joined));
        let assembled = assembler.finish();
        run_with(&assembled, &[], outer, |machine, outcome| {
            let text = outcome.and_then(|word| machine.memory().text(word.reference()));
            let expected = if fails { Err(Fault::IndexOutOfRange) } else { Ok("xxxx") };
            assert_eq!(text, expected);
            // "xx" once, and then "xxxx".
            assert_eq!(machine.scratch.made(), if fails { 0 } else { 6 });
            assert!(matches!(machine.memos, [Memo::Known(_)]));
        });
    }
}

#[test]
fn variables_run_above_the_registers_of_those_that_use_them() {
    let mut assembler = Assembler::new();
    let mut last = None;
    for step in 1..=64 {
        let mut code = Code::default();
        let [step] = ints(&mut assembler, &mut code, [step]);
        if let Some(last) = last {
            let before = code.value(Opcode::Variable, TypeId::INT, 0, 0, last);
            code.push(Opcode::AddInt, step, step, before, 0);
        }
        let unit = assembler.unit(TypeId::INT, code.give(step));
        last = Some(assembler.variable(unit));
    }
    let mut code = Code::default();
    let value = code.value(Opcode::Variable, TypeId::INT, 0, 0, 63);
    let unit = assembler.unit(TypeId::INT, code.give(value));
    let found = run_with(&assembler.finish(), &[], unit, |_, outcome| outcome);
    assert_eq!(found, Ok(Word::from_int(64 * 65 / 2)));
}

#[test]
fn relations_compare_across_types_and_refuse_nan() {
    let word = [Word::from_int(-1), Word::from_uint(1), Word::from_double(f64::NAN)];
    let types = [TypeId::INT, TypeId::UINT, TypeId::DOUBLE];
    for (opcode, a, b, relation, expected) in [
        (Opcode::CompareInt, 0, 0, Relation::LessEqual, Ok(Word::TRUE)),
        (Opcode::CompareInt, 0, 0, Relation::Less, Ok(Word::FALSE)),
        (Opcode::CompareIntUint, 0, 1, Relation::Less, Ok(Word::TRUE)),
        (Opcode::CompareUint, 1, 1, Relation::GreaterEqual, Ok(Word::TRUE)),
        (Opcode::CompareDouble, 2, 2, Relation::LessEqual, Err(Fault::NotANumber)),
        (Opcode::CompareIntDouble, 0, 2, Relation::Less, Err(Fault::NotANumber)),
        (Opcode::CompareUintDouble, 1, 2, Relation::Greater, Err(Fault::NotANumber)),
        (Opcode::Equal, 2, 2, Relation::Less, Ok(Word::FALSE)),
        (Opcode::Equal, 1, 1, Relation::Less, Ok(Word::TRUE)),
    ] {
        let (mut assembler, mut code) = (Assembler::new(), Code::default());
        let [a, b] = [a, b].map(|i| code.constant(&mut assembler, types[i], word[i]));
        let relation = relation as u32;
        let result = code.value(opcode, TypeId::BOOL, a, b, relation);
        assert_eq!(run(assembler, TypeId::BOOL, code.give(result)), expected, "{opcode:?}");
    }
}
