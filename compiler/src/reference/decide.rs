//! Decisions: which rules match, which of them are kept, what they say together.
//!
//! In: a checked ruleset and the facts of a request. Out: a [`Decision`], as the
//! language defines it, with nothing skipped and nothing reordered.

use super::arguments::UNCHECKED;
use super::evaluator::Evaluator;
use super::facts::Facts;
use super::values;
use crate::check::checked::{Output, Rollout, Rule, Ruleset};
use crate::check::schedule::Interval;
use crate::check::tree::FactId;
use crate::check::value::Value;
use rulestone_format::meaning::{Fault, Outcome, duration, integer};
use rulestone_format::rule::{Combine, HitPolicy};
use std::cmp::Ordering;

/// What a ruleset says about a request.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The rules that are kept, by their index in [`Ruleset::rules`], ascending.
    pub matched: Vec<usize>,
    /// By output; `None` is absent.
    pub outputs: Vec<Option<Value>>,
    /// Conflicts in order of the first rule of each, then the errors of outputs
    /// in order of rules, and of one rule in the order in which it wrote them.
    pub errors: Vec<DecisionError>,
}

/// What went wrong in a decision. The rest of it holds all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecisionError {
    /// The value of a kept rule is left out.
    Output {
        /// Index into [`Ruleset::rules`].
        rule: usize,
        /// Index into [`Ruleset::outputs`].
        output: usize,
        /// Why there is no value, or why it can't be combined with the others.
        fault: Fault,
    },
    /// Several rules of a group match where one may; none of them is kept.
    Conflict {
        /// Index into [`Ruleset::groups`].
        group: usize,
        /// Indices into [`Ruleset::rules`], in order of their ids; at least two.
        rules: Vec<usize>,
    },
}

/// Decides about one request.
pub fn decide(ruleset: &Ruleset, facts: &Facts) -> Decision {
    let mut evaluator = Evaluator::new(ruleset, facts);
    let matching: Vec<usize> = ruleset
        .rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| ruleset.enabled && matches(&mut evaluator, ruleset.now, rule))
        .map(|(index, _)| index)
        .collect();
    let (matched, mut errors) = keep(ruleset, &matching);
    let outputs = gather(&mut evaluator, ruleset, &matched, &mut errors);
    Decision { matched, outputs, errors }
}

/// Whether schedule, rollout and condition all hold. A fault doesn't hold.
fn matches(evaluator: &mut Evaluator<'_>, now: Option<FactId>, rule: &Rule) -> bool {
    let in_schedule = match &rule.schedule {
        Some(intervals) => is_during(evaluator, now, intervals),
        None => true,
    };
    let in_rollout = match &rule.rollout {
        Some(rollout) => is_rolled_out(evaluator, rollout) == Ok(true),
        None => true,
    };
    let in_condition = match &rule.condition {
        Some(condition) => matches!(evaluator.evaluate(condition), Ok(Value::Bool(true))),
        None => true,
    };
    in_schedule && in_rollout && in_condition
}

fn is_during(evaluator: &Evaluator<'_>, now: Option<FactId>, intervals: &[Interval]) -> bool {
    // All of time holds also where the request doesn't say when it is.
    if intervals == [Interval::ALWAYS] {
        return true;
    }
    let now = now.and_then(|now| evaluator.walk.find_fact(now).ok().flatten());
    let Some(Value::Timestamp(now)) = now else {
        return false;
    };
    intervals.iter().any(|interval| interval.start <= now.seconds && now.seconds < interval.end)
}

fn is_rolled_out(evaluator: &mut Evaluator<'_>, rollout: &Rollout) -> Outcome<bool> {
    let by = evaluator.evaluate(&rollout.by)?;
    let bucket = values::bucket(&by, &rollout.seed)?;
    Ok(bucket < i64::from(rollout.threshold))
}

/// The rules that the hit policies of their groups keep, and the conflicts.
fn keep(ruleset: &Ruleset, matching: &[usize]) -> (Vec<usize>, Vec<DecisionError>) {
    let mut kept = Vec::new();
    let mut conflicts = Vec::new();
    for (index, group) in ruleset.groups.iter().enumerate() {
        let rules: Vec<usize> = matching
            .iter()
            .copied()
            .filter(|&rule| ruleset.rules[rule].group as usize == index)
            .collect();
        match (group.hit_policy, rules.as_slice()) {
            (HitPolicy::Collect, rules) => kept.extend(rules),
            (HitPolicy::First, rules) => kept.extend(rules.first()),
            (HitPolicy::Unique, [] | [_]) => kept.extend(rules),
            (HitPolicy::Unique, [first, ..]) => conflicts.push((*first, index, rules)),
        }
    }
    kept.sort_unstable();
    conflicts.sort_unstable();
    let conflicts = conflicts
        .into_iter()
        .map(|(_, group, mut rules)| {
            rules.sort_by_key(|&rule| &ruleset.rules[rule].id);
            DecisionError::Conflict { group, rules }
        })
        .collect();
    (kept, conflicts)
}

/// What the kept rules say, output by output.
fn gather(
    evaluator: &mut Evaluator<'_>,
    ruleset: &Ruleset,
    kept: &[usize],
    errors: &mut Vec<DecisionError>,
) -> Vec<Option<Value>> {
    let mut together: Vec<Combined> = ruleset.outputs.iter().map(|_| Combined::default()).collect();
    for &rule in kept {
        for (output, expr) in &ruleset.rules[rule].outputs {
            let output = *output as usize;
            // INVARIANT: the checker found the output by its name.
            let Some(declared) = ruleset.outputs.get(output) else {
                continue;
            };
            // Also where an earlier value stands already: a fault is an error of
            // the decision, whether or not the value would have counted.
            let outcome = evaluator
                .evaluate(expr)
                .and_then(|value| together[output].add(declared.combine, value));
            if let Err(fault) = outcome {
                errors.push(DecisionError::Output { rule, output, fault });
            }
        }
    }
    ruleset.outputs.iter().zip(together).map(|(output, combined)| combined.finish(output)).collect()
}

/// The values of an output so far.
#[derive(Default)]
struct Combined {
    /// Combined; not for `collect`.
    value: Option<Value>,
    /// For `collect`.
    items: Vec<Value>,
}

impl Combined {
    /// Adds a value; after a fault it is as if the value had not been there.
    fn add(&mut self, combine: Combine, new: Value) -> Outcome<()> {
        if combine == Combine::Collect {
            self.items.push(new);
            return Ok(());
        }
        // A NaN is neither least nor greatest, and alone isn't either.
        if matches!(combine, Combine::Min | Combine::Max) && is_nan(&new) {
            return Err(Fault::NotANumber);
        }
        self.value = Some(match &self.value {
            None => new,
            Some(old) => combined(combine, old, new)?,
        });
        Ok(())
    }

    fn finish(self, output: &Output) -> Option<Value> {
        let value = match output.combine {
            Combine::Collect if !self.items.is_empty() => Some(Value::list(self.items)),
            _ => self.value,
        };
        match (value.or_else(|| output.default.clone()), output.combine) {
            (None, Combine::Collect) => Some(Value::list(Vec::new())),
            (value, _) => value,
        }
    }
}

fn combined(combine: Combine, old: &Value, new: Value) -> Outcome<Value> {
    match combine {
        Combine::First => Ok(old.clone()),
        Combine::Last => Ok(new),
        Combine::Sum => sum(old, &new),
        Combine::Min => better(Ordering::Less, old, new),
        Combine::Max => better(Ordering::Greater, old, new),
        Combine::Any => bools(old, &new, |old, new| old || new),
        Combine::All => bools(old, &new, |old, new| old && new),
        // Not combined to one value.
        Combine::Collect => Err(UNCHECKED),
    }
}

fn sum(old: &Value, new: &Value) -> Outcome<Value> {
    match (old, new) {
        (Value::Int(old), Value::Int(new)) => integer::add_int(*old, *new).map(Value::Int),
        (Value::Uint(old), Value::Uint(new)) => integer::add_uint(*old, *new).map(Value::Uint),
        (Value::Double(old), Value::Double(new)) => Ok(Value::Double(old + new)),
        (Value::Duration(old), Value::Duration(new)) => duration::add(*old, *new)
            .map(Value::Duration)
            // One fault for all sums, whatever `+` calls it.
            .map_err(|_| Fault::Overflow),
        _ => Err(UNCHECKED),
    }
}

/// The new value if it stands in the order to the old one, which else stays.
fn better(wanted: Ordering, old: &Value, new: Value) -> Outcome<Value> {
    if values::order(&new, old)? == wanted { Ok(new) } else { Ok(old.clone()) }
}

fn bools(old: &Value, new: &Value, combine: fn(bool, bool) -> bool) -> Outcome<Value> {
    match (old, new) {
        (Value::Bool(old), Value::Bool(new)) => Ok(Value::Bool(combine(*old, *new))),
        _ => Err(UNCHECKED),
    }
}

fn is_nan(value: &Value) -> bool {
    matches!(value, Value::Double(value) if value.is_nan())
}
