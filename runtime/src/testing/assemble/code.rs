//! Code of an assembled archive's units.

use super::Assembler;
use rulestone_format::code::{Instruction, Opcode};
use rulestone_format::types::TypeId;
use rulestone_format::value::Word;

/// Where a value for an output comes from.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    Constant(Word),
    Unit(u32),
}

/// Instructions and registers of a unit.
#[derive(Default)]
pub(crate) struct Code {
    pub(crate) instructions: Vec<Instruction>,
    pub(super) registers: Vec<u16>,
}

impl Code {
    pub(crate) fn register(&mut self, id: TypeId) -> u16 {
        self.registers.push(id.0);
        self.registers.len() as u16 - 1
    }

    /// Adds an instruction and says where it stands.
    pub(crate) fn push(
        &mut self,
        opcode: Opcode,
        dst: u16,
        a: u16,
        b: u16,
        immediate: u32,
    ) -> usize {
        self.instructions.push(Instruction { dst, a, b, immediate, ..Instruction::new(opcode) });
        self.instructions.len() - 1
    }

    /// An instruction with a result of its own.
    pub(crate) fn value(
        &mut self,
        opcode: Opcode,
        id: TypeId,
        a: u16,
        b: u16,
        immediate: u32,
    ) -> u16 {
        let dst = self.register(id);
        self.push(opcode, dst, a, b, immediate);
        dst
    }

    pub(crate) fn constant(&mut self, assembler: &mut Assembler, id: TypeId, value: Word) -> u16 {
        let constant = assembler.constant(id, value);
        self.value(Opcode::Constant, id, 0, 0, constant)
    }

    pub(crate) fn here(&self) -> u32 {
        self.instructions.len() as u32
    }

    /// Ends with the value of a register.
    pub(crate) fn give(mut self, register: u16) -> Code {
        self.push(Opcode::Return, 0, register, 0, 0);
        self
    }
}
