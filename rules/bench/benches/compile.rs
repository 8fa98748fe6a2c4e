//! From YAML to an archive, stage by stage.
//!
//! ```console
//! $ cargo bench -p rulestone-bench --bench compile
//! ```
//!
//! In: 100 to 100,000 rules of workload "hunt", in files of 1,000. Out: one line
//! for each number, and the same as JSON at the end of `bench/compile.jsonl` in
//! the target folder: milliseconds, medians of several runs. The stages are those
//! that `rulestone_compiler::compile` runs; their bytes must be the same as its.

use rkyv::rancor::Failure;
use rulestone_bench::plan::{self, Mode, Plan};
use rulestone_bench::race::median;
use rulestone_bench::{Outcome, record};
use rulestone_compiler::source::{self, Input};
use rulestone_compiler::{Indexing, Options, check, compile, emit, index, lower};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::header::Header;
use rulestone_format::verify::{Limits, verify};
use serde_json::{Map, json};
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];
const QUICK_SIZES: [usize; 3] = [100, 1_000, 10_000];

const SEED: u64 = 2026;

/// Runs, at most and at least.
const MOST_RUNS: usize = 51;
const LEAST_RUNS: usize = 3;

/// What is timed; `index` is a part of `lower`.
const STAGES: [&str; 6] = ["load", "check", "lower", "emit", "verify", "index"];

fn main() -> ExitCode {
    plan::main("compile", |plan| {
        plan.sizes(&QUICK_SIZES, &SIZES).into_iter().try_for_each(|rules| run(plan, rules))
    })
}

fn run(plan: &Plan, rules: usize) -> Outcome<()> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = scratch.join(format!("compile-{rules}"));
    rulestone_generate::write_hunt(&folder, rules, 0, SEED)?;
    let input = Input::Path(folder);
    let expected = compile(&input, Options::default()).archive.ok_or("it doesn't compile")?;

    let mut times: [Vec<f64>; STAGES.len()] = Default::default();
    let start = Instant::now();
    let least = if plan.mode == Mode::Tiny { 1 } else { LEAST_RUNS };
    for run in 0..MOST_RUNS {
        if run >= least && start.elapsed() >= plan.budget() {
            break;
        }
        let (bytes, took) = stages(&input)?;
        if bytes != expected {
            return Err("the stages by themselves give other bytes than all together".into());
        }
        times.iter_mut().zip(took).for_each(|(times, took)| times.push(took));
    }
    for times in &mut times {
        times.sort_by(f64::total_cmp);
    }
    let medians = times.each_ref().map(|times| median(times));
    let total: f64 = medians[..5].iter().sum();

    let mut line = format!("compile N={rules} total={total:.2} ms");
    let mut contenders = Map::new();
    for (stage, ms) in STAGES.iter().zip(medians).chain([(&"total", total)]) {
        if *stage != "total" {
            line += &format!(" {stage}={ms:.2} ms");
        }
        contenders.insert((*stage).to_owned(), json!({ "ns": ms * 1e6 }));
    }
    println!("{line} archive={} bytes", expected.len());
    let members = json!({
        "rules": rules,
        "archive_bytes": expected.len(),
        "runs": times[0].len(),
        "contenders": contenders,
    });
    record::append(scratch.parent().unwrap_or(scratch), "compile", plan, members)
}

/// Compiles once: the archive, and milliseconds for each of [`STAGES`].
fn stages(input: &Input) -> Outcome<(Vec<u8>, [f64; STAGES.len()])> {
    let clock = Instant::now();
    let loaded = source::load(input);
    let load = ms(clock);
    let model = loaded.ruleset.ok_or("it can't be read")?;
    let mut diagnostics = loaded.diagnostics;

    let clock = Instant::now();
    let checked = check::check(model, &loaded.sources, &loaded.unread, &mut diagnostics);
    let check = ms(clock);

    let clock = Instant::now();
    let lowered = lower::lower(&checked, &loaded.sources, false, &mut diagnostics);
    let lowered = lowered.ok_or("it can't be lowered")?;
    let index_clock = Instant::now();
    let tables = index::index(lowered, &checked, Indexing::default(), &mut diagnostics);
    let index = ms(index_clock);
    let lower = ms(clock);
    let tables = tables.ok_or("it can't be indexed")?;

    let clock = Instant::now();
    let bytes = emit::emit(tables).map_err(|_| "the archive is too large")?;
    let emit = ms(clock);

    let clock = Instant::now();
    let (_, body) = Header::split(&bytes)?;
    let archive = rkyv::access::<ArchivedRuleset, Failure>(body)?;
    black_box(verify(archive, &Limits::default())?);
    let verify = ms(clock);
    Ok((bytes, [load, check, lower, emit, verify, index]))
}

fn ms(clock: Instant) -> f64 {
    clock.elapsed().as_secs_f64() * 1e3
}
