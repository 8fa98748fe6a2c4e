//! One player who looks through many items: each item with all of the player's
//! facts again, or with the player's facts bound once.
//!
//! ```console
//! $ cargo bench -p rulestone-bench --bench bind
//! ```
//!
//! In: workload "hunt", its requests split in two: the facts of the player and the
//! time, and those of an item. Out: one line for each number of rules, and the same
//! as JSON at the end of `bench/bind.jsonl` in the target folder. All figures are
//! nanoseconds an item; binding is part of `bound` and shared among the items.
//!
//! `whole` and `bound` are given bytes and check them, as frames come to a server.
//! `checked` has whole frames that were checked before the clock runs, as other
//! benchmarks do: an item of bound facts can't be.

use rulestone_bench::plan::{self, Mode, Plan};
use rulestone_bench::race::{Figure, Race};
use rulestone_bench::workload::Workload;
use rulestone_bench::{Outcome, engine, record};
use serde_json::{Map, Value, json};
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;

const SIZES: [usize; 3] = [100, 1_000, 10_000];
const QUICK_SIZES: [usize; 2] = [1_000, 10_000];

/// How many items each player looks at.
const ITEMS: usize = 64;

fn main() -> ExitCode {
    plan::main("bind", |plan| {
        plan.sizes(&QUICK_SIZES, &SIZES).into_iter().try_for_each(|rules| run(plan, rules))
    })
}

/// How many there are. With their items they make about as many requests as "hunt"
/// has, or more where that would be but a few players.
fn players(plan: &Plan, rules: usize) -> usize {
    match (plan.mode, rules) {
        (Mode::Tiny, _) => 2,
        (_, 0..=1_000) => 80,
        (Mode::Quick, _) => 8,
        (Mode::Full, _) => 16,
    }
}

fn run(plan: &Plan, rules: usize) -> Outcome<()> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let players = players(plan, rules);
    let workload = Workload::hunt_items(&scratch.join("bind"), rules, players, ITEMS)?;
    let figures = measure(plan, &workload)?;
    let find = |name: &str| figures.iter().find(|figure| figure.name == name);
    let ns = |name: &str| find(name).map_or(f64::NAN, |figure| figure.ns);
    println!(
        "bind N={rules} items={ITEMS} whole={} bound={} whole/bound={:.2}x checked={} \
         matches={:.2} allocs={}",
        record::ns(ns("whole")),
        record::ns(ns("bound")),
        ns("whole") / ns("bound"),
        record::ns(ns("checked")),
        workload.matches(),
        find("bound").and_then(|figure| figure.allocations).unwrap_or(f64::NAN),
    );
    let members = json!({
        "rules": rules,
        "players": players,
        "items": ITEMS,
        "matches": workload.matches(),
        "archive_bytes": workload.archive.len(),
        "contenders": record::figures(&figures),
    });
    record::append(scratch.parent().unwrap_or(scratch), "bind", plan, members)
}

/// A contender's turn is a player with all items; the figures are those of an item.
fn measure(plan: &Plan, workload: &Workload) -> Outcome<Vec<Figure>> {
    let players = &split(workload)?;
    let (bytes, frames) = (&workload.frames, &workload.frames()?);
    let all = players.len();
    let items = |player: usize| player * ITEMS..(player + 1) * ITEMS;
    let mut race = Race::new();

    let mut session = workload.ruleset.session();
    workload.agree("whole", plan.patience(), |request| {
        engine::matching_bytes(&mut session, &bytes[request]).map(engine::numbers)
    })?;
    race.enter("whole", all, move |player| {
        for frame in &bytes[items(player)] {
            // All frames have been tried above.
            let _ = black_box(engine::matching_bytes(&mut session, black_box(frame)));
        }
    });

    let mut session = workload.ruleset.session();
    let mut matched = Vec::new();
    for Player { facts, items } in players {
        engine::matching_bound(&mut session, facts, items, |rules| {
            matched.push(engine::numbers(rules));
        })?;
    }
    workload.agree("bound", plan.patience(), |item| Ok(std::mem::take(&mut matched[item])))?;
    race.enter("bound", all, move |player| {
        let Player { facts, items } = black_box(&players[player]);
        let _ = black_box(engine::matching_bound(&mut session, facts, items, |rules| {
            black_box(rules);
        }));
    });

    let mut session = workload.ruleset.session();
    workload.agree("checked", plan.patience(), |request| {
        Ok(engine::matched(&mut session, frames[request]))
    })?;
    race.enter("checked", all, move |player| {
        for frame in &frames[items(player)] {
            engine::time_matching(&mut session, *frame);
        }
    });

    let mut figures = race.run(plan.budget())?;
    for figure in &mut figures {
        figure.ns /= ITEMS as f64;
        figure.fastest /= ITEMS as f64;
        figure.allocations = figure.allocations.map(|count| count / ITEMS as f64);
        figure.requests *= ITEMS;
    }
    Ok(figures)
}

/// A player and the time, and the items: partial frames.
struct Player {
    facts: Vec<u8>,
    items: Vec<Vec<u8>>,
}

/// The requests, split: what each contender is given has the same facts.
fn split(workload: &Workload) -> Outcome<Vec<Player>> {
    let mut builder = workload.ruleset.facts_builder();
    let mut players: Vec<Player> = Vec::new();
    let lines = fs::read_to_string(workload.folder.join("facts.jsonl"))?;
    for (number, line) in lines.lines().enumerate() {
        let mut facts: Map<String, Value> = serde_json::from_str(line)?;
        let item = json!({ "item": facts.remove("item") });
        if number % ITEMS == 0 {
            let facts = builder.encode_partial(&facts)?.to_vec();
            players.push(Player { facts, items: Vec::new() });
        }
        if let Some(player) = players.last_mut() {
            player.items.push(builder.encode_partial(&item)?.to_vec());
        }
    }
    Ok(players)
}
