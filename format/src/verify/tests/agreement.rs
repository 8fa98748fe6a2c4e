//! The index says what the slots ask: each way to contradict, by itself; then random
//! archives, where the verifier must say what going through all ranks and lists says.

mod budget;
mod lists;
mod strips;

use super::fixture::*;
use super::{refusal, refusal_of, refused, seal};
use crate::archive::*;
use crate::error::ErrorCode;
use crate::index::{BLOCK_WORDS, row_words, summary_words};
use crate::predicate::{Predicate, PredicateKind};
use crate::subject::SubjectKind;
use PredicateKind::{Interval, Member, Runs};

const RULES: u32 = 3;

/// Puts another word first into a row of the fixture.
fn row(r: &mut Ruleset, number: usize, first: u64) {
    r.index.rows[number * BLOCK_WORDS] = first;
    r.index.summaries[number] = u64::from(first != 0);
}

// Rows of the fixture.
const OTHER_MOMENTS: usize = 0;
const RIGHT_MOMENT: usize = 1;
const NO_LIST: usize = 2;
const ANY_LIST: usize = 3;
const VIP: usize = 4;
const NEW: usize = 5;

#[test]
fn a_row_that_loses_a_slot_is_refused() {
    refused! { IndexAgreement:
        0, |r| row(r, RIGHT_MOMENT, 0b1110);
        1, |r| row(r, RIGHT_MOMENT, 0b1101);
        3, |r| row(r, OTHER_MOMENTS, 0b0110);
        0, |r| row(r, RIGHT_MOMENT, 0);
    }
}

#[test]
fn a_row_that_lets_a_slot_through_whose_predicate_nobody_checks_is_refused() {
    refused! { IndexAgreement:
        0, |r| row(r, OTHER_MOMENTS, 0b1111);
        1, |r| row(r, NO_LIST, 0b1011);
        1, |r| row(r, ANY_LIST, 0b1111);
        1, |r| row(r, NEW, 0b0010);
    }
    // What is checked again may be let through.
    let checked = |r: &mut Ruleset| {
        r.slots.iter_mut().for_each(|slot| slot.residual = slot.count);
        (0..6).for_each(|number| row(r, number, 0b1111));
    };
    assert_eq!(refusal(checked), None);
    assert_eq!(refusal(|r| row(r, NEW, 0b0100)), None);
    assert_eq!(refusal(|r| row(r, NO_LIST, 0b1101)), None);
}

#[test]
fn a_predicate_that_nobody_checks_and_no_dimension_decides_is_refused() {
    refused! { IndexAgreement:
        2, |r| r.slots[2].residual = 2;
        2, |r| r.slots[2].residual = 0;
        1, |r| r.slots[1].residual = 0;
        0, |r| r.index = Index::default();
        1, |r| { r.index.dimensions.pop(); r.index.cells.truncate(4); };
    }
    let without = |r: &mut Ruleset| {
        r.slots.iter_mut().for_each(|slot| slot.residual = slot.count);
        r.index = Index::default();
    };
    assert_eq!(refusal(without), None);
}

#[test]
fn a_group_of_ranks_that_begins_or_ends_elsewhere_is_refused() {
    let cells = |r: &mut Ruleset, cells: [u32; 4]| r.index.cells[..4].copy_from_slice(&cells);
    refused! { IndexAgreement:
        0, |r| cells(r, [0, 1, 1, 0]);
        0, |r| cells(r, [0, 0, 1, 1]);
        0, |r| cells(r, [0, 1, 0, 0]);
        0, |r| cells(r, [0, 0, 0, 0]);
        0, |r| cells(r, [1, 0, 1, 0]);
    }
    // Where it is checked again, a group may be wider, but not lie elsewhere.
    let checked = |wanted| {
        move |r: &mut Ruleset| {
            r.slots[0].residual = 2;
            cells(r, wanted);
        }
    };
    assert_eq!(refusal(checked([0, 1, 1, 1])), None);
    let lost = Some((ErrorCode::IndexAgreement, Some(0)));
    assert_eq!(refusal(checked([1, 1, 0, 1])), lost);
}

#[test]
fn a_list_has_the_rows_of_its_words_and_of_any_list() {
    refused! { IndexAgreement:
        1, |r| row(r, VIP, 0);
        2, |r| row(r, ANY_LIST, 0b1001);
        3, |r| row(r, ANY_LIST, 0b0101);
        0, |r| row(r, NO_LIST, 0b1000);
        3, |r| row(r, NO_LIST, 0b0001);
        1, |r| r.index.cells.swap(6, 7);
    }
    // A word's row may be wider where the slot is checked.
    assert_eq!(refusal(|r| row(r, VIP, 0b0110)), None);
}

/// A ruleset whose slots ask one subject. Each slot: its predicates, and how many of them
/// are checked. The rows are those of the cells, each once.
fn asking(
    subject: impl FnOnce(&mut Ruleset),
    sets: &[u32],
    slots: &[(&[Predicate], u16)],
    cells: &[u64],
) -> Option<(ErrorCode, Option<u64>)> {
    let mut ruleset = ruleset();
    let r = &mut ruleset;
    bare(r);
    subject(r);
    r.sets = sets.to_vec();
    for (predicates, residual) in slots {
        slot(r, 0, NONE, *residual, predicates);
    }
    let length = cells.len() as u32;
    r.index.dimensions = vec![Dimension { subject: 0, cells: Range { start: 0, length } }];
    r.index.cells = (0..length).collect();
    rows(r, cells);
    seal(r);
    refusal_of(r)
}

/// Takes away what the fixture matches by.
fn bare(r: &mut Ruleset) {
    r.subjects.clear();
    r.cuts.clear();
    r.words.clear();
    r.sets.clear();
    r.slots.clear();
    r.predicates.clear();
    r.index = Index::default();
}

/// The player's level, with so many cuts.
fn levels(cuts: u64) -> impl Fn(&mut Ruleset) {
    move |r| add_subject(r, SubjectKind::Fact, 0, &(0..cuts).collect::<Vec<_>>(), &[])
}

fn tags(r: &mut Ruleset) {
    add_subject(r, SubjectKind::Fact, 1, &[], &["vip", "new"]);
}

fn contradicts(slot: u64) -> Option<(ErrorCode, Option<u64>)> {
    Some((ErrorCode::IndexAgreement, Some(slot)))
}

#[test]
fn negated_predicates_hold_where_the_subject_is_there() {
    // Not rank 2, of five.
    let not_two = Predicate::new(Interval, true, 0, 2, 0);
    for residual in [0, 1] {
        let found = |cells: &[u64; 5]| asking(levels(3), &[], &[(&[not_two], residual)], cells);
        let right = [0, 1, 0, 1, 1];
        assert_eq!(found(&right), None);
        for rank in 0..5 {
            let mut cells = right;
            cells[rank] ^= 1;
            let is_wider = residual == 1 && right[rank] == 0;
            assert_eq!(found(&cells), (!is_wider).then_some(contradicts(0)).flatten(), "{rank}");
        }
    }
}

#[test]
fn masks_and_runs_hold_for_each_of_their_ranks() {
    let mask = Predicate::of_mask(0, 0b101_0110);
    let runs = Predicate::new(Runs, false, 0, 1, 6);
    let not_in_runs = Predicate::new(Runs, true, 0, 1, 6);
    // Ranks 1, 2, 4 and 6; or those that are there and none of these.
    let (sets, ranks) = ([9, 1, 3, 4, 5, 6, 7], [0, 1, 1, 0, 1, 0, 1, 0]);
    let others = [0, 0, 0, 1, 0, 1, 0, 1];
    for (predicate, right) in [(mask, ranks), (runs, ranks), (not_in_runs, others)] {
        let found = |cells: &[u64; 8]| asking(levels(6), &sets, &[(&[predicate], 0)], cells);
        assert_eq!(found(&right), None);
        for rank in 0..8 {
            let mut cells = right;
            cells[rank] ^= 1;
            assert_eq!(found(&cells), contradicts(0), "{rank} of {predicate:?}");
        }
    }
}

#[test]
fn what_is_absent_has_a_row_of_its_own_meaning() {
    let absent = Predicate::new(Interval, false, 0, 0, 0);
    let found = |slots: &[(&[Predicate], u16)], cells: &[u64]| asking(levels(1), &[], slots, cells);
    assert_eq!(found(&[(&[absent], 0)], &[1, 0, 0]), None);
    assert_eq!(found(&[(&[absent], 0)], &[0, 0, 0]), contradicts(0));
    assert_eq!(found(&[(&[absent], 0)], &[1, 1, 1]), contradicts(0));
    let of_list = |predicate, cells: &[u64]| asking(tags, &[], &[(&[predicate], 0)], cells);
    assert_eq!(of_list(absent, &[1, 0, 0, 0]), None);
    for cells in [[0, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]] {
        assert_eq!(of_list(absent, &cells), contradicts(0), "{cells:?}");
    }
    let there = Predicate::new(Interval, false, 0, 1, 0);
    assert_eq!(of_list(there, &[0, 1, 0, 0]), None);
    assert_eq!(of_list(there, &[0, 1, 1, 1]), None);
    assert_eq!(of_list(there, &[1, 1, 0, 0]), contradicts(0));
    assert_eq!(of_list(there, &[0, 0, 1, 1]), contradicts(0));
}

#[test]
fn no_row_of_a_list_can_decide_that_a_word_is_missing() {
    let without = Predicate::new(Member, true, 0, 1, 0);
    let found = |residual, cells: &[u64]| asking(tags, &[], &[(&[without], residual)], cells);
    assert_eq!(found(1, &[0, 1, 0, 0]), None);
    assert_eq!(found(0, &[0, 1, 0, 0]), contradicts(0));
    assert_eq!(found(0, &[0, 0, 1, 0]), contradicts(0));
    // Not even beside a word that is there.
    let word = Predicate::new(Member, false, 0, 0, 0);
    let found = |own: &[Predicate], residual| asking(tags, &[], &[(own, residual)], &[0, 0, 1, 0]);
    assert_eq!(found(&[without, word], 1), None);
    assert_eq!(found(&[word, without], 1), contradicts(0));
    assert_eq!(found(&[word, without], 0), contradicts(0));
    // Nor two words at once: the row of one is that of lists without the other, too.
    let both = [Predicate::new(Member, false, 0, 0, 0), Predicate::new(Member, false, 0, 1, 0)];
    let found = |residual, cells: &[u64]| asking(tags, &[], &[(&both, residual)], cells);
    assert_eq!(found(1, &[0, 0, 0, 1]), None);
    assert_eq!(found(2, &[0, 0, 1, 0]), None);
    assert_eq!(found(1, &[0, 0, 1, 0]), contradicts(0));
    assert_eq!(found(0, &[0, 0, 1, 0]), contradicts(0));
    assert_eq!(found(2, &[0, 0, 0, 0]), contradicts(0));
}

#[test]
fn groups_that_are_many_for_their_archive_are_compared_all_the_same() {
    // Every other rank, for some slots in words apart.
    let (ranks, slots) = (3_000_u32, 130);
    let made = |change: &dyn Fn(&mut Ruleset)| {
        let mut ruleset = ruleset();
        let r = &mut ruleset;
        bare(r);
        levels(u64::from(ranks) - 2)(r);
        r.sets = (1..=ranks).collect();
        let odd = [Predicate::new(Runs, false, 0, 0, ranks)];
        for number in 0..slots {
            let asks = [0, 70, 129].contains(&number);
            slot(r, 0, NONE, 0, if asks { &odd } else { &[] });
        }
        let cells = Range { start: 0, length: ranks };
        r.index.dimensions = vec![Dimension { subject: 0, cells }];
        r.index.cells = (0..ranks).map(|rank| rank % 2).collect();
        for odd in [0, 1] {
            let last = 0b01 | odd << 1;
            let words = [u64::MAX - (1 - odd), u64::MAX - ((1 - odd) << 6), last];
            r.index.rows.extend(words.iter().chain(&[0; BLOCK_WORDS - 3]));
            r.index.summaries.push(1);
        }
        change(r);
        seal(r);
        refusal_of(r)
    };
    assert_eq!(made(&|_| {}), None);
    for slot in [0, 70, 129] {
        for row in [0, BLOCK_WORDS] {
            let flip = |r: &mut Ruleset| r.index.rows[row + slot / 64] ^= 1 << (slot % 64);
            assert_eq!(made(&flip), contradicts(slot as u64));
        }
    }
    assert_eq!(made(&|r| r.index.cells[2_999] = 0), contradicts(0));
    assert_eq!(made(&|r| r.index.rows[1] ^= 1), contradicts(64), "a slot that doesn't ask");
}

#[test]
fn a_small_archive_cannot_make_much_work() {
    // Two rows in turn for very many ranks, and slots that all ask.
    let (ranks, slots) = (500_000, 100_000);
    let mut ruleset = ruleset();
    let r = &mut ruleset;
    bare(r);
    levels(ranks - 2)(r);
    let any = Predicate::new(Interval, false, 0, 0, ranks as u32 - 1);
    for _ in 0..slots {
        slot(r, 0, NONE, 0, &[any]);
    }
    let length = ranks as u32;
    r.index.dimensions = vec![Dimension { subject: 0, cells: Range { start: 0, length } }];
    r.index.cells = (0..length).map(|rank| rank % 2).collect();
    let mut row = vec![u64::MAX; slots / 64];
    row.push((1 << (slots % 64)) - 1);
    row.resize(row_words(slots), 0);
    r.index.rows = [&row[..], &row[..]].concat();
    let blocks = slots.div_ceil(512);
    let mut summary = vec![u64::MAX; blocks / 64];
    summary.push((1 << (blocks % 64)) - 1);
    assert_eq!(summary.len(), summary_words(slots));
    r.index.summaries = [&summary[..], &summary[..]].concat();
    seal(r);
    assert_eq!(refusal_of(r), Some((ErrorCode::IndexDimension, Some(0))));
    // The same where one row does for all.
    r.index.cells.fill(0);
    assert_eq!(refusal_of(r), None);
}

/// Numbers that are the same in every run: splitmix64 (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) % end as u64) as usize
    }

    fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

/// Ranks of the subjects of random archives. The last is a list of words.
const RANKS: [usize; 3] = [5, 60, 2];
const LIST: usize = 2;
const WORDS: usize = 4;

fn random_predicate(random: &mut Random, r: &mut Ruleset) -> Predicate {
    let subject = random.below(3);
    let (ranks, negated) = (RANKS[subject], random.chance(3));
    if subject == LIST && !random.chance(4) {
        return Predicate::new(Member, negated, LIST as u16, random.below(WORDS) as u32, 0);
    }
    match random.below(5) {
        0 if ranks <= 48 => Predicate::of_mask(subject as u16, random.below(1 << ranks) as u64),
        1 | 2 => {
            let mut ends: Vec<u32> =
                (0..2 * (1 + random.below(8))).map(|_| random.below(ranks + 1) as u32).collect();
            ends.sort_unstable();
            ends.dedup();
            ends.truncate(ends.len() / 2 * 2);
            if ends.is_empty() {
                ends = vec![0, 1];
            }
            let start = r.sets.len() as u32;
            r.sets.extend(&ends);
            Predicate::new(Runs, negated, subject as u16, start, ends.len() as u32)
        }
        _ => {
            let low = random.below(ranks);
            let width = random.below(ranks - low);
            Predicate::new(Interval, negated, subject as u16, low as u32, width as u32)
        }
    }
}

/// What a subject can be in a request: a rank, and of the list its words, as bits.
fn situations(subject: usize) -> Vec<(u32, u32)> {
    if subject < LIST {
        return (0..RANKS[subject] as u32).map(|rank| (rank, 0)).collect();
    }
    std::iter::once((0, 0)).chain((0..1 << WORDS).map(|words| (1, words))).collect()
}

fn holds(r: &Ruleset, predicate: Predicate, (rank, words): (u32, u32)) -> bool {
    let (low, width) = (predicate.low(), predicate.width());
    let plain = match predicate.kind().expect("a kind") {
        Interval => (low..=low + width).contains(&rank),
        PredicateKind::Mask => predicate.mask() >> rank & 1 == 1,
        Runs => r.sets[low as usize..(low + width) as usize]
            .chunks(2)
            .any(|run| (run[0]..run[1]).contains(&rank)),
        Member => rank > 0 && words >> low & 1 == 1,
    };
    if predicate.is_negated() { rank > 0 && !plain } else { plain }
}

/// The slots that rows and predicates say different things of.
fn contradictions(r: &Ruleset) -> Vec<u64> {
    (0..r.slots.len()).filter(|slot| is_contradicted(r, *slot)).map(|slot| slot as u64).collect()
}

fn is_contradicted(r: &Ruleset, number: usize) -> bool {
    let width = row_words(r.slots.len());
    let slot = &r.slots[number];
    let start = slot.predicates as usize;
    let own = &r.predicates[start..start + usize::from(slot.count)];
    let own = own.iter().map(|word| Predicate(*word)).enumerate();
    let is_decided = |at: usize| at >= usize::from(slot.residual);
    let has_dimension =
        |subject| r.index.dimensions.iter().any(|dimension| dimension.subject == subject);
    let wrong = r.index.dimensions.iter().any(|dimension| {
        let has = |cell: usize| {
            let row = r.index.cells[dimension.cells.start as usize + cell] as usize;
            r.index.rows[row * width + number / 64] >> (number % 64) & 1 == 1
        };
        let subject = usize::from(dimension.subject);
        situations(subject).into_iter().any(|situation| {
            let (rank, words) = situation;
            let bit = has(rank as usize)
                || (0..WORDS).any(|word| words >> word & 1 == 1 && has(2 + word));
            let mut asked = own.clone().filter(|(_, p)| usize::from(p.subject()) == subject);
            let all = asked.clone().all(|(_, p)| holds(r, p, situation));
            let unchecked = asked.all(|(at, p)| !is_decided(at) || holds(r, p, situation));
            all && !bit || bit && !unchecked
        })
    });
    wrong || own.clone().any(|(at, p)| is_decided(at) && !has_dimension(p.subject()))
}

/// Slots that ask anything, and an index that mostly says so, by a writer that puts
/// ranks together as it likes. Of `quiet` slots nobody asks anything.
fn random_ruleset(random: &mut Random, slots: usize, quiet: impl Fn(usize) -> bool) -> Ruleset {
    let mut ruleset = ruleset();
    let r = &mut ruleset;
    bare(r);
    levels(RANKS[0] as u64 - 2)(r);
    let golds: Vec<u64> = (0..RANKS[1] as u64 - 2).collect();
    add_subject(r, SubjectKind::Fact, 6, &golds, &[]);
    add_subject(r, SubjectKind::Fact, 1, &[], &["vip", "new", "beta", "old"]);
    let shared: Vec<Predicate> = (0..3).map(|_| random_predicate(random, r)).collect();
    for number in 0..slots {
        let count = if quiet(number) || random.chance(3) { 0 } else { 1 + random.below(3) };
        let predicates: Vec<Predicate> = (0..count)
            .map(|_| match random.below(4) {
                0 => random_predicate(random, r),
                _ => shared[random.below(3)],
            })
            .collect();
        slot(r, random.below(RULES as usize) as u32, NONE, count as u16, &predicates);
    }
    let width = row_words(slots);
    let spread = [0, 1, 4, 30][random.below(4)];
    for subject in (0..3).filter(|_| !random.chance(3)).collect::<Vec<_>>() {
        let count = if subject == LIST { 2 + WORDS } else { RANKS[subject] };
        let start = r.index.cells.len() as u32;
        let mut row = vec![0; width];
        for cell in 0..count {
            let begins = subject == LIST || spread == 0 || random.chance(spread);
            if begins || cell < 2 {
                // Of ranks with one row, those that come next.
                let mut ranks = vec![(cell as u32, 0)];
                if subject == LIST {
                    ranks = situations(LIST);
                    ranks.retain(|(rank, words)| match cell {
                        0 | 1 => *rank == cell as u32,
                        _ => words >> (cell - 2) & 1 == 1,
                    });
                } else if spread > 0 {
                    ranks.extend((cell + 1..count).map(|rank| (rank as u32, 0)));
                }
                row = vec![0; width];
                for (number, slot) in r.slots.iter().enumerate() {
                    let first = slot.predicates as usize;
                    let own = r.predicates[first..first + usize::from(slot.count)].iter();
                    let own: Vec<Predicate> = own
                        .map(|word| Predicate(*word))
                        .filter(|p| usize::from(p.subject()) == subject)
                        .collect();
                    let needs_word =
                        own.iter().any(|p| p.kind() == Some(Member) && !p.is_negated());
                    let wants = |rank| own.iter().all(|p| holds(r, *p, rank));
                    let elsewhere =
                        subject == LIST && cell > 0 && !own.is_empty() && needs_word == (cell == 1);
                    let bit = !elsewhere && ranks.iter().any(|rank| wants(*rank));
                    row[number / 64] |= u64::from(bit) << (number % 64);
                }
                r.index.rows.extend(&row);
            }
            r.index.cells.push((r.index.rows.len() / width) as u32 - 1);
        }
        let cells = Range { start, length: count as u32 };
        r.index.dimensions.push(Dimension { subject: subject as u16, cells });
    }
    // What is decided is found by trying, slot by slot.
    for number in 0..slots {
        let all = r.slots[number].residual;
        r.slots[number].residual = random.below(usize::from(all) + 1) as u16;
        if !random.chance(40) && is_contradicted(r, number) {
            r.slots[number].residual = all;
        }
    }
    ruleset
}

/// Makes the summaries anew and asks the verifier.
fn verdict_and_truth(r: &mut Ruleset) -> (Option<(ErrorCode, Option<u64>)>, Vec<u64>) {
    (verdict(r), contradictions(r))
}

fn verdict(r: &mut Ruleset) -> Option<(ErrorCode, Option<u64>)> {
    let width = row_words(r.slots.len());
    r.index.summaries = r
        .index
        .rows
        .chunks(width)
        .flat_map(|row| {
            row.chunks(64 * BLOCK_WORDS).map(|blocks| {
                let blocks = blocks.chunks(BLOCK_WORDS).enumerate();
                let live = blocks.filter(|(_, block)| block.iter().any(|word| *word != 0));
                live.fold(0, |summary, (at, _)| summary | 1 << at)
            })
        })
        .collect();
    seal(r);
    refusal_of(r)
}

#[test]
fn the_verifier_says_what_all_ranks_and_lists_say() {
    let mut random = Random(11);
    let (mut good, mut bad) = (0, 0);
    let sizes = [1, 2, 3, 5, 20, 64, 65, 130, 600].into_iter().cycle();
    for (round, slots) in sizes.take(if cfg!(debug_assertions) { 90 } else { 900 }).enumerate() {
        let mut ruleset = random_ruleset(&mut random, slots, |_| false);
        let r = &mut ruleset;
        for change in 0..10 {
            let (found, truth) = verdict_and_truth(r);
            match found {
                None => assert!(truth.is_empty(), "round {round}, change {change}: {truth:?}"),
                Some((code, at)) => {
                    assert_eq!(code, ErrorCode::IndexAgreement, "round {round}, change {change}");
                    let slot = at.expect("names a slot");
                    assert!(truth.contains(&slot), "round {round}, change {change}: {slot}");
                }
            }
            if truth.is_empty() {
                good += 1
            } else {
                bad += 1
            }
            // Now damage it, and mend that before the next damage, mostly.
            let before = r.clone();
            match random.below(3) {
                0 if !r.index.rows.is_empty() => {
                    let (row, slot) =
                        (random.below(r.index.rows.len() / row_words(slots)), random.below(slots));
                    r.index.rows[row * row_words(slots) + slot / 64] ^= 1 << (slot % 64);
                }
                1 if !r.index.cells.is_empty() => {
                    let (a, b) =
                        (random.below(r.index.cells.len()), random.below(r.index.cells.len()));
                    r.index.cells[a] = r.index.cells[b];
                }
                _ => {
                    let slot = &mut r.slots[random.below(slots)];
                    slot.residual = random.below(usize::from(slot.count) + 1) as u16;
                }
            }
            let (found, truth) = verdict_and_truth(r);
            assert_eq!(found.is_none(), truth.is_empty(), "round {round}, {found:?}: {truth:?}");
            if truth.is_empty() {
                good += 1
            } else {
                bad += 1
            }
            if !random.chance(4) {
                *r = before;
            }
        }
    }
    assert!(good * 5 > bad && bad * 5 > good, "{good} good, {bad} bad");
}

/// Of rows of more than 64 words several masks say which words are full. Each bit counts, in
/// words that slots ask about and in others, up to the last.
#[test]
fn rows_of_more_than_64_words_are_compared_to_their_last_bit() {
    let mut random = Random(12);
    for slots in [4_096, 4_097, 4_159, 4_160, 8_191, 8_192, 8_193, 8_704 - 64] {
        let quiet_from = [0, 64, 4_000, 4_096][random.below(4)];
        let is_quiet = |slot: usize| slot >= quiet_from && !(slot / 64).is_multiple_of(3);
        let mut ruleset = random_ruleset(&mut random, slots, is_quiet);
        let r = &mut ruleset;
        // What is contradicted is checked again; what is lost has a bit.
        for slot in contradictions(r) {
            r.slots[slot as usize].residual = r.slots[slot as usize].count;
        }
        let width = row_words(slots);
        for slot in contradictions(r) {
            let rows = r.index.rows.chunks_mut(width);
            rows.for_each(|row| row[slot as usize / 64] |= 1 << (slot % 64));
        }
        let (found, truth) = verdict_and_truth(r);
        assert_eq!((found, &truth[..]), (None, &[][..]), "{slots} slots");
        let rows = r.index.rows.len() / width;
        let ends = [0, 63, 64, 4_031, 4_032, 4_095, 4_096, 4_159, 8_191, 8_192, slots - 65];
        let mut tried: Vec<usize> = ends.into_iter().filter(|slot| *slot < slots).collect();
        tried.push(slots - 1);
        tried.extend((0..12).map(|_| random.below(slots)));
        for slot in tried {
            let row = random.below(rows.max(1));
            if rows == 0 {
                break;
            }
            r.index.rows[row * width + slot / 64] ^= 1 << (slot % 64);
            let is_wrong = is_contradicted(r, slot);
            let found = verdict(r);
            let expected = is_wrong.then(|| contradicts(slot as u64)).flatten();
            assert_eq!(found, expected, "row {row}, slot {slot} of {slots}");
            r.index.rows[row * width + slot / 64] ^= 1 << (slot % 64);
        }
    }
}
