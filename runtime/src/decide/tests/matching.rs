//! Which rules match, and in what order: whatever the order of slots, however
//! many a rule has, with an index and without.

use super::faulty;
use crate::session::Session;
use crate::testing::assemble::{Assembled, Assembler, Code, Given, Source};
use rulestone_format::code::Opcode;
use rulestone_format::index::BLOCK;
use rulestone_format::meaning::Fault;
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::rule::{Combine, HitPolicy};
use rulestone_format::schema::FactKind;
use rulestone_format::subject::{KeyKind, SubjectKind};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::Word;

use PredicateKind::{Interval, Member};

pub(super) fn number(value: i64) -> Option<Given<'static>> {
    Some(Given::Narrow(Word::from_int(value)))
}

pub(super) fn list<'v>(items: &[&'v str]) -> Option<Given<'v>> {
    Some(Given::List(items.iter().copied().map(Given::Text).collect()))
}

/// A subject of ints, with the cuts `0..cuts`, so that a value below 0 has rank 1.
pub(super) fn level(assembler: &mut Assembler, cuts: i64) -> u16 {
    let path = format!("level{}", assembler.ruleset.schema.facts.len());
    let fact = assembler.plain_fact(&path, FactKind::Int, TypeId::INT);
    let keys: Vec<u64> = (0..cuts).map(|cut| KeyKind::Signed.key(Word::from_int(cut))).collect();
    assembler.subject(SubjectKind::Fact, fact, &keys, &[])
}

/// A subject that is a list of these words.
pub(super) fn tags(assembler: &mut Assembler, words: &[&str]) -> u16 {
    let path = format!("tags{}", assembler.ruleset.schema.facts.len());
    let list_type = assembler.kind(TypeKind::List(TypeId::STRING));
    let item = assembler.fact_type(FactKind::String, 0);
    let list = assembler.fact_type(FactKind::List, item);
    let list = assembler.fact(&path, list, list_type);
    assembler.subject(SubjectKind::Fact, list, &[], words)
}

/// The rules that are kept, by number. Asked in every way that there is: they agree.
#[track_caller]
pub(super) fn matched(assembled: &Assembled, facts: &[Option<Given<'_>>]) -> Vec<u32> {
    matched_again(assembled, &mut assembled.session(), facts)
}

/// The same, by a session that may have served others before.
#[track_caller]
pub(super) fn matched_again(
    assembled: &Assembled,
    session: &mut Session,
    facts: &[Option<Given<'_>>],
) -> Vec<u32> {
    let frame = assembled.frame(facts);
    let with = decided(session, &frame);
    let alone: Vec<u32> =
        session.matching(&frame).expect("a good frame").map(|rule| rule.index() as u32).collect();
    assert_eq!(alone, with, "matching alone");
    session.use_index(false);
    let without = decided(session, &frame);
    session.use_index(true);
    assert_eq!(without, with, "without the index");
    with
}

fn decided(session: &mut Session, frame: &[u8]) -> Vec<u32> {
    let decision = session.decide(frame).expect("a good frame");
    decision.matched().map(|rule| rule.index() as u32).collect()
}

/// Numbers below `count`, each once, in an order that looks like none.
pub(super) fn shuffled(count: usize) -> impl Iterator<Item = u32> {
    // Steps that share no factor with the count come by all numbers.
    let step = [7_919, 104_729, 15_485_863].into_iter().find(|step| !count.is_multiple_of(*step));
    let step = step.expect("one of the primes doesn't divide it");
    (0..count).map(move |at| ((at * step + 1) % count) as u32)
}

#[test]
fn matches_are_in_decision_order_whatever_the_order_of_slots() {
    // A few words, a whole block, several blocks, more than a word of a summary has bits.
    for count in [3, 64, 65, 128, 129, BLOCK, BLOCK + 1, 3 * BLOCK, 64 * BLOCK + 2] {
        let mut assembler = Assembler::new();
        let subject = level(&mut assembler, 6);
        for rule in 0..count {
            assembler.rule_without_slots(&rule.to_string(), 0, &[]);
        }
        // Rule n wants a level of at least n % 7, of which 0 is none.
        for rule in shuffled(count) {
            let rank = rule % 7 + 1;
            let at_least = Predicate::new(Interval, false, subject, rank, 7 - rank);
            assembler.slot(rule, &[at_least], None);
        }
        assembler.index(&[subject]);
        let assembled = assembler.finish();
        assembled.is_in_order();
        for level in [-1, 0, 3, 5] {
            let expected: Vec<u32> =
                (0..count as u32).filter(|rule| i64::from(rule % 7) <= level + 1).collect();
            assert_eq!(matched(&assembled, &[number(level)]), expected, "{count}, level {level}");
        }
        assert!(matched(&assembled, &[None]).is_empty());
    }
}

#[test]
fn a_few_slots_are_found_among_many() {
    // One slot in a while asks for a level that it alone has.
    let count = 64 * BLOCK + BLOCK + 9;
    let places = [0, 63, 64, BLOCK - 1, BLOCK, 63 * BLOCK, 64 * BLOCK - 1, 64 * BLOCK, count - 1];
    let mut assembler = Assembler::new();
    let subject = level(&mut assembler, 10);
    let tags = tags(&mut assembler, &["vip"]);
    let never = Predicate::new(Interval, false, subject, 0, 0);
    for rule in 0..count as u32 {
        assembler.rule_without_slots(&rule.to_string(), 0, &[]);
        let place = places.iter().position(|place| *place == rule as usize);
        let own = place.map(|place| Predicate::new(Interval, false, subject, place as u32 + 2, 0));
        let vip = Predicate::new(Member, rule % 2 == 0, tags, 0, 0);
        assembler.slot(rule, &[own.unwrap_or(never), vip], None);
    }
    assembler.index(&[subject, tags]);
    let assembled = assembler.finish();
    assembled.is_in_order();
    for (level, place) in (0..).zip(places) {
        let (vip, other) = match place % 2 {
            1 => (vec![place as u32], vec![]),
            _ => (vec![], vec![place as u32]),
        };
        assert_eq!(matched(&assembled, &[number(level), list(&["vip"])]), vip, "{place}");
        assert_eq!(matched(&assembled, &[number(level), list(&["x"])]), other, "{place}");
        assert!(matched(&assembled, &[number(level), None]).is_empty());
    }
    assert!(matched(&assembled, &[number(9), list(&[])]).is_empty());
}

#[test]
fn a_rule_of_several_slots_matches_once() {
    let mut assembler = Assembler::new();
    let output = assembler.output("points", TypeId::INT, Combine::Sum, None);
    let subject = level(&mut assembler, 2);
    let one = [(output, Source::Constant(Word::from_int(1)))];
    let ten = [(output, Source::Constant(Word::from_int(10)))];
    assembler.rule_without_slots("many ways", 0, &one);
    assembler.rule_without_slots("one way", 0, &ten);
    let at_least = |rank| Predicate::new(Interval, false, subject, rank, 3 - rank);
    let mut code = Code::default();
    let yes = code.constant(&mut assembler, TypeId::BOOL, Word::TRUE);
    let yes = assembler.unit(TypeId::BOOL, code.give(yes));
    for (rule, rank, condition) in
        [(0, 2, None), (1, 1, None), (0, 1, Some(yes)), (0, 2, Some(yes)), (0, 1, None)]
    {
        assembler.slot(rule, &[at_least(rank)], condition);
    }
    assembler.index(&[subject]);
    let assembled = assembler.finish();
    assembled.is_in_order();
    for value in [-1, 0, 1] {
        assert_eq!(matched(&assembled, &[number(value)]), [0, 1]);
        let frame = assembled.frame(&[number(value)]);
        let line = super::line(&mut assembled.session(), &frame);
        assert!(line.contains(r#""outputs":{"points":11}"#), "{line}");
    }
    assert!(matched(&assembled, &[None]).is_empty());
}

#[test]
fn one_slot_that_matches_is_enough_whatever_becomes_of_the_others() {
    let mut assembler = Assembler::new();
    let Source::Unit(fails) = faulty(&mut assembler, TypeId::BOOL, Fault::Overflow) else {
        return;
    };
    for id in ["no way", "last way", "first way"] {
        assembler.rule_without_slots(id, 0, &[]);
    }
    for (rule, condition) in
        [(2, None), (1, Some(fails)), (0, Some(fails)), (2, Some(fails)), (1, None)]
    {
        assembler.slot(rule, &[], condition);
    }
    assert_eq!(matched(&assembler.finish(), &[]), [1, 2]);
}

#[test]
fn a_rule_without_slots_never_matches() {
    let mut assembler = Assembler::new();
    assembler.rule_without_slots("never", 0, &[]);
    let none = assembler.finish();
    none.is_in_order();
    assert!(matched(&none, &[]).is_empty());
}

/// Four groups, and rules of them in turn: `collect`, `first`, `unique`, `unique`.
/// The rules' slots stand from the last rule to the first; each has two.
fn groups(assembler: &mut Assembler, subject: u16, rules: u32) {
    let first = assembler.group("first", HitPolicy::First);
    let alone = assembler.group("alone", HitPolicy::Unique);
    let crowd = assembler.group("crowd", HitPolicy::Unique);
    for rule in 0..rules {
        let group = [0, first, alone, crowd][rule as usize % 4];
        // Names in another order than the numbers.
        assembler.rule_without_slots(&format!("{:04}", 9_999 - rule), group, &[]);
    }
    for rule in (0..rules).rev() {
        // Rule n of the group `alone` wants a level of just n / 4.
        let level = rule / 4 + 2;
        let predicate = match rule % 4 {
            2 => Predicate::new(Interval, false, subject, level, 0),
            _ => Predicate::new(Interval, false, subject, 1, level - 1),
        };
        assembler.slot(rule, &[predicate], None);
        assembler.slot(rule, &[predicate], None);
    }
}

#[test]
fn hit_policies_go_by_decision_order_whatever_the_order_of_slots() {
    for rules in [12, 80, 400, 1_200] {
        let mut assembler = Assembler::new();
        let subject = level(&mut assembler, 300);
        groups(&mut assembler, subject, rules);
        assembler.index(&[subject]);
        let assembled = assembler.finish();
        assembled.is_in_order();
        let last = rules / 4 - 1;
        for level in [0, 1, last / 2, last] {
            // Of the others, those match whose own level is not below.
            let collected = (level..=last).map(|n| 4 * n);
            let mut expected: Vec<u32> = collected.chain([4 * level + 1, 4 * level + 2]).collect();
            let in_crowd: Vec<u32> = (level..=last).map(|n| 4 * n + 3).collect();
            if in_crowd.len() == 1 {
                expected.extend(&in_crowd);
            }
            expected.sort_unstable();
            let facts = [number(level.into())];
            assert_eq!(matched(&assembled, &facts), expected, "{rules}, {level}");
            let line = super::line(&mut assembled.session(), &assembled.frame(&facts));
            // By id, which is from the last rule to the first.
            let names = in_crowd.iter().rev().map(|rule| format!("\"{:04}\"", 9_999 - rule));
            let names: Vec<String> = names.collect();
            let conflict = format!(
                r#","errors":[{{"kind":"conflict","group":"crowd","rules":[{}]}}]}}"#,
                names.join(",")
            );
            assert_eq!(line.ends_with(&conflict), names.len() > 1, "{line}");
            assert_eq!(line.contains("conflict"), names.len() > 1, "{line}");
        }
    }
}

#[test]
fn lists_have_their_words_once_and_no_others() {
    let words: Vec<String> = (0..150).map(|word| format!("word {word}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut assembler = Assembler::new();
    let first = tags(&mut assembler, &words);
    let second = tags(&mut assembler, &["vip", "word 70"]);
    let all = [(first, 0..150), (second, 0..2)];
    for (subject, word) in all.into_iter().flat_map(|(s, words)| words.map(move |word| (s, word))) {
        let has = Predicate::new(Member, false, subject, word, 0);
        let lacks = Predicate::new(Member, true, subject, word, 0);
        assembler.rule("has", 0, &[has], None, &[]);
        assembler.rule("lacks", 0, &[lacks], None, &[]);
    }
    let both = [
        Predicate::new(Member, false, first, 70, 0),
        Predicate::new(Member, false, first, 3, 0),
        Predicate::new(Member, true, second, 1, 0),
    ];
    assembler.rule("both", 0, &both, None, &[]);
    assembler.index(&[second, first]);
    let assembled = assembler.finish();
    for (a, b) in [
        (vec![], vec![]),
        (vec!["word 0"], vec!["vip"]),
        (vec!["word 3", "word 70"], vec!["unknown"]),
        (vec!["word 70", "word 70", "x", "word 3", "word 70"], vec!["word 70", "vip", "word 70"]),
        (vec!["vip", "", "word 150", "word"], vec!["word 149"]),
        (vec!["word 63", "word 64", "word 127", "word 128", "word 149"], vec![""]),
        (words.iter().chain(&words).copied().collect(), vec!["vip"]),
    ] {
        let mut expected = Vec::new();
        let known = [(&a, &words[..]), (&b, &["vip", "word 70"])];
        for (list, word) in known.into_iter().flat_map(|(list, w)| w.iter().map(move |w| (list, w)))
        {
            // `has` stands before `lacks`.
            expected.push(expected.len() as u32 * 2 + u32::from(!list.contains(word)));
        }
        let has_both = a.contains(&"word 70") && a.contains(&"word 3") && !b.contains(&"word 70");
        expected.extend(has_both.then_some(304));
        assert_eq!(matched(&assembled, &[list(&a), list(&b)]), expected, "{a:?} {b:?}");
        // What is absent neither has a word nor lacks one.
        let of_first = expected.iter().copied().filter(|rule| *rule < 300).collect::<Vec<u32>>();
        assert_eq!(matched(&assembled, &[list(&a), None]), of_first);
    }
    assert!(matched(&assembled, &[None, None]).is_empty());
    assert!(matched(&assembled, &[]).is_empty());
}

#[test]
fn no_predicate_but_one_for_it_holds_of_what_is_absent() {
    let mut assembler = Assembler::new();
    let subject = level(&mut assembler, 60);
    let few = level(&mut assembler, 3);
    let list = tags(&mut assembler, &["vip"]);
    let runs = [(1, 5), (40, 62)];
    let from_absent = [(0, 3), (9, 10)];
    let predicates = [
        // The only ones that hold.
        Predicate::new(Interval, false, subject, 0, 0),
        Predicate::of_mask(few, 1),
        Predicate::new(Interval, false, list, 0, 1),
        assembler.runs(subject, false, &from_absent),
        // Of what is there.
        assembler.runs(subject, true, &from_absent),
        Predicate::new(Interval, true, subject, 0, 0),
        Predicate::new(Interval, false, subject, 1, 60),
        Predicate::new(Interval, true, subject, 1, 60),
        Predicate::new(Interval, true, subject, 5, 6),
        Predicate::of_mask(few, 0b11110),
        assembler.runs(subject, false, &runs),
        assembler.runs(subject, true, &runs),
        Predicate::new(Member, false, list, 0, 0),
        Predicate::new(Member, true, list, 0, 0),
    ];
    for predicate in predicates {
        assembler.rule("r", 0, &[predicate], None, &[]);
    }
    assembler.index(&[subject, few, list]);
    let assembled = assembler.finish();
    assert_eq!(matched(&assembled, &[]), [0, 1, 2, 3]);
    assert_eq!(matched(&assembled, &[None, None, None]), [0, 1, 2, 3]);
    // Of ranks 9, 1 and 1.
    let there = || [number(7), number(-1), self::list(&["x"])];
    assert_eq!(matched(&assembled, &there()), [2, 3, 5, 6, 9, 11, 13]);
}

#[test]
fn a_variable_is_worked_out_once_for_predicates_conditions_and_outputs() {
    let mut assembler = Assembler::new();
    let output = assembler.output("text", TypeId::STRING, Combine::Collect, None);
    let name = assembler.plain_fact("name", FactKind::String, TypeId::STRING);
    let mut code = Code::default();
    let register = code.value(Opcode::Fact, TypeId::STRING, 0, 0, name);
    let twice = code.value(Opcode::Join2, TypeId::STRING, register, register, 0);
    let unit = assembler.unit(TypeId::STRING, code.give(twice));
    let variable = assembler.variable(unit);
    let subject = assembler.subject(SubjectKind::Variable, variable, &[], &["aa"]);
    let mut code = Code::default();
    let again = code.value(Opcode::Variable, TypeId::STRING, 0, 0, variable);
    let again = assembler.unit(TypeId::STRING, code.give(again));
    let mut code = Code::default();
    let left = code.value(Opcode::Variable, TypeId::STRING, 0, 0, variable);
    let right = assembler.string("aa");
    let right = code.constant(&mut assembler, TypeId::STRING, right);
    let equal = code.value(Opcode::Equal, TypeId::BOOL, left, right, 0);
    let is_equal = assembler.unit(TypeId::BOOL, code.give(equal));
    let is_aa = Predicate::new(Interval, false, subject, 1, 0);
    let value = [(output, Source::Unit(again))];
    assembler.rule("both", 0, &[is_aa], Some(is_equal), &value);
    assembler.rule("neither", 0, &[Predicate(is_aa.0 | 1)], Some(is_equal), &value);
    assembler.rule("other", 0, &[Predicate(is_aa.0 | 1)], None, &value);
    assembler.index(&[subject]);
    let assembled = assembler.finish();
    assert_eq!(matched(&assembled, &[Some(Given::Text("a"))]), [0]);
    assert_eq!(matched(&assembled, &[Some(Given::Text("b"))]), [2]);
    assert!(matched(&assembled, &[None]).is_empty());
    // There is room for the text just once.
    let mut session = assembled.session();
    session.set_memory_limit(1_200);
    let long = "a".repeat(512);
    let frame = assembled.frame(&[Some(Given::Text(&long))]);
    let line = super::line(&mut session, &frame);
    assert!(line.starts_with(r#"{"matched":["other"],"#) && !line.contains("error"), "{line}");
}

#[test]
fn a_ruleset_that_is_switched_off_has_no_matches_before_or_after() {
    let mut assembler = Assembler::new();
    assembler.rule("always", 0, &[], None, &[]);
    assembler.ruleset.identity.enabled = 0;
    assert!(matched(&assembler.finish(), &[]).is_empty());
}

#[test]
fn a_session_remembers_nothing_of_the_ranks_and_matches_before() {
    let mut assembler = Assembler::new();
    let subject = level(&mut assembler, 8);
    let list = tags(&mut assembler, &["vip", "new", "beta"]);
    for (rule, rank) in (0..).zip([0, 1, 4, 9]) {
        assembler.rule_without_slots("r", 0, &[]);
        let rank = Predicate::new(Interval, rule % 2 == 1, subject, rank, 0);
        let word = Predicate::new(Member, rule > 1, list, rule % 3, 0);
        assembler.slot(rule, &[rank], None);
        assembler.slot(3 - rule, &[word], None);
    }
    assembler.index(&[list, subject]);
    let assembled = assembler.finish();
    let requests: [[Option<Given<'_>>; 2]; 7] = [
        [number(2), self::list(&["vip", "new", "beta"])],
        [None, self::list(&[])],
        [number(2), None],
        [None, None],
        [number(-1), self::list(&["beta", "x", "beta"])],
        [number(7), self::list(&["new"])],
        [None, self::list(&["vip"])],
    ];
    let frames: Vec<Vec<u8>> = requests.iter().map(|facts| assembled.frame(facts)).collect();
    for use_index in [true, false] {
        let mut session = assembled.session();
        session.use_index(use_index);
        for at in shuffled(frames.len() * 7) {
            let (one, other) = (at as usize / 7, at as usize % 7);
            for frame in [&frames[one], &frames[other]] {
                let mut fresh = assembled.session();
                fresh.use_index(use_index);
                let fresh = super::line(&mut fresh, frame);
                assert_eq!(super::line(&mut session, frame), fresh);
            }
        }
    }
}
