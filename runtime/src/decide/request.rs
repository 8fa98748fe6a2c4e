//! What is read while a request's rules are found.

use crate::decide::ranks::RankPlan;
use crate::decide::simd::Simd;
use crate::interpret::Program;
use rulestone_format::frame::Frame;

/// A request: its facts, and what evaluating them needs of the ruleset.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) program: Program<'a>,
    pub(crate) ranks: &'a RankPlan,
    pub(crate) frame: &'a Frame<'a>,
}

impl Request<'_> {
    /// The processor that loops run on.
    #[inline]
    pub(crate) fn simd(&self) -> Simd {
        self.ranks.simd
    }
}
