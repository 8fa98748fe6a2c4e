//! The other engines, one file each.
//!
//! In: the rules as plain data, and requests as columns. Out: a
//! [`Contender`](crate::contender::Contender) for each, which says how the rules were
//! written for it, and why that is fair.
//!
//! What holds for all: rules are parsed and compiled before the clock runs;
//! facts are in the engine's own form before the clock runs; each engine finds
//! all matching rules of a request and hands over their numbers; nothing else
//! is asked of it, outputs least of all. Facts are variables of their own, not
//! members of nested objects, which spares every engine a look-up. Enums are
//! numbers and instants Unix seconds, as in the frames that Rulestone gets. Where an engine
//! has no calculations, their results are further facts: it gets for nothing what
//! the others work out.

pub mod atree;
pub mod cel;
pub mod datalogic;
pub mod rhai;
mod text;
pub mod zen;
