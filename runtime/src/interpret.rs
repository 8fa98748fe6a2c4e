//! The interpreter: one loop over the instructions of a unit.
//!
//! In comes the number of a unit of a verified archive, with the frame of the
//! request and the session's memory; out comes the unit's result, or the fault
//! that it ends with. What the operations mean is said in
//! [`rulestone_format::meaning`]; here and in the rooms below is only where
//! their operands lie.
//!
//! Units run as [`steps`], which are made of their code when it is loaded. The loop in
//! [`run`] does what is short; [`other`] does the rest, one call an instruction.
//!
//! Indices, types, jumps and loops were checked when the archive was loaded.
//! All the same nothing here trusts them: what would be out of range is
//! [`Fault::Unreachable`], or a register that nobody uses.
//!
//! [`Fault::Unreachable`]: rulestone_format::meaning::Fault::Unreachable

mod builtins;
mod compare;
mod cursor;
mod extent;
mod fact_plan;
mod facts;
mod format;
mod lists;
mod machine;
mod maps;
mod numbers;
mod other;
mod plan;
mod registers;
mod run;
mod short;
mod steps;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod types;
mod workspace;

pub(crate) use compare::{MAX_TYPE_DEPTH, order};
pub(crate) use fact_plan::holds_enums;
pub(crate) use lists::Builder;
pub(crate) use machine::{Machine, Memo, Program};
pub(crate) use plan::Plan;
pub(crate) use registers::FILE;
pub(crate) use workspace::Workspace;
