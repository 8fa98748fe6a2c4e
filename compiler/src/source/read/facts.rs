//! The tree under `facts`: groups, and the facts that are their leaves.
//!
//! In: the section. Out: [`Fact`]s in the order of declaration.

use super::names::suggestion;
use super::reader::Reader;
use super::shape::{Fields, list_of};
use super::types::scalar_type;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::compose::brief;
use crate::source::model::{Fact, FactType};
use crate::source::node::{Entry, Node, NodeKind};
use rulestone_format::verify::{MAX_BYTES_HASHED, MAX_LABELS_HASHED, MAX_NAME};

const MAX_FACTS: usize = 4096;

/// A mapping with none but these keys defines one fact; any other is a group.
const DEFINITION_KEYS: [&str; 9] = [
    "type",
    "enum",
    "list",
    "map",
    "optional",
    "default",
    "max_items",
    "max_length",
    "description",
];

impl Reader<'_> {
    pub fn facts(&mut self, node: &Node) -> Vec<Fact> {
        let entries = self.section_map(node, "facts");
        let mut facts = Vec::new();
        let mut path = Vec::new();
        for entry in entries {
            self.fact_or_group(entry, &mut path, entries, &mut facts);
        }
        self.enums_of(&facts);
        if let Some(fact) = facts.get(MAX_FACTS) {
            self.report(
                Diagnostic::new(Code::TooMany, format!("a ruleset has at most {MAX_FACTS} facts"))
                    .at(fact.span, ""),
            );
            facts.truncate(MAX_FACTS);
            self.unread.insert("facts".to_owned());
        }
        facts
    }

    /// Recurses as deep as the document, which is bounded when it is composed.
    fn fact_or_group(
        &mut self,
        entry: &Entry,
        path: &mut Vec<String>,
        siblings: &[Entry],
        facts: &mut Vec<Fact>,
    ) {
        let name = &entry.key;
        let is_named = if path.is_empty() {
            self.root_identifier(name, "the name of a fact or group")
        } else {
            self.identifier(name, "the name of a fact or group")
        };
        // What is no name may be very long, and stands in every path below it.
        path.push(if is_named { name.value.clone() } else { brief(&name.value).into_owned() });
        let before = facts.len();
        match &entry.value.kind {
            NodeKind::Map(entries) if !is_definition(entries) => {
                for inner in entries {
                    self.fact_or_group(inner, path, entries, facts);
                }
            }
            _ => match self.fact(entry, path, siblings) {
                Some(fact) if self.has_short_path(&fact) => facts.push(fact),
                _ => self.leave_out_fact(path),
            },
        }
        if !is_named {
            facts.truncate(before);
            self.leave_out_fact(path);
        }
        path.pop();
    }

    fn has_short_path(&mut self, fact: &Fact) -> bool {
        let length = fact.path.iter().map(|part| part.len() + 1).sum::<usize>() - 1;
        if length > MAX_NAME {
            let message =
                format!("the path of a fact has {length} bytes; at most {MAX_NAME} are allowed");
            self.report(
                Diagnostic::new(Code::InvalidName, message)
                    .at(fact.span, "")
                    .help("nest fewer groups, or give them shorter names"),
            );
        }
        length <= MAX_NAME
    }

    /// The enums of all facts are part of what tells schemas apart.
    fn enums_of(&mut self, facts: &[Fact]) {
        let (mut values, mut bytes) = (0_u64, 0_u64);
        for fact in facts {
            let Some(labels) = labels(&fact.ty) else { continue };
            values += labels.len() as u64;
            bytes += labels.iter().map(|label| label.len() as u64).sum::<u64>();
            if values > MAX_LABELS_HASHED || bytes > MAX_BYTES_HASHED {
                self.report(
                    Diagnostic::new(
                        Code::TooMany,
                        format!(
                            "the enums of all facts have at most {MAX_LABELS_HASHED} values, and \
                             {MAX_BYTES_HASHED} bytes"
                        ),
                    )
                    .at(fact.span, "the limit is reached here")
                    .help("an enum counts for each fact that is made of it: use a string instead"),
                );
                return;
            }
        }
    }

    fn leave_out_fact(&mut self, path: &[String]) {
        self.unread.insert(format!("facts.{}", path.join(".")));
    }

    fn fact(&mut self, entry: &Entry, path: &[String], siblings: &[Entry]) -> Option<Fact> {
        let what = format!("the fact `{}`", path.join("."));
        let mut optional = false;
        let mut default = None;
        let mut description = None;
        let ty = match &entry.value.kind {
            NodeKind::Map(entries) => {
                let fields = Fields { entries, span: entry.value.span };
                if let Some(node) = fields.value("optional") {
                    optional = self.bool(node, "`optional`")?;
                }
                if let Some(node) = fields.value("default") {
                    default = Some(self.default_of(fields, node, optional)?.clone());
                }
                if let Some(node) = fields.value("description") {
                    description = Some(self.owned_string(node, "`description`")?.value);
                }
                self.defined_type(fields, &what, 0)?
            }
            _ => {
                if self.is_misspelt_key(entry, siblings) {
                    return None;
                }
                if !matches!(entry.value.kind, NodeKind::String(_)) {
                    self.wrong_type(&entry.value, &what, "a type or a group of facts");
                    return None;
                }
                self.ty(&entry.value, &what, 0)?
            }
        };
        let (path, span) = (path.to_vec(), entry.key.span());
        Some(Fact { path, span, ty, optional, default, description })
    }

    /// What an absent fact is. One that has a default is never absent for rules.
    fn default_of<'n>(
        &mut self,
        fields: Fields<'_>,
        node: &'n Node,
        optional: bool,
    ) -> Option<&'n Node> {
        let key = |name: &str| fields.entries.iter().find(|entry| entry.key.value == name);
        if let (true, Some(optional), Some(default)) = (optional, key("optional"), key("default")) {
            let message = "a fact that has a default can't be optional";
            self.report(
                Diagnostic::new(Code::FactDefinition, message)
                    .at(default.key.span(), "what the fact is where a request lacks it")
                    .also(optional.key.span(), "would leave it absent there")
                    .help(
                        "remove `optional` (`has()` is then true, and no guard is needed), or \
                         `default` (rules ask `has()`)",
                    ),
            );
            return None;
        }
        self.has_no_null(node, "`default`").then_some(node)
    }

    /// In `{type: string, optinal: true}` one slip makes a group of a definition;
    /// what doesn't work as a fact there was meant as a key.
    fn is_misspelt_key(&mut self, entry: &Entry, siblings: &[Entry]) -> bool {
        let is_type = matches!(&entry.value.kind,
            NodeKind::String(text) if scalar_type(&text.value).is_some());
        let beside_keys = siblings.iter().any(|e| DEFINITION_KEYS.contains(&e.key.value.as_str()));
        if is_type || !beside_keys {
            return false;
        }
        let Some(meant) = suggestion(&entry.key.value, DEFINITION_KEYS) else {
            return false;
        };
        if meant == entry.key.value {
            // The key is right, so another one makes this a group.
            let Some(odd) =
                siblings.iter().find(|e| !DEFINITION_KEYS.contains(&e.key.value.as_str()))
            else {
                return false;
            };
            self.report(
                Diagnostic::new(
                    Code::FactDefinition,
                    format!("`{meant}` is read as a fact here, and its value is no type"),
                )
                .at(entry.value.span, "")
                .also(odd.key.span(), "this key makes the mapping a group of facts")
                .help(format!(
                    "the definition of one fact has none but the keys {}",
                    list_of(&DEFINITION_KEYS, "and")
                )),
            );
        } else {
            self.report(
                Diagnostic::new(
                    Code::UnknownKey,
                    format!(
                        "unknown key `{}` in the definition of a fact",
                        brief(&entry.key.value)
                    ),
                )
                .at(entry.key.span(), "")
                .help(format!("did you mean `{meant}`?")),
            );
        }
        true
    }
}

/// The values of the enum that a fact is or holds.
fn labels(mut ty: &FactType) -> Option<&[String]> {
    loop {
        match ty {
            FactType::Enum(labels) => return Some(labels),
            FactType::List { element: inner, .. } | FactType::Map { value: inner, .. } => {
                ty = inner;
            }
            _ => return None,
        }
    }
}

fn is_definition(entries: &[Entry]) -> bool {
    entries.iter().all(|e| DEFINITION_KEYS.contains(&e.key.value.as_str()))
}
