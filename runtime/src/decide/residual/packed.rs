//! Packed residuals: the residual predicates of all slots, half a cache line each.
//!
//! The candidates of a request lie far from each other, each read of one may wait for
//! memory, and which of them match can't be foretold. So the rule of a slot and its residual
//! predicates stand together, to be prefetched while other candidates are taken and to be
//! evaluated all at once ([`batch`](super::batch)).

use crate::decide::simd::packed::{INTERVALS, PackedResidual, RANK_COLUMNS, RankColumns};
use rkyv::rend::unaligned::u64_ule;
use rulestone_format::archive::{ArchivedRuleset, ArchivedSlot, NONE};
use rulestone_format::predicate::{Predicate, PredicateKind};

/// The packed residuals of all slots; none where slots are few.
///
/// Few are evaluated by other ways too, which go from slot to slot. Near a limit on memory or
/// steps it matters in which order conditions are run and variables worked out.
#[derive(Debug, Default)]
pub(crate) struct PackedResiduals {
    all: Vec<PackedResidual>,
    /// By column.
    subjects: Vec<u16>,
    /// How many of them, the first ones, have ranks before candidates are evaluated.
    ready: usize,
}

impl PackedResiduals {
    /// # Cost
    /// One pass over slots and their residual predicates, and 32 bytes a slot.
    pub(crate) fn new(archive: &ArchivedRuleset) -> PackedResiduals {
        let mut columns = Columns::new(archive);
        let mut all = vec![PackedResidual::default(); archive.slots.len()];
        for (residual, slot) in all.iter_mut().zip(archive.slots.iter()) {
            residual.fill(&mut columns, archive, slot);
        }
        PackedResiduals { all, ready: columns.ready.into(), subjects: columns.subjects }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    #[inline]
    pub(super) fn get(&self, slot: u32) -> Option<&PackedResidual> {
        self.all.get(slot as usize)
    }

    /// The ranks of a request that are known before candidates are evaluated.
    #[inline]
    pub(super) fn ready_ranks(&self, of: impl Fn(u16) -> u32) -> RankColumns {
        let mut ranks = [0; RANK_COLUMNS];
        let ready = self.subjects.iter().take(self.ready);
        for (rank, subject) in ranks.iter_mut().zip(ready) {
            *rank = short(of(*subject));
        }
        ranks
    }

    /// The subject of a column.
    #[inline]
    pub(super) fn subject(&self, column: u32) -> u16 {
        self.subjects.get(column as usize).copied().unwrap_or(0)
    }

    /// The column of a slot's deferred interval.
    #[inline]
    pub(super) fn deferred_column(&self, slot: u32) -> u32 {
        let residual = self.all.get(slot as usize);
        let column = residual.and_then(|it| it.columns.get(it.deferred.trailing_zeros() as usize));
        column.map_or(0, |column| (*column).into())
    }
}

/// A rank in a column.
#[inline]
pub(super) fn short(rank: u32) -> u16 {
    u16::try_from(rank).unwrap_or(u16::MAX)
}

/// The columns that subjects get.
#[derive(Debug)]
struct Columns {
    /// Of each subject; beyond [`RANK_COLUMNS`] if it has none.
    all: Vec<u8>,
    subjects: Vec<u16>,
    /// How many, the first ones, have ranks before candidates are evaluated.
    ready: u8,
}

impl Columns {
    fn new(archive: &ArchivedRuleset) -> Columns {
        let all = vec![u8::MAX; archive.subjects.len()];
        let mut columns = Columns { all, subjects: Vec::new(), ready: 0 };
        for dimension in archive.index.dimensions.iter() {
            columns.of(dimension.subject.to_native());
        }
        columns.ready = columns.subjects.len() as u8;
        columns
    }

    /// A subject's column, which it may get here; beyond [`RANK_COLUMNS`] if there is none left.
    #[inline]
    fn of(&mut self, subject: u16) -> u8 {
        let Some(column) = self.all.get_mut(usize::from(subject)) else { return u8::MAX };
        if *column == u8::MAX && self.subjects.len() < RANK_COLUMNS {
            *column = self.subjects.len() as u8;
            self.subjects.push(subject);
        }
        *column
    }
}

impl PackedResidual {
    /// Becomes that of a slot. All is written where it stays: a copy of what was just written
    /// in pieces would wait for these.
    fn fill(&mut self, columns: &mut Columns, archive: &ArchivedRuleset, slot: &ArchivedSlot) {
        let start = slot.predicates.to_native() as usize;
        let residual = start..start + usize::from(slot.residual.to_native());
        let predicates = archive.predicates.get(residual).unwrap_or_default();
        self.rule = slot.rule.to_native();
        let has_condition = slot.condition.to_native() != NONE;
        if has_condition
            || !self.fill_with_intervals(columns, predicates) && !self.fill_with_words(predicates)
        {
            self.deferred = PackedResidual::IN_SLOT;
        }
    }

    /// Whether these are intervals that fit.
    fn fill_with_intervals(&mut self, columns: &mut Columns, predicates: &[u64_ule]) -> bool {
        let mut fits = predicates.len() <= INTERVALS;
        let rooms = self.low.iter_mut().zip(&mut self.width).zip(&mut self.columns);
        let (mut ready, mut deferred) = (0, 0);
        for (at, (word, ((low, width), column))) in predicates.iter().zip(rooms).enumerate() {
            let predicate = Predicate(word.to_native());
            let is_interval = predicate.kind() == Some(PredicateKind::Interval);
            fits &= is_interval & !predicate.is_negated();
            // The highest rank of 16 bits stands for all beyond it.
            fits &= predicate.low() + predicate.width() < u16::MAX.into();
            (*low, *width) = (predicate.low() as u16, predicate.width() as u16);
            *column = columns.of(predicate.subject());
            fits &= usize::from(*column) < RANK_COLUMNS;
            let is_ready = *column < columns.ready;
            ready |= u8::from(is_ready) << at;
            deferred |= u8::from(!is_ready) << at;
        }
        (self.ready, self.deferred) = (ready, deferred);
        // Whether one of several is evaluated depends on the others.
        fits & (deferred.count_ones() <= 1)
    }

    /// Whether these are so few that they fit as they are.
    fn fill_with_words(&mut self, predicates: &[u64_ule]) -> bool {
        (self.ready, self.deferred) = (0, PackedResidual::WORDS);
        self.columns[0] = predicates.len() as u8;
        let rooms = [self.low.first_chunk_mut(), self.width.first_chunk_mut()];
        let fits = predicates.len() <= rooms.len();
        for (room, predicate) in rooms.into_iter().flatten().zip(predicates) {
            *room = in_quarters(predicate.to_native());
        }
        fits
    }

    /// The predicates as the archive has them, if these were packed.
    pub(super) fn words(&self) -> Option<impl Iterator<Item = u64>> {
        let words = self.low.first_chunk().into_iter().chain(self.width.first_chunk());
        let count = self.columns[0].into();
        (self.deferred == PackedResidual::WORDS).then(|| words.take(count).map(from_quarters))
    }
}

fn in_quarters(word: u64) -> [u16; 4] {
    std::array::from_fn(|at| (word >> (16 * at)) as u16)
}

fn from_quarters(quarters: &[u16; 4]) -> u64 {
    quarters.iter().rev().fold(0, |word, quarter| word << 16 | u64::from(*quarter))
}
