//! Facts that are bound once for many items: a player's, while items are looked
//! through. In comes a partial frame; out come decisions about it together with one
//! partial frame after the other.

use super::Session;
use crate::decide;
use crate::decision::{Decision, Rules};
use crate::error::RequestError;
use rulestone_format::frame::Frames;
use std::fmt;

impl Session {
    /// Binds facts that many requests share, such as those of one player who looks at
    /// many items. `frame` is of the ruleset's schema, may lie at any address, and may
    /// lack facts that aren't optional
    /// ([`FactsBuilder::finish_partial`](crate::FactsBuilder::finish_partial)); each
    /// item brings the others, and facts that have a default may be in neither. The facts are copied: the frame isn't needed any more
    /// when this returns.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let ruleset = rulestone::Ruleset::open("black-mesa.stone")?;
    /// let mut builder = ruleset.facts_builder();
    /// builder.set_int("player.level", 42)?;
    /// let player = builder.finish_partial()?.to_vec();
    ///
    /// let mut session = ruleset.session();
    /// let mut bound = session.bind(&player)?;
    /// for rarity in 0..100 {
    ///     builder.clear();
    ///     builder.set_int("item.rarity", rarity)?;
    ///     let decision = bound.decide(builder.finish_partial()?)?;
    ///     println!("{rarity}: {} rules", decision.matched().len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `F…` where the bytes are no frame of facts for this ruleset, as
    /// [`Session::decide`], but that facts may be missing.
    ///
    /// # Cost
    /// About that of finding the rules of one request: the ranks of these facts are
    /// worked out, and their rows ANDed into one (nothing of that where alternatives are so
    /// few that all are scanned). Variables and conditions are
    /// left to the items, since any of them may ask an item's facts. Allocates
    /// nothing where the session has bound as much before.
    pub fn bind<'s>(&'s mut self, frame: &[u8]) -> Result<Bound<'s>, RequestError> {
        let (frame, facts) = self.binding.bind(frame, &self.ruleset)?;
        decide::bind(self.ruleset.loaded(), frame, &mut self.workspace, facts);
        Ok(Bound { session: self })
    }
}

/// A session in which some facts are bound ([`Session::bind`]). When it goes, they
/// are no longer.
pub struct Bound<'s> {
    session: &'s mut Session,
}

impl Bound<'_> {
    /// Decides about the facts that are bound and those in `item` together. The
    /// decision is the one of a single frame that has all of them: what neither has is its
    /// default, if it has one.
    ///
    /// # Errors
    /// As [`Session::decide`]; [`ErrorCode::FrameRepeated`] where the item brings a
    /// fact that is bound, and [`ErrorCode::FrameMissing`] where one that isn't
    /// optional is in neither (each with the number of the fact);
    /// [`ErrorCode::FrameJoint`] where both are together too large. The facts stay
    /// bound, and the next item may be better.
    ///
    /// # Cost
    /// The check of the item's frame and a copy of it, then that of a decision that
    /// has the item's facts alone for dimensions, or a whole one where slots are few. Allocates nothing where the session
    /// has seen items as large.
    ///
    /// [`ErrorCode::FrameRepeated`]: crate::ErrorCode::FrameRepeated
    /// [`ErrorCode::FrameMissing`]: crate::ErrorCode::FrameMissing
    /// [`ErrorCode::FrameJoint`]: crate::ErrorCode::FrameJoint
    pub fn decide(&mut self, item: &[u8]) -> Result<Decision<'_>, RequestError> {
        let Session { ruleset, workspace, binding, .. } = &mut *self.session;
        let loaded = ruleset.loaded();
        let (frame, facts) = binding.join(item, ruleset)?;
        decide::find_bound(loaded, frame, workspace, facts)?;
        decide::work_out(loaded, frame, workspace)?;
        Ok(Decision::new(loaded, frame, workspace))
    }

    /// Decides about one item after the other, whose frames lie one behind the other.
    /// What `sink` is called with, what is given and which errors there are, is as in
    /// [`Session::decide_batch`].
    pub fn decide_batch(
        &mut self,
        items: &[u8],
        mut sink: impl FnMut(usize, Result<Decision<'_>, RequestError>),
    ) -> usize {
        let mut count = 0;
        for (number, item) in Frames::new(items).enumerate() {
            match item {
                Ok(item) => sink(number, self.decide(item)),
                Err(error) => sink(number, Err(error.into())),
            }
            count = number + 1;
        }
        count
    }

    /// The rules that are kept, and nothing else: no outputs are worked out.
    ///
    /// # Errors
    /// As [`Bound::decide`].
    pub fn matching(&mut self, item: &[u8]) -> Result<Rules<'_>, RequestError> {
        let Session { ruleset, workspace, binding, .. } = &mut *self.session;
        let loaded = ruleset.loaded();
        let (frame, facts) = binding.join(item, ruleset)?;
        decide::find_bound(loaded, frame, workspace, facts)?;
        Ok(Rules::new(loaded.archive, workspace.selected()))
    }
}

impl fmt::Debug for Bound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound").finish_non_exhaustive()
    }
}
