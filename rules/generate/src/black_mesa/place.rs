//! Points of the map: inside the fences of `rules/black-mesa/ruleset.yaml`, and exactly on their edges.
//!
//! In: the numbers of that file, repeated here. Out: points.

use crate::json::Object;
use crate::random::Random;

/// A point, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) lat: f64,
    pub(crate) lon: f64,
}

pub(crate) const fn point(lat: f64, lon: f64) -> Point {
    Point { lat, lon }
}

/// Metres in a degree of latitude on the sphere of 6,371,008.8 m that the language measures on.
const METRES_A_DEGREE: f64 = 6_371_008.8 * std::f64::consts::PI / 180.0;

impl Point {
    pub(crate) fn json(self) -> Object {
        let mut object = Object::new();
        object.set("lat", self.lat).set("lon", self.lon);
        object
    }

    /// The point so many metres to the north, or to the south near the pole. Along a meridian no sine is needed, so
    /// that the result is the same on every machine.
    pub(crate) fn metres_away(self, metres: f64) -> Self {
        let degrees = metres / METRES_A_DEGREE;
        let lat = if self.lat + degrees > 90.0 { self.lat - degrees } else { self.lat + degrees };
        point(lat, self.lon)
    }

    /// A point near this one, with six decimals.
    pub(crate) fn jittered(self, random: &mut Random, degrees: f64) -> Self {
        let micro = |value: f64| (value * 1e6).round() / 1e6;
        point(
            micro((self.lat + random.real(-degrees, degrees)).clamp(-90.0, 90.0)),
            micro((self.lon + random.real(-degrees, degrees)).clamp(-180.0, 180.0)),
        )
    }
}

/// London: the centre, the old town with its radius of 500 m, the docks with their corners, Hyde Park with its
/// vertices and the middle of one of its sides.
pub(crate) const LONDON: [Point; 14] = [
    point(51.5074, -0.1278),
    point(51.5138, -0.0984),
    point(51.5138, -0.0984),
    point(51.518_296_6, -0.0984),
    point(51.5, 0.0),
    point(51.49, -0.05),
    point(51.51, 0.02),
    point(51.51, -0.05),
    point(51.507, -0.165),
    point(51.508, -0.17),
    point(51.513, -0.173),
    point(51.503, -0.151),
    point(51.512, -0.1655),
    point(51.732_230_4, -0.1278),
];

/// Tokyo: the station, Shibuya with two vertices, Odaiba with two corners, the end of the circle.
pub(crate) const TOKYO: [Point; 10] = [
    point(35.6812, 139.7671),
    point(35.66, 139.7),
    point(35.659, 139.702),
    point(35.662, 139.695),
    point(35.656, 139.706),
    point(35.63, 139.78),
    point(35.63, 139.78),
    point(35.615, 139.765),
    point(35.64, 139.795),
    point(35.950_997, 139.7671),
];

/// New York: midtown, Central Park with two vertices, the statue, corners of the box.
pub(crate) const NEW_YORK: [Point; 10] = [
    point(40.75, -73.99),
    point(40.7829, -73.9654),
    point(40.78, -73.968),
    point(40.7681, -73.9819),
    point(40.7969, -73.9492),
    point(40.6892, -74.0445),
    point(40.6892, -74.0445),
    point(40.55, -74.1),
    point(40.92, -73.7),
    point(40.920_001, -73.7),
];

/// Fiji and the Aleutians on both sides of the date line, and on it; the pole; Sydney; nowhere.
pub(crate) const FAR: [Point; 16] = [
    point(-16.0, 176.0),
    point(-16.0, -178.0),
    point(-12.0, 180.0),
    point(-20.0, -180.0),
    point(-17.7, 178.0),
    point(-16.8, -179.9),
    point(-16.0, -177.999_999),
    point(52.0, 172.0),
    point(53.5, -170.0),
    point(51.8, -176.6),
    point(90.0, 0.0),
    point(89.5, 77.0),
    point(89.100_679, -45.0),
    point(-33.8568, 151.2153),
    point(0.0, 0.0),
    point(-90.0, 180.0),
];

/// Towns without a fence.
pub(crate) const ELSEWHERE: [Point; 6] = [
    point(64.1466, -21.9426),
    point(52.52, 13.405),
    point(59.9139, 10.7522),
    point(-34.6037, -58.3816),
    point(19.4326, -99.1332),
    point(47.5615, -52.7126),
];
