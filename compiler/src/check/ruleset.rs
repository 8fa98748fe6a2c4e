//! The whole ruleset: declarations first, then every text that uses them.
//!
//! In: a [`model::Ruleset`] and its sources. Out: a [`checked::Ruleset`], and
//! every finding of this stage.

use super::checked::{self, Fact, Fence, Group, Output, Ruleset, Test, Variable};
use super::defaults::Defaults;
use super::expression::{Checker, Report};
use super::literal;
use super::names::{Names, expression_type};
use super::pools::Pools;
use super::schedule::Calendar;
use super::tree::{Expr, FactId};
use super::types::Type;
use crate::cel::{self, Limits};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::model::{self, FactType};
use crate::source::text::Text;
use crate::source::{Sources, Unread};
use rulestone_format::rule::{Combine, HitPolicy};
use std::collections::BTreeMap;

/// Checks a ruleset. The result is there even where there were errors, without
/// the parts that have them.
pub fn check(
    ruleset: model::Ruleset,
    sources: &Sources,
    unread: &Unread,
    diagnostics: &mut Diagnostics,
) -> Ruleset {
    let mut stage = Stage {
        sources,
        diagnostics,
        names: Names { unread: unread.clone(), ..Names::default() },
        pools: Pools::default(),
        texts: Vec::new(),
        outputs: BTreeMap::new(),
        output_types: Vec::new(),
        groups: BTreeMap::new(),
        now: None,
    };
    let facts = stage.facts(&ruleset.facts);
    let groups = stage.groups(&ruleset);
    let outputs = stage.outputs(&ruleset.outputs);
    let mut constants = Vec::with_capacity(ruleset.constants.len());
    for constant in &ruleset.constants {
        if let Some(value) = literal::untyped(&constant.value, stage.diagnostics) {
            stage.names.declare_constant(&constant.name.value, value.clone());
            constants.push((constant.name.value.clone(), value));
        } else {
            stage.names.declare_broken(&format!("constants.{}", constant.name.value));
        }
    }
    stage.pools.fences = ruleset
        .fences
        .into_iter()
        .map(|fence| Fence { name: fence.name.value, shape: fence.shape })
        .collect();
    stage.names.declare_fences(&stage.pools.fences);
    let variables = stage.variables(ruleset.variables);
    let mut calendar = Calendar::new(ruleset.schedule.as_ref(), stage.diagnostics);
    if let Some(schedule) = &ruleset.schedule {
        stage.needs_now(schedule.span);
    }
    let disabled_rules = ruleset.rules.iter().filter(|rule| !rule.enabled).count() as u32;
    let ids: BTreeMap<String, bool> =
        ruleset.rules.iter().map(|rule| (rule.id.value.clone(), rule.enabled)).collect();
    let mut rules = Vec::with_capacity(ruleset.rules.len());
    for rule in ruleset.rules {
        let enabled = rule.enabled;
        let checked = stage.rule(rule, &mut calendar, ruleset.schedule.is_some());
        rules.extend(checked.filter(|_| enabled));
    }
    // Stable: ties stay in order of declaration.
    rules.sort_by_key(|rule: &checked::Rule| std::cmp::Reverse(rule.priority));
    let tests = ruleset.tests.into_iter().map(|t| stage.test(t, &ids, &outputs)).collect();
    Ruleset {
        name: ruleset.name.value,
        description: ruleset.description.map(|d| d.value),
        enabled: ruleset.enabled,
        facts,
        constants,
        now: stage.now,
        outputs,
        groups,
        variables,
        fences: stage.pools.fences,
        zones: stage.pools.zones,
        regexes: stage.pools.regexes,
        rules,
        disabled_rules,
        tests,
        texts: stage.texts,
    }
}

/// What the parts of a ruleset are checked with.
pub(super) struct Stage<'s> {
    pub sources: &'s Sources,
    pub diagnostics: &'s mut Diagnostics,
    pub names: Names,
    pub pools: Pools,
    pub texts: Vec<Text>,
    /// Outputs and groups by name.
    pub outputs: BTreeMap<String, u32>,
    pub groups: BTreeMap<String, u32>,
    /// Of one value of each output.
    pub output_types: Vec<(FactType, Type)>,
    pub now: Option<FactId>,
}

impl Stage<'_> {
    fn facts(&mut self, facts: &[model::Fact]) -> Vec<Fact> {
        let mut defaults = Defaults::default();
        let facts: Vec<Fact> = facts
            .iter()
            .map(|fact| Fact {
                path: fact.path.clone(),
                ty: expression_type(&fact.ty),
                fact_type: fact.ty.clone(),
                optional: fact.optional,
                default: (fact.default.as_ref())
                    .and_then(|node| defaults.read(node, &fact.ty, self.diagnostics)),
            })
            .collect();
        for (index, fact) in facts.iter().enumerate() {
            self.names.declare_fact(fact);
            if fact.path == ["now"] && fact.ty == Type::Timestamp {
                self.now = Some(FactId(index as u32));
            }
        }
        facts
    }

    fn groups(&mut self, ruleset: &model::Ruleset) -> Vec<Group> {
        let default =
            Group { name: "default".to_owned(), hit_policy: hit_policy(ruleset.hit_policy) };
        let declared = ruleset.groups.iter().map(|group| Group {
            name: group.name.value.clone(),
            hit_policy: hit_policy(group.hit_policy),
        });
        let groups: Vec<Group> = std::iter::once(default).chain(declared).collect();
        self.groups = groups.iter().enumerate().map(|(i, g)| (g.name.clone(), i as u32)).collect();
        groups
    }

    fn outputs(&mut self, outputs: &[model::Output]) -> Vec<Output> {
        let outputs: Vec<Output> = outputs
            .iter()
            .map(|output| Output {
                name: output.name.value.clone(),
                ty: expression_type(&output.ty),
                declared: output.ty.clone(),
                combine: combine(output.combine),
                default: output
                    .default
                    .as_ref()
                    .and_then(|node| literal::typed(node, &output.ty, self.diagnostics)),
            })
            .collect();
        self.output_types = outputs.iter().map(|o| (o.declared.clone(), o.ty.clone())).collect();
        self.outputs =
            outputs.iter().enumerate().map(|(i, o)| (o.name.clone(), i as u32)).collect();
        outputs
    }

    /// Checks variables in the order in which they depend on each other.
    fn variables(&mut self, variables: Vec<model::Variable>) -> Vec<Variable> {
        let parsed: Vec<_> = variables
            .into_iter()
            .map(|variable| {
                let number = self.add_text(variable.expression);
                (variable.name, number, self.parse(number))
            })
            .collect();
        let order = super::variables::order(&parsed, self.diagnostics);
        let mut checked = Vec::with_capacity(order.len());
        // Whatever is not declared below stays broken.
        for (name, _, _) in &parsed {
            self.names.declare_broken(&format!("variables.{}", name.value));
        }
        for index in order {
            let (name, number, tree) = &parsed[index];
            let body = tree.as_ref().and_then(|tree| self.expression(*number, 0, tree));
            match body {
                Some(body) if body.ty.has_never() => {
                    let message =
                        format!("the type of `{}` can't be told: what is in its list?", name.value);
                    let finding = Diagnostic::new(Code::UnknownItems, message).at(name.span, "");
                    self.diagnostics.push(finding);
                }
                Some(body) => {
                    self.names.declare_variable(&name.value, body.ty.clone());
                    checked.push(Variable { name: name.value.clone(), body });
                }
                None => {}
            }
        }
        checked
    }

    fn test(
        &mut self,
        test: model::Test,
        ids: &BTreeMap<String, bool>,
        outputs: &[Output],
    ) -> Test {
        for id in test.matched.iter().flatten() {
            let known = ids.contains_key(&id.value)
                || self.names.unread.covers(&format!("rules.{}", id.value));
            if !known {
                let message = format!("there is no rule `{}`", id.value);
                let mut finding = Diagnostic::new(Code::UnknownRule, message).at(id.span, "");
                if let Some(near) = super::names::nearest(&id.value, ids.keys().map(String::as_str))
                {
                    finding = finding.help(format!("did you mean `{near}`?"));
                }
                self.diagnostics.push(finding);
            }
        }
        let expected = test
            .outputs
            .into_iter()
            .filter_map(|(name, node)| {
                let index = self.output(&name.value, name.span)?;
                // INVARIANT: `output` gives indices of these outputs.
                let output = &outputs[index as usize];
                if matches!(node.kind, crate::source::node::NodeKind::Null(_)) {
                    return Some((index, node.span, None));
                }
                let ty = match output.combine {
                    Combine::Collect => FactType::List {
                        element: Box::new(output.declared.clone()),
                        max_items: u32::MAX,
                    },
                    _ => output.declared.clone(),
                };
                let value = literal::typed(&node, &ty, self.diagnostics)?;
                Some((index, node.span, Some(value)))
            })
            .collect();
        Test { name: test.name, facts: test.facts, matched: test.matched, outputs: expected }
    }

    /// Keeps a text, for places to refer to.
    pub(super) fn add_text(&mut self, text: Text) -> u32 {
        self.texts.push(text);
        self.texts.len() as u32 - 1
    }

    /// Parses a whole text as CEL.
    pub(super) fn parse(&mut self, number: u32) -> Option<cel::Expr> {
        let length = self.texts[number as usize].value.len();
        self.parse_part(number, cel::Range::new(0, length as u32))
    }

    /// Parses a part of a text; the tree's ranges count from the part's start.
    pub(super) fn parse_part(&mut self, number: u32, part: cel::Range) -> Option<cel::Expr> {
        let text = &self.texts[number as usize];
        match cel::parse(part.of(&text.value), &Limits::default()) {
            Ok(expr) => Some(expr),
            Err(error) => {
                let finding = syntax_finding(error, text, part.start, self.sources);
                self.diagnostics.push(finding);
                None
            }
        }
    }

    /// Checks a tree that stands at an offset of a text.
    pub(super) fn expression(
        &mut self,
        number: u32,
        offset: u32,
        tree: &cel::Expr,
    ) -> Option<Expr> {
        let report = Report {
            diagnostics: self.diagnostics,
            sources: self.sources,
            text: &self.texts[number as usize],
            number,
            offset,
        };
        Checker::new(&self.names, &mut self.pools, report).check(tree)
    }
}

/// What the parser has to say about a CEL text that begins at an offset of `text`.
pub(crate) fn syntax_finding(
    error: cel::Error,
    text: &Text,
    offset: u32,
    sources: &Sources,
) -> Diagnostic {
    let code = match error.kind {
        cel::ErrorKind::Syntax => Code::CelSyntax,
        cel::ErrorKind::Depth => Code::CelTooDeep,
        cel::ErrorKind::Size => Code::CelTooLong,
        cel::ErrorKind::Number => Code::CelNumber,
        cel::ErrorKind::Escape => Code::CelEscape,
        cel::ErrorKind::Outside => Code::OutsideLanguage,
    };
    let span = text.locate(sources, error.range.start + offset, error.range.end + offset);
    let finding = Diagnostic::new(code, error.message).at(span, "");
    match error.help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

fn hit_policy(policy: model::HitPolicy) -> HitPolicy {
    match policy {
        model::HitPolicy::Collect => HitPolicy::Collect,
        model::HitPolicy::First => HitPolicy::First,
        model::HitPolicy::Unique => HitPolicy::Unique,
    }
}

fn combine(combine: model::Combine) -> Combine {
    match combine {
        model::Combine::First => Combine::First,
        model::Combine::Last => Combine::Last,
        model::Combine::Sum => Combine::Sum,
        model::Combine::Min => Combine::Min,
        model::Combine::Max => Combine::Max,
        model::Combine::Any => Combine::Any,
        model::Combine::All => Combine::All,
        model::Combine::Collect => Combine::Collect,
    }
}
