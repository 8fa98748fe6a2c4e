//! The clock: several ways of doing the same, measured in turns.
//!
//! In: ways to answer one request. Out: for each the nanoseconds a request
//! ([`Figure`]) and its allocations.
//!
//! Turns are interleaved: each contender has one of some milliseconds, then the
//! next one does, and so on around. A machine that is slow for some seconds is so
//! for all of them, and ratios hold where the figures themselves don't.
//!
//! A turn is made of samples of about two milliseconds, which is less than an
//! operating system lets a thread run at a time, so that most samples aren't
//! interrupted. A contender that needs longer for all requests has its requests
//! in portions, with samples of each. The figure is made of the medians of the
//! portions: what hits fewer than half of the samples doesn't show.

use crate::Outcome;
use crate::allocations;
use std::ops::Range;
use std::time::{Duration, Instant};

/// A sample takes about this long, or one request if that is longer.
const SAMPLE: Duration = Duration::from_millis(2);

/// Samples in a turn of a contender whose requests are one portion. One more
/// comes before those of each turn and isn't counted: it warms up caches.
const SAMPLES: usize = 5;

/// How often something is tried to find out how long it takes.
const TRIES: usize = 7;

/// Turns of each contender, at most and at least.
const MOST_TURNS: usize = 201;
const LEAST_TURNS: usize = 3;

/// All requests take at most about this long: slower contenders get fewer.
const PASS: Duration = Duration::from_millis(250);

/// What was measured of one contender.
#[derive(Debug, Clone)]
pub struct Figure {
    pub name: &'static str,
    /// Nanoseconds a request: the medians of the samples.
    pub ns: f64,
    /// Nanoseconds a request by the fastest samples.
    pub fastest: f64,
    /// Allocations a request once it has warmed up; `None` for contenders with a
    /// clock of their own that don't count them.
    pub allocations: Option<f64>,
    /// How many requests it was given.
    pub requests: usize,
    /// How many samples there are of each portion of them.
    pub samples: usize,
}

/// What some requests took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    pub time: Duration,
    /// `None` where nobody counts them.
    pub allocations: Option<u64>,
}

impl From<Duration> for Spent {
    fn from(time: Duration) -> Spent {
        Spent { time, allocations: None }
    }
}

/// Contenders that are measured together.
#[derive(Default)]
pub struct Race<'a> {
    lanes: Vec<Lane<'a>>,
}

struct Lane<'a> {
    name: &'static str,
    requests: usize,
    work: Work<'a>,
    allocations: Option<f64>,
    portions: Vec<Portion>,
    /// How often a sample goes over its portion.
    passes: usize,
}

struct Portion {
    requests: Range<usize>,
    /// Nanoseconds for all of them.
    samples: Vec<f64>,
}

enum Work<'a> {
    /// Answers these requests so many times over.
    Here(Box<dyn FnMut(Range<usize>, usize) + 'a>),
    /// The same, and says what it took.
    Timed(Box<dyn FnMut(Range<usize>, usize) -> Outcome<Spent> + 'a>),
}

impl<'a> Race<'a> {
    pub fn new() -> Race<'a> {
        Race::default()
    }

    /// A contender that answers requests by number, from 0 to `requests - 1`.
    pub fn enter(
        &mut self,
        name: &'static str,
        requests: usize,
        mut answer: impl FnMut(usize) + 'a,
    ) {
        let work = move |requests: Range<usize>, passes: usize| {
            for _ in 0..passes {
                requests.clone().for_each(&mut answer);
            }
        };
        self.add(name, requests, Work::Here(Box::new(work)));
    }

    /// A contender with a clock of its own, such as one in another process: it is
    /// told which requests to answer how many times over, and says how long that
    /// took, and with how many allocations if it counts them.
    pub fn enter_timed<T: Into<Spent>>(
        &mut self,
        name: &'static str,
        requests: usize,
        mut answer: impl FnMut(Range<usize>, usize) -> Outcome<T> + 'a,
    ) {
        let work =
            move |requests: Range<usize>, passes: usize| answer(requests, passes).map(T::into);
        self.add(name, requests, Work::Timed(Box::new(work)));
    }

    fn add(&mut self, name: &'static str, requests: usize, work: Work<'a>) {
        let requests = requests.max(1);
        let (portions, passes) = (Vec::new(), 1);
        self.lanes.push(Lane { name, requests, work, allocations: None, portions, passes });
    }

    /// Measures all of them until the time is over, in at least three turns each.
    ///
    /// # Errors
    /// Those of contenders with a clock of their own.
    pub fn run(mut self, budget: Duration) -> Outcome<Vec<Figure>> {
        for lane in &mut self.lanes {
            lane.warm_up()?;
        }
        let start = Instant::now();
        for turn in 0..MOST_TURNS {
            if turn >= LEAST_TURNS && start.elapsed() >= budget {
                break;
            }
            for lane in &mut self.lanes {
                lane.turn()?;
            }
        }
        Ok(self.lanes.into_iter().map(Lane::figure).collect())
    }
}

impl Lane<'_> {
    /// Fills caches and buffers, and finds out how much makes a sample.
    fn warm_up(&mut self) -> Outcome<()> {
        let tried = self.requests.min(4);
        let one = self.fastest(0..tried)? / tried as u32;
        let fitting = PASS.as_nanos() / one.as_nanos().max(1);
        let fitting = usize::try_from(fitting).unwrap_or(usize::MAX).max(tried);
        self.requests = self.requests.min(fitting);
        let pass = self.fastest(0..self.requests)?.as_nanos().max(1);

        let count = self.work(0..self.requests, 1)?.allocations;
        self.allocations = count.map(|count| count as f64 / self.requests as f64);
        let sample = SAMPLE.as_nanos();
        self.passes = usize::try_from(sample / pass).unwrap_or(1).max(1);
        let portions = usize::try_from(pass / sample).unwrap_or(1).clamp(1, self.requests);
        self.portions = (0..portions)
            .map(|number| {
                let at = |number: usize| number * self.requests / portions;
                Portion { requests: at(number)..at(number + 1), samples: Vec::new() }
            })
            .collect();
        Ok(())
    }

    /// How long some requests take, the fastest of a few times, the first of which
    /// fills caches: an interrupted one would make portions far too small. It is
    /// by this clock also for contenders with a clock of their own: what they don't
    /// count has to be waited for, too.
    fn fastest(&mut self, requests: Range<usize>) -> Outcome<Duration> {
        let begin = Instant::now();
        let mut fastest = Duration::MAX;
        for _ in 0..TRIES {
            let start = Instant::now();
            self.work(requests.clone(), 1)?;
            fastest = fastest.min(start.elapsed());
            if begin.elapsed() > PASS {
                break;
            }
        }
        Ok(fastest)
    }

    fn turn(&mut self) -> Outcome<()> {
        let first = self.portions[0].requests.clone();
        self.work(first, self.passes)?;
        let samples = if self.portions.len() == 1 { SAMPLES } else { 1 };
        for number in 0..self.portions.len() {
            for _ in 0..samples {
                let took = self.work(self.portions[number].requests.clone(), self.passes)?;
                let ns = took.time.as_nanos() as f64 / self.passes as f64;
                self.portions[number].samples.push(ns);
            }
        }
        Ok(())
    }

    fn work(&mut self, requests: Range<usize>, passes: usize) -> Outcome<Spent> {
        match &mut self.work {
            Work::Here(work) => Ok(spent(|| work(requests, passes))),
            Work::Timed(work) => work(requests, passes),
        }
    }

    fn figure(mut self) -> Figure {
        for portion in &mut self.portions {
            portion.samples.sort_by(f64::total_cmp);
        }
        let sum = |of: fn(&[f64]) -> f64| {
            let all: f64 = self.portions.iter().map(|portion| of(&portion.samples)).sum();
            all / self.requests as f64
        };
        Figure {
            name: self.name,
            ns: sum(median),
            fastest: sum(|samples| samples.first().copied().unwrap_or(f64::NAN)),
            allocations: self.allocations,
            requests: self.requests,
            samples: self.portions.first().map_or(0, |portion| portion.samples.len()),
        }
    }
}

/// What some work of this thread takes.
pub fn spent(work: impl FnOnce()) -> Spent {
    let before = allocations::count();
    let start = Instant::now();
    work();
    let time = start.elapsed();
    Spent { time, allocations: Some(allocations::count() - before) }
}

/// The middle of figures in ascending order; of none it is NaN.
pub fn median(ascending: &[f64]) -> f64 {
    ascending.get(ascending.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Makes a clock out of something that is done once a pass: what it leaves is
/// dropped while the clock stands still.
pub fn each<T>(
    mut work: impl FnMut() -> Outcome<T>,
) -> impl FnMut(Range<usize>, usize) -> Outcome<Duration> {
    each_after(|| (), move |()| work())
}

/// As [`each`], with something to get ready while the clock stands still.
pub fn each_after<A, B>(
    mut prepare: impl FnMut() -> A,
    mut work: impl FnMut(A) -> Outcome<B>,
) -> impl FnMut(Range<usize>, usize) -> Outcome<Duration> {
    move |requests, passes| {
        let mut took = Duration::ZERO;
        for _ in 0..passes * requests.len() {
            let prepared = prepare();
            let start = Instant::now();
            let left = work(prepared)?;
            took += start.elapsed();
            drop(std::hint::black_box(left));
        }
        Ok(took)
    }
}

impl std::fmt::Debug for Race<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.lanes.iter().map(|lane| lane.name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn a_contender_that_does_more_takes_longer_and_its_allocations_are_counted() {
        let mut race = Race::new();
        let sum = |many: u64| (0..black_box(many)).fold(0_u64, |sum, n| black_box(sum ^ n));
        race.enter("little", 10, |_| {
            black_box(sum(100));
        });
        race.enter("much", 10, |_| {
            black_box(sum(100_000));
            black_box(vec![0_u8; 10]);
            black_box(vec![0_u8; 10]);
        });
        let figures = race.run(Duration::from_millis(1)).expect("both work");
        let [little, much] = figures.as_slice() else { panic!("two contenders") };
        assert!(much.ns > little.ns * 10.0, "{figures:?}");
        assert_eq!((little.allocations, much.allocations), (Some(0.0), Some(2.0)));
    }

    #[test]
    fn a_slow_contender_gets_fewer_requests_in_portions() {
        let mut race = Race::new();
        race.enter("slow", 1_000, |_| std::thread::sleep(Duration::from_millis(20)));
        let figures = race.run(Duration::ZERO).expect("it works");
        let slow = figures.first().expect("one contender");
        assert!(slow.requests < 20, "{slow:?}");
        assert_eq!(slow.samples, LEAST_TURNS);
        assert!(slow.ns >= 20e6);
    }

    #[test]
    fn a_contender_with_a_clock_of_its_own_is_believed() {
        let mut race = Race::new();
        race.enter_timed("clock", 10, |requests, passes| {
            Ok(Duration::from_micros(7) * (requests.len() * passes) as u32)
        });
        let figures = race.run(Duration::ZERO).expect("it works");
        assert_eq!(figures[0].ns, 7_000.0);
        assert_eq!((figures[0].requests, figures[0].allocations), (10, None));
    }

    #[test]
    fn a_contender_with_a_clock_of_its_own_may_count_its_allocations() {
        let mut race = Race::new();
        race.enter_timed("counts", 10, |requests, passes| {
            let answers = (requests.len() * passes) as u64;
            Ok(Spent { time: Duration::from_micros(answers), allocations: Some(answers * 3) })
        });
        let figures = race.run(Duration::ZERO).expect("it works");
        assert_eq!(figures[0].allocations, Some(3.0));
    }

    #[test]
    fn what_is_got_ready_is_not_counted() {
        let slow = || std::thread::sleep(Duration::from_millis(5));
        let took = each_after(slow, |()| Ok(()))(0..1, 2).expect("it works");
        assert!(took < Duration::from_millis(5), "{took:?}");
    }
}
