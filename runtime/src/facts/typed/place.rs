//! Where facts stand in the frames of a ruleset.

use super::fit::Value;

/// Where a fact stands in a frame, and how its value is stored.
#[derive(Debug, Clone)]
pub struct Place {
    /// Offset of its cell in the frame.
    pub(super) at: usize,
    pub(super) fact: u32,
    /// Whether the field may be absent, so that its presence is told each time.
    pub(super) is_optional: bool,
    /// `None`: the ruleset has no such fact, which the encoder was told to ignore.
    pub(super) value: Option<Value>,
}

/// The places of a field, and those behind it.
#[doc(hidden)]
#[inline]
pub fn split(places: &[Place], leaves: usize) -> (&[Place], &[Place]) {
    places.split_at_checked(leaves).unwrap_or((places, &[]))
}
