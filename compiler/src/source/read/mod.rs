//! Nodes to the model: every key understood, every value of the right shape.
//!
//! In: the tree of each file. Out: one [`Ruleset`] of them all, and a finding for
//! everything that doesn't fit. Reading goes on after an error; what had the error
//! is left out of the model and noted in [`Unread`].

mod conditions;
mod constants;
mod declared;
mod facts;
mod fences;
mod head;
mod names;
mod outputs;
mod percentage;
mod reader;
mod rules;
mod schedule;
mod shape;
mod test_cases;
mod time;
mod types;

use super::model::{HitPolicy, Ruleset};
use super::node::{Entry, Node, NodeKind};
use super::sources::Sources;
use super::span::{FileId, Span, Spanned};
use super::unread::Unread;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use head::HEAD_KEYS;
use reader::Reader;
use shape::list_of;

/// A file that was composed.
#[derive(Debug)]
pub(super) struct Document {
    pub file: FileId,
    /// `None` if it couldn't be composed.
    pub root: Option<Node>,
    /// The ruleset's first file, in which all keys may stand.
    pub is_head: bool,
}

/// The keys that any file of a ruleset may have.
const SHARED_KEYS: [&str; 5] = ["constants", "variables", "fences", "rules", "tests"];

/// Reads all files into one ruleset; `None` if there is no first file that is a
/// mapping.
pub(super) fn ruleset(
    documents: &[Document],
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> (Option<Ruleset>, Unread) {
    let mut reader = Reader::new(diagnostics);
    let mut ruleset = empty();
    let mut has_head = false;
    for document in documents {
        let Some(root) = &document.root else {
            reader.file_unread(document.is_head);
            continue;
        };
        let entries = match &root.kind {
            NodeKind::Map(entries) => entries.as_slice(),
            // A file in which everything is commented out adds nothing.
            NodeKind::Null(_) if !document.is_head => continue,
            _ => {
                let name = sources.name(document.file);
                reader.wrong_type(root, &format!("the file `{name}`"), "a mapping");
                reader.file_unread(document.is_head);
                continue;
            }
        };
        if document.is_head {
            has_head = true;
            reader.head(entries, document.file, &mut ruleset);
        } else {
            reader.check_part_keys(entries);
        }
        reader.shared(entries, &mut ruleset);
    }
    let unread = reader.unread;
    (has_head.then_some(ruleset), unread)
}

fn empty() -> Ruleset {
    Ruleset {
        name: Spanned::new(String::new(), Span::new(FileId(0), 0, 0)),
        description: None,
        enabled: true,
        schedule: None,
        facts: Vec::new(),
        outputs: Vec::new(),
        hit_policy: HitPolicy::Collect,
        groups: Vec::new(),
        constants: Vec::new(),
        variables: Vec::new(),
        fences: Vec::new(),
        rules: Vec::new(),
        tests: Vec::new(),
    }
}

impl Reader<'_> {
    /// The sections that add up over all files.
    fn shared(&mut self, entries: &[Entry], ruleset: &mut Ruleset) {
        for entry in entries {
            match entry.key.value.as_str() {
                "constants" => self.constants(&entry.value, &mut ruleset.constants),
                "variables" => self.variables(&entry.value, &mut ruleset.variables),
                "fences" => self.fences(&entry.value, &mut ruleset.fences),
                "rules" => self.rules(&entry.value, &mut ruleset.rules),
                "tests" => self.tests(&entry.value, &mut ruleset.tests),
                _ => {}
            }
        }
    }

    fn check_part_keys(&mut self, entries: &[Entry]) {
        for entry in entries {
            let key = entry.key.value.as_str();
            if SHARED_KEYS.contains(&key) {
                continue;
            }
            if HEAD_KEYS.contains(&key) {
                self.report(
                    Diagnostic::new(
                        Code::MisplacedKey,
                        format!("`{key}` may stand in `ruleset.yaml` only"),
                    )
                    .at(entry.key.span(), "")
                    .help(format!("the other files may have {}", list_of(&SHARED_KEYS, "and"))),
                );
            } else {
                self.unknown_key(&entry.key, "a further file of a ruleset", &SHARED_KEYS);
            }
        }
    }

    fn file_unread(&mut self, is_head: bool) {
        let keys = if is_head { &HEAD_KEYS[..] } else { &SHARED_KEYS[..] };
        for key in keys {
            self.unread.insert((*key).to_owned());
        }
    }
}
