//! `disasm`: the bytecode of an archive, with the places that it came from.

use crate::describe::{constant, fact_name, position, predicate, type_name};
use crate::failure::{Failure, Status};
use crate::report::counted;
use crate::target;
use crate::terminal::Terminal;
use rulestone_format::archive::{ArchivedRule, ArchivedRuleset, ArchivedUnit, NONE};
use rulestone_format::code::{
    Builtin, Getter, Immediate, Instruction, LEAVE, Opcode, Operand, Relation, fault_from_u32,
};
use serde_json::{Value, json};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

/// Shows the bytecode of an archive, with its places in the source
///
/// Of each rule: its predicates, then the code of what remains of its condition
/// and of its outputs. Then the variables.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone disasm black-mesa.stone --rule golden-idol")]
pub struct Arguments {
    /// The archive; `-` is standard input
    archive: PathBuf,
    /// Only this rule, and the variables that it uses
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    let ruleset = target::archive(&arguments.archive, &target::any_cost())?;
    let archive = ruleset.archive();
    let mut rules: Vec<(usize, &ArchivedRule)> = archive.rules.iter().enumerate().collect();
    let mut variables = vec![true; archive.variables.len()];
    if let Some(id) = &arguments.rule {
        rules.retain(|(_, rule)| archive.text(&rule.id) == id);
        let Some((_, rule)) = rules.first() else {
            return Err(Failure::given(format!("there is no rule `{id}` in this archive")));
        };
        variables = used_variables(archive, rule);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut print = |listing: Listing| match terminal.is_json() {
        true => writeln!(out, "{}", listing.json()),
        false => listing.write(&mut out),
    };
    let mut written = Ok(());
    for (number, rule) in rules {
        written = written.and_then(|()| print(Listing::of_rule(archive, number, rule)));
    }
    for (variable, _) in archive.variables.iter().zip(variables).filter(|(_, used)| *used) {
        let name = archive.text(&variable.name);
        let unit = Unit::of(archive, format!("variable {name}"), variable.unit.to_native());
        let listing = Listing {
            kind: "variable",
            name: name.to_owned(),
            units: unit.into_iter().collect(),
            ..Listing::default()
        };
        written = written.and_then(|()| print(listing));
    }
    written.and_then(|()| out.flush()).map_err(Failure::output)?;
    Ok(Status::Done)
}

/// Which variables a rule uses, directly or through others.
fn used_variables(archive: &ArchivedRuleset, rule: &ArchivedRule) -> Vec<bool> {
    let mut used = vec![false; archive.variables.len()];
    let assignments = rule.assignments.of(&archive.assignments).iter();
    let mut waiting: Vec<u32> = assignments.map(|assignment| assignment.unit.to_native()).collect();
    waiting.push(rule.condition.to_native());
    while let Some(unit) = waiting.pop() {
        let Some(unit) = archive.units.get(unit as usize) else { continue };
        for instruction in archive.unit_code(unit) {
            if instruction.opcode.to_native() != Opcode::Variable as u16 {
                continue;
            }
            let number = instruction.immediate.to_native() as usize;
            let (Some(used), Some(variable)) =
                (used.get_mut(number), archive.variables.get(number))
            else {
                continue;
            };
            if !std::mem::replace(used, true) {
                waiting.push(variable.unit.to_native());
            }
        }
    }
    used
}

/// A rule or a variable.
#[derive(Debug, Default)]
struct Listing {
    kind: &'static str,
    name: String,
    /// Priority and group of a rule.
    priority: Option<(i64, String)>,
    position: Option<String>,
    predicates: Vec<String>,
    /// Outputs with constant values.
    constants: Vec<(String, String)>,
    units: Vec<Unit>,
}

/// One piece of code.
#[derive(Debug)]
struct Unit {
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

impl Listing {
    fn of_rule(archive: &ArchivedRuleset, number: usize, rule: &ArchivedRule) -> Listing {
        let group = archive.groups.get(usize::from(rule.group.to_native()));
        let group = group.map_or("?", |group| archive.text(&group.name)).to_owned();
        let predicates = rule.predicates.of(&archive.predicates).iter();
        let condition = Unit::of(archive, "condition".to_owned(), rule.condition.to_native());
        let mut listing = Listing {
            kind: "rule",
            name: archive.text(&rule.id).to_owned(),
            priority: Some((rule.priority.to_native(), group)),
            position: position(archive, archive.debug.rules.get(number)),
            predicates: predicates.map(|record| predicate(archive, record)).collect(),
            constants: Vec::new(),
            units: condition.into_iter().collect(),
        };
        // Alternatives that the index keeps apart have code of their own.
        let slots = archive.index.slots.as_slice();
        let first = slots.partition_point(|slot| (slot.rule.to_native() as usize) < number);
        let own = slots[first..].iter().take_while(|s| s.rule.to_native() as usize == number);
        let mut shown = vec![NONE, rule.condition.to_native()];
        for slot in own {
            let unit = slot.condition.to_native();
            if !shown.contains(&unit) {
                shown.push(unit);
                let title = format!("alternative {}", shown.len() - 2);
                listing.units.extend(Unit::of(archive, title, unit));
            }
        }
        for assignment in rule.assignments.of(&archive.assignments) {
            let output = archive.outputs.get(usize::from(assignment.output.to_native()));
            let output = output.map_or("?", |output| archive.text(&output.name)).to_owned();
            match assignment.constant.to_native() {
                NONE => {
                    let unit = assignment.unit.to_native();
                    listing.units.extend(Unit::of(archive, format!("output {output}"), unit));
                }
                number => listing.constants.push((output, constant(archive, number))),
            }
        }
        listing
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        write!(out, "{} {}", self.kind, self.name)?;
        if let Some((priority, group)) = &self.priority {
            write!(out, " (priority {priority}, group {group})")?;
        }
        match &self.position {
            Some(position) => writeln!(out, "  {position}")?,
            None => writeln!(out)?,
        }
        for predicate in &self.predicates {
            writeln!(out, "  require {predicate}")?;
        }
        for (output, value) in &self.constants {
            writeln!(out, "  output {output} = {value}")?;
        }
        self.units.iter().try_for_each(|unit| unit.write(out))?;
        writeln!(out)
    }

    fn json(&self) -> Value {
        let constants = self.constants.iter().map(|(name, value)| json!([name, value]));
        json!({
            "kind": self.kind,
            "name": self.name,
            "priority": self.priority.as_ref().map(|(priority, _)| priority),
            "group": self.priority.as_ref().map(|(_, group)| group),
            "position": self.position,
            "predicates": self.predicates,
            "constants": constants.collect::<Vec<_>>(),
            "units": self.units.iter().map(Unit::json).collect::<Vec<_>>(),
        })
    }
}

impl Unit {
    fn of(archive: &ArchivedRuleset, title: String, number: u32) -> Option<Unit> {
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

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let Unit { title, number, result, registers, lines } = self;
        writeln!(out, "  unit {number}: {title} -> {result}, {}", counted(*registers, "register"))?;
        for (index, line) in lines.iter().enumerate() {
            let mut text = format!("  {index:>5}  {:<18} {}", line.name, line.operands);
            if let Some(target) = line.on_fault {
                text.push_str(&format!("  (fault -> {target})"));
            }
            match &line.position {
                Some(position) => writeln!(out, "{text:<78}  {position}")?,
                None => writeln!(out, "{}", text.trim_end())?,
            }
        }
        Ok(())
    }

    fn json(&self) -> Value {
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
        Immediate::Variable => {
            let variable = archive.variables.get(index);
            let name = variable.map_or("?", |variable| archive.text(&variable.name));
            format!("variables.{name}")
        }
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
        Immediate::Intervals => {
            let set = archive.interval_sets.get(index);
            let count = set.map_or(0, |set| set.length.to_native());
            format!("interval set {immediate} ({count} intervals)")
        }
        Immediate::Zone => {
            let zone = archive.zones.get(index);
            zone.map_or("?", |zone| archive.text(&zone.name)).to_owned()
        }
        Immediate::Offset => format!("UTC{:+} s", immediate.cast_signed()),
    })
}
