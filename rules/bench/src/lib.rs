//! What benchmarks share: the clock ([`measure`]), the count of allocations
//! ([`allocations`]) and the contender that is plain Rust ([`native`]).
//!
//! In: what to measure. Out: figures. Workloads and contenders are chosen in
//! `benches/`, one file a workload.

pub mod allocations;
pub mod measure;
pub mod native;
