//! Makes a ruleset that shows a fault smaller while it still shows it.

use super::ruleset::Ruleset;
use serde_json::Value as Json;
use std::time::{Duration, Instant};

/// How long smaller rulesets are tried.
const PATIENCE: Duration = Duration::from_secs(30);

/// The smallest ruleset and request found for which `fails`.
pub fn minimise(
    mut ruleset: Ruleset,
    requests: Vec<Json>,
    fails: impl Fn(&Ruleset, &[Json]) -> bool,
) -> (Ruleset, Vec<Json>) {
    let one = requests.iter().find(|request| fails(&ruleset, &[(*request).clone()]));
    let requests = one.map_or(requests.clone(), |request| vec![request.clone()]);
    let begun = Instant::now();
    'again: loop {
        for candidate in smaller(&ruleset) {
            if begun.elapsed() > PATIENCE {
                break 'again;
            }
            if fails(&candidate, &requests) {
                ruleset = candidate;
                continue 'again;
            }
        }
        break;
    }
    (ruleset, requests)
}

/// Rulesets with one thing less, the greatest things first.
fn smaller(ruleset: &Ruleset) -> Vec<Ruleset> {
    let mut all = Vec::new();
    let mut push = |change: &dyn Fn(&mut Ruleset)| {
        let mut copy = ruleset.clone();
        change(&mut copy);
        all.push(copy);
    };
    let half = ruleset.rules.len() / 2;
    if half > 1 {
        push(&|r| drop(r.rules.drain(..half)));
        push(&|r| r.rules.truncate(half));
    }
    for index in 0..ruleset.rules.len() {
        push(&|r| drop(r.rules.remove(index)));
    }
    if ruleset.schedule.is_some() {
        push(&|r| r.schedule = None);
    }
    for index in 0..ruleset.outputs.len() {
        push(&|r| {
            let output = r.outputs.remove(index);
            r.rules
                .iter_mut()
                .for_each(|rule| rule.outputs.retain(|(name, _)| *name != output.name));
        });
    }
    for index in 0..ruleset.variables.len() {
        push(&|r| drop(r.variables.remove(index)));
    }
    for index in 0..ruleset.scope.constants.len() {
        push(&|r| drop(r.scope.constants.remove(index)));
    }
    for index in 0..ruleset.scope.fences.len() {
        push(&|r| drop(r.scope.fences.remove(index)));
    }
    for index in 0..ruleset.scope.facts.len() {
        push(&|r| drop(r.scope.facts.remove(index)));
    }
    for (index, rule) in ruleset.rules.iter().enumerate() {
        if rule.schedule.is_some() {
            push(&|r| r.rules[index].schedule = None);
        }
        if let Some(rollout) = &rule.rollout {
            push(&|r| r.rules[index].rollout = None);
            for smaller in rollout.smaller() {
                push(&|r| r.rules[index].rollout = Some(smaller.clone()));
            }
        }
        for output in 0..rule.outputs.len() {
            push(&|r| drop(r.rules[index].outputs.remove(output)));
        }
        if let Some(condition) = &rule.condition {
            push(&|r| r.rules[index].condition = None);
            for smaller in condition.smaller() {
                push(&|r| r.rules[index].condition = Some(smaller.clone()));
            }
        }
        for (output, (_, value)) in rule.outputs.iter().enumerate() {
            for smaller in value.smaller() {
                push(&|r| r.rules[index].outputs[output].1 = smaller.clone());
            }
        }
    }
    for (index, (_, cel)) in ruleset.variables.iter().enumerate() {
        for smaller in cel.node.smaller() {
            push(&|r| r.variables[index].1 = cel.with(smaller.clone()));
        }
    }
    all
}
