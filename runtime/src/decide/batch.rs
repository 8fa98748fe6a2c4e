//! The way of a batch: several requests go through the index together.
//!
//! What comes out is what each request alone would give.

use super::plan::Loaded;
use super::sparse::{self, Batch};
use super::workspace::Workspace;
use rulestone_format::Error;
use rulestone_format::frame::Frame;

/// Whether batches are faster this way: where the rows don't fit into the cache.
pub(crate) fn goes_by_batches(loaded: Loaded<'_>, workspace: &Workspace) -> bool {
    let archive = loaded.archive;
    let bytes = archive.index.rows.len().saturating_mul(8);
    sparse::may_batch(archive)
        && bytes >= workspace.batch_threshold
        && loaded.is_enabled()
        && workspace.use_index
}

/// Finds the rules that are selected for some requests, at most [`Batch::MOST`], and calls
/// `give` for one after the other while the workspace has them.
///
/// Only where batches go this way ([`goes_by_batches`]).
pub(crate) fn find_batch<'f>(
    loaded: Loaded<'_>,
    frames: impl Iterator<Item = Frame<'f>> + Clone,
    workspace: &mut Workspace,
    batch: &mut Batch,
    mut give: impl FnMut(Frame<'f>, Result<&mut Workspace, Error>),
) {
    let Loaded { archive, plan, .. } = loaded;
    batch.clear(archive, &plan.ranks);
    for frame in frames.clone() {
        workspace.clear();
        batch.add(&plan.sparse, loaded.request(&frame), &mut workspace.evaluation);
    }
    batch.intersect(archive, plan.ranks.simd);
    for (number, frame) in frames.enumerate() {
        workspace.clear_but_ranks();
        let Workspace { evaluation, sparse, .. } = workspace;
        batch.find(number, &plan.sparse, loaded.request(&frame), evaluation, sparse);
        workspace.select(loaded);
        give(frame, workspace.within_limits().map(|()| &mut *workspace));
    }
}
