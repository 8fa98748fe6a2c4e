//! The fourth way: rules are an rkyv archive, accessed with all checks for each
//! request.
//!
//! In: rules. Out: which of them match, worked out by a walk over the archived
//! structs where they lie. Fair: nothing is copied or allocated; the archive is
//! of the kind that Rulestone's own is (little-endian, no alignment asked).

use rkyv::rancor::Failure;
use rkyv::vec::ArchivedVec;
use rulestone_bench::Outcome;
use rulestone_bench::model::{
    ArchivedRelation, ArchivedRule, ArchivedStep, ArchivedTest, Relation, Rule, Step,
};
use rulestone_bench::walk::{self, Table};

pub fn encode(rules: &[Rule]) -> Outcome<Vec<u8>> {
    Ok(rkyv::to_bytes::<Failure>(&rules.to_vec())?.to_vec())
}

pub fn matching(bytes: &[u8], facts: &Table, matched: &mut Vec<u32>) -> Outcome<()> {
    let rules = rkyv::access::<ArchivedVec<ArchivedRule>, Failure>(bytes)?;
    matched.clear();
    for (number, rule) in (0..).zip(rules.iter()) {
        let holds = |test: &ArchivedTest| holds(test, facts);
        let matches = rule.all.iter().all(holds)
            && rule
                .any
                .iter()
                .all(|group| group.branches.iter().any(|branch| branch.all.iter().all(holds)));
        if matches {
            matched.push(number);
        }
    }
    Ok(())
}

fn holds(test: &ArchivedTest, facts: &Table) -> bool {
    match test {
        ArchivedTest::Int { fact, is, limit } => {
            relation(is).holds(facts.ints[usize::from(fact.to_native())], limit.to_native())
        }
        ArchivedTest::Double { fact, is, limit } => {
            relation(is).holds(facts.doubles[usize::from(fact.to_native())], limit.to_native())
        }
        ArchivedTest::Flag { fact, expected } => {
            facts.flags[usize::from(fact.to_native())] == *expected
        }
        ArchivedTest::Label { fact, of } => {
            let label = facts.labels[usize::from(fact.to_native())];
            of.iter().any(|one| one.to_native() == label)
        }
        ArchivedTest::Text { fact, of } => {
            let text = &facts.texts[usize::from(fact.to_native())];
            of.iter().any(|one| one.as_str() == text)
        }
        ArchivedTest::Item { fact, item } => {
            facts.lists[usize::from(fact.to_native())].iter().any(|one| one == item.as_str())
        }
        ArchivedTest::IntSum { steps, is, limit } => {
            let sum = walk::int_sum(steps.iter().map(step), facts);
            sum.is_some_and(|sum| relation(is).holds(sum, limit.to_native()))
        }
        ArchivedTest::DoubleSum { steps, is, limit } => {
            let sum = walk::double_sum(steps.iter().map(step), facts);
            sum.is_some_and(|sum| relation(is).holds(sum, limit.to_native()))
        }
    }
}

fn relation(is: &ArchivedRelation) -> Relation {
    match is {
        ArchivedRelation::Below => Relation::Below,
        ArchivedRelation::AtMost => Relation::AtMost,
        ArchivedRelation::Equal => Relation::Equal,
        ArchivedRelation::AtLeast => Relation::AtLeast,
        ArchivedRelation::Above => Relation::Above,
    }
}

fn step(step: &ArchivedStep) -> Step {
    match step {
        ArchivedStep::Fact(fact) => Step::Fact(fact.to_native()),
        ArchivedStep::Int(value) => Step::Int(value.to_native()),
        ArchivedStep::Double(value) => Step::Double(value.to_native()),
        ArchivedStep::Add => Step::Add,
        ArchivedStep::Subtract => Step::Subtract,
        ArchivedStep::Multiply => Step::Multiply,
        ArchivedStep::Divide => Step::Divide,
        ArchivedStep::Remainder => Step::Remainder,
    }
}
