//! The alternatives of a ruleset in lanes: made when it is loaded.
//!
//! In: the slots of an archive. Out: groups of sixteen, each with the facts that its lanes
//! require and the ranges and sets that numbers are compared with; and the predicates that
//! lanes don't decide.

use super::comparison::{Alternative, Wanted};
use super::scaling;
use crate::decide::ranks::{RankPlan, SubjectPlan};
use crate::decide::simd::lanes::{LANES, Ranges, RequiredFacts, Scaling, Sets};
use rulestone_format::archive::{ArchivedDimension, ArchivedRuleset};

/// Of more alternatives, an index finds faster which match.
pub(super) const MOST_SLOTS: usize = 128;

/// All alternatives of a ruleset, in lanes.
#[derive(Debug)]
pub(crate) struct Scan {
    pub(super) scaling: Scaling,
    pub(super) groups: Vec<Group>,
    pub(super) ranges: Vec<Ranges>,
    pub(super) sets: Vec<Sets>,
    /// Of each slot: the predicates that lanes don't decide, or not exactly.
    residual: Vec<Vec<u64>>,
}

/// Sixteen alternatives.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) facts: RequiredFacts,
    /// How many of [`Scan::ranges`] and [`Scan::sets`] are theirs.
    pub(super) ranges: u32,
    pub(super) sets: u32,
}

impl Scan {
    /// `None` where there are too many slots, or where too many of them ask little of
    /// numbers.
    ///
    /// # Cost
    /// Linear in the predicates of the slots, which are few.
    pub(crate) fn prepare(archive: &ArchivedRuleset, ranks: &RankPlan) -> Option<Scan> {
        // An index of variables has all requests pay for them, on whatever processor.
        let is_variable = |dimension: &ArchivedDimension| {
            let subject = ranks.subject(dimension.subject.to_native());
            matches!(subject, Some(SubjectPlan::Variable { .. }))
        };
        let slots = archive.slots.len();
        if !(1..=MOST_SLOTS).contains(&slots) || archive.index.dimensions.iter().any(is_variable) {
            return None;
        }
        let mut alternatives: Vec<Alternative> =
            archive.slots.iter().map(|slot| Alternative::of(archive, ranks, slot)).collect();
        // Of slots that ask little of numbers their index may know more.
        let weak = alternatives.iter().filter(|alternative| alternative.is_weak()).count();
        if weak * 4 > slots {
            return None;
        }
        let compared = alternatives.iter().flat_map(|alternative| &alternative.compared);
        let mut scan = Scan {
            scaling: scaling::of(compared),
            groups: Vec::new(),
            ranges: Vec::new(),
            sets: Vec::new(),
            residual: Vec::new(),
        };
        for group in alternatives.chunks_mut(LANES) {
            scan.add(group);
        }
        alternatives.iter_mut().for_each(|alternative| alternative.put_variables_last(ranks));
        scan.residual = alternatives.into_iter().map(|alternative| alternative.residual).collect();
        Some(scan)
    }

    /// The predicates that may fail of a slot which is a candidate.
    #[inline]
    pub(crate) fn residual(&self, slot: usize) -> &[u64] {
        self.residual.get(slot).map_or(&[], |residual| residual)
    }

    /// Adds a group.
    fn add(&mut self, alternatives: &mut [Alternative]) {
        let mut facts = RequiredFacts { facts: [0; LANES], is_unused: [1; LANES] };
        for (lane, alternative) in alternatives.iter_mut().enumerate() {
            facts.is_unused[lane] = 0;
            alternative.compared.iter().for_each(|of| facts.facts[lane] |= 1 << of.fact);
            let compared = alternative.compared.iter();
            let inexact = compared.filter(|of| scaling::is_lossy(&self.scaling, of));
            alternative.residual.extend(inexact.map(|of| of.word));
        }
        // A set without a gap is a range as well: it goes where it makes nothing longer.
        let sets = alternatives.iter().map(|alternative| {
            alternative.compared.iter().filter(|comparison| comparison.is_set()).count()
        });
        let sets = sets.max().unwrap_or(0);
        let (first_range, first_set) = (self.ranges.len(), self.sets.len());
        for (lane, alternative) in alternatives.iter_mut().enumerate() {
            alternative.compared.sort_by_key(|comparison| !comparison.is_set());
            let (mut range, mut set) = (first_range, first_set);
            for comparison in &alternative.compared {
                let column = comparison.column;
                match (comparison.wanted, comparison.as_range()) {
                    (Wanted::Bits(bits), range) if range.is_none() || set - first_set < sets => {
                        room(&mut self.sets, &mut set, Sets::ANYTHING).put(lane, column, bits);
                    }
                    (_, Some(bounds)) => {
                        let bounds = scaling::bounds(&self.scaling, column, bounds);
                        let room = room(&mut self.ranges, &mut range, Ranges::ANYTHING);
                        room.put(lane, column, bounds);
                    }
                    (Wanted::Bits(_) | Wanted::Keys(..), None) => {
                        // INVARIANT: bounds are a range, and sets that are none have room.
                    }
                }
            }
        }
        self.groups.push(Group {
            facts,
            ranges: (self.ranges.len() - first_range) as u32,
            sets: (self.sets.len() - first_set) as u32,
        });
    }
}

/// The place at `next`, which moves on. Behind the last there is a new one.
fn room<'a, T>(all: &'a mut Vec<T>, next: &mut usize, new: T) -> &'a mut T {
    if *next == all.len() {
        all.push(new);
    }
    *next += 1;
    &mut all[*next - 1]
}

impl Ranges {
    const ANYTHING: Ranges =
        Ranges { columns: [0; LANES], least: [0; LANES], width: [u16::MAX; LANES] };

    fn put(&mut self, lane: usize, column: u32, (least, greatest): (u16, u16)) {
        self.columns[lane] = column as u16;
        self.least[lane] = least;
        self.width[lane] = greatest - least;
    }
}

impl Sets {
    const ANYTHING: Sets =
        Sets { columns: [0; LANES], low: [0; LANES], high: [0; LANES], is_set: [0; LANES] };

    fn put(&mut self, lane: usize, column: u32, bits: u32) {
        self.columns[lane] = column as u16;
        self.is_set[lane] = 1;
        (self.low[lane], self.high[lane]) = (bits as u16, (bits >> 16) as u16);
    }
}
