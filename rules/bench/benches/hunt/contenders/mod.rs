//! The other engines, one file each.
//!
//! In: the rules as plain data, and requests as columns. Out: a [`Contender`]
//! for each, which says how the rules were written for it, and why that is fair.
//!
//! What holds for all: rules are parsed and compiled before the clock runs;
//! facts are in the engine's own form before the clock runs; each engine finds
//! all matching rules of a request and hands over their numbers; nothing else
//! is asked of it, outputs least of all. Facts are variables of their own, not
//! members of nested objects, which spares every engine a look-up. Enums are
//! numbers and instants Unix seconds, as in the frames that Rulestone gets. Where an engine
//! has no calculations, their results are further facts: it gets for nothing what
//! the others work out.

mod atree;
mod cel;
mod datalogic;
mod rhai;
mod text;
mod walk;
mod zen;

use rulestone_bench::Outcome;
use rulestone_bench::model::Model;
use rulestone_bench::walk::Table;

/// An engine with rules and requests.
pub trait Contender {
    /// Finds all rules that match a request, by their numbers, in any order.
    fn matching(&mut self, request: usize, matched: &mut Vec<u32>);
}

/// A contender, or why it can't take these rules.
pub type Made = Outcome<Box<dyn Contender>>;

/// How to make a contender.
pub struct Maker {
    pub name: &'static str,
    pub make: fn(&Model, &[Table]) -> Made,
    /// With more rules than this it is left out, in a full and in a quick run:
    /// too slow to wait for.
    pub most_rules: usize,
    pub most_rules_quick: usize,
}

/// All of them.
pub const MAKERS: [Maker; 6] = [
    Maker { name: "walk", make: walk::make, most_rules: 100_000, most_rules_quick: 10_000 },
    Maker { name: "a-tree", make: atree::make, most_rules: 100_000, most_rules_quick: 10_000 },
    Maker {
        name: "datalogic",
        make: datalogic::make,
        most_rules: 100_000,
        most_rules_quick: 10_000,
    },
    Maker { name: "rhai", make: rhai::make, most_rules: 10_000, most_rules_quick: 1_000 },
    Maker { name: "zen", make: zen::make, most_rules: 10_000, most_rules_quick: 1_000 },
    Maker { name: "cel", make: cel::make, most_rules: 10_000, most_rules_quick: 1_000 },
];
