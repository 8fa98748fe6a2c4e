//! Evaluating candidates one by one: predicates first, then conditions.

use super::conditions::Conditions;
use super::observer::Observer;
use crate::decide::matched::Matched;
use crate::decide::ranks::{RankPlan, Ranks};
use crate::decide::request::Request;
use crate::interpret::{self, Machine};
use rulestone_format::archive::{ArchivedRuleset, ArchivedSlot, NONE};
use rulestone_format::meaning::Outcome;
use rulestone_format::value::Word;

/// The memory of a session that evaluating candidates needs.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) values: interpret::Workspace,
    pub(crate) ranks: Ranks,
    /// The rules that match.
    pub(crate) matched: Matched,
    conditions: Conditions,
}

impl Workspace {
    pub(crate) fn new(
        archive: &ArchivedRuleset,
        interpreter: &interpret::Plan,
        ranks: &RankPlan,
    ) -> Workspace {
        Workspace {
            values: interpret::Workspace::new(interpreter),
            ranks: Ranks::new(ranks),
            matched: Matched::new(archive.rules.len()),
            conditions: Conditions::new(archive),
        }
    }

    /// Bytes that an archive needs besides values.
    pub(crate) fn bytes(archive: &ArchivedRuleset) -> usize {
        Ranks::bytes(archive) + Matched::bytes(archive.rules.len()) + Conditions::bytes(archive)
    }
}

/// Evaluates candidates of a request.
pub(crate) struct Evaluator<'w, 'a, O> {
    pub(crate) machine: Machine<'a>,
    pub(crate) plan: &'a RankPlan,
    pub(crate) ranks: &'w mut Ranks,
    pub(super) registers: &'w mut [Word],
    pub(super) matched: &'w mut Matched,
    conditions: &'w mut Conditions,
    pub(crate) observer: O,
}

impl<'w, O: Observer> Evaluator<'w, 'w, O> {
    #[inline(always)]
    pub(crate) fn new(request: &Request<'w>, workspace: &'w mut Workspace, observer: O) -> Self {
        let Workspace { values, ranks, matched, conditions } = workspace;
        let (machine, registers) = values.machine(request.program, request.frame);
        let plan = request.ranks;
        Evaluator { machine, plan, ranks, registers, matched, conditions, observer }
    }
}

impl<'a, O> Evaluator<'_, 'a, O> {
    #[inline]
    pub(crate) fn archive(&self) -> &'a ArchivedRuleset {
        self.machine.program.archive
    }

    /// The value of a variable.
    #[inline]
    pub(crate) fn variable(&mut self, number: u32) -> Outcome<Word> {
        self.machine.variable(number, self.registers)
    }
}

impl<O: Observer> Evaluator<'_, '_, O> {
    /// Evaluates the candidates of one word of a row.
    #[inline]
    pub(crate) fn evaluate_word(&mut self, word: u32, mut bits: u64) {
        let slots = &self.archive().slots;
        let first = word as usize * 64;
        if bits == u64::MAX {
            let slots = slots.get(first..first + 64).unwrap_or_default();
            return slots.iter().for_each(|slot| self.evaluate(slot));
        }
        while bits != 0 {
            let number = first + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            if let Some(slot) = slots.get(number) {
                self.evaluate(slot);
            }
        }
    }

    /// Evaluates the residual predicates of a slot.
    #[inline]
    fn evaluate(&mut self, slot: &ArchivedSlot) {
        self.observer.candidate(slot, slot.residual.to_native());
        self.evaluate_unobserved(slot);
    }

    /// The same, but the observer isn't told.
    #[inline]
    pub(super) fn evaluate_unobserved(&mut self, slot: &ArchivedSlot) {
        let start = slot.predicates.to_native() as usize;
        let residual = start..start + usize::from(slot.residual.to_native());
        for predicate in self.archive().predicates.get(residual).unwrap_or_default() {
            if !self.holds(predicate.to_native()) {
                return;
            }
        }
        self.accept(slot.rule.to_native(), slot.condition.to_native());
    }

    /// Notes a rule of which all predicates of an alternative hold: it matches, unless the
    /// alternative has a condition that is still to be run.
    #[inline]
    pub(crate) fn accept(&mut self, rule: u32, condition: u32) {
        match condition {
            NONE => self.matched.insert(rule),
            condition => self.conditions.push(rule, condition),
        }
    }

    /// Runs the conditions of rules that don't match yet. Comes last.
    #[inline]
    pub(crate) fn run_conditions(&mut self) {
        if !self.conditions.is_empty() {
            self.conditions.run(self.matched, &mut self.machine, self.registers);
        }
    }
}
