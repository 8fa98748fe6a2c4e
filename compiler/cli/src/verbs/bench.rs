//! `bench`: how fast decisions are on this machine, and which rules cost most.
//!
//! In: a ruleset and requests. Out: a report. `measure` takes times and counts
//! allocations, `spending` counts what is looked at, `report` prints both.

mod measure;
mod report;
mod spending;

use crate::facts::{Lines, encode};
use crate::failure::{Failure, Status};
use crate::output;
use crate::report::counted;
use crate::target;
use crate::terminal::Terminal;
use measure::Measured;
use report::Report;
use rulestone::{Error, Frame, Ruleset};
use spending::Spending;
use std::path::PathBuf;
use std::time::Duration;

/// Measures how fast decisions are on this machine
///
/// Facts are read and encoded before; what is measured is deciding alone, on one
/// thread: all of a decision, and finding the matching rules of a request that
/// was checked before, without outputs. Lines of facts that are bad are passed
/// over.
///
/// The most expensive rules are those with the greatest share of the cost of all
/// rules: how often a rule was looked at, times what looking costs at worst, and
/// how often it matched, times what its outputs cost at worst. Costs are in the
/// verifier's units, each about a nanosecond; variables are left out.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone bench black-mesa.stone --facts requests.jsonl")]
pub struct Arguments {
    /// A ruleset's file or folder, an archive, or `-`
    target: PathBuf,
    /// The requests: one JSON object a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    facts: PathBuf,
    /// How long to measure
    #[arg(long, value_name = "N", default_value = "2", value_parser = seconds)]
    seconds: Duration,
    /// Look at every rule: slower, and the decisions are the same
    #[arg(long)]
    no_index: bool,
}

/// Bytes of frames that are kept at most; of more facts, the first are used.
const MOST_FRAMES: usize = 512 << 20;

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= 3600.0 => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("not a number of seconds up to 3600".to_owned()),
    }
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    target::one_standard_input(&arguments.target, &arguments.facts)?;
    let ruleset = target::target(&arguments.target, terminal)?;
    let (frames, bad) = frames(&ruleset, &arguments.facts)?;
    if frames.is_empty() {
        return Err(Failure::given("there are no good facts to decide about"));
    }
    if bad > 0 {
        let passed_over = format!("{} passed over", counted(bad, "bad line"));
        match terminal.is_json() {
            true => terminal.warning(&passed_over),
            false => terminal.note(&passed_over),
        }
    }
    let archive = ruleset.archive();
    let checked = frames.iter().map(|frame| Frame::check(frame, archive).map_err(refused));
    let checked: Vec<Frame<'_>> = checked.collect::<Result<_, _>>()?;
    let use_index = !arguments.no_index;
    let progress = terminal.progress("measuring");
    let spending = Spending::new(&ruleset, &checked, use_index).map_err(refused)?;
    let measured = Measured::new(&ruleset, &frames, &checked, use_index, arguments.seconds);
    drop(progress);
    let report =
        Report { ruleset: &ruleset, requests: frames.len(), use_index, measured, spending };
    let mut out = output::Report::new(terminal.format);
    let written = match terminal.is_json() {
        true => out.line(report.json()),
        false => report.write(&mut out),
    };
    written.and_then(|()| out.flush()).map_err(Failure::output)?;
    Ok(Status::Done)
}

/// The frames were made for this ruleset and its archive was verified: that
/// either is refused shows a defect, and its code says which.
fn refused(error: Error) -> Failure {
    Failure::Given { code: Some(error.code().as_str()), message: error.to_string() }
}

/// The frames of all good lines, and how many lines are bad.
fn frames(ruleset: &Ruleset, facts: &std::path::Path) -> Result<(Vec<Vec<u8>>, usize), Failure> {
    let mut lines = Lines::open(facts)?;
    let mut encoder = ruleset.json_encoder();
    let (mut frames, mut bytes, mut bad) = (Vec::new(), 0, 0);
    while let Some(line) = lines.next()? {
        match encode(&mut encoder, &line) {
            Ok(frame) => {
                bytes += frame.len();
                frames.push(frame.to_vec());
            }
            Err(_) => bad += 1,
        }
        if bytes > MOST_FRAMES {
            break;
        }
    }
    Ok((frames, bad))
}
