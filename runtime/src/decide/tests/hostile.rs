//! Archives that a loader accepts though nobody wrote them: deciding may come to
//! anything, but neither panics nor runs on, and finds the same again.

use super::faulty;
use super::matching::{level, list, number, tags};
use crate::testing::assemble::{Assembled, Assembler, Code, Given, Source};
use rulestone_format::code::Opcode;
use rulestone_format::meaning::Fault;
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::rule::{Combine, HitPolicy};
use rulestone_format::schema::FactKind;
use rulestone_format::subject::SubjectKind;
use rulestone_format::types::TypeId;
use rulestone_format::value::Word;

/// Something of everything that is there to be damaged.
fn archive() -> Assembled {
    use PredicateKind::{Interval, Member};
    let mut assembler = Assembler::new();
    let first = assembler.group("first", HitPolicy::First);
    let alone = assembler.group("alone", HitPolicy::Unique);
    let points = assembler.output("points", TypeId::INT, Combine::Sum, Some(Word::from_int(1)));
    let names = assembler.output("names", TypeId::STRING, Combine::Collect, None);
    let levels = level(&mut assembler, 5);
    let tags = tags(&mut assembler, &["vip", "new", "beta"]);
    let name = assembler.plain_fact("name", FactKind::String, TypeId::STRING);
    let words = ["Gordon", "Barney", "a name of more than sixteen bytes"];
    let name_subject = assembler.subject(SubjectKind::Fact, name, &[], &words);
    let labels = assembler.labels(&["ios", "web"]);
    let platform = assembler.fact_type(FactKind::Enum, labels);
    let platform = assembler.fact("platform", platform, TypeId::STRING);
    let platform = assembler.subject(SubjectKind::Fact, platform, &[], &[]);
    let point = assembler.plain_fact("point", FactKind::Point, TypeId::POINT);
    let lon = assembler.subject(SubjectKind::Longitude, point, &[1 << 63], &[]);
    let now = assembler.plain_fact("now", FactKind::Timestamp, TypeId::TIMESTAMP);
    let now = assembler.subject(SubjectKind::Fact, now, &[1 << 63, (1 << 63) + 1], &[]);

    let mut code = Code::default();
    let whole = code.value(Opcode::Fact, TypeId::STRING, 0, 0, name);
    let twice = code.value(Opcode::Join2, TypeId::STRING, whole, whole, 0);
    let twice = assembler.unit(TypeId::STRING, code.give(twice));
    let variable = assembler.variable(twice);
    let twice = assembler.subject(SubjectKind::Variable, variable, &[], &["GordonGordon"]);
    let mut code = Code::default();
    let value = code.value(Opcode::Variable, TypeId::STRING, 0, 0, variable);
    let value = assembler.unit(TypeId::STRING, code.give(value));
    let mut code = Code::default();
    let has = code.value(Opcode::Has, TypeId::BOOL, 0, 0, name);
    let has_name = assembler.unit(TypeId::BOOL, code.give(has));
    let overflow = faulty(&mut assembler, TypeId::INT, Fault::Overflow);

    let some_ranks = assembler.runs(levels, false, &[(1, 2), (4, 7)]);
    let other_ranks = assembler.runs(levels, true, &[(3, 4)]);
    let rules = [
        assembler.rule_without_slots("a", 0, &[(points, Source::Constant(Word::from_int(7)))]),
        assembler.rule_without_slots("b", first, &[(names, Source::Unit(value))]),
        assembler.rule_without_slots("c", first, &[(points, overflow)]),
        assembler.rule_without_slots("d", alone, &[]),
        assembler.rule_without_slots("e", alone, &[]),
    ];
    let interval =
        |negated, subject, low, width| Predicate::new(Interval, negated, subject, low, width);
    let member = |negated, word| Predicate::new(Member, negated, tags, word, 0);
    for (rule, predicates, condition) in [
        (4, vec![some_ranks, member(false, 0)], None),
        (2, vec![other_ranks, interval(true, name_subject, 1, 1)], Some(has_name)),
        (1, vec![member(true, 2), Predicate::of_mask(platform, 0b101)], None),
        (0, vec![interval(false, now, 2, 1), interval(false, lon, 1, 0)], None),
        (3, vec![interval(true, twice, 2, 0)], Some(has_name)),
        (0, vec![interval(false, twice, 1, 0), member(false, 1), member(false, 2)], None),
        (3, vec![interval(false, levels, 0, 3)], None),
    ] {
        assembler.slot(rules[rule], &predicates, condition);
    }
    assembler.index(&[levels, tags, twice, now, platform]);
    let assembled = assembler.finish();
    assembled.is_in_order();
    assembled
}

fn frames(assembled: &Assembled) -> Vec<Vec<u8>> {
    let point = || Some(Given::Wide(Word { low: 0, high: 1 << 63 }));
    let now = |low, high| Some(Given::Wide(Word { low, high }));
    let facts = [
        vec![],
        vec![None, None, None, None, None, None],
        vec![
            number(2),
            list(&["vip", "beta", "vip"]),
            Some(Given::Text("Gordon")),
            number(1),
            point(),
            now(0, 1),
        ],
        vec![number(-1), list(&[]), Some(Given::Text("")), number(0), point(), now(0, 0)],
        vec![
            number(9),
            list(&["new", "x"]),
            Some(Given::Text("a name of more than sixteen bytes")),
        ],
    ];
    facts.iter().map(|facts| assembled.frame(facts)).collect()
}

/// Decides about all frames, with the index and without.
fn decides(damaged: &Assembled, frames: &[Vec<u8>]) -> usize {
    let mut decided = 0;
    let mut session = damaged.session();
    for frame in frames.iter().chain(frames) {
        session.use_index(decided % 2 == 0);
        let Ok(decision) = session.decide(frame) else { continue };
        let matched: Vec<usize> = decision.matched().map(|rule| rule.index()).collect();
        assert!(matched.is_sorted_by(|a, b| a < b), "{matched:?}");
        let mut line = Vec::new();
        decision.write_json(&mut line);
        assert!(std::str::from_utf8(&line).is_ok());
        decided += 1;
    }
    decided
}

#[test]
fn every_flipped_bit_that_is_accepted_comes_to_a_decision() {
    let whole = archive();
    let frames = frames(&whole);
    assert_eq!(decides(&whole, &frames), 10);
    let (mut accepted, mut decided) = (0, 0);
    for bit in 0..whole.length() * 8 {
        let flipped = whole.damaged(|bytes| bytes[bit / 8] ^= 1 << (bit % 8));
        if let Some(damaged) = flipped {
            accepted += 1;
            decided += decides(&damaged, &frames);
        }
    }
    // Keys of cuts, bits of rows, ranks of predicates and more are free.
    assert!(accepted > 1_000 && decided > 5 * accepted, "{decided} of {accepted}");
}

#[test]
fn numbers_at_their_ends_that_are_accepted_come_to_a_decision() {
    let whole = archive();
    let frames = frames(&whole);
    let mut accepted = 0;
    for extreme in [[0_u8; 8], [0xff; 8], [0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0x80]] {
        for width in [2, 3, 4, 8] {
            for at in 0..whole.length() - width {
                let set =
                    |bytes: &mut [u8]| bytes[at..at + width].copy_from_slice(&extreme[..width]);
                if let Some(damaged) = whole.damaged(set) {
                    accepted += 1;
                    decides(&damaged, &frames);
                }
            }
        }
    }
    assert!(accepted > 1_000, "{accepted}");
}
