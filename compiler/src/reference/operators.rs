//! Operators: arithmetic and deep equality, within the bounds.
//!
//! In: operands. Out: a value.

use super::arguments::UNCHECKED;
use super::expression::Walk;
use super::values::apply;
use crate::check::tree::{Arithmetic, Expr};
use crate::check::value::Value;
use rulestone_format::meaning::{Outcome, integer};

impl Walk<'_> {
    pub(super) fn arithmetic(
        &mut self,
        operator: Arithmetic,
        left: &Expr,
        right: &Expr,
    ) -> Outcome<Value> {
        let operands = [self.value(left)?, self.value(right)?];
        let value = apply(operator, &operands)?;
        self.spend_text(&value)?;
        self.spend_items(&value)?;
        Ok(value)
    }

    pub(super) fn negate(&mut self, operand: &Expr) -> Outcome<Value> {
        match self.value(operand)? {
            Value::Int(value) => integer::negate_int(value).map(Value::Int),
            Value::Double(value) => Ok(Value::Double(-value)),
            _ => Err(UNCHECKED),
        }
    }

    /// Whether two values are equal, as [`Value::equals`] says, but within the
    /// bounds: values share their parts, so that a small one may be a tree of
    /// any size.
    pub(super) fn equal(&mut self, left: &Value, right: &Value) -> Outcome<bool> {
        self.spend(1)?;
        match (left, right) {
            (Value::List(left), Value::List(right)) => self.deeper(|walk| {
                if left.len() != right.len() {
                    return Ok(false);
                }
                for (left, right) in left.iter().zip(right.iter()) {
                    if !walk.equal(left, right)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }),
            (Value::Map(left), Value::Map(right)) => self.deeper(|walk| {
                if left.len() != right.len() {
                    return Ok(false);
                }
                // Both in order of keys.
                for ((left_key, left), (right_key, right)) in left.iter().zip(right.iter()) {
                    if !walk.equal(left_key, right_key)? || !walk.equal(left, right)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }),
            (left, right) => {
                self.spend_text(left)?;
                Ok(left.equals(right))
            }
        }
    }
}
