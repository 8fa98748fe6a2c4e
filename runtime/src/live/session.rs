//! Sessions that move on when another ruleset is put in place.

use super::swap::Live;
use crate::session::Session;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::Ordering;

/// A [`Session`] of whichever ruleset is in place ([`Live::session`]).
///
/// It moves on when it is told to, where a request begins, so that all of a request is
/// decided by one ruleset:
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use rulestone::{Live, Ruleset};
/// # let live = Live::new(Ruleset::open("black-mesa.stone")?);
/// # let requests: [serde_json::Value; 0] = [];
/// let mut session = live.session();
/// let mut facts = session.ruleset().facts_builder();
/// for request in requests {
///     if session.refresh() {
///         facts = session.ruleset().facts_builder();
///     }
///     let decision = session.decide(facts.encode(&request)?)?;
///     println!("{} rules", decision.matched().len());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct LiveSession {
    live: Live,
    session: Session,
    /// That of the ruleset of the session, or an earlier one.
    generation: u64,
}

impl Live {
    /// A session that moves on when another ruleset is put in place
    /// ([`LiveSession::refresh`]).
    pub fn session(&self) -> LiveSession {
        LiveSession::new(self.clone())
    }
}

impl LiveSession {
    fn new(live: Live) -> LiveSession {
        // Before the ruleset: should one be put in place in between, the next request sees it.
        let generation = live.generation().load(Ordering::Acquire);
        let session = live.load().session();
        LiveSession { live, session, generation }
    }

    /// Moves on to the ruleset that is in place, if it is another, and tells whether it did:
    /// then builders of facts and whatever else was made of the old ruleset should be made
    /// anew. Limits and whatever else was set stay.
    ///
    /// # Cost
    /// One relaxed load where nothing was put in place. Where something was, the memory of a
    /// new session is allocated; the old ruleset is not let go here.
    #[inline]
    pub fn refresh(&mut self) -> bool {
        self.live.generation().load(Ordering::Relaxed) != self.generation && self.move_on()
    }

    /// The ruleset that all of this is about, for as long as it is in place.
    pub fn live(&self) -> &Live {
        &self.live
    }

    #[cold]
    fn move_on(&mut self) -> bool {
        self.generation = self.live.generation().load(Ordering::Acquire);
        let ruleset = self.live.load();
        if ruleset.is_same(self.session.ruleset()) {
            return false;
        }
        self.session = self.session.of_another(&ruleset);
        true
    }
}

impl Deref for LiveSession {
    type Target = Session;

    #[inline]
    fn deref(&self) -> &Session {
        &self.session
    }
}

impl DerefMut for LiveSession {
    #[inline]
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}
