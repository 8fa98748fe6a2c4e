//! Decisions: what makes a rule match, hit policies, combination, errors.

use super::*;
use crate::check::checked::Rollout;
use crate::check::schedule::Interval;

fn decided(ruleset: &Ruleset) -> Decision {
    decide(ruleset, &Facts::default())
}

/// The one output of rules that give these values, in this order.
fn combine(output: Output, values: Vec<Expr>) -> (Outcome<Value>, Vec<DecisionError>) {
    let mut ruleset = ruleset();
    ruleset.outputs = vec![output];
    ruleset.rules = values.into_iter().map(|value| rule(vec![(0, value)])).collect();
    let decision = decided(&ruleset);
    let all: Vec<usize> = (0..ruleset.rules.len()).collect();
    assert_eq!(decision.matched, all);
    let [value] = decision.outputs.try_into().unwrap();
    (value.ok_or(Fault::Absent), decision.errors)
}

#[track_caller]
fn assert_combined(way: Combine, values: Vec<Expr>, expected: Value) {
    let (value, errors) = combine(output(way, None), values);
    assert_same(value, Ok(expected));
    assert_eq!(errors, []);
}

fn left_out(rule: usize, fault: Fault) -> DecisionError {
    DecisionError::Output { rule, output: 0, fault }
}

#[test]
fn only_a_condition_that_is_true_matches() {
    let mut ruleset = ruleset();
    ruleset.rules = [bool(true), bool(false), failing(), bool(true)]
        .into_iter()
        .map(|condition| Rule { condition: Some(condition), ..rule(vec![]) })
        .collect();
    ruleset.rules.push(rule(vec![]));
    let decision = decided(&ruleset);
    assert_eq!(decision.matched, [0, 3, 4]);
    assert_eq!(decision.errors, []);
}

#[test]
fn a_ruleset_that_is_not_enabled_matches_nothing() {
    let mut ruleset = ruleset();
    ruleset.enabled = false;
    ruleset.outputs = vec![output(Combine::Sum, Some(Value::Int(3)))];
    ruleset.rules = vec![rule(vec![(0, int(1))])];
    let decision = decided(&ruleset);
    assert!(decision.matched.is_empty());
    assert_eq!(format!("{:?}", decision.outputs), "[Some(Int(3))]");
}

#[test]
fn a_schedule_holds_from_its_start_until_before_its_end() {
    let mut ruleset = ruleset();
    ruleset.facts = vec![declared(Type::Timestamp)];
    ruleset.rules = vec![Rule {
        schedule: Some(
            [Interval { start: 10, end: 20 }, Interval { start: 30, end: i64::MAX }].into(),
        ),
        ..rule(vec![])
    }];
    let matches = |ruleset: &Ruleset, now: Option<Value>| {
        !decide(ruleset, &Facts { values: vec![now] }).matched.is_empty()
    };
    assert!(!matches(&ruleset, Some(at(10))), "no fact `now`");
    ruleset.now = Some(FactId(0));
    for (seconds, holds) in [(9, false), (10, true), (19, true), (20, false), (30, true)] {
        assert_eq!(matches(&ruleset, Some(at(seconds))), holds, "{seconds}");
    }
    let just_before = Value::Timestamp(Timestamp { seconds: 19, nanos: 999_999_999 });
    assert!(matches(&ruleset, Some(just_before)));
    assert!(!matches(&ruleset, None));
}

#[test]
fn a_rollout_holds_below_its_threshold() {
    let matched = |by, threshold| {
        let mut ruleset = ruleset();
        ruleset.rules = vec![Rule {
            rollout: Some(Rollout { by, seed: "golden".to_owned(), threshold }),
            ..rule(vec![])
        }];
        decided(&ruleset).matched.len()
    };
    // Its bucket is 24,654.
    assert_eq!(matched(string("player-1"), 24_654), 0);
    assert_eq!(matched(string("player-1"), 24_655), 1);
    assert_eq!(matched(int(5), 100_000), 1);
    assert_eq!(matched(int(5), 0), 0);
    assert_eq!(matched(ten_by(int(0)), 100_000), 0);
}

#[test]
fn groups_keep_what_their_hit_policies_say() {
    let mut ruleset = ruleset();
    ruleset.groups = vec![
        group(HitPolicy::Collect),
        group(HitPolicy::First),
        group(HitPolicy::Unique),
        group(HitPolicy::Unique),
        group(HitPolicy::Unique),
        group(HitPolicy::First),
    ];
    // The last two groups conflict; that of the later number comes first.
    ruleset.rules = [4, 1, 0, 3, 1, 4, 0, 2, 3, 4]
        .into_iter()
        .map(|group| Rule { group, ..rule(vec![]) })
        .collect();
    let decision = decided(&ruleset);
    assert_eq!(decision.matched, [1, 2, 6, 7]);
    assert_eq!(
        decision.errors,
        [
            DecisionError::Conflict { group: 4, rules: vec![0, 5, 9] },
            DecisionError::Conflict { group: 3, rules: vec![3, 8] },
        ]
    );
}

#[test]
fn rules_that_are_not_kept_say_nothing() {
    let mut ruleset = ruleset();
    ruleset.groups = vec![group(HitPolicy::First)];
    ruleset.outputs = vec![output(Combine::Sum, None)];
    ruleset.rules = vec![rule(vec![(0, int(1))]), rule(vec![(0, ten_by(int(0)))])];
    let decision = decided(&ruleset);
    assert_eq!(format!("{:?}", decision.outputs), "[Some(Int(1))]");
    assert_eq!(decision.errors, []);
}

#[test]
fn values_combine_in_the_order_of_rules() {
    let values = || vec![int(5), int(7), int(2)];
    assert_combined(Combine::First, values(), Value::Int(5));
    assert_combined(Combine::Last, values(), Value::Int(2));
    assert_combined(Combine::Sum, values(), Value::Int(14));
    assert_combined(Combine::Min, values(), Value::Int(2));
    assert_combined(Combine::Max, values(), Value::Int(7));
    assert_combined(Combine::Collect, values(), ints([5, 7, 2]));
    let bools = |values: &[bool]| values.iter().map(|value| bool(*value)).collect();
    for (values, any, all) in [
        (&[true, true][..], true, true),
        (&[false, true], true, false),
        (&[true, false], true, false),
        (&[false, false], false, false),
    ] {
        assert_combined(Combine::Any, bools(values), Value::Bool(any));
        assert_combined(Combine::All, bools(values), Value::Bool(all));
    }
}

#[test]
fn sums_and_extremes_take_every_type_that_has_them() {
    let uint = |value| literal(Value::Uint(value));
    let duration = |value| literal(Value::Duration(value));
    assert_combined(Combine::Sum, vec![uint(1), uint(2)], Value::Uint(3));
    assert_combined(Combine::Sum, vec![double(0.5), double(f64::NAN)], Value::Double(f64::NAN));
    assert_combined(Combine::Sum, vec![duration(1), duration(2)], Value::Duration(3));
    assert_combined(Combine::Max, vec![uint(1), uint(2)], Value::Uint(2));
    assert_combined(Combine::Min, vec![duration(1), duration(-2)], Value::Duration(-2));
    assert_combined(Combine::Max, vec![literal(at(1)), literal(at(2))], at(2));
    // Of equal values the first.
    assert_combined(Combine::Max, vec![double(-0.0), double(0.0)], Value::Double(-0.0));
}

#[test]
fn a_value_that_fails_is_left_out() {
    let fault = || ten_by(int(0));
    for (way, expected) in [
        (Combine::First, Value::Int(5)),
        (Combine::Last, Value::Int(7)),
        (Combine::Sum, Value::Int(12)),
        (Combine::Min, Value::Int(5)),
        (Combine::Max, Value::Int(7)),
        (Combine::Collect, ints([5, 7])),
    ] {
        let values = vec![fault(), int(5), fault(), int(7), fault()];
        let (value, errors) = combine(output(way, None), values);
        assert_same(value, Ok(expected));
        assert_eq!(errors, [0, 2, 4].map(|rule| left_out(rule, Fault::DivisionByZero)));
    }
}

#[test]
fn the_value_that_makes_a_sum_overflow_is_left_out() {
    for (great, small, sum) in [
        (Value::Int(i64::MAX), Value::Int(-1), Value::Int(i64::MAX - 1)),
        (Value::Uint(u64::MAX), Value::Uint(0), Value::Uint(u64::MAX)),
        (Value::Duration(i64::MAX), Value::Duration(-1), Value::Duration(i64::MAX - 1)),
    ] {
        let values = [great.clone(), great, small].map(literal).into();
        let (value, errors) = combine(output(Combine::Sum, None), values);
        assert_same(value, Ok(sum));
        assert_eq!(errors, [left_out(1, Fault::Overflow)]);
    }
}

#[test]
fn a_nan_is_left_out_of_extremes() {
    for way in [Combine::Min, Combine::Max] {
        let nan = || double(f64::NAN);
        let (value, errors) = combine(output(way, None), vec![nan(), double(1.0), nan()]);
        assert_same(value, Ok(Value::Double(1.0)));
        assert_eq!(errors, [0, 2].map(|rule| left_out(rule, Fault::NotANumber)));
        let (value, errors) = combine(output(way, None), vec![nan()]);
        assert_same(value, Err(Fault::Absent));
        assert_eq!(errors, [left_out(0, Fault::NotANumber)]);
    }
}

#[test]
fn where_no_value_remains_there_is_the_default_or_nothing() {
    for values in [vec![], vec![ten_by(int(0))]] {
        let outcome = |way, default| combine(output(way, default), values.clone()).0;
        for way in Combine::ALL_WAYS {
            assert_same(outcome(way, Some(Value::Int(3))), Ok(Value::Int(3)));
            let nothing = match way {
                Combine::Collect => Ok(ints([])),
                _ => Err(Fault::Absent),
            };
            assert_same(outcome(way, None), nothing);
        }
    }
    // The default isn't one of the values.
    let (value, _) = combine(output(Combine::Sum, Some(Value::Int(3))), vec![int(4)]);
    assert_same(value, Ok(Value::Int(4)));
}

#[test]
fn errors_come_by_rule_and_then_as_the_rule_wrote_them() {
    let mut ruleset = ruleset();
    ruleset.groups.push(group(HitPolicy::Unique));
    ruleset.outputs = vec![output(Combine::First, None), output(Combine::First, None)];
    let in_unique = || Rule { group: 1, ..rule(vec![(0, ten_by(int(0)))]) };
    ruleset.rules = vec![
        rule(vec![(1, ten_by(int(0))), (0, int(1))]),
        in_unique(),
        rule(vec![(1, int(2)), (0, ten_by(int(0)))]),
        in_unique(),
        rule(vec![(1, ten_by(int(0))), (0, ten_by(int(0)))]),
    ];
    let decision = decided(&ruleset);
    assert_eq!(decision.matched, [0, 2, 4]);
    assert_eq!(format!("{:?}", decision.outputs), "[Some(Int(1)), Some(Int(2))]");
    let error = |rule, output| DecisionError::Output { rule, output, fault: Fault::DivisionByZero };
    assert_eq!(
        decision.errors,
        [
            DecisionError::Conflict { group: 1, rules: vec![1, 3] },
            error(0, 1),
            // Also where the first value stands already.
            error(2, 0),
            error(4, 1),
            error(4, 0),
        ]
    );
}
