//! Values of the shape that a key wants, or a finding that says what it wants.
//!
//! In: nodes. Out: their contents by type.

use super::names::suggestion;
use super::reader::Reader;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::compose::brief;
use crate::source::node::{Entry, Node, NodeKind};
use crate::source::span::{Span, Spanned};
use crate::source::text::Text;

/// Bytes of CEL text, and of templates.
const MAX_CEL: usize = 64 << 10;

/// A mapping whose keys have been looked at.
#[derive(Clone, Copy)]
pub(super) struct Fields<'n> {
    pub entries: &'n [Entry],
    pub span: Span,
}

impl<'n> Fields<'n> {
    pub fn entry(&self, key: &str) -> Option<&'n Entry> {
        self.entries.iter().find(|e| e.key.value == key)
    }

    pub fn value(&self, key: &str) -> Option<&'n Node> {
        self.entry(key).map(|e| &e.value)
    }
}

impl Reader<'_> {
    /// A mapping with none but these keys. `what` names it in a message.
    pub fn fields<'n>(&mut self, node: &'n Node, what: &str, keys: &[&str]) -> Option<Fields<'n>> {
        let NodeKind::Map(entries) = &node.kind else {
            self.wrong_type(node, what, "a mapping");
            return None;
        };
        for entry in entries {
            if !keys.contains(&entry.key.value.as_str()) {
                self.unknown_key(&entry.key, what, keys);
            }
        }
        Some(Fields { entries, span: node.span })
    }

    /// The value of a key that must be there.
    pub fn required<'n>(&mut self, fields: Fields<'n>, key: &str, what: &str) -> Option<&'n Node> {
        let value = fields.value(key);
        if value.is_none() {
            self.missing(fields.span, key, what);
        }
        value
    }

    pub fn missing(&mut self, span: Span, key: &str, what: &str) {
        self.report(
            Diagnostic::new(Code::MissingKey, format!("{what} has no `{key}`")).at(span, ""),
        );
    }

    /// The entries of a section; one that is left empty has none.
    pub fn section_map<'n>(&mut self, node: &'n Node, name: &str) -> &'n [Entry] {
        match &node.kind {
            NodeKind::Map(entries) => entries,
            NodeKind::Null(_) => &[],
            _ => {
                self.wrong_type(node, &format!("`{name}`"), "a mapping");
                self.unread.insert(name.to_owned());
                &[]
            }
        }
    }

    /// The items of a section; one that is left empty has none.
    pub fn section_list<'n>(&mut self, node: &'n Node, name: &str) -> &'n [Node] {
        match &node.kind {
            NodeKind::List(items) => items,
            NodeKind::Null(_) => &[],
            _ => {
                self.wrong_type(node, &format!("`{name}`"), "a list");
                self.unread.insert(name.to_owned());
                &[]
            }
        }
    }

    /// A list with something in it.
    pub fn items<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        match &node.kind {
            NodeKind::List(items) if items.is_empty() => {
                self.report(
                    Diagnostic::new(Code::EmptyList, format!("{what} is empty")).at(node.span, ""),
                );
                None
            }
            NodeKind::List(items) => Some(items),
            _ => {
                self.wrong_type(node, what, "a list");
                None
            }
        }
    }

    pub fn string<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n Text> {
        if let NodeKind::String(text) = &node.kind {
            return Some(text);
        }
        self.wrong_type(node, what, "a string");
        None
    }

    pub fn owned_string(&mut self, node: &Node, what: &str) -> Option<Spanned<String>> {
        self.string(node, what).map(|text| Spanned::new(text.value.clone(), text.span()))
    }

    pub fn bool(&mut self, node: &Node, what: &str) -> Option<bool> {
        if let NodeKind::Bool(value, _) = node.kind {
            return Some(value);
        }
        let diagnostic = type_error(node, what, "a bool");
        let is_word = node.text().is_some_and(|t| {
            ["no", "yes", "on", "off", "y", "n"].contains(&t.value.to_ascii_lowercase().as_str())
        });
        self.report(if is_word {
            diagnostic.help("write `true` or `false`: other words are strings in YAML 1.2")
        } else {
            diagnostic
        });
        None
    }

    /// An integer between two bounds, both included.
    pub fn integer(&mut self, node: &Node, what: &str, least: i128, most: i128) -> Option<i128> {
        let NodeKind::Int(value, _) = node.kind else {
            self.wrong_type(node, what, "an integer");
            return None;
        };
        if (least..=most).contains(&value) {
            return Some(value);
        }
        self.report(
            Diagnostic::new(
                Code::OutOfRange,
                format!("{what} must be between {least} and {most}, but is {value}"),
            )
            .at(node.span, ""),
        );
        None
    }

    /// One of a few words.
    pub fn word<T: Copy>(&mut self, node: &Node, what: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.string(node, what)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text.value) {
            return Some(*value);
        }
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.report(
            Diagnostic::new(
                Code::UnknownValue,
                format!("`{}` is not a value of {what}", brief(&text.value)),
            )
            .at(text.span(), "")
            .help(did_you_mean(&text.value, &all, "or", "")),
        );
        None
    }

    /// CEL text: a string, or a YAML bool or number as it is written.
    pub fn cel(&mut self, node: &Node, what: &str) -> Option<Text> {
        let text = match &node.kind {
            NodeKind::String(text)
            | NodeKind::Bool(_, text)
            | NodeKind::Int(_, text)
            | NodeKind::Double(_, text) => text,
            NodeKind::Null(_) => {
                self.null_value(node, what, "an expression");
                return None;
            }
            NodeKind::List(_) | NodeKind::Map(_) => {
                self.wrong_type(node, what, "an expression");
                return None;
            }
        };
        self.cel_length(text, what).then(|| text.clone())
    }

    /// Whether CEL text or a template isn't too long to be looked at.
    pub fn cel_length(&mut self, text: &Text, what: &str) -> bool {
        let fits = text.value.len() <= MAX_CEL;
        if !fits {
            self.report(
                Diagnostic::new(
                    Code::TooLarge,
                    format!("{what} has {} bytes; at most {MAX_CEL} are allowed", text.value.len()),
                )
                .at(text.span(), ""),
            );
        }
        fits
    }

    pub fn null_value(&mut self, node: &Node, what: &str, expected: &str) {
        self.report(
            Diagnostic::new(Code::NullValue, format!("{what} has no value"))
                .at(node.span, format!("expected {expected}"))
                .help("give it a value, or leave the key out"),
        );
    }

    pub fn wrong_type(&mut self, node: &Node, what: &str, expected: &str) {
        self.report(type_error(node, what, expected));
    }

    pub fn unknown_key(&mut self, key: &Text, what: &str, keys: &[&str]) {
        self.report(
            Diagnostic::new(
                Code::UnknownKey,
                format!("unknown key `{}` in {what}", brief(&key.value)),
            )
            .at(key.span(), "")
            .help(did_you_mean(&key.value, keys, "and", "its keys are ")),
        );
    }
}

fn type_error(node: &Node, what: &str, expected: &str) -> Diagnostic {
    let found = node.description();
    let diagnostic =
        Diagnostic::new(Code::WrongType, format!("{what} must be {expected}, but is {found}"))
            .at(node.span, format!("expected {expected}"));
    let quotable =
        matches!(node.kind, NodeKind::Bool(..) | NodeKind::Int(..) | NodeKind::Double(..));
    match node.text() {
        Some(text) if quotable && expected == "a string" => {
            diagnostic.help(format!("put it in quotes: \"{}\"", brief(&text.value)))
        }
        _ => diagnostic,
    }
}

/// `did you mean`, or else all that is possible.
pub(super) fn did_you_mean(name: &str, names: &[&str], last: &str, lead: &str) -> String {
    match suggestion(name, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            let lead = if lead.is_empty() { "it is one of " } else { lead };
            format!("{lead}{}", list_of(names, last))
        }
    }
}

/// `a`, `b` and `c`.
pub(super) fn list_of<S: AsRef<str>>(names: &[S], last: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{}`", n.as_ref())).collect();
    match quoted.split_last() {
        Some((end, [])) => end.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
        None => String::new(),
    }
}

/// A name as it stands in a message.
pub(super) fn in_quotes(name: &str) -> String {
    format!("`{}`", brief(name))
}
