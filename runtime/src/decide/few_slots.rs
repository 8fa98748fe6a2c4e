//! Rulesets of few slots: all of them are asked side by side, sixteen in a register.
//!
//! In comes a request; out comes a bit for each slot that may match ([`Left`]). What
//! slots ask of numbers and enums in the first cells is worked out for all of them,
//! without a branch: so few slots are asked faster than the rows of an index are found.
//! What else they ask is asked of those that are left, one by one ([`FewSlots::rest`]).

mod asks;
mod scaling;

use super::subjects::{SubjectPlan, SubjectPlans};
use super::wide::Registers;
use asks::{Asked, Asks};
use rulestone_format::archive::{ArchivedDimension, ArchivedRuleset};
use rulestone_format::frame::Frame;

pub(super) use scaling::{COLUMNS, Scaling};

/// So many slots stand side by side.
pub(super) const SIDE_BY_SIDE: usize = 16;

/// Of more slots, an index finds faster which match.
const MOST_SLOTS: usize = 128;

/// A bit for each slot that is left, group by group.
pub(super) type Left = [u16; MOST_SLOTS / SIDE_BY_SIDE];

/// None.
pub(super) const NONE_LEFT: Left = [0; MOST_SLOTS / SIDE_BY_SIDE];

/// The slots of a ruleset side by side. Empty where it has too many, or where too many
/// of them ask little of numbers.
#[derive(Debug, Default)]
pub(crate) struct FewSlots {
    scaling: Scaling,
    groups: Vec<Group>,
    ranges: Vec<Ranges>,
    sets: Vec<Sets>,
    /// Of each slot: the predicates that aren't, or aren't wholly, asked side by side.
    rest: Vec<Vec<u64>>,
}

/// Slots side by side.
#[derive(Debug)]
struct Group {
    facts: Facts,
    /// How many of [`FewSlots::ranges`] and [`FewSlots::sets`] are theirs.
    ranges: u32,
    sets: u32,
}

/// Of each slot: which facts must be there.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Facts {
    /// A bit for each.
    pub(super) needed: [u32; SIDE_BY_SIDE],
    /// Not 0 where there is no slot.
    pub(super) no_slot: [u16; SIDE_BY_SIDE],
}

/// Of each slot: that a number is one of `least..=least + width`.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(super) struct Ranges {
    pub(super) columns: [u16; SIDE_BY_SIDE],
    pub(super) least: [u16; SIDE_BY_SIDE],
    pub(super) width: [u16; SIDE_BY_SIDE],
}

/// Of each slot: that the bit of a number is set. Numbers from 32 on have none.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(super) struct Sets {
    pub(super) columns: [u16; SIDE_BY_SIDE],
    /// Of numbers below 16, and of those from there on.
    pub(super) low: [u16; SIDE_BY_SIDE],
    pub(super) high: [u16; SIDE_BY_SIDE],
    /// 0 where a slot asks for no set, so that any number will do, else 1.
    pub(super) asked: [u16; SIDE_BY_SIDE],
}

impl FewSlots {
    /// # Cost
    /// Linear in the predicates of its slots, which are few.
    pub(crate) fn new(archive: &ArchivedRuleset, subjects: &SubjectPlans) -> FewSlots {
        let mut few = FewSlots::default();
        // An index of variables has all requests pay for them, on whatever processor.
        let is_variable = |dimension: &ArchivedDimension| {
            let subject = subjects.all.get(usize::from(dimension.subject.to_native()));
            matches!(subject, Some(SubjectPlan::Variable { .. }))
        };
        if archive.slots.len() > MOST_SLOTS || archive.index.dimensions.iter().any(is_variable) {
            return few;
        }
        let mut asks: Vec<Asks> =
            archive.slots.iter().map(|slot| Asks::of(archive, subjects, slot)).collect();
        // Of slots that ask little of numbers their index may know more.
        let weak = asks.iter().filter(|asks| asks.are_weak()).count();
        if weak * 4 > asks.len() {
            return few;
        }
        few.scaling = Scaling::of(asks.iter().flat_map(|asks| &asks.sides));
        for slots in asks.chunks_mut(SIDE_BY_SIDE) {
            few.add(slots);
        }
        asks.iter_mut().for_each(|asks| asks.put_variables_last(subjects));
        few.rest = asks.into_iter().map(|asks| asks.rest).collect();
        few
    }

    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The predicates of a slot that may fail though it is left.
    #[inline]
    pub(super) fn rest(&self, slot: usize) -> &[u64] {
        self.rest.get(slot).map_or(&[], |rest| rest)
    }

    /// Adds slots that stand side by side.
    fn add(&mut self, slots: &mut [Asks]) {
        let mut facts = Facts { needed: [0; SIDE_BY_SIDE], no_slot: [1; SIDE_BY_SIDE] };
        for (at, asks) in slots.iter_mut().enumerate() {
            facts.no_slot[at] = 0;
            asks.sides.iter().for_each(|ask| facts.needed[at] |= 1 << ask.fact);
            let inexact = asks.sides.iter().filter(|ask| self.scaling.loses(ask));
            asks.rest.extend(inexact.map(|ask| ask.word));
        }
        // A set without a gap is a range as well: it goes where it makes nothing longer.
        let sets = slots.iter().map(|asks| asks.sides.iter().filter(|ask| ask.is_set()).count());
        let sets = sets.max().unwrap_or(0);
        let (first_range, first_set) = (self.ranges.len(), self.sets.len());
        for (at, asks) in slots.iter_mut().enumerate() {
            asks.sides.sort_by_key(|ask| !ask.is_set());
            let (mut range, mut set) = (first_range, first_set);
            for ask in &asks.sides {
                match (ask.asked, ask.as_range()) {
                    (Asked::Bits(bits), range) if range.is_none() || set - first_set < sets => {
                        room(&mut self.sets, &mut set, Sets::ANYTHING).put(at, ask.column, bits);
                    }
                    (_, Some(bounds)) => {
                        let bounds = self.scaling.bounds(ask.column, bounds);
                        room(&mut self.ranges, &mut range, Ranges::ANYTHING)
                            .put(at, ask.column, bounds);
                    }
                    (Asked::Bits(_) | Asked::Keys(..), None) => {
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
    const ANYTHING: Ranges = Ranges {
        columns: [0; SIDE_BY_SIDE],
        least: [0; SIDE_BY_SIDE],
        width: [u16::MAX; SIDE_BY_SIDE],
    };

    fn put(&mut self, slot: usize, column: u32, (least, greatest): (u16, u16)) {
        self.columns[slot] = column as u16;
        self.least[slot] = least;
        self.width[slot] = greatest - least;
    }
}

impl Sets {
    const ANYTHING: Sets = Sets {
        columns: [0; SIDE_BY_SIDE],
        low: [0; SIDE_BY_SIDE],
        high: [0; SIDE_BY_SIDE],
        asked: [0; SIDE_BY_SIDE],
    };

    fn put(&mut self, slot: usize, column: u32, bits: u32) {
        self.columns[slot] = column as u16;
        self.asked[slot] = 1;
        (self.low[slot], self.high[slot]) = (bits as u16, (bits >> 16) as u16);
    }
}

/// Which of few slots may match: a bit for each, group by group. Says whether any may.
/// Those that ask nothing besides ([`FewSlots::rest`]) do match, but for their condition.
#[inline(always)]
pub(super) fn few_slots<R: Registers>(
    on: R,
    few: &FewSlots,
    frame: &Frame<'_>,
    left: &mut Left,
) -> bool {
    let (cells, _) = frame.cells().as_chunks();
    let numbers = on.numbers(cells, &few.scaling);
    let facts = frame.presence() as u32;
    let (mut ranges, mut sets) = (few.ranges.as_slice(), few.sets.as_slice());
    let mut any = 0;
    for (left, group) in left.iter_mut().zip(&few.groups) {
        let mut lacks = on.facts(facts, &group.facts);
        let (own, others) = ranges.split_at_checked(group.ranges as usize).unwrap_or_default();
        for of in own {
            lacks = on.ranges(lacks, &numbers, of);
        }
        ranges = others;
        let (own, others) = sets.split_at_checked(group.sets as usize).unwrap_or_default();
        for of in own {
            lacks = on.sets(lacks, &numbers, of);
        }
        sets = others;
        *left = on.left(lacks);
        any |= *left;
    }
    any != 0
}
