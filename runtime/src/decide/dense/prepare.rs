//! The index of a small ruleset as its requests go through it: made when it is loaded.
//!
//! In: the index of an archive. Out: its rows in the order of ranks, at addresses of whole
//! cache lines, and a search for the cut points at which rows change.

use super::cuts::TwoLevels;
use super::residual::KeyResiduals;
use crate::decide::key::signed;
use crate::decide::ranks::{DirectCell, KeyCell, RankPlan, SubjectPlan};
use crate::decide::simd::bitmap::{Block, blocks_of, to_native};
use crate::decide::simd::node::Node;
use rkyv::rend::unaligned::u64_ule;
use rulestone_format::archive::{ArchivedDimension, ArchivedRuleset};
use rulestone_format::index::BLOCK;

/// So many blocks stay in registers while all rows go through them.
pub(super) const MOST_BLOCKS: usize = 4;

/// Whether so many slots fit these blocks.
pub(crate) fn fits(slots: usize) -> bool {
    slots.div_ceil(BLOCK) <= MOST_BLOCKS
}

/// The index of a small ruleset.
#[derive(Debug)]
pub(crate) struct Dense {
    /// How many blocks a row has.
    pub(super) blocks: usize,
    pub(super) rows: Vec<AlignedBlock>,
    pub(super) direct: Vec<(Dimension, DirectCell)>,
    pub(super) cuts: Vec<(Dimension, KeyCell, TwoLevels)>,
    /// Of all cut points.
    pub(super) nodes: Vec<Node>,
    /// Of text, lists and variables.
    pub(super) others: Vec<(Dimension, SubjectPlan)>,
    /// Whether any number may be absent of a sender that knows all facts.
    pub(super) any_optional: bool,
    pub(crate) residuals: KeyResiduals,
}

/// A dimension of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dimension {
    /// The number of its subject.
    pub(super) subject: u16,
    /// Where its rows begin.
    pub(super) first_row: u32,
}

/// A block that never lies across two cache lines.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct AlignedBlock(pub(super) Block);

impl Dense {
    /// `None` where a ruleset has no index or too many slots, and where its dimensions are
    /// unlike those that a compiler makes.
    ///
    /// # Cost
    /// Linear in the cells and the rows of the index, which are few.
    pub(crate) fn prepare(archive: &ArchivedRuleset, ranks: &RankPlan) -> Option<Dense> {
        let slots = archive.slots.len();
        if !fits(slots) || archive.index.is_empty() {
            return None;
        }
        let blocks = slots.div_ceil(BLOCK);
        let room = Room::of(archive, ranks)?;
        // Its rows would take much more memory than in the archive, which has each once.
        if room.rows * blocks > 2 * blocks_of(&archive.index.rows).len() + 256 * blocks {
            return None;
        }
        let mut dense = Dense {
            blocks,
            rows: Vec::with_capacity(room.rows * blocks),
            direct: Vec::with_capacity(room.direct),
            cuts: Vec::with_capacity(room.cuts),
            nodes: Vec::with_capacity(room.nodes),
            others: Vec::with_capacity(room.others),
            any_optional: false,
            residuals: KeyResiduals::default(),
        };
        for dimension in archive.index.dimensions.iter() {
            dense.add(archive, ranks, dimension)?;
        }
        let cuts: Vec<u16> = dense.cuts.iter().map(|(of, ..)| of.subject).collect();
        dense.residuals = KeyResiduals::new(archive, ranks, &cuts)?;
        (!dense.rows.is_empty()).then_some(dense)
    }

    /// Adds a dimension. `None` where it has more cells than there is room for.
    fn add(
        &mut self,
        archive: &ArchivedRuleset,
        ranks: &RankPlan,
        dimension: &ArchivedDimension,
    ) -> Option<()> {
        let rows = blocks_of(&archive.index.rows);
        let subject = dimension.subject.to_native();
        let mut cells: Vec<u32> =
            dimension.cells.of(&archive.index.cells).iter().map(|row| row.to_native()).collect();
        // INVARIANT: an archive is below 4 GiB and so has fewer than 2^32 cells.
        let first_row = (self.rows.len() / self.blocks) as u32;
        let dimension = Dimension { subject, first_row };
        match ranks.subject(subject)? {
            SubjectPlan::Direct(cell) => {
                self.any_optional |= !cell.place.is_required;
                self.direct.push((dimension, *cell));
            }
            SubjectPlan::Cuts(cell) => {
                let cuts = archive.subjects.get(usize::from(subject))?.cuts.of(&archive.cuts);
                let (kept, cuts) = without_repeated(&cells, cuts);
                cells = kept;
                self.any_optional |= !cell.number.place.is_required;
                let levels = TwoLevels::of(&cuts, &mut self.nodes)?;
                self.cuts.push((dimension, cell.number, levels));
            }
            other => self.others.push((dimension, *other)),
        }
        for row in cells {
            let start = row as usize * self.blocks;
            let row = rows.get(start..start + self.blocks)?;
            self.rows.extend(row.iter().map(|block| AlignedBlock(to_native(block))));
        }
        Some(())
    }
}

/// What dimensions need room for.
#[derive(Debug, Default)]
struct Room {
    direct: usize,
    cuts: usize,
    others: usize,
    rows: usize,
    nodes: usize,
}

impl Room {
    /// `None` where there are too many cut points.
    fn of(archive: &ArchivedRuleset, ranks: &RankPlan) -> Option<Room> {
        let mut room = Room::default();
        for dimension in archive.index.dimensions.iter() {
            let cells = dimension.cells.of(&archive.index.cells);
            let rows = match ranks.subject(dimension.subject.to_native())? {
                SubjectPlan::Cuts(_) => {
                    let neighbours = cells.windows(2).skip(1);
                    let changes = neighbours.filter(|pair| pair[0] != pair[1]).count();
                    room.cuts += 1;
                    room.nodes += TwoLevels::nodes(changes)?;
                    cells.len().min(2) + changes
                }
                SubjectPlan::Direct(_) => {
                    room.direct += 1;
                    cells.len()
                }
                _ => {
                    room.others += 1;
                    cells.len()
                }
            };
            room.rows += rows;
        }
        Some(room)
    }
}

/// The rows of cells, with that of each run of ranks once, and the cut points where it
/// changes. What is absent stands alone.
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
