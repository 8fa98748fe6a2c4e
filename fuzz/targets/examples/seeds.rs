//! Writes the seeds of all targets to the folder given, such as `fuzz/corpus`:
//! a folder for each target, a file for each seed. It overwrites only its own
//! files and is quick to repeat.

use rulestone_fuzz_targets::seed;
use std::fs;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let corpus = PathBuf::from(std::env::args_os().nth(1).ok_or("which folder?")?);
    for seed in seed::all() {
        for target in seed.targets {
            let folder = corpus.join(target);
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("seed-{}", seed.name)), &seed.bytes)?;
        }
    }
    Ok(())
}
