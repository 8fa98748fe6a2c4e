//! Fences by what bounds them: ranges of latitude and longitude that hold for
//! every point within, and for few others.
//!
//! Any numbers make a point, also ones beyond the poles or more than once round
//! the sphere, and being within a fence is defined for them too.

use super::comparison::{Comparison, keyed};
use super::keys::Keys;
use super::tables::Tables;
use crate::check::tree::FactId;
use crate::source::model::Point;
use rulestone_format::meaning::geo::EARTH_RADIUS;
use rulestone_format::meaning::order::double_key;
use rulestone_format::subject::SubjectKind;

/// Degrees, some metres: far more than rounding takes away.
const MARGIN: f64 = 1e-4;

/// That a point is in a box, edges included: exactly.
pub(super) fn in_box(
    fact: FactId,
    [south, west, north, east]: [f64; 4],
    tables: &mut Tables<'_>,
) -> Option<[Comparison; 2]> {
    if [south, west, north, east].iter().any(|side| side.is_nan()) {
        return None;
    }
    place(fact, between(south, north), longitudes(west, east), tables)
}

/// The ways in which a point may be within a circle: near its centre, or with a
/// latitude that is none.
pub(super) fn in_circle(
    fact: FactId,
    [lat, lon]: [f64; 2],
    radius: f64,
    tables: &mut Tables<'_>,
) -> Option<Vec<Vec<Comparison>>> {
    let angle = (radius / EARTH_RADIUS).min(std::f64::consts::PI);
    let north_south = angle.to_degrees() + MARGIN;
    let (south, north) = (lat - north_south, lat + north_south);
    // The meridians that touch the circle; none do where it holds a pole.
    let east_west = (angle.sin() / lat.to_radians().cos()).asin().to_degrees() + MARGIN;
    let holds_pole = south <= -90.0 || north >= 90.0;
    let within = match (lon - east_west, lon + east_west) {
        _ if holds_pole || east_west.is_nan() || east_west >= 180.0 => Keys::all(),
        (west, east) if west < -180.0 => longitudes(west + 360.0, east),
        (west, east) if east > 180.0 => longitudes(west, east - 360.0),
        (west, east) => longitudes(west, east),
    };
    let none = between(-180.0, 180.0).complement();
    let near = place(fact, between(south, north), within.union(&none), tables)?;
    let latitude = tables.coordinate(SubjectKind::Latitude, fact)?;
    let beyond = keyed(latitude, between(-90.0, 90.0).complement());
    Some(vec![near.to_vec(), vec![beyond]])
}

/// That a point may be in a polygon.
pub(super) fn in_polygon(
    fact: FactId,
    vertices: &[Point],
    tables: &mut Tables<'_>,
) -> Option<Vec<Comparison>> {
    let range = |number: fn(&Point) -> f64| {
        let numbers = vertices.iter().map(number);
        let ends = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), number| {
            (least.min(number), most.max(number))
        });
        between(ends.0 - MARGIN, ends.1 + MARGIN)
    };
    let both = place(fact, range(|vertex| vertex.lat), range(|vertex| vertex.lon), tables)?;
    Some(both.to_vec())
}

fn place(
    fact: FactId,
    latitudes: Keys,
    longitudes: Keys,
    tables: &mut Tables<'_>,
) -> Option<[Comparison; 2]> {
    let lat = tables.coordinate(SubjectKind::Latitude, fact)?;
    let lon = tables.coordinate(SubjectKind::Longitude, fact)?;
    Some([keyed(lat, latitudes), keyed(lon, longitudes)])
}

/// From west to east, across the antimeridian where west is the greater.
fn longitudes(west: f64, east: f64) -> Keys {
    match west <= east {
        true => between(west, east),
        false => between(west, f64::INFINITY).union(&between(f64::NEG_INFINITY, east)),
    }
}

fn between(low: f64, high: f64) -> Keys {
    Keys::interval(double_key(low), double_key(high))
}
