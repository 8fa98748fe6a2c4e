//! Places on the sphere: points, distance, and whether a point lies within a fence.
//!
//! Angles are degrees, lengths metres. A NaN anywhere makes a distance NaN and a point lie outside.
//! Sine, cosine and arcsine are the platform's; they may differ in the last bit from one machine to another.

use super::orientation;

/// The mean radius of the Earth in metres: (2a + b) / 3 of the GRS 80 ellipsoid, as the IUGG has it, to 0.1 m.
pub const EARTH_RADIUS: f64 = 6_371_008.8;

/// A place: degrees north of the equator and east of Greenwich. Any numbers make a point; one that is not on the
/// sphere lies within no box or polygon that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Latitude.
    pub lat: f64,
    /// Longitude.
    pub lon: f64,
}

/// `geo.distance`: metres along the great circle on a sphere of [`EARTH_RADIUS`], by the haversine formula
/// (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984).
pub fn distance(from: Point, to: Point) -> f64 {
    let north = ((to.lat - from.lat).to_radians() / 2.0).sin();
    let east = ((to.lon - from.lon).to_radians() / 2.0).sin();
    let shrink = from.lat.to_radians().cos() * to.lat.to_radians().cos();
    let haversine = north * north + shrink * east * east;
    // Rounding may carry it past 1 between antipodes. Not `min`, which would turn a NaN into a number.
    let haversine = if haversine > 1.0 { 1.0 } else { haversine };
    2.0 * EARTH_RADIUS * haversine.sqrt().asin()
}

/// Whether the point is at most `radius` metres from the centre, by [`distance`].
pub fn within_circle(point: Point, center: Point, radius: f64) -> bool {
    distance(point, center) <= radius
}

/// Whether the point is in the box, edges included. With `west` greater than `east` the box crosses the antimeridian.
pub fn within_box(point: Point, south: f64, west: f64, north: f64, east: f64) -> bool {
    let between = south <= point.lat && point.lat <= north;
    if west <= east {
        between && west <= point.lon && point.lon <= east
    } else if west > east {
        between && (west <= point.lon || point.lon <= east)
    } else {
        false
    }
}

/// Whether the point is in the polygon, by the even-odd rule in the plane of degrees. The last vertex joins the first.
///
/// The edge convention is the half-open crossing test (W. R. Franklin, "PNPOLY"): an edge counts if exactly one of
/// its ends is north of the point and it crosses the point's parallel to the east of the point, which is seen without
/// rounding. So of two polygons that share an edge, a point on or beside that edge is in exactly one, and where
/// polygons tile around a vertex, it is in exactly one of them; a rectangle has its south and west edges, and not its
/// north and east ones. An edge longer than 180 degrees is taken as it stands, not across the antimeridian.
pub fn within_polygon(point: Point, vertices: impl IntoIterator<Item = Point>) -> bool {
    let mut vertices = vertices.into_iter();
    let Some(first) = vertices.next() else {
        return false;
    };
    let mut inside = false;
    let mut valid = is_number(point) && is_number(first);
    let mut previous = first;
    for vertex in vertices {
        valid &= is_number(vertex);
        inside ^= crosses(point, vertex, previous);
        previous = vertex;
    }
    inside ^= crosses(point, first, previous);
    valid && inside
}

/// Whether an edge crosses the point's parallel to the east of the point, whichever way it runs.
fn crosses(point: Point, end: Point, start: Point) -> bool {
    let (south, north) = if start.lat < end.lat { (start, end) } else { (end, start) };
    let place = |point: Point| (point.lon, point.lat);
    south.lat <= point.lat
        && point.lat < north.lat
        && orientation::is_left(place(point), place(south), place(north))
}

fn is_number(point: Point) -> bool {
    !point.lat.is_nan() && !point.lon.is_nan()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOWHERE: Point = Point { lat: f64::NAN, lon: 0.0 };

    fn at(lat: f64, lon: f64) -> Point {
        Point { lat, lon }
    }

    /// The number so many steps further.
    fn nudged(mut number: f64, steps: i32) -> f64 {
        for _ in 0..steps.abs() {
            number = if steps > 0 { number.next_up() } else { number.next_down() };
        }
        number
    }

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() <= 1e-6 * expected.max(1.0)
    }

    #[test]
    fn distances_are_those_of_the_sphere() {
        use core::f64::consts::PI;
        assert_eq!(distance(at(51.5, -0.12), at(51.5, -0.12)), 0.0);
        let quarter = EARTH_RADIUS * PI / 2.0;
        assert!(near(distance(at(0.0, 0.0), at(90.0, 77.0)), quarter));
        assert!(near(distance(at(0.0, 0.0), at(0.0, 180.0)), 2.0 * quarter));
        assert!(near(distance(at(-33.3, 12.7), at(33.3, -167.3)), 2.0 * quarter));
        // A degree of a meridian, and the same across the antimeridian.
        assert!(near(distance(at(10.0, 20.0), at(11.0, 20.0)), quarter / 90.0));
        assert!(near(distance(at(0.0, 179.5), at(0.0, -179.5)), quarter / 90.0));
        // By the spherical law of cosines, which is well conditioned at this distance: London to New York.
        let (london, new_york) = (at(51.5074, -0.1278), at(40.7128, -74.0060));
        let (a, b) = (london.lat.to_radians(), new_york.lat.to_radians());
        let angle = (a.sin() * b.sin()
            + a.cos() * b.cos() * (new_york.lon - london.lon).to_radians().cos())
        .acos();
        assert!(near(distance(london, new_york), EARTH_RADIUS * angle));
        assert!(
            distance(NOWHERE, london).is_nan()
                && distance(london, Point { lat: 0.0, lon: f64::NAN }).is_nan()
        );
    }

    #[test]
    fn circles_include_their_rim() {
        let (center, rim) = (at(51.5, -0.12), at(51.5, -0.11));
        let radius = distance(center, rim);
        assert!(within_circle(rim, center, radius));
        assert!(!within_circle(rim, center, radius.next_down()));
        assert!(!within_circle(NOWHERE, center, 1e9) && !within_circle(rim, center, f64::NAN));
    }

    #[test]
    fn boxes_include_their_edges_and_may_cross_the_antimeridian() {
        let docks = |lat, lon| within_box(at(lat, lon), 51.49, -0.05, 51.51, 0.02);
        assert!(
            docks(51.5, 0.0) && docks(51.49, -0.05) && docks(51.51, 0.02) && docks(51.49, 0.02)
        );
        assert!(!docks(51.48, 0.0) && !docks(51.52, 0.0) && !docks(51.5, -0.06));
        let fiji = |lat, lon| within_box(at(lat, lon), -20.0, 177.0, -15.0, -178.0);
        assert!(
            fiji(-18.0, 179.0) && fiji(-18.0, -179.0) && fiji(-18.0, 180.0) && fiji(-15.0, 177.0)
        );
        assert!(!fiji(-18.0, 176.0) && !fiji(-18.0, -177.0) && !fiji(-14.0, 179.0));
        let center = at(0.0, 0.0);
        for [south, west, north, east] in [
            [f64::NAN, -1.0, 1.0, 1.0],
            [-1.0, f64::NAN, 1.0, 1.0],
            [-1.0, -1.0, f64::NAN, 1.0],
            [-1.0, -1.0, 1.0, f64::NAN],
        ] {
            assert!(!within_box(center, south, west, north, east));
        }
        assert!(!within_box(NOWHERE, -90.0, -180.0, 90.0, 180.0));
    }

    #[test]
    fn polygons_follow_the_even_odd_rule() {
        let park = [at(51.50, -0.18), at(51.51, -0.16), at(51.50, -0.15)];
        assert!(within_polygon(at(51.505, -0.162), park));
        assert!(
            !within_polygon(at(51.505, -0.18), park) && !within_polygon(at(51.52, -0.16), park)
        );
        // A rectangle has its south-west corner and none of its other corners.
        let unit = [at(0.0, 0.0), at(0.0, 1.0), at(1.0, 1.0), at(1.0, 0.0)];
        assert!(within_polygon(at(0.0, 0.0), unit));
        assert!(!within_polygon(at(0.0, 1.0), unit));
        assert!(!within_polygon(at(1.0, 1.0), unit));
        assert!(!within_polygon(at(1.0, 0.0), unit));
        // A pentagram: its middle is wound around twice, and so is outside.
        let star = [at(3.0, 0.0), at(-2.4, 1.8), at(1.0, -2.9), at(1.0, 2.9), at(-2.4, -1.8)];
        assert!(!within_polygon(at(0.0, 0.0), star) && within_polygon(at(2.0, 0.0), star));
    }

    #[test]
    fn a_point_beside_a_shared_edge_is_in_one_of_its_polygons() {
        let west = [at(0.0, 0.0), at(0.3, 0.6), at(0.3, -1.0)];
        let east = [at(0.3, 0.6), at(0.0, 0.0), at(0.0, 1.0)];
        for spot in [at(0.001, 0.002), at(0.055, 0.11)] {
            assert!(!within_polygon(spot, west) && within_polygon(spot, east), "{spot:?}");
        }
        // Edges along a parallel and a meridian: what is on them is north, and east.
        let quarters =
            |north: f64, east: f64| [at(0.0, 0.0), at(0.0, east), at(north, east), at(north, 0.0)];
        for (spot, north, east) in [
            (at(0.0, 0.5), 1.0, 1.0),
            (at(0.0, -0.5), 1.0, -1.0),
            (at(0.5, 0.0), 1.0, 1.0),
            (at(-0.5, 0.0), -1.0, 1.0),
            (at(0.0, 0.0), 1.0, 1.0),
        ] {
            for (n, e) in [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)] {
                let is_in = within_polygon(spot, quarters(n, e));
                assert_eq!(is_in, (n, e) == (north, east), "{spot:?} {n} {e}");
            }
        }
    }

    #[test]
    fn degenerate_polygons_hold_nothing() {
        let center = at(0.0, 0.0);
        assert!(!within_polygon(center, []));
        assert!(!within_polygon(center, [center]));
        assert!(!within_polygon(center, [at(-1.0, -1.0), at(1.0, 1.0)]));
        let around = [at(-1.0, -1.0), at(-1.0, 1.0), at(1.0, 0.0)];
        assert!(within_polygon(center, around) && !within_polygon(NOWHERE, around));
        assert!(!within_polygon(center, [around[0], around[1], around[2], NOWHERE]));
        assert!(!within_polygon(center, [NOWHERE, around[0], around[1], around[2]]));
    }

    proptest! {
        #[test]
        fn distance_is_symmetric_and_bounded(a in -90.0..90.0, b in -180.0..180.0, c in -90.0..90.0, d in -180.0..180.0) {
            let (from, to) = (at(a, b), at(c, d));
            let there = distance(from, to);
            prop_assert!(near(there, distance(to, from)));
            prop_assert!((0.0..=EARTH_RADIUS * core::f64::consts::PI + 1e-6).contains(&there));
        }

        #[test]
        fn a_rectangle_is_a_box_but_for_its_edges(lat in -2.0..2.0, lon in -2.0..2.0) {
            let rectangle = [at(-1.0, -1.0), at(-1.0, 1.0), at(1.0, 1.0), at(1.0, -1.0)];
            prop_assume!(lat != 1.0 && lon != 1.0);
            prop_assert_eq!(within_polygon(at(lat, lon), rectangle), within_box(at(lat, lon), -1.0, -1.0, 1.0, 1.0));
        }

        #[test]
        fn a_point_on_a_shared_edge_is_in_one_of_its_polygons(
            a in (-60.0..60.0, -100.0..100.0),
            b in (-60.0..60.0, -100.0..100.0),
            along in 0.1..0.9,
            aside in (-3..4_i32, -3..4_i32),
            ways in (any::<bool>(), any::<bool>()),
        ) {
            let (a, b) = (at(a.0, a.1), at(b.0, b.1));
            let (north, east) = (b.lat - a.lat, b.lon - a.lon);
            prop_assume!(north.abs() + east.abs() > 1e-3);
            // A kite along the edge, cut in two by it.
            let middle = at((a.lat + b.lat) / 2.0, (a.lon + b.lon) / 2.0);
            let tip = |side: f64| at(middle.lat + side * east / 4.0, middle.lon - side * north / 4.0);
            let mut halves = [vec![a, b, tip(1.0)], vec![a, b, tip(-1.0)]];
            if ways.0 { halves[0].reverse(); }
            if ways.1 { halves[1].reverse(); }
            let spot = at(
                nudged(a.lat + along * north, aside.0),
                nudged(a.lon + along * east, aside.1),
            );
            let within = halves.iter().filter(|half| within_polygon(spot, half.iter().copied()));
            prop_assert_eq!(within.count(), 1, "{:?} of {:?}", spot, halves);
        }

        #[test]
        fn where_polygons_tile_around_a_vertex_it_is_in_one_of_them(
            vertex in (-60.0..60.0, -100.0..100.0),
            mut turns in proptest::collection::vec(0.0..1.0, 3..9),
            aside in (-3..4_i32, -3..4_i32),
            backwards in any::<bool>(),
        ) {
            let center = at(vertex.0, vertex.1);
            turns.sort_by(f64::total_cmp);
            // No part is wider than half of all around.
            turns.extend([1.0 / 3.0, 2.0 / 3.0, 1.0]);
            turns.sort_by(f64::total_cmp);
            turns.dedup_by(|a, b| *a - *b < 1e-3);
            let rim: Vec<Point> = turns.iter().map(|turn| {
                let angle = turn * core::f64::consts::TAU;
                at(center.lat + angle.sin(), center.lon + angle.cos())
            }).collect();
            let spot = at(nudged(center.lat, aside.0), nudged(center.lon, aside.1));
            let mut within = 0;
            for (n, first) in rim.iter().enumerate() {
                let second = rim[(n + 1) % rim.len()];
                let mut part = [center, *first, second];
                if backwards { part.reverse(); }
                within += u32::from(within_polygon(spot, part));
            }
            prop_assert_eq!(within, 1, "{:?} among {:?} around {:?}", spot, rim, center);
        }

        #[test]
        fn the_start_and_direction_of_a_polygon_do_not_matter(
            corners in proptest::collection::vec((-5..5_i32, -5..5_i32), 3..8),
            lat in -5.0..5.0,
            lon in -5.0..5.0,
            turn in 0..8_usize,
        ) {
            let corners: Vec<Point> = corners.into_iter().map(|(y, x)| at(f64::from(y), f64::from(x))).collect();
            let turn = turn % corners.len();
            let turned: Vec<Point> = corners[turn..].iter().chain(&corners[..turn]).copied().collect();
            let inside = within_polygon(at(lat, lon), corners.iter().copied());
            prop_assert_eq!(within_polygon(at(lat, lon), turned), inside);
            prop_assert_eq!(within_polygon(at(lat, lon), corners.into_iter().rev()), inside);
        }
    }
}
