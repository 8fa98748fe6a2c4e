//! The interpreter and what it works with.

use super::plan::Plan;
use crate::memory::{Memory, Scratch};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::frame::Frame;
use rulestone_format::meaning::Outcome;
use rulestone_format::value::Word;

/// What all runs of an archive's units share.
#[derive(Clone, Copy)]
pub(crate) struct Program<'r> {
    pub(crate) archive: &'r ArchivedRuleset,
    pub(crate) plan: &'r Plan,
}

/// What is known of something that is worked out at most once a request.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Memo {
    #[default]
    Unknown,
    Known(Outcome<Word>),
}

/// The interpreter at work for one request.
pub(crate) struct Machine<'m> {
    pub(crate) program: Program<'m>,
    pub(crate) frame: &'m Frame<'m>,
    pub(crate) scratch: &'m mut Scratch,
    /// Variables, then facts that are converted ([`Form::Converted`](super::fact_plan::Form::Converted)).
    pub(crate) memos: &'m mut [Memo],
    /// The high half of the last value that a unit gave, if it gives wide ones.
    pub(super) high: u64,
    /// A bit for each of the first 64 facts that is there.
    presence: u64,
    /// The cells of the frame and what is behind them, by eight bytes.
    cells: &'m [[u8; 8]],
}

impl<'m> Machine<'m> {
    #[inline]
    pub(crate) fn new(
        program: Program<'m>,
        frame: &'m Frame<'m>,
        scratch: &'m mut Scratch,
        memos: &'m mut [Memo],
    ) -> Machine<'m> {
        let (cells, _) = frame.cells().as_chunks();
        let presence = frame.presence();
        Machine { program, frame, scratch, memos, high: 0, presence, cells }
    }
}

impl Machine<'_> {
    /// Whether a fact below 64 is there.
    #[inline(always)]
    pub(super) fn has(&self, fact: u16) -> bool {
        self.presence >> (fact % 64) & 1 != 0
    }

    /// Eight bytes of the cells.
    #[inline(always)]
    pub(super) fn cell(&self, number: u32) -> u64 {
        self.cells.get(number as usize).map_or(0, |cell| u64::from_le_bytes(*cell))
    }

    /// The memory as it is now.
    #[inline]
    pub(crate) fn memory(&self) -> Memory<'_> {
        Memory {
            frame: self.frame.bytes(),
            data: &self.program.archive.data,
            scratch: self.scratch.done(),
        }
    }

    pub(super) fn remember(&mut self, memo: usize, outcome: Outcome<Word>) {
        if let Some(memo) = self.memos.get_mut(memo) {
            *memo = Memo::Known(outcome);
        }
    }
}
