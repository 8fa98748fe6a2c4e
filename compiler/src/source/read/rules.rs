//! Rules.
//!
//! In: the section. Out: [`Rule`]s in the order of declaration.

use super::declared::Kind;
use super::percentage::threshold;
use super::reader::Reader;
use super::shape::in_quotes;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::compose::brief;
use crate::source::model::{OutputValue, Rollout, Rule, RuleOutput};
use crate::source::node::{Node, NodeKind};
use crate::source::span::Spanned;

const KEYS: [&str; 9] = [
    "id",
    "description",
    "enabled",
    "priority",
    "group",
    "schedule",
    "rollout",
    "condition",
    "output",
];

impl Reader<'_> {
    pub fn rules(&mut self, node: &Node, rules: &mut Vec<Rule>) {
        for item in self.section_list(node, "rules") {
            match self.rule(item) {
                Some(rule) => rules.push(rule),
                None => {
                    if let Some(id) = item.value("id").and_then(Node::text) {
                        self.unread.insert(format!("rules.{}", brief(&id.value)));
                    }
                }
            }
        }
    }

    /// A rule with an id. A part of it that has an error is left out, so that the
    /// later stages can still look at the others.
    fn rule(&mut self, node: &Node) -> Option<Rule> {
        let fields = self.fields(node, "a rule", &KEYS)?;
        let id = self.required(fields, "id", "the rule").and_then(|name| {
            let id = self.string(name, "`id`")?;
            let is_good =
                self.id(id, "the id of a rule") && self.declare_within(Kind::Rule, name, node);
            is_good.then(|| Spanned::new(id.value.clone(), id.span()))
        });
        let description = match fields.value("description") {
            Some(node) => self.owned_string(node, "`description`").map(|d| d.value),
            None => None,
        };
        let enabled = match fields.value("enabled") {
            Some(node) => self.bool(node, "`enabled`").unwrap_or(true),
            None => true,
        };
        let priority = match fields.value("priority") {
            Some(node) => self
                .integer(node, "`priority`", i128::from(i64::MIN), i128::from(i64::MAX))
                .and_then(|value| i64::try_from(value).ok())
                .unwrap_or(0),
            None => 0,
        };
        let group = match fields.value("group") {
            Some(node) => {
                self.owned_string(node, "`group`").filter(|group| group.value != "default")
            }
            None => None,
        };
        let schedule = fields.value("schedule").and_then(|node| self.schedule(node));
        let rollout = fields.value("rollout").and_then(|node| self.rollout(node));
        let condition = fields.value("condition").and_then(|node| self.condition(node));
        let outputs = match fields.value("output") {
            Some(node) => self.rule_outputs(node),
            None => Vec::new(),
        };
        Some(Rule {
            id: id?,
            description,
            enabled,
            priority,
            group,
            schedule,
            rollout,
            condition,
            outputs,
        })
    }

    fn rollout(&mut self, node: &Node) -> Option<Rollout> {
        let fields = self.fields(node, "a rollout", &["percentage", "by", "seed"])?;
        let percentage = self.required(fields, "percentage", "the rollout");
        let by = self.required(fields, "by", "the rollout");
        let percentage = percentage.and_then(|node| self.percentage(node));
        let by = by.and_then(|node| self.cel(node, "`by`"));
        let seed = match fields.value("seed") {
            Some(node) => Some(self.owned_string(node, "`seed`")?),
            None => None,
        };
        Some(Rollout { span: node.span, threshold: percentage?, by: by?, seed })
    }

    fn percentage(&mut self, node: &Node) -> Option<u32> {
        let (NodeKind::Int(_, text) | NodeKind::Double(_, text)) = &node.kind else {
            let what = "`percentage`";
            let NodeKind::String(text) = &node.kind else {
                self.wrong_type(node, what, "a number");
                return None;
            };
            self.report(
                Diagnostic::new(
                    Code::WrongType,
                    format!("{what} must be a number, but is a string"),
                )
                .at(text.span(), "expected a number")
                .help("write it as `12.5`, without quotes or a percent sign"),
            );
            return None;
        };
        let found = threshold(&text.value);
        if found.is_none() {
            self.report(
                Diagnostic::new(Code::RolloutPercentage, "the percentage isn't between 0 and 100")
                    .at(text.span(), ""),
            );
        }
        found
    }

    fn rule_outputs(&mut self, node: &Node) -> Vec<RuleOutput> {
        let mut outputs = Vec::new();
        for entry in self.section_map(node, "output") {
            let name = &entry.key;
            let what = format!("the output {}", in_quotes(&name.value));
            let value = match &entry.value.kind {
                NodeKind::String(text) => {
                    if !self.cel_length(text, &what) {
                        continue;
                    }
                    OutputValue::Text(text.clone())
                }
                _ => {
                    if !self.has_no_null(&entry.value, &what) {
                        continue;
                    }
                    OutputValue::Value(entry.value.clone())
                }
            };
            outputs.push(RuleOutput { name: Spanned::new(name.value.clone(), name.span()), value });
        }
        outputs
    }
}
