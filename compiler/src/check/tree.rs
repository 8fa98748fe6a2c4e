//! The checked tree: what conditions and outputs mean, every name resolved and
//! every type known.
//!
//! In: `cel` trees and the ruleset's names (`expression`). Out: [`Expr`], for
//! the reference evaluator and for `lower`.

use super::types::Type;
use super::value::Value;
use crate::cel::Range;
use rulestone_format::code::{Builtin, Getter, Relation};

/// A checked expression.
#[derive(Debug, Clone)]
pub struct Expr {
    pub kind: Kind,
    pub ty: Type,
    pub place: Place,
}

/// A checked part and its place, before it is folded.
pub(super) fn node(kind: Kind, ty: Type, place: Place) -> Expr {
    Expr { kind, ty, place }
}

/// Where an expression stands: a text of the checked ruleset
/// ([`super::checked::Ruleset::texts`]) and a range of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    pub text: u32,
    pub range: Range,
}

/// A fact, by its place in the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactId(pub u32);

/// A variable, by its place in the order in which variables depend on each
/// other: it uses earlier ones only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableId(pub u32);

/// A fence, by its place in the ruleset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FenceId(pub u32);

/// A name that a macro binds. Numbers are given from 0 by depth: a sibling may
/// use the number again, an expression within never does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Local(pub u32);

#[derive(Debug, Clone)]
pub enum Kind {
    Literal(Value),
    /// Fails where the fact is absent.
    Fact(FactId),
    /// Whether a fact is there: `has()` of a fact.
    HasFact(FactId),
    Variable(VariableId),
    Local(Local),

    /// True where all are; false absorbs faults on either side.
    And(Vec<Expr>),
    /// True where one is; true absorbs faults on either side.
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Conditional {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },

    /// Both of one ordered type, or two numbers. Bool, text and bytes too.
    Compare {
        relation: Relation,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Equal(Box<Expr>, Box<Expr>),
    Arithmetic {
        operator: Arithmetic,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// Int or double.
    Negate(Box<Expr>),

    List(Vec<Expr>),
    /// Fails where a key stands there twice.
    Map(Vec<(Expr, Expr)>),
    /// An item of a list by int.
    Index(Box<Expr>, Box<Expr>),
    /// A value of a map by key.
    Lookup(Box<Expr>, Box<Expr>),
    /// Whether a map has a key: `key in map`, `has(map.key)`. Map first.
    HasKey(Box<Expr>, Box<Expr>),
    /// Whether a list has an item. List first.
    Contains(Box<Expr>, Box<Expr>),
    /// Of a list or map.
    Size(Box<Expr>),
    Macro(Box<Macro>),
    /// `cel.bind`: a fault of `value` arises where the local is read.
    Bind {
        local: Local,
        value: Box<Expr>,
        body: Box<Expr>,
    },

    /// The greatest or least item of a list of numbers of one type.
    Extreme {
        greatest: bool,
        list: Box<Expr>,
    },
    /// `sets.contains(left, right)`: every item of right is in left.
    Superset(Box<Expr>, Box<Expr>),
    Intersects(Box<Expr>, Box<Expr>),
    /// `list.join(separator)`
    Join(Box<Expr>, Box<Expr>),
    /// `text.split(separator, limit)`; without a limit it is the literal -1.
    Split(Box<Expr>, Box<Expr>, Box<Expr>),
    /// The pattern compiled; index into the checked ruleset's regexes.
    Matches {
        text: Box<Expr>,
        regex: u32,
    },
    /// `text.format([arguments])`
    Format {
        text: Box<Expr>,
        arguments: Vec<Expr>,
    },
    /// `text.format(list)`, of a list that isn't written out.
    FormatList {
        text: Box<Expr>,
        list: Box<Expr>,
    },

    Within {
        point: Box<Expr>,
        fence: FenceId,
    },
    /// A getter of a timestamp, at an offset in seconds or in a zone.
    Civil {
        timestamp: Box<Expr>,
        getter: Getter,
        zone: ZoneRef,
    },
    /// `by` is a string or int.
    Bucket {
        by: Box<Expr>,
        seed: Box<Expr>,
    },
    Call(Builtin, Vec<Expr>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ZoneRef {
    /// Seconds east of UTC.
    Fixed(i32),
    /// Index into the checked ruleset's zones.
    Named(u32),
}

/// Binary operators that give a number, a time, text or a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    AddInt,
    SubtractInt,
    MultiplyInt,
    DivideInt,
    RemainderInt,
    AddUint,
    SubtractUint,
    MultiplyUint,
    DivideUint,
    RemainderUint,
    AddDouble,
    SubtractDouble,
    MultiplyDouble,
    DivideDouble,
    /// timestamp + duration; the checker puts the timestamp left
    AddTimestamp,
    SubtractTimestamp,
    /// timestamp - timestamp
    Elapsed,
    AddDuration,
    SubtractDuration,
    /// strings, bytes
    Join2,
    /// lists
    Concatenate,
}

/// A comprehension over the items of a list or the entries of a map.
#[derive(Debug, Clone)]
pub struct Macro {
    pub form: Form,
    /// A list or a map.
    pub range: Expr,
    /// Of a list with one name: the item. Of a map with one name: the key. With
    /// two names: the index and the item, or the key and the value.
    pub first: Local,
    pub second: Option<Local>,
}

#[derive(Debug, Clone)]
pub enum Form {
    /// False absorbs faults of other items.
    All(Expr),
    /// True absorbs faults of other items.
    Exists(Expr),
    /// Any fault is a fault.
    ExistsOne(Expr),
    /// The items for which `filter` holds, each through `transform`.
    List { filter: Option<Expr>, transform: Expr },
    /// The entries for which `filter` holds, each value through `transform`.
    /// Over a list the key is the index.
    Map { filter: Option<Expr>, transform: Expr },
    /// The entries that each turn gives, all in one map; a key that comes twice
    /// is a fault.
    Entries { filter: Option<Expr>, entries: Vec<(Expr, Expr)> },
}

impl Expr {
    /// Calls `visit` with each direct part, in order of evaluation.
    pub fn for_each_part<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        match &self.kind {
            Kind::Literal(_)
            | Kind::Fact(_)
            | Kind::HasFact(_)
            | Kind::Variable(_)
            | Kind::Local(_) => {}
            Kind::And(parts) | Kind::Or(parts) | Kind::List(parts) | Kind::Call(_, parts) => {
                parts.iter().for_each(visit);
            }
            Kind::Not(a)
            | Kind::Negate(a)
            | Kind::Size(a)
            | Kind::Extreme { list: a, .. }
            | Kind::Matches { text: a, .. }
            | Kind::Within { point: a, .. }
            | Kind::Civil { timestamp: a, .. } => visit(a),
            Kind::Compare { left: a, right: b, .. }
            | Kind::Equal(a, b)
            | Kind::Arithmetic { left: a, right: b, .. }
            | Kind::Index(a, b)
            | Kind::Lookup(a, b)
            | Kind::HasKey(a, b)
            | Kind::Contains(a, b)
            | Kind::Superset(a, b)
            | Kind::Intersects(a, b)
            | Kind::Join(a, b)
            | Kind::Bind { value: a, body: b, .. }
            | Kind::FormatList { text: a, list: b }
            | Kind::Bucket { by: a, seed: b } => {
                visit(a);
                visit(b);
            }
            Kind::Conditional { condition: a, then: b, otherwise: c } | Kind::Split(a, b, c) => {
                visit(a);
                visit(b);
                visit(c);
            }
            Kind::Map(entries) => {
                for (key, value) in entries {
                    visit(key);
                    visit(value);
                }
            }
            Kind::Format { text, arguments } => {
                visit(text);
                arguments.iter().for_each(visit);
            }
            Kind::Macro(mac) => {
                visit(&mac.range);
                mac.form.for_each_part(visit);
            }
        }
    }
}

impl Form {
    /// Calls `visit` with each expression that runs once an item.
    pub fn for_each_part<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        match self {
            Form::All(test) | Form::Exists(test) | Form::ExistsOne(test) => visit(test),
            Form::List { filter, transform } | Form::Map { filter, transform } => {
                filter.iter().for_each(&mut *visit);
                visit(transform);
            }
            Form::Entries { filter, entries } => {
                filter.iter().for_each(&mut *visit);
                for (key, value) in entries {
                    visit(key);
                    visit(value);
                }
            }
        }
    }
}
