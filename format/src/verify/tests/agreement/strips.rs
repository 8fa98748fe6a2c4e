//! Slots by the words that they stand in, and groups of ranks: what each row must have, word by word.

use super::*;

/// A ruleset whose slots ask the level, which has so many ranks: what each slot asks and how much of
/// that is checked again, the row of each rank, and whether a row has a slot.
fn of_levels(
    ranks: u64,
    slots: &[(Vec<Predicate>, u16)],
    cells: &[u32],
    has: impl Fn(u32, usize) -> bool,
) -> Ruleset {
    let mut ruleset = ruleset();
    let r = &mut ruleset;
    bare(r);
    levels(ranks - 2)(r);
    for (predicates, residual) in slots {
        slot(r, 0, NONE, *residual, predicates);
    }
    let cells_of = Range { start: 0, length: cells.len() as u32 };
    r.index.dimensions = vec![Dimension { subject: 0, cells: cells_of }];
    r.index.cells = cells.to_vec();
    let (width, rows) = (row_words(slots.len()), cells.iter().max().map_or(0, |most| most + 1));
    for row in 0..rows {
        let mut words = vec![0; width];
        for slot in (0..slots.len()).filter(|slot| has(row, *slot)) {
            words[slot / 64] |= 1 << (slot % 64);
        }
        r.index.rows.extend(words);
    }
    ruleset
}

fn flip(r: &mut Ruleset, row: usize, slot: usize) {
    let width = row_words(r.slots.len());
    r.index.rows[row * width + slot / 64] ^= 1 << (slot % 64);
}

fn interval(low: u32, width: u32) -> Predicate {
    Predicate::new(Interval, false, 0, low, width)
}

#[test]
fn slots_that_ask_nothing_are_in_all_rows_wherever_they_stand() {
    // Only the first asks, of 1,200: for rank 1.
    let mut slots = vec![(vec![], 0); 1200];
    slots[0] = (vec![interval(1, 0)], 0);
    let mut r = of_levels(3, &slots, &[0, 1, 0], |row, slot| slot > 0 || row == 1);
    assert_eq!(verdict(&mut r), None);
    for slot in [1, 511, 512, 575, 576, 1000, 1199] {
        flip(&mut r, 1, slot);
        assert_eq!(verdict(&mut r), contradicts(slot as u64));
        flip(&mut r, 1, slot);
    }
}

#[test]
fn slots_that_all_ask_are_where_they_ask_for() {
    for asking in [0, 640, 1023] {
        let slots: Vec<_> = (0..1024)
            .map(|slot| (if slot < asking { vec![] } else { vec![interval(1, 0)] }, 0))
            .collect();
        let mut r = of_levels(3, &slots, &[0, 1, 0], |row, slot| slot < asking || row == 1);
        assert_eq!(verdict(&mut r), None, "{asking}");
        flip(&mut r, 0, 1023);
        assert_eq!(verdict(&mut r), contradicts(1023), "{asking}");
    }
}

#[test]
fn the_same_fault_in_two_words_is_no_less_a_fault() {
    let slots = vec![(vec![interval(1, 0)], 0); 512];
    let mut r = of_levels(3, &slots, &[0, 1, 0], |row, _| row == 1);
    assert_eq!(verdict(&mut r), None);
    flip(&mut r, 0, 70);
    flip(&mut r, 0, 134);
    assert_eq!(verdict(&mut r), contradicts(70));
}

#[test]
fn masks_that_begin_and_end_within_groups_are_in_all_that_they_touch() {
    // Ranks 1, 2 and 3; groups of the ranks 0 and 1, 2 to 4, and 5 to 7.
    let mask = Predicate::of_mask(0, 0b1110);
    let cells = [0, 0, 1, 1, 1, 2, 2, 2];
    let made = |residual| of_levels(8, &[(vec![mask], residual)], &cells, |row, _| row < 2);
    assert_eq!(verdict(&mut made(1)), None);
    assert_eq!(verdict(&mut made(0)), contradicts(0));
    for row in [0, 1] {
        let mut r = made(1);
        flip(&mut r, row, 0);
        assert_eq!(verdict(&mut r), contradicts(0), "{row}");
    }
    let mut wider = made(1);
    flip(&mut wider, 2, 0);
    assert_eq!(verdict(&mut wider), None);
}

#[test]
fn many_sets_that_overlap_are_each_what_they_are() {
    // Runs of the ranks 1, 3, 5, ...: each set is eight of them, or more, and stands twice.
    let ranks = 200_u32;
    let sets: Vec<u32> = (1..ranks - 1).collect();
    let mut slots = Vec::new();
    for _ in 0..2 {
        for start in (0..80).step_by(2) {
            let set = Predicate::new(Runs, false, 0, start, 16 + start % 8);
            slots.push((vec![set], 0));
        }
    }
    let holds = |rank: u32, slot: usize| {
        let set = &slots[slot].0[0];
        (set.low() + 1..set.low() + 1 + set.width()).contains(&rank)
            && (rank - set.low() - 1).is_multiple_of(2)
    };
    let cells: Vec<u32> = (0..ranks).collect();
    let mut r = of_levels(ranks.into(), &slots, &cells, holds);
    r.sets = sets;
    assert_eq!(verdict(&mut r), None);
    for (rank, slot) in [(1, 0), (40, 79), (41, 60), (100, 0), (15, 40)] {
        flip(&mut r, rank, slot);
        assert_eq!(verdict(&mut r), contradicts(slot as u64));
        flip(&mut r, rank, slot);
    }
}
