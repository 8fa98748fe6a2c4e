//! Several requests at once, of a ruleset whose rows don't fit into the cache.
//!
//! One request after the other would read its rows from memory each time. Here the
//! rows of some requests are found first; then they are put together strip by strip
//! for all of these requests, while the strip is in the cache; then each request's
//! slots are looked at. What comes out is what each alone would give.

use super::blocks::Before;
use super::candidates::Rows;
use super::subjects::Subjects;
use super::{groups, matching};
use crate::interpret::Program;
use crate::session::Workspace;
use rulestone_format::Error;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::frame::Frame;
use rulestone_format::index::BLOCK;

/// How many requests go together.
pub(crate) const LANES: usize = 16;

/// How many blocks, of 64 bytes, of a row are put together for one request before the
/// next has its turn. Divides 64.
const STRIP: usize = 16;

/// What is known of one of the requests until it is decided about.
#[derive(Debug)]
pub(crate) struct Lane {
    subjects: Subjects,
    rows: Rows,
}

impl Lane {
    pub(crate) fn new(program: Program<'_>) -> Lane {
        let Program { archive, plan, .. } = program;
        Lane { subjects: Subjects::new(&plan.subjects), rows: Rows::new(archive) }
    }

    /// Bytes that all lanes of an archive need.
    pub(crate) fn bytes_of_all(archive: &ArchivedRuleset) -> usize {
        let own = size_of::<Lane>() + Subjects::bytes(archive) + Rows::bytes(archive);
        if may_be_for(archive) { LANES * own } else { 0 }
    }

    /// Works with the ranks of this lane as those of the workspace.
    fn with(&mut self, workspace: &mut Workspace, work: impl FnOnce(&mut Workspace, &mut Rows)) {
        std::mem::swap(&mut self.subjects, &mut workspace.subjects);
        work(workspace, &mut self.rows);
        std::mem::swap(&mut self.subjects, &mut workspace.subjects);
    }
}

/// Whether this is the way for batches of a ruleset whose rows have so many bytes.
pub(crate) fn is_for(program: Program<'_>, workspace: &Workspace) -> bool {
    let index = &program.archive.index;
    let bytes = index.rows.len().saturating_mul(8);
    may_be_for(program.archive)
        && bytes >= workspace.batch_threshold
        && program.archive.identity.enabled != 0
        && matching::uses_index(program, workspace)
}

/// A ruleset of one block has no use for it.
fn may_be_for(archive: &ArchivedRuleset) -> bool {
    archive.slots.len() > BLOCK && !archive.index.is_empty()
}

/// Finds the rules that are kept for as many requests as there are lanes, or fewer,
/// and calls `give` for one after the other while the workspace has them.
///
/// Only where it is for the ruleset ([`is_for`]).
pub(crate) fn each_matched<'f>(
    program: Program<'_>,
    frames: impl Iterator<Item = Frame<'f>> + Clone,
    workspace: &mut Workspace,
    lanes: &mut [Lane],
    mut give: impl FnMut(Frame<'f>, Result<&mut Workspace, Error>),
) {
    let Program { archive, plan, .. } = program;
    let (index, slots) = (&archive.index, archive.slots.len());
    let mut count = 0;
    for (frame, lane) in frames.clone().zip(lanes.iter_mut()) {
        lane.with(workspace, |workspace, rows| {
            workspace.clear();
            matching::gather(program, frame, workspace, rows);
            rows.summarise(index, slots, Before::default());
        });
        count += 1;
    }
    let lanes = lanes.get_mut(..count).unwrap_or_default();
    let words = lanes.first().map_or(0, |lane| lane.rows.live_words());
    for word in 0..words {
        for first in (0..64).step_by(STRIP) {
            let strip = (u64::MAX >> (64 - STRIP)) << first;
            for lane in lanes.iter_mut() {
                let rows = &mut lane.rows;
                rows.put_together_some(plan.wide, index, Before::default(), word, strip);
            }
        }
    }
    for (frame, lane) in frames.zip(lanes) {
        lane.with(workspace, |workspace, rows| {
            workspace.clear_but_subjects();
            matching::find_in(program, frame, workspace, rows);
            groups::settle(program, workspace);
            give(frame, workspace.within_limits().map(|()| workspace));
        });
    }
}
