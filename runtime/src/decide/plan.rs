//! What decisions need of an archive: prepared once, when it is loaded, for all sessions.
//!
//! In: a verified archive. Out: a [`Plan`], which decisions only read. It chooses the
//! strategy by which the rules that match are found.

use super::dense::{self, Dense};
use super::hit_policy::HitPolicies;
use super::outputs::OutputPlans;
use super::ranks::RankPlan;
use super::request::Request;
use super::scan::Scan;
use super::simd::Simd;
use super::sparse::Sparse;
use crate::interpret::{self, Program};
use crate::json::pieces::Pieces;
use crate::load::Regex;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::frame::Frame;

/// What decisions need of an archive.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) interpreter: interpret::Plan,
    pub(crate) ranks: RankPlan,
    pub(crate) strategy: Strategy,
    /// For large rulesets. Batches and bound facts go by it wherever there is an index.
    pub(crate) sparse: Sparse,
    pub(crate) hit_policies: HitPolicies,
    pub(crate) outputs: OutputPlans,
}

/// How the rules that match are found.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "a plan has one, and is never moved")]
pub(crate) enum Strategy {
    /// Without an index: alternatives are evaluated one after the other.
    Walk,
    /// Up to 128 alternatives: all of them are compared side by side in SIMD lanes.
    Scan(Scan),
    /// Up to 2,048 alternatives: bitmap rows in registers.
    Dense(Dense),
    /// Beyond: bit-vector rows with summaries ([`Plan::sparse`]).
    Sparse,
}

impl Plan {
    /// # Cost
    /// One pass over facts, subjects with their dictionaries, slots, groups, outputs, units
    /// and code.
    pub(crate) fn new(archive: &ArchivedRuleset, regexes: Vec<Regex>) -> Plan {
        let simd = Simd::detect();
        let ranks = RankPlan::new(archive, simd);
        let packs = !archive.index.is_empty() && !dense::fits(archive.slots.len());
        Plan {
            interpreter: interpret::Plan::new(archive, regexes),
            strategy: Strategy::choose(archive, &ranks, simd.has_many_lanes(), true),
            sparse: Sparse::prepare(archive, &ranks, packs),
            ranks,
            hit_policies: HitPolicies::new(archive),
            outputs: OutputPlans::new(archive),
        }
    }

    /// The strategy of a session, which may be told to use no index.
    #[inline]
    pub(crate) fn strategy(&self, use_index: bool) -> &Strategy {
        if use_index { &self.strategy } else { &Strategy::Walk }
    }
}

impl Strategy {
    /// The fastest that suits an archive, among those that may be chosen.
    pub(crate) fn choose(
        archive: &ArchivedRuleset,
        ranks: &RankPlan,
        may_scan: bool,
        may_be_dense: bool,
    ) -> Strategy {
        let scan = may_scan.then(|| Scan::prepare(archive, ranks)).flatten();
        if let Some(scan) = scan {
            return Strategy::Scan(scan);
        }
        if archive.index.is_empty() {
            return Strategy::Walk;
        }
        let dense = may_be_dense.then(|| Dense::prepare(archive, ranks)).flatten();
        dense.map_or(Strategy::Sparse, Strategy::Dense)
    }
}

/// A loaded ruleset, as decisions see it.
#[derive(Clone, Copy)]
pub(crate) struct Loaded<'r> {
    pub(crate) archive: &'r ArchivedRuleset,
    pub(crate) plan: &'r Plan,
    /// For the reader of a decision.
    pub(crate) pieces: &'r Pieces,
}

impl<'r> Loaded<'r> {
    /// A request about the facts of a frame.
    #[inline]
    pub(crate) fn request(self, frame: &'r Frame<'r>) -> Request<'r> {
        Request { program: self.program(), ranks: &self.plan.ranks, frame }
    }

    /// Whether it decides at all: a ruleset that is switched off matches nothing.
    #[inline]
    pub(crate) fn is_enabled(self) -> bool {
        self.archive.identity.enabled != 0
    }

    /// What the interpreter needs of it.
    #[inline]
    pub(crate) fn program(self) -> Program<'r> {
        Program { archive: self.archive, plan: &self.plan.interpreter }
    }
}
