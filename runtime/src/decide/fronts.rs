//! What is left to ask of slots behind their rows, of rulesets that have many.
//!
//! The slots that a request leaves lie far from each other, each read of one may wait for
//! memory, and which of them match can't be foretold. So a slot's rule and the predicates
//! that the index doesn't decide stand together in half a cache line, to be fetched while
//! others are looked at and asked all at once ([`together`](super::together)).

use super::few_blocks;
use rkyv::rend::unaligned::u64_ule;
use rulestone_format::archive::{ArchivedRuleset, ArchivedSlot, NONE};
use rulestone_format::predicate::{Predicate, PredicateKind};

/// Predicates of a front.
pub(super) const ASKS: usize = 5;

/// Subjects that fronts ask.
pub(super) const COLUMNS: usize = 64;

/// The ranks of a request, by column.
pub(super) type Ranks = [u16; COLUMNS];

/// What is left to ask of a slot, and its rule: intervals of ranks, or predicates as the
/// archive has them.
///
/// Registers read it as it lies here.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(32))]
pub(crate) struct Front {
    /// The least rank of each predicate.
    pub(super) low: [u16; ASKS],
    /// How many ranks more.
    pub(super) width: [u16; ASKS],
    /// The columns of their subjects.
    pub(super) columns: [u8; ASKS],
    /// A bit for each predicate whose subject has a rank before slots are looked at.
    pub(super) now: u8,
    /// The bit of the one that has none; or [`Front::WORDS`], or [`Front::IN_SLOT`].
    pub(super) later: u8,
    /// Registers read this too.
    _none: u8,
    pub(super) rule: u32,
}

impl Front {
    /// Instead of intervals there are words, and the first column says how many.
    pub(super) const WORDS: u8 = 1 << 6;

    /// There is something else to ask, or more: the slot knows.
    const IN_SLOT: u8 = 1 << 7;

    /// Becomes that of a slot. All is written where it stays: a copy of what was just written
    /// in pieces would wait for these.
    fn fill(&mut self, columns: &mut Columns, archive: &ArchivedRuleset, slot: &ArchivedSlot) {
        let start = slot.predicates.to_native() as usize;
        let left = start..start + usize::from(slot.residual.to_native());
        let predicates = archive.predicates.get(left).unwrap_or_default();
        self.rule = slot.rule.to_native();
        let has_condition = slot.condition.to_native() != NONE;
        if has_condition
            || !self.fill_with_intervals(columns, predicates) && !self.fill_with_words(predicates)
        {
            self.later = Front::IN_SLOT;
        }
    }

    /// Whether these are intervals that fit.
    fn fill_with_intervals(&mut self, columns: &mut Columns, predicates: &[u64_ule]) -> bool {
        let mut fits = predicates.len() <= ASKS;
        let rooms = self.low.iter_mut().zip(&mut self.width).zip(&mut self.columns);
        let (mut now, mut later) = (0, 0);
        for (at, (word, ((low, width), column))) in predicates.iter().zip(rooms).enumerate() {
            let predicate = Predicate(word.to_native());
            let is_interval = predicate.kind() == Some(PredicateKind::Interval);
            fits &= is_interval & !predicate.is_negated();
            // The highest rank of 16 bits stands for all beyond it.
            fits &= predicate.low() + predicate.width() < u16::MAX.into();
            (*low, *width) = (predicate.low() as u16, predicate.width() as u16);
            *column = columns.of(predicate.subject());
            fits &= usize::from(*column) < COLUMNS;
            let is_known = *column < columns.known;
            now |= u8::from(is_known) << at;
            later |= u8::from(!is_known) << at;
        }
        (self.now, self.later) = (now, later);
        // Which of several are asked later depends on each other.
        fits & (later.count_ones() <= 1)
    }

    /// Whether these are so few that they fit as they are.
    fn fill_with_words(&mut self, predicates: &[u64_ule]) -> bool {
        (self.now, self.later) = (0, Front::WORDS);
        self.columns[0] = predicates.len() as u8;
        let rooms = [self.low.first_chunk_mut(), self.width.first_chunk_mut()];
        let fits = predicates.len() <= rooms.len();
        for (room, predicate) in rooms.into_iter().flatten().zip(predicates) {
            *room = in_quarters(predicate.to_native());
        }
        fits
    }

    /// The predicates as the archive has them; `None` if the slot knows.
    pub(super) fn words(&self) -> Option<impl Iterator<Item = u64>> {
        let words = self.low.first_chunk().into_iter().chain(self.width.first_chunk());
        let count = self.columns[0].into();
        (self.later == Front::WORDS).then(|| words.take(count).map(from_quarters))
    }
}

fn in_quarters(word: u64) -> [u16; 4] {
    std::array::from_fn(|at| (word >> (16 * at)) as u16)
}

fn from_quarters(quarters: &[u16; 4]) -> u64 {
    quarters.iter().rev().fold(0, |word, quarter| word << 16 | u64::from(*quarter))
}

/// The columns that subjects get.
#[derive(Debug)]
struct Columns {
    /// Of each subject; beyond [`COLUMNS`] if it has none.
    all: Vec<u8>,
    subjects: Vec<u16>,
    /// How many, the first ones, have ranks before slots are looked at.
    known: u8,
}

impl Columns {
    fn new(archive: &ArchivedRuleset) -> Columns {
        let all = vec![u8::MAX; archive.subjects.len()];
        let mut columns = Columns { all, subjects: Vec::new(), known: 0 };
        for dimension in archive.index.dimensions.iter() {
            columns.of(dimension.subject.to_native());
        }
        columns.known = columns.subjects.len() as u8;
        columns
    }

    /// A subject's column, which it may get now; beyond [`COLUMNS`] if there is none left.
    #[inline]
    fn of(&mut self, subject: u16) -> u8 {
        let Some(column) = self.all.get_mut(usize::from(subject)) else { return u8::MAX };
        if *column == u8::MAX && self.subjects.len() < COLUMNS {
            *column = self.subjects.len() as u8;
            self.subjects.push(subject);
        }
        *column
    }
}

/// The fronts of all slots. Of none where there is no index, and of few: these are asked in
/// other ways too, which go from slot to slot, and near a limit on memory or steps it
/// matters in which order conditions are run and variables worked out.
#[derive(Debug, Default)]
pub(crate) struct Fronts {
    all: Vec<Front>,
    /// By column.
    subjects: Vec<u16>,
    /// How many of them, the first ones, have ranks before slots are looked at.
    known: usize,
}

impl Fronts {
    /// # Cost
    /// One pass over slots and what is left to ask of them, and 32 bytes a slot.
    pub(crate) fn new(archive: &ArchivedRuleset) -> Fronts {
        if archive.index.is_empty() || few_blocks::are_few(archive.slots.len()) {
            return Fronts::default();
        }
        let mut columns = Columns::new(archive);
        let mut all = vec![Front::default(); archive.slots.len()];
        for (front, slot) in all.iter_mut().zip(archive.slots.iter()) {
            front.fill(&mut columns, archive, slot);
        }
        Fronts { all, known: columns.known.into(), subjects: columns.subjects }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    #[inline]
    pub(super) fn get(&self, slot: u32) -> Option<&Front> {
        self.all.get(slot as usize)
    }

    /// The ranks of a request that are known before slots are looked at.
    #[inline]
    pub(super) fn ranks(&self, of: impl Fn(u16) -> u32) -> Ranks {
        let mut ranks = [0; COLUMNS];
        let known = self.subjects.iter().take(self.known);
        for (rank, subject) in ranks.iter_mut().zip(known) {
            *rank = short(of(*subject));
        }
        ranks
    }

    /// The subject of a column.
    #[inline]
    pub(super) fn subject(&self, column: u32) -> u16 {
        self.subjects.get(column as usize).copied().unwrap_or(0)
    }

    /// The column that a slot asks later.
    #[inline]
    pub(super) fn later(&self, slot: u32) -> u32 {
        let front = self.all.get(slot as usize);
        let column = front.and_then(|it| it.columns.get(it.later.trailing_zeros() as usize));
        column.map_or(0, |column| (*column).into())
    }
}

/// A rank in a column.
#[inline]
pub(super) fn short(rank: u32) -> u16 {
    u16::try_from(rank).unwrap_or(u16::MAX)
}
