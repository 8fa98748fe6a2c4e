//! `eval`: one decision a line for one request a line.

use crate::facts::{Encoder, Lines};
use crate::failure::{Failure, Status};
use crate::output::{Format, Report};
use crate::target;
use crate::terminal::{Progress, Terminal};
use rulestone::{Error, ErrorCode};
use std::io::IsTerminal;
use std::path::PathBuf;

/// Decides about requests
///
/// For each line of facts, prints the decision as one line of JSON. A line that
/// is bad gives an `error` in its place, the rest goes on, and the status is 1.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone eval black-mesa.stone --facts requests.jsonl\n  \
    echo '{\"player\":{\"streak\":7}}' | rulestone eval rules/daily-bonus.yaml --facts -")]
pub struct Arguments {
    /// A ruleset's file or folder, an archive, or `-`
    target: PathBuf,
    /// The requests: one JSON object a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    facts: PathBuf,
    /// Refuse facts that the ruleset doesn't know, rather than ignore them
    #[arg(long)]
    strict: bool,
    /// Look at every rule: slower, and the decisions are the same
    #[arg(long)]
    no_index: bool,
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    target::one_standard_input(&arguments.target, &arguments.facts)?;
    let ruleset = target::target(&arguments.target, terminal)?;
    let mut lines = Lines::open(&arguments.facts)?;
    let mut encoder = Encoder::new(ruleset.facts_builder().strict(arguments.strict));
    let mut session = ruleset.session();
    session.use_index(!arguments.no_index);
    // Decisions that run over the terminal are progress enough.
    let progress = match std::io::stdout().is_terminal() {
        true => Progress::default(),
        false => terminal.progress("deciding"),
    };
    let mut out = Report::new(Format::Json);
    let mut text = Vec::new();
    let mut status = Status::Done;
    loop {
        if lines.may_wait() {
            out.flush().map_err(Failure::output)?;
        }
        let Some(line) = lines.next()? else { break };
        text.clear();
        let decided = match encoder.encode(&line) {
            Ok(frame) => match session.decide(frame) {
                Ok(decision) => {
                    decision.write_json(&mut text);
                    Ok(())
                }
                Err(error) => Err(format!("line {}: {}", line.number, told(&error.into()))),
            },
            Err(error) => Err(error),
        };
        let written = match decided {
            // INVARIANT: JSON is UTF-8.
            Ok(()) => out.text_line(std::str::from_utf8(&text).unwrap_or_default()),
            Err(error) => {
                status = Status::Fault;
                out.line(serde_json::json!({ "error": error }))
            }
        };
        written.map_err(Failure::output)?;
        progress.step();
    }
    out.flush().map_err(Failure::output)?;
    Ok(status)
}

/// What a line without a decision says. Limits are named first: they are no fault of the
/// line's form.
fn told(error: &Error) -> String {
    let code = error.code();
    match code {
        ErrorCode::DecisionLimits => format!("{} ({})", code.message(), code.as_str()),
        _ => error.to_string(),
    }
}
