//! A ruleset that has been checked: names resolved, types known, schedules as
//! instants, rules in decision order. What `lower` and `reference` work from.

use super::schedule::Interval;
use super::tree::{Expr, FactId};
use super::types::Type;
use super::value::Value;
use crate::check::regex::Regex;
use crate::check::zone::Zone;
use crate::source::model::{FactType, Shape};
use crate::source::node::Node;
use crate::source::span::{Span, Spanned};
use crate::source::text::Text;
use rulestone_format::rule::{Combine, HitPolicy};
use std::sync::Arc;

#[derive(Debug)]
pub struct Ruleset {
    pub name: String,
    pub description: Option<String>,
    /// False: no rule matches.
    pub enabled: bool,
    /// In the order of declaration.
    pub facts: Vec<Fact>,
    /// By name. Where rules use one, its value stands in their trees.
    pub constants: Vec<(String, Value)>,
    /// The fact that schedules look at.
    pub now: Option<FactId>,
    pub outputs: Vec<Output>,
    /// The first is "default".
    pub groups: Vec<Group>,
    /// A variable uses earlier ones only.
    pub variables: Vec<Variable>,
    pub fences: Vec<Fence>,
    pub zones: Vec<Zone>,
    pub regexes: Vec<Regex>,
    /// Those that are enabled, in decision order.
    pub rules: Vec<Rule>,
    /// How many are not enabled.
    pub disabled_rules: u32,
    pub tests: Vec<Test>,
    /// What the places in the trees refer to.
    pub texts: Vec<Text>,
}

#[derive(Debug)]
pub struct Fact {
    pub path: Vec<String>,
    pub fact_type: FactType,
    /// An enum is a string.
    pub ty: Type,
    /// Rules may find it absent.
    pub optional: bool,
    /// What it is where a request lacks it.
    pub default: Option<Value>,
}

#[derive(Debug)]
pub struct Output {
    pub name: String,
    /// Of the value that one rule gives.
    pub ty: Type,
    /// Of one value, as declared.
    pub declared: FactType,
    pub combine: Combine,
    pub default: Option<Value>,
}

impl Output {
    /// The type of what a decision carries.
    pub fn result_type(&self) -> Type {
        match self.combine {
            Combine::Collect => Type::list(self.ty.clone()),
            _ => self.ty.clone(),
        }
    }
}

#[derive(Debug)]
pub struct Group {
    pub name: String,
    pub hit_policy: HitPolicy,
}

#[derive(Debug)]
pub struct Variable {
    pub name: String,
    pub body: Expr,
}

#[derive(Debug)]
pub struct Fence {
    pub name: String,
    pub shape: Shape,
}

#[derive(Debug)]
pub struct Rule {
    pub id: String,
    pub span: Span,
    pub priority: i64,
    /// Index into the groups.
    pub group: u32,
    /// `None` always holds. Its type is bool.
    pub condition: Option<Expr>,
    /// `None` always holds. Sorted and disjoint; equal ones of many rules are shared.
    pub schedule: Option<Arc<[Interval]>>,
    pub rollout: Option<Rollout>,
    /// By output (index), in the order in which the rule wrote them.
    pub outputs: Vec<(u32, Expr)>,
}

/// Holds where `bucket(by, seed) < threshold`.
#[derive(Debug)]
pub struct Rollout {
    /// A string or int.
    pub by: Expr,
    pub seed: String,
    pub threshold: u32,
}

#[derive(Debug)]
pub struct Test {
    pub name: Spanned<String>,
    pub facts: Node,
    pub matched: Option<Vec<Spanned<String>>>,
    /// Output (index), and what is expected of it: `None` is "absent".
    pub outputs: Vec<(u32, Span, Option<Value>)>,
}
