//! The facts of a request as a Rust struct, and the values of their enums.
//!
//! In: the schema. Out: field names and types ([`FactNames`]), and their text.

use super::names::Names;
use super::support;
use crate::check::checked::{Fact, Ruleset};
use crate::check::tree::FactId;
use crate::check::value::Value;
use crate::source::model::FactType;
use std::fmt::Write;

/// How facts are called in Rust.
#[derive(Debug)]
pub(super) struct FactNames {
    fields: Vec<Field>,
    /// Whether rustc would warn of one of the names.
    pub unusual: bool,
}

#[derive(Debug)]
struct Field {
    name: String,
    /// The constants of an enum, by its values.
    constants: Vec<(String, String)>,
}

impl FactNames {
    pub fn of(ruleset: &Ruleset) -> FactNames {
        let mut names = Names::with(&["lifetime"]);
        let field = |fact: &Fact| Field {
            name: names.add(&fact.path.join("_")),
            constants: match &fact.fact_type {
                FactType::Enum(values) => constants(values),
                FactType::List { element, .. } => match &**element {
                    FactType::Enum(values) => constants(values),
                    _ => Vec::new(),
                },
                _ => Vec::new(),
            },
        };
        let fields = ruleset.facts.iter().map(field).collect();
        FactNames { fields, unusual: names.unusual }
    }

    /// `facts.player_level`
    pub fn place(&self, fact: FactId) -> String {
        format!("facts.{}", self.name(fact))
    }

    pub fn name(&self, fact: FactId) -> &str {
        self.fields.get(fact.0 as usize).map_or("", |field| &field.name)
    }

    /// The constant of one value of an enum: `values::player_platform::WEB`.
    pub fn constant(&self, fact: FactId, value: &str) -> Option<String> {
        let field = self.fields.get(fact.0 as usize)?;
        let (_, constant) = field.constants.iter().find(|(of, _)| of == value)?;
        Some(format!("values::{}::{constant}", field.name))
    }

    pub fn has_values(&self) -> bool {
        self.fields.iter().any(|field| !field.constants.is_empty())
    }

    /// The text of `struct Facts`.
    pub fn structure(&self, ruleset: &Ruleset) -> String {
        let borrows = ruleset.facts.iter().any(|fact| borrows(&fact.fact_type));
        let mut text = String::from("/// What a request carries.\n#[derive(Debug, Clone, Copy)]\n");
        // The lifetime stands there in any case, so that callers look the same.
        text.push_str("pub struct Facts<'a> {\n");
        for (field, fact) in self.fields.iter().zip(&ruleset.facts) {
            let mut ty = type_text(&fact.fact_type);
            if fact.optional {
                ty = format!("Option<{ty}>");
            }
            if let Some(default) = &fact.default {
                let _ =
                    writeln!(text, "    /// `{}` where a request lacks it.", shown(default, SHOWN));
            }
            let _ = writeln!(text, "    pub {}: {ty},", field.name);
        }
        if !borrows {
            text.push_str("    /// Facts that borrow nothing live as long as any that do.\n");
            text.push_str("    pub lifetime: std::marker::PhantomData<&'a ()>,\n");
        }
        text.push_str("}\n");
        text
    }

    /// The text of the file `values.rs`.
    pub fn values(&self, ruleset: &Ruleset) -> String {
        let mut text = String::new();
        for (field, fact) in self.fields.iter().zip(&ruleset.facts) {
            if field.constants.is_empty() {
                continue;
            }
            let path = fact.path.join(".");
            let _ = writeln!(text, "\n/// The values of `{path}`.\npub mod {} {{", field.name);
            for (index, (_, constant)) in field.constants.iter().enumerate() {
                let _ = writeln!(text, "    pub const {constant}: u32 = {index};");
            }
            let labels: Vec<String> =
                field.constants.iter().map(|(label, _)| super::code::quoted(label)).collect();
            let _ = writeln!(
                text,
                "\n    pub const LABELS: [&str; {}] = [{}];\n{}}}",
                labels.len(),
                labels.join(", "),
                support::LABEL
            );
        }
        text
    }
}

fn constants(values: &[String]) -> Vec<(String, String)> {
    let mut names = Names::with(&["LABELS"]);
    values.iter().map(|value| (value.clone(), names.add(&value.to_ascii_uppercase()))).collect()
}

/// The most characters of a default that a comment shows.
const SHOWN: usize = 100;

/// A value as Rust would write it, cut if it is long.
fn shown(value: &Value, most: usize) -> String {
    let text = match value {
        Value::List(items) => {
            let items: Vec<String> =
                items.iter().map(|item| shown(item, most)).take(most).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(entries) => {
            let entry = |(key, value): &(Value, Value)| {
                format!("({}, {})", shown(key, most), shown(value, most))
            };
            let entries: Vec<String> = entries.iter().map(entry).take(most).collect();
            format!("[{}]", entries.join(", "))
        }
        Value::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
        // INVARIANT: all others are literals of Rust.
        value => super::code::literal(value).map_or(String::new(), |code| code.text),
    };
    // A comment's code ends at the first of these.
    let text = text.replace('`', "'");
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn borrows(ty: &FactType) -> bool {
    matches!(
        ty,
        FactType::String { .. }
            | FactType::Bytes { .. }
            | FactType::List { .. }
            | FactType::Map { .. }
    )
}

/// The Rust type of a fact, or of an item of one.
fn type_text(ty: &FactType) -> String {
    match ty {
        FactType::Bool => "bool".to_owned(),
        FactType::Int | FactType::Duration => "i64".to_owned(),
        FactType::Uint => "u64".to_owned(),
        FactType::Double => "f64".to_owned(),
        FactType::String { .. } => "&'a str".to_owned(),
        FactType::Bytes { .. } => "&'a [u8]".to_owned(),
        FactType::Timestamp => "Timestamp".to_owned(),
        FactType::Point => "(f64, f64)".to_owned(),
        FactType::Enum(_) => "u32".to_owned(),
        FactType::List { element, .. } => format!("&'a [{}]", type_text(element)),
        FactType::Map { value, .. } => format!("&'a [(&'a str, {})]", type_text(value)),
    }
}
