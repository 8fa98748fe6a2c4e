//! The strategy for large rulesets: rows of bits, of which summaries say which blocks are
//! empty.
//!
//! For each dimension of the index the row of the request's rank has a bit for each slot
//! that this rank leaves possible. The candidates of a request are the AND of its rows (bit
//! vectors, Lakshman and Stiliadis, SIGCOMM 1998; with summaries, Baboescu and Varghese,
//! SIGCOMM 2001). Slots with like predicates stand together, so that most blocks are empty.
//!
//! Batches and bound facts go this way in every ruleset that has an index, unless all of its
//! alternatives are scanned.

mod batch;
mod bound;
mod candidates;
mod dimensions;
mod find;
mod intersection;
mod rows;

pub(crate) use batch::{Batch, may_batch};
pub(crate) use bound::{BoundFacts, find_bound};
pub(crate) use find::{Sparse, Workspace, find};
