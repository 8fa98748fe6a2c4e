//! Conditions: code that decides what predicates can't. They run last, once all predicates
//! of all candidates are evaluated.

use crate::decide::matched::Matched;
use crate::interpret::Machine;
use rulestone_format::archive::{ArchivedRuleset, NONE};
use rulestone_format::value::Word;

/// The conditions of slots whose predicates hold, each with its rule.
///
/// A slot has one at most; there is room for all from the start.
#[derive(Debug)]
pub(super) struct Conditions {
    waiting: Vec<(u32, u32)>,
}

impl Conditions {
    pub(super) fn new(archive: &ArchivedRuleset) -> Conditions {
        Conditions { waiting: Vec::with_capacity(Conditions::most(archive)) }
    }

    /// Bytes for all of them.
    pub(super) fn bytes(archive: &ArchivedRuleset) -> usize {
        Conditions::most(archive) * size_of::<(u32, u32)>()
    }

    fn most(archive: &ArchivedRuleset) -> usize {
        archive.slots.iter().filter(|slot| slot.condition.to_native() != NONE).count()
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    #[inline]
    pub(super) fn push(&mut self, rule: u32, condition: u32) {
        self.waiting.push((rule, condition));
    }

    /// Adds the rules whose conditions hold to those that match already. Forgets all
    /// conditions.
    #[inline(never)]
    pub(super) fn run(
        &mut self,
        matched: &mut Matched,
        machine: &mut Machine<'_>,
        registers: &mut [Word],
    ) {
        for (rule, condition) in &self.waiting {
            let mut is_true =
                || machine.run_for_scalar(*condition, registers).is_ok_and(Word::bool);
            if !matched.contains(*rule) && is_true() {
                matched.insert(*rule);
            }
            if machine.scratch.is_exhausted() {
                break;
            }
        }
        self.waiting.clear();
    }
}
