//! What the regexes of one ruleset may take together: bytes of automata, and the
//! work of building them.
//!
//! In: what each regex took. Out: a refusal at the first one that is too much,
//! before it is built as far as that can be told, and else when it has used what
//! was left. Work is counted, not timed: the same source is refused on every
//! machine, at the same place.

use super::error::{RegexError, RegexErrorKind};

/// Bytes of all automata: what a loader accepts unless told otherwise.
pub const MAX_AUTOMATA: usize = 64 << 20;

/// Units of work, which take about a nanosecond each: enough for tens of thousands
/// of ordinary patterns, or some dozens of the largest that are possible.
pub const MAX_WORK: u64 = 4_000_000_000;

/// Bytes of an automaton before it is made deterministic, at most.
pub(super) const MAX_NFA: usize = 2 * 1024 * 1024;

/// What is left for further regexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    pub(super) bytes: usize,
    pub(super) work: u64,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { bytes: MAX_AUTOMATA, work: MAX_WORK }
    }
}

impl Budget {
    /// Bytes that the automaton without determinism may take with which a pattern
    /// begins.
    pub(super) fn bytes_of_states(&self) -> Result<usize, RegexError> {
        let left = usize::try_from(self.work / STATE_UNITS).unwrap_or(usize::MAX);
        match self.bytes.min(left) {
            0 => Err(too_many()),
            _ => Ok(left.min(MAX_NFA)),
        }
    }

    pub(super) fn pay_for_states(&mut self, bytes: usize) -> Result<(), RegexError> {
        self.pay(bytes as u64 * STATE_UNITS)
    }

    /// Bytes that sets of states may take where each of them is work for so many classes
    /// of bytes; at most `most`.
    pub(super) fn bytes_of_sets(&self, most: usize, classes: usize) -> usize {
        let left = self.work / (SET_UNITS * classes.max(1) as u64);
        usize::try_from(left).map_or(most, |left| left.min(most))
    }

    pub(super) fn pay_for_sets(&mut self, bytes: usize, classes: usize) -> Result<(), RegexError> {
        self.pay((bytes as u64).saturating_mul(SET_UNITS * classes.max(1) as u64))
    }

    /// Pays for minimising so many bytes of a dense automaton.
    pub(super) fn pay_for_minimising(&mut self, bytes: usize) -> Result<(), RegexError> {
        self.pay(bytes as u64 * MINIMISING_UNITS)
    }

    /// Pays for an automaton that is kept.
    pub(super) fn keep(&mut self, bytes: usize) -> Result<(), RegexError> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or_else(|| self.exhausted())?;
        Ok(())
    }

    /// Leaves nothing: after a regex that was too much, none is built.
    pub(super) fn exhausted(&mut self) -> RegexError {
        self.work = 0;
        too_many()
    }

    fn pay(&mut self, work: u64) -> Result<(), RegexError> {
        self.work = self.work.checked_sub(work).ok_or_else(|| self.exhausted())?;
        Ok(())
    }
}

/// Units for a byte of an automaton without determinism; of sets of states, for each
/// class of bytes; and of a dense automaton that is minimised. All are about what
/// the test `a_unit_of_work_takes_about_a_nanosecond` prints.
const STATE_UNITS: u64 = 4;
const SET_UNITS: u64 = 3;
const MINIMISING_UNITS: u64 = 64;

/// The regexes up to this one are too much.
fn too_many() -> RegexError {
    RegexError {
        kind: RegexErrorKind::TooMany,
        message: format!(
            "with this pattern, the regexes of the ruleset need more than {} MiB of automata, or \
             too much work to make them",
            MAX_AUTOMATA >> 20
        ),
        range: None,
        help: Some(
            "shorten counted repetitions (`[a-z]{1,500}` to `[a-z]+`), anchor patterns with `^`, \
             or use `startsWith`, `endsWith`, `contains` and `in`; equal patterns count once"
                .to_owned(),
        ),
    }
}
