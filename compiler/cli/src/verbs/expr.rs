//! `expr`: type and value of one expression.

use crate::facts::{Encoder, Lines};
use crate::failure::{Failure, Status, not_loaded};
use crate::output::Report;
use crate::report::{json, owned};
use crate::target::{self, is_standard};
use crate::terminal::Terminal;
use rulestone::decision::DecisionError;
use rulestone::{Ruleset, Session};
use rulestone_compiler::check_source;
use rulestone_compiler::expression::{CompiledExpression, Environment, OUTPUT, compile_expression};
use rulestone_format::meaning::Fault;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes of an expression that are read from standard input: more than it may have.
const MOST: u64 = 1 << 20;

/// Prints type and value of one expression
///
/// With a ruleset as the schema, the expression may use its facts, constants,
/// variables and fences; with facts, its value is printed for each line of them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone expr '[1, 2, 3].map(x, x * x)'\n  \
    rulestone expr 'player.streak % 7' --schema rules/daily-bonus.yaml --facts requests.jsonl")]
pub struct Arguments {
    /// The expression; `-` is standard input
    #[arg(value_name = "CEL", allow_hyphen_values = true)]
    expression: String,
    /// The ruleset whose names the expression may use
    #[arg(long, value_name = "SOURCE")]
    schema: Option<PathBuf>,
    /// The requests: one JSON object a line; `-` is standard input
    #[arg(long, value_name = "FILE", requires = "schema")]
    facts: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    let Arguments { expression, schema, facts } = arguments;
    let standard = [Some(Path::new(expression)), schema.as_deref(), facts.as_deref()];
    if standard.into_iter().flatten().filter(|path| is_standard(path)).count() > 1 {
        let message = "only one of the arguments can be standard input";
        return Err(Failure::Usage(message.to_owned()));
    }
    let expression = match expression.as_str() {
        "-" => &read_expression()?,
        given => given,
    };
    let mut environment = match schema {
        Some(schema) => environment(schema, terminal)?,
        None => Environment::default(),
    };
    if facts.is_none() {
        // Without a request, no fact is there but those that have a default.
        environment.facts.iter_mut().for_each(|fact| fact.optional = fact.default.is_none());
    }
    let compiled = compile_expression(expression, environment);
    let compiled = compiled.map_err(|(sources, diagnostics)| {
        terminal.findings(&diagnostics, &sources);
        Failure::Reported
    })?;
    let CompiledExpression { ty, archive, .. } = compiled;
    let ruleset = Ruleset::from_vec(archive)
        .map_err(|error| not_loaded(&error, "the compiled expression would be refused"))?;
    let printer = Printer { ty: ty.to_string(), terminal };
    match facts {
        Some(facts) => printer.lines(&ruleset, facts),
        None => printer.once(&ruleset),
    }
}

fn read_expression() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(MOST).read_to_end(&mut bytes);
    read.map_err(|error| Failure::file("read", "standard input", &error))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.trim_end().to_owned()),
        Err(_) => Err(Failure::given("the expression is not UTF-8")),
    }
}

/// What a ruleset lends to the expression.
fn environment(schema: &Path, terminal: &Terminal) -> Result<Environment, Failure> {
    let checked = check_source(&target::source(schema)?);
    match checked.ruleset {
        Some(ruleset) if !checked.diagnostics.has_errors() => {
            Ok(Environment::of(ruleset, checked.sources))
        }
        _ => {
            terminal.findings(&checked.diagnostics, &checked.sources);
            Err(Failure::Reported)
        }
    }
}

struct Printer<'t> {
    ty: String,
    terminal: &'t Terminal,
}

impl Printer<'_> {
    /// The value without a request.
    fn once(&self, ruleset: &Ruleset) -> Result<Status, Failure> {
        let nothing = serde_json::Value::Object(serde_json::Map::new());
        let frame = ruleset.encode(&nothing).map_err(|e| Failure::given(e.to_string()))?;
        let value = evaluate(&mut ruleset.session(), &frame).map_err(|fault| match fault {
            Some(Fault::Absent) => Failure::given("a fact is absent; give facts by `--facts`"),
            fault => Failure::given(why(fault)),
        })?;
        let mut out = Report::new(self.terminal.format);
        let written = match self.terminal.is_json() {
            true => out.line(self.object(&value)),
            false => out.line(&self.ty).and_then(|()| out.line(value)),
        };
        written.and_then(|()| out.flush()).map_err(Failure::output)?;
        Ok(Status::Done)
    }

    /// The type, then the value for each request. In JSON, an error stands in
    /// the place of a value; in text, it goes to standard error.
    fn lines(&self, ruleset: &Ruleset, facts: &Path) -> Result<Status, Failure> {
        let mut lines = Lines::open(facts)?;
        let mut encoder = Encoder::new(ruleset.facts_builder());
        let mut session = ruleset.session();
        let mut out = Report::new(self.terminal.format);
        let mut status = Status::Done;
        if !self.terminal.is_json() {
            out.line(&self.ty).map_err(Failure::output)?;
        }
        loop {
            if lines.may_wait() {
                out.flush().map_err(Failure::output)?;
            }
            let Some(line) = lines.next()? else { break };
            let value = encoder.encode(&line).and_then(|frame| {
                let value = evaluate(&mut session, frame);
                value.map_err(|fault| format!("line {}: {}", line.number, why(fault)))
            });
            let written = match (value, self.terminal.is_json()) {
                (Ok(value), true) => out.line(self.object(&value)),
                (Ok(value), false) => out.line(value),
                (Err(error), is_json) => {
                    status = Status::Fault;
                    match is_json {
                        true => out.line(serde_json::json!({ "error": error })),
                        false => {
                            self.terminal.error(None, &error);
                            Ok(())
                        }
                    }
                }
            };
            written.map_err(Failure::output)?;
        }
        out.flush().map_err(Failure::output)?;
        Ok(status)
    }

    fn object(&self, value: &str) -> String {
        format!("{{\"type\":{},\"value\":{value}}}", serde_json::json!(self.ty))
    }
}

/// The value for a frame of facts, as JSON; or why it has none, if that is known.
fn evaluate(session: &mut Session, frame: &[u8]) -> Result<String, Option<Fault>> {
    // INVARIANT: the frame was made for this ruleset.
    let decision = session.decide(frame).map_err(|_| None)?;
    match decision.output(OUTPUT) {
        Some(value) => Ok(json(&owned(value))),
        None => Err(match decision.errors().next() {
            Some(DecisionError::Output { fault, .. }) => Some(fault),
            _ => None,
        }),
    }
}

fn why(fault: Option<Fault>) -> &'static str {
    fault.map_or("the expression has no value", Fault::message)
}
