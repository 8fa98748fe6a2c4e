//! On which side of a line a point lies, exactly: without rounding, as if all were worked out in real numbers.
//!
//! After J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates",
//! Discrete & Computational Geometry 18, 1997: a sum that is nearly always clear, and where it isn't, a sum of exact
//! products that loses nothing. Exact for numbers of degrees; products below 1e-290 would lose bits.

/// East and north.
pub(super) type Place = (f64, f64);

/// Whether a point lies to the left of the line that leads through `from` and `to`. One on the line doesn't.
pub(super) fn is_left(point: Place, from: Place, to: Place) -> bool {
    let left = (from.0 - point.0) * (to.1 - point.1);
    let right = (from.1 - point.1) * (to.0 - point.0);
    let determinant = left - right;
    if determinant.abs() >= ROUNDING * (left.abs() + right.abs()) {
        return determinant > 0.0;
    }
    is_left_exactly(point, from, to)
}

/// What the determinant may be wrong by, as a part of its summands: (3 + 16 e) e, where e is 2^-53 (Shewchuk's `A`).
const ROUNDING: f64 = 3.330_669_073_875_471_6e-16;

/// The same determinant multiplied out: six products, each as two numbers.
#[cold]
fn is_left_exactly(point: Place, from: Place, to: Place) -> bool {
    let products = [
        (from.0, to.1),
        (-from.0, point.1),
        (-point.0, to.1),
        (-from.1, to.0),
        (from.1, point.0),
        (point.1, to.0),
    ];
    let mut sum = Sum::default();
    for (a, b) in products {
        let (high, low) = product(a, b);
        sum.add(low);
        sum.add(high);
    }
    sum.is_positive()
}

/// A sum as numbers of ascending magnitude that don't overlap, some of them 0 (Shewchuk's expansions).
#[derive(Default)]
struct Sum {
    parts: [f64; 12],
    count: usize,
}

impl Sum {
    /// Adds a number exactly; at most as many as there are parts.
    fn add(&mut self, number: f64) {
        let mut rest = number;
        for part in &mut self.parts[..self.count] {
            (rest, *part) = sum(rest, *part);
        }
        self.parts[self.count] = rest;
        self.count += 1;
    }

    /// The greatest part has the sign of the whole.
    fn is_positive(&self) -> bool {
        self.parts.iter().rev().find(|part| **part != 0.0).is_some_and(|part| *part > 0.0)
    }
}

/// `a + b`, rounded, and what that lacks.
fn sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

/// `a * b`, rounded, and what that lacks.
fn product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    let ((a_high, a_low), (b_high, b_low)) = (halves(a), halves(b));
    let lacks = a_low * b_low - (product - a_high * b_high - a_low * b_high - a_high * b_low);
    (product, lacks)
}

/// A number as two of half as many bits.
fn halves(number: f64) -> (f64, f64) {
    const SPLIT: f64 = 134_217_729.0;
    let large = SPLIT * number;
    let high = large - (large - number);
    (high, number - high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same in whole numbers.
    fn is_left_in_integers(point: (i64, i64), from: (i64, i64), to: (i64, i64)) -> bool {
        let [p, a, b] =
            [point, from, to].map(|(east, north)| (i128::from(east), i128::from(north)));
        (a.0 - p.0) * (b.1 - p.1) - (a.1 - p.1) * (b.0 - p.0) > 0
    }

    /// Numbers of degrees of 53 bits, as whole numbers of their last bit.
    fn degrees(units: i64) -> f64 {
        units as f64 / (1_u64 << 45) as f64
    }

    fn place(units: (i64, i64)) -> Place {
        (degrees(units.0), degrees(units.1))
    }

    const MOST: i64 = 180 << 45;

    proptest! {
        #[test]
        fn points_beside_a_line_are_told_apart(
            a in (-MOST..MOST, -MOST..MOST),
            b in (-MOST..MOST, -MOST..MOST),
            along in 0.0..1.0,
            aside in (-2..3_i64, -2..3_i64),
        ) {
            let between = |a: i64, b: i64| a + ((b - a) as f64 * along) as i64;
            let point = (between(a.0, b.0) + aside.0, between(a.1, b.1) + aside.1);
            prop_assert_eq!(is_left(place(point), place(a), place(b)), is_left_in_integers(point, a, b));
            prop_assert_eq!(is_left(place(point), place(b), place(a)), is_left_in_integers(point, b, a));
        }

        #[test]
        fn points_on_a_line_are_on_neither_side(a in (-4096..4096_i64, -4096..4096_i64), step in (-64..64_i64, -64..64_i64), n in -60..60_i64) {
            let scaled = |(east, north): (i64, i64)| (east as f64 / 64.0, north as f64 / 64.0);
            let (b, p) = ((a.0 + step.0 * 64, a.1 + step.1 * 64), (a.0 + step.0 * n, a.1 + step.1 * n));
            prop_assert!(!is_left(scaled(p), scaled(a), scaled(b)));
            prop_assert!(!is_left(scaled(p), scaled(b), scaled(a)));
        }

        #[test]
        fn what_is_exact_agrees_with_what_is_fast(p in (-180.0..180.0, -90.0..90.0), a in (-180.0..180.0, -90.0..90.0), b in (-180.0..180.0, -90.0..90.0)) {
            prop_assert_eq!(is_left(p, a, b), is_left_exactly(p, a, b));
        }
    }
}
