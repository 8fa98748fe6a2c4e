//! The strategy for up to 128 alternatives: all of them are compared with a request side by
//! side, sixteen in a register.
//!
//! What alternatives ask of numbers and enums in the first cells is compared for all of them
//! without a branch: so few are compared faster than the rows of an index are found. Their
//! other predicates are evaluated for the candidates that this leaves.

mod candidates;
mod comparison;
mod prepare;
mod scaling;

use super::request::Request;
use super::residual::{Evaluator, Observer, Workspace};
use super::simd::lanes::LANES;

pub(crate) use candidates::{Candidates, FindCandidates, NO_CANDIDATES};
pub(crate) use prepare::Scan;

/// Finds the rules that match a request. The same of bound facts and an item: nothing is
/// kept of bound facts, since there is nothing to save.
#[inline]
pub(crate) fn find<O: Observer>(
    scan: &Scan,
    request: Request<'_>,
    workspace: &mut Workspace,
    observer: O,
) {
    let mut candidates = NO_CANDIDATES;
    let find = FindCandidates::new(scan, request.frame, &mut candidates);
    // Often there is none.
    if request.simd().run(find) {
        evaluate(scan, &candidates, request, workspace, observer);
    }
}

#[inline(never)]
fn evaluate<O: Observer>(
    scan: &Scan,
    candidates: &Candidates,
    request: Request<'_>,
    workspace: &mut Workspace,
    observer: O,
) {
    let mut evaluator = Evaluator::new(&request, workspace, observer);
    let slots = &evaluator.archive().slots;
    for (first, bits) in (0..).step_by(LANES).zip(candidates) {
        let mut bits = *bits;
        while bits != 0 {
            let number = first + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            let Some(slot) = slots.get(number) else { continue };
            let residual = scan.residual(number);
            evaluator.observer.candidate(slot, residual.len() as u16);
            if residual.iter().all(|word| evaluator.holds(*word)) {
                evaluator.accept(slot.rule.to_native(), slot.condition.to_native());
            }
        }
    }
    evaluator.run_conditions();
}
