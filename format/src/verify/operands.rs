//! Operands of one instruction: registers of the right types that are written
//! before they are read, indices in range, zero in what isn't used.

use super::flow::{Flow, forward};
use super::places::DAY;
use super::types::Types;
use crate::archive::ArchivedRuleset;
use crate::code::{
    Builtin, Getter, Immediate, Instruction, Opcode, Operand, Relation, Shape, fault_from_u32,
};
use crate::error::ErrorCode;
use crate::meaning::Fault;
use crate::types::{TypeId, TypeKind};
use rkyv::rend::unaligned::u16_ule;

/// What the operands of the instructions of a unit refer to.
#[derive(Clone, Copy)]
pub(super) struct Scope<'o> {
    pub(super) archive: &'o ArchivedRuleset,
    pub(super) types: &'o Types,
    /// Types of the unit's registers.
    pub(super) registers: &'o [u16_ule],
    pub(super) result: TypeId,
}

/// The operands of one instruction, with the type variables that they have bound.
pub(super) struct Operands<'o> {
    scope: Scope<'o>,
    flow: &'o Flow,
    t: Option<TypeId>,
    e: Option<TypeId>,
    k: Option<TypeId>,
    v: Option<TypeId>,
}

impl<'o> Operands<'o> {
    #[inline]
    pub(super) fn of(scope: Scope<'o>, flow: &'o Flow) -> Operands<'o> {
        Operands { scope, flow, t: None, e: None, k: None, v: None }
    }

    /// All operands of an instruction, in the order in which they bind type
    /// variables: `a`, `b`, immediate, `dst`.
    #[inline]
    pub(super) fn check(
        mut self,
        opcode: Opcode,
        shape: &Shape,
        step: Instruction,
        at: usize,
        end: usize,
    ) -> Result<(), ErrorCode> {
        self.read(shape.a, step.a)?;
        match shape.b {
            Operand::None => unused(step.b.into())?,
            Operand::Builtin => self.arguments(step.a, step.b)?,
            // `format` without arguments.
            Operand::AnyValue if shape.immediate == Immediate::Count && step.immediate == 0 => {
                unused(step.b.into())?;
            }
            operand => self.read(operand, step.b)?,
        }
        self.immediate(shape.immediate, step, at, end)?;
        self.special(opcode)?;
        self.write(shape.dst, step.dst)?;
        if opcode == Opcode::Next {
            self.is_set(step.dst)?;
        }
        Ok(())
    }

    /// What the shape alone doesn't say.
    fn special(&mut self, opcode: Opcode) -> Result<(), ErrorCode> {
        let good = match opcode {
            Opcode::Return => self.t == Some(self.scope.result),
            Opcode::ReturnTrue | Opcode::ReturnFalse => self.scope.result == TypeId::BOOL,
            Opcode::Join => self.e == Some(TypeId::STRING),
            Opcode::Greatest | Opcode::Least => {
                matches!(self.e, Some(TypeId::INT | TypeId::UINT | TypeId::DOUBLE))
            }
            Opcode::Split => {
                self.e = Some(TypeId::STRING);
                true
            }
            _ => true,
        };
        if good { Ok(()) } else { Err(ErrorCode::RegisterType) }
    }

    #[inline]
    fn read(&mut self, operand: Operand, field: u16) -> Result<(), ErrorCode> {
        match operand {
            Operand::None => unused(field.into()),
            Operand::Getter => match Getter::from_u16(field) {
                Some(_) => Ok(()),
                None => Err(ErrorCode::Operand),
            },
            operand => {
                self.write(operand, field)?;
                self.is_set(field)
            }
        }
    }

    /// A register whose type fits, whether or not it is written yet.
    #[inline]
    fn write(&mut self, operand: Operand, field: u16) -> Result<(), ErrorCode> {
        if operand == Operand::None {
            return unused(field.into());
        }
        let id = self.type_of(field)?;
        // Most operands need no more than a look at the number of their type.
        let fits = match operand {
            Operand::In(expected) => id == expected,
            Operand::T => bind(&mut self.t, id),
            Operand::E => bind(&mut self.e, id),
            Operand::K => bind(&mut self.k, id),
            Operand::V => bind(&mut self.v, id),
            operand => self.is_made_so(operand, id),
        };
        if fits { Ok(()) } else { Err(ErrorCode::RegisterType) }
    }

    fn is_made_so(&mut self, operand: Operand, id: TypeId) -> bool {
        let Some(kind) = self.scope.types.kind(id) else { return false };
        match (operand, kind) {
            (Operand::AnyValue, kind) => kind.is_value() && bind(&mut self.t, id),
            (Operand::Text, TypeKind::String | TypeKind::Bytes) => bind(&mut self.t, id),
            // The list itself is `T`, for operations on several lists of one type.
            (Operand::ListOf, TypeKind::List(item)) => {
                bind(&mut self.e, item) && bind(&mut self.t, id)
            }
            (Operand::MapOf, TypeKind::Map(key, value)) => {
                bind(&mut self.k, key) && bind(&mut self.v, value) && bind(&mut self.t, id)
            }
            (Operand::Sized, TypeKind::List(_) | TypeKind::Map(_, _)) => true,
            (Operand::InBuilder, TypeKind::ListBuilder(item)) => bind(&mut self.e, item),
            (Operand::MapBuilderOf, TypeKind::MapBuilder(key, value)) => {
                bind(&mut self.k, key) && bind(&mut self.v, value)
            }
            _ => false,
        }
    }

    #[inline]
    fn immediate(
        &mut self,
        immediate: Immediate,
        step: Instruction,
        at: usize,
        end: usize,
    ) -> Result<(), ErrorCode> {
        let (value, archive) = (step.immediate, self.scope.archive);
        let index = value as usize;
        let is_right = match immediate {
            Immediate::None => value == 0,
            Immediate::Constant => {
                let constant = archive.constants.get(index);
                constant.is_some_and(|constant| self.gives(constant.value_type.to_native()))
            }
            Immediate::Fact => {
                let fact = archive.schema.fact(index);
                fact.is_some_and(|fact| self.gives(fact.value_type.to_native()))
            }
            Immediate::Variable => {
                let variable = archive.variables.get(index);
                let unit = variable.and_then(|v| archive.units.get(v.unit.to_native() as usize));
                unit.is_some_and(|unit| self.gives(unit.result.to_native()))
            }
            Immediate::AnyFact => index < archive.schema.facts.len(),
            Immediate::Target => return forward(at, end, value).map(|_| ()),
            // See `Loops` for the place, and the bounds of what runs.
            Immediate::LoopBody | Immediate::Bound | Immediate::Capacity => true,
            // What no archive reaches, none asks for.
            Immediate::Fault => fault_from_u32(value).is_some_and(|f| f != Fault::Unreachable),
            Immediate::Relation => Relation::from_u32(value).is_some(),
            Immediate::Register(id) => return self.read(Operand::In(id), register(value)?),
            Immediate::RegisterV => return self.read(Operand::V, register(value)?),
            Immediate::RegisterT => return self.read(Operand::T, register(value)?),
            Immediate::Count => return self.values(step.b, value),
            Immediate::Fence => index < archive.fences.len(),
            Immediate::Regex => index < archive.regexes.len(),
            Immediate::Zone => index < archive.zones.len(),
            Immediate::Offset => value.cast_signed().unsigned_abs() < DAY.unsigned_abs(),
        };
        if is_right { Ok(()) } else { Err(ErrorCode::Operand) }
    }

    /// `dst` is of the type of what the immediate names.
    #[inline]
    fn gives(&mut self, value_type: u16) -> bool {
        bind(&mut self.t, TypeId(value_type))
    }

    /// The arguments of a builtin stand in registers from `first` on.
    fn arguments(&mut self, first: u16, builtin: u16) -> Result<(), ErrorCode> {
        let signature = Builtin::from_u16(builtin).ok_or(ErrorCode::Operand)?.signature();
        for (register, parameter) in (usize::from(first)..).zip(signature.parameters) {
            let register = u16::try_from(register).map_err(|_| ErrorCode::RegisterRange)?;
            self.read(Operand::In(*parameter), register)?;
        }
        self.t = Some(signature.result);
        Ok(())
    }

    /// `count` registers of values of any types from `first` on.
    fn values(&self, first: u16, count: u32) -> Result<(), ErrorCode> {
        let end = u32::from(first).checked_add(count).filter(|end| *end <= u32::from(u16::MAX));
        let end = end.ok_or(ErrorCode::RegisterRange)?;
        for register in u32::from(first)..end {
            let register = register as u16;
            if !self.scope.types.is_value(self.type_of(register)?) {
                return Err(ErrorCode::RegisterType);
            }
            self.is_set(register)?;
        }
        Ok(())
    }

    #[inline]
    fn type_of(&self, register: u16) -> Result<TypeId, ErrorCode> {
        let id = self.scope.registers.get(usize::from(register)).ok_or(ErrorCode::RegisterRange)?;
        Ok(TypeId(id.to_native()))
    }

    #[inline]
    fn is_set(&self, register: u16) -> Result<(), ErrorCode> {
        if self.flow.is_written(register) { Ok(()) } else { Err(ErrorCode::RegisterUnset) }
    }
}

/// A type variable: the first operand that names it says what it is.
#[inline]
fn bind(variable: &mut Option<TypeId>, id: TypeId) -> bool {
    *variable.get_or_insert(id) == id
}

#[inline]
fn unused(field: u32) -> Result<(), ErrorCode> {
    if field == 0 { Ok(()) } else { Err(ErrorCode::Operand) }
}

fn register(immediate: u32) -> Result<u16, ErrorCode> {
    u16::try_from(immediate).map_err(|_| ErrorCode::RegisterRange)
}
