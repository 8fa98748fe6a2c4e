//! Variables: each has a unit of its own, and uses variables before it only.

use super::names;
use super::results::Summary;
use super::text::Texts;
use crate::archive::{ArchivedRuleset, ArchivedUnit};
use crate::code::Opcode;
use crate::error::{Error, ErrorCode};

/// Longest chain of variables that use one another.
pub const MAX_VARIABLE_DEPTH: u32 = 64;

/// Before the units are checked: names, and whether the units are there.
pub(super) fn check(archive: &ArchivedRuleset, texts: &mut Texts<'_>) -> Result<(), Error> {
    let variables = &archive.variables;
    let mut taken = vec![false; archive.units.len()];
    let mut named = 0;
    for (number, variable) in variables.iter().enumerate() {
        // The ones without a name come last.
        match variable.name.length.to_native() {
            0 => texts.check(&variable.name, number)?,
            _ if named == number => {
                texts.name(&variable.name, ErrorCode::VariableTable, number)?;
                named += 1;
            }
            _ => return Err(Error::at(ErrorCode::VariableTable, number as u64)),
        }
        let unit = taken.get_mut(variable.unit.to_native() as usize);
        // Else each of many variables would make for a walk over one long unit.
        if unit.map(|taken| std::mem::replace(taken, true)) != Some(false) {
            return Err(Error::at(ErrorCode::VariableTable, number as u64));
        }
    }
    let name = |at: usize| variables.get(at).map(|variable| &variable.name);
    names::unique(archive, named, name, ErrorCode::VariableTable)
}

/// What running a unit takes beyond itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Depths {
    /// Registers of the widest unit.
    pub(super) max_registers: u32,
    /// Registers of a unit and of all that wait below it, at most.
    pub(super) stacked_registers: u32,
    /// Variables that use one another, at most.
    pub(super) variable_depth: u32,
}

/// Registers and variables of one unit, with those of the variables that it uses.
#[derive(Debug, Clone, Copy)]
struct Depth {
    registers: u32,
    variables: u32,
}

/// After the units are checked: the order of the variables and their depth.
pub(super) fn depths(archive: &ArchivedRuleset, units: &[Summary]) -> Result<Depths, Error> {
    let mut known: Vec<Depth> = Vec::with_capacity(archive.variables.len());
    for (number, variable) in archive.variables.iter().enumerate() {
        let wrong = Error::at(ErrorCode::VariableOrder, number as u64);
        let unit = archive.units.get(variable.unit.to_native() as usize).ok_or(wrong)?;
        // Only variables before this one are known.
        let mut depth = below(archive, unit, &known).ok_or(wrong)?;
        depth.variables += 1;
        if depth.variables > MAX_VARIABLE_DEPTH {
            return Err(wrong);
        }
        known.push(depth);
    }
    let mut all = Depths {
        variable_depth: known.iter().map(|depth| depth.variables).max().unwrap_or(0),
        ..Depths::default()
    };
    for (number, (unit, summary)) in archive.units.iter().zip(units).enumerate() {
        let own = unit.registers.length.to_native();
        let stacked = if summary.uses_variables {
            let wrong = Error::at(ErrorCode::VariableOrder, number as u64);
            below(archive, unit, &known).ok_or(wrong)?.registers
        } else {
            own
        };
        all.max_registers = all.max_registers.max(own);
        all.stacked_registers = all.stacked_registers.max(stacked);
    }
    Ok(all)
}

/// `None` if the unit uses a variable that isn't known.
fn below(archive: &ArchivedRuleset, unit: &ArchivedUnit, known: &[Depth]) -> Option<Depth> {
    let own = unit.registers.length.to_native();
    let mut depth = Depth { registers: own, variables: 0 };
    for step in archive.unit_code(unit) {
        if step.opcode.to_native() == Opcode::Variable as u16 {
            let used = known.get(step.immediate.to_native() as usize)?;
            depth.variables = depth.variables.max(used.variables);
            depth.registers = depth.registers.max(own.saturating_add(used.registers));
        }
    }
    Some(depth)
}
