//! Bound facts: their ranks, and one row of the slots that they leave possible, so that an
//! item costs only its own dimensions.

use super::candidates::BoundRow;
use super::dimensions::Dimensions;
use super::find::{Sparse, Workspace, find_among, gather_one};
use crate::decide::ranks::SubjectPlan;
use crate::decide::request::Request;
use crate::decide::residual::{self, Evaluator};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::index::{BLOCK_WORDS, row_words, summary_words};

/// What is kept of bound facts besides their ranks.
#[derive(Debug, Default)]
pub(crate) struct BoundFacts {
    /// The dimensions that items still decide.
    dimensions: Dimensions,
    /// The AND of the rows of all others.
    row: Vec<u64>,
    /// A bit for each block of it that isn't empty.
    summary: Vec<u64>,
}

impl BoundFacts {
    /// Bytes that they need of an archive.
    pub(crate) fn bytes(archive: &ArchivedRuleset) -> usize {
        if archive.index.is_empty() {
            return 0;
        }
        let slots = archive.slots.len();
        Dimensions::bytes(archive.index.dimensions.len())
            + size_of::<u64>() * (row_words(slots) + summary_words(slots))
    }

    /// Forgets what was bound. Has room for all dimensions then, by whichever strategy
    /// requests go: a session needs as much on every processor.
    pub(crate) fn clear(&mut self, sparse: &Sparse) {
        self.dimensions.make_room(&sparse.dimensions);
        self.row.clear();
        self.summary.clear();
    }

    /// Keeps what follows from the facts of a frame. Comes after [`BoundFacts::clear`].
    ///
    /// # Cost
    /// That of finding the candidates of a request, and two passes over a row.
    pub(crate) fn bind(
        &mut self,
        sparse: &Sparse,
        request: Request<'_>,
        workspace: &mut residual::Workspace,
        own: &mut Workspace,
    ) {
        let rows = &mut own.rows;
        rows.clear();
        let is_bound =
            |subject: &SubjectPlan| subject.fact().is_some_and(|fact| request.frame.has(fact));
        let mut evaluator = Evaluator::new(&request, workspace, ());
        evaluator.rank_facts();
        for (dimension, subject) in sparse.dimensions.all() {
            if is_bound(&subject) {
                gather_one(&dimension, &subject, &mut evaluator, rows);
            } else {
                self.dimensions.add(dimension, &subject);
            }
        }
        workspace.ranks.bind();
        let archive = request.program.archive;
        let slots = archive.slots.len();
        rows.intersect(request.simd(), &archive.index, slots, BoundRow::default());
        self.row.resize(row_words(slots), 0);
        self.summary.resize(summary_words(slots), 0);
        for (word, bits) in rows.candidates().words() {
            let block = *word as usize / BLOCK_WORDS;
            // Of blocks beyond the last there is nothing.
            if let (Some(room), Some(summary)) =
                (self.row.get_mut(*word as usize), self.summary.get_mut(block / 64))
            {
                *room = *bits;
                *summary |= 1 << (block % 64);
            }
        }
    }
}

/// Finds the rules that match bound facts and an item.
#[inline(never)]
pub(crate) fn find_bound(
    sparse: &Sparse,
    bound: &BoundFacts,
    request: Request<'_>,
    workspace: &mut residual::Workspace,
    own: &mut Workspace,
) {
    let row = BoundRow { row: &bound.row, summary: &bound.summary };
    let mut evaluator = Evaluator::new(&request, workspace, ());
    find_among(sparse, &bound.dimensions, row, &mut evaluator, own);
}
