//! The strategy for up to 2,048 alternatives: rows of bits that stay in registers while all
//! dimensions go through them.
//!
//! The rows of a dimension stand one behind the other in the order of its ranks, and of
//! neighbouring ranks that share a row only one is kept: the search among cut points ends at
//! rows. No summaries tell which blocks are empty; there are four blocks at most.

mod candidates;
mod cuts;
mod prepare;
mod residual;

use super::request::Request;
use super::residual::{Evaluator, Observer, Workspace};
use candidates::{Candidates, FindCandidates};

pub(crate) use prepare::{Dense, fits};

/// Finds the rules that match a request.
#[inline(never)]
pub(crate) fn find<O: Observer>(
    dense: &Dense,
    request: Request<'_>,
    workspace: &mut Workspace,
    observer: O,
) {
    let mut evaluator = Evaluator::new(&request, workspace, observer);
    for (dimension, _) in &dense.others {
        evaluator.rank(dimension.subject);
    }
    let (plan, frame) = (request.ranks, request.frame);
    let find = FindCandidates { dense, plan, frame, ranks: evaluator.ranks };
    let mut candidates = request.simd().run(find);
    while candidates.nonzero_words != 0 {
        let word = candidates.nonzero_words.trailing_zeros();
        candidates.nonzero_words &= candidates.nonzero_words - 1;
        let Some(bits) = candidates.blocks.as_flattened().get(word as usize) else { break };
        if candidates.is_complete {
            evaluate_by_keys(dense, &candidates, word as usize * 64, *bits, &mut evaluator);
        } else {
            evaluator.evaluate_word(word, *bits);
        }
    }
    evaluator.run_conditions();
}

/// Evaluates the candidates of one word of a row, where all numbers are there.
#[inline]
fn evaluate_by_keys<O: Observer>(
    dense: &Dense,
    candidates: &Candidates,
    first: usize,
    mut bits: u64,
    evaluator: &mut Evaluator<'_, '_, O>,
) {
    let slots = &evaluator.archive().slots;
    while bits != 0 {
        let number = first + bits.trailing_zeros() as usize;
        bits &= bits - 1;
        if let Some(slot) = slots.get(number) {
            evaluator.observer.candidate(slot, slot.residual.to_native());
        }
        let Some(residual) = dense.residuals.get(number) else { continue };
        if residual.holds(&candidates.keys)
            && dense.residuals.others(residual).iter().all(|word| evaluator.holds(*word))
        {
            evaluator.accept(residual.rule, residual.condition);
        }
    }
}
