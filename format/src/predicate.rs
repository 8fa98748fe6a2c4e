//! Predicates: what a slot asks of one subject, in one word.
//!
//! | bits | interval | mask | runs | member |
//! |---|---|---|---|---|
//! | 0 | 1: negated | 0 | 1: negated | 1: negated |
//! | 1..4 | 0 | 1 | 2 | 3 |
//! | 4..16 | the subject | the subject | the subject | the subject |
//! | 16..40 | least rank | bit `n`: rank `n` is in | where the set begins | the word |
//! | 40..64 | how many ranks more | … | how many entries it has | 0 |
//!
//! One uniform record for nearly every comparison of a fact with constants: it
//! is worked out without a branch. Negated, it holds where the subject is there
//! and the plain one doesn't hold.

use crate::subject::{MAX_RANKS, MAX_SUBJECTS};
use rkyv::rend::unaligned::u32_ule;

/// A subject may have this many ranks to be asked by a mask.
pub const MASK_RANKS: usize = 48;

/// What a predicate asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum PredicateKind {
    /// The rank is one of `low..=low + width`.
    Interval = 0,
    /// The rank's bit is set.
    Mask = 1,
    /// The rank lies in one of the runs of a set.
    Runs = 2,
    /// The list has the word.
    Member = 3,
}

/// A predicate. Any word is one; whether it makes sense is for the verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Predicate(pub u64);

impl Predicate {
    /// `low` and `width` keep their lowest 24 bits, the subject its lowest 12.
    pub fn new(
        kind: PredicateKind,
        negated: bool,
        subject: u16,
        low: u32,
        width: u32,
    ) -> Predicate {
        let field = |value: u32| u64::from(value) & (MAX_RANKS as u64 - 1);
        Predicate(
            u64::from(negated)
                | (kind as u64) << 1
                | (u64::from(subject) & (MAX_SUBJECTS as u64 - 1)) << 4
                | field(low) << 16
                | field(width) << 40,
        )
    }

    /// Of ranks below [`MASK_RANKS`].
    pub fn of_mask(subject: u16, mask: u64) -> Predicate {
        let form = Predicate::new(PredicateKind::Mask, false, subject, 0, 0);
        Predicate(form.0 | mask << 16)
    }

    /// `None` for a number that no kind has.
    #[inline]
    pub fn kind(self) -> Option<PredicateKind> {
        match self.0 >> 1 & 7 {
            0 => Some(PredicateKind::Interval),
            1 => Some(PredicateKind::Mask),
            2 => Some(PredicateKind::Runs),
            3 => Some(PredicateKind::Member),
            _ => None,
        }
    }

    #[inline]
    pub fn is_negated(self) -> bool {
        self.0 & 1 != 0
    }

    #[inline]
    pub fn subject(self) -> u16 {
        (self.0 >> 4) as u16 & (MAX_SUBJECTS as u16 - 1)
    }

    /// The least rank, where the set begins, or the word.
    #[inline]
    pub fn low(self) -> u32 {
        (self.0 >> 16) as u32 & (MAX_RANKS as u32 - 1)
    }

    /// How many ranks more, or how many entries the set has.
    #[inline]
    pub fn width(self) -> u32 {
        (self.0 >> 40) as u32
    }

    #[inline]
    pub fn mask(self) -> u64 {
        self.0 >> 16
    }

    /// Whether it is an interval or a mask, which need a rank and nothing else.
    #[inline]
    pub fn is_plain(self) -> bool {
        self.0 & 0b1100 == 0
    }

    /// Whether a plain one holds for a rank. Both kinds are worked out, since
    /// which of them it is can't be foretold.
    #[inline]
    pub fn holds_for(self, rank: u32) -> bool {
        let inside = rank.wrapping_sub(self.low()) <= self.width();
        let negated = self.is_negated();
        let by_interval = (inside != negated) & (rank >= u32::from(negated));
        let by_mask = self.mask().wrapping_shr(rank) & 1 != 0;
        let is_mask = self.0 & 0b10 != 0;
        (by_interval & !is_mask) | (by_mask & is_mask)
    }

    /// Whether one of runs holds for a rank.
    #[inline]
    pub fn holds_in_runs(self, sets: &[u32_ule], rank: u32) -> bool {
        let start = self.low() as usize;
        let runs = sets.get(start..start + self.width() as usize).unwrap_or_default();
        // Inside, more runs have begun than have ended.
        let inside = runs.partition_point(|end| end.to_native() <= rank) & 1 != 0;
        (inside != self.is_negated()) & (rank >= u32::from(self.is_negated()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_as_they_were_put_in() {
        let predicate = Predicate::new(PredicateKind::Runs, true, 4095, 0xff_fffe, 0xff_ffff);
        assert_eq!(predicate.kind(), Some(PredicateKind::Runs));
        assert!(predicate.is_negated() && !predicate.is_plain());
        assert_eq!(predicate.subject(), 4095);
        assert_eq!((predicate.low(), predicate.width()), (0xff_fffe, 0xff_ffff));
    }

    #[test]
    fn an_interval_holds_from_its_least_to_its_greatest_rank() {
        let interval = |negated| Predicate::new(PredicateKind::Interval, negated, 7, 3, 2);
        let holding = |p: Predicate| (0..9).filter(|rank| p.holds_for(*rank)).collect::<Vec<_>>();
        assert_eq!(holding(interval(false)), [3, 4, 5]);
        // What is absent is neither in an interval nor out of it.
        assert_eq!(holding(interval(true)), [1, 2, 6, 7, 8]);
        let absent = Predicate::new(PredicateKind::Interval, false, 7, 0, 0);
        assert_eq!(holding(absent), [0]);
    }

    #[test]
    fn a_mask_holds_for_the_ranks_of_its_bits() {
        let mask = Predicate::of_mask(9, 1 << 47 | 0b1001);
        let holding: Vec<u32> = (0..48).filter(|rank| mask.holds_for(*rank)).collect();
        assert_eq!(holding, [0, 3, 47]);
        assert_eq!((mask.kind(), mask.subject()), (Some(PredicateKind::Mask), 9));
    }

    #[test]
    fn a_set_holds_within_its_runs() {
        let sets: Vec<u32_ule> = [9, 2, 4, 7, 8].map(u32_ule::from_native).to_vec();
        let runs = |negated| Predicate::new(PredicateKind::Runs, negated, 0, 1, 4);
        let holding =
            |p: Predicate| (0..10).filter(|rank| p.holds_in_runs(&sets, *rank)).collect::<Vec<_>>();
        assert_eq!(holding(runs(false)), [2, 3, 7]);
        assert_eq!(holding(runs(true)), [1, 4, 5, 6, 8, 9]);
    }
}
