
/// Whether a point is in a polygon, by the even-odd rule in degrees: an edge counts that
/// crosses the point's parallel to the east of it.
pub(crate) fn within_polygon(point: (f64, f64), vertices: &[(f64, f64)]) -> bool {
    let Some(mut start) = vertices.last() else { return false };
    let mut inside = false;
    for end in vertices {
        let (south, north) = if start.0 < end.0 { (start, end) } else { (end, start) };
        inside ^= south.0 <= point.0 && point.0 < north.0 && is_west(point, *south, *north);
        start = end;
    }
    inside && !point.0.is_nan() && !point.1.is_nan()
}

/// Whether a point lies to the west of an edge, which runs north. Exact: where rounding could
/// decide, the products are added up in parts (J. R. Shewchuk, 1997).
fn is_west(point: (f64, f64), south: (f64, f64), north: (f64, f64)) -> bool {
    let left = (south.1 - point.1) * (north.0 - point.0);
    let right = (south.0 - point.0) * (north.1 - point.1);
    if (left - right).abs() >= 3.4e-16 * (left.abs() + right.abs()) {
        return left > right;
    }
    let mut parts = [0.0; 12];
    let products = [
        (south.1, north.0),
        (-south.1, point.0),
        (-point.1, north.0),
        (-south.0, north.1),
        (south.0, point.1),
        (point.0, north.1),
    ];
    for (number, (a, b)) in products.into_iter().enumerate() {
        let high = a * b;
        for (count, term) in [(2 * number, a.mul_add(b, -high)), (2 * number + 1, high)] {
            let mut rest: f64 = term;
            for part in &mut parts[..count] {
                let sum = rest + *part;
                let of_part = sum - rest;
                *part = (rest - (sum - of_part)) + (*part - of_part);
                rest = sum;
            }
            parts[count] = rest;
        }
    }
    parts.iter().rev().find(|part| **part != 0.0).is_some_and(|part| *part > 0.0)
}
