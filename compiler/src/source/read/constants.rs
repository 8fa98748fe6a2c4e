//! Constants and variables.
//!
//! In: the sections. Out: [`Constant`]s with their values as written, and
//! [`Variable`]s with their CEL text.

use super::declared::Kind;
use super::reader::Reader;
use super::shape::in_quotes;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::compose::brief;
use crate::source::model::{Constant, Variable};
use crate::source::node::{Node, NodeKind};
use crate::source::span::Spanned;

impl Reader<'_> {
    pub fn constants(&mut self, node: &Node, constants: &mut Vec<Constant>) {
        for entry in self.section_map(node, "constants") {
            let name = &entry.key;
            let is_named = self.identifier(name, "the name of a constant")
                && self.declare(Kind::Constant, name, name.span());
            let what = format!("the constant {}", in_quotes(&name.value));
            if self.has_no_null(&entry.value, &what) && is_named {
                constants.push(Constant {
                    name: Spanned::new(name.value.clone(), name.span()),
                    value: entry.value.clone(),
                });
            } else {
                self.unread.insert(format!("constants.{}", brief(&name.value)));
            }
        }
    }

    pub fn variables(&mut self, node: &Node, variables: &mut Vec<Variable>) {
        for entry in self.section_map(node, "variables") {
            let name = &entry.key;
            let is_named = self.identifier(name, "the name of a variable")
                && self.declare(Kind::Variable, name, name.span());
            let what = format!("the variable {}", in_quotes(&name.value));
            match self.cel(&entry.value, &what) {
                Some(expression) if is_named => variables.push(Variable {
                    name: Spanned::new(name.value.clone(), name.span()),
                    expression,
                }),
                _ => self.unread.insert(format!("variables.{}", brief(&name.value))),
            }
        }
    }

    /// Whether there is a value everywhere. Recurses as deep as the document,
    /// which is bounded when it is composed.
    pub fn has_no_null(&mut self, node: &Node, what: &str) -> bool {
        let mut is_good = true;
        match &node.kind {
            NodeKind::Null(_) => {
                self.report(
                    Diagnostic::new(Code::NullValue, format!("{what} has no value"))
                        .at(node.span, "null is not a value of the language")
                        .help("give it a value, or leave it out"),
                );
                is_good = false;
            }
            NodeKind::List(items) => {
                for item in items {
                    is_good &= self.has_no_null(item, &format!("an item of {what}"));
                    if !is_good {
                        break;
                    }
                }
            }
            NodeKind::Map(entries) => {
                for entry in entries {
                    is_good &= self.has_no_null(
                        &entry.value,
                        &format!("{} in {what}", in_quotes(&entry.key.value)),
                    );
                    if !is_good {
                        break;
                    }
                }
            }
            _ => {}
        }
        is_good
    }
}
