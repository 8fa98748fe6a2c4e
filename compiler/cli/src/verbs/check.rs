//! `check`: everything that is wrong with a source, at once.

use crate::failure::{Failure, Status};
use crate::output::Report;
use crate::report::counted;
use crate::target;
use crate::terminal::Terminal;
use rulestone_compiler::Options;
use rulestone_compiler::diagnostic::render::summary;
use rulestone_compiler::{Compiled, compile};
use serde_json::json;
use std::path::PathBuf;

/// Finds everything that is wrong with a ruleset
///
/// Findings go to standard error, each with its place, a code and what to do;
/// a summary goes to standard output.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone check --deny-warnings rules/black-mesa")]
pub struct Arguments {
    /// The ruleset: a YAML file, a folder with a `ruleset.yaml`, or `-`
    source: PathBuf,
    /// End with status 1 also where there are nothing but warnings
    #[arg(long)]
    deny_warnings: bool,
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    let input = target::source(&arguments.source)?;
    let progress = terminal.progress("checking");
    // An archive is made and thrown away: what doesn't fit into one is found too.
    let Compiled { sources, ruleset, diagnostics, .. } = compile(&input, Options::default());
    drop(progress);
    terminal.findings(&diagnostics, &sources);

    let errors = diagnostics.iter().filter(|d| d.is_error()).count();
    let warnings = diagnostics.iter().count() - errors;
    let mut out = Report::new(terminal.format);
    let told = if terminal.is_json() {
        let mut report = json!({"errors": errors, "warnings": warnings});
        if let Some(ruleset) = &ruleset {
            report["ruleset"] = ruleset.name.as_str().into();
            report["rules"] = ruleset.rules.len().into();
            report["tests"] = ruleset.tests.len().into();
        }
        out.line(report)
    } else {
        let summary = summary(diagnostics.iter()).unwrap_or_else(|| "no findings".to_owned());
        match &ruleset {
            Some(ruleset) => {
                let rules = counted(ruleset.rules.len(), "rule");
                let tests = counted(ruleset.tests.len(), "test");
                out.line(format_args!("{}: {rules}, {tests}: {summary}", ruleset.name))
            }
            None => out.line(summary),
        }
    };
    told.and_then(|()| out.flush()).map_err(Failure::output)?;
    let is_refused = errors > 0 || ruleset.is_none() || (arguments.deny_warnings && warnings > 0);
    Ok(if is_refused { Status::Fault } else { Status::Done })
}
