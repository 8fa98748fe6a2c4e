//! What benchmarks share.
//!
//! In: workloads of `rulestone-generate`. Out: figures, printed and recorded.
//!
//! | module | what it is |
//! |---|---|
//! | [`plan`] | the command line of a benchmark |
//! | [`workload`] | rules that are compiled, and requests that are ready |
//! | [`model`], [`walk`] | the rules as plain data, and the walk over them |
//! | [`engine`], [`native`] | the contenders that every benchmark needs |
//! | [`race`], [`allocations`] | what is measured, and how |
//! | [`record`] | where figures are kept |
//! | [`report`] | tables and plots of what was kept |
//!
//! The benchmarks themselves, and the contenders that are other crates, are in
//! `benches/`.

#[path = "../../../compiler/cli/src/allocations.rs"]
pub mod allocations;
pub mod engine;
pub mod model;
pub mod native;
pub mod plan;
pub mod race;
pub mod record;
pub mod report;
pub mod walk;
pub mod workload;

/// What can go wrong in a benchmark ends it, with words for a person.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;
