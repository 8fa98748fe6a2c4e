//! Evaluating some hundreds of candidates at once, by their packed residuals.
//!
//! In: the words of bits that rows leave. Out: the rules of which all predicates hold, and
//! the slots of which something else is to be evaluated. Residuals are prefetched, and the
//! outcome of one moves an index instead of deciding a branch, so that none waits for
//! another.

use super::evaluator::Evaluator;
use super::observer::Observer;
use super::packed::{self, PackedResiduals};
use crate::decide::simd::packed::{PackedResidual, RankColumns};
use crate::decide::simd::{Kernel, Registers};
use std::iter::Zip;
use std::slice;

/// The words of a row that aren't zero: the number of each, and its bits.
pub(crate) type CandidateWords<'a> = Zip<slice::Iter<'a, u32>, slice::Iter<'a, u64>>;

/// So many candidates are evaluated together, and up to as many more as a word has bits.
const CAPACITY: usize = 512;

/// Bits that are taken out of a word before it is checked whether that was all.
const AT_ONCE: usize = 3;

/// Room for as many as there may be, and for what is written behind the last.
const ROOM: usize = CAPACITY + 64 + AT_ONCE;

/// Candidates that are evaluated together, and their outcome.
#[derive(Debug)]
pub(crate) struct CandidateBatch {
    slots: [u32; ROOM],
    deferred: [u32; ROOM],
    unpacked: [u32; ROOM],
    rules: [u32; ROOM],
    slot_count: usize,
    deferred_count: usize,
    unpacked_count: usize,
    rule_count: usize,
}

impl Default for CandidateBatch {
    fn default() -> CandidateBatch {
        CandidateBatch {
            slots: [0; ROOM],
            deferred: [0; ROOM],
            unpacked: [0; ROOM],
            rules: [0; ROOM],
            slot_count: 0,
            deferred_count: 0,
            unpacked_count: 0,
            rule_count: 0,
        }
    }
}

impl CandidateBatch {
    /// The candidates.
    fn slots(&self) -> &[u32] {
        self.slots.get(..self.slot_count).unwrap_or_default()
    }

    /// Those of which all ready intervals hold, and one is deferred: its subject may have no
    /// rank yet.
    fn deferred(&self) -> &[u32] {
        self.deferred.get(..self.deferred_count).unwrap_or_default()
    }

    /// Those whose predicates aren't intervals of ranks, or are too many, or have a condition
    /// beside them.
    fn unpacked(&self) -> &[u32] {
        self.unpacked.get(..self.unpacked_count).unwrap_or_default()
    }

    /// The rules of those of which all predicates hold.
    fn rules(&self) -> &[u32] {
        self.rules.get(..self.rule_count).unwrap_or_default()
    }

    /// Takes the next candidates out of words, and begins to fetch their residuals.
    #[inline(always)]
    fn take(
        &mut self,
        on: impl Registers,
        residuals: &PackedResiduals,
        candidates: &mut CandidateWords<'_>,
    ) {
        let prefetch = |slots: &[u32]| {
            for slot in slots {
                if let Some(residual) = residuals.get(*slot) {
                    on.prefetch(residual);
                }
            }
        };
        let (mut count, mut prefetched) = (0, 0);
        while count < CAPACITY
            && let Some((word, bits)) = candidates.next()
        {
            let mut bits = *bits;
            let mut at = count;
            count += bits.count_ones() as usize;
            while at < count {
                let room = self.slots.get_mut(at..).and_then(|room| room.first_chunk_mut());
                let Some(room): Option<&mut [u32; AT_ONCE]> = room else { break };
                for slot in room {
                    *slot = word * 64 + bits.trailing_zeros();
                    bits &= bits.wrapping_sub(1);
                }
                at += AT_ONCE;
            }
            // About as many as a word has bits: no loop whose end can't be foretold.
            if let Some(slots) = self.slots.get(prefetched..count.min(prefetched + AT_ONCE))
                && let Some(slots) = slots.first_chunk::<AT_ONCE>()
            {
                prefetch(slots);
                prefetched += AT_ONCE;
            }
        }
        prefetch(self.slots.get(prefetched..count).unwrap_or_default());
        self.slot_count = count;
    }
}

/// Takes the next candidates and evaluates the intervals whose subjects have ranks.
struct EvaluateReady<'a, 'w> {
    residuals: &'a PackedResiduals,
    ranks: &'a RankColumns,
    candidates: &'a mut CandidateWords<'w>,
    batch: &'a mut CandidateBatch,
}

impl Kernel for EvaluateReady<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<R: Registers>(self, on: R) {
        let EvaluateReady { residuals, ranks, candidates, batch } = self;
        batch.take(on, residuals, candidates);
        let CandidateBatch { slots, deferred, unpacked, rules, .. } = batch;
        let ranks = on.load_ranks(ranks);
        let (mut rule_count, mut deferred_count, mut unpacked_count) = (0, 0, 0);
        for slot in slots.iter().take(batch.slot_count) {
            let Some(residual) = residuals.get(*slot) else { continue };
            let rooms = (
                rules.get_mut(rule_count),
                deferred.get_mut(deferred_count),
                unpacked.get_mut(unpacked_count),
            );
            if let (Some(rule), Some(deferred), Some(unpacked)) = rooms {
                (*rule, *deferred, *unpacked) = (residual.rule, *slot, *slot);
            }
            let holds = on.outside(residual, &ranks) & residual.ready == 0;
            let has_deferred = (1..PackedResidual::WORDS).contains(&residual.deferred);
            rule_count += usize::from(holds & (residual.deferred == 0));
            deferred_count += usize::from(holds & has_deferred);
            unpacked_count += usize::from(residual.deferred >= PackedResidual::WORDS);
        }
        (batch.rule_count, batch.deferred_count) = (rule_count, deferred_count);
        batch.unpacked_count = unpacked_count;
    }
}

/// Evaluates the deferred intervals, once their subjects have ranks.
struct EvaluateDeferred<'a> {
    residuals: &'a PackedResiduals,
    ranks: &'a RankColumns,
    batch: &'a mut CandidateBatch,
}

impl Kernel for EvaluateDeferred<'_> {
    type Output = ();

    #[inline(always)]
    fn run<R: Registers>(self, on: R) {
        let EvaluateDeferred { residuals, ranks, batch } = self;
        let CandidateBatch { deferred, rules, deferred_count, .. } = batch;
        let ranks = on.load_ranks(ranks);
        let mut rule_count = 0;
        for slot in deferred.iter().take(*deferred_count) {
            let Some(residual) = residuals.get(*slot) else { continue };
            let holds = on.outside(residual, &ranks) & residual.deferred == 0;
            if let Some(rule) = rules.get_mut(rule_count) {
                *rule = residual.rule;
            }
            rule_count += usize::from(holds);
        }
        batch.rule_count = rule_count;
    }
}

impl<O: Observer> Evaluator<'_, '_, O> {
    /// Evaluates candidates batch by batch.
    #[inline]
    pub(crate) fn evaluate_packed(
        &mut self,
        residuals: &PackedResiduals,
        mut candidates: CandidateWords<'_>,
        batch: &mut CandidateBatch,
    ) {
        let mut ranks = residuals.ready_ranks(|subject| self.ranks.known(subject));
        let mut known = 0;
        while candidates.len() > 0 {
            self.plan.simd.run(EvaluateReady {
                residuals,
                ranks: &ranks,
                candidates: &mut candidates,
                batch,
            });
            for slot in batch.slots() {
                if let Some(slot) = self.archive().slots.get(*slot as usize) {
                    self.observer.candidate(slot, slot.residual.to_native());
                }
            }
            self.matched.insert_all(batch.rules());
            for slot in batch.unpacked() {
                self.evaluate_unpacked(residuals, *slot);
            }
            if !batch.deferred().is_empty() {
                self.evaluate_deferred(residuals, &mut ranks, &mut known, batch);
            }
        }
    }

    /// Evaluates a slot whose residual isn't packed intervals.
    #[inline]
    fn evaluate_unpacked(&mut self, residuals: &PackedResiduals, slot: u32) {
        let Some(residual) = residuals.get(slot) else { return };
        if let Some(mut words) = residual.words() {
            if words.all(|word| self.holds(word)) {
                self.matched.insert(residual.rule);
            }
        } else if let Some(slot) = self.archive().slots.get(slot as usize) {
            self.evaluate_unobserved(slot);
        }
    }

    /// Ranks the subjects of deferred intervals, then evaluates these. `known` has a bit for
    /// each column that was ranked for an earlier batch.
    fn evaluate_deferred(
        &mut self,
        residuals: &PackedResiduals,
        ranks: &mut RankColumns,
        known: &mut u64,
        batch: &mut CandidateBatch,
    ) {
        let columns = batch.deferred().iter().map(|slot| residuals.deferred_column(*slot));
        let wanted = columns.fold(0_u64, |wanted, column| wanted | 1 << (column % u64::BITS));
        let mut rest = wanted & !*known;
        while rest != 0 {
            let column = rest.trailing_zeros();
            rest &= rest - 1;
            ranks[column as usize] = packed::short(self.rank(residuals.subject(column)));
        }
        *known |= wanted;
        self.plan.simd.run(EvaluateDeferred { residuals, ranks, batch });
        self.matched.insert_all(batch.rules());
    }
}
