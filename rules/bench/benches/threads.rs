//! Decisions on several threads at once.
//!
//! ```console
//! $ cargo bench -p rulestone-bench --bench threads
//! ```
//!
//! In: workload "hunt". Out: one line for each number of rules, and the same as
//! JSON at the end of `bench/threads.jsonl` in the target folder: decisions a
//! second on one thread, on two, and on as many as the machine has cores. Each
//! thread has a session of its own, and all share the ruleset.
//!
//! A loop of nothing but arithmetic runs on as many threads in the same rounds:
//! what it gains is what the cores had to give at that time. Threads that share
//! no memory that anybody writes gain as much.

use rulestone_bench::plan::{self, Mode, Plan};
use rulestone_bench::race::median;
use rulestone_bench::workload::Workload;
use rulestone_bench::{Outcome, engine, record};
use serde_json::json;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const SIZES: [usize; 2] = [1_000, 10_000];

/// Multiplications between two looks at the clock.
const STEPS: u64 = 100_000;

fn main() -> ExitCode {
    plan::main("threads", |plan| {
        plan.sizes(&SIZES, &SIZES).into_iter().try_for_each(|rules| run(plan, rules))
    })
}

fn run(plan: &Plan, rules: usize) -> Outcome<()> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let requests = if plan.mode == Mode::Tiny { 20 } else { 500 };
    let workload = Workload::hunt(&scratch.join("threads"), rules, requests)?;
    let frames = &workload.frames()?;
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    let mut counts = vec![1, 2];
    if cores > 2 {
        counts.push(cores);
    }
    let (rounds, period) = match plan.mode {
        Mode::Tiny => (1, Duration::from_millis(2)),
        Mode::Quick => (5, Duration::from_millis(100)),
        Mode::Full => (15, Duration::from_millis(200)),
    };

    // By number of threads: decisions a second, and rounds of arithmetic.
    let mut decisions = vec![Vec::new(); counts.len()];
    let mut arithmetic = vec![Vec::new(); counts.len()];
    for _ in 0..rounds {
        for (index, &threads) in counts.iter().enumerate() {
            let rate = together(threads, period, || {
                let mut session = workload.ruleset.session();
                move || {
                    for frame in frames {
                        engine::time_matching(&mut session, *frame);
                    }
                }
            });
            decisions[index].push(rate * frames.len() as f64);
            arithmetic[index].push(together(threads, period, || || multiply(STEPS)));
        }
    }

    let gains = |rates: &[Vec<f64>], index: usize| {
        let mut gains: Vec<f64> =
            rates[index].iter().zip(&rates[0]).map(|(many, one)| many / one).collect();
        gains.sort_by(f64::total_cmp);
        median(&gains)
    };
    let mut line = format!("threads N={rules} cores={cores}");
    let mut lines = Vec::new();
    for (index, &threads) in counts.iter().enumerate() {
        let mut rates = decisions[index].clone();
        rates.sort_by(f64::total_cmp);
        let rate = median(&rates);
        let (gain, arithmetic_gain) = (gains(&decisions, index), gains(&arithmetic, index));
        line += &format!(" decisions_{threads}={rate:.0}/s");
        if threads > 1 {
            line += &format!(
                " ratio_{threads}={gain:.2}x arithmetic_{threads}={arithmetic_gain:.2}x \
                 of_arithmetic_{threads}={:.2}",
                gain / arithmetic_gain
            );
        }
        lines.push(json!({
            "threads": threads,
            "decisions_a_second": rate,
            "gain": gain,
            "arithmetic_gain": arithmetic_gain,
        }));
    }
    println!("{line}");
    let members = json!({
        "rules": rules,
        "requests": frames.len(),
        "rounds": rounds,
        "period_ms": period.as_millis() as u64,
        "threads": lines,
    });
    record::append(scratch.parent().unwrap_or(scratch), "threads", plan, members)
}

/// How often a second threads do something, all of them together. `start` makes
/// what a thread does; it is done once before the clock runs.
fn together<W: FnMut()>(threads: usize, period: Duration, start: impl Fn() -> W + Sync) -> f64 {
    let barrier = Barrier::new(threads);
    let over = AtomicBool::new(false);
    let one = || {
        let mut work = start();
        work();
        barrier.wait();
        let clock = Instant::now();
        let mut times = 0_u64;
        // Nobody writes it until the end, so that looking at it costs nothing.
        while !over.load(Ordering::Relaxed) {
            work();
            times += 1;
            if clock.elapsed() >= period {
                over.store(true, Ordering::Relaxed);
            }
        }
        times as f64 / clock.elapsed().as_secs_f64()
    };
    thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        // INVARIANT: what they do doesn't panic; if it does, so does this.
        handles.into_iter().map(|handle| handle.join().expect("the thread works")).sum()
    })
}

/// A chain of multiplications in registers.
fn multiply(steps: u64) {
    let mut value = black_box(1_u64);
    for step in 0..steps {
        value = value.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(step);
    }
    black_box(value);
}
