//! Example traffic and benchmark workloads, the same bytes on every machine.
//!
//! In: sizes and a seed. Out: files of YAML rules and of facts, one JSON object a line. Nothing here reads a clock, an
//! environment or a hash map's order; every choice comes from `random::Random` with a fixed seed.
#![forbid(unsafe_code)]

mod black_mesa;
mod columns;
mod files;
mod hunt;
mod json;
mod predicate;
mod random;
mod request;
mod shapes;
mod time;
mod whole;
mod yaml;

use std::io;
use std::path::Path;

pub use crate::shapes::Shape;
pub use crate::whole::Words;

/// Writes requests for the ruleset black-mesa to a file.
///
/// # Errors
/// Those of the file system.
pub fn write_black_mesa(file: &Path, requests: usize) -> io::Result<()> {
    files::write(file, &black_mesa::requests(requests))
}

/// Writes the workload "hunt" into a folder, which is made if it does not exist: `ruleset.yaml`, `rules/` and
/// `facts.jsonl`.
///
/// # Errors
/// Those of the file system.
pub fn write_hunt(folder: &Path, rules: usize, requests: usize, seed: u64) -> io::Result<()> {
    files::write_workload(folder, &hunt::workload(rules, requests, seed))
}

/// Writes the workload "request", as [`write_hunt`] does.
///
/// # Errors
/// Those of the file system.
pub fn write_request(
    folder: &Path,
    rules: usize,
    requests: usize,
    seed: u64,
    words: Words,
) -> io::Result<()> {
    files::write_workload(folder, &whole::workload(rules, requests, seed, words))
}

/// Writes a workload that strains one part of an engine, as [`write_hunt`] does.
///
/// # Errors
/// Those of the file system.
pub fn write_shape(
    folder: &Path,
    shape: Shape,
    rules: usize,
    requests: usize,
    seed: u64,
) -> io::Result<()> {
    files::write_workload(folder, &shape.workload(rules, requests, seed))
}
