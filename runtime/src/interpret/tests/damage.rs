//! Code that no verifier would let pass: it may give any value or fault, but
//! must neither panic nor run on.

use super::{run, run_with};
use crate::testing::assemble::{Assembler, Code, Given};
use rulestone_format::code::{Builtin, Instruction, LEAVE, Opcode};
use rulestone_format::meaning::Fault;
use rulestone_format::schema::FactKind;
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::Word;

#[test]
fn variables_in_a_circle_are_a_fault() {
    let mut assembler = Assembler::new();
    for other in [1, 0] {
        let mut code = Code::default();
        let value = code.value(Opcode::Variable, TypeId::INT, 0, 0, other);
        code.push(Opcode::Variable, value, 0, 0, other);
        let unit = assembler.unit(TypeId::INT, code.give(value));
        assembler.variable(unit);
    }
    let found = run_with(&assembler.finish(), &[], 0, |_, outcome| outcome);
    assert_eq!(found, Err(Fault::Unreachable));
}

#[test]
fn variables_deeper_than_allowed_are_a_fault() {
    let mut assembler = Assembler::new();
    for step in 0..100_u32 {
        let mut code = Code::default();
        let value = code.constant(&mut assembler, TypeId::INT, Word::TRUE);
        if let Some(before) = step.checked_sub(1) {
            code.push(Opcode::Variable, value, 0, 0, before);
        }
        let unit = assembler.unit(TypeId::INT, code.give(value));
        assembler.variable(unit);
    }
    let found = run_with(&assembler.finish(), &[], 99, |_, outcome| outcome);
    assert_eq!(found, Err(Fault::Unreachable));
}

#[test]
fn jumps_backwards_and_code_that_falls_off_are_faults() {
    for opcode in [Opcode::Jump, Opcode::JumpUnless, Opcode::Clear] {
        let mut code = Code::default();
        let register = code.register(TypeId::BOOL);
        code.push(opcode, register, register, 0, 0);
        assert_eq!(run(Assembler::new(), TypeId::BOOL, code), Err(Fault::Unreachable));
    }
    let mut code = Code::default();
    code.push(Opcode::Fail, 0, 0, 0, 1);
    code.instructions[0].on_fault = 0;
    assert_eq!(run(Assembler::new(), TypeId::BOOL, code), Err(Fault::Unreachable));
    assert_eq!(run(Assembler::new(), TypeId::BOOL, Code::default()), Err(Fault::Unreachable));
}

/// splitmix64: the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// Mostly what is in range, sometimes what is far from it.
    fn index(&mut self, end: usize) -> u32 {
        match self.below(12) {
            0 => self.next() as u32,
            1 => u32::MAX,
            _ => self.below(end + 1) as u32,
        }
    }

    /// A value that some type has, among them references to all spaces.
    fn word(&mut self) -> Word {
        let low = match self.below(5) {
            0 => self.next(),
            1 => self.below(4) as u64,
            2 => {
                let (space, offset) = (self.next() % 3, self.next() % 200);
                (space << 62) | (offset << 32) | (self.next() % 20)
            }
            3 => (self.next() as f64 / 1e18).to_bits(),
            _ => (self.next() as i64 >> 40) as u64,
        };
        Word { low, high: self.next() % 2_000_000_000 }
    }
}

/// Every opcode but the loops' way back, whose turns only the verifier bounds.
fn random_code(numbers: &mut Numbers, length: usize, registers: usize) -> Vec<Instruction> {
    let mut code = Vec::new();
    for at in 0..length {
        let opcode = Opcode::ALL[numbers.below(Opcode::ALL.len())];
        let ahead = |numbers: &mut Numbers| (at + 1 + numbers.below(3)) as u32;
        let mut step = Instruction {
            dst: numbers.index(registers) as u16,
            a: numbers.index(registers) as u16,
            b: numbers.index(registers) as u16,
            immediate: numbers.index(registers),
            on_fault: if numbers.below(40) == 0 { LEAVE } else { ahead(numbers) },
            ..Instruction::new(opcode)
        };
        match opcode {
            Opcode::Next | Opcode::Return | Opcode::ReturnTrue | Opcode::ReturnFalse => {
                step.opcode = Opcode::Constant as u16;
            }
            Opcode::Jump | Opcode::JumpIf | Opcode::JumpUnless | Opcode::Loop => {
                step.immediate = ahead(numbers);
            }
            Opcode::Call if numbers.below(20) > 0 => {
                step.b = Builtin::ALL[numbers.below(Builtin::ALL.len())] as u16;
            }
            Opcode::Civil | Opcode::CivilZone => step.b = numbers.below(11) as u16,
            _ => {}
        }
        code.push(step);
    }
    code
}

#[test]
fn no_code_panics() {
    let mut numbers = Numbers(2026);
    let mut values = 0;
    for _ in 0..800 {
        let mut assembler = Assembler::new();
        assembler.text("text with é, %s and %d; 0123456789 0123456789 0123456789");
        assembler.ruleset.data.extend((0..=255).cycle().take(400));
        let mut kinds: Vec<TypeId> = (0..TypeId::FIRST_OWN).map(TypeId).collect();
        for kind in [
            TypeKind::List(TypeId::INT),
            TypeKind::List(TypeId::STRING),
            TypeKind::List(TypeId::POINT),
            TypeKind::Map(TypeId::STRING, TypeId::DOUBLE),
            TypeKind::Map(TypeId::INT, TypeId::TIMESTAMP),
            TypeKind::ListBuilder(TypeId::STRING),
            TypeKind::MapBuilder(TypeId::STRING, TypeId::POINT),
            TypeKind::MapBuilder(TypeId(77), TypeId(78)),
        ] {
            kinds.push(assembler.kind(kind));
        }
        let labels = assembler.labels(&["a", "b"]);
        let label = assembler.fact_type(FactKind::Enum, labels);
        let list = assembler.fact_type(FactKind::List, label);
        assembler.fact("enum", label, TypeId::STRING);
        assembler.fact("list", list, kinds[11]);
        assembler.plain_fact("moment", FactKind::Timestamp, TypeId::TIMESTAMP);
        assembler.plain_fact("text", FactKind::String, TypeId::STRING);
        for _ in 0..12 {
            let (id, word) = (kinds[numbers.below(kinds.len())], numbers.word());
            assembler.constant(id, word);
        }
        for _ in 0..3 {
            let mut code = Code::default();
            for _ in 0..12 {
                code.register(kinds[numbers.below(kinds.len())]);
            }
            for (register, constant) in (0..12).enumerate() {
                code.push(Opcode::Constant, register as u16, 0, 0, constant);
            }
            code.instructions.extend(random_code(&mut numbers, 60, 12).into_iter().map(|step| {
                let shift = |target| if target == LEAVE { LEAVE } else { target + 12 };
                let mut step = Instruction { on_fault: shift(step.on_fault), ..step };
                if matches!(
                    Opcode::from_u16(step.opcode),
                    Some(Opcode::Jump | Opcode::JumpIf | Opcode::JumpUnless | Opcode::Loop)
                ) {
                    step.immediate = shift(step.immediate);
                }
                step
            }));
            let unit = assembler.unit(TypeId::INT, code.give(numbers.below(12) as u16));
            assembler.variable(unit);
        }
        let assembled = assembler.finish();
        let facts = [
            Some(Given::Narrow(Word::from_uint(1))),
            Some(Given::List(vec![Given::Narrow(Word::TRUE)])),
            Some(Given::Wide(Word::from_int(1_700_000_000))),
            None,
        ];
        for unit in 0..3 {
            values += usize::from(run_with(&assembled, &facts, unit, |_, found| found.is_ok()));
        }
    }
    // Some get through to their end, or the test would look at little.
    assert!(values > 500, "{values}");
}
