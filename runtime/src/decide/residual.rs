//! Residual predicates and conditions: what a strategy leaves undecided about its
//! candidates.
//!
//! In: candidates, which are slots that may match. Out: the rules that do. Candidates are
//! evaluated one by one by an [`Evaluator`], or some hundreds at once from packed intervals
//! ([`batch`]).
//!
//! Work that counts against the limits of a session is the same by every strategy, whatever
//! the processor and with or without the index:
//!
//! - variables that have rows are worked out for every request;
//! - other variables are worked out for slots of which all else holds, predicate by
//!   predicate in the order of the archive, where they come last (A122);
//! - conditions run when all predicates of all candidates are evaluated, in the order of
//!   slots, for rules that don't match yet.

mod batch;
mod conditions;
mod evaluator;
mod observer;
mod packed;
mod predicate;

pub(crate) use batch::{CandidateBatch, CandidateWords};
pub(crate) use evaluator::{Evaluator, Workspace};
pub(crate) use observer::{Observer, Watching};
pub(crate) use packed::PackedResiduals;
