//! What variables cost that an index asks for: requests alone, in batches and as items
//! work out the same ones, and have as much left.

use super::super::matching::{level, number};
use crate::decide::Simd;
use crate::decision::Decision;
use crate::error::RequestError;
use crate::session::Session;
use crate::testing::assemble::{Assembled, Assembler, Code, Given, Source};
use rulestone_format::code::Opcode;
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::rule::{Combine, HitPolicy};
use rulestone_format::schema::FactKind;
use rulestone_format::subject::SubjectKind;
use rulestone_format::types::TypeId;

use PredicateKind::Interval;

#[test]
fn a_variable_spends_alike_in_whole_requests_batches_and_items() {
    let mut assembler = Assembler::new();
    let crowd = assembler.group("crowd", HitPolicy::Unique);
    let output = assembler.output("names", TypeId::STRING, Combine::Collect, None);
    let first = level(&mut assembler, 4);
    let name = assembler.plain_fact("name", FactKind::String, TypeId::STRING);
    let joined = |assembler: &mut Assembler| {
        let mut code = Code::default();
        let name = code.value(Opcode::Fact, TypeId::STRING, 0, 0, name);
        let twice = code.value(Opcode::Join2, TypeId::STRING, name, name, 0);
        assembler.unit(TypeId::STRING, code.give(twice))
    };
    let unit = joined(&mut assembler);
    let variable = assembler.variable(unit);
    let text = assembler.subject(SubjectKind::Variable, variable, &[], &["aa"]);
    let again = joined(&mut assembler);
    let is_aa = |negated| Predicate::new(Interval, negated, text, 1, 0);
    let is_in = |low, width| Predicate::new(Interval, false, first, low, width);
    for rule in 0..600 {
        assembler.rule_without_slots(&rule.to_string(), if rule > 597 { crowd } else { 0 }, &[]);
        assembler.slot(rule, &[is_in(5, 0), is_aa(rule % 2 == 0)], None);
    }
    let value = [(output, Source::Unit(again))];
    assembler.rule("never", 0, &[is_in(5, 0), is_aa(false)], None, &value);
    assembler.rule("other", 0, &[is_in(2, 2), is_aa(true)], None, &value);
    assembler.rule("any", 0, &[is_in(1, 3)], None, &value);
    assembler.index(&[first, text]);
    assembler.share_rows(first, 2);
    let mut assembled = assembler.finish();
    assembled.is_in_order();
    let texts = ["a".to_owned(), "b".repeat(300), "c".repeat(700)];
    let mut facts = Vec::new();
    for value in [-1, 0, 1, 2, 9] {
        for text in texts.iter().map(String::as_str).map(Some).chain([None]) {
            facts.push([number(value), text.map(Given::Text)]);
        }
    }
    let frames: Vec<Vec<u8>> = facts.iter().map(|facts| assembled.frame(facts)).collect();
    let lines = |session: &mut Session| -> Vec<String> {
        frames.iter().map(|frame| super::super::line(session, frame)).collect()
    };
    assembled.uses_index_on(Simd::detect());
    let mut whole = Vec::new();
    let limits = || (0..3_000).step_by(100);
    for limit in limits() {
        let mut session = assembled.session();
        session.set_memory_limit(limit);
        let alone = lines(&mut session);
        all_ways_agree(&mut session, &assembled, &facts, &alone);
        whole.push(alone);
    }
    // There is room for both texts, for one, and for none.
    whole.dedup();
    assert!(whole.len() > 3, "{}", whole.len());
    // The index as it is in the archive has the same worked out.
    whole.clear();
    for is_dense in [true, false] {
        if !is_dense {
            assembled.is_sparse_on(Simd::detect());
        }
        for limit in limits() {
            let mut session = assembled.session();
            session.set_memory_limit(limit);
            whole.push(lines(&mut session));
        }
    }
    let (with, without) = whole.split_at(whole.len() / 2);
    assert_eq!(with, without);
}

#[test]
fn text_that_is_ranked_takes_as_many_steps_in_whole_requests_batches_and_items() {
    for variables in [13, 14, 15, 16, 17] {
        let mut assembler = Assembler::new();
        let output = assembler.output("same", TypeId::BOOL, Combine::First, None);
        let first = level(&mut assembler, 4);
        let name = assembler.plain_fact("name", FactKind::String, TypeId::STRING);
        let mut indexed = vec![first];
        for _ in 0..variables {
            let mut code = Code::default();
            let name = code.value(Opcode::Fact, TypeId::STRING, 0, 0, name);
            let unit = assembler.unit(TypeId::STRING, code.give(name));
            let variable = assembler.variable(unit);
            indexed.push(assembler.subject(SubjectKind::Variable, variable, &[], &["a"]));
        }
        let mut code = Code::default();
        let name = code.value(Opcode::Fact, TypeId::STRING, 0, 0, name);
        let same = code.value(Opcode::Equal, TypeId::BOOL, name, name, 0);
        let same = assembler.unit(TypeId::BOOL, code.give(same));
        let is_other = Predicate::new(Interval, true, indexed[1], 1, 0);
        for rule in 0..600 {
            let is_five = Predicate::new(Interval, false, first, 5, 0);
            assembler.rule(&rule.to_string(), 0, &[is_five, is_other], None, &[]);
        }
        assembler.rule("other", 0, &[is_other], None, &[(output, Source::Unit(same))]);
        assembler.index(&indexed);
        let mut assembled = assembler.finish();
        assembled.is_in_order();
        assembled.uses_index_on(Simd::detect());
        // A sixteenth of all steps for each variable, and for the output.
        let long = "b".repeat(1 << 20);
        let facts = [&long, "b", &long, "a"].map(|name| [number(1), Some(Given::Text(name))]);
        let mut session = assembled.session();
        session.set_memory_limit(0);
        let alone: Vec<String> = (facts.iter())
            .map(|facts| super::super::line(&mut session, &assembled.frame(facts)))
            .collect();
        assert_eq!(alone[0].contains("true"), variables < 16, "{variables}: {}", alone[0]);
        all_ways_agree(&mut session, &assembled, &facts, &alone);
    }
}

/// Asserts that requests of two facts have these decisions in a batch that goes through
/// the index together, and as items to either of their facts.
#[track_caller]
pub(in super::super) fn all_ways_agree(
    session: &mut Session,
    assembled: &Assembled,
    facts: &[[Option<Given<'_>>; 2]],
    alone: &[String],
) {
    let frames: Vec<Vec<u8>> = facts.iter().map(|facts| assembled.frame(facts)).collect();
    let mut together = Vec::new();
    session.set_batch_threshold(0);
    session.decide_batch(&frames.concat(), |_, decision| {
        together.push(told(decision));
    });
    assert_eq!(together, alone, "in a batch");
    session.use_index(false);
    let without: Vec<String> = frames.iter().map(|it| super::super::line(session, it)).collect();
    session.use_index(true);
    assert_eq!(without, alone, "without the index");
    for ([one, other], alone) in facts.iter().zip(alone) {
        for at in [0, 1] {
            let mut halves = [[one.clone(), None], [None, other.clone()]];
            halves.rotate_left(at);
            let [first, item] = halves.map(|half| assembled.frame(&half));
            let mut bound = session.bind(&first).expect("a good frame");
            assert_eq!(told(bound.decide(&item)), *alone, "bound, {at}");
        }
    }
}

fn told(decision: Result<Decision<'_>, RequestError>) -> String {
    let mut line = Vec::new();
    match decision {
        Ok(decision) => decision.write_json(&mut line),
        Err(error) => return error.to_string(),
    }
    String::from_utf8(line).expect("is text")
}
