//! The keys of a ruleset's first file: version, name, switches, groups.
//!
//! In: the entries of that file. Out: the parts of the model that only it has.

use super::reader::Reader;
use super::shape::{Fields, in_quotes};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::compose::brief;
use crate::source::model::{Group, HitPolicy, Ruleset};
use crate::source::node::{Entry, Node, NodeKind};
use crate::source::span::{FileId, Span, Spanned};

/// The one version of the language.
const VERSION: &str = "v1";
/// Groups of rules.
const MAX_GROUPS: usize = 65_535;

const HIT_POLICIES: [(&str, HitPolicy); 3] =
    [("collect", HitPolicy::Collect), ("first", HitPolicy::First), ("unique", HitPolicy::Unique)];

/// The keys of the first file.
pub(super) const HEAD_KEYS: [&str; 14] = [
    "rulestone",
    "ruleset",
    "description",
    "enabled",
    "schedule",
    "facts",
    "outputs",
    "hit_policy",
    "groups",
    "constants",
    "variables",
    "fences",
    "rules",
    "tests",
];

impl Reader<'_> {
    pub fn head(&mut self, entries: &[Entry], file: FileId, ruleset: &mut Ruleset) {
        for entry in entries {
            if !HEAD_KEYS.contains(&entry.key.value.as_str()) {
                self.unknown_key(&entry.key, "a ruleset", &HEAD_KEYS);
            }
        }
        let start = entries.first().map_or(Span::new(file, 0, 0), |e| e.key.span());
        let fields = Fields { entries, span: start };
        self.version(fields);
        ruleset.name.span = start;
        if let Some(node) = self.required(fields, "ruleset", "the ruleset")
            && let Some(name) = self.string(node, "`ruleset`")
            && self.id(name, "the name of a ruleset")
        {
            ruleset.name = Spanned::new(name.value.clone(), name.span());
        }
        if let Some(node) = fields.value("description") {
            ruleset.description = self.owned_string(node, "`description`");
        }
        if let Some(node) = fields.value("enabled") {
            ruleset.enabled = self.bool(node, "`enabled`").unwrap_or(true);
        }
        if let Some(node) = fields.value("schedule") {
            ruleset.schedule = self.schedule(node);
        }
        if let Some(node) = fields.value("facts") {
            ruleset.facts = self.facts(node);
        }
        if let Some(node) = fields.value("outputs") {
            ruleset.outputs = self.outputs(node);
        }
        if let Some(node) = fields.value("hit_policy")
            && let Some(policy) = self.word(node, "`hit_policy`", &HIT_POLICIES)
        {
            ruleset.hit_policy = policy;
        }
        if let Some(node) = fields.value("groups") {
            ruleset.groups = self.groups(node);
        }
    }

    fn version(&mut self, fields: Fields<'_>) {
        let help = format!("this compiler knows `rulestone: {VERSION}`");
        let Some(node) = fields.value("rulestone") else {
            self.report(
                Diagnostic::new(Code::MissingKey, "the ruleset has no `rulestone`")
                    .at(fields.span, "the version of the language is missing")
                    .help(help),
            );
            return;
        };
        let is_known = matches!(&node.kind, NodeKind::String(text) if text.value == VERSION);
        if !is_known {
            let found = node.text().map_or("", |t| t.value.as_str());
            self.report(
                Diagnostic::new(
                    Code::LanguageVersion,
                    format!("unknown version of the language: `{}`", brief(found)),
                )
                .at(node.span, "")
                .help(help),
            );
        }
    }

    fn groups(&mut self, node: &Node) -> Vec<Group> {
        let entries = self.section_map(node, "groups");
        if let Some(entry) = entries.get(MAX_GROUPS) {
            self.report(
                Diagnostic::new(
                    Code::TooMany,
                    format!("a ruleset has at most {MAX_GROUPS} groups"),
                )
                .at(entry.key.span(), ""),
            );
        }
        let mut groups = Vec::new();
        for entry in entries.iter().take(MAX_GROUPS) {
            match self.group(entry) {
                Some(group) => groups.push(group),
                None => self.unread.insert(format!("groups.{}", brief(&entry.key.value))),
            }
        }
        groups
    }

    fn group(&mut self, entry: &Entry) -> Option<Group> {
        let name = &entry.key;
        if name.value == "default" {
            self.report(
                Diagnostic::new(Code::GroupDefault, "the group `default` can't be declared")
                    .at(name.span(), "")
                    .help("it always exists; `hit_policy` at the top of the ruleset is its own"),
            );
            return None;
        }
        let is_named = self.group_name(name, "the name of a group");
        let what = format!("the group {}", in_quotes(&name.value));
        let fields = self.fields(&entry.value, &what, &["hit_policy"])?;
        let hit_policy = match fields.value("hit_policy") {
            Some(node) => self.word(node, "`hit_policy`", &HIT_POLICIES)?,
            None => HitPolicy::Collect,
        };
        is_named.then(|| Group { name: Spanned::new(name.value.clone(), name.span()), hit_policy })
    }
}
