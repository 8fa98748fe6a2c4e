//! Predicates: whether the rank of a subject is one that an alternative asks for.

use super::evaluator::Evaluator;
use crate::decide::ranks::SubjectPlan;
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::subject::ABSENT;

impl<O> Evaluator<'_, '_, O> {
    /// Whether a predicate holds.
    #[inline]
    pub(crate) fn holds(&mut self, word: u64) -> bool {
        let predicate = Predicate(word);
        let rank = self.rank(predicate.subject());
        if predicate.is_plain() {
            predicate.holds_for(rank)
        } else {
            self.holds_rarer(predicate, rank)
        }
    }

    /// The kinds that need more than a rank.
    fn holds_rarer(&self, predicate: Predicate, rank: u32) -> bool {
        match predicate.kind() {
            Some(PredicateKind::Runs) => predicate.holds_in_runs(&self.archive().sets, rank),
            Some(PredicateKind::Member) => {
                let subject = self.plan.subject(predicate.subject());
                let Some(SubjectPlan::List(list)) = subject else { return false };
                let has = self.ranks.has_word(list, predicate.low());
                (rank != ABSENT) & (has != predicate.is_negated())
            }
            _ => false,
        }
    }

    /// The rank of a subject.
    #[inline]
    pub(crate) fn rank(&mut self, subject: u16) -> u32 {
        self.ranks.rank(subject, self.plan, &mut self.machine, self.registers)
    }
    /// Ranks all subjects that depend on one fact of the frame alone.
    pub(crate) fn rank_facts(&mut self) {
        for (number, subject) in (0..).zip(self.plan.subjects()) {
            if subject.fact().is_some_and(|fact| self.machine.frame.has(fact)) {
                self.rank(number);
            }
        }
    }
}
