//! A YAML document as a tree whose every part knows where it was written.
//!
//! In: the events of the YAML parser (`compose`). Out: [`Node`], for `read`, and
//! for later stages wherever a value has to wait for its type.

use super::span::Span;
use super::text::Text;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    pub kind: NodeKind,
    /// From the first to the last character of the value. For a value that was
    /// left empty (`key:`), its key; for an alias the alias, while its text and
    /// what is in it keep the places where they were written.
    pub span: Span,
}

/// A value by the YAML 1.2 core schema. The [`Text`] of a scalar is the scalar as
/// written, so that a number can also be read in decimal.
#[derive(Debug, Clone)]
pub enum NodeKind {
    Null(Text),
    Bool(bool, Text),
    Int(i128, Text),
    Double(f64, Text),
    String(Text),
    List(Vec<Node>),
    /// The keys are all different.
    Map(Vec<Entry>),
}

/// A key of a mapping and its value. A key is always read as text.
#[derive(Debug, Clone)]
pub struct Entry {
    pub key: Text,
    pub value: Node,
}

impl Node {
    /// What this is, as a diagnostic names it: `a string`, `an integer`.
    pub fn description(&self) -> &'static str {
        match self.kind {
            NodeKind::Null(_) => "nothing (null)",
            NodeKind::Bool(..) => "a bool",
            NodeKind::Int(..) => "an integer",
            NodeKind::Double(..) => "a number",
            NodeKind::String(_) => "a string",
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a mapping",
        }
    }

    /// The text of a scalar, as written; `None` for a list or mapping.
    pub fn text(&self) -> Option<&Text> {
        match &self.kind {
            NodeKind::Null(text)
            | NodeKind::Bool(_, text)
            | NodeKind::Int(_, text)
            | NodeKind::Double(_, text)
            | NodeKind::String(text) => Some(text),
            NodeKind::List(_) | NodeKind::Map(_) => None,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self.kind, NodeKind::Null(_))
    }

    /// The value behind `key`, if this is a mapping that has it.
    pub fn value(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            NodeKind::Map(entries) => entries.iter().find(|e| e.key.value == key).map(|e| &e.value),
            _ => None,
        }
    }
}
