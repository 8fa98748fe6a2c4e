//! Fences: circles, boxes and polygons on the globe.
//!
//! In: the section. Out: [`Fence`]s whose numbers are finite and in range.

use super::declared::Kind;
use super::reader::Reader;
use super::shape::{Fields, in_quotes};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::compose::brief;
use crate::source::model::{Fence, Point, Shape};
use crate::source::node::{Entry, Node, NodeKind};
use crate::source::scalar::{Scalar, resolve};
use crate::source::span::Spanned;

/// A little more than half the way around the Earth.
const MAX_RADIUS_METRES: f64 = 20_100_000.0;
const MIN_VERTICES: usize = 3;
const MAX_VERTICES: usize = 10_000;
const MAX_FENCES: usize = 65_535;

impl Reader<'_> {
    pub fn fences(&mut self, node: &Node, fences: &mut Vec<Fence>) {
        for entry in self.section_map(node, "fences") {
            if fences.len() == MAX_FENCES {
                self.report(
                    Diagnostic::new(
                        Code::TooMany,
                        format!("a ruleset has at most {MAX_FENCES} fences"),
                    )
                    .at(entry.key.span(), ""),
                );
                self.unread.insert("fences".to_owned());
                return;
            }
            match self.fence(entry) {
                Some(fence) => fences.push(fence),
                None => self.unread.insert(format!("fences.{}", brief(&entry.key.value))),
            }
        }
    }

    fn fence(&mut self, entry: &Entry) -> Option<Fence> {
        let name = &entry.key;
        let is_named = self.identifier(name, "the name of a fence")
            && self.declare(Kind::Fence, name, name.span());
        let what = format!("the fence {}", in_quotes(&name.value));
        let fields = self.fields(&entry.value, &what, &["circle", "box", "polygon"])?;
        let mut shapes = fields
            .entries
            .iter()
            .filter(|e| ["circle", "box", "polygon"].contains(&e.key.value.as_str()));
        let help = "a fence has exactly one of `circle`, `box` and `polygon`";
        let Some(shape) = shapes.next() else {
            // An unknown key was reported already.
            if fields.entries.is_empty() {
                self.report(
                    Diagnostic::new(Code::FenceShape, format!("{what} has no shape"))
                        .at(fields.span, "")
                        .help(help),
                );
            }
            return None;
        };
        if let Some(second) = shapes.next() {
            self.report(
                Diagnostic::new(Code::FenceShape, format!("{what} has more than one shape"))
                    .at(second.key.span(), "a second shape")
                    .also(shape.key.span(), "the first shape")
                    .help(help),
            );
            return None;
        }
        let shape = match shape.key.value.as_str() {
            "circle" => self.circle(&shape.value)?,
            "box" => self.box_shape(&shape.value)?,
            _ => self.polygon(&shape.value)?,
        };
        is_named.then(|| Fence { name: Spanned::new(name.value.clone(), name.span()), shape })
    }

    fn circle(&mut self, node: &Node) -> Option<Shape> {
        let fields = self.fields(node, "a circle", &["center", "radius"])?;
        let center = self.required(fields, "center", "the circle");
        let radius = self.required(fields, "radius", "the circle");
        let center = center.and_then(|node| self.point(node, "`center`"));
        let radius = radius.and_then(|node| self.radius(node));
        Some(Shape::Circle { center: center?, radius_metres: radius? })
    }

    fn radius(&mut self, node: &Node) -> Option<f64> {
        let metres = match &node.kind {
            NodeKind::Int(..) | NodeKind::Double(..) => number(node),
            NodeKind::String(text) => length(&text.value),
            _ => None,
        };
        match metres {
            Some(metres) if metres > 0.0 && metres <= MAX_RADIUS_METRES => Some(metres),
            Some(_) => {
                self.report(
                    Diagnostic::new(Code::FenceRadius, "the radius is out of range")
                        .at(node.span, "")
                        .help("a radius is more than 0 and at most 20100km"),
                );
                None
            }
            None => {
                self.report(
                    Diagnostic::new(Code::FenceRadius, "the radius is no length")
                        .at(node.span, "")
                        .help("write it as `500m`, as `2km`, or as a number of metres"),
                );
                None
            }
        }
    }

    fn box_shape(&mut self, node: &Node) -> Option<Shape> {
        let fields = self.fields(node, "a box", &["south", "west", "north", "east"])?;
        let south = self.coordinate(fields, "south", 90.0, "the box");
        let west = self.coordinate(fields, "west", 180.0, "the box");
        let north = self.coordinate(fields, "north", 90.0, "the box");
        let east = self.coordinate(fields, "east", 180.0, "the box");
        let (south, west, north, east) = (south?, west?, north?, east?);
        if south > north {
            let south_span = fields.value("south").map_or(fields.span, |n| n.span);
            let north_span = fields.value("north").map_or(fields.span, |n| n.span);
            self.report(
                Diagnostic::new(Code::FenceCoordinate, "`south` lies to the north of `north`")
                    .at(south_span, "")
                    .also(north_span, "")
                    .help("exchange them; only `west` and `east` may be either way round"),
            );
            return None;
        }
        Some(Shape::Box { south, west, north, east })
    }

    fn polygon(&mut self, node: &Node) -> Option<Shape> {
        let NodeKind::List(items) = &node.kind else {
            self.wrong_type(node, "`polygon`", "a list of points");
            return None;
        };
        if items.len() < MIN_VERTICES || items.len() > MAX_VERTICES {
            self.report(
                Diagnostic::new(
                    Code::FenceShape,
                    format!("a polygon with {} vertices", items.len()),
                )
                .at(node.span, "")
                .help(format!("a polygon has {MIN_VERTICES} to {MAX_VERTICES} vertices")),
            );
            return None;
        }
        let points: Vec<Option<Point>> =
            items.iter().map(|item| self.point(item, "a vertex")).collect();
        points.into_iter().collect::<Option<Vec<Point>>>().map(Shape::Polygon)
    }

    fn point(&mut self, node: &Node, what: &str) -> Option<Point> {
        let fields = self.fields(node, what, &["lat", "lon"])?;
        let lat = self.coordinate(fields, "lat", 90.0, what);
        let lon = self.coordinate(fields, "lon", 180.0, what);
        Some(Point { lat: lat?, lon: lon? })
    }

    /// A number of degrees whose absolute value is at most `most`.
    fn coordinate(&mut self, fields: Fields<'_>, key: &str, most: f64, what: &str) -> Option<f64> {
        let node = self.required(fields, key, what)?;
        let Some(degrees) = number(node) else {
            self.wrong_type(node, &format!("`{key}`"), "a number of degrees");
            return None;
        };
        // Not true of a NaN either.
        if degrees.abs() <= most {
            return Some(degrees);
        }
        self.report(
            Diagnostic::new(
                Code::FenceCoordinate,
                format!("`{key}` must be between -{most} and {most} degrees"),
            )
            .at(node.span, ""),
        );
        None
    }
}

fn number(node: &Node) -> Option<f64> {
    match node.kind {
        NodeKind::Int(value, _) => Some(value as f64),
        NodeKind::Double(value, _) => Some(value),
        _ => None,
    }
}

/// `500m` or `1.5km` in metres.
fn length(text: &str) -> Option<f64> {
    let (digits, unit) = match text.strip_suffix("km") {
        Some(digits) => (digits, 1000.0),
        None => (text.strip_suffix('m')?, 1.0),
    };
    match resolve(digits) {
        Scalar::Int(value) => Some(value as f64 * unit),
        Scalar::Double(value) => Some(value * unit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_metres_or_kilometres() {
        assert_eq!(length("500m"), Some(500.0));
        assert_eq!(length("1.5km"), Some(1500.0));
        assert_eq!(length("500"), None);
        assert_eq!(length("km"), None);
        assert_eq!(length("5 m"), None);
        assert_eq!(length("5mi"), None);
    }
}
