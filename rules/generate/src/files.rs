//! Writing what was generated.
//!
//! In: a [`Workload`] or a text. Out: files: `ruleset.yaml`, `rules/000.yaml` and so on with 1,000 rules each, and
//! `facts.jsonl`. What an earlier, larger run left in `rules/` is removed, since it would count as part of the ruleset.

use std::fs;
use std::io;
use std::path::Path;

use crate::yaml::{self, Rule};

/// How many rules a file holds.
const RULES_A_FILE: usize = 1_000;

/// A ruleset with requests for it.
#[derive(Debug, Clone)]
pub(crate) struct Workload {
    /// The text of `ruleset.yaml`, which has no rules.
    pub(crate) head: String,
    /// The rules.
    pub(crate) rules: Vec<Rule>,
    /// The requests, one JSON object a line.
    pub(crate) facts: String,
}

/// Writes a workload into a folder.
///
/// # Errors
/// Those of the file system.
pub(crate) fn write_workload(folder: &Path, workload: &Workload) -> io::Result<()> {
    let rules_folder = folder.join("rules");
    fs::create_dir_all(&rules_folder)?;
    remove_numbered_files(&rules_folder)?;
    write(&folder.join("ruleset.yaml"), &workload.head)?;
    for (number, rules) in workload.rules.chunks(RULES_A_FILE).enumerate() {
        let path = rules_folder.join(format!("{number:03}.yaml"));
        write(&path, &yaml::rules_file(rules))?;
    }
    write(&folder.join("facts.jsonl"), &workload.facts)
}

/// Writes one file.
///
/// # Errors
/// Those of the file system, with the path in the message.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn remove_numbered_files(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_numbered = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .is_some_and(|stem| stem.chars().all(|letter| letter.is_ascii_digit()));
        if is_numbered && path.extension().is_some_and(|extension| extension == "yaml") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
