//! Times and counts of decisions.
//!
//! In: a ruleset and checked frames. Out: how long deciding takes, and finding
//! the matching rules only, as [`Times`]; and how often decisions allocate.

use rulestone::{Frame, Ruleset, Session};
use rulestone_allocations as allocations;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Calls whose time is kept one by one, at most.
const MOST_SAMPLES: usize = 4 << 20;

/// Calls at least, between two looks at the clock: a look costs as much as a
/// small decision.
const LEAST_CALLS: usize = 64;

#[derive(Debug)]
pub(super) struct Measured {
    pub(super) deciding: Times,
    pub(super) matching: Times,
    /// Allocations of one pass over all requests.
    pub(super) allocations: u64,
}

impl Measured {
    /// Measures for about so long. The frames are there as bytes, whose check is a
    /// part of deciding, and checked.
    pub(super) fn new(
        ruleset: &Ruleset,
        frames: &[Vec<u8>],
        checked: &[Frame<'_>],
        use_index: bool,
        time: Duration,
    ) -> Measured {
        let mut session = ruleset.session();
        session.use_index(use_index);
        // Warms up: memory of the session, caches, the clock of the processor.
        let start = Instant::now();
        loop {
            frames.iter().for_each(|frame| decide(&mut session, frame));
            if start.elapsed() >= time / 10 {
                break;
            }
        }
        let before = allocations::count();
        frames.iter().for_each(|frame| decide(&mut session, frame));
        let allocations = allocations::count() - before;
        let deciding = Times::new(frames, time / 2, |frame| decide(&mut session, frame));
        let matching = Times::new(checked, time / 2, |frame| {
            let _ = black_box(session.matching_checked(black_box(*frame)));
        });
        Measured { deciding, matching, allocations }
    }
}

fn decide(session: &mut Session, frame: &[u8]) {
    // INVARIANT: the frame was made for this ruleset.
    let _ = black_box(session.decide(black_box(frame)));
}

/// How long calls take.
#[derive(Debug)]
pub(super) struct Times {
    pub(super) calls: u64,
    /// Of all these, seldom looking at the clock in between.
    time: Duration,
    /// Nanoseconds of single calls, ascending; each has the cost of looking at
    /// the clock in it.
    samples: Vec<u64>,
}

impl Times {
    /// Half of the time for all calls together, half for single ones.
    fn new<F>(frames: &[F], time: Duration, mut call: impl FnMut(&F)) -> Times {
        let start = Instant::now();
        let mut calls = 0;
        let elapsed = loop {
            for frame in frames.iter().cycle().take(frames.len().max(LEAST_CALLS)) {
                call(frame);
                calls += 1;
            }
            let elapsed = start.elapsed();
            if elapsed >= time / 2 {
                break elapsed;
            }
        };
        let start = Instant::now();
        let mut samples = Vec::new();
        for frame in frames.iter().cycle() {
            let before = Instant::now();
            call(frame);
            samples.push(u64::try_from(before.elapsed().as_nanos()).unwrap_or(u64::MAX));
            if samples.len() >= MOST_SAMPLES || start.elapsed() >= time / 2 {
                break;
            }
        }
        samples.sort_unstable();
        Times { calls, time: elapsed, samples }
    }

    pub(super) fn per_second(&self) -> f64 {
        self.calls as f64 / self.time.as_secs_f64().max(1e-9)
    }

    /// Nanoseconds of a call.
    pub(super) fn mean(&self) -> f64 {
        self.time.as_secs_f64() * 1e9 / self.calls.max(1) as f64
    }

    /// Nanoseconds that so many of a thousand calls stay within.
    pub(super) fn percentile(&self, of_thousand: usize) -> u64 {
        let samples = &self.samples;
        let index = (samples.len() * of_thousand / 1000).min(samples.len().saturating_sub(1));
        samples.get(index).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_of_a_thousand_stay_within_a_percentile() {
        let time = Duration::from_nanos(5_000);
        let mut times = Times { calls: 10, time, samples: (0..1000).collect() };
        assert_eq!([500, 990, 999, 1000].map(|of| times.percentile(of)), [500, 990, 999, 999]);
        assert_eq!(times.mean(), 500.0);
        times.samples.clear();
        assert_eq!(times.percentile(500), 0);
    }
}
