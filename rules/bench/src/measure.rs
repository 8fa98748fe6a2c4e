//! The clock.
//!
//! In: something to do for each of a number of requests. Out: nanoseconds for
//! one, the median of several rounds. It stands on its own, since the contender
//! that is plain Rust is a program apart and takes this very file with it.

use std::time::{Duration, Instant};

/// Rounds at most, and at least.
const MOST_ROUNDS: usize = 15;
const LEAST_ROUNDS: usize = 3;

/// A round takes this long, or one pass over the requests if that is longer.
const ROUND: Duration = Duration::from_millis(100);

/// After this much time there are no more rounds than the least number.
const BUDGET: Duration = Duration::from_secs(3);

/// Nanoseconds that `work` takes for one request: the median of the rounds.
///
/// Each round passes over all requests, several times if that is short; a pass
/// before the rounds warms up caches and buffers, and says how many times.
pub fn median(requests: usize, mut work: impl FnMut(usize)) -> f64 {
    let mut pass = || (0..requests).for_each(&mut work);
    pass();
    let start = Instant::now();
    pass();
    let one = start.elapsed().max(Duration::from_nanos(1));
    let passes = (ROUND.as_nanos() / one.as_nanos()).max(1);
    let mut rounds = Vec::with_capacity(MOST_ROUNDS);
    let start = Instant::now();
    while rounds.len() < LEAST_ROUNDS || (rounds.len() < MOST_ROUNDS && start.elapsed() < BUDGET) {
        let round = Instant::now();
        for _ in 0..passes {
            pass();
        }
        let decisions = passes as f64 * requests.max(1) as f64;
        rounds.push(round.elapsed().as_nanos() as f64 / decisions);
    }
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}
