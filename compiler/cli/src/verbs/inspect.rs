//! `inspect`: what is in an archive, section by section.

mod matching;

use crate::describe::{
    constant, fact_default, moment, shared_number, type_name, variable_position,
};
use crate::failure::{Failure, Status};
use crate::output::Report;
use crate::report::{Table, double_text, grouped, hexadecimal};
use crate::target;
use crate::terminal::Terminal;
use rulestone::Ruleset;
use rulestone_compiler::reference::Facts;
use rulestone_format::archive::{ArchivedRuleset, ArchivedText, NONE};
use rulestone_format::place::FenceKind;
use rulestone_format::rule::{Combine, HitPolicy};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::PathBuf;

/// Shows what is in an archive, section by section
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone inspect black-mesa.stone\n  \
    rulestone inspect --format json black-mesa.stone | jq '.rules[].id'")]
pub struct Arguments {
    /// The archive; `-` is standard input
    archive: PathBuf,
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    let ruleset = target::archive(&arguments.archive, &target::any_cost())?;
    let tables = tables(&ruleset);
    let mut out = Report::new(terminal.format);
    let written = match terminal.is_json() {
        true => {
            let mut object = serde_json::Map::new();
            object.insert("identity".to_owned(), identity(&ruleset));
            for table in tables {
                object.insert(table.name.replace(' ', "_"), table.json());
            }
            out.line(Value::Object(object))
        }
        false => write(&ruleset, &tables, &mut out),
    };
    written.and_then(|()| out.flush()).map_err(Failure::output)?;
    Ok(Status::Done)
}

fn identity(ruleset: &Ruleset) -> Value {
    let identity = ruleset.identity();
    json!({
        "name": identity.name,
        "description": identity.description,
        "enabled": identity.enabled,
        "source": hexadecimal(identity.source_hash),
        "tzdata": identity.tzdata,
        "compiler": identity.compiler,
        "disabled_rules": identity.disabled_rules,
        "worst_case_cost": ruleset.verified().worst_case_cost,
    })
}

fn write(ruleset: &Ruleset, tables: &[Table], out: &mut Report<impl Write>) -> io::Result<()> {
    let identity = ruleset.identity();
    let switched = if identity.enabled { "" } else { " (switched off)" };
    out.line(format_args!("{}{switched}", identity.name))?;
    if !identity.description.is_empty() {
        out.line(identity.description)?;
    }
    out.line(format_args!("source {}", hexadecimal(identity.source_hash)))?;
    out.line(format_args!("compiler {}, tzdata {}", identity.compiler, identity.tzdata))?;
    out.line(format_args!("worst-case cost {}", grouped(ruleset.verified().worst_case_cost)))?;
    tables.iter().try_for_each(|table| table.write(out))
}

fn tables(ruleset: &Ruleset) -> Vec<Table> {
    let archive = ruleset.archive();
    let mut tables =
        vec![sections(archive), facts(ruleset), outputs(ruleset), groups(archive), rules(archive)];
    tables.extend(matching::tables(archive));
    tables.extend([
        variables(archive),
        fences(archive),
        regexes(archive),
        zones(archive),
        constants(archive),
    ]);
    tables
}

/// Every table with the bytes of its records.
fn sections(archive: &ArchivedRuleset) -> Table {
    fn row<T>(name: &str, table: &[T]) -> Vec<Value> {
        vec![name.into(), table.len().into(), size_of_val(table).into()]
    }
    let (schema, debug) = (&archive.schema, &archive.debug);
    Table {
        name: "sections",
        columns: &["section", "records", "bytes"],
        rows: vec![
            row("data", &archive.data),
            row("types", &archive.types),
            row("facts", &schema.facts),
            row("fact types", &schema.types),
            row("enums", &schema.enums),
            row("labels", &schema.labels),
            row("fingerprints", &schema.fingerprints),
            row("outputs", &archive.outputs),
            row("groups", &archive.groups),
            row("rules", &archive.rules),
            row("assignments", &archive.assignments),
            row("subjects", &archive.subjects),
            row("cuts", &archive.cuts),
            row("words", &archive.words),
            row("slots", &archive.slots),
            row("predicates", &archive.predicates),
            row("sets", &archive.sets),
            row("index.dimensions", &archive.index.dimensions),
            row("index.cells", &archive.index.cells),
            row("index.rows", &archive.index.rows),
            row("index.summaries", &archive.index.summaries),
            row("variables", &archive.variables),
            row("units", &archive.units),
            row("code", &archive.code),
            row("registers", &archive.registers),
            row("constants", &archive.constants),
            row("fences", &archive.fences),
            row("vertices", &archive.vertices),
            row("regexes", &archive.regexes),
            row("zones", &archive.zones),
            row("transitions", &archive.transitions),
            row("debug files", &debug.files),
            row("debug rules", &debug.rules),
            row("debug code", &debug.code),
        ],
    }
}

fn facts(ruleset: &Ruleset) -> Table {
    let archive = ruleset.archive();
    let schema = &archive.schema;
    let defaults = Facts::defaults(archive).values.into_iter();
    let rows = ruleset.facts().zip(defaults).enumerate().map(|(index, (fact, default))| {
        let slot = schema.fact(index).map(|fact| fact.slot.to_native());
        // Element `n` is the fingerprint of the first `n` facts.
        let fingerprint = schema.fingerprints.get(index + 1).map(|print| print.to_native());
        vec![
            fact.path().into(),
            fact.type_name().to_string().into(),
            fact.is_optional().into(),
            json!(default.map(|default| fact_default(&default))),
            json!(fact.bound()),
            json!(slot),
            json!(fingerprint.map(|print| format!("{print:016x}"))),
        ]
    });
    Table {
        name: "facts",
        columns: &["path", "type", "optional", "default", "bound", "slot", "fingerprint"],
        rows: rows.collect(),
    }
}

fn outputs(ruleset: &Ruleset) -> Table {
    let archive = ruleset.archive();
    let rows = ruleset.outputs().zip(archive.outputs.iter()).map(|(output, record)| {
        let combine = Combine::from_u16(record.combine.to_native()).map(Combine::name);
        let default = record.default.to_native();
        vec![
            output.name().into(),
            output.type_name().to_string().into(),
            json!(combine),
            json!((default != NONE).then(|| constant(archive, default))),
        ]
    });
    Table {
        name: "outputs",
        columns: &["name", "type", "combine", "default"],
        rows: rows.collect(),
    }
}

fn groups(archive: &ArchivedRuleset) -> Table {
    let rows = archive.groups.iter().map(|group| {
        let policy = HitPolicy::from_u16(group.hit_policy.to_native()).map(HitPolicy::name);
        vec![archive.text(&group.name).into(), json!(policy)]
    });
    Table { name: "groups", columns: &["name", "hit policy"], rows: rows.collect() }
}

fn rules(archive: &ArchivedRuleset) -> Table {
    let mut slots = vec![0_u32; archive.rules.len()];
    for slot in archive.slots.iter() {
        if let Some(count) = slots.get_mut(slot.rule.to_native() as usize) {
            *count += 1;
        }
    }
    let rows = archive.rules.iter().zip(slots).map(|(rule, slots)| {
        let group = archive.groups.get(usize::from(rule.group.to_native()));
        let outputs = rule.assignments.of(&archive.assignments).iter().filter_map(|assignment| {
            let output = archive.outputs.get(usize::from(assignment.output.to_native()))?;
            Some(archive.text(&output.name))
        });
        let code = rule.assignments.of(&archive.assignments).iter();
        let code = code.filter(|assignment| assignment.unit.to_native() != NONE).count();
        vec![
            archive.text(&rule.id).into(),
            rule.priority.to_native().into(),
            json!(group.map(|group| archive.text(&group.name))),
            slots.into(),
            code.into(),
            outputs.collect::<Vec<_>>().join(", ").into(),
        ]
    });
    Table {
        name: "rules",
        columns: &["id", "priority", "group", "slots", "output units", "outputs"],
        rows: rows.collect(),
    }
}

fn variables(archive: &ArchivedRuleset) -> Table {
    let rows = (0..).zip(archive.variables.iter()).map(|(number, variable)| {
        let unit = variable.unit.to_native();
        let record = archive.units.get(unit as usize);
        let name = match shared_number(archive, number) {
            Some(shared) => format!("(shared expression {shared})"),
            None => archive.text(&variable.name).to_owned(),
        };
        vec![
            name.into(),
            json!(record.map(|unit| type_name(archive, unit.result.to_native()))),
            unit.into(),
            json!(record.map(|unit| unit.code.length.to_native())),
            json!(variable_position(archive, variable)),
        ]
    });
    Table {
        name: "variables",
        columns: &["name", "type", "unit", "instructions", "position"],
        rows: rows.collect(),
    }
}

fn fences(archive: &ArchivedRuleset) -> Table {
    let rows = archive.fences.iter().map(|fence| {
        let kind = FenceKind::from_u16(fence.kind.to_native());
        let [a, b, c, d] = fence.numbers.each_ref().map(|number| double_text(number.to_native()));
        let shape = match kind {
            Some(FenceKind::Circle) => format!("{c} m around ({a}, {b})"),
            Some(FenceKind::Box) => format!("south {a}, west {b}, north {c}, east {d}"),
            _ => format!("{} vertices", fence.vertices.length),
        };
        vec![archive.text(&fence.name).into(), json!(kind.map(FenceKind::name)), shape.into()]
    });
    Table { name: "fences", columns: &["name", "kind", "shape"], rows: rows.collect() }
}

fn regexes(archive: &ArchivedRuleset) -> Table {
    let row = |(number, regex): (usize, &ArchivedText)| {
        vec![number.into(), regex.length.to_native().into()]
    };
    Table {
        name: "regexes",
        columns: &["number", "bytes"],
        rows: archive.regexes.iter().enumerate().map(row).collect(),
    }
}

fn zones(archive: &ArchivedRuleset) -> Table {
    let rows = archive.zones.iter().map(|zone| {
        vec![
            archive.text(&zone.name).into(),
            zone.transitions.length.to_native().into(),
            moment(zone.repeat_from.to_native()).into(),
        ]
    });
    Table { name: "zones", columns: &["name", "transitions", "repeats from"], rows: rows.collect() }
}

fn constants(archive: &ArchivedRuleset) -> Table {
    let rows = (0u32..).zip(archive.constants.iter()).map(|(number, record)| {
        vec![
            number.into(),
            type_name(archive, record.value_type.to_native()).into(),
            constant(archive, number).into(),
        ]
    });
    Table { name: "constants", columns: &["number", "type", "value"], rows: rows.collect() }
}
