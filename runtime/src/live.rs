//! The ruleset that a server decides by right now, replaced while it runs.
//!
//! In come rulesets that are already verified, or paths of archives that
//! become so here; out come snapshots that stay what they are for as long as
//! they are held.

use crate::error::LoadError;
use crate::ruleset::Ruleset;
use arc_swap::ArcSwap;
use std::path::Path;
use std::sync::Arc;

/// A ruleset that can be replaced while other threads decide by it.
///
/// Nobody waits: readers take a snapshot and keep it for as long as they like;
/// the bytes of an old ruleset go when its last snapshot does.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use rulestone::{Live, Ruleset};
///
/// let live = Live::new(Ruleset::open("black-mesa.stone")?);
/// let before = live.load();
/// if let Err(error) = live.reload("black-mesa.stone") {
///     eprintln!("the old rules stay: {error}");
/// }
/// if !live.is_current(&before) {
///     // Make new sessions of `live.load()`.
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Live {
    current: ArcSwap<Ruleset>,
}

impl Live {
    /// Begins with this ruleset.
    pub fn new(ruleset: Ruleset) -> Live {
        Live { current: ArcSwap::from_pointee(ruleset) }
    }

    /// The ruleset of this moment.
    ///
    /// # Cost
    /// One counter shared by all threads is raised, and lowered when the
    /// snapshot goes: take one for many requests, not one for each, and ask
    /// [`Live::is_current`] in between.
    pub fn load(&self) -> Ruleset {
        Ruleset::clone(&self.current.load())
    }

    /// Whether this snapshot is the ruleset of this moment. Writes no memory
    /// that threads share.
    pub fn is_current(&self, snapshot: &Ruleset) -> bool {
        self.current.load().is_same(snapshot)
    }

    /// Puts another ruleset in its place and gives the one that was there.
    pub fn replace(&self, ruleset: Ruleset) -> Ruleset {
        Ruleset::clone(&self.current.swap(Arc::new(ruleset)))
    }

    /// Loads an archive as [`Ruleset::open`] does and puts it in place.
    ///
    /// # Errors
    /// Those of [`Ruleset::open`]; the ruleset that was there stays.
    pub fn reload(&self, path: impl AsRef<Path>) -> Result<(), LoadError> {
        let ruleset = Ruleset::open(path)?;
        self.current.store(Arc::new(ruleset));
        Ok(())
    }
}
