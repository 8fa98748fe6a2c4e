//! Slots, predicates and sets: each invariant, broken by itself.

use super::fixture::*;
use super::{refusal, refused};
use crate::archive::*;
use crate::error::ErrorCode;
use crate::predicate::{MASK_RANKS, Predicate, PredicateKind};
use PredicateKind::{Interval, Member, Runs};

// Numbers of the predicates of the fixture, by what they are.
const NOT_IN_INTERVAL: usize = 0;
const INTERVAL: usize = 1;
const MASK: usize = 2;
const RUNS: usize = 3;
const MEMBER: usize = 4;
const NO_MEMBER: usize = 5;
const NOT_IN_RUNS: usize = 6;
const OF_VARIABLE: usize = 7;

/// Puts another predicate there.
fn put(
    r: &mut Ruleset,
    at: usize,
    kind: PredicateKind,
    negated: bool,
    subject: u16,
    [low, width]: [u32; 2],
) {
    r.predicates[at] = Predicate::new(kind, negated, subject, low, width).0;
}

fn mask(r: &mut Ruleset, subject: u16, mask: u64) {
    r.predicates[MASK] = Predicate::of_mask(subject, mask).0;
}

#[test]
fn slots_refer_to_what_is_there() {
    refused! { SlotTable:
        2, |r| r.slots[2].rule = 3;
        0, |r| r.slots[0].rule = NONE;
        0, |r| r.slots[0].condition = 6;
        0, |r| r.slots[0].condition = 1;
        1, |r| r.slots[1].condition = 4;
        0, |r| r.slots[0].residual = 3;
        3, |r| r.slots[3].residual = 1;
    }
    // Rules come in any order, several times or never, and units may be shared.
    assert_eq!(refusal(|r| r.slots.iter_mut().for_each(|slot| slot.rule = 2)), None);
    assert_eq!(refusal(|r| r.slots[3].condition = 0), None);
    assert_eq!(refusal(|r| r.slots[0].residual = 2), None);
}

#[test]
fn predicates_belong_to_one_slot_each() {
    refused! { SlotTable:
        0, |r| r.slots[0].predicates = 1;
        1, |r| r.slots[1].predicates = 1;
        1, |r| r.slots[0].count = 1;
        1, |r| r.slots[0].count = u16::MAX;
        3, |r| r.slots[3].predicates = 0;
        3, |r| r.slots[3].predicates = u32::MAX;
        4, |r| r.slots[3].count = 1;
        4, |r| r.slots[3].count = u16::MAX;
        4, |r| r.predicates.push(r.predicates[0]);
    }
}

#[test]
fn variables_without_rows_are_asked_last() {
    refused! { SlotTable:
        2, |r| r.predicates.swap(NO_MEMBER, OF_VARIABLE);
        2, |r| r.predicates.swap(NOT_IN_RUNS, OF_VARIABLE);
    }
    assert_eq!(refusal(|r| r.predicates.swap(NO_MEMBER, NOT_IN_RUNS)), None);
    // With rows it is worked out for every request, and may be asked anywhere.
    let with_rows = |r: &mut Ruleset| {
        r.predicates.swap(NO_MEMBER, OF_VARIABLE);
        let start = r.index.cells.len() as u32;
        r.index.cells.extend([r.index.summaries.len() as u32; 3]);
        r.index.dimensions.push(Dimension { subject: IN_BOX, cells: Range { start, length: 3 } });
        rows(r, &[0b1111]);
    };
    assert_eq!(refusal(with_rows), None);
}

#[test]
fn predicates_are_of_a_known_kind_and_a_subject_that_is_there() {
    refused! { PredicateTable:
        0, |r| r.predicates[NOT_IN_INTERVAL] |= 4 << 1;
        1, |r| r.predicates[INTERVAL] |= 5 << 1;
        4, |r| r.predicates[MEMBER] |= 7 << 1;
        1, |r| put(r, INTERVAL, Interval, false, 10, [0, 0]);
        1, |r| put(r, INTERVAL, Interval, false, 4095, [0, 0]);
        2, |r| mask(r, 10, 1);
        3, |r| put(r, RUNS, Runs, false, 10, [0, 2]);
        4, |r| put(r, MEMBER, Member, false, 10, [0, 0]);
        7, |r| r.predicates[OF_VARIABLE] = u64::MAX;
    }
}

#[test]
fn intervals_end_with_the_last_rank() {
    refused! { PredicateTable:
        1, |r| put(r, INTERVAL, Interval, false, NOW, [4, 0]);
        1, |r| put(r, INTERVAL, Interval, false, NOW, [2, 2]);
        1, |r| put(r, INTERVAL, Interval, false, NOW, [1, u32::MAX]);
        0, |r| put(r, NOT_IN_INTERVAL, Interval, true, LEVEL, [3, 1]);
        0, |r| put(r, NOT_IN_INTERVAL, Interval, true, LEVEL, [u32::MAX, 0]);
        1, |r| put(r, INTERVAL, Interval, false, TAGS, [0, 2]);
        7, |r| put(r, OF_VARIABLE, Interval, false, IN_BOX, [0, 3]);
        7, |r| put(r, OF_VARIABLE, Interval, false, KIND, [3, 0]);
        7, |r| put(r, OF_VARIABLE, Interval, false, NAME, [5, 0]);
        7, |r| put(r, OF_VARIABLE, Interval, false, VETERAN, [2, 1]);
    }
    // The last rank of each: of three labels and bools one more than the last value, of
    // cuts one more than their number, of words one more for what isn't among them.
    for (subject, last) in [
        (LEVEL, 3),
        (TAGS, 1),
        (KIND, 2),
        (LAT, 2),
        (LON, 3),
        (NOW, 3),
        (GOLD, 3),
        (NAME, 4),
        (VETERAN, 2),
        (IN_BOX, 2),
    ] {
        for range in [[0, last], [last, 0]] {
            let put_there = |r: &mut Ruleset| put(r, OF_VARIABLE, Interval, true, subject, range);
            assert_eq!(refusal(put_there), None, "{subject}");
        }
        let beyond = |r: &mut Ruleset| put(r, OF_VARIABLE, Interval, false, subject, [last + 1, 0]);
        assert_eq!(refusal(beyond), Some((ErrorCode::PredicateTable, Some(7))), "{subject}");
    }
}

/// Gives the subject `VETERAN`, the last that has cuts, so many ranks.
fn veteran_ranks(r: &mut Ruleset, ranks: usize) {
    let cuts = ranks - 2;
    let start = r.subjects[usize::from(VETERAN)].cuts.start;
    r.subjects[usize::from(VETERAN)].cuts.length = cuts as u32;
    r.cuts.truncate(start as usize);
    r.cuts.extend((1..).take(cuts));
}

#[test]
fn masks_have_a_bit_for_ranks_that_there_are() {
    refused! { PredicateTable:
        2, |r| mask(r, KIND, 1 << 3);
        2, |r| mask(r, KIND, 1 << 47);
        2, |r| mask(r, TAGS, 0b111);
        2, |r| r.predicates[MASK] |= 1;
        2, |r| { veteran_ranks(r, MASK_RANKS + 1); mask(r, VETERAN, 1) };
        2, |r| { veteran_ranks(r, MASK_RANKS - 1); mask(r, VETERAN, 1 << 47) };
    }
    let most = |r: &mut Ruleset| {
        veteran_ranks(r, MASK_RANKS);
        mask(r, VETERAN, (1 << MASK_RANKS) - 1);
        // Variables come last.
        r.predicates.swap(MASK, RUNS);
    };
    assert_eq!(refusal(most), None);
    assert_eq!(refusal(|r| mask(r, KIND, 0)), None);
}

#[test]
fn runs_are_whole_ascend_and_end_with_the_last_rank() {
    refused! { PredicateTable:
        3, |r| put(r, RUNS, Runs, false, NAME, [0, 0]);
        3, |r| put(r, RUNS, Runs, false, NAME, [0, 3]);
        3, |r| put(r, RUNS, Runs, false, NAME, [1, 1]);
        3, |r| put(r, RUNS, Runs, false, NAME, [2, 4]);
        3, |r| put(r, RUNS, Runs, false, NAME, [4, 4]);
        3, |r| put(r, RUNS, Runs, false, NAME, [6, 2]);
        3, |r| put(r, RUNS, Runs, false, NAME, [0xff_ffff, 2]);
        3, |r| put(r, RUNS, Runs, false, NAME, [0, 0xff_fffe]);
        3, |r| r.sets[3] = 6;
        3, |r| r.sets[3] = u32::MAX;
        3, |r| r.sets[1] = 1;
        3, |r| r.sets[2] = 2;
        3, |r| r.sets.swap(0, 1);
        3, |r| put(r, RUNS, Runs, false, KIND, [0, 4]);
        6, |r| r.sets[5] = 5;
        6, |r| r.sets[5] = 2;
        6, |r| put(r, NOT_IN_RUNS, Runs, true, IN_BOX, [2, 2]);
    }
    // From the first rank to the last; part of another's set; and nobody's sets are
    // nobody's concern.
    assert_eq!(refusal(|r| r.sets[0] = 0), None);
    assert_eq!(refusal(|r| r.sets[3] = 5), None);
    assert_eq!(refusal(|r| put(r, NOT_IN_RUNS, Runs, true, GOLD, [1, 2])), None);
    assert_eq!(refusal(|r| r.sets.extend([9, 3, 0, u32::MAX])), None);
}

#[test]
fn members_are_words_of_a_list() {
    refused! { PredicateTable:
        4, |r| put(r, MEMBER, Member, false, TAGS, [2, 0]);
        4, |r| put(r, MEMBER, Member, false, TAGS, [0, 1]);
        5, |r| put(r, NO_MEMBER, Member, true, TAGS, [2, 0]);
        5, |r| put(r, NO_MEMBER, Member, true, TAGS, [1, 0xff_ffff]);
        4, |r| put(r, MEMBER, Member, false, NAME, [0, 0]);
        4, |r| put(r, MEMBER, Member, false, LEVEL, [0, 0]);
        4, |r| put(r, MEMBER, Member, false, IN_BOX, [0, 0]);
    }
}

#[test]
fn without_slots_there_are_no_predicates() {
    let without = |r: &mut Ruleset| {
        r.slots.clear();
        r.index = Index::default();
    };
    assert_eq!(refusal(without), Some((ErrorCode::SlotTable, Some(0))));
    let without_either = |r: &mut Ruleset| {
        without(r);
        r.predicates.clear();
    };
    assert_eq!(refusal(without_either), None);
}
