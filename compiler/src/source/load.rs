//! A ruleset from its files: reads, composes and understands all of them.
//!
//! In: [`Input`]. Out: [`Loaded`]. A finding never hides another one, unless a
//! file can't be parsed at all: then the others are still read.

use super::compose::{Budget, compose};
use super::model::Ruleset;
use super::read;
use super::sources::Sources;
use super::syntax;
use super::unread::Unread;
use super::walk::{self, Input};
use crate::diagnostic::Diagnostics;

/// What came of loading.
#[derive(Debug)]
pub struct Loaded {
    pub sources: Sources,
    /// What could be understood, even if there are errors; then the parts with
    /// errors are left out. `None` if the file with the ruleset's name and facts
    /// couldn't be read as a mapping.
    pub ruleset: Option<Ruleset>,
    /// In order of file and position.
    pub diagnostics: Diagnostics,
    /// Which definitions were left out.
    pub unread: Unread,
}

/// Loads a ruleset with all that is to be said about its shape.
///
/// Reads at most 10,000 files of at most 16 MiB, 64 MiB in all; time and memory
/// are linear in that, whatever the files say.
pub fn load(input: &Input) -> Loaded {
    let files = walk::files(input);
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(files.findings);
    let mut budget = Budget::default();
    let mut documents = Vec::new();
    for (index, found) in files.found.into_iter().enumerate() {
        let next = super::span::FileId(u32::try_from(index).unwrap_or(u32::MAX));
        let (text, finding) = syntax::decode(found.bytes, next);
        let file = sources.push(found.path, found.name, text);
        let root = match finding {
            Some(finding) => {
                diagnostics.push(finding);
                None
            }
            None => compose(sources.text(file), file, &mut budget, &mut diagnostics),
        };
        documents.push(read::Document { file, root, is_head: files.has_root && index == 0 });
    }
    let (ruleset, unread) = read::ruleset(&documents, &sources, &mut diagnostics);
    diagnostics.sort();
    Loaded { sources, ruleset, diagnostics, unread }
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
