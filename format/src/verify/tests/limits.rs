//! Limits, and what is known of an archive that is accepted.

use super::fixture::{self, op, unit};
use super::{access, seal, verdict};
use crate::archive::{NONE, Range, Rule, Ruleset, Text, Variable};
use crate::code::{Instruction, Opcode};
use crate::error::ErrorCode;
use crate::subject::SubjectKind;
use crate::verify::{Limits, Verified, unit_costs};

fn sealed() -> Ruleset {
    let mut ruleset = fixture::ruleset();
    seal(&mut ruleset);
    ruleset
}

fn verified(ruleset: &Ruleset) -> Verified {
    verdict(ruleset, &Limits::default()).expect("in order")
}

/// By hand: cost of the units of the fixture. `equal` looks at one value, of three bytes.
const CONDITION: u64 = 2 + 1 + 1 + 1 + 16 * (2 + (10 + 5) + 1 + 1 + 1) + 1;
const FIRST_VARIABLE: u64 = 1 + 2 + 1 + 1 + 1;
const SECOND_VARIABLE: u64 = 2 + 1;
const THIRD_VARIABLE: u64 = 2 + 60 + 1;
const POINTS: u64 = 2 + 1 + (20 + 1) + 1;

/// Of a rule that matches, of what it gives, and of text among that.
const RULE: u64 = 10;
const GIVEN: u64 = 10;
const TEXT: u64 = 5;

/// Eight facts; 16 tags and their bytes; a label; eight scores and their keys; a name.
const FRAME: u64 = 8 * 2 + (16 * 5 + 16 * 32 / 4) + 1 + (16 * 5 + 8 * 1024 / 4) + 32 / 4;

/// Ten subjects; the tags and their bytes; the name.
const SUBJECTS: u64 = 10 * 10 + (16 * 10 + 16 * 32 / 16) + 32 / 16;

#[test]
fn cost_is_the_sum_of_all_with_loops_as_often_as_their_bounds_allow() {
    let with = verified(&sealed());
    let mut without = fixture::ruleset();
    without.assignments[2].unit = NONE;
    without.assignments[2].constant = 0;
    seal(&mut without);
    let without = verified(&without);
    let variables = FIRST_VARIABLE + SECOND_VARIABLE + THIRD_VARIABLE;
    // Rules, and what they give; predicates of the slots, and these.
    let rules = 3 * RULE + 4 * GIVEN + 2 * TEXT;
    let slots = (2 + 3 + 3) + 4;
    // Of a decision, and its outputs.
    let all = 100 + 2 * 5 + FRAME + SUBJECTS;
    // A row of ranks; of a list, one of any list and one for each of two words.
    let index = 1 + 3;
    let expected = all + CONDITION + variables + POINTS + rules + slots + index;
    assert_eq!(without.worst_case_cost, expected);
    assert_eq!(without.most_expensive_rule, Some(0));
    // Two slots, and two assignments.
    let given = POINTS + 2 * GIVEN + TEXT;
    assert_eq!(without.most_expensive_cost, RULE + (4 + CONDITION) + 4 + given);
    // The long unit: a format, a regex, a finished map and so on.
    assert_eq!(with.most_expensive_rule, Some(1));
    assert!(with.most_expensive_cost > 500, "{with:?}");
    let second = RULE + 3 + GIVEN + TEXT;
    assert_eq!(with.worst_case_cost, expected + with.most_expensive_cost - second);
}

#[test]
fn the_cost_of_each_unit_is_what_the_whole_is_made_of() {
    let ruleset = sealed();
    let bytes = super::bytes_of(&ruleset);
    let archive = access(&bytes).expect("accessible");
    let costs = unit_costs(archive).expect("in order");
    assert_eq!(costs.len(), ruleset.units.len());
    let of = |unit: u32| costs[unit as usize];
    let conditions = ruleset.slots.iter().filter(|slot| slot.condition != NONE);
    for slot in conditions {
        assert_eq!(of(slot.condition), CONDITION);
    }
    let variables = ruleset.variables.iter().map(|variable| of(variable.unit));
    assert_eq!(variables.sum::<u64>(), FIRST_VARIABLE + SECOND_VARIABLE + THIRD_VARIABLE);
}

#[test]
fn a_rule_costs_all_its_slots_wherever_they_stand() {
    let mut ruleset = sealed();
    let before = verified(&ruleset);
    ruleset.slots[3].rule = 0;
    ruleset.slots[3].condition = 0;
    ruleset.slots[0].rule = 0;
    ruleset.assignments[2].unit = NONE;
    ruleset.assignments[2].constant = 0;
    let after = verified(&ruleset);
    assert_eq!(after.most_expensive_rule, Some(0));
    let slots = 4 + 2 + (3 + CONDITION) + 3 + CONDITION;
    let given = POINTS + 2 * GIVEN + TEXT;
    assert_eq!(after.most_expensive_cost, RULE + slots + given);
    assert!(before.most_expensive_rule == Some(1));
}

#[test]
fn of_rules_that_cost_the_same_the_first_is_named() {
    let mut ruleset = fixture::tables();
    for id in ["one", "two"] {
        let id = fixture::text(&mut ruleset, id);
        ruleset.rules.push(Rule { id, priority: 0, group: 0, assignments: Range::default() });
    }
    seal(&mut ruleset);
    assert_eq!(verified(&ruleset).most_expensive_rule, Some(0));
}

#[test]
fn a_subject_that_is_a_variable_costs_by_its_value() {
    let with = |variable: &[Instruction], result: u16| {
        let mut r = fixture::tables();
        unit(&mut r, &[result], result, variable);
        r.variables = vec![Variable { name: Text::default(), unit: 0 }];
        fixture::add_subject(&mut r, SubjectKind::Variable, 0, &[], &[]);
        seal(&mut r);
        verified(&r).worst_case_cost
    };
    let returns = op(Opcode::Return, 0, 0, 0, 0);
    let text = |constant| with(&[constant, returns], fixture::STRING);
    let short = text(op(Opcode::Constant, 0, 0, 0, 0));
    // 32 bytes; the fact itself costs 1 more than the constant.
    let long = text(op(Opcode::Fact, 0, 0, 0, 7));
    assert_eq!(long - short, 1 + 32 / 16);
}

#[test]
fn a_polygon_costs_by_its_edges() {
    let cost = |fence| {
        let mut r = fixture::tables();
        let code = [
            op(Opcode::Fact, 0, 0, 0, 3),
            op(Opcode::Within, 1, 0, 0, fence),
            op(Opcode::Return, 0, 1, 0, 0),
        ];
        unit(&mut r, &[fixture::POINT, fixture::BOOL], fixture::BOOL, &code);
        one_rule(&mut r);
        verified(&r).worst_case_cost
    };
    assert_eq!(cost(2), cost(0) + 3);
}

/// A rule whose condition is unit 0.
fn one_rule(r: &mut Ruleset) {
    let id = fixture::text(r, "rule");
    r.rules.push(Rule { id, priority: 0, group: 0, assignments: Range::default() });
    fixture::slot(r, 0, 0, 0, &[]);
    seal(r);
}

#[test]
fn cost_that_no_number_can_hold_is_refused() {
    let mut r = fixture::tables();
    let mut code = vec![op(Opcode::Fact, 0, 0, 0, 1)];
    for level in 0..4_u16 {
        code.push(op(Opcode::Bound, 0, 0, 0, u32::MAX));
        code.push(op(Opcode::Loop, 1 + level, 0, 0, u32::from(13 - level)));
    }
    for level in (0..4_u16).rev() {
        code.push(op(Opcode::Next, 1 + level, 0, 0, u32::from(3 + 2 * level)));
    }
    code.push(op(Opcode::ReturnTrue, 0, 0, 0, 0));
    let registers = [&[fixture::LIST_STRING][..], &[fixture::CURSOR; 4]].concat();
    unit(&mut r, &registers, fixture::BOOL, &code);
    one_rule(&mut r);
    let error = verdict(&r, &Limits::default()).expect_err("too dear");
    assert_eq!((error.code(), error.position()), (ErrorCode::Cost, Some(u64::MAX)));
    let unlimited = Limits { cost: u64::MAX, ..Limits::default() };
    assert_eq!(verdict(&r, &unlimited).map(|v| v.worst_case_cost), Ok(u64::MAX));
}

#[test]
fn registers_are_counted_one_unit_upon_another() {
    let verified = verified(&sealed());
    assert_eq!(verified.max_registers, 13, "of the long unit");
    assert_eq!(verified.variable_depth, 2);
    assert_eq!(verified.stacked_registers, 13);
    let mut ruleset = fixture::ruleset();
    // The condition waits for variable 1, which waits for variable 0: 11 + 1 + 2.
    let registers = [&[fixture::INT][..], &[fixture::BOOL; 10]].concat();
    let twice = op(Opcode::Variable, 0, 0, 0, 1);
    let code = [twice, twice, op(Opcode::ReturnTrue, 0, 0, 0, 0)];
    unit(&mut ruleset, &registers, fixture::BOOL, &code);
    ruleset.slots[3].condition = 6;
    ruleset.debug.code.clear();
    seal(&mut ruleset);
    let verified = self::verified(&ruleset);
    assert_eq!((verified.max_registers, verified.stacked_registers), (13, 14));
}

#[test]
fn limits_are_the_most_that_is_accepted() {
    let ruleset = sealed();
    let verified = verified(&ruleset);
    let bytes = super::bytes_of(&ruleset).len();
    let exact =
        Limits { bytes, rules: 3, facts: 8, cost: verified.worst_case_cost, scratch: 13 * 16 };
    assert_eq!(verdict(&ruleset, &exact), Ok(verified));
    let refused = |limits| verdict(&ruleset, &limits).map_err(|e| (e.code(), e.position()));
    let too_large = |size: usize| Err((ErrorCode::TooLarge, Some(size as u64)));
    assert_eq!(refused(Limits { bytes: bytes - 1, ..exact }), too_large(bytes));
    assert_eq!(refused(Limits { rules: 2, ..exact }), too_large(3));
    assert_eq!(refused(Limits { facts: 7, ..exact }), too_large(8));
    assert_eq!(refused(Limits { scratch: 13 * 16 - 1, ..exact }), too_large(13));
    let cost = exact.cost;
    assert_eq!(refused(Limits { cost: cost - 1, ..exact }), Err((ErrorCode::Cost, Some(cost))));
}
