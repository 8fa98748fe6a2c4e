//! The outputs that a decision carries.
//!
//! In: the section. Out: [`Output`]s in the order of declaration, each with a way
//! of combining that suits its type.

use super::reader::Reader;
use super::shape::{in_quotes, list_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::compose::brief;
use crate::source::model::{Combine, FactType, Output};
use crate::source::node::{Entry, Node, NodeKind};
use crate::source::span::Spanned;

const MAX_OUTPUTS: usize = 256;

const KEYS: [&str; 9] =
    ["type", "enum", "list", "map", "max_items", "max_length", "combine", "default", "description"];

const COMBINES: [(&str, Combine); 8] = [
    ("first", Combine::First),
    ("last", Combine::Last),
    ("sum", Combine::Sum),
    ("min", Combine::Min),
    ("max", Combine::Max),
    ("any", Combine::Any),
    ("all", Combine::All),
    ("collect", Combine::Collect),
];

impl Reader<'_> {
    pub fn outputs(&mut self, node: &Node) -> Vec<Output> {
        let entries = self.section_map(node, "outputs");
        if let Some(entry) = entries.get(MAX_OUTPUTS) {
            self.report(
                Diagnostic::new(
                    Code::TooMany,
                    format!("a ruleset has at most {MAX_OUTPUTS} outputs"),
                )
                .at(entry.key.span(), ""),
            );
            self.unread.insert("outputs".to_owned());
        }
        let mut outputs = Vec::new();
        for entry in entries.iter().take(MAX_OUTPUTS) {
            match self.output(entry) {
                Some(output) => outputs.push(output),
                None => self.unread.insert(format!("outputs.{}", brief(&entry.key.value))),
            }
        }
        outputs
    }

    fn output(&mut self, entry: &Entry) -> Option<Output> {
        let name = &entry.key;
        let is_named = self.identifier(name, "the name of an output");
        let what = format!("the output {}", in_quotes(&name.value));
        if let NodeKind::String(text) = &entry.value.kind {
            self.report(
                Diagnostic::new(
                    Code::WrongType,
                    format!("{what} must be a mapping, but is a string"),
                )
                .at(text.span(), "expected a mapping")
                .help(format!("write `{{type: {}}}`", brief(&text.value))),
            );
            return None;
        }
        let fields = self.fields(&entry.value, &what, &KEYS)?;
        let ty = self.defined_type(fields, &what, 0);
        let ty_span = fields
            .entries
            .iter()
            .find(|e| ["type", "enum", "list", "map"].contains(&e.key.value.as_str()))
            .map_or(entry.key.span(), |e| e.value.span);
        let (combine, combine_span) = match fields.value("combine") {
            Some(node) => (self.word(node, "`combine`", &COMBINES), node.span),
            None => (Some(Combine::First), entry.key.span()),
        };
        let description = match fields.value("description") {
            Some(node) => self.owned_string(node, "`description`").map(|d| d.value),
            None => None,
        };
        let default = fields.value("default");
        if let Some(node) = default
            && !self.has_no_null(node, "`default`")
        {
            return None;
        }
        let (ty, combine) = (ty?, combine?);
        if let Some(types) = combined_types(combine)
            && !types.contains(&type_word(&ty))
        {
            let word = COMBINES.iter().find(|(_, c)| *c == combine).map_or("", |(word, _)| word);
            self.report(
                Diagnostic::new(Code::CombineType, format!("{what} can't be combined by `{word}`"))
                    .at(combine_span, "")
                    .also(ty_span, "its type")
                    .help(format!("`{word}` combines values of type {}", list_of(types, "or"))),
            );
            return None;
        }
        if combine == Combine::Collect
            && let Some(node) = default
        {
            self.report(
                Diagnostic::new(Code::CollectDefault, format!("{what} can't have a default"))
                    .at(node.span, "")
                    .also(combine_span, "what collects is the empty list by itself")
                    .help("remove `default`"),
            );
            return None;
        }
        is_named.then(|| Output {
            name: Spanned::new(name.value.clone(), name.span()),
            ty,
            ty_span,
            combine,
            combine_span,
            default: default.cloned(),
            description,
        })
    }
}

/// The types that can be combined in this way; `None` if all can.
fn combined_types(combine: Combine) -> Option<&'static [&'static str]> {
    match combine {
        Combine::First | Combine::Last | Combine::Collect => None,
        Combine::Sum => Some(&["int", "uint", "double", "duration"]),
        Combine::Min | Combine::Max => {
            Some(&["int", "uint", "double", "timestamp", "duration", "string"])
        }
        Combine::Any | Combine::All => Some(&["bool"]),
    }
}

fn type_word(ty: &FactType) -> &'static str {
    match ty {
        FactType::Bool => "bool",
        FactType::Int => "int",
        FactType::Uint => "uint",
        FactType::Double => "double",
        FactType::String { .. } => "string",
        FactType::Bytes { .. } => "bytes",
        FactType::Timestamp => "timestamp",
        FactType::Duration => "duration",
        FactType::Point => "point",
        FactType::Enum(_) => "enum",
        FactType::List { .. } => "list",
        FactType::Map { .. } => "map",
    }
}
