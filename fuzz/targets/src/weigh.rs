//! Whether archives cost what they are stated to cost.
//!
//! In: a file as the target `archive` takes it, whoever made it, or a source. Out: the longest that a decision
//! took, beside what a loader for strangers' archives was told it may take.

mod heavy;

use crate::generator::random::Random;
use crate::input::archive::mended;
use crate::input::{facts, full};
use crate::ruleset::compiled_with;
use rulestone::{Limits, Ruleset};
use rulestone_compiler::Options;
use std::hint::black_box;
use std::time::{Duration, Instant};

pub use heavy::{Heavy, rulesets};

/// Requests of random facts that are tried, besides those that fill their bounds. The longest counts.
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
        Weight::of_ruleset(&Ruleset::from_vec_with(mended(file), &Limits::strict()).ok()?)
    }

    /// Of a source of one file.
    ///
    /// # Errors
    /// What the compiler has to say; or why a strict loader refuses the archive.
    pub fn of_source(source: &str) -> Result<Weight, String> {
        let archive = compiled_with(source, Options::default())?;
        let loaded = Ruleset::from_vec_with(archive, &Limits::strict());
        let ruleset = loaded.map_err(|error| error.to_string())?;
        Weight::of_ruleset(&ruleset).ok_or_else(|| "the schema is out of order".to_owned())
    }

    fn of_ruleset(ruleset: &Ruleset) -> Option<Weight> {
        let stated = ruleset.verified().worst_case_cost;
        let mut builder = ruleset.facts_builder();
        let (mut session, mut plain) = (ruleset.session(), ruleset.session());
        plain.use_index(false);
        let mut taken = Duration::ZERO;
        let random = (0..REQUESTS).map(|seed| facts::request(ruleset, &mut Random::new(seed)));
        for request in (0..full::KINDS).map(|kind| full::request(ruleset, kind)).chain(random) {
            // Facts that fill their bounds may be too large together for a frame.
            let Ok(frame) = builder.encode(&request?) else { continue };
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
