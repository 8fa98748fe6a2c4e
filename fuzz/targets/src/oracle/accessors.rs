//! Everything that can be asked of a ruleset or a decision has an answer.
//!
//! What is accepted is nobody's fault any more: no accessor may panic, whatever
//! the archive and the facts say, and those that tell the same tell it alike.

use rulestone::decision::{DecisionError, Rules, ValueRef};
use rulestone::{Decision, Live, Ruleset};
use std::hint::black_box;

/// Asks a ruleset everything.
pub fn ruleset(ruleset: &Ruleset) {
    black_box(format!("{ruleset:?} {:?} {:?}", ruleset.identity(), ruleset.verified()));
    let facts = ruleset.facts();
    assert_eq!(facts.len(), ruleset.archive().schema.facts.len());
    for (index, fact) in facts.enumerate() {
        black_box(format!("{fact:?} {} {:?} {}", fact.type_name(), fact.bound(), fact.path()));
        assert_eq!(fact.id().index(), index);
        assert_eq!(ruleset.fact(fact.path()), Some(fact.id()), "{fact:?} isn't found by its path");
        black_box(fact.is_optional());
    }
    for output in ruleset.outputs() {
        black_box(format!("{output:?} {} {:?}", output.type_name(), output.combine()));
    }
    for rule in ruleset.rules() {
        black_box(format!("{rule:?} {} {}", rule.priority(), rule.group()));
    }
    assert_eq!(ruleset.fact(".no such fact."), None);
    let live = Live::new(ruleset.clone());
    assert!(live.is_current(ruleset) && live.replace(ruleset.clone()).is_same(ruleset));
    assert!(live.load().session().decide(b"").is_err(), "nothing is no frame");
}

/// Asks a decision everything.
pub fn decision(decision: &Decision<'_>, ruleset: &Ruleset) {
    rules(decision.matched(), ruleset);
    assert_eq!(decision.outputs().len(), ruleset.outputs().len());
    for ((name, value), described) in decision.outputs().zip(ruleset.outputs()) {
        assert_eq!(name, described.name());
        if let Some(value) = value {
            self::value(value);
            assert!(decision.output(name).is_some());
        } else {
            assert!(decision.output(name).is_none());
        }
    }
    assert!(decision.output("no such output").is_none());
    for error in decision.errors() {
        match &error {
            DecisionError::Output { rule, output, fault } => {
                assert!(rule.index() < ruleset.rules().len());
                assert!(ruleset.outputs().any(|known| known.name() == *output));
                assert!(!fault.message().is_empty());
            }
            DecisionError::Conflict { group, rules } => {
                assert!(rules.len() > 1, "{group}: it takes two to conflict");
                self::rules(rules.clone(), ruleset);
            }
            other => panic!("an error that nobody knows: {other:?}"),
        }
        black_box(format!("{error:?}"));
    }
    black_box(format!("{decision:?}"));
}

fn rules(rules: Rules<'_>, ruleset: &Ruleset) {
    let mut seen = vec![false; ruleset.rules().len()];
    for rule in rules.clone() {
        let described = ruleset.rules().nth(rule.index()).expect("there is such a rule");
        assert_eq!(rule.id(), described.id());
        assert_eq!((rule.priority(), rule.group()), (described.priority(), described.group()));
        assert!(!std::mem::replace(&mut seen[rule.index()], true), "{rule:?} is there twice");
    }
    black_box(format!("{rules:?}"));
}

/// Goes down to the last item, by index and by iterator.
fn value(value: ValueRef<'_>) {
    match value {
        ValueRef::List(list) => {
            assert_eq!(list.is_empty(), list.iter().next().is_none());
            assert_eq!(list.iter().count(), list.len());
            for (index, item) in list.iter().enumerate() {
                let by_index = list.item(index).expect("there is such an item");
                assert_eq!(format!("{item:?}"), format!("{by_index:?}"));
                self::value(item);
            }
            assert!(list.item(list.len()).is_none());
        }
        ValueRef::Map(map) => {
            assert_eq!(map.is_empty(), map.iter().next().is_none());
            assert_eq!(map.iter().count(), map.len());
            for (key, entry) in map {
                self::value(key);
                self::value(entry);
            }
            assert!(map.entry(map.len()).is_none());
        }
        scalar => {
            black_box(format!("{scalar:?}"));
        }
    }
}
