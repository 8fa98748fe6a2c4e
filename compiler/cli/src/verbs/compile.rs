//! `compile`: from a source to an archive on disk.

use crate::failure::{Failure, Status};
use crate::publish::Destination;
use crate::report::{counted, grouped};
use crate::target::{self, is_standard};
use crate::terminal::Terminal;
use rulestone_compiler::Options;
use serde_json::json;
use std::fs;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Compiles a ruleset into an archive
///
/// The archive is verified as a server would, and then put in place at once:
/// whoever reads it meanwhile sees the old one or the new one, and if anything
/// goes wrong, the old one stays. The same source gives the same bytes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone compile rules/black-mesa -o black-mesa.stone")]
pub struct Arguments {
    /// The ruleset: a YAML file, a folder with a `ruleset.yaml`, or `-`
    source: PathBuf,
    /// Where the archive goes; `-` is standard output
    #[arg(short, long, value_name = "ARCHIVE")]
    output: PathBuf,
    /// Leave out where things stood in the source
    #[arg(long)]
    strip: bool,
    /// Use at most so many threads; changes nothing in the archive
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroU16>,
    /// Say nothing where all goes well
    #[arg(short, long)]
    quiet: bool,
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    let start = Instant::now();
    let Arguments { source, output, .. } = arguments;
    let destination = Destination::of(output)?;
    if let Destination::File(file) = &destination
        && is_part_of(file, source)
    {
        let message = format!("{} is a part of the source; name another file", output.display());
        return Err(Failure::Usage(message));
    }
    let input = target::source(source)?;
    let options = Options { strip: arguments.strip, ..Options::default() };
    let compiled = target::compile(&input, options, terminal)?;
    if !arguments.quiet {
        terminal.findings(&compiled.diagnostics, &compiled.sources);
    }
    destination.publish(&compiled.archive)?;
    if !arguments.quiet {
        let (name, rules) = (&compiled.checked.name, compiled.checked.rules.len());
        let bytes = compiled.archive.len();
        let milliseconds = start.elapsed().as_secs_f64() * 1e3;
        terminal.note(&match terminal.is_json() {
            true => json!({
                "ruleset": name, "rules": rules, "bytes": bytes, "milliseconds": milliseconds,
            })
            .to_string(),
            false => format!(
                "{name}: {}, {} bytes, {milliseconds:.0} ms",
                counted(rules, "rule"),
                grouped(bytes as u64)
            ),
        });
    }
    Ok(Status::Done)
}

/// Whether writing a file would overwrite what it is made from.
fn is_part_of(file: &Path, source: &Path) -> bool {
    if is_standard(source) {
        return false;
    }
    let (Ok(file), Ok(source)) = (fs::canonicalize(file), fs::canonicalize(source)) else {
        return false;
    };
    let is_yaml = file.extension().is_some_and(|extension| extension == "yaml");
    file == source || (is_yaml && file.starts_with(&source))
}
