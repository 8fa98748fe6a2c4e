//! Whole rulesets: rules over random expressions, and what they add up to.

use super::expression::{Maker, Want};
use super::facts;
use super::literal;
use super::node::{Node, Type};
use super::random::Random;
use super::schedule::{self, WEEKS};
use super::schema::{Scope, Shape};
use super::yaml::{Style, Yaml, map, plain, text};

/// CEL text in a document.
#[derive(Debug, Clone)]
pub struct Cel {
    pub node: Node,
    style: Style,
    /// Spaces a line, where the style has lines.
    lines: usize,
}

#[derive(Debug, Clone)]
pub enum Condition {
    Cel(Cel),
    /// `all`, `any`, `none`, or a list without a word.
    Several(&'static str, Vec<Condition>),
    Not(Box<Condition>),
}

#[derive(Debug, Clone)]
pub enum Piece {
    Text(String),
    Cel(Node),
}

#[derive(Debug, Clone)]
pub enum Value {
    Yaml(Yaml),
    Cel(Cel),
    Template(Vec<Piece>, Style),
}

#[derive(Debug, Clone)]
pub struct Output {
    pub name: String,
    shape: Shape,
    combine: Option<&'static str>,
    default: Option<Yaml>,
}

#[derive(Debug, Clone)]
pub struct Rollout {
    percentage: &'static str,
    by: Cel,
    seed: Option<&'static str>,
}

#[derive(Debug, Clone, Default)]
pub struct Rule {
    id: String,
    enabled: bool,
    priority: Option<i64>,
    group: Option<&'static str>,
    pub schedule: Option<Yaml>,
    pub rollout: Option<Rollout>,
    pub condition: Option<Condition>,
    pub outputs: Vec<(String, Value)>,
}

#[derive(Debug, Clone)]
pub struct Ruleset {
    enabled: bool,
    pub schedule: Option<Yaml>,
    hit_policy: Option<&'static str>,
    groups: Vec<(&'static str, &'static str)>,
    pub scope: Scope,
    pub outputs: Vec<Output>,
    pub variables: Vec<(String, Cel)>,
    pub rules: Vec<Rule>,
}

const POLICIES: [&str; 3] = ["collect", "first", "unique"];

fn cel(node: Node, random: &mut Random) -> Cel {
    Cel { node, style: *random.pick(&Style::ALL), lines: 1 + random.below(4) }
}

impl Cel {
    pub fn with(&self, node: Node) -> Cel {
        Cel { node, ..self.clone() }
    }

    fn yaml(&self) -> Yaml {
        let lines = if self.style.has_lines() { self.lines } else { 0 };
        let mut text = self.node.text(lines);
        if self.style == Style::Literal && lines == 2 {
            // Only here do lines end where CEL sees it, and with them comments.
            text = text.replacen('\n', " // it's \"so\" }\n", 1);
        }
        Yaml::Text(text, self.style)
    }
}

impl Ruleset {
    pub fn random(random: &mut Random) -> Ruleset {
        let mut scope = Scope::random(random);
        facts::give_defaults(&mut scope, random);
        let outputs: Vec<Output> =
            (0..1 + random.below(5)).map(|index| output(random, index)).collect();
        let mut variables = Vec::new();
        for index in 0..random.below(5) {
            let name = format!("v{index}");
            let mut ty = literal::any_type(random, 2);
            let simple = random.chance(25);
            let mut maker = Maker::new(random, &scope);
            let node = if simple {
                ty = Type::Bool;
                maker.simple()
            } else {
                maker.whole(&ty, Want::Exact)
            };
            variables.push((name.clone(), cel(node, random)));
            scope.variables.push((name, ty));
        }
        // Variables may be declared in any order.
        if random.chance(30) {
            variables.reverse();
        }
        let week = random.below(WEEKS.len());
        let windows_are_here = random.chance(30);
        let schedule = random.chance(10).then(|| schedule::random(random, week, windows_are_here));
        let windows = schedule.is_none() || !windows_are_here;
        let mut groups: Vec<(&str, &str)> = Vec::new();
        for group in ["reward", "g-1"] {
            if random.chance(50) {
                groups.push((group, random.word(&POLICIES)));
            }
        }
        let hit_policy = random.chance(50).then(|| random.word(&POLICIES));
        let mut ruleset = Ruleset {
            enabled: !random.chance(2),
            schedule,
            hit_policy,
            groups,
            scope,
            outputs,
            variables,
            rules: Vec::new(),
        };
        // Now and then more than an index has in a word of bits.
        let many = random.chance(3);
        let count = if many { 60 + random.below(90) } else { 1 + random.below(6) };
        for index in 0..count {
            let rule = ruleset.rule(random, index, week, windows, many);
            ruleset.rules.push(rule);
        }
        ruleset
    }

    /// One rule; one of `many` is about facts and constants for the most part.
    fn rule(
        &self,
        random: &mut Random,
        index: usize,
        week: usize,
        windows: bool,
        many: bool,
    ) -> Rule {
        let scope = &self.scope;
        let group = if !self.groups.is_empty() && random.chance(50) {
            Some(random.pick(&self.groups).0)
        } else {
            None
        };
        let rollout = random.chance(15).then(|| Rollout {
            percentage: random.word(&["0", "12.5", "50", "50.001", "99.999", "100"]),
            by: {
                let ty = random.pick(&[Type::String, Type::Int]).clone();
                let node = Maker::new(random, scope).whole(&ty, Want::Exact);
                cel(node, random)
            },
            seed: random.chance(50).then(|| random.word(&["golden", "", "é"])),
        });
        let condition =
            random.chance(92).then(|| condition(random, scope, 3, if many { 95 } else { 40 }));
        let schedule = random.chance(15).then(|| schedule::random(random, week, windows));
        let mut outputs = Vec::new();
        for output in &self.outputs {
            if random.chance(if many { 10 } else { 70 }) {
                outputs.push((output.name.clone(), output.value(random, scope)));
            }
        }
        Rule {
            id: format!("r{index}"),
            enabled: !random.chance(4),
            priority: random.chance(40).then(|| *random.pick(&[-1, 0, 1, 5, i64::MIN, i64::MAX])),
            group,
            schedule,
            rollout,
            condition,
            outputs,
        }
    }

    /// The source, one file.
    pub fn source(&self) -> String {
        let mut root = vec![
            ("rulestone".to_owned(), text("v1")),
            ("ruleset".to_owned(), text("generated")),
            ("facts".to_owned(), self.scope.facts_yaml()),
        ];
        let mut push = |name: &str, value: Yaml| root.push((name.to_owned(), value));
        if !self.enabled {
            push("enabled", plain(false));
        }
        if let Some(schedule) = &self.schedule {
            push("schedule", schedule.clone());
        }
        push("outputs", Yaml::Map(self.outputs.iter().map(Output::declaration).collect()));
        if let Some(policy) = self.hit_policy {
            push("hit_policy", text(policy));
        }
        let groups = self
            .groups
            .iter()
            .map(|(name, policy)| ((*name).to_owned(), map([("hit_policy", text(*policy))])));
        push("groups", Yaml::Map(groups.collect()));
        let constants = self.scope.constants.iter().map(|c| (c.name.clone(), c.value.clone()));
        push("constants", Yaml::Map(constants.collect()));
        push("fences", Yaml::Map(self.scope.fences.clone()));
        let variables = self.variables.iter().map(|(name, cel)| (name.clone(), cel.yaml()));
        push("variables", Yaml::Map(variables.collect()));
        push("rules", Yaml::List(self.rules.iter().map(Rule::yaml).collect()));
        root.retain(|(_, value)| !matches!(value, Yaml::Map(entries) if entries.is_empty()));
        Yaml::Map(root).document()
    }
}

/// A condition; so many of 100 of its expressions are simple.
fn condition(random: &mut Random, scope: &Scope, depth: usize, simple: usize) -> Condition {
    if depth == 0 || random.chance(55) {
        let is_simple = random.chance(simple);
        let mut maker = Maker::new(random, scope);
        let node = if is_simple { maker.simple() } else { maker.whole(&Type::Bool, Want::Exact) };
        return Condition::Cel(cel(node, random));
    }
    let kind = random.below(5);
    if kind == 0 {
        return Condition::Not(Box::new(condition(random, scope, depth - 1, simple)));
    }
    let word = ["all", "any", "none", ""][kind - 1];
    let count = 1 + random.below(3);
    Condition::Several(
        word,
        (0..count).map(|_| condition(random, scope, depth - 1, simple)).collect(),
    )
}

fn output(random: &mut Random, index: usize) -> Output {
    let shape = Shape::random(random, 2);
    let mut combines = vec!["first", "last", "collect"];
    match shape.ty() {
        Type::Bool => combines.extend(["any", "all"]),
        Type::Int | Type::Uint | Type::Double | Type::Duration => {
            combines.extend(["sum", "min", "max", "sum"]);
        }
        Type::String if shape.labels().is_none() => combines.extend(["min", "max"]),
        Type::Timestamp => combines.extend(["min", "max"]),
        _ => {}
    }
    let combine = random.chance(85).then(|| *random.pick(&combines));
    let has_default = combine != Some("collect") && random.chance(50);
    let default = has_default.then(|| of_shape(&shape, random));
    Output { name: format!("o{index}"), shape, combine, default }
}

/// A value of an output in YAML.
fn of_shape(shape: &Shape, random: &mut Random) -> Yaml {
    match shape {
        Shape::Scalar(ty) | Shape::Bounded(ty, _) => literal::yaml(ty, random),
        Shape::Enum(labels) => text(*random.pick(labels)),
        Shape::List(item, _) => {
            Yaml::List((0..random.below(3)).map(|_| of_shape(item, random)).collect())
        }
        Shape::Map(inner, _) => {
            let keys = ["key", "é"].into_iter().take(random.below(3));
            Yaml::Map(keys.map(|key| (key.to_owned(), of_shape(inner, random))).collect())
        }
    }
}

impl Output {
    fn declaration(&self) -> (String, Yaml) {
        let mut entries = self.shape.entries();
        if let Some(combine) = self.combine {
            entries.push(("combine".to_owned(), text(combine)));
        }
        if let Some(default) = &self.default {
            entries.push(("default".to_owned(), default.clone()));
        }
        (self.name.clone(), Yaml::Map(entries))
    }

    fn value(&self, random: &mut Random, scope: &Scope) -> Value {
        let ty = self.shape.ty();
        match (&self.shape, &ty) {
            (Shape::Enum(_), _) => return Value::Yaml(of_shape(&self.shape, random)),
            (_, Type::String) => return template(random, scope),
            // These are strings in YAML, and a string is CEL.
            (_, Type::Bytes | Type::Timestamp | Type::Duration) => {}
            _ if random.chance(15) => return Value::Yaml(of_shape(&self.shape, random)),
            _ => {}
        }
        let node = Maker::new(random, scope).whole(&ty, Want::Any);
        Value::Cel(cel(node, random))
    }
}

fn template(random: &mut Random, scope: &Scope) -> Value {
    let mut pieces = Vec::new();
    for _ in 0..random.below(4) {
        if random.chance(45) {
            let texts = [
                "Hi ",
                "é}",
                "$${x}",
                "$",
                "{",
                " 'quoted' \"too\"",
                "100 %",
                "# no: comment",
                "\n",
            ];
            pieces.push(Piece::Text((random.word(&texts)).to_owned()));
        } else {
            let mut ty = literal::scalar_type(random);
            if ty == Type::Point {
                ty = Type::Double;
            }
            pieces.push(Piece::Cel(Maker::new(random, scope).whole(&ty, Want::Exact)));
        }
    }
    // A `$` right before a `${` would make it literal text.
    let pieces = pieces.into_iter().fold(Vec::new(), |mut all: Vec<Piece>, piece| {
        let ends_in_dollar = matches!(all.last(), Some(Piece::Text(text)) if text.ends_with('$'));
        if ends_in_dollar {
            all.push(Piece::Text(" ".to_owned()));
        }
        all.push(piece);
        all
    });
    Value::Template(pieces, *random.pick(&Style::ALL))
}

impl Value {
    fn yaml(&self) -> Yaml {
        match self {
            Value::Yaml(yaml) => yaml.clone(),
            Value::Cel(cel) => cel.yaml(),
            Value::Template(pieces, style) => {
                let pieces = pieces.iter().map(|piece| match piece {
                    Piece::Text(text) => text.clone(),
                    Piece::Cel(node) => format!("${{{node}}}"),
                });
                let whole: String = pieces.collect();
                // In the folded form the end of a line is a space.
                let style = if whole.contains('\n') { Style::Double } else { *style };
                Yaml::Text(whole, style)
            }
        }
    }

    /// Values that are smaller.
    pub fn smaller(&self) -> Vec<Value> {
        match self {
            Value::Yaml(_) => Vec::new(),
            Value::Cel(cel) => {
                cel.node.smaller().into_iter().map(|node| Value::Cel(cel.with(node))).collect()
            }
            Value::Template(pieces, style) => {
                let mut all = Vec::new();
                for (index, piece) in pieces.iter().enumerate() {
                    let mut fewer = pieces.clone();
                    fewer.remove(index);
                    all.push(Value::Template(fewer, *style));
                    let Piece::Cel(node) = piece else { continue };
                    for node in node.smaller() {
                        let mut changed = pieces.clone();
                        changed[index] = Piece::Cel(node);
                        all.push(Value::Template(changed, *style));
                    }
                }
                all
            }
        }
    }
}

impl Condition {
    fn yaml(&self) -> Yaml {
        match self {
            Condition::Cel(cel) => cel.yaml(),
            Condition::Not(inner) => map([("not", inner.yaml())]),
            Condition::Several(word, parts) => {
                let parts = Yaml::List(parts.iter().map(Condition::yaml).collect());
                if word.is_empty() { parts } else { map([(*word, parts)]) }
            }
        }
    }

    /// Conditions that are smaller.
    pub fn smaller(&self) -> Vec<Condition> {
        match self {
            Condition::Cel(cel) => {
                cel.node.smaller().into_iter().map(|node| Condition::Cel(cel.with(node))).collect()
            }
            Condition::Not(inner) => {
                let mut all = vec![(**inner).clone()];
                all.extend(inner.smaller().into_iter().map(|c| Condition::Not(Box::new(c))));
                all
            }
            Condition::Several(word, parts) => {
                let mut all = parts.clone();
                for (index, part) in parts.iter().enumerate() {
                    if parts.len() > 1 {
                        let mut fewer = parts.clone();
                        fewer.remove(index);
                        all.push(Condition::Several(word, fewer));
                    }
                    for part in part.smaller() {
                        let mut changed = parts.clone();
                        changed[index] = part;
                        all.push(Condition::Several(word, changed));
                    }
                }
                all
            }
        }
    }
}

impl Rollout {
    /// Rollouts by something smaller.
    pub fn smaller(&self) -> Vec<Rollout> {
        let nodes = self.by.node.smaller().into_iter();
        nodes.map(|node| Rollout { by: self.by.with(node), ..self.clone() }).collect()
    }
}

impl Rule {
    fn yaml(&self) -> Yaml {
        let mut entries = vec![("id".to_owned(), text(self.id.clone()))];
        let mut push = |name: &str, value: Yaml| entries.push((name.to_owned(), value));
        if !self.enabled {
            push("enabled", plain(false));
        }
        if let Some(priority) = self.priority {
            push("priority", plain(priority));
        }
        if let Some(group) = self.group {
            push("group", text(group));
        }
        if let Some(schedule) = &self.schedule {
            push("schedule", schedule.clone());
        }
        if let Some(rollout) = &self.rollout {
            let mut fields = vec![
                ("percentage".to_owned(), plain(rollout.percentage)),
                ("by".to_owned(), rollout.by.yaml()),
            ];
            if let Some(seed) = rollout.seed {
                fields.push(("seed".to_owned(), text(seed)));
            }
            push("rollout", Yaml::Map(fields));
        }
        if let Some(condition) = &self.condition {
            push("condition", condition.yaml());
        }
        let outputs = self.outputs.iter().map(|(name, value)| (name.clone(), value.yaml()));
        push("output", Yaml::Map(outputs.collect()));
        Yaml::Map(entries)
    }
}
