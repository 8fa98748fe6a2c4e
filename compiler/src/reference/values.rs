//! What operations make of values alone: arithmetic, order, joining, text.
//!
//! In: the values of operands. Out: a value. Each operator is a function of
//! [`rulestone_format::meaning`], picked by the types of its operands.

use super::arguments::{Nanoseconds, UNCHECKED, take, two};
use super::limits;
use crate::check::tree::Arithmetic;
use crate::check::value::Value;
use rulestone_format::meaning::{
    Fault, Outcome, Sink, Timestamp, bucket, collect, double, duration, integer,
};
use std::cmp::Ordering;
use std::sync::Arc;

pub(super) fn apply(operator: Arithmetic, operands: &[Value; 2]) -> Outcome<Value> {
    match operator {
        Arithmetic::AddInt => ints(integer::add_int, operands),
        Arithmetic::SubtractInt => ints(integer::subtract_int, operands),
        Arithmetic::MultiplyInt => ints(integer::multiply_int, operands),
        Arithmetic::DivideInt => ints(integer::divide_int, operands),
        Arithmetic::RemainderInt => ints(integer::remainder_int, operands),
        Arithmetic::AddUint => uints(integer::add_uint, operands),
        Arithmetic::SubtractUint => uints(integer::subtract_uint, operands),
        Arithmetic::MultiplyUint => uints(integer::multiply_uint, operands),
        Arithmetic::DivideUint => uints(integer::divide_uint, operands),
        Arithmetic::RemainderUint => uints(integer::remainder_uint, operands),
        Arithmetic::AddDouble => doubles(|left, right| left + right, operands),
        Arithmetic::SubtractDouble => doubles(|left, right| left - right, operands),
        Arithmetic::MultiplyDouble => doubles(|left, right| left * right, operands),
        Arithmetic::DivideDouble => doubles(|left, right| left / right, operands),
        Arithmetic::AddTimestamp => moved(Timestamp::plus, operands),
        Arithmetic::SubtractTimestamp => moved(Timestamp::minus, operands),
        Arithmetic::Elapsed => {
            let (left, right): (Timestamp, Timestamp) = two(operands)?;
            left.since(right).map(Value::Duration)
        }
        Arithmetic::AddDuration => durations(duration::add, operands),
        Arithmetic::SubtractDuration => durations(duration::subtract, operands),
        Arithmetic::Join2 => join_two(operands),
        Arithmetic::Concatenate => concatenate(operands),
    }
}

fn ints(operation: fn(i64, i64) -> Outcome<i64>, operands: &[Value]) -> Outcome<Value> {
    let (left, right) = two(operands)?;
    operation(left, right).map(Value::Int)
}

fn uints(operation: fn(u64, u64) -> Outcome<u64>, operands: &[Value]) -> Outcome<Value> {
    let (left, right) = two(operands)?;
    operation(left, right).map(Value::Uint)
}

fn doubles(operation: fn(f64, f64) -> f64, operands: &[Value]) -> Outcome<Value> {
    let (left, right) = two(operands)?;
    Ok(Value::Double(operation(left, right)))
}

fn durations(operation: fn(i64, i64) -> Outcome<i64>, operands: &[Value]) -> Outcome<Value> {
    let (Nanoseconds(left), Nanoseconds(right)) = two(operands)?;
    operation(left, right).map(Value::Duration)
}

fn moved(
    operation: fn(Timestamp, i64) -> Outcome<Timestamp>,
    operands: &[Value],
) -> Outcome<Value> {
    let (from, Nanoseconds(by)) = two(operands)?;
    operation(from, by).map(Value::Timestamp)
}

/// The order of two values of one ordered type, or of two numbers; a NaN has
/// none.
pub(super) fn order(left: &Value, right: &Value) -> Outcome<Ordering> {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Ok(left.cmp(right)),
        (Value::Int(left), Value::Int(right)) => Ok(left.cmp(right)),
        (Value::Uint(left), Value::Uint(right)) => Ok(left.cmp(right)),
        (Value::Double(left), Value::Double(right)) => double::compare(*left, *right),
        (Value::String(left), Value::String(right)) => Ok(left.as_bytes().cmp(right.as_bytes())),
        (Value::Bytes(left), Value::Bytes(right)) => Ok(left.cmp(right)),
        (Value::Timestamp(left), Value::Timestamp(right)) => Ok(left.cmp(right)),
        (Value::Duration(left), Value::Duration(right)) => Ok(left.cmp(right)),

        (Value::Int(left), Value::Uint(right)) => Ok(double::compare_int_uint(*left, *right)),
        (Value::Int(left), Value::Double(right)) => double::compare_int_double(*left, *right),
        (Value::Uint(left), Value::Double(right)) => double::compare_uint_double(*left, *right),
        (Value::Uint(_), Value::Int(_)) | (Value::Double(_), Value::Int(_) | Value::Uint(_)) => {
            order(right, left).map(Ordering::reverse)
        }
        _ => Err(UNCHECKED),
    }
}

/// The greatest or the least of values of one ordered type, the first of them if
/// several are equal (0.0 and -0.0). `None` if there are none. A NaN among
/// several is a fault, as it can't be ordered; alone it is what there is.
pub(super) fn extreme(greatest: bool, values: &[Value]) -> Outcome<Option<Value>> {
    let wanted = if greatest { Ordering::Greater } else { Ordering::Less };
    let mut best: Option<&Value> = None;
    for value in values {
        best = match best {
            Some(best) if order(value, best)? != wanted => Some(best),
            _ => Some(value),
        };
    }
    Ok(best.cloned())
}

/// The bucket of a string or an int: see
/// [`bucket`](rulestone_format::meaning::bucket).
pub(super) fn bucket(by: &Value, seed: &str) -> Outcome<i64> {
    match by {
        Value::Int(by) => Ok(bucket::bucket_int(seed.as_bytes(), *by)),
        by => take(by).map(|by: &str| bucket::bucket(seed.as_bytes(), by.as_bytes())),
    }
}

/// The items of one list, then those of the other.
fn concatenate(operands: &[Value]) -> Outcome<Value> {
    let (left, right): (&[Value], &[Value]) = two(operands)?;
    if left.len().saturating_add(right.len()) > limits::LENGTH {
        return Err(Fault::TooLong);
    }
    Ok(Value::list([left, right].concat()))
}

/// The text that `write` writes.
pub(super) fn written(write: impl FnMut(&mut Sink<'_>) -> Outcome<()>) -> Outcome<Value> {
    // INVARIANT: whoever writes text writes whole code points.
    let text = String::from_utf8(collect(write)?).map_err(|_| UNCHECKED)?;
    Ok(Value::String(Arc::from(text)))
}

/// `+` of two strings, or of two bytes.
fn join_two(operands: &[Value; 2]) -> Outcome<Value> {
    let within_bounds = |left: usize, right: usize| {
        let fits = left.saturating_add(right) <= limits::LENGTH;
        if fits { Ok(()) } else { Err(Fault::TooLong) }
    };
    match operands {
        [Value::String(left), Value::String(right)] => {
            within_bounds(left.len(), right.len())?;
            Ok(Value::String(Arc::from([&**left, &**right].concat())))
        }
        [Value::Bytes(left), Value::Bytes(right)] => {
            within_bounds(left.len(), right.len())?;
            Ok(Value::Bytes(Arc::from([&**left, &**right].concat())))
        }
        _ => Err(UNCHECKED),
    }
}
