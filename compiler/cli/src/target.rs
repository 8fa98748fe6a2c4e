//! What verbs work on: SOURCE, ARCHIVE, and TARGET, which is either.
//!
//! In: a path, or `-` for standard input. Out: an [`Input`] for the compiler, a
//! loaded [`Ruleset`], or both of a checked source. An archive is known by its
//! first bytes, not by its name.

use crate::failure::{Failure, not_loaded};
use crate::terminal::Terminal;
use rulestone::{Limits, Ruleset};
use rulestone_compiler::Options;
use rulestone_compiler::check::checked;
use rulestone_compiler::source::{Input, Sources};
use rulestone_format::header::{MAGIC, is_archive};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// How findings call standard input.
const STDIN: &str = "<stdin>";

/// Whether a path stands for standard input or output.
pub fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Standard input can be read once only.
pub fn one_standard_input(first: &Path, second: &Path) -> Result<(), Failure> {
    if is_standard(first) && is_standard(second) {
        let message = "only one of the arguments can be standard input";
        return Err(Failure::Usage(message.to_owned()));
    }
    Ok(())
}

/// SOURCE. One file may come from standard input.
pub fn source(path: &Path) -> Result<Input, Failure> {
    if is_standard(path) {
        return Ok(Input::Memory(vec![(STDIN.to_owned(), standard_input()?)]));
    }
    Ok(Input::Path(path.to_owned()))
}

/// Limits for what is looked at, or comes from a source at hand: a decision may
/// cost anything.
pub fn any_cost() -> Limits {
    Limits::default().with_cost(u64::MAX)
}

/// ARCHIVE, verified.
pub fn archive(path: &Path, limits: &Limits) -> Result<Ruleset, Failure> {
    let loaded = match is_standard(path) {
        true => Ruleset::from_vec_with(standard_input()?, limits),
        false => Ruleset::open_with(path, limits),
    };
    loaded.map_err(|error| not_loaded(&error, STDIN))
}

/// TARGET. A source is compiled; its errors are printed, its warnings mentioned.
pub fn target(path: &Path, terminal: &Terminal) -> Result<Ruleset, Failure> {
    let input = if is_standard(path) {
        let bytes = standard_input()?;
        if is_archive(&bytes) {
            return Ruleset::from_vec(bytes).map_err(|error| not_loaded(&error, STDIN));
        }
        Input::Memory(vec![(STDIN.to_owned(), bytes)])
    } else if begins_as_archive(path) {
        return archive(path, &Limits::default());
    } else {
        Input::Path(path.to_owned())
    };
    let compiled = compile(&input, Options::default(), terminal)?;
    terminal.mention_warnings(&compiled.diagnostics);
    Ok(compiled.ruleset)
}

/// A source in all its forms.
#[derive(Debug)]
pub struct Compiled {
    pub sources: Sources,
    pub checked: checked::Ruleset,
    /// Nothing but warnings.
    pub diagnostics: rulestone_compiler::diagnostic::Diagnostics,
    pub archive: Vec<u8>,
    /// The archive, as a server would load it.
    pub ruleset: Ruleset,
}

/// Checks, compiles and loads a source. Where it has errors, all its findings
/// are printed.
pub fn compile(input: &Input, options: Options, terminal: &Terminal) -> Result<Compiled, Failure> {
    let progress = terminal.progress("compiling");
    let compiled = rulestone_compiler::compile(input, options);
    let rulestone_compiler::Compiled { sources, ruleset, archive, diagnostics } = compiled;
    let (Some(checked), Some(archive)) = (ruleset, archive) else {
        drop(progress);
        terminal.findings(&diagnostics, &sources);
        return Err(Failure::Reported);
    };
    // Whatever no server could load is better refused here.
    let ruleset = Ruleset::from_vec_with(archive.clone(), &any_cost())
        .map_err(|error| not_loaded(&error, "the compiled archive would be refused"))?;
    Ok(Compiled { sources, checked, diagnostics, archive, ruleset })
}

/// All of standard input, as far as an archive may be long.
pub fn standard_input() -> Result<Vec<u8>, Failure> {
    let most = Limits::default().bytes as u64 + 1;
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(most).read_to_end(&mut bytes);
    read.map_err(|error| Failure::file("read", "standard input", &error))?;
    Ok(bytes)
}

/// What can't be read is left to the compiler, which says why.
fn begins_as_archive(path: &Path) -> bool {
    // Opening a pipe would wait for whoever writes to it.
    if !std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let mut start = [0; MAGIC.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && is_archive(&start)
}
