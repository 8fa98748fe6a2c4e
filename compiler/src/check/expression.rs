//! The type checker: CEL trees become checked trees.
//!
//! In: a `cel` tree and the [`Names`] that it may use. Out: an [`Expr`] with
//! every name resolved, every macro expanded, every type known and whatever is
//! constant folded; or findings. A part that is wrong doesn't keep its siblings
//! from being checked, so that one run tells all.

use super::fold;
use super::names::{Meaning, Names};
use super::pools::Pools;
use super::retype::retype;
use super::tree::{Expr, Kind, Local, Place, node};
use super::types::Type;
use super::value::Value;
use crate::cel::{self, ExprKind, Literal, Range, UnaryOperator};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Sources;
use crate::source::text::Text;
use rulestone_format::verify::MAX_TYPE_DEPTH;
use std::sync::Arc;

/// Checks the expressions of one CEL text.
#[derive(Debug)]
pub struct Checker<'c> {
    pub(super) names: &'c Names,
    pub(super) pools: &'c mut Pools,
    pub(super) report: Report<'c>,
    /// What macros have bound, innermost last.
    pub(super) scope: Vec<Binding>,
}

/// Where findings go, and what they are about.
#[derive(Debug)]
pub struct Report<'c> {
    pub diagnostics: &'c mut Diagnostics,
    pub sources: &'c Sources,
    /// The text that is being checked, and its number among all texts.
    pub text: &'c Text,
    pub number: u32,
    /// Where the expression begins within the text: templates hold several.
    pub offset: u32,
}

/// A name that a macro has bound.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    pub name: String,
    pub local: Local,
    pub ty: Type,
    /// Of an item of a fact whose items are enums.
    pub labels: Option<Arc<[String]>>,
    /// Of a `cel.bind` of a constant.
    pub constant: Option<Value>,
}

impl Report<'_> {
    pub fn place(&self, range: Range) -> Place {
        let range = Range::new(range.start + self.offset, range.end + self.offset);
        Place { text: self.number, range }
    }

    /// A finding at a range of the expression.
    pub fn finding(&self, code: Code, range: Range, message: impl Into<String>) -> Diagnostic {
        let Range { start, end } = self.place(range).range;
        Diagnostic::new(code, message).at(self.text.locate(self.sources, start, end), "")
    }

    /// Reports a finding, and gives the `None` that stands for a part that is wrong.
    pub fn fail<T>(&mut self, code: Code, range: Range, message: impl Into<String>) -> Option<T> {
        let finding = self.finding(code, range, message);
        self.diagnostics.push(finding);
        None
    }

    /// The same, with what to do about it.
    pub fn fail_help<T>(
        &mut self,
        code: Code,
        range: Range,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Option<T> {
        let finding = self.finding(code, range, message).help(help);
        self.diagnostics.push(finding);
        None
    }
}

impl<'c> Checker<'c> {
    /// A checker in whose scope no macro has bound anything yet.
    pub fn new(names: &'c Names, pools: &'c mut Pools, report: Report<'c>) -> Checker<'c> {
        Checker { names, pools, report, scope: Vec::new() }
    }
}

impl Checker<'_> {
    /// Checks one expression.
    pub fn check(&mut self, expr: &cel::Expr) -> Option<Expr> {
        let checked = self.check_kind(expr)?;
        if checked.ty.depth() <= usize::from(MAX_TYPE_DEPTH) {
            return Some(checked);
        }
        self.report.fail_help(
            Code::TypeTooDeep,
            expr.range,
            "lists and maps are nested too deeply here",
            format!("values nest at most {MAX_TYPE_DEPTH} levels deep"),
        )
    }

    fn check_kind(&mut self, expr: &cel::Expr) -> Option<Expr> {
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal, expr.range),
            ExprKind::Identifier { .. } | ExprKind::Select { .. } => self.path(expr),
            ExprKind::Call { receiver, function, arguments, absolute } => {
                self.call(expr.range, receiver.as_deref(), function, arguments, *absolute)
            }
            ExprKind::Unary { operator: UnaryOperator::Not, operand } => {
                let operand = self.check_as(operand, &Type::Bool, "`!`")?;
                Some(self.finish(expr.range, Kind::Not(Box::new(operand)), Type::Bool))
            }
            ExprKind::Unary { operator: UnaryOperator::Negate, operand } => {
                self.negate(expr.range, operand)
            }
            ExprKind::Binary { operator, left, right, .. } => {
                self.binary(expr.range, *operator, left, right)
            }
            ExprKind::And(terms) => {
                let terms = self.terms(terms, "`&&`")?;
                Some(self.finish(expr.range, Kind::And(terms), Type::Bool))
            }
            ExprKind::Or(terms) => {
                let terms = self.terms(terms, "`||`")?;
                Some(self.finish(expr.range, Kind::Or(terms), Type::Bool))
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                self.conditional(expr.range, condition, then, otherwise)
            }
            ExprKind::Index { operand, index } => self.index(expr.range, operand, index),
            ExprKind::List(items) => self.list(expr.range, items),
            ExprKind::Map(entries) => self.map(expr.range, entries),
            ExprKind::Message { type_name, .. } => self.report.fail_help(
                Code::OutsideLanguage,
                expr.range,
                format!(
                    "`{}{{…}}` makes a protobuf message, which is outside the language",
                    type_name.text
                ),
                "name the facts and values directly",
            ),
        }
    }

    /// Checks an expression that must be of a type; `what` says who wants it.
    pub(super) fn check_as(&mut self, expr: &cel::Expr, ty: &Type, what: &str) -> Option<Expr> {
        let checked = self.check(expr)?;
        if checked.ty == *ty || checked.ty == Type::Never {
            return Some(checked);
        }
        let found = &checked.ty;
        self.report.fail(
            Code::TypeMismatch,
            expr.range,
            format!("{what} wants {ty}, this is {found}"),
        )
    }

    /// Checks all, and only then gives up on those that are wrong.
    pub(super) fn check_all(&mut self, exprs: &[cel::Expr]) -> Option<Vec<Expr>> {
        let checked: Vec<_> = exprs.iter().map(|expr| self.check(expr)).collect();
        checked.into_iter().collect()
    }

    /// Makes a node and folds it if it is constant.
    pub(super) fn finish(&mut self, range: Range, kind: Kind, ty: Type) -> Expr {
        let expr = node(kind, ty, self.report.place(range));
        fold::fold(expr, self.pools)
    }

    fn terms(&mut self, terms: &[cel::Expr], what: &str) -> Option<Vec<Expr>> {
        let checked: Vec<_> =
            terms.iter().map(|term| self.check_as(term, &Type::Bool, what)).collect();
        checked.into_iter().collect()
    }

    fn literal(&mut self, literal: &Literal, range: Range) -> Option<Expr> {
        let value = match literal {
            Literal::Null => {
                return self.report.fail_help(
                    Code::OutsideLanguage,
                    range,
                    "`null` is outside the language",
                    "ask whether an optional fact is there by `has(fact)`",
                );
            }
            Literal::Bool(value) => Value::Bool(*value),
            Literal::Int(value) => Value::Int(*value),
            Literal::Uint(value) => Value::Uint(*value),
            Literal::Double(value) => Value::Double(*value),
            Literal::String(value) => Value::string(value),
            Literal::Bytes(value) => Value::Bytes(Arc::from(value.as_slice())),
        };
        let ty = value.ty();
        Some(self.finish(range, Kind::Literal(value), ty))
    }

    /// A name, or a field of something.
    fn path(&mut self, expr: &cel::Expr) -> Option<Expr> {
        let qualified = qualified_name(expr);
        if let Some(name) = &qualified {
            if let Some(binding) = self.local(name) {
                let (kind, ty) = match binding.constant {
                    Some(value) => (Kind::Literal(value), binding.ty),
                    None => (Kind::Local(binding.local), binding.ty),
                };
                return Some(self.finish(expr.range, kind, ty));
            }
            let shadowed = !name.absolute && self.is_bound(name.first());
            if !shadowed && let Some(meaning) = self.names.lookup(&name.text, name.absolute) {
                let meaning = meaning.clone();
                return self.meaning(expr.range, &name.text, meaning);
            }
        }
        let ExprKind::Select { operand, field } = &expr.kind else {
            return self.unknown(expr.range, &qualified?);
        };
        if let Some(name) = qualified {
            let shadowed = !name.absolute && self.is_bound(name.first());
            if !shadowed && !self.has_declared_prefix(&name) {
                return self.unknown(expr.range, &name);
            }
        }
        let operand = self.check(operand)?;
        self.select(expr.range, operand, field)
    }

    fn meaning(&mut self, range: Range, name: &str, meaning: Meaning) -> Option<Expr> {
        let (kind, ty) = match meaning {
            Meaning::Fact(id) => (Kind::Fact(id), self.names.fact(id).ty.clone()),
            Meaning::Constant(value, ty) => (Kind::Literal(value), ty),
            Meaning::Variable(id) => {
                (Kind::Variable(id), self.names.variable_types[id.0 as usize].clone())
            }
            Meaning::Broken => return None,
            Meaning::Fence(_) => {
                return self.report.fail_help(
                    Code::NotAValue,
                    range,
                    format!("`{name}` is a fence, not a value"),
                    format!("ask for it by `geo.within(point, {name})`"),
                );
            }
        };
        Some(self.finish(range, kind, ty))
    }

    /// A field of a map or a point.
    fn select(&mut self, range: Range, operand: Expr, field: &cel::Name) -> Option<Expr> {
        use rulestone_format::code::Builtin;
        match &operand.ty {
            Type::Map(key, value) if matches!(**key, Type::String | Type::Never) => {
                let ty = (**value).clone();
                let key = Value::string(&field.text);
                let key = node(Kind::Literal(key), Type::String, self.report.place(field.range));
                let operand = retype(operand, &Type::map(Type::String, ty.clone()));
                Some(self.finish(range, Kind::Lookup(Box::new(operand), Box::new(key)), ty))
            }
            Type::Never => Some(operand),
            Type::Point => {
                let builtin = match field.text.as_str() {
                    "lat" => Builtin::Latitude,
                    "lon" => Builtin::Longitude,
                    other => {
                        let message = format!("a point has no `{other}`");
                        let help = "a point has `.lat` and `.lon`";
                        return self.report.fail_help(
                            Code::UnknownName,
                            field.range,
                            message,
                            help,
                        );
                    }
                };
                Some(self.finish(range, Kind::Call(builtin, vec![operand]), Type::Double))
            }
            ty => {
                let message = format!("{ty} has no field `{}`", field.text);
                self.report.fail(Code::TypeMismatch, field.range, message)
            }
        }
    }

    fn unknown(&mut self, range: Range, name: &QualifiedName) -> Option<Expr> {
        let text = &name.text;
        let unread = &self.names.unread;
        if unread.covers(text) || unread.covers(&format!("facts.{text}")) {
            return None;
        }
        if is_type_name(text) {
            return self.report.fail_help(
                Code::OutsideLanguage,
                range,
                format!("`{text}` is a type: types as values are outside the language"),
                "every expression's type is known when it is compiled; there is nothing to ask",
            );
        }
        if self.names.is_group(text) {
            return self.report.fail_help(
                Code::NotAValue,
                range,
                format!("`{text}` is a group of names, not a value"),
                format!("name one of its members, as in `{text}.NAME`"),
            );
        }
        let message = format!("unknown name `{text}`");
        match self.names.nearest(text) {
            Some(near) => {
                let help = format!("did you mean `{near}`?");
                self.report.fail_help(Code::UnknownName, range, message, help)
            }
            None => self.report.fail_help(
                Code::UnknownName,
                range,
                message,
                "facts are named by their path, others as `constants.x`, `variables.x`",
            ),
        }
    }

    fn has_declared_prefix(&self, name: &QualifiedName) -> bool {
        let mut text = name.text.as_str();
        while let Some((prefix, _)) = text.rsplit_once('.') {
            if self.names.lookup(prefix, name.absolute).is_some() {
                return true;
            }
            text = prefix;
        }
        false
    }

    /// The local of this name, if it is a single word that a macro has bound.
    fn local(&self, name: &QualifiedName) -> Option<Binding> {
        if name.absolute || name.text.contains('.') {
            return None;
        }
        self.scope.iter().rev().find(|binding| binding.name == name.text).cloned()
    }

    pub(super) fn is_bound(&self, name: &str) -> bool {
        self.scope.iter().any(|binding| binding.name == name)
    }

    /// The labels of the enum that an expression's value is one of.
    pub(super) fn labels(&self, expr: &Expr) -> Option<Arc<[String]>> {
        match &expr.kind {
            Kind::Fact(id) => self.names.fact(*id).labels.clone(),
            Kind::Index(of, _) | Kind::Lookup(of, _) => self.labels(of),
            Kind::Local(local) => {
                self.scope.iter().rev().find(|b| b.local == *local)?.labels.clone()
            }
            _ => None,
        }
    }
}

/// A name with its qualifiers, such as `player.level`.
pub(super) struct QualifiedName {
    pub text: String,
    pub absolute: bool,
}

impl QualifiedName {
    fn first(&self) -> &str {
        self.text.split('.').next().unwrap_or_default()
    }
}

/// Reads `a.b.c` as one name; `None` where anything but names is in it.
pub(super) fn qualified_name(expr: &cel::Expr) -> Option<QualifiedName> {
    match &expr.kind {
        ExprKind::Identifier { name, absolute } => {
            Some(QualifiedName { text: name.text.clone(), absolute: *absolute })
        }
        ExprKind::Select { operand, field } => {
            let mut name = qualified_name(operand)?;
            name.text.push('.');
            name.text.push_str(&field.text);
            Some(name)
        }
        _ => None,
    }
}

fn is_type_name(name: &str) -> bool {
    matches!(
        name,
        "bool"
            | "int"
            | "uint"
            | "double"
            | "string"
            | "bytes"
            | "list"
            | "map"
            | "type"
            | "null_type"
            | "dyn"
            | "optional_type"
    ) || name.starts_with("google.protobuf.")
}
