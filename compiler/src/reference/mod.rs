//! The reference evaluator: what a ruleset means, as a plain walk over the
//! checked tree.
//!
//! In: checked trees and the facts of a request. Out: values, faults and whole
//! decisions. It is the oracle that the bytecode interpreter is compared with,
//! it folds constants for `check`, and it answers `explain`; so it is written
//! to be read, not to be fast. The leaves (what `+` or `indexOf` is) are those of
//! [`rulestone_format::meaning`]; this folder adds what absorbs a fault, what is
//! evaluated in which order, and what lists and maps are.
//!
//! Recursion, work and the size of values are bounded ([`limits`]):
//! source text is not trusted.

mod arguments;
mod builtins;
mod decide;
mod expression;
mod facts;
mod format;
pub mod limits;
mod lists;
mod macros;
mod operators;
mod text;

#[cfg(test)]
mod tests;

pub use decide::{Decision, DecisionError, decide};
pub use facts::Facts;

use crate::check::checked::{Fence, Ruleset};
use crate::check::tree::Expr;
use crate::check::value::Value;
use crate::lower::regex::Regex;
use crate::lower::zone::Zone;
use expression::{Walk, World};
use rulestone_format::meaning::{Fault, Outcome};

/// Evaluates expressions of one ruleset about one request.
///
/// Each variable is worked out at most once, when the first expression reads it
/// or a later one.
#[derive(Debug)]
pub struct Evaluator<'a> {
    walk: Walk<'a>,
}

impl<'a> Evaluator<'a> {
    /// An evaluator that has worked out nothing yet.
    pub fn new(ruleset: &'a Ruleset, facts: &'a Facts) -> Self {
        let world = World {
            facts: Some(&facts.values),
            variables: &ruleset.variables,
            fences: &ruleset.fences,
            zones: &ruleset.zones,
            regexes: &ruleset.regexes,
        };
        Evaluator { walk: Walk::new(world, limits::STEPS) }
    }

    /// The value of an expression of the ruleset.
    ///
    /// # Errors
    /// The fault that nothing absorbed: of several the first in the order of
    /// evaluation, which is from left to right. [`Fault::TooLong`] where one of
    /// the [`limits`] is passed; [`Fault::Unreachable`] for trees that no checker
    /// makes, such as a local outside of what binds it.
    pub fn evaluate(&mut self, expr: &Expr) -> Outcome<Value> {
        self.walk.evaluate(expr)
    }
}

/// The value of an expression that is the same for all requests.
///
/// # Errors
/// As [`Evaluator::evaluate`], with [`limits::CONSTANT_STEPS`]. Facts, variables
/// and locals that nothing in `expr` binds are [`Fault::Unreachable`].
pub fn constant(
    expr: &Expr,
    regexes: &[Regex],
    zones: &[Zone],
    fences: &[Fence],
) -> Outcome<Value> {
    constant_within(expr, regexes, zones, fences, limits::CONSTANT_STEPS).0
}

/// As [`constant`], in so many steps at most; and how many it took.
pub(crate) fn constant_within(
    expr: &Expr,
    regexes: &[Regex],
    zones: &[Zone],
    fences: &[Fence],
    steps: usize,
) -> (Outcome<Value>, usize) {
    let world = World { facts: None, variables: &[], fences, zones, regexes };
    let mut walk = Walk::new(world, steps);
    let value = walk.evaluate(expr);
    (value, steps - walk.steps_left())
}

/// For what the checker rules out: a value of another type than the tree says, a
/// name that nothing binds.
const UNCHECKED: Fault = Fault::Unreachable;
