//! What rules cost a request, in each of the ways in which a service can keep
//! them.
//!
//! ```console
//! $ cargo bench -p rulestone-bench --bench story
//! $ cargo bench -p rulestone-bench --bench story -- --rules 1000
//! ```
//!
//! In: 100 rules of workload "hunt" in several formats, and requests whose facts
//! are ready. Out: one line for each way, and all of them as JSON at the end of
//! `bench/story.jsonl` in the target folder. Most ways read the rules anew for
//! each request, as a service does that keeps them as bytes (in a cache, in a
//! database, in the request itself); all of them find the same rules.

mod archive;
mod json;

use rulestone_bench::contenders::{FORMATS, Program};
use rulestone_bench::native::{Task, Twin};
use rulestone_bench::plan::{self, Mode, Plan};
use rulestone_bench::race::{Figure, Race};
use rulestone_bench::walk::{self, Table};
use rulestone_bench::workload::Workload;
use rulestone_bench::{Outcome, engine, record};
use serde_json::json;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;

const RULES: usize = 100;

/// All ways, in the order in which they are printed.
const WAYS: [&str; 7] =
    ["json", "protobuf", "flatbuffers", "rkyv", "memory", "native", "rulestone"];

/// Finds the rules that match, from the bytes of all rules.
type Matching = fn(&[u8], &Table, &mut Vec<u32>) -> Outcome<()>;

fn main() -> ExitCode {
    plan::main("story", |plan| {
        plan.sizes(&[RULES], &[RULES]).into_iter().try_for_each(|rules| run(plan, rules))
    })
}

fn run(plan: &Plan, rules: usize) -> Outcome<()> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let requests = if plan.mode == Mode::Tiny { 20 } else { 500 };
    let workload = Workload::hunt(&scratch.join("story"), rules, requests)?;
    let folder = workload.folder.join("native");
    let twin = match plan.mode {
        Mode::Tiny => None,
        _ => Twin::start(&workload.checked, &workload.sources, &workload.facts, &folder)?,
    };
    if twin.is_none() {
        eprintln!("story: native is skipped: no program is built in a test run or without rustc");
    }
    let twin = twin.map(RefCell::new);
    let contenders = match Program::build(plan.mode, target()) {
        Ok(program) => Ok(program.start(&workload)?),
        Err(reason) => Err(reason),
    };
    let model = &workload.model.rules;
    let ways: [(&'static str, Vec<u8>, Matching); 2] = [
        ("json", json::encode(model)?, json::matching),
        ("rkyv", archive::encode(model)?, archive::matching),
    ];
    let mut bytes: HashMap<&str, usize> =
        ways.iter().map(|(name, bytes, _)| (*name, bytes.len())).collect();

    let frames = &workload.frames()?;
    let all = frames.len();
    let mut race = Race::new();
    let mut skipped: Vec<(&str, String)> = Vec::new();
    for name in FORMATS {
        match &contenders {
            Ok(contenders) => {
                let entered = contenders.enter(name, &workload, plan.patience(), &mut race)?;
                bytes.extend(entered.bytes.map(|bytes| (name, bytes)));
            }
            Err(reason) => skipped.push((name, reason.clone())),
        }
    }
    for (name, bytes, matching) in &ways {
        let mut matched = Vec::new();
        workload.agree(name, plan.patience(), |request| {
            matching(bytes, &workload.tables[request], &mut matched)?;
            Ok(matched.clone())
        })?;
        let tables = &workload.tables;
        race.enter(name, all, move |request| {
            // Reading them has been tried above for every request.
            let _ = black_box(matching(black_box(bytes), &tables[request], &mut matched));
            black_box(&matched);
        });
    }
    let mut matched = Vec::new();
    workload.agree("memory", plan.patience(), |request| {
        walk::matching(model, &workload.tables[request], &mut matched);
        Ok(matched.clone())
    })?;
    let tables = &workload.tables;
    race.enter("memory", all, move |request| {
        walk::matching(black_box(model), &tables[request], &mut matched);
        black_box(&matched);
    });
    if let Some(twin) = &twin {
        let matched = twin.borrow_mut().matched(Task::Matching, all)?;
        workload.compare("native", matched.into_iter().map(Ok))?;
        race.enter_timed("native", all, |requests, passes| {
            twin.borrow_mut().run(Task::Matching, requests, passes)
        });
    }
    let mut session = workload.ruleset.session();
    workload.agree("rulestone", plan.patience(), |request| {
        Ok(engine::matched(&mut session, frames[request]))
    })?;
    race.enter("rulestone", all, move |request| {
        engine::time_matching(&mut session, frames[request]);
    });
    let mut figures = race.run(plan.budget())?;
    figures.sort_by_key(|figure| WAYS.iter().position(|name| *name == figure.name));

    print(rules, &figures, &bytes);
    let mut contenders = record::figures(&figures);
    for (name, members) in &mut contenders {
        members["bytes"] = json!(bytes.get(name.as_str()));
    }
    for (name, reason) in skipped {
        eprintln!("story N={rules}: {name} is skipped: {reason}");
        contenders.insert(name.to_owned(), json!({ "skipped": reason }));
    }
    let members = json!({
        "rules": rules,
        "requests": requests,
        "matches": workload.matches(),
        "contenders": contenders,
    });
    record::append(target(), "story", plan, members)
}

/// The target folder.
fn target() -> &'static Path {
    // INVARIANT: cargo makes the folder for temporary files within it.
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap_or(Path::new("target"))
}

fn print(rules: usize, figures: &[Figure], bytes: &HashMap<&str, usize>) {
    let rulestone = figures.iter().find(|figure| figure.name == "rulestone");
    for figure in figures {
        let allocations = figure.allocations.map_or("-".to_owned(), |count| format!("{count:.0}"));
        let ratio = rulestone.map_or(f64::NAN, |rulestone| figure.ns / rulestone.ns);
        let mut line = format!(
            "story N={rules} way={} time={} allocs={allocations} way/rulestone={ratio:.2}x",
            figure.name,
            record::ns(figure.ns),
        );
        if let Some(bytes) = bytes.get(figure.name) {
            line += &format!(" bytes={bytes}");
        }
        println!("{line}");
    }
}
