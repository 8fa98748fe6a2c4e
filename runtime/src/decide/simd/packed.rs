//! Intervals of ranks as registers read them: up to five of an alternative.

/// Intervals of an alternative.
pub(crate) const INTERVALS: usize = 5;

/// Subjects that packed intervals ask about.
pub(crate) const RANK_COLUMNS: usize = 64;

/// The ranks of a request, by column.
pub(crate) type RankColumns = [u16; RANK_COLUMNS];

/// The residual predicates of an alternative, and its rule, in half a cache line: intervals
/// of ranks, or predicates as the archive has them.
///
/// Registers read it as it lies here: eight numbers from `low`, `width` and `columns` on.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(32))]
pub(crate) struct PackedResidual {
    /// The least rank of each interval.
    pub(crate) low: [u16; INTERVALS],
    /// How many ranks more.
    pub(crate) width: [u16; INTERVALS],
    /// The columns of their subjects.
    pub(crate) columns: [u8; INTERVALS],
    /// A bit for each interval whose subject has a rank before candidates are evaluated.
    pub(crate) ready: u8,
    /// The bit of the one whose subject has none yet; or [`PackedResidual::WORDS`], or
    /// [`PackedResidual::IN_SLOT`].
    pub(crate) deferred: u8,
    /// Registers read this too.
    _none: u8,
    pub(crate) rule: u32,
}

impl PackedResidual {
    /// There are predicate words instead of intervals, and the first column says how many.
    pub(crate) const WORDS: u8 = 1 << 6;

    /// There are other predicates, or more: they are read where the archive has them.
    pub(crate) const IN_SLOT: u8 = 1 << 7;
}
