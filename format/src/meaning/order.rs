//! Order-preserving keys: every ordered scalar as a u64 whose order is the scalar's.
//!
//! With them one interval test, `key - low <= width` in wrapping arithmetic, serves every comparison.
//! Only keys of the same type can be compared with each other.

const SIGN: u64 = 1 << 63;

/// An int's key: the sign bit flipped, so that negative numbers come first.
pub fn int_key(value: i64) -> u64 {
    value.cast_unsigned() ^ SIGN
}

/// A uint's key: itself.
pub fn uint_key(value: u64) -> u64 {
    value
}

/// A bool's key: false comes first.
pub fn bool_key(value: bool) -> u64 {
    u64::from(value)
}

/// A double's key: -0.0 has the key of 0.0, and every NaN has `u64::MAX`, above that of infinity.
///
/// The bits of a binary64 are ordered by magnitude; flipping the sign bit of positive and all bits of negative
/// numbers orders them by value; one key, just below that of zero, is no double's (M. Herf, "Radix Tricks", 2001; also IEEE 754-2008, 5.10, totalOrder).
pub fn double_key(value: f64) -> u64 {
    if value.is_nan() {
        return u64::MAX;
    }
    // -0.0 + 0.0 is 0.0, and every other number stays.
    let bits = (value + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ends_are_where_they_should_be() {
        assert_eq!((int_key(i64::MIN), int_key(i64::MAX)), (0, u64::MAX));
        assert_eq!((uint_key(0), uint_key(u64::MAX)), (0, u64::MAX));
        assert!(bool_key(false) < bool_key(true));
        assert_eq!(double_key(-0.0), double_key(0.0));
        assert_eq!(double_key(f64::NAN), u64::MAX);
        assert_eq!(double_key(-f64::NAN), u64::MAX);
        assert!(double_key(f64::INFINITY) < u64::MAX);
        let ascending = [
            f64::NEG_INFINITY,
            f64::MIN,
            -1.0,
            -f64::MIN_POSITIVE,
            -5e-324,
            0.0,
            5e-324,
            1.0,
            f64::MAX,
            f64::INFINITY,
        ];
        assert!(ascending.is_sorted_by_key(|&value| double_key(value)));
    }

    #[test]
    fn neighbouring_doubles_have_neighbouring_keys() {
        // Strict comparisons become closed intervals by stepping a key.
        for value in [f64::MIN, -1.5, 0.0, 1.0, f64::MAX] {
            assert_eq!(double_key(value) + 1, double_key(value.next_up()));
        }
    }

    proptest! {
        #[test]
        fn keys_preserve_the_order_of_ints(left: i64, right: i64) {
            prop_assert_eq!(int_key(left).cmp(&int_key(right)), left.cmp(&right));
        }

        #[test]
        fn keys_preserve_the_order_of_doubles(left: u64, right: u64) {
            let (left, right) = (f64::from_bits(left), f64::from_bits(right));
            prop_assume!(!left.is_nan() && !right.is_nan());
            prop_assert_eq!(Some(double_key(left).cmp(&double_key(right))), left.partial_cmp(&right));
        }
    }
}
