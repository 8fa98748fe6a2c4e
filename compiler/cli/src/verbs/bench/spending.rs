//! Where decisions spend their time, rule by rule.
//!
//! In: a ruleset and checked frames, of which each is decided about once. Out:
//! how many slots were looked at, which rules matched, and the rules that cost
//! most, in the verifier's units. These say what a rule costs at worst, so shares
//! are estimates; variables are worked out once a request for all rules and
//! belong to none.

use rulestone::{Error, Frame, Ruleset};
use rulestone_format::archive::{ArchivedRuleset, NONE};
use rulestone_format::verify::{PREDICATE_COST, unit_costs};

/// What became of a rule in all requests.
#[derive(Debug, Clone, Default)]
pub(super) struct Spent {
    /// Its number.
    pub(super) rule: usize,
    /// Slots of it that were looked at.
    pub(super) looks: u64,
    /// Requests whose decision has it.
    pub(super) matches: u64,
    /// What looking at all its slots costs at worst: where nothing is known of them.
    pub(super) looking: u64,
    /// What its outputs cost at worst.
    pub(super) outputs: u64,
    /// What all this comes to: each look what that slot costs, each match the outputs.
    pub(super) total: u64,
}

#[derive(Debug)]
pub(super) struct Spending {
    /// One for each rule.
    rules: Vec<Spent>,
}

impl Spending {
    /// Decides about each frame once.
    ///
    /// # Errors
    /// None for a ruleset: its archive was verified.
    pub(super) fn new(
        ruleset: &Ruleset,
        frames: &[Frame<'_>],
        use_index: bool,
    ) -> Result<Spending, Error> {
        let archive = ruleset.archive();
        let units = unit_costs(archive)?;
        let condition = |unit: u32| match unit {
            NONE => 0,
            unit => units.get(unit as usize).copied().unwrap_or(0),
        };
        let mut rules = at_worst(archive, &condition);
        let mut session = ruleset.session();
        session.use_index(use_index);
        for frame in frames {
            let matched = session.observe(*frame, |slot, predicates| {
                let cost = slot_cost(predicates, condition(slot.condition.to_native()));
                if let Some(spent) = rules.get_mut(slot.rule.to_native() as usize) {
                    spent.looks += 1;
                    spent.total = spent.total.saturating_add(cost);
                }
            });
            // Those of requests that exceed a limit are none.
            for rule in matched.into_iter().flatten() {
                if let Some(spent) = rules.get_mut(rule.index()) {
                    spent.matches += 1;
                    spent.total = spent.total.saturating_add(spent.outputs);
                }
            }
        }
        Ok(Spending { rules })
    }

    /// Slots that were looked at in all requests.
    pub(super) fn looks(&self) -> u64 {
        self.rules.iter().map(|spent| spent.looks).sum()
    }

    /// Rules that decisions have, in all requests.
    pub(super) fn matches(&self) -> u64 {
        self.rules.iter().map(|spent| spent.matches).sum()
    }

    /// The rules that cost most in all requests, the dearest first, and the share
    /// of each in the total, from 0 to 1. Rules that cost nothing are left out.
    pub(super) fn dearest(&self, most: usize) -> Vec<(&Spent, f64)> {
        let mut dearest: Vec<&Spent> = self.rules.iter().filter(|spent| spent.total > 0).collect();
        dearest.sort_by_key(|spent| std::cmp::Reverse(spent.total));
        let total: f64 = dearest.iter().map(|spent| spent.total as f64).sum();
        let share = |spent: &Spent| spent.total as f64 / total;
        dearest.into_iter().take(most).map(|spent| (spent, share(spent))).collect()
    }
}

fn slot_cost(predicates: u16, condition: u64) -> u64 {
    (u64::from(predicates) * PREDICATE_COST).saturating_add(condition)
}

/// What each rule costs, before anything is decided.
fn at_worst(archive: &ArchivedRuleset, condition: &dyn Fn(u32) -> u64) -> Vec<Spent> {
    let outputs = archive.rules.iter().enumerate().map(|(rule, record)| {
        let assignments = record.assignments.of(&archive.assignments).iter();
        let outputs = assignments.map(|assignment| match assignment.unit.to_native() {
            NONE => PREDICATE_COST,
            unit => condition(unit),
        });
        Spent { rule, outputs: outputs.fold(0, u64::saturating_add), ..Spent::default() }
    });
    let mut rules: Vec<Spent> = outputs.collect();
    for slot in archive.slots.iter() {
        let cost = slot_cost(slot.count.to_native(), condition(slot.condition.to_native()));
        if let Some(spent) = rules.get_mut(slot.rule.to_native() as usize) {
            spent.looking = spent.looking.saturating_add(cost);
        }
    }
    rules
}
