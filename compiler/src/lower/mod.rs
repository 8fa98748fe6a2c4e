//! From the checked ruleset to the archive's tables: text and constants into
//! the data section, comparisons into predicates, everything else into code.
//!
//! In: [`crate::check::checked::Ruleset`]. Out: [`Lowered`], for `index`.
//!
//! `tables` collects what is shared; `comparison` decides what a condition asks
//! of single subjects, `alternatives` in which ways it can be true, `ranks` what ranks
//! these ask for; `condition` and `expression` write code.

mod alternatives;
mod bounds;
mod comparison;
mod condition;
mod conjuncts;
mod data;
mod defaults;
pub(crate) mod excess;
mod expression;
mod extent;
mod keys;
mod kind;
mod likeness;
mod macros;
pub(crate) mod ranks;
mod rules;
mod schema;
mod shared;
mod subject;
mod tables;
mod unit;

pub use rules::{Lowered, lower};
