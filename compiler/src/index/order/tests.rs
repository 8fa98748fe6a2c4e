use super::*;
use crate::lower::ranks::Runs;
use rulestone_format::subject::{KeyKind, Ranking};
use std::sync::Arc;

/// Numbers that look drawn (Marsaglia, "Xorshift RNGs", 2003).
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as u32 % bound
    }
}

const RANKS: u32 = 1001;

fn number() -> RankedSubject {
    let ranking = Ranking::Cuts(KeyKind::Double);
    RankedSubject { ranking, cuts: Vec::new(), ranks: RANKS, words: 0, cost: 0 }
}

fn list(words: u32) -> RankedSubject {
    RankedSubject { ranking: Ranking::Members, cuts: Vec::new(), ranks: 2, words, cost: 0 }
}

fn run(subject: u16, first: u32, width: u32) -> Ask {
    Ask { subject, what: runs(vec![(first, first + width - 1)]) }
}

fn runs(all: Vec<(u32, u32)>) -> Asked {
    Asked::Runs(Arc::new(Runs::new(all)))
}

fn slots(count: u32, mut asks: impl FnMut(u32) -> Vec<Ask>) -> Vec<Slot> {
    (0..count).map(|rule| Slot { rule, condition: 0, asks: asks(rule) }).collect()
}

/// Each asks three of eight subjects for a tenth to a third of their ranks.
fn mixed(count: u32) -> (Vec<Slot>, Vec<RankedSubject>) {
    let mut draws = Draws(2026);
    let slots = slots(count, |_| {
        let first = draws.below(8);
        let mut ask = |subject: u32| {
            let width = 100 + draws.below(233);
            run((subject % 8) as u16, 1 + draws.below(RANKS - width), width)
        };
        vec![ask(first), ask(first + 1), ask(first + 3)]
    });
    (slots, (0..8).map(|_| number()).collect())
}

/// How many blocks have a slot for each rank of each subject, on average over
/// requests that are drawn.
fn live_blocks(slots: &[Slot], subjects: usize) -> f64 {
    const REQUESTS: u32 = 200;
    let mut draws = Draws(7);
    let mut live = 0;
    for _ in 0..REQUESTS {
        let ranks: Vec<u32> = (0..subjects).map(|_| 1 + draws.below(RANKS - 1)).collect();
        let leaves = |ask: &Ask| match &ask.what {
            Asked::Runs(runs) => {
                let rank = ranks[usize::from(ask.subject)];
                runs.all().iter().any(|run| (run.0..=run.1).contains(&rank))
            }
            Asked::Member { .. } => true,
        };
        // A row's summary says of each subject alone whether a block has a slot.
        let is_live = |block: &&[Slot]| {
            (0..subjects).all(|subject| {
                block.iter().any(|slot| {
                    let mut asks =
                        slot.asks.iter().filter(|ask| usize::from(ask.subject) == subject);
                    asks.all(leaves)
                })
            })
        };
        live += slots.chunks(BLOCK).filter(is_live).count();
    }
    live as f64 / f64::from(REQUESTS)
}

fn rules(slots: &[Slot]) -> Vec<u32> {
    slots.iter().map(|slot| slot.rule).collect()
}

#[test]
fn few_slots_stay_in_decision_order() {
    let (mut slots, subjects) = mixed((LEAST_BLOCKS * BLOCK) as u32 - 1);
    let before = rules(&slots);
    cluster(&mut slots, &subjects);
    assert_eq!(rules(&slots), before);
}

#[test]
fn each_slot_stands_once_with_what_it_asks_and_always_in_the_same_place() {
    let (original, subjects) = mixed(5000);
    let mut slots = original.clone();
    cluster(&mut slots, &subjects);
    let mut again = original.clone();
    cluster(&mut again, &subjects);
    assert_eq!(rules(&slots), rules(&again));
    slots.sort_by_key(|slot| slot.rule);
    assert_eq!(rules(&slots), rules(&original));
    assert!(slots.iter().zip(&original).all(|(slot, original)| slot.asks == original.asks));
}

#[test]
fn a_request_leaves_fewer_blocks_than_where_slots_are_sorted() {
    let (mut slots, subjects) = mixed(20_000);
    let as_they_come = live_blocks(&slots, subjects.len());
    sort_by_narrowest(&mut slots, &subjects);
    let sorted = live_blocks(&slots, subjects.len());
    cluster(&mut slots, &subjects);
    let filled = live_blocks(&slots, subjects.len());
    assert!(sorted < 0.6 * as_they_come, "{sorted} of {as_they_come}");
    assert!(filled < 0.8 * sorted, "{filled} of {sorted}");
}

#[test]
fn a_word_that_enough_slots_ask_has_blocks_of_its_own() {
    let ask = |word| Ask { subject: 0, what: Asked::Member { word, negated: false } };
    // Of two words it is the first that has the slot in its row.
    let mut slots = slots(16 * 550, |rule| vec![ask(rule % 16), ask(rule / 16 % 16)]);
    cluster(&mut slots, &[list(16)]);
    for block in slots.chunks(BLOCK).take(16) {
        assert!(block.iter().all(|slot| slot.asks[0] == block[0].asks[0]));
    }
}

#[test]
fn slots_that_ask_one_subject_narrowly_stand_by_their_place() {
    let mut draws = Draws(1);
    let mut slots = slots(10_000, |_| {
        let width = 1 + draws.below(10);
        vec![run(0, 1 + draws.below(RANKS - width), width)]
    });
    cluster(&mut slots, &[number()]);
    let (full, _) = slots.as_chunks::<BLOCK>();
    assert!(full.as_flattened().is_sorted_by_key(|slot| place(&slot.asks[0])));
}

#[test]
fn asks_of_what_is_absent_or_of_any_kind_are_no_reason_to_fail() {
    let mut slots = slots(4096, |rule| match rule % 6 {
        0 => vec![run(0, 0, 1)],
        1 => vec![run(0, 0, 2), run(1, RANKS - 1, 1)],
        2 => vec![Ask { subject: 0, what: runs(vec![(0, 0), (RANKS - 1, RANKS - 1)]) }],
        3 => vec![Ask { subject: 2, what: Asked::Member { word: 1, negated: true } }, run(2, 1, 1)],
        4 => (0..3)
            .map(|word| Ask { subject: 2, what: Asked::Member { word, negated: false } })
            .collect(),
        _ => Vec::new(),
    });
    let absent = RankedSubject { ranks: 1, ..number() };
    cluster(&mut slots, &[number(), number(), list(70), absent]);
    let mut all = rules(&slots);
    all.sort_unstable();
    assert!(all.into_iter().eq(0..4096));
}
