//! One unit of code while it is written: registers, labels, and where a fault
//! leads.

use super::excess::{Exceeded, Excess};
use super::extent::Extents;
use super::tables::Tables;
use crate::check::tree::{Expr, Local, Place};
use crate::check::types::Type;
use crate::check::value::Value;
use rulestone_format::code::{Immediate, Instruction, LEAVE, Opcode};
use rulestone_format::types::TypeId;
use rulestone_format::verify::{MAX_CODE, MAX_LOOPS, MAX_REGISTERS};
use std::collections::HashMap;

/// Whether a unit may be the same as another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharing {
    Any,
    /// A variable has a unit of its own.
    Own,
}

/// A register of the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Register(pub u16);

/// No register: an operand that the opcode doesn't have.
pub(super) const NO: Register = Register(0);

/// A place in the code that may not be known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label(usize);

/// What a macro has bound: its register, and the fault that reading it raises.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    pub register: Register,
    pub pending: Option<Register>,
}

/// Writes one unit.
#[derive(Debug)]
pub(super) struct UnitWriter<'t, 'r> {
    pub tables: &'t mut Tables<'r>,
    code: Vec<Instruction>,
    places: Vec<Option<Place>>,
    registers: Vec<TypeId>,
    /// Registers in use, in the order in which they were taken.
    taken: Vec<Register>,
    /// Registers that can be taken again, by type.
    free: HashMap<TypeId, Vec<Register>>,
    /// Loops around the code being written.
    loops: usize,
    /// Where each label is.
    labels: Vec<Option<u32>>,
    /// Instructions whose immediate or `on_fault` is a label.
    jumps: Vec<(usize, Label)>,
    fault_jumps: Vec<(usize, Label)>,
    /// Where a fault leads now; `None` leaves the unit.
    on_fault: Option<Label>,
    /// Where the code being written stands in the source.
    place: Option<Place>,
    locals: HashMap<Local, Bound>,
    pub extents: Extents,
    /// What the unit needs more of than an archive can hold, first of all.
    excess: Option<Exceeded>,
}

impl<'t, 'r> UnitWriter<'t, 'r> {
    pub(super) fn new(tables: &'t mut Tables<'r>) -> Self {
        UnitWriter {
            tables,
            code: Vec::new(),
            places: Vec::new(),
            registers: Vec::new(),
            taken: Vec::new(),
            free: HashMap::new(),
            loops: 0,
            labels: Vec::new(),
            jumps: Vec::new(),
            fault_jumps: Vec::new(),
            on_fault: None,
            place: None,
            locals: HashMap::new(),
            extents: Extents::default(),
            excess: None,
        }
    }

    /// Puts the unit into the tables and gives its number.
    pub(super) fn finish(self, result: TypeId, sharing: Sharing) -> Result<u32, Exceeded> {
        let UnitWriter { tables, mut code, places, registers, labels, jumps, fault_jumps, .. } =
            self;
        if let Some(exceeded) = self.excess.or(tables.excess().map(Exceeded::from)) {
            return Err(exceeded);
        }
        let at = |label: Label| labels[label.0].unwrap_or(0);
        for (index, label) in jumps {
            code[index].immediate = at(label);
        }
        for (index, label) in fault_jumps {
            code[index].on_fault = at(label);
        }
        Ok(match sharing {
            Sharing::Any => tables.unit(code, places, &registers, result),
            Sharing::Own => {
                let registers: Vec<u16> = registers.iter().map(|ty| ty.0).collect();
                tables.new_unit(&code, places, &registers, result)
            }
        })
    }

    fn exceed(&mut self, excess: Excess, place: Option<Place>) {
        self.excess.get_or_insert(Exceeded { excess, place });
    }

    pub(super) fn register(&mut self, ty: TypeId) -> Register {
        match self.free.get_mut(&ty).and_then(Vec::pop) {
            Some(register) => {
                self.taken.push(register);
                register
            }
            None => self.new_register(ty),
        }
    }

    /// A register that was never taken before: the next one by number.
    fn new_register(&mut self, ty: TypeId) -> Register {
        if self.registers.len() >= MAX_REGISTERS as usize {
            self.exceed(Excess::Code, None);
            return Register(0);
        }
        self.registers.push(ty);
        let register = Register(self.registers.len() as u16 - 1);
        self.taken.push(register);
        register
    }

    /// Registers that follow each other.
    pub(super) fn consecutive_registers(&mut self, types: &[TypeId]) -> Vec<Register> {
        types.iter().map(|ty| self.new_register(*ty)).collect()
    }

    /// Runs `write`; the registers that it took can then be taken again.
    pub(super) fn with_registers<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.taken.len();
        let result = write(self);
        for register in self.taken.drain(mark..).rev() {
            let ty = self.registers.get(usize::from(register.0)).copied().unwrap_or(TypeId::BOOL);
            self.free.entry(ty).or_default().push(register);
        }
        result
    }

    /// A register for values of a type of the language.
    pub(super) fn register_for(&mut self, ty: &Type) -> Register {
        let ty = self.tables.type_id(ty);
        self.register(ty)
    }

    pub(super) fn type_of(&self, register: Register) -> TypeId {
        self.registers.get(usize::from(register.0)).copied().unwrap_or(TypeId::BOOL)
    }

    pub(super) fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() - 1)
    }

    /// The label is here.
    pub(super) fn bind(&mut self, label: Label) {
        self.labels[label.0] = Some(self.code.len() as u32);
    }

    /// The number of the next instruction.
    pub(super) fn here(&self) -> u32 {
        self.code.len() as u32
    }

    /// Appends an instruction. One that can fail leads where faults lead now.
    pub(super) fn emit(&mut self, instruction: Instruction) {
        if self.code.len() >= MAX_CODE as usize {
            self.exceed(Excess::Code, None);
            return;
        }
        let shape = Opcode::from_u16(instruction.opcode).map(Opcode::shape);
        if let (Some(label), Some(true)) = (self.on_fault, shape.map(|shape| shape.fails)) {
            self.fault_jumps.push((self.code.len(), label));
        }
        self.code.push(instruction);
        self.places.push(self.place);
    }

    /// `dst = opcode a b immediate`
    pub(super) fn operate(
        &mut self,
        opcode: Opcode,
        dst: Register,
        a: Register,
        b: Register,
        immediate: u32,
    ) {
        self.emit(Instruction {
            opcode: opcode as u16,
            dst: dst.0,
            a: a.0,
            b: b.0,
            immediate,
            on_fault: LEAVE,
        });
    }

    /// An instruction that leads to a label; `register` is its `a`.
    pub(super) fn jump(&mut self, opcode: Opcode, register: Register, label: Label) {
        debug_assert_eq!(opcode.shape().immediate, Immediate::Target);
        self.jumps.push((self.code.len(), label));
        self.operate(opcode, Register(0), register, Register(0), 0);
    }

    /// `dst = loop a`, which leads to a label where there is no item.
    pub(super) fn begin_loop(&mut self, cursor: Register, over: Register, label: Label) {
        self.loops += 1;
        if self.loops > MAX_LOOPS {
            self.exceed(Excess::Loops, self.place);
        }
        self.jumps.push((self.code.len(), label));
        self.operate(Opcode::Loop, cursor, over, Register(0), 0);
    }

    /// `dst = next`, which goes back to the first instruction of the loop's body.
    pub(super) fn end_loop(&mut self, cursor: Register, body: u32) {
        self.loops = self.loops.saturating_sub(1);
        self.operate(Opcode::Next, cursor, Register(0), Register(0), body);
    }

    pub(super) fn constant(&mut self, dst: Register, value: &Value) {
        let ty = self.type_of(dst);
        let number = self.tables.constant(value, ty);
        self.operate(Opcode::Constant, dst, Register(0), Register(0), number);
    }

    /// Runs `write` with faults leading to a label.
    pub(super) fn with_faults_to(&mut self, label: Label, write: impl FnOnce(&mut Self)) {
        let outer = self.on_fault.replace(label);
        write(self);
        self.on_fault = outer;
    }

    /// Runs `write` for an expression, whose place its code gets.
    pub(super) fn at(&mut self, expr: &Expr, write: impl FnOnce(&mut Self)) {
        let outer = self.place.replace(expr.place);
        write(self);
        self.place = outer;
    }

    pub(super) fn bind_local(&mut self, local: Local, bound: Bound) -> Option<Bound> {
        self.locals.insert(local, bound)
    }

    pub(super) fn unbind_local(&mut self, local: Local, outer: Option<Bound>) {
        match outer {
            Some(bound) => self.locals.insert(local, bound),
            None => self.locals.remove(&local),
        };
    }

    pub(super) fn local(&self, local: Local) -> Option<Bound> {
        self.locals.get(&local).copied()
    }
}

/// A unit whose result is the value of an expression. `wanted` is its type, also
/// where the expression is of nothing, and so never has a value.
pub(super) fn value_unit(
    tables: &mut Tables<'_>,
    expr: &Expr,
    wanted: &Type,
    sharing: Sharing,
) -> Result<u32, Exceeded> {
    let ty = tables.type_id(wanted);
    let mut writer = UnitWriter::new(tables);
    let register = writer.register(ty);
    writer.value_into(expr, register);
    writer.at(expr, |writer| writer.give(register));
    writer.finish(ty, sharing)
}
