//! How large values can be: items of lists and maps, bytes of text. Loops are
//! bounded by it, and so is what a decision costs.
//!
//! In: expressions, and the declared bounds of facts. Out: [`Extent`]s, never
//! too small but for what is cut off at [`MOST`].

use crate::check::checked;
use crate::check::tree::{Arithmetic, Expr, Form, Kind, Local, Macro};
use crate::check::types::Type;
use crate::check::value::Value;
use crate::source::model::FactType;
use rulestone_format::code::Builtin;
use std::collections::HashMap;

/// No list that a rule makes is longer than this; one that would be is a fault.
pub(super) const MOST: u32 = 1 << 16;

/// How large a value can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extent {
    /// Items, entries or bytes.
    size: u32,
    /// Of the items of a list or the values of a map.
    inner: Option<Box<Extent>>,
    /// Bytes of the longest key.
    key: u32,
}

impl Extent {
    const SCALAR: Extent = Extent { size: 0, inner: None, key: 0 };

    fn text(size: u32) -> Extent {
        Extent { size: size.min(MOST), ..Extent::SCALAR }
    }

    fn list(size: u32, inner: Extent) -> Extent {
        Extent { size: size.min(MOST), inner: Some(Box::new(inner)), key: 0 }
    }

    fn map(size: u32, key: u32, inner: Extent) -> Extent {
        Extent { key: key.min(MOST), ..Extent::list(size, inner) }
    }

    /// The most that a value of a type can be.
    fn most(ty: &Type) -> Extent {
        match ty {
            Type::String | Type::Bytes => Extent::text(MOST),
            Type::List(element) => Extent::list(MOST, Extent::most(element)),
            Type::Map(_, value) => Extent::map(MOST, MOST, Extent::most(value)),
            _ => Extent::SCALAR,
        }
    }

    /// Items at most, at least one.
    pub(super) fn items(&self) -> u32 {
        self.size.max(1)
    }

    fn inner(&self) -> Extent {
        self.inner.as_deref().cloned().unwrap_or(Extent::SCALAR)
    }

    fn or(self, other: Extent) -> Extent {
        let inner = match (self.inner, other.inner) {
            (Some(a), Some(b)) => Some(Box::new(a.or(*b))),
            (a, b) => a.or(b),
        };
        Extent { size: self.size.max(other.size), inner, key: self.key.max(other.key) }
    }
}

/// What bounds the values that expressions start from.
#[derive(Debug)]
pub(super) struct Bounds<'r> {
    /// For the declared bounds of facts.
    ruleset: &'r checked::Ruleset,
    /// How large the value of each variable can be, as far as that is known.
    variables: Vec<Extent>,
}

impl<'r> Bounds<'r> {
    pub(super) fn of(ruleset: &'r checked::Ruleset) -> Bounds<'r> {
        Bounds { ruleset, variables: Vec::new() }
    }

    /// Learns how large the next variable can be, by its body.
    pub(super) fn learn_variable(&mut self, body: &Expr) {
        let extent = Extents::default().of(body, self);
        self.variables.push(extent);
    }
}

/// Extents of what macros have bound.
#[derive(Debug, Default)]
pub(super) struct Extents {
    locals: HashMap<Local, Extent>,
}

impl Extents {
    pub(super) fn bind(&mut self, local: Local, extent: Extent) {
        self.locals.insert(local, extent);
    }

    /// Binds the names of a macro over a range of this extent.
    pub(super) fn bind_items(&mut self, mac: &Macro, range: Extent) {
        let key = Extent::text(range.key);
        let (first, second) = match (&mac.range.ty, mac.second) {
            (Type::Map(..), _) => (key, range.inner()),
            (_, Some(_)) => (Extent::SCALAR, range.inner()),
            (_, None) => (range.inner(), Extent::SCALAR),
        };
        self.bind(mac.first, first);
        if let Some(local) = mac.second {
            self.bind(local, second);
        }
    }

    /// How large the value of an expression can be.
    pub(super) fn of(&mut self, expr: &Expr, bounds: &Bounds<'_>) -> Extent {
        if !matches!(expr.ty, Type::String | Type::Bytes | Type::List(_) | Type::Map(..)) {
            return Extent::SCALAR;
        }
        match &expr.kind {
            Kind::Literal(value) => of_value(value),
            Kind::Fact(fact) => of_fact(&bounds.ruleset.facts[fact.0 as usize].fact_type),
            Kind::Variable(variable) => bounds
                .variables
                .get(variable.0 as usize)
                .cloned()
                .unwrap_or_else(|| Extent::most(&expr.ty)),
            Kind::Local(local) => {
                self.locals.get(local).cloned().unwrap_or_else(|| Extent::most(&expr.ty))
            }
            Kind::Conditional { then, otherwise, .. } => {
                self.of(then, bounds).or(self.of(otherwise, bounds))
            }
            Kind::List(items) => {
                let inner = self.greatest(items.iter(), bounds);
                Extent::list(items.len() as u32, inner)
            }
            Kind::Map(entries) => {
                let key = self.greatest(entries.iter().map(|(key, _)| key), bounds).size;
                let inner = self.greatest(entries.iter().map(|(_, value)| value), bounds);
                Extent::map(entries.len() as u32, key, inner)
            }
            Kind::Arithmetic {
                operator: Arithmetic::Join2 | Arithmetic::Concatenate,
                left,
                right,
            } => {
                let (a, b) = (self.of(left, bounds), self.of(right, bounds));
                let size = a.size.saturating_add(b.size).min(MOST);
                Extent { size, ..a.or(b) }
            }
            Kind::Index(of, _) | Kind::Lookup(of, _) => self.of(of, bounds).inner(),
            Kind::Bind { local, value, body } => {
                let value = self.of(value, bounds);
                self.bind(*local, value);
                self.of(body, bounds)
            }
            Kind::Macro(mac) => self.of_macro(mac, &expr.ty, bounds),
            Kind::Split(text, _, limit) => {
                let text = self.of(text, bounds);
                let parts = text.size.saturating_add(1);
                let parts = match limit.kind {
                    Kind::Literal(Value::Int(limit)) if limit >= 0 => {
                        parts.min(u32::try_from(limit).unwrap_or(u32::MAX))
                    }
                    _ => parts,
                };
                Extent::list(parts, text)
            }
            Kind::Call(builtin, arguments) => match builtin {
                Builtin::BytesFromString
                | Builtin::StringFromBytes
                | Builtin::LowerAscii
                | Builtin::UpperAscii
                | Builtin::SubstringFrom
                | Builtin::Substring
                | Builtin::Trim
                | Builtin::Reverse => self.greatest(arguments.iter(), bounds),
                Builtin::CharAt => Extent::text(4),
                Builtin::StringFromBool
                | Builtin::StringFromInt
                | Builtin::StringFromUint
                | Builtin::StringFromDouble
                | Builtin::StringFromTimestamp
                | Builtin::StringFromDuration => Extent::text(40),
                _ => Extent::most(&expr.ty),
            },
            _ => Extent::most(&expr.ty),
        }
    }

    fn of_macro(&mut self, mac: &Macro, ty: &Type, bounds: &Bounds<'_>) -> Extent {
        let range = self.of(&mac.range, bounds);
        self.bind_items(mac, range.clone());
        match &mac.form {
            Form::List { transform, .. } => Extent::list(range.size, self.of(transform, bounds)),
            Form::Map { transform, .. } => {
                Extent::map(range.size, range.key, self.of(transform, bounds))
            }
            Form::Entries { entries, .. } => {
                let key = self.greatest(entries.iter().map(|(key, _)| key), bounds).size;
                let inner = self.greatest(entries.iter().map(|(_, value)| value), bounds);
                Extent::map(range.size, key, inner)
            }
            Form::All(_) | Form::Exists(_) | Form::ExistsOne(_) => Extent::most(ty),
        }
    }

    fn greatest<'e>(
        &mut self,
        exprs: impl Iterator<Item = &'e Expr>,
        bounds: &Bounds<'_>,
    ) -> Extent {
        exprs.fold(Extent::SCALAR, |extent, expr| extent.or(self.of(expr, bounds)))
    }
}

fn of_value(value: &Value) -> Extent {
    let all = |values: &mut dyn Iterator<Item = &Value>| {
        values.fold(Extent::SCALAR, |extent, value| extent.or(of_value(value)))
    };
    match value {
        Value::String(text) => Extent::text(text.len() as u32),
        Value::Bytes(bytes) => Extent::text(bytes.len() as u32),
        Value::List(items) => Extent::list(items.len() as u32, all(&mut items.iter())),
        Value::Map(entries) => {
            let key = all(&mut entries.iter().map(|(key, _)| key)).size;
            Extent::map(entries.len() as u32, key, all(&mut entries.iter().map(|(_, v)| v)))
        }
        _ => Extent::SCALAR,
    }
}

fn of_fact(fact_type: &FactType) -> Extent {
    match fact_type {
        FactType::String { max_length } | FactType::Bytes { max_length } => {
            Extent::text(*max_length)
        }
        FactType::Enum(labels) => {
            Extent::text(labels.iter().map(|label| label.len() as u32).max().unwrap_or(0))
        }
        FactType::List { element, max_items } => Extent::list(*max_items, of_fact(element)),
        FactType::Map { value, max_items } => {
            Extent::map(*max_items, rulestone_format::schema::MAX_KEY, of_fact(value))
        }
        _ => Extent::SCALAR,
    }
}
