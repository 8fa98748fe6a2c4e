//! One piece of code as text: its instructions with their operands by name.
//!
//! In: the number of a unit of a verified archive. Out: a [`Unit`], as text or JSON.

use crate::describe::{constant, fact_name, position, type_name, variable_name};
use crate::output::Report;
use crate::report::counted;
use rulestone_format::archive::{ArchivedRuleset, ArchivedUnit};
use rulestone_format::code::{
    Builtin, Getter, Immediate, Instruction, LEAVE, Opcode, Operand, Relation, fault_from_u32,
};
use serde_json::{Value, json};
use std::io::{self, Write};

/// One piece of code.
#[derive(Debug)]
pub struct Unit {
    title: String,
    number: u32,
    result: String,
    registers: usize,
    lines: Vec<Line>,
}

/// One instruction.
#[derive(Debug)]
struct Line {
    name: &'static str,
    operands: String,
    /// Where it goes on if it fails: an instruction of the unit.
    on_fault: Option<u32>,
    position: Option<String>,
}

impl Unit {
    pub fn of(archive: &ArchivedRuleset, title: String, number: u32) -> Option<Unit> {
        let unit = archive.units.get(number as usize)?;
        let first = unit.code.start.to_native() as usize;
        let code = (first..).zip(archive.unit_code(unit));
        let lines = code.map(|(at, instruction)| {
            let place = position(archive, archive.debug.code.get(at));
            line(archive, unit, &Instruction::from(instruction), place)
        });
        Some(Unit {
            title,
            number,
            result: type_name(archive, unit.result.to_native()),
            registers: unit.registers.length.to_native() as usize,
            lines: lines.collect(),
        })
    }

    pub fn write(&self, out: &mut Report<impl Write>) -> io::Result<()> {
        let Unit { title, number, result, registers, lines } = self;
        out.line(format_args!(
            "  unit {number}: {title} -> {result}, {}",
            counted(*registers, "register")
        ))?;
        for (index, line) in lines.iter().enumerate() {
            let mut text = format!("  {index:>5}  {:<18} {}", line.name, line.operands);
            if let Some(target) = line.on_fault {
                text.push_str(&format!("  (fault -> {target})"));
            }
            match &line.position {
                Some(position) => out.line(format_args!("{text:<78}  {position}"))?,
                None => out.line(text.trim_end())?,
            }
        }
        Ok(())
    }

    pub fn json(&self) -> Value {
        let code = self.lines.iter().map(|line| {
            json!({
                "opcode": line.name,
                "operands": line.operands,
                "on_fault": line.on_fault,
                "position": line.position,
            })
        });
        json!({
            "title": self.title,
            "unit": self.number,
            "result": self.result,
            "registers": self.registers,
            "code": code.collect::<Vec<_>>(),
        })
    }
}

fn line(
    archive: &ArchivedRuleset,
    unit: &ArchivedUnit,
    instruction: &Instruction,
    position: Option<String>,
) -> Line {
    let Some(opcode) = Opcode::from_u16(instruction.opcode) else {
        return Line { name: "?", operands: String::new(), on_fault: None, position };
    };
    let shape = opcode.shape();
    let register = |number: u16| {
        let types = unit.registers.of(&archive.registers);
        let ty = types.get(usize::from(number)).map(|ty| type_name(archive, ty.to_native()));
        format!("r{number}:{}", ty.as_deref().unwrap_or("?"))
    };
    let Instruction { dst, a, b, immediate, .. } = *instruction;
    let mut sources = Vec::new();
    match builtin(shape.b, b) {
        Some(builtin) => {
            sources.push(builtin.signature().name.to_owned());
            // Arguments lie side by side.
            let count = builtin.signature().parameters.len() as u16;
            sources.extend((0..count).map(|at| register(a.saturating_add(at))));
        }
        None => {
            if shape.a != Operand::None {
                sources.push(register(a));
            }
            match (shape.b, shape.immediate) {
                (Operand::None, _) => {}
                (Operand::Getter, _) => {
                    sources.push(Getter::from_u16(b).map_or("?", Getter::name).to_owned());
                }
                (_, Immediate::Count) => {
                    let count = u16::try_from(immediate).unwrap_or(0);
                    sources.extend((0..count).map(|at| register(b.saturating_add(at))));
                }
                _ => sources.push(register(b)),
            }
        }
    }
    let mut operands = sources.join(", ");
    if let Some(text) = immediate_text(archive, shape.immediate, immediate, register) {
        operands = match (operands.is_empty(), shape.immediate) {
            (true, _) => text,
            (false, Immediate::Target | Immediate::LoopBody) => format!("{operands} {text}"),
            // Between its two sides.
            (false, Immediate::Relation) => sources.join(&format!(" {text} ")),
            (false, _) => format!("{operands}, {text}"),
        };
    }
    if shape.dst != Operand::None {
        operands = match operands.is_empty() {
            true => register(dst),
            false => format!("{} = {operands}", register(dst)),
        };
    }
    let on_fault = (shape.fails && instruction.on_fault != LEAVE).then_some(instruction.on_fault);
    Line { name: shape.name, operands, on_fault, position }
}

fn builtin(operand: Operand, number: u16) -> Option<Builtin> {
    match operand {
        Operand::Builtin => Builtin::from_u16(number),
        _ => None,
    }
}

fn immediate_text(
    archive: &ArchivedRuleset,
    kind: Immediate,
    immediate: u32,
    register: impl Fn(u16) -> String,
) -> Option<String> {
    let index = immediate as usize;
    Some(match kind {
        Immediate::None | Immediate::Count => return None,
        Immediate::Constant => constant(archive, immediate),
        Immediate::Fact | Immediate::AnyFact => fact_name(archive, immediate).to_owned(),
        Immediate::Variable => variable_name(archive, immediate),
        Immediate::Target | Immediate::LoopBody => format!("-> {immediate}"),
        Immediate::Bound | Immediate::Capacity => immediate.to_string(),
        Immediate::Fault => match fault_from_u32(immediate) {
            Some(fault) => fault.to_string(),
            None => "?".to_owned(),
        },
        Immediate::Relation => {
            Relation::from_u32(immediate).map_or("?", Relation::symbol).to_owned()
        }
        Immediate::Register(_) | Immediate::RegisterV | Immediate::RegisterT => {
            register(u16::try_from(immediate).unwrap_or(u16::MAX))
        }
        Immediate::Fence => {
            let fence = archive.fences.get(index);
            format!("fences.{}", fence.map_or("?", |fence| archive.text(&fence.name)))
        }
        Immediate::Regex => format!("regex {immediate}"),
        Immediate::Zone => {
            let zone = archive.zones.get(index);
            zone.map_or("?", |zone| archive.text(&zone.name)).to_owned()
        }
        Immediate::Offset => format!("UTC{:+} s", immediate.cast_signed()),
    })
}
