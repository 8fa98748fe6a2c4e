//! Deferred intervals cost what they cost wherever slots are evaluated one by one: requests
//! alone, in batches and as items spend alike, and nothing for slots that don't match
//! anyway.

use super::super::agreement::Random;
use super::super::dense::spending::all_ways_agree;
use super::super::line;
use super::super::matching::{level, number};
use crate::decide::Simd;
use crate::testing::assemble::{Assembled, Assembler, Code, Given, Source};
use rulestone_format::code::Opcode;
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::rule::Combine;
use rulestone_format::schema::FactKind;
use rulestone_format::subject::SubjectKind;
use rulestone_format::types::TypeId;

use PredicateKind::Interval;

/// Text that is so many times the fact.
fn repeated(fact: u32, times: usize) -> (Code, u16) {
    let mut code = Code::default();
    let once = code.value(Opcode::Fact, TypeId::STRING, 0, 0, fact);
    let mut text = once;
    for _ in 1..times {
        text = code.value(Opcode::Join2, TypeId::STRING, text, once, 0);
    }
    (code, text)
}

/// A variable that is so many times the fact, asked whether it is a word.
fn variable(assembler: &mut Assembler, fact: u32, times: usize) -> u16 {
    let (code, text) = repeated(fact, times);
    let unit = assembler.unit(TypeId::STRING, code.give(text));
    let variable = assembler.variable(unit);
    assembler.subject(SubjectKind::Variable, variable, &[], &["aa"])
}

/// An index by a level with ranks 1 and 2, 3 and 4 in a row together.
fn finish(mut assembler: Assembler, level: u16) -> Assembled {
    assembler.index(&[level]);
    assembler.share_rows(level, 2);
    let assembled = assembler.finish();
    assembled.is_in_order();
    assembled
}

#[test]
fn what_is_asked_later_is_worked_out_where_all_else_holds_only() {
    for slots in [600, 2_100] {
        let mut assembler = Assembler::new();
        let output = assembler.output("names", TypeId::STRING, Combine::Collect, None);
        let first = level(&mut assembler, 4);
        let name = assembler.plain_fact("name", FactKind::String, TypeId::STRING);
        let twice = variable(&mut assembler, name, 2);
        let (code, text) = repeated(name, 2);
        let again = assembler.unit(TypeId::STRING, code.give(text));
        let is_three = Predicate::new(Interval, false, first, 3, 0);
        let is_aa = Predicate::new(Interval, false, twice, 1, 0);
        for slot in 0..slots {
            assembler.rule(&slot.to_string(), 0, &[is_three, is_aa], None, &[]);
        }
        assembler.rule("any", 0, &[], None, &[(output, Source::Unit(again))]);
        let mut assembled = finish(assembler, first);
        let long = "b".repeat(300);
        let facts: Vec<[Option<Given<'_>>; 2]> =
            [-1, 0, 1, 2, 3].map(|it| [number(it), Some(Given::Text(&long))]).to_vec();
        for simd in Simd::all() {
            assembled.uses_index_on(simd);
            // Room for one of them, and for both: the variable is worked out once.
            for (limit, expected) in [(700, false), (1_300, true)] {
                let mut session = assembled.session();
                session.set_memory_limit(limit);
                let lines: Vec<String> =
                    facts.iter().map(|it| line(&mut session, &assembled.frame(it))).collect();
                // Ranks 3 and 4 leave all slots; only for 3 the text is asked for.
                let have: Vec<bool> = lines.iter().map(|it| it.starts_with('{')).collect();
                assert_eq!(have, [true, true, expected, true, true], "{slots} {limit} {simd:?}");
                all_ways_agree(&mut session, &assembled, &facts, &lines);
            }
        }
    }
}

#[test]
fn what_is_asked_later_is_ranked_once_however_many_slots_ask() {
    // As many times as slots are evaluated together, and a sixteenth of all steps each time.
    let mut assembler = Assembler::new();
    let output = assembler.output("same", TypeId::BOOL, Combine::First, None);
    let first = level(&mut assembler, 4);
    let name = assembler.plain_fact("name", FactKind::String, TypeId::STRING);
    let once = variable(&mut assembler, name, 1);
    let mut code = Code::default();
    let name = code.value(Opcode::Fact, TypeId::STRING, 0, 0, name);
    let same = code.value(Opcode::Equal, TypeId::BOOL, name, name, 0);
    let same = assembler.unit(TypeId::BOOL, code.give(same));
    let is_three = Predicate::new(Interval, false, first, 3, 0);
    let is_aa = Predicate::new(Interval, false, once, 1, 0);
    for slot in 0..20 * 512 {
        assembler.rule(&slot.to_string(), 0, &[is_three, is_aa], None, &[]);
    }
    assembler.rule("any", 0, &[], None, &[(output, Source::Unit(same))]);
    let mut assembled = finish(assembler, first);
    let long = "b".repeat(1 << 20);
    let facts = [[number(1), Some(Given::Text(&long))]];
    for simd in Simd::all() {
        assembled.uses_index_on(simd);
        let mut session = assembled.session();
        session.set_memory_limit(0);
        let alone = line(&mut session, &assembled.frame(&facts[0]));
        assert!(alone.contains("true"), "{alone}");
        all_ways_agree(&mut session, &assembled, &facts, &[alone]);
    }
}

/// A condition that holds where there is room to repeat the fact so many times.
fn condition(assembler: &mut Assembler, fact: u32, times: usize) -> u32 {
    let (mut code, text) = repeated(fact, times);
    let same = code.value(Opcode::Equal, TypeId::BOOL, text, text, 0);
    assembler.unit(TypeId::BOOL, code.give(same))
}

#[test]
fn a_rule_is_never_lost_for_lack_of_memory() {
    let mut assembler = Assembler::new();
    let first = level(&mut assembler, 4);
    let name = assembler.plain_fact("name", FactKind::String, TypeId::STRING);
    let twice = variable(&mut assembler, name, 2);
    let has_room = condition(&mut assembler, name, 3);
    let ask = |subject, rank| Predicate::new(Interval, false, subject, rank, 0);
    assembler.rule("text", 0, &[ask(first, 3), ask(twice, 2)], None, &[]);
    assembler.rule("condition", 0, &[ask(first, 3)], Some(has_room), &[]);
    for slot in 2..600 {
        assembler.rule(&slot.to_string(), 0, &[ask(first, 5)], None, &[]);
    }
    let mut assembled = finish(assembler, first);
    let long = "a".repeat(300);
    let facts = [[number(1), Some(Given::Text(&long))]];
    for simd in Simd::all() {
        assembled.uses_index_on(simd);
        // What the variable makes stays, and the condition needs as much again and half more.
        for (limit, expected) in [
            (2_100, r#"{"matched":["text","condition"],"outputs":{}}"#),
            (2_099, "D001"),
            (1_500, "D001"),
            (599, "D001"),
        ] {
            let mut session = assembled.session();
            session.set_memory_limit(limit);
            let alone = line(&mut session, &assembled.frame(&facts[0]));
            assert!(alone.starts_with(expected), "{limit}: {alone}");
            all_ways_agree(&mut session, &assembled, &facts, &[alone]);
        }
    }
}

/// Slots of a few rules, each of which asks for some of: a level, one of three variables,
/// another of them, and a condition that makes text.
fn random(random: &mut Random, slots: usize) -> Assembled {
    let mut assembler = Assembler::new();
    let output = assembler.output("names", TypeId::STRING, Combine::Collect, None);
    let first = level(&mut assembler, 4);
    let name = assembler.plain_fact("name", FactKind::String, TypeId::STRING);
    let texts = [3, 2, 4].map(|times| variable(&mut assembler, name, times));
    let conditions = [1, 2, 4].map(|times| condition(&mut assembler, name, times));
    let (code, text) = repeated(name, 2);
    let again = assembler.unit(TypeId::STRING, code.give(text));
    let rules = slots as u32 / 2;
    for rule in 0..rules {
        let value: &[(u16, Source)] =
            if rule == 0 { &[(output, Source::Unit(again))] } else { &[] };
        assembler.rule_without_slots(&rule.to_string(), 0, value);
    }
    for slot in 0..slots {
        let low = 1 + random.below(5) as u32;
        let mut asks = vec![Predicate::new(Interval, false, first, low, random.below(2) as u32)];
        if low == 5 {
            asks[0] = Predicate::new(Interval, false, first, 5, 0);
        }
        // Those that make text are few, so that orders differ.
        let is_dear = random.chance(slots / 8);
        if is_dear && !random.chance(3) {
            let text = texts[random.below(3)];
            asks.push(Predicate::new(Interval, random.chance(2), text, 1, 0));
        }
        if is_dear && random.chance(4) {
            let text = texts[random.below(3)];
            asks.push(Predicate::new(Interval, true, text, 1, 0));
        }
        let condition = (is_dear && random.chance(2)).then(|| conditions[random.below(3)]);
        let rule = if slot == 0 { 0 } else { random.below(rules as usize) as u32 };
        assembler.slot(rule, &asks, condition);
    }
    finish(assembler, first)
}

#[test]
fn near_the_limits_all_ways_spend_alike() {
    let mut random = Random(31);
    let long = "c".repeat(200);
    let facts: Vec<[Option<Given<'_>>; 2]> = [-1, 0, 1, 2, 3]
        .into_iter()
        .flat_map(|it| [long.as_str(), "a"].map(|text| [number(it), Some(Given::Text(text))]))
        .collect();
    let mut differ = 0;
    for slots in [100, 600, 1_100, 2_100].repeat(2) {
        let mut assembled = self::random(&mut random, slots);
        let mut all = Vec::new();
        // As loaded for each kind of processor, and by the index as the archive has it.
        let mut ways: Vec<(Simd, bool)> =
            Simd::all().into_iter().map(|simd| (simd, true)).collect();
        ways.push((Simd::detect(), false));
        for (simd, is_as_loaded) in ways {
            assembled.scans_on(simd);
            if !is_as_loaded {
                assembled.is_sparse_on(simd);
            }
            for limit in (0..3_000).step_by(200) {
                let mut session = assembled.session();
                session.set_memory_limit(limit);
                let alone: Vec<String> =
                    facts.iter().map(|it| line(&mut session, &assembled.frame(it))).collect();
                all_ways_agree(&mut session, &assembled, &facts, &alone);
                all.push(alone);
            }
        }
        let (first, others) = all.split_at(15);
        others.chunks(15).for_each(|other| assert_eq!(other, first, "{slots} slots"));
        differ += first.windows(2).filter(|pair| pair[0] != pair[1]).count();
    }
    assert!(differ > 16, "{differ}");
}
