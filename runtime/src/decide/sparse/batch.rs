//! Several requests at once, of a ruleset whose rows don't fit into the cache.
//!
//! One request after the other would read its rows from memory each time. Here the rows of
//! some requests are gathered first; then they are ANDed strip by strip for all of these
//! requests, while the strip is in the cache; then the candidates of each are evaluated.

use super::candidates::BoundRow;
use super::find::{Sparse, Workspace, evaluate, gather};
use super::rows::Rows;
use crate::decide::ranks::{RankPlan, Ranks, SubjectPlan, VariableRanking};
use crate::decide::request::Request;
use crate::decide::residual::{self, Evaluator};
use crate::decide::simd::Simd;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::index::BLOCK;

/// How many blocks, of 64 bytes, of a row are ANDed for one request before the next has its
/// turn. Divides 64.
const STRIP: usize = 16;

/// Whether batches may go this way. A ruleset of one block gains nothing.
pub(crate) fn may_batch(archive: &ArchivedRuleset) -> bool {
    archive.slots.len() > BLOCK && !archive.index.is_empty()
}

/// The memory of a session for batches; none before the first.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    requests: Vec<Pending>,
    count: usize,
}

/// What is known of one of the requests until it is decided about.
#[derive(Debug)]
struct Pending {
    ranks: Ranks,
    rows: Rows,
}

impl Batch {
    /// How many requests go together.
    pub(crate) const MOST: usize = 16;

    /// Bytes that an archive needs.
    pub(crate) fn bytes(archive: &ArchivedRuleset) -> usize {
        let each = size_of::<Pending>() + Ranks::bytes(archive) + Rows::bytes(archive);
        if may_batch(archive) { Batch::MOST * each } else { 0 }
    }

    /// Begins with no requests. Has room for as many as go together then.
    pub(crate) fn clear(&mut self, archive: &ArchivedRuleset, plan: &RankPlan) {
        self.count = 0;
        let new = || Pending { ranks: Ranks::new(plan), rows: Rows::new(archive) };
        self.requests.resize_with(Batch::MOST, new);
    }

    /// Adds a request: gathers its rows, and finds the blocks that may have candidates.
    pub(crate) fn add(
        &mut self,
        sparse: &Sparse,
        request: Request<'_>,
        workspace: &mut residual::Workspace,
    ) {
        let Some(pending) = self.requests.get_mut(self.count) else { return };
        self.count += 1;
        std::mem::swap(&mut pending.ranks, &mut workspace.ranks);
        workspace.ranks.clear();
        let mut evaluator = Evaluator::new(&request, workspace, ());
        gather(&sparse.dimensions, &mut evaluator, &mut pending.rows);
        let archive = evaluator.archive();
        pending.rows.find_live(&archive.index, archive.slots.len(), BoundRow::default());
        std::mem::swap(&mut pending.ranks, &mut workspace.ranks);
    }

    /// ANDs the rows of all requests.
    pub(crate) fn intersect(&mut self, archive: &ArchivedRuleset, simd: Simd) {
        let requests = self.requests.get_mut(..self.count).unwrap_or_default();
        let words = requests.first().map_or(0, |pending| pending.rows.live_words());
        for word in 0..words {
            for first in (0..64).step_by(STRIP) {
                let strip = (u64::MAX >> (64 - STRIP)) << first;
                for Pending { rows, .. } in requests.iter_mut() {
                    let index = &archive.index;
                    rows.intersect_some(simd, index, BoundRow::default(), word, strip);
                }
            }
        }
    }

    /// Finds the rules that match one of the requests, by its number.
    pub(crate) fn find(
        &mut self,
        number: usize,
        sparse: &Sparse,
        request: Request<'_>,
        workspace: &mut residual::Workspace,
        own: &mut Workspace,
    ) {
        let Some(pending) = self.requests.get_mut(number) else { return };
        std::mem::swap(&mut pending.ranks, &mut workspace.ranks);
        let mut evaluator = Evaluator::new(&request, workspace, ());
        // The values of variables were forgotten for the next request. They may be wanted,
        // and their work counts: here as where the request is alone.
        for (_, subject) in &sparse.dimensions.others {
            if let SubjectPlan::Variable { number, ranking } = subject {
                let value = evaluator.variable(*number);
                if let (Ok(value), VariableRanking::Dictionary(_)) = (value, ranking) {
                    // As where its rank was found.
                    let length = value.reference().length();
                    let _ = evaluator.machine.scratch.spend_text(length);
                }
            }
        }
        evaluate(sparse, pending.rows.candidates(), &mut evaluator, &mut own.batch);
        std::mem::swap(&mut pending.ranks, &mut workspace.ranks);
    }
}
