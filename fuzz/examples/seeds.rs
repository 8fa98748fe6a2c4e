//! Writes the seeds of all targets to `corpus/`, from the rulesets of `rules/`
//! and the files of `seeds/`. Run it before fuzzing; it overwrites only its own
//! files and is quick to repeat.

use rulestone_fuzz::{MENDED, compiled, empty_frame, frame_ruleset, full_frame};
use std::fs;
use std::path::{Path, PathBuf};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = here.join("corpus");
    let mut sources = Vec::new();
    for folder in [here.join("seeds"), here.join("../rules"), here.join("../rules/flash-sale")] {
        yaml_files(&folder, &mut sources)?;
    }
    for path in &sources {
        let text = fs::read_to_string(path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        write(&corpus.join("source"), &name, text.as_bytes())?;
        let Ok(archive) = compiled(&text) else { continue };
        write(&corpus.join("archive"), &name, &seed(&archive))?;
    }

    for (number, text) in fs::read_to_string(here.join("seeds/cel.txt"))?.lines().enumerate() {
        write(&corpus.join("cel"), &format!("line-{number}"), text.as_bytes())?;
    }

    let ruleset = frame_ruleset()?;
    write(&corpus.join("frame"), "empty", &seed(&empty_frame(&ruleset)))?;
    let full = full_frame(&ruleset).ok_or("seeds/frame.yaml has a fact that no seed fits")?;
    write(&corpus.join("frame"), "full", &seed(&full))?;
    for (number, line) in fs::read_to_string(here.join("seeds/frame.jsonl"))?.lines().enumerate() {
        let facts: serde_json::Value = serde_json::from_str(line)?;
        let frame = ruleset.encode(&facts)?;
        write(&corpus.join("frame"), &format!("line-{number}"), &seed(&frame))?;
    }
    Ok(())
}

fn seed(bytes: &[u8]) -> Vec<u8> {
    [&[MENDED], bytes].concat()
}

fn yaml_files(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
    Ok(())
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(format!("seed-{name}")), bytes)?;
    Ok(())
}
