//! `bench`: how fast decisions are on this machine.

use crate::facts::{Encoder, Lines};
use crate::failure::{Failure, Status};
use crate::report::{counted, grouped};
use crate::target;
use crate::terminal::Terminal;
use rulestone::{Ruleset, Session};
use serde_json::json;
use std::hint::black_box;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Measures how fast decisions are on this machine
///
/// Facts are read and encoded before; what is measured is deciding alone, on
/// one thread. Lines of facts that are bad are passed over.
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

/// Decisions whose time is kept one by one, at most.
const MOST_SAMPLES: usize = 4 << 20;

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
        terminal.note(&format!("{} passed over", counted(bad, "bad line")));
    }
    let progress = terminal.progress("measuring");
    let measured = measure(&ruleset, &frames, arguments);
    drop(progress);
    let report = Report { ruleset: &ruleset, requests: frames.len(), measured };
    let mut stdout = std::io::stdout().lock();
    let written = match terminal.is_json() {
        true => writeln!(stdout, "{}", report.json()),
        false => report.write(&mut stdout),
    };
    written.map_err(Failure::output)?;
    Ok(Status::Done)
}

/// The frames of all good lines, and how many lines are bad.
fn frames(ruleset: &Ruleset, facts: &std::path::Path) -> Result<(Vec<Vec<u8>>, usize), Failure> {
    let mut lines = Lines::open(facts)?;
    let mut encoder = Encoder::new(ruleset.facts_builder());
    let (mut frames, mut bytes, mut bad) = (Vec::new(), 0, 0);
    while let Some(line) = lines.next()? {
        match encoder.encode(&line) {
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

#[derive(Debug)]
struct Measured {
    decisions: u64,
    /// Time of all of them, without looking at the clock in between.
    time: Duration,
    /// Nanoseconds of single decisions, ascending; each has the cost of looking
    /// at the clock in it.
    samples: Vec<u64>,
    /// Kept rules, of each request once.
    matches: u64,
}

fn measure(ruleset: &Ruleset, frames: &[Vec<u8>], arguments: &Arguments) -> Measured {
    let time = arguments.seconds;
    let mut session = ruleset.session();
    session.use_index(!arguments.no_index);
    // Warms up: memory of the session, caches, the clock of the processor.
    let start = Instant::now();
    let matches = loop {
        let matches = frames.iter().map(|frame| decide(&mut session, frame)).sum();
        if start.elapsed() >= time / 10 {
            break matches;
        }
    };
    let start = Instant::now();
    let mut decisions = 0u64;
    let elapsed = loop {
        // Looking at the clock costs as much as a small decision.
        for frame in frames.iter().cycle().take(frames.len().max(64)) {
            black_box(decide(&mut session, frame));
            decisions += 1;
        }
        let elapsed = start.elapsed();
        if elapsed >= time / 2 {
            break elapsed;
        }
    };
    let start = Instant::now();
    let mut samples = Vec::new();
    for frame in frames.iter().cycle() {
        let before = Instant::now();
        black_box(decide(&mut session, frame));
        samples.push(u64::try_from(before.elapsed().as_nanos()).unwrap_or(u64::MAX));
        if samples.len() >= MOST_SAMPLES || start.elapsed() >= time / 2 {
            break;
        }
    }
    samples.sort_unstable();
    Measured { decisions, time: elapsed, samples, matches }
}

/// How many rules are kept.
fn decide(session: &mut Session<'_>, frame: &[u8]) -> u64 {
    // INVARIANT: the frames were made for this ruleset.
    session.decide(black_box(frame)).map_or(0, |decision| decision.matched().len() as u64)
}

struct Report<'r> {
    ruleset: &'r Ruleset,
    requests: usize,
    measured: Measured,
}

impl Report<'_> {
    fn per_second(&self) -> f64 {
        self.measured.decisions as f64 / self.measured.time.as_secs_f64().max(1e-9)
    }

    fn mean(&self) -> f64 {
        1e9 / self.per_second().max(1e-9)
    }

    fn matches(&self) -> f64 {
        self.measured.matches as f64 / self.requests.max(1) as f64
    }

    /// The time that so many of a thousand decisions stay within.
    fn percentile(&self, of_thousand: usize) -> u64 {
        let samples = &self.measured.samples;
        let index = (samples.len() * of_thousand / 1000).min(samples.len().saturating_sub(1));
        samples.get(index).copied().unwrap_or(0)
    }

    fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        let (name, rules) = (self.ruleset.identity().name, self.ruleset.rules().len());
        let requests = counted(self.requests, "request");
        writeln!(out, "{name}: {}, {requests}", counted(rules, "rule"))?;
        writeln!(out, "decisions/s  {:>12}", grouped(self.per_second() as u64))?;
        writeln!(out, "mean         {:>12} ns", grouped(self.mean() as u64))?;
        for (name, of_thousand) in [("median", 500), ("p99", 990), ("p99.9", 999)] {
            writeln!(out, "{name:<12} {:>12} ns", grouped(self.percentile(of_thousand)))?;
        }
        writeln!(out, "matches      {:>12.2} a decision", self.matches())?;
        let verified = self.ruleset.verified();
        if let Some(rule) = verified.most_expensive_rule
            && let Some(rule) = self.ruleset.rules().nth(rule as usize)
        {
            let cost = grouped(verified.most_expensive_cost);
            writeln!(out, "most expensive rule at worst: {} (cost {cost})", rule.id())?;
        }
        Ok(())
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "ruleset": self.ruleset.identity().name,
            "rules": self.ruleset.rules().len(),
            "requests": self.requests,
            "decisions": self.measured.decisions,
            "decisions_per_second": self.per_second(),
            "mean_ns": self.mean(),
            "median_ns": self.percentile(500),
            "p99_ns": self.percentile(990),
            "p999_ns": self.percentile(999),
            "matches_per_decision": self.matches(),
        })
    }
}
