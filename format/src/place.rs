//! Fences: named places on the map. What it means to be within one is in
//! [`crate::meaning::geo`].

use crate::archive::{ArchivedFence, ArchivedVertex};
use crate::meaning::{Point, geo};

/// The shape of a fence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum FenceKind {
    Circle = 0,
    Box = 1,
    Polygon = 2,
}

impl FenceKind {
    #[inline]
    pub fn from_u16(number: u16) -> Option<FenceKind> {
        [FenceKind::Circle, FenceKind::Box, FenceKind::Polygon].get(number as usize).copied()
    }

    pub fn name(self) -> &'static str {
        match self {
            FenceKind::Circle => "circle",
            FenceKind::Box => "box",
            FenceKind::Polygon => "polygon",
        }
    }
}

/// Whether a point is within a fence. `vertices` is the archive's table.
pub fn is_within(fence: &ArchivedFence, vertices: &[ArchivedVertex], point: Point) -> bool {
    let [a, b, c, d] = fence.numbers.each_ref().map(|n| n.to_native());
    match FenceKind::from_u16(fence.kind.to_native()) {
        Some(FenceKind::Circle) => geo::within_circle(point, Point { lat: a, lon: b }, c),
        Some(FenceKind::Box) => geo::within_box(point, a, b, c, d),
        Some(FenceKind::Polygon) => {
            let start = fence.vertices.start.to_native() as usize;
            let end = start.saturating_add(fence.vertices.length.to_native() as usize);
            let vertices = vertices.get(start..end).unwrap_or_default();
            geo::within_polygon(
                point,
                vertices.iter().map(|v| Point { lat: v.lat.to_native(), lon: v.lon.to_native() }),
            )
        }
        None => false,
    }
}
