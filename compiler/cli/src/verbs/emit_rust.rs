//! `emit-rust`: a ruleset as a crate of plain Rust.

use crate::failure::{Failure, Status};
use crate::report::counted;
use crate::target;
use crate::terminal::Terminal;
use rulestone_compiler::native::{self, Crate};
use rulestone_compiler::{Compiled, Options, compile};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What the manifest of a crate that this wrote begins with.
const MARK: &str = "# Written by `rulestone emit-rust`.";

/// Writes a ruleset as a crate of plain Rust: its native twin
///
/// The crate has no dependencies: `matching` says which rules match, `decide`
/// which are kept and what they say. It is what code written by hand would be,
/// to measure an engine by, or to check one. Regexes, rollouts, maps and some
/// functions are refused; where only an output is, there is no `decide`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone emit-rust rules/flash-sale -o flash-sale-native")]
pub struct Arguments {
    /// The ruleset: a YAML file, a folder with a `ruleset.yaml`, or `-`
    source: PathBuf,
    /// The folder of the crate: a new one, an empty one, or one written by this before
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    let folder = &arguments.output;
    check_folder(folder)?;
    // What no server would load has no twin.
    let Compiled { sources, ruleset, diagnostics, .. } =
        compile(&target::source(&arguments.source)?, Options::default());
    let Some(ruleset) = ruleset.filter(|_| !diagnostics.has_errors()) else {
        terminal.findings(&diagnostics, &sources);
        return Err(Failure::Reported);
    };
    terminal.mention_warnings(&diagnostics);
    let twin = native::emit(&ruleset, &sources)
        .map_err(|refused| Failure::given(refused.message(&sources)))?;
    write(folder, &twin).map_err(|error| Failure::file("write", folder.display(), &error))?;
    if let Some(refused) = &twin.undecided {
        terminal.warning(&format!("there is no `decide`: {}", refused.message(&sources)));
    }
    if !terminal.is_json() {
        let (rules, files) = (ruleset.rules.len(), twin.files.len());
        let (rules, files) = (counted(rules, "rule"), counted(files, "file"));
        terminal.note(&format!("{}: {rules}, {files} in {}", ruleset.name, folder.display()));
    }
    Ok(Status::Done)
}

/// Nothing that is there may be lost, but what was written by this before.
fn check_folder(folder: &Path) -> Result<(), Failure> {
    let read = |error| Failure::file("read", folder.display(), &error);
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            let manifest = fs::read_to_string(folder.join("Cargo.toml"));
            if manifest.is_ok_and(|text| text.starts_with(MARK)) || entries.next().is_none() {
                return Ok(());
            }
            let folder = folder.display();
            let message = format!("cannot write {folder}: it is not empty; name a new folder");
            Err(Failure::given(message))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(read(error)),
    }
}

fn write(folder: &Path, twin: &Crate) -> io::Result<()> {
    let source = folder.join("src");
    fs::create_dir_all(&source)?;
    // A smaller ruleset than before has fewer files.
    for entry in fs::read_dir(&source)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with("rules_") && name.ends_with(".rs") {
            fs::remove_file(path)?;
        }
    }
    twin.files.iter().try_for_each(|(path, content)| fs::write(folder.join(path), content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_of_its_own_are_written_to_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let twin = folder.path().join("twin");
        assert!(check_folder(&twin).is_ok() && check_folder(folder.path()).is_ok());
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let files = vec![file("Cargo.toml", MARK), file("src/rules_000.rs", "//")];
        write(&twin, &Crate { files, undecided: None }).expect("it can be written");
        assert!(check_folder(&twin).is_ok());
        assert!(check_folder(folder.path()).is_err(), "there is something else in it");
        write(&twin, &Crate { files: Vec::new(), undecided: None }).expect("again");
        assert!(!twin.join("src/rules_000.rs").exists());
    }
}
