//! What is kept of facts that are bound: their ranks (in [`super::Subjects`]), and one
//! row of what they leave, so that an item costs only its own dimensions.

use super::blocks::Before;
use super::dimensions::DimensionPlans;
use super::matching;
use crate::interpret::Program;
use crate::session::Workspace;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::frame::Frame;
use rulestone_format::index::{BLOCK_WORDS, row_words, summary_words};

/// What the facts that are bound leave.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// The dimensions that items still decide.
    rest: DimensionPlans,
    /// The AND of the rows of all others.
    row: Vec<u64>,
    /// A bit for each block of it that isn't empty.
    summary: Vec<u64>,
}

impl Kept {
    pub(super) fn rest(&self) -> &DimensionPlans {
        &self.rest
    }

    pub(super) fn before(&self) -> Before<'_> {
        Before { row: &self.row, summary: &self.summary }
    }

    /// Bytes that it needs of an archive.
    pub(crate) fn bytes(archive: &ArchivedRuleset) -> usize {
        if archive.index.is_empty() {
            return 0;
        }
        let slots = archive.slots.len();
        DimensionPlans::bytes(archive.index.dimensions.len())
            + size_of::<u64>() * (row_words(slots) + summary_words(slots))
    }

    /// Keeps what follows from the facts of `frame`, which are those that are bound.
    ///
    /// # Cost
    /// That of finding the candidates of a request, and two passes over a row.
    pub(crate) fn fill(
        &mut self,
        program: Program<'_>,
        frame: Frame<'_>,
        workspace: &mut Workspace,
    ) {
        let Program { archive, plan, .. } = program;
        workspace.clear();
        self.rest.make_room(&plan.dimensions);
        matching::gather_bound(program, frame, workspace, &mut self.rest);
        workspace.subjects.keep();
        self.row.clear();
        self.summary.clear();
        if !matching::uses_index(program, workspace) || matching::has_few_slots(program, workspace)
        {
            return;
        }
        let slots = archive.slots.len();
        let rows = &mut workspace.rows;
        rows.put_together(plan.wide, &archive.index, slots, Before::default());
        self.row.resize(row_words(slots), 0);
        self.summary.resize(summary_words(slots), 0);
        for (word, bits) in rows.left.words() {
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
