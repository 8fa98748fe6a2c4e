//! A decision, as its reader sees it: which rules are kept, what the outputs
//! are, what went wrong.
//!
//! Everything is borrowed from the session, the frame and the archive; nothing
//! is copied or allocated.

mod convert;
mod ids;
mod typed;
mod value;

use crate::decide::{Loaded, Problem, Workspace};
use crate::json::pieces::Pieces;
use crate::memory::Memory;
use rulestone_format::archive::{ArchivedRule, ArchivedRuleset};
use rulestone_format::frame::Frame;
use rulestone_format::meaning::Fault;
use rulestone_format::types::TypeKind;
use std::fmt;

pub use ids::OutputId;
pub use value::{Entries, Items, ListRef, MapRef, ValueRef, WrongType};

/// What a ruleset decides about one request.
#[derive(Clone, Copy)]
pub struct Decision<'s> {
    loaded: Loaded<'s>,
    memory: Memory<'s>,
    workspace: &'s Workspace,
}

impl<'s> Decision<'s> {
    pub(crate) fn new(
        loaded: Loaded<'s>,
        frame: Frame<'s>,
        workspace: &'s Workspace,
    ) -> Decision<'s> {
        Decision {
            loaded,
            memory: Memory {
                frame: frame.bytes(),
                data: &loaded.archive.data,
                scratch: workspace.scratch().done(),
            },
            workspace,
        }
    }

    /// The rules that are kept, in decision order.
    pub fn matched(&self) -> Rules<'s> {
        Rules { archive: self.loaded.archive, numbers: self.workspace.selected().iter() }
    }

    /// All outputs in order of declaration: name, and value unless it is absent.
    pub fn outputs(
        &self,
    ) -> impl ExactSizeIterator<Item = (&'s str, Option<ValueRef<'s>>)> + use<'s> {
        let decision = *self;
        let outputs = decision.workspace.outputs().count();
        (0..outputs).map(move |number| (decision.output_name(number), decision.output_at(number)))
    }

    /// The value of an output by name; `None` where it is absent or unknown.
    ///
    /// # Cost
    /// Looks at the names one by one; [`Decision::outputs`] takes them all at once.
    pub fn output(&self, name: &str) -> Option<ValueRef<'s>> {
        let outputs = self.workspace.outputs().count();
        let number = (0..outputs).find(|number| self.output_name(*number) == name)?;
        self.output_at(number)
    }

    /// What went wrong: conflicts of groups, then values that failed, rule by rule.
    pub fn errors(&self) -> impl ExactSizeIterator<Item = DecisionError<'s>> + use<'s> {
        let decision = *self;
        let problems = decision.workspace.problems().iter();
        problems.map(move |problem| decision.error(*problem))
    }

    /// How many outputs there are.
    pub(crate) fn output_count(&self) -> usize {
        self.workspace.outputs().count()
    }

    /// Ids and names as JSON.
    pub(crate) fn pieces(&self) -> &'s Pieces {
        self.loaded.pieces
    }

    /// The bytes of an output that is text. Nobody looks again whether they are UTF-8.
    pub(crate) fn text_at(&self, number: usize) -> Option<&'s [u8]> {
        let plan = self.loaded.plan.outputs.of_outputs.get(number)?;
        let is_text = self.loaded.archive.kind(plan.result) == Some(TypeKind::String);
        let value = self.workspace.outputs().value(number).filter(|_| is_text)?;
        Some(self.memory.bytes(value.reference()))
    }

    pub(crate) fn output_name(&self, number: usize) -> &'s str {
        let archive = self.loaded.archive;
        let output = archive.outputs.get(number);
        output.map_or("", |output| archive.text(&output.name))
    }

    pub(crate) fn output_at(&self, number: usize) -> Option<ValueRef<'s>> {
        let value = self.workspace.outputs().value(number)?;
        let plan = self.loaded.plan.outputs.of_outputs.get(number)?;
        value::Place { archive: self.loaded.archive, memory: self.memory }.value(plan.result, value)
    }

    fn error(&self, problem: Problem) -> DecisionError<'s> {
        let archive = self.loaded.archive;
        match problem {
            Problem::Conflict { group, start, count } => {
                let start = start as usize;
                let rules = start..start.saturating_add(count as usize);
                let numbers = self.workspace.conflicting().get(rules).unwrap_or_default();
                DecisionError::Conflict {
                    group: group_name(archive, group),
                    rules: Rules { archive, numbers: numbers.iter() },
                }
            }
            Problem::Output { rule, output, fault } => DecisionError::Output {
                rule: RuleRef { archive, index: rule },
                output: self.output_name(usize::from(output)),
                fault,
            },
        }
    }
}

impl fmt::Debug for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Vec::new();
        self.write_json(&mut line);
        write!(f, "Decision({})", String::from_utf8_lossy(&line))
    }
}

/// Something that went wrong on the way to a decision; the rest of it stands.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum DecisionError<'s> {
    /// A rule's value for an output failed, and is left out.
    Output { rule: RuleRef<'s>, output: &'s str, fault: Fault },
    /// Several rules of a group of policy `unique` matched; none of them is kept.
    /// They come in order of their ids.
    Conflict { group: &'s str, rules: Rules<'s> },
}

/// A rule of the ruleset.
#[derive(Clone, Copy)]
pub struct RuleRef<'s> {
    archive: &'s ArchivedRuleset,
    index: u32,
}

impl<'s> RuleRef<'s> {
    /// Its place among the rules of the archive, which stand in decision order.
    pub fn index(&self) -> usize {
        self.index as usize
    }

    pub fn id(&self) -> &'s str {
        self.rule().map_or("", |rule| self.archive.text(&rule.id))
    }

    /// Higher comes first.
    pub fn priority(&self) -> i64 {
        self.rule().map_or(0, |rule| rule.priority.to_native())
    }

    /// The name of its group.
    pub fn group(&self) -> &'s str {
        self.rule().map_or("", |rule| group_name(self.archive, rule.group.to_native()))
    }

    fn rule(&self) -> Option<&'s ArchivedRule> {
        self.archive.rules.get(self.index())
    }
}

impl fmt::Debug for RuleRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RuleRef").field(&self.id()).finish()
    }
}

/// Rules, one after the other.
#[derive(Clone)]
pub struct Rules<'s> {
    archive: &'s ArchivedRuleset,
    numbers: std::slice::Iter<'s, u32>,
}

impl<'s> Rules<'s> {
    pub(crate) fn new(archive: &'s ArchivedRuleset, numbers: &'s [u32]) -> Rules<'s> {
        Rules { archive, numbers: numbers.iter() }
    }
}

impl<'s> Iterator for Rules<'s> {
    type Item = RuleRef<'s>;

    fn next(&mut self) -> Option<RuleRef<'s>> {
        let index = *self.numbers.next()?;
        Some(RuleRef { archive: self.archive, index })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.numbers.size_hint()
    }
}

impl ExactSizeIterator for Rules<'_> {}

impl fmt::Debug for Rules<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone().map(|rule| rule.id())).finish()
    }
}

fn group_name(archive: &ArchivedRuleset, group: u16) -> &str {
    let group = archive.groups.get(usize::from(group));
    group.map_or("", |group| archive.text(&group.name))
}
