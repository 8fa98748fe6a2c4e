//! `verify`: whether an archive can be trusted, what it is, what it costs, and
//! which limits it keeps.

use crate::describe::named_variables;
use crate::failure::{Failure, Status, not_loaded};
use crate::output::Report;
use crate::report::{grouped, hexadecimal};
use crate::target::{self, is_standard};
use crate::terminal::Terminal;
use rulestone::limits::Exceeded;
use rulestone::signature::path_beside;
use rulestone::{Limits, PublicKey, Ruleset};
use rulestone_compiler::visible::escaped;
use rulestone_format::header::HEADER_LENGTH;
use rulestone_format::version::{FORMAT_VERSION, LANGUAGE_VERSION};
use serde_json::{Value, json};
use std::io::{self, Write};
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

/// What is to be told of an archive.
struct Fact {
    name: &'static str,
    value: Value,
    /// Whether it is text that the archive, or who signed it, brought along.
    is_claim: bool,
}

/// What this program found out itself.
fn found(name: &'static str, value: impl Into<Value>) -> Fact {
    Fact { name, value: value.into(), is_claim: false }
}

/// What the archive says of itself.
fn claimed(name: &'static str, value: impl Into<Value>) -> Fact {
    Fact { name, value: value.into(), is_claim: true }
}

/// In text, what the archive says comes after all that was found out, and what is
/// more than a word in quotes, on each of its lines: whatever it says, it can't pass for a line of this program.
fn write(facts: &[Fact], terminal: &Terminal) -> Result<(), Failure> {
    let mut out = Report::new(terminal.format);
    let written = if terminal.is_json() {
        let facts = facts.iter().map(|fact| (fact.name.replace(' ', "_"), fact.value.clone()));
        out.line(Value::Object(facts.collect()))
    } else {
        let (claims, found): (Vec<&Fact>, Vec<&Fact>) =
            facts.iter().partition(|fact| fact.is_claim);
        let found = found.into_iter().try_for_each(|fact| {
            let text = match &fact.value {
                Value::String(text) => text.clone(),
                // To be copied into a command.
                Value::Number(number) if fact.name == "sequence" => number.to_string(),
                Value::Number(number) => number.as_u64().map_or(number.to_string(), grouped),
                Value::Bool(true) => "yes".to_owned(),
                Value::Bool(false) => "no".to_owned(),
                Value::Null if fact.name == "signed by" => "not checked: no --key was given".into(),
                _ => return Ok(()),
            };
            out.line(format_args!("{:<20} {text}", fact.name))
        });
        found.and_then(|()| write_claims(&claims, &mut out))
    };
    written.and_then(|()| out.flush()).map_err(Failure::output)
}

/// Columns in which the text of a claim may stand: short enough for any terminal
/// not to break it itself, at a place of the text's own choice.
const COLUMNS: usize = 54;

/// Characters of a claim that are shown.
const MOST_CHARACTERS: usize = 500;

fn write_claims(claims: &[&Fact], out: &mut Report<impl Write>) -> io::Result<()> {
    out.line("")?;
    out.line("what the archive says of itself:")?;
    for Fact { name, value, .. } in claims {
        let Value::String(text) = value else { continue };
        if is_word(text) {
            out.line(format_args!("{name:<20} {text}"))?;
            continue;
        }
        for (index, part) in in_lines(text).into_iter().enumerate() {
            let label = if index == 0 { name } else { "" };
            out.line(format_args!("{label:<20} \"{part}\""))?;
        }
    }
    Ok(())
}

/// Whether text is one word, such as a name or a version: it needs no quotes.
fn is_word(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte);
    (1..=COLUMNS).contains(&text.len()) && text.bytes().all(is_plain)
}

/// Text in lines of [`COLUMNS`] at most.
fn in_lines(text: &str) -> Vec<String> {
    let mut shown: String = text.chars().take(MOST_CHARACTERS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    let mut lines = Vec::new();
    let (mut line, mut columns) = (String::new(), 0);
    for character in escaped(&shown).chars() {
        // Of what isn't ASCII, anything may be as wide as the widest.
        let width = if character.is_ascii() { 1 } else { 2 };
        if columns + width > COLUMNS {
            lines.push(std::mem::take(&mut line));
            columns = 0;
        }
        line.push(character);
        columns += width;
    }
    lines.push(line);
    lines
}

fn facts(ruleset: &Ruleset) -> Vec<Fact> {
    let (archive, identity) = (ruleset.archive(), ruleset.identity());
    let (verified, needs) = (ruleset.verified(), ruleset.needs());
    let dearest = verified.most_expensive_rule.and_then(|rule| archive.rules.get(rule as usize));
    let named = named_variables(archive);
    let debug = &archive.debug;
    let is_stripped = debug.files.is_empty() && debug.rules.is_empty() && debug.code.is_empty();
    let signature = ruleset.signature();
    vec![
        found("valid", true),
        found("signed by", json!(signature.map(|signature| signature.key().to_string()))),
        found("sequence", json!(signature.map(|signature| signature.sequence()))),
        claimed("signed comment", json!(signature.map(|signature| signature.comment()))),
        claimed("name", identity.name),
        claimed("description", identity.description),
        found("enabled", identity.enabled),
        found("source", hexadecimal(identity.source_hash)),
        claimed("tzdata", identity.tzdata),
        claimed("compiler", identity.compiler),
        found("format version", FORMAT_VERSION),
        found("language", format!("v{LANGUAGE_VERSION}")),
        found("bytes", needs.bytes),
        found("header bytes", HEADER_LENGTH),
        found("stripped", is_stripped),
        found("facts", archive.schema.facts.len()),
        found("outputs", archive.outputs.len()),
        found("groups", archive.groups.len()),
        found("rules", archive.rules.len()),
        found("disabled rules", identity.disabled_rules),
        found("slots", archive.slots.len()),
        found("subjects", archive.subjects.len()),
        found("variables", named),
        found("shared expressions", archive.variables.len().saturating_sub(named)),
        found("fences", archive.fences.len()),
        found("instructions", archive.code.len()),
        found("regex bytes", needs.automata),
        found("nesting", needs.nesting),
        found("worst-case cost", verified.worst_case_cost),
        found("cost limit", Limits::default().cost),
        claimed("most expensive rule", json!(dearest.map(|rule| archive.text(&rule.id)))),
        found("most expensive cost", verified.most_expensive_cost),
        found("registers", verified.max_registers),
        found("stacked registers", verified.stacked_registers),
        found("variable depth", verified.variable_depth),
        found("session bytes", needs.scratch),
    ]
}

/// Whether limits are kept; if not, `beyond` lists those that aren't.
fn limits(
    kept: &'static str,
    beyond: &'static str,
    exceeded: &[Exceeded],
) -> impl Iterator<Item = Fact> {
    let list = (!exceeded.is_empty()).then(|| found(beyond, listed(exceeded)));
    [found(kept, exceeded.is_empty())].into_iter().chain(list)
}

fn listed(exceeded: &[Exceeded]) -> String {
    let one = |exceeded: &Exceeded| {
        let (found, most) = (grouped(exceeded.found()), grouped(exceeded.most()));
        format!("{}: {found}, at most {most}", exceeded.limit())
    };
    exceeded.iter().map(one).collect::<Vec<String>>().join("; ")
}
