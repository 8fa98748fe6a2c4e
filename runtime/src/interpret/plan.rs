//! What the interpreter needs of an archive: worked out once, when it is loaded.

use super::fact_plan::{self, FactPlan, Form};
use super::registers::FILE;
use super::steps::Code;
use crate::load::Regex;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::code::Opcode;

/// Code that is ready to run, and the room that it runs in.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) code: Code,
    /// By number.
    pub(crate) regexes: Vec<Regex>,
    /// One for each fact.
    pub(super) facts: Vec<FactPlan>,
    /// Registers of the deepest chain of units that may run at once.
    pub(crate) registers: usize,
    /// Values that are worked out at most once a request.
    pub(crate) memos: usize,
}

impl Plan {
    /// # Cost
    /// One pass over facts, units and code.
    pub(crate) fn new(archive: &ArchivedRuleset, regexes: Vec<Regex>) -> Plan {
        let facts = fact_plan::of_all(archive);
        let converted = facts.iter().filter(|fact| matches!(fact.form, Form::Converted { .. }));
        Plan {
            code: Code::new(archive, &facts),
            regexes,
            registers: registers(archive),
            memos: archive.variables.len() + converted.count(),
            facts,
        }
    }

    /// A compiled regex, by its number in the archive.
    pub(crate) fn regex(&self, number: usize) -> Option<&Regex> {
        self.regexes.get(number)
    }
}

/// A unit runs in a window above that of the unit that uses its variable.
fn registers(archive: &ArchivedRuleset) -> usize {
    let window = |unit: u32| {
        let unit = archive.units.get(unit as usize);
        unit.map_or(0, |unit| unit.registers.length.to_native() as usize)
    };
    // Registers that a variable needs with all that it uses; it uses earlier ones only.
    let mut needs: Vec<usize> = Vec::with_capacity(archive.variables.len());
    for variable in archive.variables.iter() {
        let unit = variable.unit.to_native();
        let code = archive.units.get(unit as usize);
        let code = code.map_or(&[][..], |unit| archive.unit_code(unit));
        let used = code
            .iter()
            .filter(|step| step.opcode.to_native() == Opcode::Variable as u16)
            .filter_map(|step| needs.get(step.immediate.to_native() as usize));
        let deepest = used.max().copied().unwrap_or(0);
        needs.push(window(unit).saturating_add(deepest));
    }
    let widest = archive.units.iter().map(|unit| unit.registers.length.to_native() as usize);
    let deepest = needs.into_iter().max().unwrap_or(0);
    // Each runs in a whole file of registers, whatever it needs.
    widest.max().unwrap_or(0).saturating_add(deepest).saturating_add(FILE)
}
