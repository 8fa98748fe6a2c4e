//! The memory in which a session's units run.

use super::machine::{Machine, Memo, Program};
use super::plan::Plan;
use crate::memory::Scratch;
use rulestone_format::frame::Frame;
use rulestone_format::value::Word;

/// Registers, scratch memory and memos. Their values are those of one request.
#[derive(Debug)]
pub(crate) struct Workspace {
    registers: Vec<Word>,
    scratch: Scratch,
    memos: Vec<Memo>,
    /// Whether a request may have left values behind.
    is_used: bool,
}

impl Workspace {
    pub(crate) fn new(plan: &Plan) -> Workspace {
        Workspace {
            registers: vec![Word::default(); plan.registers],
            scratch: Scratch::new(Scratch::DEFAULT_LIMIT),
            memos: vec![Memo::Unknown; plan.memos],
            is_used: true,
        }
    }

    /// The interpreter for a request, and the registers in which units run.
    #[inline]
    pub(crate) fn machine<'w>(
        &'w mut self,
        program: Program<'w>,
        frame: &'w Frame<'w>,
    ) -> (Machine<'w>, &'w mut [Word]) {
        self.is_used = true;
        (Machine::new(program, frame, &mut self.scratch, &mut self.memos), &mut self.registers)
    }

    /// Whether a request may have left values behind.
    #[inline]
    pub(crate) fn is_used(&self) -> bool {
        self.is_used
    }

    /// Forgets all values.
    pub(crate) fn clear(&mut self) {
        self.is_used = false;
        self.scratch.clear();
        self.memos.fill(Memo::Unknown);
    }

    #[inline]
    pub(crate) fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    /// The scratch memory, to be given other limits.
    pub(crate) fn scratch_mut(&mut self) -> &mut Scratch {
        self.is_used = true;
        &mut self.scratch
    }
}
