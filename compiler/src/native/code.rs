//! Pieces of Rust: text, how tightly it binds, and whether it may fail.
//!
//! In: literals and parts. Out: [`Code`] that can be put together without
//! superfluous parentheses, which rustc would warn of.

use crate::check::value::Value;
use rulestone_format::code::Relation;

/// How tightly an expression binds, loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// `if`, and `as`, which before `<` would begin generics.
    Loose,
    Or,
    And,
    Compare,
    Sum,
    Product,
    Unary,
    /// What can stand before a dot.
    Tight,
}

/// A Rust expression.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub text: String,
    pub level: Level,
    /// It has a `?` outside of any closure.
    pub fallible: bool,
    /// Of a literal whose type nothing shows: its suffix.
    pub suffix: &'static str,
}

impl Code {
    pub fn new(text: impl Into<String>, level: Level) -> Code {
        Code { text: text.into(), level, fallible: false, suffix: "" }
    }

    pub fn tight(text: impl Into<String>) -> Code {
        Code::new(text, Level::Tight)
    }

    /// Marks that it has the faults of these parts.
    pub fn failing_as(mut self, parts: &[&Code]) -> Code {
        self.fallible |= parts.iter().any(|part| part.fallible);
        self
    }

    /// An `Option` that ends in the fault of an expression: `text` is followed by `?`.
    pub fn asked(text: String) -> Code {
        Code { fallible: true, ..Code::tight(text + "?") }
    }

    /// The text for a place that wants at least this level.
    pub fn at(&self, level: Level) -> String {
        if self.level < level { format!("({})", self.text) } else { self.text.clone() }
    }

    /// The text before a dot.
    pub fn receiver(&self) -> String {
        let suffixed = Code { text: self.text.clone() + self.suffix, ..self.clone() };
        suffixed.at(Level::Tight)
    }

    /// `left operator right`, of an operator that groups to the left.
    pub fn binary(left: &Code, operator: &str, right: &Code, level: Level) -> Code {
        let tighter = match level {
            Level::Loose | Level::Or => Level::And,
            Level::And => Level::Compare,
            Level::Compare => Level::Sum,
            Level::Sum => Level::Product,
            Level::Product | Level::Unary | Level::Tight => Level::Unary,
        };
        // Comparisons don't group at all.
        let left_level = if level == Level::Compare { tighter } else { level };
        let text = format!("{} {operator} {}", left.at(left_level), right.at(tighter));
        Code::new(text, level).failing_as(&[left, right])
    }

    pub fn compare(relation: Relation, left: &Code, right: &Code) -> Code {
        Code::binary(left, relation.symbol(), right, Level::Compare)
    }

    pub fn negated(&self) -> Code {
        let text = format!("!{}", self.at(Level::Unary));
        Code::new(text, Level::Unary).failing_as(&[self])
    }

    /// `left.method(right)?`
    pub fn checked(left: &Code, method: &str, right: &Code) -> Code {
        Code::asked(format!("{}.{method}({})", left.receiver(), right.text))
    }
}

/// A bool as Rust has it.
pub(super) fn truth(value: bool) -> Code {
    Code::tight(if value { "true" } else { "false" })
}

/// A string as Rust has it.
pub(super) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// A double as Rust has it.
pub(super) fn double(value: f64) -> Code {
    let level = if value.is_sign_negative() { Level::Unary } else { Level::Tight };
    match value {
        // Not by its name, of which a comparison would be warned of.
        value if value.is_nan() => Code::tight(format!("f64::from_bits({:#x})", value.to_bits())),
        f64::INFINITY => Code::tight("f64::INFINITY"),
        f64::NEG_INFINITY => Code::tight("f64::NEG_INFINITY"),
        value => Code { suffix: "_f64", ..Code::new(format!("{value:?}"), level) },
    }
}

/// An int as Rust has it.
pub(super) fn int(value: i64) -> Code {
    let level = if value < 0 { Level::Unary } else { Level::Tight };
    Code { suffix: "_i64", ..Code::new(value.to_string(), level) }
}

/// A literal that Rust has too; `None` for bytes, lists and maps.
pub(super) fn literal(value: &Value) -> Option<Code> {
    Some(match value {
        Value::Bool(value) => truth(*value),
        Value::Int(value) | Value::Duration(value) => int(*value),
        Value::Uint(value) => Code { suffix: "_u64", ..Code::tight(value.to_string()) },
        Value::Double(value) => double(*value),
        Value::String(text) => Code::tight(quoted(text)),
        Value::Timestamp(value) => {
            Code::tight(format!("Timestamp::new({}, {})", value.seconds, value.nanos))
        }
        Value::Point(point) => {
            Code::tight(format!("({}, {})", double(point.lat).text, double(point.lon).text))
        }
        Value::Bytes(_) | Value::List(_) | Value::Map(_) => return None,
    })
}
