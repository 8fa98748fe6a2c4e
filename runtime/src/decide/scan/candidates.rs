//! Comparing all alternatives with a request, side by side in the lanes of registers.

use super::prepare::{MOST_SLOTS, Scan};
use crate::decide::simd::lanes::LANES;
use crate::decide::simd::{Kernel, Registers};
use rulestone_format::frame::Frame;

/// A bit for each slot that may match, group by group.
pub(crate) type Candidates = [u16; MOST_SLOTS / LANES];

pub(crate) const NO_CANDIDATES: Candidates = [0; MOST_SLOTS / LANES];

/// Finds the candidates of a request. Says whether there are any. One without residual
/// predicates ([`Scan::residual`]) does match, but for its condition.
pub(crate) struct FindCandidates<'a> {
    scan: &'a Scan,
    /// The cells of the frame, and a bit for each of its first facts that is there.
    cells: &'a [[u8; 8]],
    present: u32,
    candidates: &'a mut Candidates,
}

impl<'a> FindCandidates<'a> {
    #[inline]
    pub(crate) fn new(
        scan: &'a Scan,
        frame: &Frame<'a>,
        candidates: &'a mut Candidates,
    ) -> FindCandidates<'a> {
        let (cells, _) = frame.cells().as_chunks();
        FindCandidates { scan, cells, present: frame.presence() as u32, candidates }
    }
}

impl Kernel for FindCandidates<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<R: Registers>(self, on: R) -> bool {
        let FindCandidates { scan, cells, present, candidates } = self;
        let numbers = on.scale(cells, &scan.scaling);
        let (mut ranges, mut sets) = (scan.ranges.as_slice(), scan.sets.as_slice());
        let mut any = 0;
        for (candidates, group) in candidates.iter_mut().zip(&scan.groups) {
            let mut misses = on.require(present, &group.facts);
            let (own, others) = ranges.split_at_checked(group.ranges as usize).unwrap_or_default();
            for of in own {
                misses = on.compare_ranges(misses, &numbers, of);
            }
            ranges = others;
            let (own, others) = sets.split_at_checked(group.sets as usize).unwrap_or_default();
            for of in own {
                misses = on.compare_sets(misses, &numbers, of);
            }
            sets = others;
            *candidates = on.matching(misses);
            any |= *candidates;
        }
        any != 0
    }
}
