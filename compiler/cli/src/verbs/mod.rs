//! The verbs, one a file: its arguments, and what it does with them.

pub mod bench;
pub mod check;
pub mod compile;
pub mod completions;
pub mod disasm;
pub mod emit_rust;
pub mod eval;
pub mod expr;
pub mod inspect;
pub mod keygen;
pub mod sign;
pub mod test;
pub mod verify;
