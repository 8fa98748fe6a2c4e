//! The verifier: everything that the interpreter relies on, checked once when
//! an archive is loaded.
//!
//! In: an archive whose structure rkyv and bytecheck have accepted, that is,
//! whose pointers and lengths stay inside the file. Its contents may be
//! anything: the bytes are hostile until [`verify`] says otherwise. Out: what
//! the archive can cost, as [`Verified`], or the first record that is not in
//! order.
//!
//! Three rules keep this linear in the archive. A table of runs (the code of
//! units, the vertices of fences, …) is divided among its owners in order and
//! without gaps, so that nothing is walked twice. What may be shared, text and
//! the items of constants, is remembered or paid for from a budget. And jumps
//! lead forward only, so that one pass over a unit knows what every path to an
//! instruction has written.

mod agreement;
mod charge;
mod code;
mod constants;
mod cost;
mod defaults;
mod extent;
mod flow;
mod index;
mod layout;
mod loops;
mod names;
mod operands;
mod places;
mod regexes;
mod results;
mod rules;
mod runs;
mod schema;
mod sizes;
mod slots;
mod subjects;
mod tables;
mod text;
mod types;
mod variables;

#[cfg(test)]
mod tests;

pub use code::{MAX_CODE, MAX_REGISTERS};
pub use cost::PREDICATE_COST;
pub use loops::MAX_LOOPS;
pub use names::MAX_NAME;
pub use regexes::{Automaton, Work};
pub use schema::{MAX_BYTES_HASHED, MAX_ITEMS, MAX_LABELS_HASHED, MAX_TEXT};
pub use subjects::FREE_WORD;
pub use types::{MAX_TYPE_DEPTH, MAX_TYPES};
pub use variables::MAX_VARIABLE_DEPTH;

use crate::archive::ArchivedRuleset;
use crate::error::{Error, ErrorCode};
use crate::value::Word;
use results::Given;
use text::Texts;
use types::Types;

/// What a loader is ready to accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all tables together.
    pub bytes: usize,
    pub rules: u32,
    pub facts: u32,
    /// What one decision may cost at worst, about a nanosecond each.
    pub cost: u64,
    /// Bytes of registers that a decision may need at once.
    pub scratch: usize,
}

impl Limits {
    /// For servers that load their own rulesets: 256 MiB, a million rules,
    /// 4,096 facts, a second for a decision at worst, 16 MiB of registers.
    pub const DEFAULT: Limits = Limits {
        bytes: 256 << 20,
        rules: 1_000_000,
        facts: 4096,
        cost: 1_000_000_000,
        scratch: 16 << 20,
    };
}

impl Default for Limits {
    /// [`Limits::DEFAULT`]
    fn default() -> Limits {
        Limits::DEFAULT
    }
}

/// What is known of an archive that is in order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// What one decision costs at worst, about a nanosecond each: every rule
    /// and every variable once, loops as often as their bounds allow.
    pub worst_case_cost: u64,
    /// The rule that costs most at worst, variables left out.
    pub most_expensive_rule: Option<u32>,
    /// What that rule costs at worst.
    pub most_expensive_cost: u64,
    /// Registers of the unit that has most.
    pub max_registers: u32,
    /// Registers that are in use at once at worst: those of a unit, of a
    /// variable that it waits for, of one that this waits for, and so on.
    pub stacked_registers: u32,
    /// How deep variables use one another: 0 without variables, 1 if none uses another.
    pub variable_depth: u32,
}

/// Checks everything that the interpreter relies on.
///
/// # Errors
/// `A1…` for a table, `A2…` for code, `A3…` for a limit; with the number of
/// the record, or of the instruction, that is wrong. `SPEC.md` lists all.
///
/// # Cost
/// Linear in the archive. Memory: some bytes a record, and for the unit that is
/// looked at up to 128 bytes an instruction; never more than fifteen times the
/// archive.
pub fn verify(archive: &ArchivedRuleset, limits: &Limits) -> Result<Verified, Error> {
    verify_and_decode(archive, limits).map(|(verified, _)| verified)
}

/// As [`verify`], and gives the automata of the regexes, in the archive's order:
/// checking one means decoding it, which costs more than all else that is done
/// with its bytes.
///
/// # Errors
/// As [`verify`].
pub fn verify_and_decode<'a>(
    archive: &'a ArchivedRuleset,
    limits: &Limits,
) -> Result<(Verified, Vec<Automaton<'a>>), Error> {
    within(archive, limits)?;
    let types = Types::check(archive)?;
    let mut texts = Texts::new(&archive.data);

    tables::identity(archive, &mut texts)?;
    schema::check(archive, &types, &mut texts)?;
    defaults::check(archive)?;
    let fact_types = schema::extents(archive);
    let constants = constants::check(archive, &types, &mut texts)?;
    places::fences(archive, &mut texts)?;
    places::zones(archive, &mut texts)?;
    let automata = regexes::check(archive)?;
    let regexes = automata.iter().map(|regex| regex.work).collect();
    let given = Given { fact_types, constants, regexes };
    tables::groups(archive, &mut texts)?;
    tables::outputs(archive, &types, &mut texts)?;
    variables::check(archive, &mut texts)?;

    let units = code::check(archive, &types, &given)?;
    let depths = variables::depths(archive, &units)?;
    let rankings = subjects::check(archive, &mut texts)?;
    rules::check(archive, &mut texts)?;
    slots::check(archive, &rankings)?;
    index::check(archive, &rankings)?;
    agreement::check(archive, &rankings)?;
    tables::debug(archive, &mut texts)?;

    let bill = cost::total(archive, &given, &units);
    if bill.total > limits.cost {
        return Err(Error::at(ErrorCode::Cost, bill.total));
    }
    let registers = depths.stacked_registers as usize;
    if registers.saturating_mul(size_of::<Word>()) > limits.scratch {
        return Err(Error::at(ErrorCode::TooLarge, registers as u64));
    }
    let verified = Verified {
        worst_case_cost: bill.total,
        most_expensive_rule: bill.dearest,
        most_expensive_cost: bill.most,
        max_registers: depths.max_registers,
        stacked_registers: depths.stacked_registers,
        variable_depth: depths.variable_depth,
    };
    Ok((verified, automata))
}

/// What running each unit once costs at worst, about a nanosecond each, without
/// the variables that it uses: for tools that show where time goes. The archive
/// is one that [`verify`] accepted.
///
/// # Errors
/// Those of [`verify`] for types and code.
#[doc(hidden)]
pub fn unit_costs(archive: &ArchivedRuleset) -> Result<Vec<u64>, Error> {
    let types = Types::check(archive)?;
    let constants = constants::check(archive, &types, &mut Texts::new(&archive.data))?;
    let (fact_types, automata) = (schema::extents(archive), regexes::check(archive)?);
    let regexes = automata.iter().map(|regex| regex.work).collect();
    let given = Given { fact_types, constants, regexes };
    Ok(code::check(archive, &types, &given)?.iter().map(|unit| unit.cost).collect())
}

/// Sizes first: what comes after may then allocate in proportion.
fn within(archive: &ArchivedRuleset, limits: &Limits) -> Result<(), Error> {
    let bytes = layout::bytes(archive);
    let (rules, facts) = (archive.rules.len(), archive.schema.facts.len());
    for (size, limit) in
        [(bytes, limits.bytes), (rules, limits.rules as usize), (facts, limits.facts as usize)]
    {
        if size > limit {
            return Err(Error::at(ErrorCode::TooLarge, size as u64));
        }
    }
    Ok(())
}
