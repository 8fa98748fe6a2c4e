//! The whole way of a request: its rows are gathered and ANDed, and the candidates that they
//! leave are evaluated.

use super::candidates::{BoundRow, Candidates};
use super::dimensions::{Dimension, Dimensions};
use super::rows::Rows;
use crate::decide::ranks::{RankPlan, SubjectPlan};
use crate::decide::request::Request;
use crate::decide::residual::{self, CandidateBatch, Evaluator, Observer, PackedResiduals};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::subject::ABSENT;

/// The index of a large ruleset.
#[derive(Debug)]
pub(crate) struct Sparse {
    pub(super) dimensions: Dimensions,
    residuals: PackedResiduals,
}

impl Sparse {
    /// `packs` says whether residual predicates are packed.
    ///
    /// # Cost
    /// Linear in dimensions, and that of [`PackedResiduals::new`].
    pub(crate) fn prepare(archive: &ArchivedRuleset, ranks: &RankPlan, packs: bool) -> Sparse {
        Sparse {
            dimensions: Dimensions::new(archive, ranks),
            residuals: match packs {
                true => PackedResiduals::new(archive),
                false => PackedResiduals::default(),
            },
        }
    }
}

/// The memory of a session for this strategy.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(super) rows: Rows,
    pub(super) batch: Box<CandidateBatch>,
}

impl Workspace {
    /// With all the room that any request needs.
    pub(crate) fn new(archive: &ArchivedRuleset) -> Workspace {
        Workspace { rows: Rows::new(archive), batch: Box::default() }
    }

    /// Bytes that an archive needs.
    pub(crate) fn bytes(archive: &ArchivedRuleset) -> usize {
        Rows::bytes(archive) + size_of::<CandidateBatch>()
    }
}

/// Finds the rules that match a request.
#[inline(never)]
pub(crate) fn find<O: Observer>(
    sparse: &Sparse,
    request: Request<'_>,
    workspace: &mut residual::Workspace,
    own: &mut Workspace,
    observer: O,
) {
    let mut evaluator = Evaluator::new(&request, workspace, observer);
    find_among(sparse, &sparse.dimensions, BoundRow::default(), &mut evaluator, own);
}

/// Finds the rules that match among the slots of a row.
#[inline(always)]
pub(super) fn find_among<O: Observer>(
    sparse: &Sparse,
    dimensions: &Dimensions,
    bound: BoundRow<'_>,
    evaluator: &mut Evaluator<'_, '_, O>,
    own: &mut Workspace,
) {
    let Workspace { rows, batch } = own;
    let archive = evaluator.archive();
    gather(dimensions, evaluator, rows);
    rows.intersect(evaluator.plan.simd, &archive.index, archive.slots.len(), bound);
    evaluate(sparse, rows.candidates(), evaluator, batch);
}

/// Gathers the rows of a request. Notes its ranks.
#[inline]
pub(super) fn gather<O: Observer>(
    dimensions: &Dimensions,
    evaluator: &mut Evaluator<'_, '_, O>,
    rows: &mut Rows,
) {
    let index = &evaluator.archive().index;
    rows.clear();
    let cells = evaluator.plan.cells(evaluator.machine.frame);
    rows.add_cells(evaluator.plan.simd, index, dimensions, cells, evaluator.ranks.all_mut());
    for (dimension, subject) in &dimensions.others {
        gather_one(dimension, subject, evaluator, rows);
    }
}

/// Adds the row of one dimension.
#[inline]
pub(super) fn gather_one<O: Observer>(
    dimension: &Dimension,
    subject: &SubjectPlan,
    evaluator: &mut Evaluator<'_, '_, O>,
    rows: &mut Rows,
) {
    let index = &evaluator.archive().index;
    let rank = evaluator.rank(dimension.subject);
    match subject {
        SubjectPlan::List(list) if rank != ABSENT => {
            rows.add_list(index, dimension, evaluator.ranks.cells(list));
        }
        _ => rows.add(index, dimension, rank),
    }
}

/// Evaluates candidates, and runs conditions.
pub(super) fn evaluate<O: Observer>(
    sparse: &Sparse,
    candidates: &Candidates,
    evaluator: &mut Evaluator<'_, '_, O>,
    batch: &mut CandidateBatch,
) {
    if sparse.residuals.is_empty() {
        candidates.words().for_each(|(word, bits)| evaluator.evaluate_word(*word, *bits));
    } else {
        evaluator.evaluate_packed(&sparse.residuals, candidates.words(), batch);
    }
    evaluator.run_conditions();
}
