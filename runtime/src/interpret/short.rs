//! How a value comes back from a function.

use rulestone_format::meaning::{Fault, Outcome};
use rulestone_format::value::Word;

/// The low half of a value, or why there is none: it comes back in two registers of the
/// processor. An `Outcome<Word>` comes back in memory, and whoever reads that in other
/// pieces than those in which it was just written waits until it is in the cache, which
/// took longer than all steps of a short unit.
#[derive(Clone, Copy)]
pub(super) struct Short {
    low: u64,
    fault: Option<Fault>,
}

impl Short {
    pub(super) const UNREACHABLE: Short = Short { low: 0, fault: Some(Fault::Unreachable) };

    #[inline(always)]
    pub(super) fn new(low: u64) -> Short {
        Short { low, fault: None }
    }

    #[inline(always)]
    pub(super) fn of(outcome: Outcome<Word>) -> Short {
        match outcome {
            Ok(word) => Short::new(word.low),
            Err(fault) => Short { low: 0, fault: Some(fault) },
        }
    }

    #[inline(always)]
    pub(super) fn outcome(self) -> Outcome<u64> {
        self.fault.map_or(Ok(self.low), Err)
    }
}
