//! Workload "hunt": the figures by which engines are compared.
//!
//! ```console
//! $ cargo bench -p rulestone-bench --bench hunt                  # 10 to 10,000 rules
//! $ cargo bench -p rulestone-bench --bench hunt -- --quick       # no native twin of 10,000 rules
//! $ cargo bench -p rulestone-bench --bench hunt -- --rules 1000
//! ```
//!
//! In: generated rules, and 500 requests. Out: one line for each number of rules,
//! and the same as JSON at the end of `bench/hunt.jsonl` in the target folder.
//! Facts are ready before the clock runs: frames that were checked, a table of
//! structs for the native twin. All contenders give outputs as well as rules;
//! all must name the same rules for every request before a figure is printed.

use rulestone::Ruleset;
use rulestone_bench::{allocations, measure, native};
use rulestone_compiler::check::checked;
use rulestone_compiler::compile;
use rulestone_compiler::lower::Options;
use rulestone_compiler::reference::{self, Facts};
use rulestone_compiler::source::Input;
use rulestone_format::frame::Frame;
use serde_json::{Value, json};
use std::error::Error;
use std::fs::{self, OpenOptions};
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];
const REQUESTS: usize = 500;
const SEED: u64 = 2026;

/// Rustc takes more than a minute for a twin of this many rules: not in quick mode.
const SLOW_TO_BUILD: usize = 10_000;

/// How often the archive is loaded; the median counts.
const BOOTS: usize = 21;

fn main() -> ExitCode {
    let plan = match Plan::of(std::env::args().skip(1)) {
        Ok(plan) => plan,
        Err(message) => {
            eprintln!("hunt: {message}");
            return ExitCode::from(2);
        }
    };
    for &rules in &plan.sizes {
        let with_native = !(plan.quick && rules >= SLOW_TO_BUILD);
        if let Err(error) = run(rules, with_native) {
            eprintln!("hunt N={rules}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// What the command line asks for.
struct Plan {
    sizes: Vec<usize>,
    quick: bool,
}

impl Plan {
    fn of(mut arguments: impl Iterator<Item = String>) -> Result<Plan, String> {
        // Without the word of `cargo bench` it is a test run: does it still work?
        let mut plan = Plan { sizes: vec![SIZES[0]], quick: false };
        let (mut is_bench, mut one_size) = (false, None);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => is_bench = true,
                "--quick" => plan.quick = true,
                "--rules" => {
                    let rules = arguments.next().and_then(|number| number.parse().ok());
                    one_size = Some(rules.ok_or("--rules takes a number")?);
                }
                other => return Err(format!("`{other}` is neither --quick nor --rules N")),
            }
        }
        match one_size {
            Some(rules) => plan.sizes = vec![rules],
            None if is_bench => plan.sizes = SIZES.to_vec(),
            None => {}
        }
        Ok(plan)
    }
}

fn run(rules: usize, with_native: bool) -> Result<(), Box<dyn Error>> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hunt-{rules}"));
    rulestone_generate::write_hunt(&scratch, rules, REQUESTS, SEED)?;
    let start = Instant::now();
    let compiled = compile(&Input::Path(scratch.clone()), Options::default());
    let compile_ms = start.elapsed().as_secs_f64() * 1e3;
    let (Some(checked), Some(archive)) = (&compiled.ruleset, &compiled.archive) else {
        return Err("the workload doesn't compile".into());
    };
    let path = scratch.join("hunt.stone");
    fs::write(&path, archive)?;
    let boot_us = boot(&path)?;
    let ruleset = Ruleset::open(&path)?;
    let frames = encode(&ruleset, &fs::read_to_string(scratch.join("facts.jsonl"))?)?;
    let frames: Vec<Frame<'_>> = frames
        .iter()
        .map(|frame| Frame::check(frame, ruleset.archive()))
        .collect::<Result<_, _>>()?;
    let facts: Vec<Facts> =
        frames.iter().map(|frame| Facts::from_frame(frame, ruleset.archive())).collect();

    let reference = by_reference(checked, &facts);
    let rulestone = by_rulestone(&ruleset, &frames, true);
    let no_index = by_rulestone(&ruleset, &frames, false);
    let native = match with_native {
        true => native::run(checked, &compiled.sources, &facts, &scratch.join("native"))?,
        false => None,
    };
    agree("rulestone", &rulestone.matched, &reference.matched)?;
    agree("rulestone without index", &no_index.matched, &reference.matched)?;
    if let Some(native) = &native {
        agree("native", &native.matched, &reference.matched)?;
    } else if with_native {
        eprintln!("hunt N={rules}: native is skipped: there is no cargo or no rustc to build it");
    } else {
        eprintln!("hunt N={rules}: native is skipped: this is quick mode");
    }

    let matches = reference.matched.iter().map(Vec::len).sum::<usize>() as f64 / REQUESTS as f64;
    let native_text = match &native {
        Some(native) => format!(
            "native={:.0} ns native_matching={:.0} ns native/rulestone={:.2}x",
            native.decide,
            native.matching,
            native.decide / rulestone.time
        ),
        None => "native=skipped".to_owned(),
    };
    let build_text = match &native {
        Some(native) => format!(" build_native={:.1} s", native.build.as_secs_f64()),
        None => String::new(),
    };
    println!(
        "hunt N={rules} rulestone={:.0} ns noindex={:.0} ns {native_text} reference={:.0} ns \
         matches={matches:.2} allocs={}{build_text} archive={} bytes compile={compile_ms:.0} ms \
         boot={boot_us:.0} us",
        rulestone.time,
        no_index.time,
        reference.time,
        rulestone.allocations,
        archive.len()
    );
    append(&json!({
        "workload": "hunt",
        "rules": rules,
        "requests": REQUESTS,
        "rulestone_ns": rulestone.time,
        "noindex_ns": no_index.time,
        "native_ns": native.as_ref().map(|native| native.decide),
        "native_matching_ns": native.as_ref().map(|native| native.matching),
        "native_per_rulestone": native.as_ref().map(|native| native.decide / rulestone.time),
        "native_build_s": native.as_ref().map(|native| native.build.as_secs_f64()),
        "reference_ns": reference.time,
        "matches": matches,
        "allocations": rulestone.allocations,
        "noindex_allocations": no_index.allocations,
        "reference_allocations": reference.allocations,
        "archive_bytes": archive.len(),
        "compile_ms": compile_ms,
        "boot_us": boot_us,
    }))
}

/// Microseconds to load the archive: the median of several.
fn boot(path: &Path) -> Result<f64, Box<dyn Error>> {
    let mut boots = Vec::new();
    for _ in 0..BOOTS {
        let start = Instant::now();
        black_box(Ruleset::open(path)?);
        boots.push(start.elapsed().as_secs_f64() * 1e6);
    }
    boots.sort_by(f64::total_cmp);
    Ok(boots[BOOTS / 2])
}

fn encode(ruleset: &Ruleset, lines: &str) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut builder = ruleset.facts_builder();
    let mut frames = Vec::new();
    for line in lines.lines() {
        let facts: Value = serde_json::from_str(line)?;
        frames.push(builder.encode(&facts)?.to_vec());
    }
    Ok(frames)
}

/// What a contender in this process says, and how fast.
struct Contender {
    /// Nanoseconds a decision.
    time: f64,
    /// Allocations a decision, after warm-up.
    allocations: f64,
    /// The ids of the rules that are kept, request by request.
    matched: Vec<Vec<String>>,
}

fn by_rulestone(ruleset: &Ruleset, frames: &[Frame<'_>], with_index: bool) -> Contender {
    let mut session = ruleset.session();
    session.use_index(with_index);
    let matched = frames
        .iter()
        .map(|frame| {
            let decision = session.decide_checked(*frame);
            decision.matched().map(|rule| rule.id().to_owned()).collect()
        })
        .collect();
    contend(matched, |request| {
        black_box(session.decide_checked(black_box(frames[request])));
    })
}

fn by_reference(ruleset: &checked::Ruleset, requests: &[Facts]) -> Contender {
    let matched = requests
        .iter()
        .map(|facts| {
            let decision = reference::decide(ruleset, facts);
            decision.matched.iter().map(|rule| ruleset.rules[*rule].id.clone()).collect()
        })
        .collect();
    contend(matched, |request| {
        black_box(reference::decide(ruleset, black_box(&requests[request])));
    })
}

/// Counts and measures what a contender does that has decided about all once.
fn contend(matched: Vec<Vec<String>>, mut decide: impl FnMut(usize)) -> Contender {
    let before = allocations::count();
    (0..matched.len()).for_each(&mut decide);
    let allocations = (allocations::count() - before) as f64 / matched.len() as f64;
    let time = measure::median(matched.len(), decide);
    Contender { time, allocations, matched }
}

fn agree(who: &str, found: &[Vec<String>], expected: &[Vec<String>]) -> Result<(), String> {
    if found.len() != expected.len() {
        return Err(format!("{who} decides {} requests of {}", found.len(), expected.len()));
    }
    match found.iter().zip(expected).enumerate().find(|(_, (found, expected))| found != expected) {
        None => Ok(()),
        Some((request, (found, expected))) => {
            Err(format!("{who}, request {request}: {found:?}; the reference: {expected:?}"))
        }
    }
}

fn append(line: &Value) -> Result<(), Box<dyn Error>> {
    // INVARIANT: cargo makes this folder within the target folder.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().ok_or("no target folder")?;
    let folder = target.join("bench");
    fs::create_dir_all(&folder)?;
    let mut file = OpenOptions::new().create(true).append(true).open(folder.join("hunt.jsonl"))?;
    writeln!(file, "{line}")?;
    Ok(())
}
