//! Few blocks, with rows of their own and numbers asked by their keys behind them: what
//! matches is what the predicates say one by one, whoever asks and in whichever way.

mod limits;
pub(super) mod requests;
pub(super) mod spending;

use super::agreement::Random;
use super::facts::{Fact, KINDS, Kind};
use super::matching::{list, shuffled, tags};
use crate::decide::Simd;
use crate::session::Session;
use crate::testing::assemble::{Assembled, Assembler, Given};
use requests::RandomArchive;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::predicate::{Predicate, PredicateKind};

use PredicateKind::{Interval, Member};

/// Every other fact.
fn even(fact: usize) -> bool {
    fact.is_multiple_of(2)
}

/// The rules that a session finds, or `None` where it can't read the frame.
pub(super) fn rules(session: &mut Session, frame: &[u8]) -> Option<Vec<usize>> {
    let rules = session.matching(frame).ok()?;
    Some(rules.map(|rule| rule.index()).collect())
}

/// What each of some frames matches, in one batch that goes through the index together.
pub(super) fn batched(session: &mut Session, frames: &[Vec<u8>]) -> Vec<Vec<usize>> {
    session.set_batch_threshold(0);
    let mut all = Vec::new();
    session.matching_batch(&frames.concat(), |_, rules| {
        let rules = rules.expect("a good frame");
        all.push(rules.map(|rule| rule.index()).collect());
    });
    all
}

/// What a request matches, of which some facts are bound and the others are an item's.
pub(super) fn bound(
    session: &mut Session,
    assembled: &Assembled,
    given: &[Option<Given<'_>>],
    is_bound: impl Fn(usize) -> bool,
) -> Vec<usize> {
    let half = |of_bound: bool| {
        let facts = given.iter().enumerate();
        let facts: Vec<Option<Given<'_>>> =
            facts.map(|(at, given)| given.clone().filter(|_| is_bound(at) == of_bound)).collect();
        assembled.frame(&facts)
    };
    let mut bound = session.bind(&half(true)).expect("a good frame");
    // Another item before leaves nothing behind.
    let _ = bound.matching(&assembled.frame(&vec![None; given.len()]));
    let rules = bound.matching(&half(false)).expect("a good item");
    rules.map(|rule| rule.index()).collect()
}

/// Of how many slots more than `least` predicates are left to be asked.
fn ask_more_than(archive: &ArchivedRuleset, least: u16) -> usize {
    archive.slots.iter().filter(|slot| slot.residual.to_native() > least).count()
}

#[test]
fn candidates_and_their_residuals_are_what_the_predicates_say() {
    let mut random = Random(21);
    let sizes = [1, 511, 512, 513, 1024, 1025, 1536, 2047, 2048];
    let (mut found, mut possible, mut asked) = (0, 0, 0);
    for (round, slots) in sizes.into_iter().cycle().take(27).enumerate() {
        // With so many facts that not all numbers have keys, and with fewer.
        let times = 1 + round / sizes.len();
        let mut archive = RandomArchive::new(&mut random, slots, times);
        let requests: Vec<_> = (0..12).map(|_| archive.request(&mut random)).collect();
        let frames: Vec<Vec<u8>> =
            requests.iter().map(|request| archive.frame(request, &mut random)).collect();
        let expected: Vec<Vec<usize>> = {
            let archived = archive.assembled.archive();
            asked += ask_more_than(archived, 3);
            possible += archived.rules.len() * requests.len();
            requests.iter().map(|request| archive.expected(archived, request)).collect()
        };
        found += expected.iter().map(Vec::len).sum::<usize>();
        for simd in Simd::all() {
            archive.assembled.uses_index_on(simd);
            let assembled = &archive.assembled;
            assert!(assembled.is_dense(), "{slots} slots");
            let mut session = assembled.session();
            for (frame, expected) in frames.iter().zip(&expected) {
                let found = rules(&mut session, frame);
                assert_eq!(found.as_ref(), Some(expected), "{simd:?}, round {round}");
            }
            assert_eq!(batched(&mut session, &frames), expected, "{simd:?}, round {round}");
            session.use_index(false);
            let one = round % frames.len();
            assert_eq!(rules(&mut session, &frames[one]).as_ref(), Some(&expected[one]));
        }
    }
    // Some are found, and many slots ask more behind their rows than is asked at once.
    assert!(found * 100 > possible && found * 2 < possible, "{found} of {possible}");
    assert!(asked > 1_000, "{asked}");
}

#[test]
fn sessions_that_ask_in_every_way_in_turn_remember_nothing() {
    let mut random = Random(22);
    for (round, slots) in [1, 130, 513, 1100].into_iter().cycle().take(8).enumerate() {
        let mut archive = RandomArchive::new(&mut random, slots, 1);
        let processors = Simd::all();
        archive.assembled.uses_index_on(processors[round % processors.len()]);
        let assembled = &archive.assembled;
        let requests: Vec<_> = (0..12).map(|_| archive.request(&mut random)).collect();
        let frames: Vec<Vec<u8>> =
            requests.iter().map(|request| archive.frame(request, &mut random)).collect();
        let archived = assembled.archive();
        let expected: Vec<Vec<usize>> =
            requests.iter().map(|request| archive.expected(archived, request)).collect();
        let mut session = assembled.session();
        for step in 0..60 {
            let at = random.below(frames.len());
            let way = random.below(5);
            session.use_index(way != 0);
            let found = match way {
                0..=2 => rules(&mut session, &frames[at]).expect("a good frame"),
                3 => bound(&mut session, assembled, &requests[at].given, even),
                _ => {
                    let found = batched(&mut session, &frames[at..]);
                    assert_eq!(found, expected[at..], "step {step} of round {round}");
                    continue;
                }
            };
            assert_eq!(found, expected[at], "step {step} of round {round}, way {way}");
        }
    }
}

#[test]
fn lists_count_each_word_once_and_forget_it() {
    // Words whose bits share a word of memory, and words whose bits don't; a list before
    // and a list behind.
    let words: Vec<String> = (0..130).map(|word| format!("w{word}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut assembler = Assembler::new();
    let lists = [2, 130, 64].map(|count| (tags(&mut assembler, &words[..count]), count));
    for (subject, count) in lists {
        for word in 0..count as u32 {
            for negated in [false, true] {
                let has = Predicate::new(Member, negated, subject, word, 0);
                assembler.rule(&format!("{has:?}"), 0, &[has], None, &[]);
            }
        }
    }
    assembler.index(&lists.map(|(subject, _)| subject));
    let mut assembled = assembler.finish();
    assembled.is_in_order();
    let lists_of = [
        None,
        Some(vec![]),
        Some(vec![0]),
        Some(vec![0, 1, 1, 0]),
        Some(vec![63, 63, 64, 129, 64]),
        Some(vec![1000, 127, 128, 1000]),
    ];
    let expected = |given: [usize; 3]| {
        let mut rule = 0;
        let mut expected = Vec::new();
        for (list, (_, count)) in given.iter().zip(lists) {
            for word in 0..count {
                if let Some(own) = &lists_of[*list] {
                    expected.push(rule + usize::from(!own.contains(&word)));
                }
                rule += 2;
            }
        }
        expected
    };
    for simd in Simd::all() {
        assembled.uses_index_on(simd);
        assert!(assembled.is_dense());
        let mut session = assembled.session();
        for at in shuffled(6 * 6 * 6).map(|at| at as usize) {
            let given = [at % 6, at / 6 % 6, at / 36];
            let facts = given.map(|list| {
                let own = lists_of[list].as_ref()?;
                let own: Vec<&str> =
                    own.iter().map(|word| *words.get(*word).unwrap_or(&"none")).collect();
                self::list(&own)
            });
            session.use_index(at % 5 != 0);
            let found = match at % 3 {
                0 => bound(&mut session, &assembled, &facts, even),
                _ => rules(&mut session, &assembled.frame(&facts)).expect("a good frame"),
            };
            assert_eq!(found, expected(given), "{given:?}");
        }
    }
}

#[test]
fn damaged_archives_that_are_accepted_match_as_their_own_rows_say() {
    let mut random = Random(23);
    let mut assembler = Assembler::new();
    let kinds = [KINDS[0], KINDS[2], KINDS[3], KINDS[5], Kind::Label(5), Kind::Point, Kind::Text];
    let facts = kinds.map(|kind| Fact::new(kind, &mut random, &mut assembler));
    for fact in &mut assembler.ruleset.schema.facts[..3] {
        fact.optional = 0;
    }
    let mut counts: Vec<usize> = facts.iter().flat_map(Fact::counts).collect();
    let list = tags(&mut assembler, &["vip", "new"]);
    counts.push(2);
    for slot in 0..17_usize {
        let both = [slot % counts.len(), (slot / 2 + 3) % counts.len()];
        let asks = both.map(|subject| match slot % 3 {
            0 if subject == usize::from(list) => Predicate::new(Member, false, list, 1, 0),
            0 => Predicate::of_mask(subject as u16, 0b1110 & ((1 << counts[subject]) - 1)),
            at => Predicate::new(Interval, at == 2, subject as u16, 1, 0),
        });
        assembler.rule(&slot.to_string(), 0, &asks, None, &[]);
    }
    let subjects: Vec<u16> = (0..counts.len() as u16).collect();
    assembler.index(&subjects);
    for subject in (0..list).step_by(2) {
        assembler.share_rows(subject, 2);
    }
    let whole = assembler.finish();
    whole.is_in_order();
    let frames: Vec<Vec<u8>> = (0..6)
        .map(|at| {
            let mut given: Vec<_> = (facts.iter().enumerate())
                .map(|(fact, of)| Some(of.value(&mut random).0).filter(|_| at > 1 || fact < 3))
                .collect();
            given.push(self::list(&["new", "new", "x"][at % 3..]));
            whole.frame(&given)
        })
        .collect();
    let (mut compared, mut matched) = (0, 0);
    for bit in 0..whole.length() * 8 {
        let flipped = whole.damaged(|bytes| bytes[bit / 8] ^= 1 << (bit % 8));
        let Some(mut damaged) = flipped else { continue };
        damaged.uses_index_on(Simd::detect());
        if !damaged.is_dense() {
            continue;
        }
        let found = |damaged: &Assembled| -> Vec<Option<Vec<usize>>> {
            let mut session = damaged.session();
            frames.iter().map(|frame| rules(&mut session, frame)).collect()
        };
        let mut all = Vec::new();
        for simd in Simd::all() {
            damaged.uses_index_on(simd);
            all.push(found(&damaged));
        }
        damaged.is_sparse_on(Simd::detect());
        // Rows that are wrong leave too few slots or too many: here as there.
        let expected = found(&damaged);
        assert!(all.iter().all(|found| *found == expected), "bit {bit}: {all:?}, {expected:?}");
        compared += frames.len();
        matched += expected.iter().flatten().map(Vec::len).sum::<usize>();
    }
    assert!(compared > 5_000 && matched > compared, "{compared}, {matched}");
}
