//! `completions`: what a shell needs to complete the command line.

use crate::failure::{Failure, Status};
use clap::Command;
use clap_complete::Shell;
use std::io::Write;

/// Prints completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone completions bash > \
    ~/.local/share/bash-completion/completions/rulestone")]
pub struct Arguments {
    shell: Shell,
}

/// `command` is the whole command line.
pub fn run(arguments: &Arguments, mut command: Command) -> Result<Status, Failure> {
    // The generator can't handle a writer that fails.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "rulestone", &mut script);
    let written = std::io::stdout().lock().write_all(&script);
    written.map_err(Failure::output)?;
    Ok(Status::Done)
}
