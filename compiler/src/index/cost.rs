//! What an index costs and what it saves.

use super::dimension::Dimension;
use rulestone_format::index::{BLOCK, DimensionKind};

/// Rulesets with fewer slots are walked faster than their rows are looked up.
pub(super) const LEAST_SLOTS: usize = 24;

/// Lists with more words than this have no dimension.
pub(super) const MOST_WORDS: usize = 1024;

/// Most cells of a dimension. Rows of large rulesets are long, and their cells
/// coarse, so that all rows together stay in the cache of a core.
pub(super) fn most_cells(slots: usize) -> usize {
    match slots {
        0..4096 => 128,
        _ => 64,
    }
}

/// The dimensions that save more than they cost, the most telling ones first.
pub(super) fn worthwhile(mut dimensions: Vec<Dimension>, slots: usize) -> Vec<Dimension> {
    dimensions.sort_by(|a, b| a.density(slots).total_cmp(&b.density(slots)));
    let mut left = slots as f64;
    dimensions.retain(|dimension| {
        // Nanoseconds: to find the cell; to AND a row's block; to check a slot.
        let (lookup, block, check) = match dimension.kind {
            DimensionKind::Ordered => (5.0, 2.0, 4.0),
            DimensionKind::Members => (40.0, 8.0, 4.0),
        };
        // Of members, a request has but few of the words.
        let density = match dimension.kind {
            DimensionKind::Ordered => dimension.density(slots),
            DimensionKind::Members => 0.5,
        };
        let pays = left * (1.0 - density) * check > lookup + block * (slots / BLOCK) as f64;
        if pays {
            left *= density;
        }
        pays
    });
    dimensions
}
