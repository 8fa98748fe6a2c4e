//! Sessions that scan: what one request leaves behind, and what damaged archives do.

use super::super::agreement::Random;
use super::super::facts::{Fact, KINDS, Kind};
use super::super::line;
use super::super::matching::{level, number, shuffled};
use super::finish;
use crate::decide::simd::Simd;
use crate::testing::assemble::{Assembler, Code, Given, Source};
use rulestone_format::code::Opcode;
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::rule::{Combine, HitPolicy};
use rulestone_format::schema::FactKind;
use rulestone_format::subject::SubjectKind;
use rulestone_format::types::TypeId;

use PredicateKind::Interval;

#[test]
fn a_session_remembers_nothing_of_requests_that_left_slots_or_none() {
    let mut assembler = Assembler::new();
    let crowd = assembler.group("crowd", HitPolicy::Unique);
    let output = assembler.output("names", TypeId::STRING, Combine::Collect, None);
    let subject = level(&mut assembler, 4);
    let name = assembler.plain_fact("name", FactKind::String, TypeId::STRING);
    let mut code = Code::default();
    let name = code.value(Opcode::Fact, TypeId::STRING, 0, 0, name);
    let twice = code.value(Opcode::Join2, TypeId::STRING, name, name, 0);
    let unit = assembler.unit(TypeId::STRING, code.give(twice));
    let variable = assembler.variable(unit);
    let text = assembler.subject(SubjectKind::Variable, variable, &[], &["aa"]);
    let is_aa = Predicate::new(Interval, false, text, 1, 0);
    let asks = |low, width| Predicate::new(Interval, false, subject, low, width);
    let value = [(output, Source::Unit(unit))];
    assembler.rule("a", crowd, &[asks(2, 1), asks(1, 4)], None, &[]);
    assembler.rule("b", crowd, &[asks(3, 0), asks(1, 4)], None, &value);
    assembler.rule("c", 0, &[asks(2, 2), asks(1, 3), is_aa], None, &value);
    let mut assembled = assembler.finish();
    assembled.is_in_order();
    assembled.scans_on(Simd::detect());
    assert!(assembled.scan().is_some());
    // Of none, one slot, a conflict, none by the text.
    let levels = [-1, 0, 1, 2, 3, 9].into_iter();
    let facts = levels.flat_map(|level| {
        [Some("a"), Some("b"), None].map(|name| [number(level), name.map(Given::Text)])
    });
    let frames: Vec<Vec<u8>> = facts.map(|facts| assembled.frame(&facts)).collect();
    let fresh: Vec<String> =
        frames.iter().map(|frame| line(&mut assembled.session(), frame)).collect();
    assert!(fresh.iter().any(|line| line.contains("conflict")), "{fresh:?}");
    assert!(fresh.iter().any(|line| line.contains("aa")), "{fresh:?}");
    let mut session = assembled.session();
    for at in shuffled(frames.len() * frames.len()) {
        let (one, other) = (at as usize / frames.len(), at as usize % frames.len());
        assert_eq!(line(&mut session, &frames[one]), fresh[one]);
        // Without outputs, and by the index or without it: as much is forgotten.
        session.use_index(at % 3 != 0);
        let _ = session.matching(&frames[at as usize % 7]).expect("a good frame");
        session.use_index(true);
        assert_eq!(line(&mut session, &frames[other]), fresh[other]);
    }
}

#[test]
fn archives_that_are_damaged_and_accepted_match_as_they_do_one_by_one() {
    let mut random = Random(1);
    let mut assembler = Assembler::new();
    let kinds = [KINDS[0], KINDS[2], KINDS[3], KINDS[5], Kind::Label(5), Kind::Point];
    let facts = kinds.map(|kind| Fact::new(kind, &mut random, &mut assembler));
    let counts: Vec<usize> = facts.iter().flat_map(Fact::counts).collect();
    let slots: Vec<Vec<Predicate>> = (0..17)
        .map(|slot: usize| {
            let both = [slot % counts.len(), (slot / 2 + 3) % counts.len()];
            let ask = both.map(|subject| match slot % 3 {
                0 => Predicate::of_mask(subject as u16, 0b1110 & ((1 << counts[subject]) - 1)),
                at => Predicate::new(Interval, at == 2, subject as u16, 1, 0),
            });
            ask.to_vec()
        })
        .collect();
    let whole = finish(assembler, &slots);
    assert!(whole.scan().is_some());
    let frames: Vec<Vec<u8>> = (0..8)
        .map(|_| {
            let values: Vec<_> = facts.iter().map(|fact| Some(fact.value(&mut random).0)).collect();
            whole.frame(&values)
        })
        .collect();
    let (mut compared, mut matched) = (0, 0);
    for bit in 0..whole.length() * 8 {
        let flipped = whole.damaged(|bytes| bytes[bit / 8] ^= 1 << (bit % 8));
        let Some(mut damaged) = flipped else { continue };
        damaged.scans_on(Simd::detect());
        if damaged.scan().is_none() {
            continue;
        }
        let mut session = damaged.session();
        for frame in &frames {
            let [with, without] = [true, false].map(|use_index| {
                session.use_index(use_index);
                let rules = session.matching(frame).ok();
                rules.map(|rules| rules.map(|rule| rule.index()).collect::<Vec<usize>>())
            });
            assert_eq!(with, without, "bit {bit}");
            compared += 1;
            matched += with.map_or(0, |rules| rules.len());
        }
    }
    assert!(compared > 10_000 && matched > compared, "{compared}, {matched}");
}
