//! The dimensions of the index as requests use them.
//!
//! In comes an archive; out come its dimensions, each with where its subject comes
//! from and where its cells begin.

use super::cells::{CutCell, DirectCell};
use super::subjects::{SubjectPlan, SubjectPlans};
use rkyv::rend::unaligned::u32_ule;
use rulestone_format::archive::ArchivedRuleset;

/// The dimensions as requests use them, by what is to be done for a rank.
#[derive(Debug, Default)]
pub(crate) struct DimensionPlans {
    pub(super) direct: Vec<(DimensionPlan, DirectCell)>,
    pub(super) cuts: Vec<(DimensionPlan, CutCell)>,
    /// Of text, lists and variables.
    pub(super) others: Vec<(DimensionPlan, SubjectPlan)>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct DimensionPlan {
    /// The number of its subject.
    pub(super) subject: u16,
    /// Where its cells begin among the index's.
    pub(super) cells: u32,
}

impl DimensionPlans {
    pub(crate) fn new(archive: &ArchivedRuleset, subjects: &SubjectPlans) -> DimensionPlans {
        let counts = Counts::of(archive, subjects);
        let mut plans = DimensionPlans {
            direct: Vec::with_capacity(counts.direct),
            cuts: Vec::with_capacity(counts.cuts),
            others: Vec::with_capacity(counts.others),
        };
        for dimension in archive.index.dimensions.iter() {
            let subject = dimension.subject.to_native();
            let plan = DimensionPlan { subject, cells: dimension.cells.start.to_native() };
            if let Some(subject) = subjects.all.get(usize::from(subject)) {
                plans.add(plan, subject);
            }
        }
        plans
    }

    pub(super) fn add(&mut self, dimension: DimensionPlan, subject: &SubjectPlan) {
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
    pub(super) fn make_room(&mut self, all: &DimensionPlans) {
        self.clear();
        self.direct.reserve_exact(all.direct.len());
        self.cuts.reserve_exact(all.cuts.len());
        self.others.reserve_exact(all.others.len());
    }

    /// Bytes that the plans of so many dimensions need at most.
    pub(super) fn bytes(dimensions: usize) -> usize {
        dimensions.saturating_mul(size_of::<(DimensionPlan, SubjectPlan)>())
    }

    pub(super) fn clear(&mut self) {
        self.direct.clear();
        self.cuts.clear();
        self.others.clear();
    }

    /// All of them, each with its subject.
    pub(super) fn all(&self) -> impl Iterator<Item = (DimensionPlan, SubjectPlan)> {
        let direct = self.direct.iter().map(|(plan, cell)| (*plan, SubjectPlan::Direct(*cell)));
        let cuts = self.cuts.iter().map(|(plan, cell)| (*plan, SubjectPlan::Cuts(*cell)));
        direct.chain(cuts).chain(self.others.iter().copied())
    }
}

/// How many dimensions there are of each kind.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) direct: usize,
    pub(super) cuts: usize,
    pub(super) others: usize,
}

impl Counts {
    pub(super) fn of(archive: &ArchivedRuleset, subjects: &SubjectPlans) -> Counts {
        let mut counts = Counts::default();
        for dimension in archive.index.dimensions.iter() {
            match subjects.all.get(usize::from(dimension.subject.to_native())) {
                Some(SubjectPlan::Direct(_)) => counts.direct += 1,
                Some(SubjectPlan::Cuts(_)) => counts.cuts += 1,
                Some(_) => counts.others += 1,
                None => {}
            }
        }
        counts
    }
}

impl DimensionPlan {
    /// The row of a rank.
    #[inline(always)]
    pub(super) fn row(&self, row_numbers: &[u32_ule], cell: u32) -> usize {
        let row = row_numbers.get(self.cells as usize + cell as usize);
        row.map_or(usize::MAX, |row| row.to_native() as usize)
    }
}
