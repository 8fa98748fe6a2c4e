//! Arithmetic, bits and reading of `int` (i64) and `uint` (u64).
//!
//! Arithmetic is checked: what does not fit is [`Fault::Overflow`], including `i64::MIN / -1` and
//! `i64::MIN % -1`, as in cel-go. Division truncates towards zero and a remainder has the sign of its dividend.

use super::{Fault, Outcome};

/// `left + right`.
pub fn add_int(left: i64, right: i64) -> Outcome<i64> {
    left.checked_add(right).ok_or(Fault::Overflow)
}

/// `left - right`.
pub fn subtract_int(left: i64, right: i64) -> Outcome<i64> {
    left.checked_sub(right).ok_or(Fault::Overflow)
}

/// `left * right`.
pub fn multiply_int(left: i64, right: i64) -> Outcome<i64> {
    left.checked_mul(right).ok_or(Fault::Overflow)
}

/// `left / right`, truncated; by zero is [`Fault::DivisionByZero`].
pub fn divide_int(left: i64, right: i64) -> Outcome<i64> {
    match right {
        0 => Err(Fault::DivisionByZero),
        _ => left.checked_div(right).ok_or(Fault::Overflow),
    }
}

/// `left % right`, with the sign of `left`; by zero is [`Fault::ModulusByZero`].
pub fn remainder_int(left: i64, right: i64) -> Outcome<i64> {
    match right {
        0 => Err(Fault::ModulusByZero),
        _ => left.checked_rem(right).ok_or(Fault::Overflow),
    }
}

/// `-value`.
pub fn negate_int(value: i64) -> Outcome<i64> {
    value.checked_neg().ok_or(Fault::Overflow)
}

/// `left + right`.
pub fn add_uint(left: u64, right: u64) -> Outcome<u64> {
    left.checked_add(right).ok_or(Fault::Overflow)
}

/// `left - right`; below zero is [`Fault::Overflow`].
pub fn subtract_uint(left: u64, right: u64) -> Outcome<u64> {
    left.checked_sub(right).ok_or(Fault::Overflow)
}

/// `left * right`.
pub fn multiply_uint(left: u64, right: u64) -> Outcome<u64> {
    left.checked_mul(right).ok_or(Fault::Overflow)
}

/// `left / right`; by zero is [`Fault::DivisionByZero`].
pub fn divide_uint(left: u64, right: u64) -> Outcome<u64> {
    left.checked_div(right).ok_or(Fault::DivisionByZero)
}

/// `left % right`; by zero is [`Fault::ModulusByZero`].
pub fn remainder_uint(left: u64, right: u64) -> Outcome<u64> {
    left.checked_rem(right).ok_or(Fault::ModulusByZero)
}

/// `math.bitAnd`.
pub fn bit_and_int(left: i64, right: i64) -> i64 {
    left & right
}

/// `math.bitOr`.
pub fn bit_or_int(left: i64, right: i64) -> i64 {
    left | right
}

/// `math.bitXor`.
pub fn bit_xor_int(left: i64, right: i64) -> i64 {
    left ^ right
}

/// `math.bitNot`.
pub fn bit_not_int(value: i64) -> i64 {
    !value
}

/// `math.bitAnd`.
pub fn bit_and_uint(left: u64, right: u64) -> u64 {
    left & right
}

/// `math.bitOr`.
pub fn bit_or_uint(left: u64, right: u64) -> u64 {
    left | right
}

/// `math.bitXor`.
pub fn bit_xor_uint(left: u64, right: u64) -> u64 {
    left ^ right
}

/// `math.bitNot`.
pub fn bit_not_uint(value: u64) -> u64 {
    !value
}

/// `math.bitShiftLeft` of an int: by 64 and more is 0, by less than 0 is [`Fault::InvalidArgument`].
pub fn shift_left_int(value: i64, by: i64) -> Outcome<i64> {
    shift_left_uint(value.cast_unsigned(), by).map(u64::cast_signed)
}

/// `math.bitShiftRight` of an int. The sign bit is shifted like any other and zeros come in from the left:
/// `math.bitShiftRight(-1024, 3)` is 2305843009213693824. Bounds as for [`shift_left_int`].
pub fn shift_right_int(value: i64, by: i64) -> Outcome<i64> {
    shift_right_uint(value.cast_unsigned(), by).map(u64::cast_signed)
}

/// `math.bitShiftLeft` of a uint: by 64 and more is 0, by less than 0 is [`Fault::InvalidArgument`].
pub fn shift_left_uint(value: u64, by: i64) -> Outcome<u64> {
    Ok(value.checked_shl(shift(by)?).unwrap_or(0))
}

/// `math.bitShiftRight` of a uint; bounds as for [`shift_left_uint`].
pub fn shift_right_uint(value: u64, by: i64) -> Outcome<u64> {
    Ok(value.checked_shr(shift(by)?).unwrap_or(0))
}

fn shift(by: i64) -> Outcome<u32> {
    if by < 0 {
        return Err(Fault::InvalidArgument);
    }
    Ok(u32::try_from(by).unwrap_or(u32::MAX))
}

/// `math.abs` of an int; that of the least int is [`Fault::Overflow`].
pub fn absolute_int(value: i64) -> Outcome<i64> {
    value.checked_abs().ok_or(Fault::Overflow)
}

/// `math.sign` of an int: -1, 0 or 1.
pub fn sign_int(value: i64) -> i64 {
    value.signum()
}

/// `math.sign` of a uint: 0 or 1.
pub fn sign_uint(value: u64) -> u64 {
    value.min(1)
}

/// `int(uint)`; above the greatest int is [`Fault::OutOfRange`].
pub fn uint_to_int(value: u64) -> Outcome<i64> {
    i64::try_from(value).map_err(|_| Fault::OutOfRange)
}

/// `uint(int)`; below zero is [`Fault::OutOfRange`].
pub fn int_to_uint(value: i64) -> Outcome<u64> {
    u64::try_from(value).map_err(|_| Fault::OutOfRange)
}

/// `int(string)`: decimal digits with an optional `+` or `-`, as Go's `strconv.ParseInt(text, 10, 64)`.
///
/// [`Fault::Unparseable`] if it is anything else, [`Fault::OutOfRange`] if it does not fit.
pub fn parse_int(text: &str) -> Outcome<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    all_digits(digits)?;
    text.parse().map_err(|_| Fault::OutOfRange)
}

/// `uint(string)`: decimal digits and no sign, as Go's `strconv.ParseUint(text, 10, 64)`.
///
/// [`Fault::Unparseable`] if it is anything else, [`Fault::OutOfRange`] if it does not fit.
pub fn parse_uint(text: &str) -> Outcome<u64> {
    all_digits(text)?;
    text.parse().map_err(|_| Fault::OutOfRange)
}

fn all_digits(text: &str) -> Outcome<()> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::Unparseable);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVERFLOW_INT: Outcome<i64> = Err(Fault::Overflow);
    const OVERFLOW_UINT: Outcome<u64> = Err(Fault::Overflow);

    #[test]
    fn arithmetic_that_does_not_fit_is_an_overflow() {
        assert_eq!(add_int(i64::MAX, 1), OVERFLOW_INT);
        assert_eq!(add_int(i64::MIN, -1), OVERFLOW_INT);
        assert_eq!(subtract_int(i64::MIN, 1), OVERFLOW_INT);
        assert_eq!(multiply_int(i64::MIN, -1), OVERFLOW_INT);
        assert_eq!(multiply_int(-5_000_000_000, 5_000_000_000), OVERFLOW_INT);
        assert_eq!(negate_int(i64::MIN), OVERFLOW_INT);
        assert_eq!(divide_int(i64::MIN, -1), OVERFLOW_INT);
        assert_eq!(remainder_int(i64::MIN, -1), OVERFLOW_INT);
        assert_eq!(absolute_int(i64::MIN), OVERFLOW_INT);
        assert_eq!(add_uint(u64::MAX, 1), OVERFLOW_UINT);
        assert_eq!(subtract_uint(0, 1), OVERFLOW_UINT);
        assert_eq!(multiply_uint(5_000_000_000, 5_000_000_000), OVERFLOW_UINT);
    }

    #[test]
    fn division_truncates_and_the_remainder_follows_the_dividend() {
        assert_eq!(divide_int(-20, 2), Ok(-10));
        assert_eq!(divide_int(-7, 2), Ok(-3));
        assert_eq!(divide_int(-80, -2), Ok(40));
        assert_eq!(remainder_int(43, -5), Ok(3));
        assert_eq!(remainder_int(-42, -5), Ok(-2));
        assert_eq!(remainder_int(-3, 5), Ok(-3));
        assert_eq!(divide_uint(7, 2), Ok(3));
        assert_eq!(remainder_uint(7, 4), Ok(3));
    }

    #[test]
    fn zero_divides_nothing() {
        assert_eq!(divide_int(15, 0), Err(Fault::DivisionByZero));
        assert_eq!(remainder_int(34, 0), Err(Fault::ModulusByZero));
        assert_eq!(divide_uint(15, 0), Err(Fault::DivisionByZero));
        assert_eq!(remainder_uint(34, 0), Err(Fault::ModulusByZero));
    }

    #[test]
    fn bits_are_those_of_the_conformance_tests() {
        assert_eq!(bit_and_int(1, 3), 1);
        assert_eq!(bit_or_int(4, -2), -2);
        assert_eq!(bit_xor_int(1, 3), 2);
        assert_eq!(bit_not_int(-1), 0);
        assert_eq!(bit_and_uint(1, 2), 0);
        assert_eq!(bit_or_uint(1, 4), 5);
        assert_eq!(bit_xor_uint(1, 3), 2);
        assert_eq!(bit_not_uint(0), u64::MAX);
        assert_eq!(shift_left_int(1, 2), Ok(4));
        assert_eq!(shift_left_int(1, 63), Ok(i64::MIN));
        assert_eq!(shift_left_int(1, 64), Ok(0));
        assert_eq!(shift_left_uint(1, 200), Ok(0));
        assert_eq!(shift_left_uint(1, i64::MAX), Ok(0));
        assert_eq!(shift_left_uint(1, -1), Err(Fault::InvalidArgument));
        assert_eq!(shift_right_int(-1024, 3), Ok(2_305_843_009_213_693_824));
        assert_eq!(shift_right_int(-1024, 0), Ok(-1024));
        assert_eq!(shift_right_int(-1024, 64), Ok(0));
        assert_eq!(shift_right_uint(1024, 2), Ok(256));
        assert_eq!(shift_right_uint(1, i64::MIN), Err(Fault::InvalidArgument));
    }

    #[test]
    fn absolute_values_and_signs() {
        assert_eq!(absolute_int(-11), Ok(11));
        assert_eq!((sign_int(-11), sign_int(0), sign_int(5)), (-1, 0, 1));
        assert_eq!((sign_uint(100), sign_uint(0)), (1, 0));
    }

    #[test]
    fn conversions_between_int_and_uint_check_the_range() {
        assert_eq!(uint_to_int(u64::MAX), Err(Fault::OutOfRange));
        assert_eq!(uint_to_int(i64::MAX as u64), Ok(i64::MAX));
        assert_eq!(int_to_uint(-1), Err(Fault::OutOfRange));
        assert_eq!(int_to_uint(i64::MAX), Ok(9_223_372_036_854_775_807));
    }

    #[test]
    fn integers_are_read_as_go_reads_them() {
        assert_eq!(parse_int("987"), Ok(987));
        assert_eq!(parse_int("+0012"), Ok(12));
        assert_eq!(parse_int("-9223372036854775808"), Ok(i64::MIN));
        assert_eq!(parse_int("9223372036854775808"), Err(Fault::OutOfRange));
        assert_eq!(parse_uint("300"), Ok(300));
        assert_eq!(parse_uint("18446744073709551615"), Ok(u64::MAX));
        assert_eq!(parse_uint("18446744073709551616"), Err(Fault::OutOfRange));
        for text in ["", "-", "+", "--1", "+-1", " 1", "1 ", "1_000", "0x10", "1.0", "1e3", "٣"] {
            assert_eq!(parse_int(text), Err(Fault::Unparseable), "{text:?}");
            assert_eq!(parse_uint(text), Err(Fault::Unparseable), "{text:?}");
        }
        assert_eq!(parse_uint("+1"), Err(Fault::Unparseable));
        assert_eq!(parse_uint("-1"), Err(Fault::Unparseable));
    }
}
