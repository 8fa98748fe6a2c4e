//! What every contender is: something that finds the rules that match a request.
//!
//! In: the rules as plain data, and requests as columns. Out: a [`Contender`], by
//! the name that benchmarks have for it.

use crate::{engines, formats};
use rulestone_bench::Outcome;
use rulestone_bench::contenders::Given;
use rulestone_bench::model::Model;
use rulestone_bench::race::{Spent, spent};
use rulestone_bench::walk::Table;
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

/// How to make a contender.
type Make = fn(&Model, &[Table]) -> Made;

/// All of them, by the names in `rulestone_bench::contenders`.
const MAKERS: [(&str, Make); 7] = [
    ("a-tree", engines::atree::make),
    ("datalogic", engines::datalogic::make),
    ("rhai", engines::rhai::make),
    ("zen", engines::zen::make),
    ("cel", engines::cel::make),
    ("protobuf", formats::protobuf),
    ("flatbuffers", formats::flatbuffers),
];

/// Makes the contender of a name.
///
/// # Errors
/// There is none, or it can't take these rules.
pub fn make(name: &str, given: &Given) -> Made {
    let maker = MAKERS.iter().find(|maker| maker.0 == name);
    let (_, make) = maker.ok_or_else(|| format!("there is no contender `{name}`"))?;
    make(&given.model, &given.tables)
}

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
