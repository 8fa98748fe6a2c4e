//! Outputs with defaults and of doubles, groups that all keep one rule, and limits that change
//! between two requests.

use super::*;

#[test]
fn a_default_takes_no_part_where_a_rule_gives_a_value() {
    for (combine, default, expected) in [
        (Combine::Sum, 100, 12),
        (Combine::Min, -100, 3),
        (Combine::Max, 100, 9),
        (Combine::First, 100, 9),
        (Combine::Last, 100, 3),
    ] {
        let mut assembler = Assembler::new();
        let output = assembler.output("o", TypeId::INT, combine, Some(Word::from_int(default)));
        for value in [9, 3] {
            assembler.rule("r", 0, &[], None, &[(output, int(value))]);
        }
        let found = decided(assembler);
        assert!(found.contains(&format!("{{\"o\":{expected}}}")), "{combine:?}: {found}");
    }
}

#[test]
fn doubles_are_added_up() {
    let mut assembler = Assembler::new();
    let output = assembler.output("o", TypeId::DOUBLE, Combine::Sum, None);
    for value in [1.5, 2.25, -0.5] {
        let value = Source::Constant(Word::from_double(value));
        assembler.rule("r", 0, &[], None, &[(output, value)]);
    }
    assert!(decided(assembler).contains("{\"o\":3.25}"));
}

#[test]
fn any_is_true_where_several_are_and_all_where_none_is_false() {
    for (combine, values, expected) in [
        (Combine::Any, [true, true], true),
        (Combine::Any, [false, false], false),
        (Combine::All, [true, true], true),
        (Combine::All, [false, false], false),
    ] {
        let mut assembler = Assembler::new();
        let output = assembler.output("o", TypeId::BOOL, combine, None);
        for value in values {
            let value = Source::Constant(Word::from_bool(value));
            assembler.rule("r", 0, &[], None, &[(output, value)]);
        }
        let found = decided(assembler);
        assert!(found.contains(&format!("{{\"o\":{expected}}}")), "{combine:?}: {found}");
    }
}

#[test]
fn the_default_group_may_be_one_that_keeps_a_single_rule() {
    for (policy, expected) in [
        (HitPolicy::First, r#"{"matched":["a"],"outputs":{}}"#),
        (
            HitPolicy::Unique,
            concat!(
                r#"{"matched":[],"outputs":{},"errors":["#,
                r#"{"kind":"conflict","group":"default","rules":["a","b"]}]}"#
            ),
        ),
    ] {
        let mut assembler = Assembler::new();
        assembler.ruleset.groups[0].hit_policy = policy as u16;
        assembler.rule("a", 0, &[], None, &[]);
        assembler.rule("b", 0, &[], None, &[]);
        assert_eq!(decided(assembler), expected);
    }
}

/// From level 10 on, a rule that gives the name twice.
fn from_level_10() -> Assembled {
    let mut assembler = Assembler::new();
    let level = assembler.plain_fact("level", FactKind::Int, TypeId::INT);
    let name = assembler.plain_fact("name", FactKind::String, TypeId::STRING);
    let cuts = [10];
    let level = assembler.subject(SubjectKind::Fact, level, &cuts.map(order::int_key), &[]);
    let output = assembler.output("twice", TypeId::STRING, Combine::First, None);
    let mut code = Code::default();
    let name = code.value(Opcode::Fact, TypeId::STRING, 0, 0, name);
    let twice = code.value(Opcode::Join2, TypeId::STRING, name, name, 0);
    let twice = assembler.unit(TypeId::STRING, code.give(twice));
    assembler.rule("a", 0, &[at_least(level, &cuts, 10)], None, &[(output, Source::Unit(twice))]);
    assembler.finish()
}

#[test]
fn limits_hold_from_the_next_request_on() {
    let assembled = from_level_10();
    let long = "name ".repeat(1000);
    let frame = |level, name| {
        assembled.frame(&[Some(Given::Narrow(Word::from_int(level))), Some(Given::Text(name))])
    };
    // A request that matches nothing leaves nothing behind that has to be cleared.
    let (quiet, asking) = (frame(1, &long), frame(20, &long));
    for (of_steps, few, many) in [(false, 100, 1 << 20), (true, 2, 1 << 20)] {
        let mut session = assembled.session();
        for limit in [few, many, few, many] {
            for _ in 0..3 {
                assert!(session.decide(&quiet).is_ok(), "{limit}");
            }
            match of_steps {
                true => session.set_step_limit(limit),
                false => session.set_memory_limit(limit),
            }
            match session.decide(&asking) {
                Ok(_) => assert_eq!(limit, many),
                Err(error) => {
                    assert_eq!((limit, error.code()), (few, ErrorCode::DecisionLimits));
                }
            }
        }
    }
}

#[test]
fn a_large_ruleset_that_is_switched_off_matches_nothing_in_batches_either() {
    let matched = |enabled: u8| {
        let mut assembler = Assembler::new();
        let level = assembler.plain_fact("level", FactKind::Int, TypeId::INT);
        let cuts = [10];
        let level = assembler.subject(SubjectKind::Fact, level, &cuts.map(order::int_key), &[]);
        for rule in 0..1200 {
            assembler.rule(&rule.to_string(), 0, &[at_least(level, &cuts, 10)], None, &[]);
        }
        assembler.index(&[level]);
        assembler.ruleset.identity.enabled = enabled;
        let assembled = assembler.finish();
        let frame = assembled.frame(&[Some(Given::Narrow(Word::from_int(20)))]);
        let mut session = assembled.session();
        session.set_batch_threshold(0);
        let mut all = Vec::new();
        session.matching_batch(&frame.repeat(3), |_, rules| {
            all.push(rules.expect("a good frame").count());
        });
        all
    };
    assert_eq!(matched(1), [1200; 3]);
    assert_eq!(matched(0), [0; 3]);
}
