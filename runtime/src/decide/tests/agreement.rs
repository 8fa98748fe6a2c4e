//! Random archives and requests: what matches is what the predicates say one by
//! one, with an index by any subjects and without.

use super::matching::{level, matched_again, number, shuffled, tags};
use crate::decide::Simd;
use crate::testing::assemble::{Assembler, Given, holds};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::predicate::{Predicate, PredicateKind};

use PredicateKind::{Interval, Member};

/// A source of numbers that are the same in every run.
pub(super) struct Random(pub(super) u64);

impl Random {
    /// splitmix64 (Steele, Lea and Flood, 2014).
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) % end as u64) as usize
    }

    pub(super) fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

/// Cuts or words of the subjects of random archives: three of ints, two of lists.
const SIZES: [usize; 5] = [3, 20, 60, 5, 70];

/// A predicate of any kind that the subject can be asked.
fn predicate(random: &mut Random, assembler: &mut Assembler, subject: u16) -> Predicate {
    let size = SIZES[usize::from(subject)];
    let negated = random.chance(3);
    if subject >= 3 && !random.chance(8) {
        return Predicate::new(Member, negated, subject, random.below(size) as u32, 0);
    }
    of_ranks(random, assembler, subject, if subject < 3 { size + 2 } else { 2 })
}

/// A predicate of any kind by which a subject of so many ranks can be asked for them.
pub(super) fn of_ranks(
    random: &mut Random,
    assembler: &mut Assembler,
    subject: u16,
    ranks: usize,
) -> Predicate {
    let negated = random.chance(3);
    match random.below(4) {
        0 if ranks <= 48 => {
            let mask = (random.below(1 << 31) << 31 | random.below(1 << 31)) as u64;
            Predicate::of_mask(subject, mask & ((1 << ranks) - 1))
        }
        1 => {
            let mut ends: Vec<u32> = (0..4).map(|_| random.below(ranks + 1) as u32).collect();
            ends.sort_unstable();
            ends.dedup();
            ends.truncate(ends.len() / 2 * 2);
            match ends[..] {
                [] => Predicate::new(Interval, negated, subject, 0, 0),
                [a, b] => assembler.runs(subject, negated, &[(a, b)]),
                [a, b, c, d, ..] => assembler.runs(subject, negated, &[(a, b), (c, d)]),
                _ => unreachable!("an even number, at most four"),
            }
        }
        _ => {
            let low = random.below(ranks);
            let width = random.below(ranks - low);
            Predicate::new(Interval, negated, subject, low as u32, width as u32)
        }
    }
}

/// What a request of a random archive has: for each subject a rank, or the words.
#[derive(Debug)]
struct Request {
    ranks: [u32; 3],
    words: [Option<Vec<usize>>; 2],
}

impl Request {
    fn new(random: &mut Random) -> Request {
        let words = |random: &mut Random, size: usize| {
            let count = random.below(6);
            let any = (0..count).map(|_| random.below(size + 2)).collect();
            (!random.chance(4)).then_some(any)
        };
        Request {
            ranks: [0, 1, 2].map(|at| random.below(SIZES[at] + 2) as u32),
            words: [words(random, SIZES[3]), words(random, SIZES[4])],
        }
    }

    fn holds(&self, archive: &ArchivedRuleset, predicate: Predicate) -> bool {
        let subject = usize::from(predicate.subject());
        let words = subject.checked_sub(3).map(|list| &self.words[list]);
        let rank = words.map_or_else(|| self.ranks[subject], |words| u32::from(words.is_some()));
        holds(archive, predicate, rank).unwrap_or_else(|| {
            let list = words.and_then(Option::as_ref);
            list.is_some_and(|list| {
                list.contains(&(predicate.low() as usize)) != predicate.is_negated()
            })
        })
    }
}

#[test]
fn the_index_never_changes_what_matches() {
    let mut random = Random(5);
    let (mut found, mut possible) = (0, 0);
    for (round, slots) in
        [0, 1, 5, 64, 65, 130, 512, 513, 700, 1_100, 2_100].into_iter().cycle().take(66).enumerate()
    {
        let mut assembler = Assembler::new();
        for cuts in &SIZES[..3] {
            level(&mut assembler, *cuts as i64);
        }
        let are_optional = random.chance(2);
        for fact in &mut assembler.ruleset.schema.facts {
            fact.optional = are_optional.into();
        }
        let words: Vec<String> = (0..72).map(|word| format!("w{word}")).collect();
        for count in &SIZES[3..] {
            let words: Vec<&str> = words[..*count].iter().map(String::as_str).collect();
            tags(&mut assembler, &words);
        }
        let rules = 1 + random.below(slots + 1);
        for rule in 0..rules {
            assembler.rule_without_slots(&rule.to_string(), 0, &[]);
        }
        for _ in 0..slots {
            let asks: Vec<Predicate> = (0..random.below(6))
                .map(|_| {
                    let subject = random.below(5) as u16;
                    predicate(&mut random, &mut assembler, subject)
                })
                .collect();
            assembler.slot(random.below(rules) as u32, &asks, None);
        }
        if slots > 0 {
            let mut indexed: Vec<u16> = shuffled(5).map(|subject| subject as u16).collect();
            indexed.rotate_left(random.below(5));
            indexed.truncate(random.below(6));
            assembler.index(&indexed);
        }
        let mut assembled = assembler.finish();
        assembled.is_in_order();
        // In turn for all kinds of processors that this one is.
        let processors = Simd::all();
        assembled.scans_on(processors[round % processors.len()]);
        let mut session = assembled.session();
        for _ in 0..20 {
            let mut request = Request::new(&mut random);
            if !are_optional {
                request.ranks = request.ranks.map(|rank| rank.max(1));
            }
            let mut facts: Vec<Option<Given<'_>>> =
                request.ranks.iter().map(|rank| number(i64::from(*rank) - 2)).collect();
            for (fact, rank) in facts.iter_mut().zip(request.ranks) {
                if rank == 0 {
                    *fact = None;
                }
            }
            for list in &request.words {
                let items = list.as_ref().map(|list| {
                    list.iter().map(|word| Given::Text(&words[*word])).collect::<Vec<_>>()
                });
                facts.push(items.map(Given::List));
            }
            let archive = assembled.archive();
            let mut expected: Vec<u32> = (archive.slots.iter())
                .filter(|slot| {
                    let start = slot.predicates.to_native() as usize;
                    let end = start + usize::from(slot.count.to_native());
                    let own = &archive.predicates[start..end];
                    own.iter().all(|own| request.holds(archive, Predicate(own.to_native())))
                })
                .map(|slot| slot.rule.to_native())
                .collect();
            expected.sort_unstable();
            expected.dedup();
            let found_now = matched_again(&assembled, &mut session, &facts);
            assert_eq!(found_now, expected, "round {round}: {request:?}");
            found += expected.len();
            possible += rules;
        }
    }
    assert!(found * 100 > possible && found * 2 < possible, "{found} of {possible}");
}
