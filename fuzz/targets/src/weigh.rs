//! Whether archives cost what they are stated to cost.
//!
//! In: a file as the target `archive` takes it, whoever made it. Out: the longest that a decision
//! took, beside what a loader for strangers' archives was told it may take.

use crate::generator::random::Random;
use crate::input::archive::mended;
use crate::input::facts;
use rulestone::{Limits, Ruleset};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Requests that are tried, of which the longest counts.
const REQUESTS: u64 = 24;

/// Times that each is tried, of which the shortest counts: something else may come between.
const TURNS: usize = 5;

/// What an archive costs.
#[derive(Debug, Clone, Copy)]
pub struct Weight {
    /// Units of a decision at worst, as the verifier states them.
    pub stated: u64,
    /// Of the longest decision that was found.
    pub taken: Duration,
}

impl Weight {
    /// Of an archive that a strict loader accepts.
    pub fn of(file: &[u8]) -> Option<Weight> {
        let ruleset = Ruleset::from_vec_with(mended(file), &Limits::strict()).ok()?;
        let stated = ruleset.verified().worst_case_cost;
        let mut builder = ruleset.facts_builder();
        let (mut session, mut plain) = (ruleset.session(), ruleset.session());
        plain.use_index(false);
        let mut taken = Duration::ZERO;
        for seed in 0..REQUESTS {
            let request = facts::request(&ruleset, &mut Random::new(seed))?;
            let frame = builder.encode(&request).ok()?;
            for session in [&mut session, &mut plain] {
                let shortest = (0..TURNS).map(|_| {
                    let begun = Instant::now();
                    let _ = black_box(session.decide(frame).map(|found| found.matched().count()));
                    begun.elapsed()
                });
                taken = taken.max(shortest.min()?);
            }
        }
        Some(Weight { stated, taken })
    }

    /// Nanoseconds that a unit takes.
    pub fn nanoseconds_a_unit(&self) -> f64 {
        self.taken.as_nanos() as f64 / self.stated as f64
    }
}
