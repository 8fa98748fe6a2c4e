//! Conditions: CEL text, lists, and `all` / `any` / `not` / `none`.
//!
//! In: the value of `condition`. Out: [`Condition`].

use super::names::suggestion;
use super::reader::Reader;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::compose::brief;
use crate::source::model::Condition;
use crate::source::node::{Entry, Node, NodeKind};

const KEYS: [&str; 4] = ["all", "any", "not", "none"];

impl Reader<'_> {
    /// Recurses as deep as the document, which is bounded when it is composed.
    pub fn condition(&mut self, node: &Node) -> Option<Condition> {
        match &node.kind {
            NodeKind::List(_) => {
                let parts = self.conditions(node, "the list of conditions")?;
                Some(Condition::All(parts, node.span))
            }
            NodeKind::Map(entries) => self.combination(node, entries),
            _ => self.cel(node, "the condition").map(Condition::Expression),
        }
    }

    fn combination(&mut self, node: &Node, entries: &[Entry]) -> Option<Condition> {
        for entry in entries {
            if !KEYS.contains(&entry.key.value.as_str()) {
                self.unknown_combination(entry);
            }
        }
        let mut known = entries.iter().filter(|e| KEYS.contains(&e.key.value.as_str()));
        let Some(entry) = known.next() else {
            // Unknown keys were reported already.
            if entries.is_empty() {
                self.report(
                    Diagnostic::new(Code::ConditionShape, "the condition is an empty mapping")
                        .at(node.span, ""),
                );
            }
            return None;
        };
        if let Some(second) = known.next() {
            self.report(
                Diagnostic::new(
                    Code::ConditionShape,
                    format!("`{}` stands beside `{}`", second.key.value, entry.key.value),
                )
                .at(second.key.span(), "a second key")
                .also(entry.key.span(), "the first key")
                .help("a condition has one of `all`, `any`, `not` and `none`: put one into the other, or both into a list, which means all"),
            );
            return None;
        }
        let key = entry.key.value.as_str();
        let (value, span) = (&entry.value, entry.key.span());
        if key == "not" {
            return self.condition(value).map(|inner| Condition::Not(Box::new(inner), span));
        }
        let parts = self.conditions(value, &format!("`{key}`"))?;
        Some(match key {
            "all" => Condition::All(parts, span),
            "any" => Condition::Any(parts, span),
            _ => Condition::None(parts, span),
        })
    }

    fn unknown_combination(&mut self, entry: &Entry) {
        let key = &entry.key;
        let help = match suggestion(&key.value, KEYS) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "a condition is CEL text or one of `all`, `any`, `not` and `none`; CEL that begins with `{` or contains `: ` must be in quotes".to_owned(),
        };
        self.report(
            Diagnostic::new(
                Code::UnknownKey,
                format!("unknown key `{}` in a condition", brief(&key.value)),
            )
            .at(key.span(), "")
            .help(help),
        );
    }

    fn conditions(&mut self, node: &Node, what: &str) -> Option<Vec<Condition>> {
        let items = self.items(node, what)?;
        // What is left of a list with errors must not hold more easily than the
        // whole of it, but then nothing is compiled anyway.
        Some(items.iter().filter_map(|item| self.condition(item)).collect())
    }
}
