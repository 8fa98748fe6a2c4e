//! Which registers are written on every path to an instruction.
//!
//! Jumps lead forward only, so one pass in order suffices: what is written at
//! a jump waits at its target, and where several paths meet, only what all of
//! them have written is. The way back of a loop brings nothing new, since
//! nothing is ever unwritten. Code that nothing leads to counts as having
//! written everything: it never runs.

use crate::error::ErrorCode;

/// The state of one pass over the code of a unit.
#[derive(Debug, Default)]
pub(super) struct Flow {
    /// Words of a set of registers.
    words: usize,
    /// Registers written on every path to here.
    written: Vec<u64>,
    /// For each instruction of the unit: 0, or 1 + the number of a set in
    /// `sets` that waits there.
    waiting: Vec<u32>,
    /// The sets that wait, `words` words each, and where each comes from first.
    sets: Vec<u64>,
    sources: Vec<u32>,
    free: Vec<u32>,
}

impl Flow {
    /// Begins a unit: nothing is written.
    pub(super) fn begin(&mut self, registers: usize, instructions: usize) {
        self.words = registers.div_ceil(64);
        for table in [&mut self.written, &mut self.sets] {
            table.clear();
        }
        self.written.resize(self.words, 0);
        self.waiting.clear();
        self.waiting.resize(instructions, 0);
        self.sources.clear();
        self.free.clear();
    }

    /// Goes on at the instruction `at`. Gives the first instruction that jumps
    /// here, if one does.
    #[inline]
    pub(super) fn arrive(&mut self, at: usize) -> Option<usize> {
        let set = self.waiting.get(at)?.checked_sub(1)?;
        self.waiting[at] = 0;
        self.free.push(set);
        let set = set as usize;
        let from = set * self.words..(set + 1) * self.words;
        for (word, waiting) in self.written.iter_mut().zip(&self.sets[from]) {
            *word &= waiting;
        }
        Some(self.sources[set] as usize)
    }

    #[inline]
    pub(super) fn is_written(&self, register: u16) -> bool {
        let word = self.written.get(usize::from(register) / 64);
        word.is_some_and(|word| word >> (register % 64) & 1 != 0)
    }

    #[inline]
    pub(super) fn write(&mut self, register: u16) {
        if let Some(word) = self.written.get_mut(usize::from(register) / 64) {
            *word |= 1 << (register % 64);
        }
    }

    /// A path from the instruction `at` to a later one, `target`, that is in the unit.
    pub(super) fn jump(&mut self, at: usize, target: usize) {
        let Some(waiting) = self.waiting.get_mut(target) else { return };
        if let Some(set) = waiting.checked_sub(1) {
            let from = set as usize * self.words;
            for (word, written) in self.sets[from..].iter_mut().zip(&self.written) {
                *word &= written;
            }
            return;
        }
        if let Some(set) = self.free.pop() {
            *waiting = set + 1;
            let from = set as usize * self.words;
            self.sets[from..from + self.words].copy_from_slice(&self.written);
            self.sources[set as usize] = at as u32;
        } else {
            self.sources.push(at as u32);
            *waiting = self.sources.len() as u32;
            self.sets.extend_from_slice(&self.written);
        }
    }

    /// Nothing goes on from here.
    pub(super) fn stop(&mut self) {
        self.written.fill(u64::MAX);
    }
}

/// The place of a later instruction of the unit.
pub(super) fn forward(at: usize, end: usize, target: u32) -> Result<usize, ErrorCode> {
    let target = target as usize;
    if target > at && target < end { Ok(target) } else { Err(ErrorCode::JumpTarget) }
}
