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
//! | [`contenders`] | those that are other crates: a program of their own |
//! | [`process`] | a program that is built, and asked by lines |
//! | [`race`], [`allocations`] | what is measured, and how |
//! | [`record`] | where figures are kept |
//! | [`report`] | tables and plots of what was kept |
//!
//! The benchmarks themselves are in `benches/`; `contenders/` is the program with the
//! other engines and formats, in a workspace of its own.

#[path = "../../../compiler/cli/src/allocations.rs"]
pub mod allocations;
pub mod contenders;
pub mod engine;
pub mod model;
pub mod native;
pub mod plan;
pub mod process;
pub mod race;
pub mod record;
pub mod report;
pub mod walk;
pub mod workload;

/// What can go wrong in a benchmark ends it, with words for a person.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;
