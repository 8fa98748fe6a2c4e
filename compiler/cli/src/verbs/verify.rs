//! `verify`: whether an archive can be trusted, what it is, what it costs, and
//! which limits it keeps.

use crate::describe::named_variables;
use crate::failure::{Failure, Status, not_loaded};
use crate::report::{grouped, hexadecimal};
use crate::target::{self, is_standard};
use crate::terminal::Terminal;
use rulestone::limits::Exceeded;
use rulestone::signature::path_beside;
use rulestone::{Limits, PublicKey, Ruleset};
use rulestone_format::header::{FORMAT_VERSION, HEADER_LENGTH, LANGUAGE_VERSION};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

/// Verifies an archive, and prints its identity, its costs and which limits it keeps
///
/// The status is 1 where servers would refuse the archive: it is damaged, or beyond the limits
/// that they have unless told otherwise (with `--strict`: those for archives of others), or, with
/// `--key`, not signed by that key.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone verify black-mesa.stone\n  \
    rulestone verify upload.stone --strict\n  \
    rulestone verify black-mesa.stone --key event.pub --least-sequence 42")]
pub struct Arguments {
    /// The archive, from wherever it came; `-` is standard input
    archive: PathBuf,
    /// Ask for the limits of archives of others
    #[arg(long)]
    strict: bool,
    /// Ask for a signature by this public key, in ARCHIVE.minisig
    #[arg(short, long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Ask for a signature with at least this sequence number
    #[arg(long, value_name = "N", requires = "key", default_value_t = 0)]
    least_sequence: u64,
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    let path = &arguments.archive;
    if arguments.key.is_some() && is_standard(path) {
        let message = "a signature lies beside its archive: name a file";
        return Err(Failure::Usage(message.to_owned()));
    }
    let ruleset = match &arguments.key {
        None => target::archive(path, &any_needs())?,
        Some(key) => {
            let name = key.display().to_string();
            let key = PublicKey::open(key).map_err(|error| not_loaded(&error, &name))?;
            let least = arguments.least_sequence;
            Ruleset::open_signed_with(path, &key, least, &any_needs())
                .map_err(|error| not_loaded(&error, &path_beside(path).display().to_string()))?
        }
    };
    let beyond = |limits: Limits| limits.exceeded_by(ruleset.needs()).collect::<Vec<Exceeded>>();
    let (beyond_default, beyond_strict) = (beyond(Limits::new()), beyond(Limits::strict()));
    let mut facts = facts(&ruleset);
    facts.extend(limits("default limits", "beyond default", &beyond_default));
    facts.extend(limits("strict limits", "beyond strict", &beyond_strict));
    write(&facts, terminal)?;
    let (name, asked) = match arguments.strict {
        false => ("default", beyond_default),
        true => ("strict", beyond_strict),
    };
    match asked.first() {
        None => Ok(Status::Done),
        Some(exceeded) => {
            let (all, code) = (listed(&asked), exceeded.code().as_str());
            let message = format!("{}: {code}: beyond the {name} limits: {all}", path.display());
            terminal.error(Some(code), &message);
            Ok(Status::Fault)
        }
    }
}

/// The file is bounded, so that looking at it is; the rest is to be seen and told.
fn any_needs() -> Limits {
    Limits::new()
        .with_rules(u32::MAX)
        .with_facts(u32::MAX)
        .with_instructions(u32::MAX)
        .with_automata(usize::MAX)
        .with_nesting(u32::MAX)
        .with_cost(u64::MAX)
        .with_scratch(usize::MAX)
}

fn write(facts: &[(&str, Value)], terminal: &Terminal) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    let written = if terminal.is_json() {
        let facts = facts.iter().map(|(name, value)| (name.replace(' ', "_"), value.clone()));
        writeln!(stdout, "{}", Value::Object(facts.collect()))
    } else {
        facts.iter().try_for_each(|(name, value)| {
            let text = match value {
                Value::String(text) => text.clone(),
                // To be copied into a command.
                Value::Number(number) if *name == "sequence" => number.to_string(),
                Value::Number(number) => number.as_u64().map_or(number.to_string(), grouped),
                Value::Bool(true) => "yes".to_owned(),
                Value::Bool(false) => "no".to_owned(),
                _ => return Ok(()),
            };
            writeln!(stdout, "{name:<20} {text}")
        })
    };
    written.map_err(Failure::output)
}

fn facts(ruleset: &Ruleset) -> Vec<(&'static str, Value)> {
    let (archive, identity) = (ruleset.archive(), ruleset.identity());
    let (verified, needs) = (ruleset.verified(), ruleset.needs());
    let dearest = verified.most_expensive_rule.and_then(|rule| archive.rules.get(rule as usize));
    let named = named_variables(archive);
    let debug = &archive.debug;
    let is_stripped = debug.files.is_empty() && debug.rules.is_empty() && debug.code.is_empty();
    let signature = ruleset.signature();
    vec![
        ("valid", true.into()),
        ("signed by", json!(signature.map(|signature| signature.key().to_string()))),
        ("sequence", json!(signature.map(|signature| signature.sequence()))),
        ("signed comment", json!(signature.map(|signature| signature.comment()))),
        ("name", identity.name.into()),
        ("description", identity.description.into()),
        ("enabled", identity.enabled.into()),
        ("source", hexadecimal(identity.source_hash).into()),
        ("tzdata", identity.tzdata.into()),
        ("compiler", identity.compiler.into()),
        ("format version", FORMAT_VERSION.into()),
        ("language", format!("v{LANGUAGE_VERSION}").into()),
        ("bytes", needs.bytes.into()),
        ("header bytes", HEADER_LENGTH.into()),
        ("stripped", is_stripped.into()),
        ("facts", archive.schema.facts.len().into()),
        ("outputs", archive.outputs.len().into()),
        ("groups", archive.groups.len().into()),
        ("rules", archive.rules.len().into()),
        ("disabled rules", identity.disabled_rules.into()),
        ("slots", archive.slots.len().into()),
        ("subjects", archive.subjects.len().into()),
        ("variables", named.into()),
        ("shared expressions", archive.variables.len().saturating_sub(named).into()),
        ("fences", archive.fences.len().into()),
        ("instructions", archive.code.len().into()),
        ("regex bytes", needs.automata.into()),
        ("nesting", needs.nesting.into()),
        ("worst-case cost", verified.worst_case_cost.into()),
        ("cost limit", Limits::default().cost.into()),
        ("most expensive rule", json!(dearest.map(|rule| archive.text(&rule.id)))),
        ("most expensive cost", verified.most_expensive_cost.into()),
        ("registers", verified.max_registers.into()),
        ("stacked registers", verified.stacked_registers.into()),
        ("variable depth", verified.variable_depth.into()),
        ("session bytes", needs.scratch.into()),
    ]
}

/// Whether limits are kept; if not, `beyond` lists those that aren't.
fn limits(
    kept: &'static str,
    beyond: &'static str,
    exceeded: &[Exceeded],
) -> impl Iterator<Item = (&'static str, Value)> {
    let list = (!exceeded.is_empty()).then(|| (beyond, listed(exceeded).into()));
    [(kept, exceeded.is_empty().into())].into_iter().chain(list)
}

fn listed(exceeded: &[Exceeded]) -> String {
    let one = |exceeded: &Exceeded| {
        let (found, most) = (grouped(exceeded.found()), grouped(exceeded.most()));
        format!("{}: {found}, at most {most}", exceeded.limit())
    };
    exceeded.iter().map(one).collect::<Vec<String>>().join("; ")
}
