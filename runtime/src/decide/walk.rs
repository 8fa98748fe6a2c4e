//! The strategy without an index: alternatives are evaluated one after the other.
//!
//! Rulesets of which the compiler made no index take this way, and sessions that are told
//! to use none. It says what all other strategies must find.

use super::ranks::SubjectPlan;
use super::request::Request;
use super::residual::{Evaluator, Observer, Workspace};

/// Finds the rules that match a request, or an item: the ranks of bound facts are known.
#[inline(never)]
pub(crate) fn find<O: Observer>(request: Request<'_>, workspace: &mut Workspace, observer: O) {
    let mut evaluator = Evaluator::new(&request, workspace, observer);
    let archive = evaluator.archive();
    // Their work counts for every request: as where the index is used.
    for dimension in archive.index.dimensions.iter() {
        let subject = dimension.subject.to_native();
        if let Some(SubjectPlan::Variable { .. }) = request.ranks.subject(subject) {
            evaluator.rank(subject);
        }
    }
    for slot in archive.slots.iter() {
        evaluator.observer.candidate(slot, slot.count.to_native());
        // What rows would decide comes first: it needs no variable but those that have rows.
        let predicates = archive.slot_predicates(slot);
        let residual = usize::from(slot.residual.to_native());
        let (residual, decided) = predicates.split_at_checked(residual).unwrap_or_default();
        if decided.iter().chain(residual).all(|word| evaluator.holds(word.to_native())) {
            evaluator.accept(slot.rule.to_native(), slot.condition.to_native());
        }
    }
    evaluator.run_conditions();
}

/// Ranks the facts of a frame, which are to be bound.
pub(crate) fn bind(request: Request<'_>, workspace: &mut Workspace) {
    Evaluator::new(&request, workspace, ()).rank_facts();
    workspace.ranks.bind();
}
