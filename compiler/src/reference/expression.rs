//! The walk: one function that says what each node of the tree means, and the
//! state that it needs.
//!
//! In: an [`Expr`] and the [`World`] that it speaks of. Out: its value or fault.
//! Operands are evaluated from left to right, each once, and the first fault
//! ends the node unless the node says otherwise here. What nodes do with the
//! values of their operands is in the other rooms of this folder.

use super::arguments::{UNCHECKED, take};
use super::{builtins, limits, values};
use crate::check::checked::{Fact, Fence, Variable};
use crate::check::regex::Regex;
use crate::check::tree::{Expr, FactId, Kind, Local, VariableId};
use crate::check::value::Value;
use crate::check::zone::Zone;
use regex_automata::dfa::sparse;
use rulestone_format::code::{Builtin, Relation};
use rulestone_format::meaning::{Fault, Outcome};
use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

/// What expressions refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct World<'a> {
    /// By [`FactId`]; `None` where there is no request.
    pub(super) facts: Option<&'a [Option<Value>]>,
    /// As they are declared, with their defaults.
    pub(super) declared: &'a [Fact],
    pub(super) variables: &'a [Variable],
    pub(super) fences: &'a [Fence],
    pub(super) zones: &'a [Zone],
    pub(super) regexes: &'a [Regex],
}

/// An evaluation under way.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) world: World<'a>,
    /// Of the first so many variables.
    variables: Vec<Outcome<Value>>,
    /// Whether a variable is being worked out.
    in_variable: bool,
    /// The innermost is last.
    locals: Vec<(Local, Outcome<Value>)>,
    /// Those that were needed so far.
    pub(super) automata: HashMap<u32, sparse::DFA<&'a [u8]>>,
    depth: usize,
    /// How many are left.
    steps: usize,
    /// How many there are for each expression.
    budget: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(world: World<'a>, budget: usize) -> Self {
        Walk {
            world,
            variables: Vec::new(),
            in_variable: false,
            locals: Vec::new(),
            automata: HashMap::new(),
            depth: 0,
            steps: budget,
            budget,
        }
    }

    /// The value of a whole expression.
    pub(super) fn evaluate(&mut self, expr: &Expr) -> Outcome<Value> {
        self.steps = self.budget;
        self.value(expr)
    }

    /// Steps that the last whole expression didn't take.
    pub(super) fn steps_left(&self) -> usize {
        self.steps
    }

    /// The value of an expression or a part of it.
    pub(super) fn value(&mut self, expr: &Expr) -> Outcome<Value> {
        self.spend(1)?;
        if self.depth >= limits::DEPTH {
            return Err(Fault::TooLong);
        }
        self.depth += 1;
        let outcome = self.node(&expr.kind);
        self.depth -= 1;
        outcome
    }

    // Each arm is one call: this function is on the stack once a level, and a
    // debug build gives every temporary of every arm a place of its own. For the
    // same reason what evaluates operands has loops and not iterators.
    fn node(&mut self, kind: &Kind) -> Outcome<Value> {
        match kind {
            Kind::Literal(value) => Ok(value.clone()),
            Kind::Fact(fact) => self.fact(*fact),
            Kind::HasFact(fact) => self.has_fact(*fact),
            Kind::Variable(variable) => self.variable(*variable),
            Kind::Local(local) => self.local(*local),
            Kind::And(parts) => self.absorbing(parts, false),
            Kind::Or(parts) => self.absorbing(parts, true),
            Kind::Not(operand) => self.not(operand),
            Kind::Conditional { condition, then, otherwise } => {
                self.conditional(condition, then, otherwise)
            }
            Kind::Compare { relation, left, right } => self.compare(*relation, left, right),
            Kind::Equal(left, right) => self.equality(left, right),
            Kind::Arithmetic { operator, left, right } => self.arithmetic(*operator, left, right),
            Kind::Negate(operand) => self.negate(operand),
            Kind::List(items) => self.list_literal(items),
            Kind::Map(entries) => self.map_literal(entries),
            Kind::Index(list, index) => self.index(list, index),
            Kind::Lookup(map, key) => self.lookup(map, key),
            Kind::HasKey(map, key) => self.has_key(map, key),
            Kind::Contains(list, item) => self.contains(list, item),
            Kind::Size(whole) => self.size(whole),
            Kind::Macro(comprehension) => self.comprehension(comprehension),
            Kind::Bind { local, value, body } => self.bind(*local, value, body),
            Kind::Extreme { greatest, list } => self.extreme(*greatest, list),
            Kind::Superset(left, right) => self.superset(left, right),
            Kind::Intersects(left, right) => self.intersects(left, right),
            Kind::Join(list, separator) => self.join(list, separator),
            Kind::Split(text, separator, limit) => self.split(text, separator, limit),
            Kind::Matches { text, regex } => self.matches(text, *regex),
            Kind::Format { text, arguments } => self.format(text, arguments),
            Kind::FormatList { text, list } => self.format_list(text, list),
            Kind::Within { point, fence } => self.within(point, *fence),
            Kind::Civil { timestamp, getter, zone } => self.civil(timestamp, *getter, *zone),
            Kind::Bucket { by, seed } => self.bucket(by, seed),
            Kind::Call(builtin, arguments) => self.call(*builtin, arguments),
        }
    }
}

/// Names.
impl Walk<'_> {
    fn fact(&self, fact: FactId) -> Outcome<Value> {
        self.find_fact(fact)?.cloned().ok_or(Fault::Absent)
    }

    fn has_fact(&self, fact: FactId) -> Outcome<Value> {
        Ok(Value::Bool(self.find_fact(fact)?.is_some()))
    }

    /// What the request carries for a fact, else its default.
    pub(super) fn find_fact(&self, fact: FactId) -> Outcome<Option<&Value>> {
        let facts = self.world.facts.ok_or(UNCHECKED)?;
        let index = fact.0 as usize;
        let default = || self.world.declared.get(index)?.default.as_ref();
        Ok(facts.get(index).and_then(Option::as_ref).or_else(default))
    }

    fn variable(&mut self, variable: VariableId) -> Outcome<Value> {
        let index = variable.0 as usize;
        self.work_out_variables(index);
        self.variables.get(index).cloned().unwrap_or(Err(UNCHECKED))
    }

    /// Works out all variables up to this one, in their order, so that each finds
    /// those that it uses: variables never wait for each other, however long a
    /// chain they are. As values have no effects, it doesn't matter that some
    /// may not be needed. Each has a budget of its own and starts at the top of
    /// the tree, so that its value doesn't depend on who reads it first.
    fn work_out_variables(&mut self, last: usize) {
        if self.in_variable || last < self.variables.len() {
            return;
        }
        let locals = mem::take(&mut self.locals);
        let (depth, steps) = (self.depth, self.steps);
        self.in_variable = true;
        let variables = self.world.variables;
        for variable in variables.iter().take(last + 1).skip(self.variables.len()) {
            self.depth = 0;
            let outcome = self.evaluate(&variable.body);
            self.variables.push(outcome);
        }
        self.in_variable = false;
        self.locals = locals;
        (self.depth, self.steps) = (depth, steps);
    }

    fn local(&self, local: Local) -> Outcome<Value> {
        let innermost = self.locals.iter().rev().find(|(name, _)| *name == local);
        innermost.map_or(Err(UNCHECKED), |(_, outcome)| outcome.clone())
    }

    /// `cel.bind`: a fault of `value` arises where the local is read, if it is.
    fn bind(&mut self, local: Local, value: &Expr, body: &Expr) -> Outcome<Value> {
        let outcome = self.value(value);
        let outside = self.bind_local(local, outcome);
        let outcome = self.value(body);
        self.forget_locals(outside);
        outcome
    }

    /// Gives a local its value within what comes now. What it returns is for
    /// [`Walk::forget_locals`], after that.
    pub(super) fn bind_local(&mut self, local: Local, outcome: Outcome<Value>) -> usize {
        let outside = self.locals.len();
        self.locals.push((local, outcome));
        outside
    }

    /// Forgets all the locals that were bound since.
    pub(super) fn forget_locals(&mut self, outside: usize) {
        self.locals.truncate(outside);
    }
}

/// Logic.
impl Walk<'_> {
    /// `&&` and `||`: the absorber is false for one, true for the other.
    fn absorbing(&mut self, parts: &[Expr], absorber: bool) -> Outcome<Value> {
        let mut absorption = Absorption::new(absorber);
        for part in parts {
            if absorption.is_decided_by(self.bool(part)) {
                break;
            }
        }
        absorption.outcome()
    }

    fn not(&mut self, operand: &Expr) -> Outcome<Value> {
        Ok(Value::Bool(!self.bool(operand)?))
    }

    fn conditional(&mut self, condition: &Expr, then: &Expr, otherwise: &Expr) -> Outcome<Value> {
        if self.bool(condition)? { self.value(then) } else { self.value(otherwise) }
    }

    fn compare(&mut self, relation: Relation, left: &Expr, right: &Expr) -> Outcome<Value> {
        let (left, right) = (self.value(left)?, self.value(right)?);
        self.spend_text(&left)?;
        let order = values::order(&left, &right)?;
        Ok(Value::Bool(relation.holds(order)))
    }

    fn equality(&mut self, left: &Expr, right: &Expr) -> Outcome<Value> {
        let (left, right) = (self.value(left)?, self.value(right)?);
        self.equal(&left, &right).map(Value::Bool)
    }

    fn call(&mut self, builtin: Builtin, arguments: &[Expr]) -> Outcome<Value> {
        let arguments = self.values(arguments)?;
        for argument in &arguments {
            self.spend_text(argument)?;
        }
        let outcome = builtins::call(builtin, &arguments);
        self.made_text(outcome)
    }
}

/// How `&&`, `||`, `all` and `exists` come to a value: one absorber decides,
/// whatever stands beside it; else the first fault; else there was none, and no
/// absorber. What follows an absorber isn't evaluated.
#[derive(Debug)]
pub(super) struct Absorption {
    absorber: bool,
    is_decided: bool,
    first_fault: Option<Fault>,
}

impl Absorption {
    pub(super) fn new(absorber: bool) -> Self {
        Absorption { absorber, is_decided: false, first_fault: None }
    }

    /// Takes in one operand, and says whether the others no longer matter.
    pub(super) fn is_decided_by(&mut self, operand: Outcome<bool>) -> bool {
        match operand {
            Ok(value) => self.is_decided |= value == self.absorber,
            Err(fault) => self.first_fault = self.first_fault.or(Some(fault)),
        }
        self.is_decided
    }

    pub(super) fn outcome(self) -> Outcome<Value> {
        match self.first_fault {
            _ if self.is_decided => Ok(Value::Bool(self.absorber)),
            Some(fault) => Err(fault),
            None => Ok(Value::Bool(!self.absorber)),
        }
    }
}

/// Operands by their types.
impl Walk<'_> {
    pub(super) fn bool(&mut self, expr: &Expr) -> Outcome<bool> {
        take(&self.value(expr)?)
    }

    pub(super) fn int(&mut self, expr: &Expr) -> Outcome<i64> {
        take(&self.value(expr)?)
    }

    pub(super) fn text(&mut self, expr: &Expr) -> Outcome<Arc<str>> {
        match self.value(expr)? {
            Value::String(text) => Ok(text),
            _ => Err(UNCHECKED),
        }
    }

    pub(super) fn list(&mut self, expr: &Expr) -> Outcome<Arc<Vec<Value>>> {
        match self.value(expr)? {
            Value::List(items) => Ok(items),
            _ => Err(UNCHECKED),
        }
    }

    pub(super) fn map(&mut self, expr: &Expr) -> Outcome<Arc<Vec<(Value, Value)>>> {
        match self.value(expr)? {
            Value::Map(entries) => Ok(entries),
            _ => Err(UNCHECKED),
        }
    }

    pub(super) fn values(&mut self, exprs: &[Expr]) -> Outcome<Vec<Value>> {
        let mut values = Vec::with_capacity(exprs.len());
        for expr in exprs {
            values.push(self.value(expr)?);
        }
        Ok(values)
    }
}

/// Bounds.
impl Walk<'_> {
    /// Does what is one level further down in a tree or a value.
    pub(super) fn deeper<T>(&mut self, down: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        if self.depth >= limits::DEPTH {
            return Err(Fault::TooLong);
        }
        self.depth += 1;
        let outcome = down(self);
        self.depth -= 1;
        outcome
    }

    /// Takes steps from the budget. Once it is spent, it stays so: a fault that
    /// is absorbed doesn't buy more.
    pub(super) fn spend(&mut self, steps: usize) -> Outcome<()> {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => {
                self.steps = 0;
                Err(Fault::TooLong)
            }
        }
    }
}
