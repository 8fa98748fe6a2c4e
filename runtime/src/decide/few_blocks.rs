//! Rulesets whose slots fit few blocks: the index as their requests go through it.
//!
//! In comes a request; out come blocks with a bit for each slot that may match. To
//! find the row of each dimension is nearly all there is to do, so the rows of a
//! dimension stand one behind the other in the order of its ranks, and of neighbouring
//! ranks that share a row only one is kept: the search among cuts ends at rows.

mod cuts;
mod left;
mod looks;

use super::blocks::{Block, blocks_of, to_native};
use super::cells::{DirectCell, KeyCell};
use super::cuts::{Node, signed};
use super::dimensions::{Counts, DimensionPlan};
use super::subjects::{SubjectPlan, SubjectPlans};
use cuts::TwoLevels;
use looks::Looks;
use rkyv::rend::unaligned::u64_ule;
use rulestone_format::archive::{ArchivedDimension, ArchivedRuleset};
use rulestone_format::index::BLOCK;

pub(super) use left::{Left, few_blocks};

/// So many blocks stay in registers while all rows go through them.
const MOST_BLOCKS: usize = 4;

/// Whether so many slots fit few blocks.
pub(super) fn are_few(slots: usize) -> bool {
    slots.div_ceil(BLOCK) <= MOST_BLOCKS
}

/// The index of few blocks as requests use it. Empty where a ruleset has more of them, and
/// where its dimensions are unlike those that a compiler makes.
#[derive(Debug, Default)]
pub(crate) struct FewBlocks {
    /// How many they are.
    blocks: usize,
    rows: Vec<AlignedBlock>,
    /// The dimensions, each with where its rows begin.
    direct: Vec<(DimensionPlan, DirectCell)>,
    cuts: Vec<(DimensionPlan, KeyCell, TwoLevels)>,
    /// Of all cuts.
    nodes: Vec<Node>,
    /// Of text, lists and variables.
    others: Vec<(DimensionPlan, SubjectPlan)>,
    /// Whether any number may be absent of a sender that knows all facts.
    any_optional: bool,
    looks: Looks,
}

/// A block that never lies across two cache lines.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct AlignedBlock(Block);

impl FewBlocks {
    /// # Cost
    /// Linear in the cells and the rows of the index, which are few.
    pub(crate) fn new(archive: &ArchivedRuleset, subjects: &SubjectPlans) -> FewBlocks {
        let slots = archive.slots.len();
        if !are_few(slots) || archive.index.is_empty() {
            return FewBlocks::default();
        }
        let blocks = slots.div_ceil(BLOCK);
        let Some(room) = Room::of(archive, subjects) else { return FewBlocks::default() };
        // Its rows would take much more memory than in the archive, which has each once.
        if room.rows * blocks > 2 * blocks_of(&archive.index.rows).len() + 256 * blocks {
            return FewBlocks::default();
        }
        let counts = Counts::of(archive, subjects);
        let mut few = FewBlocks {
            blocks,
            rows: Vec::with_capacity(room.rows * blocks),
            direct: Vec::with_capacity(counts.direct),
            cuts: Vec::with_capacity(counts.cuts),
            nodes: Vec::with_capacity(room.nodes),
            others: Vec::with_capacity(counts.others),
            ..FewBlocks::default()
        };
        let mut dimensions = archive.index.dimensions.iter();
        if !dimensions.all(|dimension| few.add(archive, subjects, dimension).is_some()) {
            return FewBlocks::default();
        }
        let cuts: Vec<u16> = few.cuts.iter().map(|(of, ..)| of.subject).collect();
        match Looks::new(archive, subjects, &cuts) {
            Some(looks) => FewBlocks { looks, ..few },
            None => FewBlocks::default(),
        }
    }

    /// Adds a dimension. `None` where it has more cells than there is room for.
    fn add(
        &mut self,
        archive: &ArchivedRuleset,
        subjects: &SubjectPlans,
        dimension: &ArchivedDimension,
    ) -> Option<()> {
        let rows = blocks_of(&archive.index.rows);
        let subject = dimension.subject.to_native();
        let mut cells: Vec<u32> =
            dimension.cells.of(&archive.index.cells).iter().map(|row| row.to_native()).collect();
        // INVARIANT: an archive is below 4 GiB and so has fewer than 2^32 cells.
        let first = (self.rows.len() / self.blocks) as u32;
        let plan = DimensionPlan { subject, cells: first };
        match subjects.all.get(usize::from(subject))? {
            SubjectPlan::Direct(cell) => {
                self.any_optional |= !cell.place.is_required;
                self.direct.push((plan, *cell));
            }
            SubjectPlan::Cuts(cell) => {
                let cuts = archive.subjects.get(usize::from(subject))?.cuts.of(&archive.cuts);
                let (kept, cuts) = without_repeated(&cells, cuts);
                cells = kept;
                self.any_optional |= !cell.number.place.is_required;
                self.cuts.push((plan, cell.number, TwoLevels::of(&cuts, &mut self.nodes)?));
            }
            other => self.others.push((plan, *other)),
        }
        for row in cells {
            let start = row as usize * self.blocks;
            let row = rows.get(start..start + self.blocks)?;
            self.rows.extend(row.iter().map(|block| AlignedBlock(to_native(block))));
        }
        Some(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The dimensions of text, lists and variables.
    pub(super) fn others(&self) -> &[(DimensionPlan, SubjectPlan)] {
        &self.others
    }

    pub(super) fn looks(&self) -> &Looks {
        &self.looks
    }
}

/// What dimensions need room for.
#[derive(Debug, Default)]
struct Room {
    rows: usize,
    nodes: usize,
}

impl Room {
    /// `None` where there are too many cuts.
    fn of(archive: &ArchivedRuleset, subjects: &SubjectPlans) -> Option<Room> {
        let mut room = Room::default();
        for dimension in archive.index.dimensions.iter() {
            let cells = dimension.cells.of(&archive.index.cells);
            let subject = subjects.all.get(usize::from(dimension.subject.to_native()))?;
            if let SubjectPlan::Cuts(_) = subject {
                let changes = cells.windows(2).skip(1).filter(|pair| pair[0] != pair[1]).count();
                room.rows += cells.len().min(2) + changes;
                room.nodes += TwoLevels::nodes(changes)?;
            } else {
                room.rows += cells.len();
            }
        }
        Some(room)
    }
}

/// The rows of cells, with that of each run of ranks once, and the cuts where it changes.
/// What is absent stands alone.
fn without_repeated(cells: &[u32], cuts: &[u64_ule]) -> (Vec<u32>, Vec<i64>) {
    let mut kept: Vec<u32> = cells.iter().take(2).copied().collect();
    let mut changes = Vec::new();
    for (pair, cut) in cells.windows(2).skip(1).zip(cuts) {
        if pair[0] != pair[1] {
            kept.push(pair[1]);
            changes.push(signed(cut.to_native()));
        }
    }
    (kept, changes)
}
