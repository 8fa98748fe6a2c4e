//! A ruleset from its files: reads, composes and understands all of them.
//!
//! In: [`Input`]. Out: [`Loaded`]. A finding never hides another one, unless a
//! file can't be parsed at all: then the others are still read.

use std::collections::BTreeSet;

use super::compose::{Budget, compose};
use super::model::Ruleset;
use super::read;
use super::syntax;
use super::walk;
use crate::diagnostic::Diagnostics;

pub use super::sources::Sources;
pub use super::walk::Input;

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

/// The definitions that exist in the source, but had errors and so are not in the
/// model: a later stage that misses one of them should keep silent about it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Unread {
    names: BTreeSet<String>,
}

impl Unread {
    /// Whether a name was left out, by itself or with all of its section or group.
    /// Names are written with their section: `facts.player.level`,
    /// `constants.min_level`, `outputs.points`, `groups.reward`, `rules.golden-idol`.
    pub fn covers(&self, name: &str) -> bool {
        let prefixes = name.match_indices('.').map(|(at, _)| &name[..at]);
        prefixes.chain([name]).any(|prefix| self.names.contains(prefix))
    }

    /// Nothing was left out.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn insert(&mut self, name: String) {
        self.names.insert(name);
    }
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
