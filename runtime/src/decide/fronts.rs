//! What is left to ask of slots behind their rows, of rulesets too large for the caches.
//!
//! The slots that a request leaves lie far from each other, and each read of one may wait
//! for memory. What the index decides isn't read again: so the rules, and the predicates
//! that it doesn't decide, stand in arrays of their own, a third of the archive's in size.

use rulestone_format::archive::{ArchivedRuleset, ArchivedSlot, NONE};

/// Smaller rulesets stay in the caches of a core with all that slots ask.
const LEAST_SLOTS: usize = 4096;

/// The front of a slot: its rule, and what is left to ask of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Front {
    /// Behind the bits of the rule: how many predicates.
    rule: u32,
    /// The first of them.
    first: u32,
}

impl Front {
    /// Bits of a rule.
    const RULE: u32 = 28;

    /// There is a condition, or more predicates than can be said: the slot knows.
    const IN_SLOT: u32 = 15;

    #[inline]
    pub(super) fn rule(self) -> u32 {
        self.rule & ((1 << Front::RULE) - 1)
    }

    #[inline]
    fn count(self) -> u32 {
        self.rule >> Front::RULE
    }

    /// Whether the rule matches if its slot is left.
    #[inline]
    pub(super) fn is_sure(self) -> bool {
        self.count() == 0
    }

    /// Whether what is left to ask is for the slot to say.
    #[inline]
    pub(super) fn is_in_slot(self) -> bool {
        self.count() == Front::IN_SLOT
    }
}

/// The fronts of all slots. Empty where they are few.
#[derive(Debug, Default)]
pub(crate) struct Fronts {
    all: Vec<Front>,
    /// Predicates that the index doesn't decide, slot by slot.
    asked: Vec<u64>,
}

impl Fronts {
    /// # Cost
    /// One pass over slots and what is left to ask of them, which is as much memory.
    pub(crate) fn new(archive: &ArchivedRuleset) -> Fronts {
        let mut fronts = Fronts::default();
        if archive.slots.len() < LEAST_SLOTS || archive.rules.len() >= 1 << Front::RULE {
            return fronts;
        }
        fronts.all.reserve_exact(archive.slots.len());
        for slot in archive.slots.iter() {
            let front = fronts.front(archive, slot);
            fronts.all.push(front);
        }
        fronts
    }

    fn front(&mut self, archive: &ArchivedRuleset, slot: &ArchivedSlot) -> Front {
        let residual = u32::from(slot.residual.to_native());
        let rule = slot.rule.to_native();
        // INVARIANT: an archive is below 4 GiB and so has fewer than 2^32 predicates.
        let first = self.asked.len() as u32;
        if residual >= Front::IN_SLOT || slot.condition.to_native() != NONE {
            return Front { rule: rule | Front::IN_SLOT << Front::RULE, first };
        }
        let start = slot.predicates.to_native() as usize;
        let asked = archive.predicates.get(start..start + residual as usize).unwrap_or_default();
        self.asked.extend(asked.iter().map(|word| word.to_native()));
        Front { rule: rule | (asked.len() as u32) << Front::RULE, first }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    #[inline]
    pub(super) fn get(&self, slot: usize) -> Option<Front> {
        self.all.get(slot).copied()
    }

    /// The predicates that are left to ask, if the slot needn't say.
    #[inline]
    pub(super) fn asked(&self, front: Front) -> &[u64] {
        let first = front.first as usize;
        self.asked.get(first..first + front.count() as usize).unwrap_or_default()
    }
}
