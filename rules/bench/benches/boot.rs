//! What it takes until a server can decide: opening and verifying an archive, the
//! first decision, and putting another archive in place.
//!
//! ```console
//! $ cargo bench -p rulestone-bench --bench boot
//! ```
//!
//! In: archives of 100 to 100,000 rules of workload "hunt". Out: one line for
//! each, and the same as JSON at the end of `bench/boot.jsonl` in the target
//! folder. `memcpy` copies the same bytes: no loader that reads all of an archive
//! can be faster.

use rulestone::{Live, LoadError, Ruleset};
use rulestone_bench::plan::{self, Plan};
use rulestone_bench::race::{Race, each, each_after};
use rulestone_bench::workload::Workload;
use rulestone_bench::{Outcome, record};
use serde_json::json;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;

const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];
const QUICK_SIZES: [usize; 3] = [100, 1_000, 10_000];

fn main() -> ExitCode {
    plan::main("boot", |plan| {
        plan.sizes(&QUICK_SIZES, &SIZES).into_iter().try_for_each(|rules| run(plan, rules))
    })
}

fn run(plan: &Plan, rules: usize) -> Outcome<()> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let workload = Workload::hunt(&scratch.join("boot"), rules, 10)?;
    let (path, archive) = (&workload.path, &workload.archive);
    let frame = workload.frames.first().ok_or("the workload has no requests")?;
    let live = Live::new(workload.ruleset.clone());

    let mut race = Race::new();
    let mut copy = archive.clone();
    race.enter("memcpy", 1, move |_| {
        copy.copy_from_slice(black_box(archive));
        black_box(&copy);
    });
    // From the file, as a server boots: read, seal, verify.
    race.enter_timed("open", 1, each(|| Ok(Ruleset::open(path)?)));
    // From memory: the checks alone.
    let verify = each_after(|| archive.clone(), |bytes| Ok(Ruleset::from_vec(bytes)?));
    race.enter_timed("verify", 1, verify);
    // With a session that is made for it.
    let decide = |ruleset: Result<Ruleset, LoadError>| {
        let ruleset = ruleset?;
        let mut session = ruleset.session();
        black_box(session.decide(frame)?.matched().len());
        drop(session);
        Ok(ruleset)
    };
    race.enter_timed("first_decision", 1, each_after(|| Ruleset::open(path), decide));
    // The old one goes, too.
    race.enter_timed("reload", 1, each(|| Ok(live.reload(path)?)));
    let figures = race.run(plan.budget())?;

    let us = |name: &str| {
        let figure = figures.iter().find(|figure| figure.name == name);
        figure.map_or(f64::NAN, |figure| figure.ns / 1e3)
    };
    println!(
        "boot N={rules} open={:.0} us verify={:.0} us memcpy={:.0} us verify/memcpy={:.2}x \
         first_decision={:.1} us reload={:.0} us archive={} bytes",
        us("open"),
        us("verify"),
        us("memcpy"),
        us("verify") / us("memcpy"),
        us("first_decision"),
        us("reload"),
        archive.len()
    );
    let members = json!({
        "rules": rules,
        "archive_bytes": archive.len(),
        "contenders": record::figures(&figures),
    });
    record::append(scratch.parent().unwrap_or(scratch), "boot", plan, members)
}
