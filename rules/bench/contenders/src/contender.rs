//! What every contender is: something that finds the rules that match a request.
//!
//! Each is made of the rules as plain data, and of requests as columns.

use rulestone_bench::Outcome;
use rulestone_bench::race::{Spent, spent};
use std::hint::black_box;
use std::ops::Range;

/// An engine with rules and requests.
pub trait Contender {
    /// Finds all rules that match a request, by their numbers, in any order.
    fn matching(&mut self, request: usize, matched: &mut Vec<u32>);

    /// How many bytes its rules are, if they are bytes.
    fn bytes(&self) -> Option<usize> {
        None
    }
}

/// A contender, or why it can't take these rules.
pub type Made = Outcome<Box<dyn Contender>>;

/// The numbers of the rules that match a request, ascending.
pub fn matched(contender: &mut dyn Contender, request: usize) -> Vec<u32> {
    let mut matched = Vec::new();
    contender.matching(request, &mut matched);
    matched.sort_unstable();
    matched
}

/// Answers these requests so many times over, for the clock.
pub fn run(
    contender: &mut dyn Contender,
    requests: Range<usize>,
    passes: usize,
    matched: &mut Vec<u32>,
) -> Spent {
    spent(|| {
        for _ in 0..passes {
            for request in requests.clone() {
                contender.matching(black_box(request), matched);
                black_box(&mut *matched);
            }
        }
    })
}
