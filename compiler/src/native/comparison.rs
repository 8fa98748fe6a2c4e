//! Comparisons and equality, of operands of any two types that have one.

use super::code::{Code, Level, int};
use super::writer::{Writer, Written};
use crate::check::tree::{Expr, Kind};
use crate::check::types::Type;
use crate::check::value::Value;
use rulestone_format::code::Relation;

impl Writer<'_> {
    /// `left relation right`; false for numbers that have no order.
    pub(super) fn comparison(
        &mut self,
        expr: &Expr,
        relation: Relation,
        left: &Expr,
        right: &Expr,
    ) -> Written<Code> {
        use Type::{Double, Int, Timestamp, Uint};
        let (a, b) = match (&left.ty, &right.ty) {
            (Int, Uint) | (Uint, Int) if is_small(left) || is_small(right) => {
                (self.value(left)?, self.value(right)?)
            }
            (Int, Uint) | (Uint, Int) => (self.widened(left)?, self.widened(right)?),
            (Double, _) | (_, Double) => (self.as_double(left)?, self.as_double(right)?),
            (Timestamp, Timestamp) => return self.time_comparison(relation, left, right),
            (Type::Bytes, _) => return self.refuse(expr, "bytes"),
            _ => (self.value(left)?, self.value(right)?),
        };
        self.note_ends(&[left, right]);
        Ok(Code::compare(relation, &a, &b))
    }

    /// rustc has a word for comparisons such as `x >= 0` of a uint.
    fn note_ends(&mut self, sides: &[&Expr]) {
        self.compares_ends |= sides.iter().any(|side| {
            matches!(
                side.kind,
                Kind::Literal(Value::Uint(0 | u64::MAX) | Value::Int(i64::MIN | i64::MAX))
                    | Kind::Literal(Value::Duration(i64::MIN | i64::MAX))
            )
        });
    }

    /// A timestamp of whole seconds needs a look at the seconds only.
    fn time_comparison(&mut self, relation: Relation, left: &Expr, right: &Expr) -> Written<Code> {
        let whole = |expr: &Expr| match &expr.kind {
            Kind::Literal(Value::Timestamp(time)) if time.nanos == 0 => Some(int(time.seconds)),
            _ => None,
        };
        let (literal, other, relation) = match (whole(left), whole(right)) {
            (_, Some(literal)) => (literal, left, relation),
            (Some(literal), None) => (literal, right, relation.swapped()),
            (None, None) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                return Ok(Code::compare(relation, &left, &right));
            }
        };
        let other = self.value(other)?;
        if !matches!(relation, Relation::Less | Relation::GreaterEqual) {
            let time = Code::tight(format!("Timestamp::new({}, 0)", literal.text));
            self.imports.insert("Timestamp");
            return Ok(Code::compare(relation, &other, &time));
        }
        let seconds = Code::tight(format!("{}.seconds", other.receiver())).failing_as(&[&other]);
        Ok(Code::compare(relation, &seconds, &literal))
    }

    /// A number as a double. Of an int, rounding keeps its order against any double.
    pub(super) fn as_double(&mut self, expr: &Expr) -> Written<Code> {
        let code = match &expr.kind {
            Kind::Literal(Value::Int(value)) => return Ok(super::code::double(*value as f64)),
            Kind::Literal(Value::Uint(value)) => return Ok(super::code::double(*value as f64)),
            _ => self.value(expr)?,
        };
        Ok(match expr.ty {
            Type::Double => code,
            _ => Code::new(format!("{} as f64", code.at(Level::Unary)), Level::Loose)
                .failing_as(&[&code]),
        })
    }

    /// An int or uint as an i128.
    fn widened(&mut self, expr: &Expr) -> Written<Code> {
        let code = self.value(expr)?;
        let text = format!("i128::from({}{})", code.text, code.suffix);
        Ok(Code::tight(text).failing_as(&[&code]))
    }

    /// Whether two values are equal, or (`wanted` is false) whether they differ.
    pub(super) fn equality(
        &mut self,
        expr: &Expr,
        left: &Expr,
        right: &Expr,
        wanted: bool,
    ) -> Written<Code> {
        if matches!(left.ty, Type::Bytes | Type::List(_) | Type::Map(..)) {
            return self.refuse(expr, format!("equality of {}", left.ty));
        }
        let operator = if wanted { "==" } else { "!=" };
        let (a, b) = match (self.enum_constant(left, right), self.enum_constant(right, left)) {
            (Some(constant), _) => (self.value_unchecked(left)?, constant),
            (None, Some(constant)) => (constant, self.value_unchecked(right)?),
            (None, None) => (self.value(left)?, self.value(right)?),
        };
        Ok(Code::binary(&a, operator, &b, Level::Compare))
    }

    /// The constant for a literal that an enum is compared with.
    fn enum_constant(&mut self, of: &Expr, with: &Expr) -> Option<Code> {
        let fact = self.enum_of(of)?;
        let Kind::Literal(Value::String(label)) = &with.kind else { return None };
        let constant = self.facts.constant(fact, label)?;
        self.imports.insert("values");
        Some(Code::tight(constant))
    }
}

/// Whether it is a number that int and uint have both, so that a comparison with
/// the other type needs nothing wider.
fn is_small(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Literal(Value::Int(value)) => *value >= 0,
        Kind::Literal(Value::Uint(value)) => i64::try_from(*value).is_ok(),
        _ => false,
    }
}
