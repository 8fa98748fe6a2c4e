//! The index: each invariant, broken by itself.

use super::fixture::*;
use super::{refusal, refusal_of, refused, seal};
use crate::archive::*;
use crate::error::ErrorCode;
use crate::index::{BLOCK, BLOCK_WORDS, row_words, summary_words};
use crate::predicate::Predicate;

/// Numbers of the dimensions of the fixture.
const BY_NOW: usize = 0;
const BY_TAGS: usize = 1;

/// Of the fixture's index.
const ROWS: usize = 6;

/// Adds a dimension whose cells all have this row.
fn add(r: &mut Ruleset, subject: u16, cells: usize, row: u32) {
    let cells = Range { start: r.index.cells.len() as u32, length: cells as u32 };
    r.index.dimensions.push(Dimension { subject, cells });
    r.index.cells.extend(std::iter::repeat_n(row, cells.length as usize));
}

#[test]
fn the_index_of_the_fixture_has_rows_of_one_block() {
    let ruleset = ruleset();
    assert_eq!(ruleset.slots.len(), SLOTS);
    assert_eq!(ruleset.index.rows.len(), ROWS * BLOCK_WORDS);
    assert_eq!(ruleset.index.summaries, [1, 1, 1, 1, 1, 0]);
}

#[test]
fn a_dimension_has_a_cell_for_each_rank_or_word() {
    refused! { IndexDimension:
        0, |r| r.index.dimensions[BY_NOW].subject = KIND;
        0, |r| r.index.dimensions[BY_NOW].subject = 10;
        0, |r| r.index.dimensions[BY_NOW].subject = u16::MAX;
        1, |r| r.index.dimensions[BY_TAGS].subject = LAT;
        0, |r| { r.index.dimensions[BY_NOW].cells.length = 3; };
        0, |r| {
            r.index.cells.push(0);
            r.index.dimensions[BY_NOW].cells.length = 5;
            r.index.dimensions[BY_TAGS].cells.start = 5;
        };
        1, |r| { r.index.cells.pop(); r.index.dimensions[BY_TAGS].cells.length = 3; };
        1, |r| { r.index.cells.push(0); r.index.dimensions[BY_TAGS].cells.length = 5; };
    }
    // What each subject needs, and a cell more or less.
    for (subject, cells) in
        [(LEVEL, 4), (KIND, 3), (LAT, 3), (LON, 4), (GOLD, 4), (NAME, 5), (VETERAN, 3), (IN_BOX, 3)]
    {
        let wrong = Some((ErrorCode::IndexDimension, Some(2)));
        assert_eq!(refusal(|r| add(r, subject, cells, 1)), None, "{subject}");
        assert_eq!(refusal(|r| add(r, subject, cells + 1, 1)), wrong, "{subject}");
        assert_eq!(refusal(|r| add(r, subject, cells - 1, 1)), wrong, "{subject}");
    }
}

#[test]
fn cells_name_rows_that_are_there() {
    refused! { IndexDimension:
        0, |r| r.index.cells[0] = ROWS as u32;
        0, |r| r.index.cells[3] = u32::MAX;
        1, |r| r.index.cells[4] = ROWS as u32;
        1, |r| r.index.cells[7] = NONE;
    }
    // The last row is one, if not the one that the slots want.
    let last = refusal(|r| r.index.cells.fill(ROWS as u32 - 1));
    assert_eq!(last, Some((ErrorCode::IndexAgreement, Some(0))));
}

#[test]
fn a_subject_has_one_dimension_at_most() {
    refused! { IndexDimension:
        2, |r| add(r, NOW, 4, 0);
        2, |r| add(r, TAGS, 4, 0);
        1, |r| r.index.dimensions[BY_TAGS].subject = NOW;
    }
}

#[test]
fn cells_belong_to_one_dimension_each() {
    refused! { SectionRange:
        0, |r| r.index.dimensions[BY_NOW].cells.start = 1;
        1, |r| r.index.dimensions[BY_TAGS].cells.start = 3;
        1, |r| r.index.dimensions[BY_TAGS].cells.length = 5;
        1, |r| r.index.dimensions[BY_TAGS].cells.length = u32::MAX;
        8, |r| r.index.cells.push(0);
        4, |r| { r.index.dimensions.pop(); };
        0, |r| r.index.dimensions.clear();
    }
}

#[test]
fn rows_are_whole_and_have_no_bit_beyond_the_last_slot() {
    let width = row_words(SLOTS);
    refused! { IndexRow:
        0, |r| r.index.rows[0] |= 1 << SLOTS;
        1, |r| r.index.rows[width] |= 1 << 63;
        2, |r| r.index.rows[2 * width + 1] = 1;
        3, |r| r.index.rows[4 * width - 1] = 1 << 63;
        5, |r| { r.index.rows[6 * width - 1] = 1; r.index.summaries[5] = 1; };
        5, |r| { r.index.rows.pop(); };
        6, |r| r.index.rows.push(0);
        5, |r| r.index.rows.truncate(5 * width);
        7, |r| r.index.rows.extend(vec![0; width]);
        6, |r| { r.index.summaries.pop(); };
        6, |r| r.index.summaries.push(0);
        0, |r| r.index.rows.clear();
        6, |r| r.index.summaries.clear();
    }
}

#[test]
fn summaries_say_which_blocks_of_their_rows_are_empty() {
    refused! { IndexSummary:
        0, |r| r.index.summaries[0] = 0;
        1, |r| r.index.summaries[1] = 3;
        4, |r| r.index.summaries[4] |= 1 << 63;
        5, |r| r.index.summaries[5] = 1;
        0, |r| r.index.rows[0] = 0;
        5, |r| r.index.rows[5 * BLOCK_WORDS] = 1;
    }
}

#[test]
fn without_slots_there_is_no_index() {
    let without_slots = |change: &dyn Fn(&mut Index)| {
        refusal(|r| {
            r.slots.clear();
            r.predicates.clear();
            change(&mut r.index);
        })
    };
    let none = |index: &mut Index| *index = Index::default();
    assert_eq!(without_slots(&none), None);
    let wrong = Some((ErrorCode::IndexRow, None));
    assert_eq!(without_slots(&|_| {}), wrong);
    // Each of its tables alone.
    assert_eq!(without_slots(&|i| *i = Index { rows: vec![0], ..Index::default() }), wrong);
    assert_eq!(without_slots(&|i| *i = Index { summaries: vec![0], ..Index::default() }), wrong);
    let dimension = Dimension { subject: NOW, cells: Range::default() };
    let alone = move |i: &mut Index| {
        *i = Index { dimensions: vec![dimension], ..Index::default() };
    };
    assert_eq!(without_slots(&alone), wrong);
    let stray = Some((ErrorCode::SectionRange, Some(0)));
    assert_eq!(without_slots(&|i| *i = Index { cells: vec![0], ..Index::default() }), stray);
}

/// Slots by the thousand, with rows of a dimension by the kind of the item: one for each
/// slot in `bits`, in which that slot alone is possible. All others never are.
fn many(slots: usize, bits: [usize; 3]) -> Ruleset {
    let mut ruleset = ruleset();
    let r = &mut ruleset;
    r.predicates.clear();
    r.slots.clear();
    for slot in 0..slots {
        let ranks = bits.iter().enumerate().filter(|(_, bit)| **bit == slot);
        let mask = ranks.fold(0, |mask, (rank, _)| mask | 1 << rank);
        super::fixture::slot(r, 0, NONE, 0, &[Predicate::of_mask(KIND, mask)]);
    }
    r.index = Index::default();
    add(r, KIND, 3, 0);
    r.index.cells = vec![0, 1, 2];
    let (width, summary) = (row_words(slots), summary_words(slots));
    for bit in bits {
        let (row, live) = (r.index.rows.len(), r.index.summaries.len());
        r.index.rows.resize(row + width, 0);
        r.index.rows[row + bit / 64] = 1 << (bit % 64);
        r.index.summaries.resize(live + summary, 0);
        r.index.summaries[live + bit / BLOCK / 64] = 1 << (bit / BLOCK % 64);
    }
    ruleset
}

#[test]
fn rows_of_many_blocks_have_summaries_of_many_words() {
    let slots = 65 * BLOCK + 1;
    assert_eq!((row_words(slots), summary_words(slots)), (66 * BLOCK_WORDS, 2));
    let bits = [0, 64 * BLOCK - 1, slots - 1];
    let refused = |change: &dyn Fn(&mut Index)| {
        let mut ruleset = many(slots, bits);
        change(&mut ruleset.index);
        seal(&mut ruleset);
        refusal_of(&ruleset)
    };
    assert_eq!(refused(&|_| {}), None);
    let wrong = |code, at| Some((code, Some(at)));
    let width = row_words(slots);
    // A bit of the wrong block, of the wrong word, of a block that isn't there.
    for (word, bits, row) in [(0, 2, 0), (1, 1, 0), (2, 0, 1), (3, 1, 1), (5, 1, 2), (5, 6, 2)] {
        let found = refused(&|index| index.summaries[word] = bits);
        assert_eq!(found, wrong(ErrorCode::IndexSummary, row), "{word}");
    }
    // The next slot would be the second of the last block.
    let beyond = refused(&|index| index.rows[width + slots / 64] |= 1 << (slots % 64));
    assert_eq!(beyond, wrong(ErrorCode::IndexRow, 1));
    let beyond = refused(&|index| index.rows[3 * width - 1] = 1);
    assert_eq!(beyond, wrong(ErrorCode::IndexRow, 2));
    let short = refused(&|index| index.summaries.truncate(5));
    assert_eq!(short, wrong(ErrorCode::IndexRow, 3));
}

#[test]
fn whole_blocks_of_slots_may_be_full() {
    for slots in [64, BLOCK, 2 * BLOCK, 64 * BLOCK] {
        let mut ruleset = many(slots, [slots - 1, 0, slots / 2]);
        seal(&mut ruleset);
        assert_eq!(refusal_of(&ruleset), None, "{slots}");
        // One slot less, and the last bit is beyond it. The row is as long as before.
        ruleset.slots.pop();
        ruleset.predicates.pop();
        assert_eq!(refusal_of(&ruleset), Some((ErrorCode::IndexRow, Some(0))), "{slots}");
    }
}
