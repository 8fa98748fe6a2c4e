//! Loops: closed, bounded, properly nested, entered at their head only.
//!
//! ```text
//!          bound  list, n        fails where there are more than n
//! head:    loop   cursor, list   -> exit, where there is none
//! head+1:  …                     the body
//! exit-1:  next   cursor         -> head+1, while there are more
//! exit:    …
//! ```

use crate::code::{Instruction, Opcode, Operand, Shape};
use crate::error::ErrorCode;

/// Deepest nesting of loops in a unit.
pub const MAX_LOOPS: usize = 16;

/// The loops around the instruction that is being looked at.
#[derive(Debug, Default)]
pub(super) struct Loops {
    open: Vec<Loop>,
}

#[derive(Debug, Clone, Copy)]
struct Loop {
    cursor: u16,
    items: u16,
    head: usize,
    exit: usize,
    /// How often its body runs in one run of the unit, at most.
    turns: u64,
}

impl Loops {
    pub(super) fn begin(&mut self) {
        self.open.clear();
    }

    /// How often the instruction that is being looked at runs, at most.
    #[inline]
    pub(super) fn turns(&self) -> u64 {
        self.open.last().map_or(1, |open| open.turns)
    }

    /// Goes on at the instruction `at`. `source` is the first that jumps here.
    ///
    /// # Errors
    /// The jump comes from outside the loop that this instruction is in.
    #[inline]
    pub(super) fn arrive(
        &mut self,
        at: usize,
        opcode: Opcode,
        source: Option<usize>,
    ) -> Result<(), ErrorCode> {
        if self.open.last().is_some_and(|open| open.exit == at) {
            self.open.pop();
        }
        let Some(source) = source else { return Ok(()) };
        // A loop's head belongs to the loop: who jumps there has passed by the bound.
        let is_inside = self.open.last().is_none_or(|open| open.head <= source);
        if is_inside && opcode != Opcode::Loop { Ok(()) } else { Err(ErrorCode::JumpTarget) }
    }

    /// Looks at an instruction whose operands are checked. `before` stands
    /// right before it; `end` is the length of the unit.
    ///
    /// # Errors
    /// It breaks the shape of a loop, or changes what a loop runs over.
    #[inline]
    pub(super) fn check(
        &mut self,
        at: usize,
        opcode: Opcode,
        shape: &Shape,
        step: Instruction,
        before: Option<Instruction>,
        end: usize,
    ) -> Result<(), ErrorCode> {
        let is_elsewhere = self.open.is_empty() && !is_of_loops(opcode);
        if is_elsewhere || self.is_in_shape(at, opcode, shape, step, before, end) {
            Ok(())
        } else {
            Err(ErrorCode::LoopShape)
        }
    }

    fn is_in_shape(
        &mut self,
        at: usize,
        opcode: Opcode,
        shape: &Shape,
        step: Instruction,
        before: Option<Instruction>,
        end: usize,
    ) -> bool {
        if let Some(open) = self.open.last()
            && (open.exit == at + 1 || opcode == Opcode::Next)
        {
            return opcode == Opcode::Next
                && open.exit == at + 1
                && step.dst == open.cursor
                && step.immediate as usize == open.head + 1;
        }
        // Of an operation without a result `dst` is 0, and no register.
        let is_kept = shape.dst == Operand::None || self.is_kept(step.dst);
        is_kept
            && match opcode {
                Opcode::Next => false,
                Opcode::Loop => self.enter(at, step, before, end).is_some(),
                Opcode::Item | Opcode::EntryKey | Opcode::EntryValue => {
                    self.runs_over(step.b, Some(step.a))
                }
                Opcode::Position => self.runs_over(step.b, None),
                _ => true,
            }
    }

    fn enter(
        &mut self,
        at: usize,
        step: Instruction,
        before: Option<Instruction>,
        end: usize,
    ) -> Option<()> {
        let bound = before.filter(|before| before.opcode == Opcode::Bound as u16)?;
        let exit = step.immediate as usize;
        let outer_exit = self.open.last().map_or(end, |open| open.exit - 1);
        let fits = bound.a == step.a
            && exit > at + 1
            && exit <= outer_exit
            && exit < end
            && self.open.len() < MAX_LOOPS;
        if !fits {
            return None;
        }
        let turns = self.turns().saturating_mul(u64::from(bound.immediate));
        self.open.push(Loop { cursor: step.dst, items: step.a, head: at, exit, turns });
        Some(())
    }

    /// Whether no loop is disturbed when this register is written.
    #[inline]
    fn is_kept(&self, register: u16) -> bool {
        self.open.iter().all(|open| open.cursor != register && open.items != register)
    }

    fn runs_over(&self, cursor: u16, items: Option<u16>) -> bool {
        let mut open = self.open.iter();
        open.any(|open| open.cursor == cursor && items.is_none_or(|items| open.items == items))
    }
}

fn is_of_loops(opcode: Opcode) -> bool {
    matches!(
        opcode,
        Opcode::Loop
            | Opcode::Next
            | Opcode::Item
            | Opcode::EntryKey
            | Opcode::EntryValue
            | Opcode::Position
    )
}
