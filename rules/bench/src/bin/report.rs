//! `report`: makes BENCHMARKS.md's tables and plots from what benchmarks left.
//!
//! ```console
//! $ cargo run --release -p rulestone-bench --bin report
//! ```
//!
//! In: `bench/*.jsonl` in the target folder, or in the folder that is named. Out:
//! the tables of BENCHMARKS.md, between their markers, and `rules/bench/plots`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let folder = match (arguments.next(), arguments.next()) {
        (None, _) => target().map(|target| target.join("bench")),
        (Some(folder), None) if !folder.to_string_lossy().starts_with('-') => {
            Some(PathBuf::from(folder))
        }
        _ => {
            eprintln!("report [FOLDER]: FOLDER holds the lines that benchmarks left");
            return ExitCode::from(2);
        }
    };
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.ancestors().nth(2).unwrap_or(package);
    let Some(folder) = folder else {
        eprintln!("report: this program isn't in a target folder: name the folder with the lines");
        return ExitCode::FAILURE;
    };
    match rulestone_bench::report::write(
        &folder,
        &root.join("BENCHMARKS.md"),
        &package.join("plots"),
    ) {
        Ok(written) => {
            written.iter().for_each(|path| println!("{path}"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("report: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The target folder that this program lies in: the one with a `bench` in it.
fn target() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    let folder = program.ancestors().skip(2).take(2).find(|folder| folder.join("bench").is_dir());
    folder.map(Path::to_owned)
}
