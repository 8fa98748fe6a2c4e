//! Workload "hunt": the figures by which engines are compared.
//!
//! ```console
//! $ cargo bench -p rulestone-bench --bench hunt                  # 10 to 100,000 rules
//! $ cargo bench -p rulestone-bench --bench hunt -- --quick       # without what takes minutes
//! $ cargo bench -p rulestone-bench --bench hunt -- --rules 1000
//! ```
//!
//! In: generated rules, and requests. Out: one line for each number of rules,
//! and the same as JSON at the end of `bench/hunt.jsonl` in the target folder.
//! All contenders are measured in turns, with facts that are ready, and all must
//! name the same rules for every request that is measured. Native code and the other
//! engines are processes of their own, which are built first.
//!
//! `rulestone` and `native` find all rules that match; `decide` and
//! `native_decide` apply hit policies and make outputs besides. All figures are
//! nanoseconds a request.

use rulestone_bench::contenders::{ENGINES, Engine, Program};
use rulestone_bench::native::{Task, Twin};
use rulestone_bench::plan::{self, Mode, Plan};
use rulestone_bench::race::{Figure, Race};
use rulestone_bench::workload::Workload;
use rulestone_bench::{Outcome, engine, record, walk};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;

const SIZES: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];
const QUICK_SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

/// Rustc takes minutes for a twin of more rules than this, in a full and in a
/// quick run.
const MOST_NATIVE: usize = 10_000;
const MOST_NATIVE_QUICK: usize = 1_000;

/// The walk over typed data needs no other crate, so it runs in this process.
const WALK: Engine = Engine { name: "walk", most_rules: 100_000, most_rules_quick: 10_000 };

fn main() -> ExitCode {
    plan::main("hunt", |plan| {
        let program = Program::build(plan.mode, target());
        let mut sizes = plan.sizes(&QUICK_SIZES, &SIZES).into_iter();
        sizes.try_for_each(|rules| run(plan, rules, &program))
    })
}

/// A contender that takes no part, and why.
type Skipped = (&'static str, String);

/// How many requests there are. Of few rules so many that no processor learns their
/// branches by heart, as no server sees the same 200 requests again and again: then
/// code of nothing but branches would look five times as fast as it is.
fn requests(plan: &Plan, rules: usize) -> usize {
    match (plan.mode, rules) {
        (Mode::Tiny, _) => 20,
        (_, 0..=1_000) => 5_000,
        (Mode::Quick, _) => 200,
        (Mode::Full, _) => 500,
    }
}

fn run(plan: &Plan, rules: usize, program: &Result<Program, String>) -> Outcome<()> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let requests = requests(plan, rules);
    let workload = Workload::hunt(scratch, rules, requests)?;
    let mut skipped: Vec<Skipped> = Vec::new();
    let twin = start_twin(plan, &workload, &mut skipped)?;
    let build_native = twin.as_ref().map(|twin| twin.build.as_secs_f64());
    let figures = measure(plan, &workload, twin, program, &mut skipped)?;
    print(rules, &workload, &figures, &skipped, build_native);

    let mut contenders: Map<String, Value> = record::figures(&figures);
    for (name, reason) in &skipped {
        contenders.insert((*name).to_owned(), json!({ "skipped": reason }));
    }
    let members = json!({
        "rules": rules,
        "requests": requests,
        "matches": workload.matches(),
        "archive_bytes": workload.archive.len(),
        "native_build_s": build_native,
        "contenders": contenders,
    });
    record::append(target(), "hunt", plan, members)
}

/// The target folder.
fn target() -> &'static Path {
    // INVARIANT: cargo makes the folder for temporary files within it.
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap_or(Path::new("target"))
}

fn start_twin(
    plan: &Plan,
    workload: &Workload,
    skipped: &mut Vec<Skipped>,
) -> Outcome<Option<Twin>> {
    let rules = workload.model.rules.len();
    let reason = match plan.mode {
        Mode::Tiny => "no program is built in a test run",
        Mode::Quick if rules > MOST_NATIVE_QUICK => "rustc takes too long for a quick run",
        Mode::Full if rules > MOST_NATIVE => "rustc takes minutes for so many rules",
        Mode::Quick | Mode::Full => {
            let folder = workload.folder.join("native");
            let (checked, sources) = (&workload.checked, &workload.sources);
            if let Some(twin) = Twin::start(checked, sources, &workload.facts, &folder)? {
                return Ok(Some(twin));
            }
            "there is no cargo or no rustc to build it"
        }
    };
    skipped.push(("native", reason.to_owned()));
    Ok(None)
}

/// Makes, compares and measures all contenders.
fn measure(
    plan: &Plan,
    workload: &Workload,
    twin: Option<Twin>,
    program: &Result<Program, String>,
    skipped: &mut Vec<Skipped>,
) -> Outcome<Vec<Figure>> {
    let frames = &workload.frames()?;
    let all = frames.len();
    let rules = workload.model.rules.len();
    // Both tasks are the one process's, which does one thing at a time.
    let twin = twin.map(RefCell::new);
    let contenders = match program {
        Ok(program) => Ok(program.start(workload)?),
        Err(reason) => Err(reason),
    };
    let agree = |who: &str, matched: &mut dyn FnMut(usize) -> Outcome<Vec<u32>>| {
        workload.agree(who, plan.patience(), matched)
    };
    let mut race = Race::new();

    let mut session = workload.ruleset.session();
    agree("rulestone", &mut |request| Ok(engine::matched(&mut session, frames[request])))?;
    race.enter("rulestone", all, move |request| {
        engine::time_matching(&mut session, frames[request]);
    });
    let mut session = workload.ruleset.session();
    agree("decide", &mut |request| Ok(engine::kept(&mut session, frames[request])))?;
    race.enter("decide", all, move |request| {
        engine::time_decide(&mut session, frames[request]);
    });
    let mut session = workload.ruleset.session();
    session.use_index(false);
    agree("noindex", &mut |request| Ok(engine::matched(&mut session, frames[request])))?;
    race.enter("noindex", all, move |request| {
        engine::time_matching(&mut session, frames[request]);
    });

    if let Some(twin) = &twin {
        for (who, task) in [("native", Task::Matching), ("native_decide", Task::Decide)] {
            let matched = twin.borrow_mut().matched(task, all)?;
            workload.compare(who, matched.into_iter().map(Ok))?;
            race.enter_timed(who, all, move |requests, passes| {
                twin.borrow_mut().run(task, requests, passes)
            });
        }
    }

    if let Some(reason) = WALK.refuses(plan.mode, rules) {
        skipped.push((WALK.name, reason));
    } else {
        let mut matched = Vec::new();
        let requests = agree(WALK.name, &mut |request| {
            walk::matching_model(&workload.model, &workload.tables[request], &mut matched);
            Ok(matched.clone())
        })?;
        race.enter(WALK.name, requests, move |request| {
            let facts = &workload.tables[black_box(request)];
            walk::matching_model(&workload.model, facts, &mut matched);
            black_box(&matched);
        });
    }
    for engine in &ENGINES {
        match (engine.refuses(plan.mode, rules), &contenders) {
            (Some(reason), _) => skipped.push((engine.name, reason)),
            (None, Err(reason)) => skipped.push((engine.name, (*reason).clone())),
            (None, Ok(contenders)) => {
                let entered =
                    contenders.enter(engine.name, workload, plan.patience(), &mut race)?;
                if entered.took.as_secs() >= 5 {
                    let seconds = entered.took.as_secs_f64();
                    eprintln!("hunt: {} took {seconds:.0} s to make", engine.name);
                }
            }
        }
    }

    let mut matched = Vec::new();
    let requests = agree("reference", &mut |request| {
        engine::reference_matching(&workload.checked, &workload.facts[request], &mut matched);
        Ok(matched.clone())
    })?;
    race.enter("reference", requests, move |request| {
        let facts = black_box(&workload.facts[request]);
        engine::reference_matching(&workload.checked, facts, &mut matched);
        black_box(&matched);
    });
    race.run(plan.budget())
}

/// Prints the line of a size; reasons for what is missing go to standard error.
fn print(
    rules: usize,
    workload: &Workload,
    figures: &[Figure],
    skipped: &[Skipped],
    build_native: Option<f64>,
) {
    let find = |name: &str| figures.iter().find(|figure| figure.name == name);
    let ns = |name: &str| find(name).map_or(f64::NAN, |figure| figure.ns);
    let text = |name: &str| match find(name) {
        Some(figure) => record::ns(figure.ns),
        None => "skipped".to_owned(),
    };
    let ratio = |slow: &str, fast: &str| match find(slow) {
        Some(_) => format!("{:.2}x", ns(slow) / ns(fast)),
        None => "skipped".to_owned(),
    };
    let allocations = find("rulestone").and_then(|figure| figure.allocations).unwrap_or(f64::NAN);
    let mut line = format!(
        "hunt N={rules} rulestone={} native={} native/rulestone={} matches={:.2} allocs={}",
        text("rulestone"),
        text("native"),
        ratio("native", "rulestone"),
        workload.matches(),
        allocations,
    );
    line += &format!(
        " decide={} native_decide={} native_decide/decide={} noindex={}",
        text("decide"),
        text("native_decide"),
        ratio("native_decide", "decide"),
        text("noindex"),
    );
    let names = [WALK].iter().chain(&ENGINES).map(|engine| engine.name);
    for name in names.chain(["reference"]) {
        line += &format!(" {name}={}", text(name));
    }
    if let Some(seconds) = build_native {
        line += &format!(" build_native={seconds:.1} s");
    }
    println!("{line}");
    for (name, reason) in skipped {
        eprintln!("hunt N={rules}: {name} is skipped: {reason}");
    }
}
