//! An archive decides alike wherever its bytes lie.

use super::alignment::{Fate, fate};
use crate::input::placement::copy_at;
use rulestone::{Limits, Ruleset};

/// Places within a cache line that are tried: each remainder that a number of
/// up to 16 bytes can have, and the ends of the line.
const PLACES: [usize; 8] = [0, 1, 2, 3, 4, 7, 17, 63];

/// Loads an archive that was accepted at other addresses, and decides about the
/// same frames, which are moved as well.
pub fn decides_alike(file: &[u8], limits: &Limits, frames: &[Vec<u8>], expected: &[Fate]) {
    for place in PLACES {
        let moved = copy_at(place, file);
        let ruleset = Ruleset::from_vec_with(moved, limits);
        let ruleset = ruleset.unwrap_or_else(|error| panic!("refused at {place}: {error}"));
        let mut session = ruleset.session();
        let frames = frames.iter().map(|frame| copy_at(place, frame));
        let found: Vec<Fate> = frames.map(|frame| fate(&mut session, &frame)).collect();
        assert_eq!(found, expected, "at {place} from the start of a cache line");
    }
}
