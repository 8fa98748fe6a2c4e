//! Workloads that strain one part of an engine each, among them those that an
//! index can't help.
//!
//! ```console
//! $ cargo bench -p rulestone-bench --bench shapes
//! ```
//!
//! In: the shapes of `rulestone-generate`, with 1,000 and 10,000 rules. Out: one
//! line for each, and the same as JSON at the end of `bench/shapes.jsonl` in the
//! target folder. `walk` is a plain typed walk over the rules in memory.

use rulestone_bench::plan::{self, Mode, Plan};
use rulestone_bench::race::{Figure, Race};
use rulestone_bench::workload::{SHAPES, Workload, shape_name};
use rulestone_bench::{Outcome, engine, record, walk};
use rulestone_generate::Shape;
use serde_json::json;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;

const SIZES: [usize; 2] = [1_000, 10_000];

fn main() -> ExitCode {
    plan::main("shapes", |plan| {
        for rules in plan.sizes(&SIZES, &SIZES) {
            for shape in SHAPES {
                run(plan, shape, rules)?;
            }
        }
        Ok(())
    })
}

fn run(plan: &Plan, shape: Shape, rules: usize) -> Outcome<()> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let requests = match plan.mode {
        Mode::Tiny => 10,
        Mode::Quick => 100,
        Mode::Full => 300,
    };
    let name = shape_name(shape);
    let workload = Workload::shape(scratch, shape, rules, requests)?;
    let figures = measure(plan, &workload)?;
    let find = |name: &str| figures.iter().find(|figure| figure.name == name);
    let ns = |name: &str| find(name).map_or(f64::NAN, |figure| figure.ns);
    let ratio = |name: &str| ns(name) / ns("rulestone");
    println!(
        "shapes name={name} N={rules} rulestone={} noindex={} walk={} reference={} \
         noindex/rulestone={:.2}x walk/rulestone={:.2}x reference/rulestone={:.2}x \
         matches={:.2} allocs={} decide={} archive={} bytes",
        record::ns(ns("rulestone")),
        record::ns(ns("noindex")),
        record::ns(ns("walk")),
        record::ns(ns("reference")),
        ratio("noindex"),
        ratio("walk"),
        ratio("reference"),
        workload.matches(),
        find("rulestone").and_then(|figure| figure.allocations).unwrap_or(f64::NAN),
        record::ns(ns("decide")),
        workload.archive.len(),
    );
    let members = json!({
        "shape": name,
        "rules": rules,
        "requests": requests,
        "matches": workload.matches(),
        "archive_bytes": workload.archive.len(),
        "contenders": record::figures(&figures),
    });
    record::append(scratch.parent().unwrap_or(scratch), "shapes", plan, members)
}

fn measure(plan: &Plan, workload: &Workload) -> Outcome<Vec<Figure>> {
    let frames = &workload.frames()?;
    let all = frames.len();
    let mut race = Race::new();
    for (name, uses_index) in [("rulestone", true), ("noindex", false)] {
        let mut session = workload.ruleset.session();
        session.use_index(uses_index);
        workload.agree(name, plan.patience(), |request| {
            Ok(engine::matched(&mut session, frames[request]))
        })?;
        race.enter(name, all, move |request| {
            engine::time_matching(&mut session, frames[request]);
        });
    }
    let mut session = workload.ruleset.session();
    workload.agree("decide", plan.patience(), |request| {
        Ok(engine::kept(&mut session, frames[request]))
    })?;
    race.enter("decide", all, move |request| engine::time_decide(&mut session, frames[request]));

    let mut matched = Vec::new();
    workload.agree("walk", plan.patience(), |request| {
        walk::matching(&workload.model.rules, &workload.tables[request], &mut matched);
        Ok(matched.clone())
    })?;
    race.enter("walk", all, move |request| {
        let rules = black_box(&workload.model.rules);
        walk::matching(rules, &workload.tables[request], &mut matched);
        black_box(&matched);
    });

    let mut matched = Vec::new();
    let requests = workload.agree("reference", plan.patience(), |request| {
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
