//! Macros: `has`, the comprehensions and `cel.bind`.

use super::expression::{Binding, Checker, qualified_name};
use super::names::Meaning;
use super::retype::retype;
use super::tree::{Expr, Form, Kind, Local, Macro};
use super::types::Type;
use super::value::Value;
use crate::cel::{self, ExprKind, Name, Range};
use crate::diagnostic::Code;
use std::sync::Arc;

/// The comprehensions by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comprehension {
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
    TransformList,
    TransformMap,
    TransformMapEntry,
}

impl Comprehension {
    /// The comprehension of this name that takes so many arguments.
    pub(super) fn named(name: &str, arguments: usize) -> Option<Comprehension> {
        Some(match (name, arguments) {
            ("all", 2 | 3) => Comprehension::All,
            ("exists", 2 | 3) => Comprehension::Exists,
            ("exists_one" | "existsOne", 2 | 3) => Comprehension::ExistsOne,
            ("map", 2 | 3) => Comprehension::Map,
            ("filter", 2) => Comprehension::Filter,
            ("transformList", 3 | 4) => Comprehension::TransformList,
            ("transformMap", 3 | 4) => Comprehension::TransformMap,
            ("transformMapEntry", 3 | 4) => Comprehension::TransformMapEntry,
            _ => return None,
        })
    }

    /// How many of the arguments are names.
    fn names(self, arguments: usize) -> usize {
        match self {
            Comprehension::Map | Comprehension::Filter => 1,
            Comprehension::All | Comprehension::Exists | Comprehension::ExistsOne => arguments - 1,
            _ => 2,
        }
    }
}

impl Checker<'_> {
    /// `has(fact)`, `has(map.key)`
    pub(super) fn has(&mut self, range: Range, arguments: &[cel::Expr]) -> Option<Expr> {
        let [argument] = arguments else {
            return self.report.fail(Code::MacroUse, range, "`has()` takes one argument");
        };
        let ExprKind::Select { operand, field } = &argument.kind else {
            if let Some(expr) = self.has_fact(range, argument) {
                return Some(expr);
            }
            return self.report.fail_help(
                Code::MacroUse,
                argument.range,
                "`has()` takes a fact, or a field such as `m.key`",
                "for a key that isn't a name, ask `\"key\" in m`",
            );
        };
        if let Some(expr) = self.has_fact(range, argument) {
            return Some(expr);
        }
        let operand = self.check(operand)?;
        match &operand.ty {
            Type::Map(key, _) if matches!(**key, Type::String | Type::Never) => {
                let key = Value::string(&field.text);
                let place = self.report.place(field.range);
                let key = super::tree::node(Kind::Literal(key), Type::String, place);
                let Type::Map(_, value) = operand.ty.clone() else { return None };
                let operand = retype(operand, &Type::map(Type::String, *value));
                Some(self.finish(range, Kind::HasKey(Box::new(operand), Box::new(key)), Type::Bool))
            }
            ty => {
                let message =
                    format!("`has()` asks for a fact or a map's key, this is a field of {ty}");
                self.report.fail(Code::MacroUse, argument.range, message)
            }
        }
    }

    fn has_fact(&mut self, range: Range, argument: &cel::Expr) -> Option<Expr> {
        let name = qualified_name(argument)?;
        let first = name.text.split('.').next().unwrap_or_default();
        if !name.absolute && self.is_bound(first) {
            return None;
        }
        match self.names.lookup(&name.text, name.absolute)? {
            Meaning::Fact(id) => {
                let kind = match self.names.fact(*id).has_default {
                    true => Kind::Literal(Value::Bool(true)),
                    false => Kind::HasFact(*id),
                };
                Some(self.finish(range, kind, Type::Bool))
            }
            _ => None,
        }
    }

    /// `cel.bind(name, value, body)`
    pub(super) fn bind(&mut self, range: Range, arguments: &[cel::Expr]) -> Option<Expr> {
        let [name, value, body] = arguments else {
            let message = "`cel.bind` takes a name, its value and an expression";
            return self.report.fail(Code::MacroUse, range, message);
        };
        let name = self.bound_name(name);
        let value = self.check(value);
        let (name, value) = (name?, value?);
        let constant = match &value.kind {
            Kind::Literal(constant) => Some(constant.clone()),
            _ => None,
        };
        let labels = self.labels(&value);
        let local = self.open(name, value.ty.clone(), labels, constant.clone());
        let body = self.check(body);
        self.scope.pop();
        let body = body?;
        if constant.is_some() {
            return Some(body);
        }
        let ty = body.ty.clone();
        let kind = Kind::Bind { local, value: Box::new(value), body: Box::new(body) };
        Some(self.finish(range, kind, ty))
    }

    pub(super) fn comprehension(
        &mut self,
        whole: Range,
        receiver: &cel::Expr,
        comprehension: Comprehension,
        arguments: &[cel::Expr],
    ) -> Option<Expr> {
        let names = comprehension.names(arguments.len());
        let (names, rest) = arguments.split_at(names.min(arguments.len()));
        let (range, bound) =
            (self.check(receiver), names.iter().map(|n| self.bound_name(n)).collect::<Vec<_>>());
        let (range, bound) = (range?, bound.into_iter().collect::<Option<Vec<_>>>()?);
        if let [first, second] = &bound[..]
            && first == second
        {
            let message = format!("`{first}` is bound twice");
            return self.report.fail(Code::MacroUse, names[1].range, message);
        }
        let types = match (&range.ty, bound.len()) {
            (Type::List(item), 1) => vec![(**item).clone()],
            (Type::List(item), _) => vec![Type::Int, (**item).clone()],
            (Type::Map(key, _), 1) => vec![(**key).clone()],
            (Type::Map(key, value), _) => vec![(**key).clone(), (**value).clone()],
            (Type::Never, count) => vec![Type::Never; count],
            (ty, _) => {
                let message = format!("a list or map is needed here, this is {ty}");
                return self.report.fail(Code::NoOverload, receiver.range, message);
            }
        };
        let item_labels = self.labels(&range);
        let last = bound.len() - 1;
        let over_map = matches!(range.ty, Type::Map(..));
        let locals: Vec<Local> = bound
            .into_iter()
            .zip(types)
            .enumerate()
            .map(|(n, (name, ty))| {
                // The keys of a map are no enums; its values and a list's items may be.
                let is_item = n == last && !(over_map && last == 0);
                let labels = if is_item { item_labels.clone() } else { None };
                self.open(name, ty, labels, None)
            })
            .collect();
        let form = self.form(whole, comprehension, rest);
        self.scope.truncate(self.scope.len() - locals.len());
        let (form, ty) = form?;
        let (first, second) = (locals[0], locals.get(1).copied());
        let kind = Kind::Macro(Box::new(Macro { form, range, first, second }));
        Some(self.finish(whole, kind, ty))
    }

    /// The body of a comprehension, its names being bound, and the whole's type.
    fn form(
        &mut self,
        whole: Range,
        comprehension: Comprehension,
        rest: &[cel::Expr],
    ) -> Option<(Form, Type)> {
        use Comprehension as C;
        if let (C::All | C::Exists | C::ExistsOne, [test]) = (comprehension, rest) {
            let test = self.check_as(test, &Type::Bool, "this macro")?;
            let form = match comprehension {
                C::All => Form::All(test),
                C::Exists => Form::Exists(test),
                _ => Form::ExistsOne(test),
            };
            return Some((form, Type::Bool));
        }
        if let (C::Filter, [filter]) = (comprehension, rest) {
            let filter = self.check_as(filter, &Type::Bool, "`filter`")?;
            // INVARIANT: `filter` has just bound its one name.
            let item = self.scope.last().cloned()?;
            let place = self.report.place(whole);
            let transform = super::tree::node(Kind::Local(item.local), item.ty.clone(), place);
            return Some((Form::List { filter: Some(filter), transform }, Type::list(item.ty)));
        }
        let (filter, body) = match rest {
            [body] => (None, body),
            [filter, body] => (Some(self.check_as(filter, &Type::Bool, "the filter")), body),
            _ => return self.report.fail(Code::MacroUse, whole, "wrong number of arguments"),
        };
        if comprehension == C::TransformMapEntry {
            return self.entries(filter.map_or(Some(None), |f| f.map(Some))?, body);
        }
        let transform = self.check(body);
        let filter = match filter {
            Some(filter) => Some(filter?),
            None => None,
        };
        let transform = transform?;
        let ty = transform.ty.clone();
        match comprehension {
            C::TransformMap => {
                // INVARIANT: the two names have just been bound.
                let key = self.scope[self.scope.len() - 2].ty.clone();
                Some((Form::Map { filter, transform }, Type::map(key, ty)))
            }
            _ => Some((Form::List { filter, transform }, Type::list(ty))),
        }
    }

    fn entries(&mut self, filter: Option<Expr>, body: &cel::Expr) -> Option<(Form, Type)> {
        let written = match &body.kind {
            ExprKind::Map(written) if written.len() == 1 => written,
            _ => {
                return self.report.fail_help(
                    Code::MacroUse,
                    body.range,
                    "`transformMapEntry` wants one entry, written out",
                    "write a map literal of one entry, as in `{key: value}`",
                );
            }
        };
        let map = self.map_unfolded(body.range, written)?;
        let Kind::Map(entries) = map.kind else { return None };
        Some((Form::Entries { filter, entries }, map.ty))
    }

    fn bound_name(&mut self, expr: &cel::Expr) -> Option<String> {
        match &expr.kind {
            ExprKind::Identifier { name: Name { text, .. }, absolute: false } => Some(text.clone()),
            _ => self.report.fail_help(
                Code::MacroUse,
                expr.range,
                "a name is needed here, for the macro to bind",
                "as in `list.all(item, item > 0)`",
            ),
        }
    }

    fn open(
        &mut self,
        name: String,
        ty: Type,
        labels: Option<Arc<[String]>>,
        constant: Option<Value>,
    ) -> Local {
        let local = Local(self.scope.len() as u32);
        self.scope.push(Binding { name, local, ty, labels, constant });
        local
    }
}
