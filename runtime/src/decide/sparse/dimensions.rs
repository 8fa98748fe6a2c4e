//! The dimensions of the index: subjects that have rows.
//!
//! In: an archive. Out: its dimensions, each with where its subject lies in a request and
//! where its cells begin.

use crate::decide::ranks::{CutCell, DirectCell, RankPlan, SubjectPlan};
use rkyv::rend::unaligned::u32_ule;
use rulestone_format::archive::ArchivedRuleset;

/// Dimensions, by how their subjects are ranked.
#[derive(Debug, Default)]
pub(super) struct Dimensions {
    pub(super) direct: Vec<(Dimension, DirectCell)>,
    pub(super) cuts: Vec<(Dimension, CutCell)>,
    /// Of text, lists and variables.
    pub(super) others: Vec<(Dimension, SubjectPlan)>,
}

/// One dimension.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dimension {
    /// The number of its subject.
    pub(super) subject: u16,
    /// Where its cells begin among the index's.
    pub(super) cells: u32,
}

impl Dimensions {
    pub(super) fn new(archive: &ArchivedRuleset, ranks: &RankPlan) -> Dimensions {
        let counts = Counts::of(archive, ranks);
        let mut dimensions = Dimensions {
            direct: Vec::with_capacity(counts.direct),
            cuts: Vec::with_capacity(counts.cuts),
            others: Vec::with_capacity(counts.others),
        };
        for dimension in archive.index.dimensions.iter() {
            let subject = dimension.subject.to_native();
            let dimension = Dimension { subject, cells: dimension.cells.start.to_native() };
            if let Some(subject) = ranks.subject(subject) {
                dimensions.add(dimension, subject);
            }
        }
        dimensions
    }

    pub(super) fn add(&mut self, dimension: Dimension, subject: &SubjectPlan) {
        match subject {
            SubjectPlan::Direct(cell) => {
                self.direct.push((dimension, *cell));
            }
            SubjectPlan::Cuts(cell) => {
                self.cuts.push((dimension, *cell));
            }
            other => self.others.push((dimension, *other)),
        }
    }

    /// Makes room for all of these.
    pub(super) fn make_room(&mut self, all: &Dimensions) {
        self.clear();
        self.direct.reserve_exact(all.direct.len());
        self.cuts.reserve_exact(all.cuts.len());
        self.others.reserve_exact(all.others.len());
    }

    /// Bytes that so many dimensions need at most.
    pub(super) fn bytes(dimensions: usize) -> usize {
        dimensions.saturating_mul(size_of::<(Dimension, SubjectPlan)>())
    }

    pub(super) fn clear(&mut self) {
        self.direct.clear();
        self.cuts.clear();
        self.others.clear();
    }

    /// All of them, each with its subject.
    pub(super) fn all(&self) -> impl Iterator<Item = (Dimension, SubjectPlan)> {
        let direct = self.direct.iter().map(|(of, cell)| (*of, SubjectPlan::Direct(*cell)));
        let cuts = self.cuts.iter().map(|(of, cell)| (*of, SubjectPlan::Cuts(*cell)));
        direct.chain(cuts).chain(self.others.iter().copied())
    }
}

/// How many dimensions there are of each kind.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    direct: usize,
    cuts: usize,
    others: usize,
}

impl Counts {
    fn of(archive: &ArchivedRuleset, ranks: &RankPlan) -> Counts {
        let mut counts = Counts::default();
        for dimension in archive.index.dimensions.iter() {
            match ranks.subject(dimension.subject.to_native()) {
                Some(SubjectPlan::Direct(_)) => counts.direct += 1,
                Some(SubjectPlan::Cuts(_)) => counts.cuts += 1,
                Some(_) => counts.others += 1,
                None => {}
            }
        }
        counts
    }
}

impl Dimension {
    /// The row of a rank.
    #[inline(always)]
    pub(super) fn row(&self, row_numbers: &[u32_ule], cell: u32) -> usize {
        let row = row_numbers.get(self.cells as usize + cell as usize);
        row.map_or(usize::MAX, |row| row.to_native() as usize)
    }
}
