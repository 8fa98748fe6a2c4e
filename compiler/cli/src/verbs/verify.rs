//! `verify`: whether an archive can be trusted, what it is, what it costs.

use crate::failure::{Failure, Status};
use crate::report::{grouped, hexadecimal};
use crate::target::{self, is_standard};
use crate::terminal::Terminal;
use rulestone::{Limits, Ruleset};
use rulestone_format::header::{FORMAT_VERSION, HEADER_LENGTH, LANGUAGE_VERSION};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Verifies an archive, and prints its identity and its limits
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone verify black-mesa.stone")]
pub struct Arguments {
    /// The archive, from wherever it came; `-` is standard input
    archive: PathBuf,
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    let ruleset = target::archive(&arguments.archive, &Limits::default())?;
    let facts = facts(&ruleset, &arguments.archive);
    let mut stdout = std::io::stdout().lock();
    let written = if terminal.is_json() {
        let object: serde_json::Map<_, _> =
            facts.into_iter().map(|(name, value)| (name.replace(' ', "_"), value)).collect();
        writeln!(stdout, "{}", Value::Object(object))
    } else {
        facts.iter().try_for_each(|(name, value)| {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.as_u64().map_or(number.to_string(), grouped),
                Value::Bool(true) => "yes".to_owned(),
                Value::Bool(false) => "no".to_owned(),
                _ => return Ok(()),
            };
            writeln!(stdout, "{name:<20} {text}")
        })
    };
    written.map_err(Failure::output)?;
    Ok(Status::Done)
}

fn facts(ruleset: &Ruleset, path: &Path) -> Vec<(&'static str, Value)> {
    let (archive, identity) = (ruleset.archive(), ruleset.identity());
    let (verified, limits) = (ruleset.verified(), Limits::default());
    let dearest = verified.most_expensive_rule.and_then(|rule| archive.rules.get(rule as usize));
    let bytes = match is_standard(path) {
        true => None,
        false => std::fs::metadata(path).ok().map(|metadata| metadata.len()),
    };
    let debug = &archive.debug;
    let is_stripped = debug.files.is_empty() && debug.rules.is_empty() && debug.code.is_empty();
    vec![
        ("valid", true.into()),
        ("name", identity.name.into()),
        ("description", identity.description.into()),
        ("enabled", identity.enabled.into()),
        ("source", hexadecimal(identity.source_hash).into()),
        ("tzdata", identity.tzdata.into()),
        ("compiler", identity.compiler.into()),
        ("format version", FORMAT_VERSION.into()),
        ("language", format!("v{LANGUAGE_VERSION}").into()),
        ("bytes", json!(bytes)),
        ("header bytes", HEADER_LENGTH.into()),
        ("stripped", is_stripped.into()),
        ("facts", archive.schema.facts.len().into()),
        ("outputs", archive.outputs.len().into()),
        ("groups", archive.groups.len().into()),
        ("rules", archive.rules.len().into()),
        ("disabled rules", identity.disabled_rules.into()),
        ("variables", archive.variables.len().into()),
        ("fences", archive.fences.len().into()),
        ("instructions", archive.code.len().into()),
        ("worst-case cost", verified.worst_case_cost.into()),
        ("cost limit", limits.cost.into()),
        ("most expensive rule", json!(dearest.map(|rule| archive.text(&rule.id)))),
        ("most expensive cost", verified.most_expensive_cost.into()),
        ("registers", verified.max_registers.into()),
        ("stacked registers", verified.stacked_registers.into()),
        ("variable depth", verified.variable_depth.into()),
    ]
}
