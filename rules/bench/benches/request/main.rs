//! What a server pays for: a whole request, from its own struct to the answer as JSON.
//!
//! ```console
//! $ cargo bench -p rulestone-bench --bench request                # 10 to 10,000 rules
//! $ cargo bench -p rulestone-bench --bench request -- --quick
//! $ cargo bench -p rulestone-bench --bench request -- --rules 1000
//! ```
//!
//! In: workload "request", with words that are enums and with text: rules of which one in a
//! hundred matches a request, and requests as structs of 18 facts. Out: two lines for each
//! number of rules and kind of words, and the same as JSON at the end of
//! `bench/request.jsonl` in the target folder. All figures are nanoseconds a request but
//! `output` and `json`, which are for one matched rule.
//!
//! | figure | from | to |
//! |---|---|---|
//! | `encode`, `serde`, `builder` | the struct | a frame: by `#[derive(Facts)]`, by serde, by setters with ids |
//! | `check` | a frame's bytes | a checked frame, as for bytes of somebody else |
//! | `match` | a checked frame | the rules that match |
//! | `outputs` | these | what they say together |
//! | `json` | a decision | JSON |
//! | `ids` | the struct | the rules that match, by `encode` and without `check` |
//! | `whole` | the struct | JSON, in the same way |
//! | `native`, `native_whole` | the struct, its facts side by side and enums as numbers | the same, by generated code with a writer of JSON made for these outputs |
//! | other engines | columns of facts | the rules that match, with the conversion to what they take |
//!
//! `outputs` and `json` are differences of two figures of the same run.

mod facts;

use facts::{EnumRequest, Request, TextRequest};
use rulestone::Decision;
use rulestone_bench::contenders::{CONVERTING, Program};
use rulestone_bench::native::{Task, Twin};
use rulestone_bench::plan::{self, Mode, Plan};
use rulestone_bench::race::{Figure, Race};
use rulestone_bench::workload::Workload;
use rulestone_bench::{Outcome, engine, record};
use rulestone_generate::Words;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;

const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];
const QUICK_SIZES: [usize; 3] = [10, 100, 1_000];

/// Rustc takes minutes for a twin of more rules than this in a quick run.
const MOST_NATIVE_QUICK: usize = 1_000;

fn main() -> ExitCode {
    plan::main("request", |plan| {
        let program = Program::build(plan.mode, target());
        for rules in plan.sizes(&QUICK_SIZES, &SIZES) {
            run::<EnumRequest>(plan, rules, Words::Enums, &program)?;
            run::<TextRequest>(plan, rules, Words::Text, &program)?;
        }
        Ok(())
    })
}

/// The target folder.
fn target() -> &'static Path {
    // INVARIANT: cargo makes the folder for temporary files within it.
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap_or(Path::new("target"))
}

/// How many requests there are, so many that no processor learns them by heart.
fn requests(plan: &Plan, rules: usize) -> usize {
    match (plan.mode, rules) {
        (Mode::Tiny, _) => 20,
        (_, 0..=1_000) => 5_000,
        (_, _) => 1_000,
    }
}

fn run<R: Request>(
    plan: &Plan,
    rules: usize,
    words: Words,
    program: &Result<Program, String>,
) -> Outcome<()> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let workload = Workload::request(scratch, rules, requests(plan, rules), words)?;
    let figures = measure::<R>(plan, &workload, program)?;
    print(rules, words, &workload, &figures);
    let contenders: Map<String, Value> = record::figures(&figures);
    let members = json!({
        "rules": rules,
        "facts": name(words),
        "requests": workload.frames.len(),
        "matches": workload.matches(),
        "contenders": contenders,
    });
    record::append(target(), "request", plan, members)
}

fn name(words: Words) -> &'static str {
    match words {
        Words::Enums => "enum",
        Words::Text => "text",
    }
}

/// Compares all ways, and measures them in turns.
fn measure<R: Request>(
    plan: &Plan,
    workload: &Workload,
    program: &Result<Program, String>,
) -> Outcome<Vec<Figure>> {
    let ruleset = &workload.ruleset;
    let (all, frames) = (workload.frames.len(), &workload.frames()?);
    let structs: Vec<R> = workload.facts.iter().map(R::of).collect::<Outcome<_>>()?;
    let structs = &structs;
    let ids = &facts::ids(ruleset);
    let mut encoder = ruleset.encoder::<R>()?;
    let mut builder = ruleset.facts_builder();
    for (facts, frame) in structs.iter().zip(frames) {
        let same = encoder.encode(facts)?.bytes() == frame.bytes()
            && builder.encode(facts)? == frame.bytes();
        builder.clear();
        facts.set(&mut builder, ids)?;
        if !same || builder.finish()? != frame.bytes() {
            return Err("the ways to a frame differ".into());
        }
    }
    let agree = |who: &str, matched: &mut dyn FnMut(usize) -> Outcome<Vec<u32>>| {
        workload.agree(who, plan.patience(), matched)
    };

    let rules = workload.model.rules.len();
    let twin = match plan.mode {
        Mode::Tiny => None,
        Mode::Quick if rules > MOST_NATIVE_QUICK => None,
        Mode::Quick | Mode::Full => {
            let folder = workload.folder.join("native");
            Twin::start_writing(&workload.checked, &workload.sources, &workload.facts, &folder)?
        }
    };
    let twin = twin.map(RefCell::new);
    let contenders = match program {
        Ok(program) => Some(program.start(workload)?),
        Err(reason) => {
            eprintln!("request N={rules}: the other engines are skipped: {reason}");
            None
        }
    };

    let mut race = Race::new();
    let mut encode = encoder.clone();
    race.enter("encode", all, move |request| {
        black_box(encode.encode(black_box(&structs[request])).is_ok());
    });
    let mut serde = ruleset.facts_builder();
    race.enter("serde", all, move |request| {
        black_box(serde.encode(black_box(&structs[request])).is_ok());
    });
    race.enter("builder", all, move |request| {
        builder.clear();
        black_box(black_box(&structs[request]).set(&mut builder, ids).is_ok());
        black_box(builder.finish().is_ok());
    });
    race.enter("check", all, move |request| {
        black_box(ruleset.check_frame(black_box(frames[request].bytes())).is_ok());
    });
    let mut session = ruleset.session();
    agree("match", &mut |request| Ok(engine::matched(&mut session, frames[request])))?;
    race.enter("match", all, move |request| engine::time_matching(&mut session, frames[request]));
    let mut session = ruleset.session();
    race.enter("decide", all, move |request| engine::time_decide(&mut session, frames[request]));
    let (mut session, mut line) = (ruleset.session(), Vec::new());
    race.enter("told", all, move |request| {
        write(&engine::decide(&mut session, black_box(frames[request])), &mut line);
    });
    let (mut session, mut to_ids) = (ruleset.session(), encoder.clone());
    race.enter("ids", all, move |request| {
        if let Ok(frame) = to_ids.encode(black_box(&structs[request])) {
            engine::time_matching(&mut session, frame);
        }
    });
    let (mut session, mut line) = (ruleset.session(), Vec::new());
    race.enter("whole", all, move |request| {
        if let Ok(frame) = encoder.encode(black_box(&structs[request])) {
            write(&engine::decide(&mut session, frame), &mut line);
        }
    });

    if let Some(twin) = &twin {
        let told = twin.borrow_mut().told(all)?;
        let (mut session, mut line) = (ruleset.session(), Vec::new());
        for (request, told) in told.iter().enumerate() {
            write(&engine::decide(&mut session, frames[request]), &mut line);
            if line != told.as_bytes() {
                let line = String::from_utf8_lossy(&line);
                return Err(format!("native, request {request}: {told}; rulestone: {line}").into());
            }
        }
        let matched = twin.borrow_mut().matched(Task::Matching, all)?;
        workload.compare("native", matched.into_iter().map(Ok))?;
        for (who, task) in [("native", Task::Matching), ("native_whole", Task::Write)] {
            race.enter_timed(who, all, move |requests, passes| {
                twin.borrow_mut().run(task, requests, passes)
            });
        }
    }
    for engine in &CONVERTING {
        match (engine.refuses(plan.mode, rules), &contenders) {
            (None, Some(contenders)) => {
                contenders.enter(engine.name, workload, plan.patience(), &mut race)?;
            }
            (Some(reason), _) => eprintln!("request N={rules}: {}: {reason}", engine.name),
            (None, None) => {}
        }
    }
    race.run(plan.budget())
}

fn write(decision: &Decision<'_>, line: &mut Vec<u8>) {
    line.clear();
    decision.write_json(line);
    black_box(line);
}

fn print(rules: usize, words: Words, workload: &Workload, figures: &[Figure]) {
    let find = |name: &str| figures.iter().find(|figure| figure.name == name);
    let ns = |name: &str| find(name).map_or(f64::NAN, |figure| figure.ns);
    let shown = |ns: f64| if ns.is_nan() { "skipped".to_owned() } else { record::ns(ns) };
    let ratio = |slow: &str, fast: &str| match find(slow) {
        Some(_) => format!("{:.2}x", ns(slow) / ns(fast)),
        None => "skipped".to_owned(),
    };
    let matches = workload.matches();
    let head = format!("request N={rules} facts={}", name(words));
    let (outputs, json) = (ns("decide") - ns("match"), ns("told") - ns("decide"));
    println!(
        "{head} whole={} encode={} check={} match={} outputs={} json={} native={} \
         native/rulestone={} allocs={}",
        shown(ns("whole")),
        shown(ns("encode")),
        shown(ns("check")),
        shown(ns("match")),
        shown(outputs),
        shown(json),
        shown(ns("native")),
        ratio("native", "ids"),
        find("whole").and_then(|figure| figure.allocations).unwrap_or(f64::NAN),
    );
    let mut line = format!(
        "{head} matches={matches:.2} ids={} serde={} builder={} outputs/match={} json/match={} \
         native_whole={} native_whole/whole={}",
        shown(ns("ids")),
        shown(ns("serde")),
        shown(ns("builder")),
        shown(outputs / matches),
        shown(json / matches),
        shown(ns("native_whole")),
        ratio("native_whole", "whole"),
    );
    for engine in &CONVERTING {
        line += &format!(" {}={}", engine.name, shown(ns(engine.name)));
    }
    println!("{line}");
}
