//! The few functions that every twin has in the file `meaning.rs`, each only
//! where something calls it, and the types that it always has.

use std::collections::BTreeSet;

/// A function of `meaning.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Support {
    Holds,
    Attempt,
    And,
    Or,
    IntFromDouble,
    Point,
    Distance,
    WithinCircle,
    WithinBox,
    WithinPolygon,
    During,
}

impl Support {
    pub fn name(self) -> &'static str {
        match self {
            Support::Holds => "holds",
            Support::Attempt => "attempt",
            Support::And => "and",
            Support::Or => "or",
            Support::IntFromDouble => "int_from_double",
            Support::Point => "point",
            Support::Distance => "distance",
            Support::WithinCircle => "within_circle",
            Support::WithinBox => "within_box",
            Support::WithinPolygon => "within_polygon",
            Support::During => "during",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Support::Holds => HOLDS,
            Support::Attempt => ATTEMPT,
            Support::And => AND,
            Support::Or => OR,
            Support::IntFromDouble => INT_FROM_DOUBLE,
            Support::Point => POINT,
            Support::Distance => DISTANCE,
            Support::WithinCircle => WITHIN_CIRCLE,
            Support::WithinBox => WITHIN_BOX,
            Support::WithinPolygon => WITHIN_POLYGON,
            Support::During => DURING,
        }
    }
}

/// What the file `meaning.rs` holds.
pub(super) fn file(used: &BTreeSet<Support>) -> String {
    let mut used = used.clone();
    if used.contains(&Support::WithinCircle) {
        used.insert(Support::Distance);
    }
    used.iter().map(|support| support.text()).collect()
}

/// The type of timestamps.
pub(super) const TIMESTAMP: &str = r#"
/// A moment of UTC, from the start of year 1 to the end of year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    /// Whole seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// Nanoseconds from there on, below 1,000,000,000.
    pub nanos: u32,
}

impl Timestamp {
    pub const fn new(seconds: i64, nanos: u32) -> Timestamp {
        Timestamp { seconds, nanos }
    }

    /// The moment so many nanoseconds later.
    pub fn plus(self, duration: i64) -> Option<Timestamp> {
        Timestamp::from_nanos(self.as_nanos() + i128::from(duration))
    }

    /// The moment so many nanoseconds earlier.
    pub fn minus(self, duration: i64) -> Option<Timestamp> {
        Timestamp::from_nanos(self.as_nanos() - i128::from(duration))
    }

    /// How many nanoseconds have passed since another moment.
    pub fn since(self, earlier: Timestamp) -> Option<i64> {
        i64::try_from(self.as_nanos() - earlier.as_nanos()).ok()
    }

    fn as_nanos(self) -> i128 {
        i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanos)
    }

    fn from_nanos(nanos: i128) -> Option<Timestamp> {
        let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
        let nanos = u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?;
        (-62_135_596_800..=253_402_300_799)
            .contains(&seconds)
            .then_some(Timestamp { seconds, nanos })
    }
}
"#;

/// The function that is in the module of each enum.
pub(super) const LABEL: &str = r#"
    /// The text of a value; of an index out of range it is empty.
    pub fn label(index: u32) -> &'static str {
        LABELS.get(index as usize).copied().unwrap_or("")
    }
"#;

const HOLDS: &str = r#"
/// Whether something is true; a fault isn't.
#[inline(always)]
pub(crate) fn holds(condition: impl FnOnce() -> Option<bool>) -> bool {
    condition() == Some(true)
}
"#;

const ATTEMPT: &str = r#"
/// A value that may fail.
#[inline(always)]
pub(crate) fn attempt<T>(value: impl FnOnce() -> Option<T>) -> Option<T> {
    value()
}
"#;

const AND: &str = r#"
/// `&&`: false on either side absorbs a fault of the other.
#[inline(always)]
pub(crate) fn and(
    left: impl FnOnce() -> Option<bool>,
    right: impl FnOnce() -> Option<bool>,
) -> Option<bool> {
    match left() {
        Some(false) => Some(false),
        Some(true) => right(),
        None => right().filter(|value| !value),
    }
}
"#;

const OR: &str = r#"
/// `||`: true on either side absorbs a fault of the other.
#[inline(always)]
pub(crate) fn or(
    left: impl FnOnce() -> Option<bool>,
    right: impl FnOnce() -> Option<bool>,
) -> Option<bool> {
    match left() {
        Some(true) => Some(true),
        Some(false) => right(),
        None => right().filter(|value| *value),
    }
}
"#;

const INT_FROM_DOUBLE: &str = r#"
/// A double without its fraction, if an int can hold it.
#[inline]
pub(crate) fn int_from_double(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (value > -LIMIT && value < LIMIT).then_some(value as i64)
}
"#;

const POINT: &str = r#"
/// A place on the sphere, by latitude and longitude.
#[inline]
pub(crate) fn point(lat: f64, lon: f64) -> Option<(f64, f64)> {
    ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)).then_some((lat, lon))
}
"#;

const DISTANCE: &str = r#"
/// Metres along the great circle, by the haversine formula.
pub(crate) fn distance(from: (f64, f64), to: (f64, f64)) -> f64 {
    let north = ((to.0 - from.0).to_radians() / 2.0).sin();
    let east = ((to.1 - from.1).to_radians() / 2.0).sin();
    let shrink = from.0.to_radians().cos() * to.0.to_radians().cos();
    let haversine = north * north + shrink * east * east;
    let haversine = if haversine > 1.0 { 1.0 } else { haversine };
    2.0 * 6_371_008.8 * haversine.sqrt().asin()
}
"#;

const WITHIN_CIRCLE: &str = r#"
/// Whether a point is at most so many metres from another.
#[inline]
pub(crate) fn within_circle(point: (f64, f64), center: (f64, f64), radius: f64) -> bool {
    distance(point, center) <= radius
}
"#;

const WITHIN_BOX: &str = r#"
/// Whether a point is in a box, edges included; west > east crosses the antimeridian.
#[inline]
pub(crate) fn within_box(point: (f64, f64), [south, west, north, east]: [f64; 4]) -> bool {
    let (from_west, to_east) = (west <= point.1, point.1 <= east);
    let between = if west <= east { from_west && to_east } else { from_west || to_east };
    south <= point.0 && point.0 <= north && between
}
"#;

const WITHIN_POLYGON: &str = include_str!("support/within_polygon.rs");

const DURING: &str = r#"
/// Whether a second is in one of these intervals, sorted, each with its end excluded.
pub(crate) fn during(seconds: i64, intervals: &[(i64, i64)]) -> bool {
    let after = intervals.partition_point(|interval| interval.0 <= seconds);
    after > 0 && seconds < intervals[after - 1].1
}
"#;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rulestone_format::meaning::{Point, geo};

    mod twin {
        include!("support/within_polygon.rs");
    }

    /// Steps of the last bit.
    fn nudged(mut number: f64, steps: i32) -> f64 {
        for _ in 0..steps.abs() {
            number = if steps > 0 { number.next_up() } else { number.next_down() };
        }
        number
    }

    proptest! {
        #[test]
        fn a_twin_decides_about_polygons_as_the_language_does(
            corners in proptest::collection::vec((-60.0..60.0, -100.0..100.0), 3..8),
            edge in 0..8_usize,
            along in 0.0..=1.0,
            aside in (-3..4_i32, -3..4_i32),
        ) {
            let (from, to) = (corners[edge % corners.len()], corners[(edge + 1) % corners.len()]);
            let between = |a: f64, b: f64| a + along * (b - a);
            let spot = (
                nudged(between(from.0, to.0), aside.0),
                nudged(between(from.1, to.1), aside.1),
            );
            let point = |(lat, lon): (f64, f64)| Point { lat, lon };
            let expected = geo::within_polygon(point(spot), corners.iter().copied().map(point));
            prop_assert_eq!(twin::within_polygon(spot, &corners), expected);
        }
    }
}
