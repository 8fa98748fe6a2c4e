//! The types of facts, of their elements and of outputs.
//!
//! In: the name of a type, or a mapping that defines one. Out: [`FactType`].

use super::names::suggestion;
use super::reader::Reader;
use super::shape::{Fields, list_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::compose::brief;
use crate::source::model::FactType;
use crate::source::node::{Node, NodeKind};
use crate::source::span::Span;
use crate::source::text::Text;

/// The keys that define a type: one of these four, and what goes with it.
pub(super) const TYPE_KEYS: [&str; 6] = ["type", "enum", "list", "map", "max_items", "max_length"];

/// Keys of facts that a part of one can't have, and why.
const OF_FACTS: [(&str, &str); 2] = [
    ("optional", "only a fact can be optional, not what is in it"),
    ("default", "only a fact can have a default, not what is in it"),
];

const DEFAULT_MAX_ITEMS: u32 = 64;
const MOST_ITEMS: u32 = 65_536;
const DEFAULT_MAX_LENGTH: u32 = 1024;
const MOST_LENGTH: u32 = 1 << 20;
/// Lists and maps within one another.
const MAX_DEPTH: usize = 8;
/// Values of an enum: they travel as 16-bit numbers.
const MAX_VALUES: usize = 65_535;
/// Bytes of a value of an enum.
const MAX_VALUE: usize = rulestone_format::verify::MAX_NAME;

const SCALARS: [&str; 9] =
    ["bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration", "point"];

impl Reader<'_> {
    /// A type that stands by itself, for an element or behind `type`. `depth` is
    /// the number of lists and maps around it.
    pub fn ty(&mut self, node: &Node, what: &str, depth: usize) -> Option<FactType> {
        match &node.kind {
            NodeKind::String(name) => self.named_type(name),
            NodeKind::Map(entries) => {
                for entry in entries {
                    let key = entry.key.value.as_str();
                    if let Some((_, message)) = OF_FACTS.iter().find(|(of, _)| *of == key) {
                        self.report(
                            Diagnostic::new(Code::FactDefinition, *message)
                                .at(entry.key.span(), ""),
                        );
                    } else if !TYPE_KEYS.contains(&key) {
                        self.unknown_key(&entry.key, "a type", &TYPE_KEYS);
                    }
                }
                self.defined_type(Fields { entries, span: node.span }, what, depth)
            }
            _ => {
                self.wrong_type(node, what, "a type");
                None
            }
        }
    }

    /// The type of a mapping with `type`, `enum`, `list` or `map`.
    pub fn defined_type(
        &mut self,
        fields: Fields<'_>,
        what: &str,
        depth: usize,
    ) -> Option<FactType> {
        let mut kinds = fields
            .entries
            .iter()
            .filter(|e| ["type", "enum", "list", "map"].contains(&e.key.value.as_str()));
        let Some(kind) = kinds.next() else {
            self.report(
                Diagnostic::new(Code::FactDefinition, format!("{what} has no type"))
                    .at(fields.span, "")
                    .help(
                        "a type is a name or has one of the keys `type`, `enum`, `list` and `map`",
                    ),
            );
            return None;
        };
        if let Some(second) = kinds.next() {
            self.report(
                Diagnostic::new(Code::FactDefinition, format!("{what} has more than one type"))
                    .at(second.key.span(), "a second type")
                    .also(kind.key.span(), "the first type"),
            );
            return None;
        }
        let is_nested = matches!(kind.key.value.as_str(), "list" | "map");
        if is_nested && depth >= MAX_DEPTH {
            self.report(
                Diagnostic::new(Code::TypeTooDeep, "lists and maps are nested too deeply")
                    .at(kind.key.span(), "")
                    .help(format!("at most {MAX_DEPTH} levels are allowed")),
            );
            return None;
        }
        let ty = match kind.key.value.as_str() {
            "type" => self.ty(&kind.value, what, depth),
            "enum" => self.enum_type(&kind.value),
            "list" => self.ty(&kind.value, "the element of a list", depth + 1).map(|element| {
                FactType::List { element: Box::new(element), max_items: DEFAULT_MAX_ITEMS }
            }),
            _ => self.ty(&kind.value, "the value of a map", depth + 1).map(|value| FactType::Map {
                value: Box::new(value),
                max_items: DEFAULT_MAX_ITEMS,
            }),
        };
        let items = self.bound(fields, "max_items", MOST_ITEMS);
        let length = self.bound(fields, "max_length", MOST_LENGTH);
        self.bounded(ty?, items, length)
    }

    fn bounded(
        &mut self,
        mut ty: FactType,
        items: Option<(u32, Span)>,
        length: Option<(u32, Span)>,
    ) -> Option<FactType> {
        if let Some((items, span)) = items {
            match &mut ty {
                FactType::List { max_items, .. } | FactType::Map { max_items, .. } => {
                    *max_items = items;
                }
                _ => {
                    self.report(
                        Diagnostic::new(
                            Code::FactDefinition,
                            "`max_items` is for lists and maps only",
                        )
                        .at(span, ""),
                    );
                    return None;
                }
            }
        }
        if let Some((length, span)) = length {
            match &mut ty {
                FactType::String { max_length } | FactType::Bytes { max_length } => {
                    *max_length = length;
                }
                _ => {
                    let diagnostic = Diagnostic::new(
                        Code::FactDefinition,
                        "`max_length` is for strings and bytes only",
                    )
                    .at(span, "");
                    let holds_text = matches!(&ty, FactType::List { .. } | FactType::Map { .. });
                    self.report(if holds_text {
                        diagnostic.help(format!(
                            "it goes with the element: `{{type: string, max_length: {length}}}`"
                        ))
                    } else {
                        diagnostic
                    });
                    return None;
                }
            }
        }
        Some(ty)
    }

    fn bound(&mut self, fields: Fields<'_>, key: &str, most: u32) -> Option<(u32, Span)> {
        let entry = fields.entry(key)?;
        let value = self.integer(&entry.value, &format!("`{key}`"), 1, i128::from(most))?;
        u32::try_from(value).ok().map(|value| (value, entry.key.span()))
    }

    fn enum_type(&mut self, node: &Node) -> Option<FactType> {
        let items = self.items(node, "`enum`")?;
        if let Some(item) = items.get(MAX_VALUES) {
            self.report(
                Diagnostic::new(Code::TooMany, format!("an enum has at most {MAX_VALUES} values"))
                    .at(item.span, ""),
            );
            return None;
        }
        let mut seen = std::collections::HashMap::new();
        let mut values = Vec::new();
        let mut is_good = true;
        for item in items {
            let Some(text) = self.string(item, "a value of an enum") else {
                is_good = false;
                continue;
            };
            if text.value.len() > MAX_VALUE {
                let message = format!(
                    "a value of an enum has {} bytes; at most {MAX_VALUE} are allowed",
                    text.value.len()
                );
                self.report(Diagnostic::new(Code::TooLarge, message).at(item.span, ""));
                is_good = false;
                continue;
            }
            if let Some(first) = seen.insert(text.value.as_str(), item.span) {
                self.report(
                    Diagnostic::new(
                        Code::DuplicateName,
                        format!("the value `{}` stands here twice", brief(&text.value)),
                    )
                    .at(item.span, "again here")
                    .also(first, "first here"),
                );
                is_good = false;
                continue;
            }
            values.push(text.value.clone());
        }
        is_good.then_some(FactType::Enum(values))
    }

    fn named_type(&mut self, name: &Text) -> Option<FactType> {
        let ty = scalar_type(&name.value);
        if ty.is_none() {
            self.report(
                Diagnostic::new(
                    Code::UnknownType,
                    format!("there is no type `{}`", brief(&name.value)),
                )
                .at(name.span(), "")
                .help(type_help(&name.value)),
            );
        }
        ty
    }
}

/// The type of a name, if it is one.
pub(super) fn scalar_type(name: &str) -> Option<FactType> {
    Some(match name {
        "bool" => FactType::Bool,
        "int" => FactType::Int,
        "uint" => FactType::Uint,
        "double" => FactType::Double,
        "string" => FactType::String { max_length: DEFAULT_MAX_LENGTH },
        "bytes" => FactType::Bytes { max_length: DEFAULT_MAX_LENGTH },
        "timestamp" => FactType::Timestamp,
        "duration" => FactType::Duration,
        "point" => FactType::Point,
        _ => return None,
    })
}

fn type_help(name: &str) -> String {
    let meant = match name.to_ascii_lowercase().as_str() {
        "float" | "number" | "decimal" | "real" | "f64" => "double",
        "integer" | "long" | "i64" | "int64" => "int",
        "unsigned" | "u64" | "uint64" => "uint",
        "str" | "text" => "string",
        "boolean" => "bool",
        "datetime" | "date" | "time" => "timestamp",
        "location" | "position" => "point",
        "enum" => return "the values belong to it: `{enum: [a, b]}`".to_owned(),
        "list" | "array" => return "the element belongs to it: `{list: string}`".to_owned(),
        "map" | "object" => return "the value belongs to it: `{map: int}`".to_owned(),
        other => match suggestion(other, SCALARS) {
            Some(meant) => meant,
            None => {
                return format!(
                    "the types are {}, `{{enum: [...]}}`, `{{list: T}}` and `{{map: T}}`",
                    list_of(&SCALARS, "and").replace(" and ", ", ")
                );
            }
        },
    };
    format!("did you mean `{meant}`?")
}
