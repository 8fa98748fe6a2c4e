//! `eval`: one decision a line for one request a line.

mod decider;
mod spread;

use crate::facts::{CHUNK, Chunks};
use crate::failure::{Failure, Status};
use crate::output::{Format, Report};
use crate::target;
use crate::terminal::{Progress, Terminal};
use decider::{Decider, Piece};
use std::io::{BufWriter, IsTerminal, StdoutLock};
use std::path::PathBuf;

/// Decides about requests
///
/// For each line of facts, prints the decision as one line of JSON. A line that
/// is bad gives an `error` in its place, the rest goes on, and the status is 1.
/// Many lines are decided side by side, and printed in their order.
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

/// Where decisions go.
struct Printer {
    out: Report<BufWriter<StdoutLock<'static>>>,
    progress: Progress,
    status: Status,
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    target::one_standard_input(&arguments.target, &arguments.facts)?;
    let ruleset = target::target(&arguments.target, terminal)?;
    let mut chunks = Chunks::open(&arguments.facts)?;
    let decider = || Decider::new(&ruleset, arguments.strict, !arguments.no_index);
    // Decisions that run over the terminal are progress enough.
    let progress = match std::io::stdout().is_terminal() {
        true => Progress::default(),
        false => terminal.progress("deciding"),
    };
    let mut printer = Printer { out: Report::new(Format::Json), progress, status: Status::Done };
    let mut alone = decider();
    // Nobody is hired for a handful of requests.
    let mut left = CHUNK;
    while left > 0 {
        let Some(chunk) = chunks.next()? else { return Ok(printer.status) };
        left = left.saturating_sub(chunk.len());
        alone.decide(&chunk, |piece| printer.print(&piece))?;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let deciders = if cores > 1 { (0..cores).map(|_| decider()).collect() } else { Vec::new() };
    let mut chunks = match spread::spread(chunks, deciders) {
        Ok(order) => {
            order.each(|piece| printer.print(&piece))?;
            return Ok(printer.status);
        }
        // There are no threads to be had.
        Err(chunks) => chunks,
    };
    while let Some(chunk) = chunks.next()? {
        alone.decide(&chunk, |piece| printer.print(&piece))?;
    }
    Ok(printer.status)
}

impl Printer {
    /// Prints some lines, so that they are seen.
    fn print(&mut self, piece: &Piece) -> Result<(), Failure> {
        self.status = self.status.max(piece.status);
        let written = self.out.made(&piece.lines).and_then(|()| self.out.flush());
        written.map_err(Failure::output)?;
        self.progress.steps(piece.count);
        Ok(())
    }
}
