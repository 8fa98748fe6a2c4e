//! The ways in: an expression of a ruleset about a request, or one that is the same
//! for all requests.

use super::expression::{Walk, World};
use super::facts::Facts;
use super::limits;
use crate::check::checked::{Fence, Ruleset};
use crate::check::regex::Regex;
use crate::check::tree::Expr;
use crate::check::value::Value;
use crate::check::zone::Zone;
use rulestone_format::meaning::Outcome;

/// Evaluates expressions of one ruleset about one request.
///
/// Each variable is worked out at most once, when the first expression reads it
/// or a later one.
#[derive(Debug)]
pub struct Evaluator<'a> {
    pub(super) walk: Walk<'a>,
}

impl<'a> Evaluator<'a> {
    /// An evaluator that has worked out nothing yet.
    pub fn new(ruleset: &'a Ruleset, facts: &'a Facts) -> Self {
        let world = World {
            facts: Some(&facts.values),
            declared: &ruleset.facts,
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
    ///
    /// [`Fault::TooLong`]: rulestone_format::meaning::Fault::TooLong
    /// [`Fault::Unreachable`]: rulestone_format::meaning::Fault::Unreachable
    pub fn evaluate(&mut self, expr: &Expr) -> Outcome<Value> {
        self.walk.evaluate(expr)
    }
}

/// The value of an expression that is the same for all requests.
///
/// # Errors
/// As [`Evaluator::evaluate`], with [`limits::CONSTANT_STEPS`]. Facts, variables
/// and locals that nothing in `expr` binds are [`Fault::Unreachable`].
///
/// [`Fault::Unreachable`]: rulestone_format::meaning::Fault::Unreachable
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
    let world = World { facts: None, declared: &[], variables: &[], fences, zones, regexes };
    let mut walk = Walk::new(world, steps);
    let value = walk.evaluate(expr);
    (value, steps - walk.steps_left())
}
