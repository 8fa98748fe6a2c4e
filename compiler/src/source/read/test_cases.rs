//! The tests that a ruleset has for itself.
//!
//! In: the section. Out: [`Test`]s in the order of declaration.

use super::declared::Kind;
use super::reader::Reader;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::model::Test;
use crate::source::node::{Node, NodeKind};
use crate::source::span::{Span, Spanned};

/// What a test expects: rules, outputs, and where it says so.
type Expected = (Option<Vec<Spanned<String>>>, Vec<(Spanned<String>, Node)>);

impl Reader<'_> {
    pub fn tests(&mut self, node: &Node, tests: &mut Vec<Test>) {
        for item in self.section_list(node, "tests") {
            tests.extend(self.test(item));
        }
    }

    fn test(&mut self, node: &Node) -> Option<Test> {
        let fields = self.fields(node, "a test", &["name", "facts", "expect"])?;
        let name = self.required(fields, "name", "the test").and_then(|named| {
            let name = self.string(named, "`name`")?;
            if name.value.trim().is_empty() {
                self.report(
                    Diagnostic::new(Code::InvalidName, "the name of the test is empty")
                        .at(name.span(), ""),
                );
                return None;
            }
            let is_new = self.declare_within(Kind::Test, named, node);
            is_new.then(|| Spanned::new(name.value.clone(), name.span()))
        });
        let facts = match fields.value("facts") {
            Some(facts) if matches!(facts.kind, NodeKind::Map(_)) => Some(facts.clone()),
            Some(facts) => {
                self.wrong_type(facts, "`facts`", "a mapping");
                None
            }
            // A ruleset may have no facts, or none that a test has to give.
            None => Some(Node { kind: NodeKind::Map(Vec::new()), span: node.span }),
        };
        let expected = self
            .required(fields, "expect", "the test")
            .and_then(|node| self.expected(node, node.span));
        let (matched, outputs) = expected?;
        Some(Test { name: name?, facts: facts?, matched, outputs })
    }

    fn expected(&mut self, node: &Node, span: Span) -> Option<Expected> {
        let fields = self.fields(node, "`expect`", &["matched", "outputs"])?;
        let matched = match fields.value("matched") {
            Some(node) => Some(self.matched(node)?),
            None => None,
        };
        let outputs: Vec<_> = match fields.value("outputs") {
            Some(Node { kind: NodeKind::Map(entries), .. }) => entries
                .iter()
                .map(|e| (Spanned::new(e.key.value.clone(), e.key.span()), e.value.clone()))
                .collect(),
            Some(node) => {
                self.wrong_type(node, "`outputs`", "a mapping");
                return None;
            }
            None => Vec::new(),
        };
        // Unknown keys were reported already.
        if outputs.is_empty() && fields.entries.iter().all(|e| e.key.value == "outputs") {
            self.report(
                Diagnostic::new(Code::EmptyTest, "this test expects nothing, so it can't fail")
                    .at(span, "")
                    .help("name the rules in `matched`, or values in `outputs`"),
            );
            return None;
        }
        Some((matched, outputs))
    }

    fn matched(&mut self, node: &Node) -> Option<Vec<Spanned<String>>> {
        let NodeKind::List(items) = &node.kind else {
            self.wrong_type(node, "`matched`", "a list");
            return None;
        };
        items.iter().map(|item| self.owned_string(item, "an id in `matched`")).collect()
    }
}
