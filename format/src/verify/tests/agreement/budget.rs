//! What comparing rows with slots may cost: as much as the archive is long, many times, and no more.

use super::*;

/// What the verifier says of a ruleset whose slots ask the level.
fn spent(
    ranks: u64,
    sets: Vec<u32>,
    cells: impl Fn(u32) -> u32,
    slots: usize,
    asks: impl Fn(usize) -> (Vec<Predicate>, u16),
) -> Option<(ErrorCode, Option<u64>)> {
    let mut ruleset = ruleset();
    let r = &mut ruleset;
    bare(r);
    levels(ranks - 2)(r);
    r.sets = sets;
    for number in 0..slots {
        let (predicates, residual) = asks(number);
        slot(r, 0, NONE, residual, &predicates);
    }
    let length = ranks as u32;
    r.index.dimensions = vec![Dimension { subject: 0, cells: Range { start: 0, length } }];
    r.index.cells = (0..length).map(cells).collect();
    let mut row = vec![0; row_words(slots)];
    for number in 0..slots {
        row[number / 64] |= 1_u64 << (number % 64);
    }
    r.index.rows = [&row[..], &row[..]].concat();
    verdict(r)
}

const TOO_MUCH: Option<(ErrorCode, Option<u64>)> = Some((ErrorCode::IndexDimension, Some(0)));

/// The set of every other rank.
fn every_other(ranks: u32) -> Vec<u32> {
    (1..=ranks / 2 * 2).collect()
}

fn set(start: u32, width: u32) -> Predicate {
    Predicate::new(Runs, false, 0, start, width)
}

#[test]
fn long_sets_are_paid_for_once_where_slots_share_them() {
    // All ranks have one row.
    let of = |slots, asks: &dyn Fn(usize) -> Predicate| {
        spent(6000, every_other(5990), |_| 0, slots, |number| (vec![asks(number)], 1))
    };
    assert_eq!(of(6000, &|_| set(0, 5990)), None);
    assert_eq!(of(6000, &|number| set(number as u32 % 2 * 2, 5984)), None);
    let own = |number: u32| set(number % 100 * 2, 5790 - number / 100 * 2);
    assert_eq!(of(6000, &|number| own(number as u32)), TOO_MUCH);
    // Where each rank has another row, the ends of all runs are looked at.
    let of_groups =
        |slots| spent(6000, every_other(5990), |rank| rank % 2, slots, |_| (vec![set(0, 5990)], 1));
    assert_eq!(of_groups(500), None);
    assert_eq!(of_groups(6000), TOO_MUCH);
}

#[test]
fn slots_that_ask_a_dimension_twice_pay_for_its_groups_and_for_the_runs() {
    let level = |low, width| Predicate::new(Interval, false, 0, low, width);
    let groups = |slots| {
        let asks = |_| (vec![level(0, 5999), level(0, 5999)], 2);
        spent(6000, vec![], |rank| rank % 2, slots, asks)
    };
    assert_eq!(groups(300), None);
    assert_eq!(groups(6000), TOO_MUCH);
    let runs = |slots| {
        let asks = |_| (vec![set(0, 5990), set(0, 5990)], 2);
        spent(6000, every_other(5990), |_| 0, slots, asks)
    };
    assert_eq!(runs(3), None);
    assert_eq!(runs(6000), TOO_MUCH);
}

#[test]
fn groups_of_a_dimension_that_nobody_asks_are_paid_for() {
    let of = |cells: fn(u32) -> u32| spent(200_000, vec![], cells, 128_000, |_| (vec![], 0));
    assert_eq!(of(|rank| rank % 2), TOO_MUCH);
    assert_eq!(of(|_| 0), None);
}

/// Very many words of a list that share a row, and slots that each ask for one other word. The first
/// slot asks for all of the many; with `wider`, the second is in their row too.
fn words_of_one_row(wider: bool) -> Option<(ErrorCode, Option<u64>)> {
    const WORDS: usize = 30_000;
    const GUARDED: usize = 6_000;
    let mut ruleset = ruleset();
    let r = &mut ruleset;
    bare(r);
    levels(1)(r);
    let names: Vec<String> = (0..=WORDS).map(|n| format!("{n:x}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    add_subject(r, SubjectKind::Fact, 1, &[], &names);
    let word = |word: usize| Predicate::new(Member, false, 1, word as u32, 0);
    let many: Vec<Predicate> = (0..WORDS).map(word).collect();
    slot(r, 0, NONE, WORDS as u16, &many);
    slot(r, 0, NONE, 1, &[word(0)]);
    for _ in 0..GUARDED {
        slot(r, 0, NONE, 0, &[word(WORDS)]);
    }
    let slots = 2 + GUARDED;
    let mut all = vec![u64::MAX; slots / 64];
    all.push((1 << (slots % 64)) - 1);
    all.resize(row_words(slots), 0);
    let of = |first: u64, rest: bool| {
        let mut row = if rest { all.clone() } else { vec![0; all.len()] };
        row[0] = row[0] & !0b11 | first;
        row
    };
    let cells = |start, length| Range { start, length };
    let words = 3 + WORDS as u32;
    r.index.dimensions = vec![
        Dimension { subject: 0, cells: cells(0, 3) },
        Dimension { subject: 1, cells: cells(3, words) },
    ];
    // Of the level all; of the list: none where it is absent or just there, then the words.
    r.index.cells = vec![0, 0, 0, 1, 1, 2];
    r.index.cells.extend(vec![3; WORDS - 1]);
    r.index.cells.push(4);
    let shared = if wider { 0b11 } else { 0b01 };
    r.index.rows =
        [of(0b11, true), of(0, false), of(0b11, false), of(shared, false), of(0, true)].concat();
    verdict(r)
}

#[test]
fn words_whose_rows_have_just_who_asks_for_them_cost_nothing_more() {
    assert_eq!(words_of_one_row(false), None);
    // Else it is seen of each slot that asks for another word that it isn't there.
    assert_eq!(words_of_one_row(true), Some((ErrorCode::IndexDimension, Some(1))));
}
