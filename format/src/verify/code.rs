//! Units: ranges, registers, and each instruction in one pass.
//!
//! In: the tables of units, code and registers; types, schema, variables and
//! constants are checked before. Out: a [`Summary`] of each unit.

use super::charge;
use super::extent::Extent;
use super::flow::{Flow, forward};
use super::loops::Loops;
use super::operands::{Operands, Scope};
use super::results::{Given, Step, Summary};
use super::runs::Runs;
use super::sizes::Sizes;
use super::types::Types;
use crate::archive::{ArchivedRuleset, ArchivedUnit};
use crate::code::{ArchivedInstruction, Instruction, LEAVE, Opcode, Operand, Shape};
use crate::error::{Error, ErrorCode};
use crate::types::TypeId;

/// Most registers of a unit, and most instructions. Together they bound the
/// memory that the check of a unit takes.
pub const MAX_REGISTERS: u32 = 1024;
pub const MAX_CODE: u32 = 1 << 16;

pub(super) fn check(
    archive: &ArchivedRuleset,
    types: &Types,
    given: &Given,
) -> Result<Vec<Summary>, Error> {
    registers(archive, types)?;
    let mut code = Runs::of(&archive.code);
    let mut registers = Runs::of(&archive.registers);
    let mut pass = Pass {
        archive,
        types,
        given,
        shapes: shapes(),
        flow: Flow::default(),
        loops: Loops::default(),
        sizes: Sizes::default(),
    };
    let mut summaries = Vec::with_capacity(archive.units.len());
    for (number, unit) in archive.units.iter().enumerate() {
        code.take(&unit.code, number)?;
        registers.take(&unit.registers, number)?;
        let length = unit.code.length.to_native();
        let good = (1..=MAX_CODE).contains(&length)
            && unit.registers.length.to_native() <= MAX_REGISTERS
            && types.is_value(TypeId(unit.result.to_native()));
        if !good {
            return Err(Error::at(ErrorCode::UnitTable, number as u64));
        }
        let summary = pass.unit(unit, &summaries)?;
        summaries.push(summary);
    }
    code.finish()?;
    registers.finish()?;
    Ok(summaries)
}

/// The type of every register is one of the table.
fn registers(archive: &ArchivedRuleset, types: &Types) -> Result<(), Error> {
    let mut all = archive.registers.iter();
    match all.position(|register| types.kind(TypeId(register.to_native())).is_none()) {
        Some(wrong) => Err(Error::at(ErrorCode::RegisterType, wrong as u64)),
        None => Ok(()),
    }
}

/// Opcodes by number: a look at a table costs less than [`Opcode::from_u16`],
/// whose branches depend on the number.
fn shapes() -> Vec<Option<(Opcode, &'static Shape)>> {
    let numbers = Opcode::ALL.iter().map(|opcode| usize::from(*opcode as u16));
    let mut shapes = vec![None; numbers.max().map_or(0, |most| most + 1)];
    for opcode in Opcode::ALL {
        if let Some(shape) = shapes.get_mut(usize::from(*opcode as u16)) {
            *shape = Some((*opcode, opcode.shape()));
        }
    }
    shapes
}

/// What is reused from unit to unit.
struct Pass<'p> {
    archive: &'p ArchivedRuleset,
    types: &'p Types,
    given: &'p Given,
    shapes: Vec<Option<(Opcode, &'static Shape)>>,
    flow: Flow,
    loops: Loops,
    sizes: Sizes,
}

impl Pass<'_> {
    /// A unit; `units` are those before it.
    fn unit(&mut self, unit: &ArchivedUnit, units: &[Summary]) -> Result<Summary, Error> {
        let code = self.archive.unit_code(unit);
        let first = unit.code.start.to_native() as usize;
        self.flow.begin(unit.registers.length.to_native() as usize, code.len());
        self.loops.begin();
        let scope = Scope {
            archive: self.archive,
            types: self.types,
            registers: unit.registers.of(&self.archive.registers),
            result: TypeId(unit.result.to_native()),
        };
        self.sizes.begin(&scope, code.len());
        let mut summary = Summary { cost: 0, uses_variables: false, result: Extent::SCALAR };
        let mut before = None;
        let mut ends = false;
        for (at, step) in code.iter().enumerate() {
            let step = Instruction::from(step);
            let place = Place { scope, at, code, units, before };
            let (opcode, cost) =
                self.step(place, step).map_err(|code| Error::at(code, (first + at) as u64))?;
            if opcode == Opcode::Return {
                summary.result = summary.result.or(self.sizes.of(step.a));
            }
            summary.cost = summary.cost.saturating_add(cost);
            summary.uses_variables |= opcode == Opcode::Variable;
            ends = is_end(opcode);
            before = Some(step);
        }
        if ends {
            Ok(summary)
        } else {
            Err(Error::at(ErrorCode::FallsOff, (first + code.len() - 1) as u64))
        }
    }

    /// One instruction. Gives what it costs in one run of the unit at most.
    #[inline]
    fn step(&mut self, place: Place<'_>, step: Instruction) -> Result<(Opcode, u64), ErrorCode> {
        let Place { scope, at, code, units, before } = place;
        let end = code.len();
        let shape = self.shapes.get(usize::from(step.opcode)).copied().flatten();
        let (opcode, shape) = shape.ok_or(ErrorCode::Opcode)?;
        let source = self.flow.arrive(at);
        self.loops.arrive(at, opcode, source)?;
        self.sizes.arrive(at, &scope);
        let turns = self.loops.turns();

        Operands::of(scope, &self.flow).check(opcode, shape, step, at, end)?;
        self.loops.check(at, opcode, shape, step, before, end)?;

        // A step that fails has written nothing yet.
        if !shape.fails && step.on_fault != LEAVE {
            return Err(ErrorCode::Operand);
        }
        if step.on_fault != LEAVE {
            let target = forward(at, end, step.on_fault)?;
            self.flow.jump(at, target);
            self.sizes.jump(target, &scope);
        }
        if opcode == Opcode::Loop {
            let (body, exit) = (at + 1, step.immediate as usize);
            let body = code.get(body..exit).unwrap_or_default().iter().map(Instruction::from);
            self.sizes.enter(at, exit, body, &self.flow, &scope);
        }
        match opcode {
            Opcode::Jump | Opcode::JumpIf | Opcode::JumpUnless | Opcode::Loop => {
                self.flow.jump(at, step.immediate as usize);
                self.sizes.jump(step.immediate as usize, &scope);
            }
            _ => {}
        }
        let (given, sizes) = (self.given, &self.sizes);
        let sized = Step { scope: &scope, given, units, sizes, opcode, fields: step };
        let cost = charge::of(&sized, shape).saturating_mul(turns);
        match opcode {
            Opcode::Push | Opcode::PushEntry => {
                let held = sized.pushed();
                self.sizes.write(step.a, held);
            }
            _ if shape.dst != Operand::None && sizes.holds(step.dst) => {
                let result = sized.result();
                self.sizes.write(step.dst, result);
            }
            _ => {}
        }
        if opcode == Opcode::Jump || is_end(opcode) {
            self.flow.stop();
            self.sizes.stop();
        } else if shape.dst != Operand::None {
            self.flow.write(step.dst);
        }
        Ok((opcode, cost))
    }
}

/// Where an instruction stands.
#[derive(Clone, Copy)]
struct Place<'p> {
    scope: Scope<'p>,
    /// Relative to the unit's first instruction.
    at: usize,
    /// The unit's.
    code: &'p [ArchivedInstruction],
    units: &'p [Summary],
    /// The instruction right before.
    before: Option<Instruction>,
}

/// Whether the unit never goes on to the instruction behind. (A jump may not
/// either, but leads forward, and so doesn't stand at the end.)
fn is_end(opcode: Opcode) -> bool {
    matches!(opcode, Opcode::Return | Opcode::ReturnTrue | Opcode::ReturnFalse | Opcode::Fail)
}
