//! The place that a ruleset is in, and who may come after it.

use crate::error::LoadError;
use crate::limits::Limits;
use crate::ruleset::Ruleset;
use crate::signature::{PublicKey, SignatureFault};
use arc_swap::ArcSwap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A ruleset that can be replaced while other threads decide by it.
///
/// Nobody waits. A thread that decides has a session that moves on ([`Live::session`]), or
/// takes a snapshot and keeps it for as long as it likes ([`Live::load`]). An old ruleset
/// is let go by whoever puts a new one in place, or by [`Live::release`], never by a
/// request. Clones are the same: one is put in place for all of them.
///
/// A ruleset takes the place of its like: see [`Live::reload`] for what that means, and
/// [`Live::replace`] for any other.
///
/// Of signed archives ([`Live::reload_signed`]) it remembers the highest sequence
/// number, and takes none that is older.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use rulestone::{Live, Ruleset};
///
/// let live = Live::new(Ruleset::open("black-mesa.stone")?);
/// // Somewhere, as long as this value lives:
/// let watcher = live.watch("black-mesa.stone", |found| match found {
///     Ok(ruleset) => println!("now by {}", ruleset.identity().name),
///     Err(error) => eprintln!("the old rules stay: {error}"),
/// })?;
/// // On each thread that decides:
/// let mut session = live.session();
/// # let frame = [0];
/// session.refresh();
/// let decision = session.decide(&frame)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Live {
    shared: Arc<Shared>,
}

/// What all clones and all sessions share.
#[derive(Debug)]
struct Shared {
    current: ArcSwap<Ruleset>,
    /// How many rulesets were put in place: sessions see by it that there is another.
    generation: AtomicU64,
    /// Held by whoever puts a ruleset in place; readers never ask for it.
    history: Mutex<History>,
}

#[derive(Debug, Default)]
struct History {
    newest: Option<Newest>,
    /// Rulesets that were in place, and that sessions or snapshots may still have: as long
    /// as they are here, it isn't these that let them go.
    retired: Vec<Ruleset>,
}

impl History {
    fn release(&mut self) -> usize {
        self.retired.retain(|ruleset| ruleset.holders() > 1);
        self.retired.len()
    }
}

/// The signed archive of the highest sequence number so far.
#[derive(Debug, Clone, Copy)]
struct Newest {
    sequence: u64,
    hash: [u8; 32],
}

impl Newest {
    /// `None` of a ruleset that was loaded without a signature.
    fn of(ruleset: &Ruleset) -> Option<Newest> {
        let sequence = ruleset.signature()?.sequence();
        Some(Newest { sequence, hash: *ruleset.hash() })
    }

    /// Whether an archive may come after this one.
    fn admits(&self, next: &Newest) -> Result<(), SignatureFault> {
        let (sequence, least) = (next.sequence, self.sequence);
        if sequence < least {
            return Err(SignatureFault::Old { found: sequence, least });
        }
        // Else two archives with one number could take turns.
        if sequence == least && next.hash != self.hash {
            return Err(SignatureFault::Reused { sequence });
        }
        Ok(())
    }
}

impl Live {
    /// Begins with this ruleset.
    pub fn new(ruleset: Ruleset) -> Live {
        let history = History { newest: Newest::of(&ruleset), retired: Vec::new() };
        Live {
            shared: Arc::new(Shared {
                current: ArcSwap::from_pointee(ruleset),
                generation: AtomicU64::new(0),
                history: Mutex::new(history),
            }),
        }
    }

    /// The ruleset of this moment.
    ///
    /// # Cost
    /// One counter shared by all threads is raised, and lowered when the
    /// snapshot goes: take one for many requests, not one for each.
    pub fn load(&self) -> Ruleset {
        Ruleset::clone(&self.shared.current.load())
    }

    /// Whether this snapshot is the ruleset of this moment. Writes no memory
    /// that threads share.
    pub fn is_current(&self, snapshot: &Ruleset) -> bool {
        self.shared.current.load().is_same(snapshot)
    }

    /// How many rulesets were put in place since the first.
    pub(crate) fn generation(&self) -> &AtomicU64 {
        &self.shared.generation
    }

    /// Puts another ruleset in its place, of whatever origin, name, schema and age, and
    /// gives the one that was there.
    pub fn replace(&self, ruleset: Ruleset) -> Ruleset {
        let mut history = self.history();
        history.newest = match (history.newest, Newest::of(&ruleset)) {
            (Some(newest), Some(next)) if next.sequence <= newest.sequence => Some(newest),
            (newest, next) => next.or(newest),
        };
        self.put(ruleset, &mut history)
    }

    /// Loads an archive as [`Ruleset::open`] does and puts it in place. Whether
    /// it is signed isn't asked.
    ///
    /// It has to be of the same ruleset, by its name, and has to take the frames that are
    /// made for the one that is there: its facts begin with the same, and those behind them
    /// are optional or have a default. Of any other, requests that are on their way would be errors;
    /// [`Live::replace`] takes it all the same.
    ///
    /// # Errors
    /// Those of [`Ruleset::open`]; [`LoadError::Unlike`]: it is not of the same ruleset, or
    /// doesn't take its frames. The ruleset that was there stays.
    pub fn reload(&self, path: impl AsRef<Path>) -> Result<(), LoadError> {
        self.reload_with(path, &Limits::default())
    }

    /// As [`Live::reload`], under limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Live::reload`].
    pub fn reload_with(&self, path: impl AsRef<Path>, limits: &Limits) -> Result<(), LoadError> {
        let path = path.as_ref();
        let ruleset = Ruleset::open_with(path, limits)?;
        let mut history = self.history();
        self.is_followed_by(&ruleset, path)?;
        self.put(ruleset, &mut history);
        Ok(())
    }

    /// Loads an archive as [`Ruleset::open_signed`] does and puts it in place,
    /// unless it is older than any signed one that was here before. The archive
    /// that is in place already may come again; another one with its sequence
    /// number may not.
    ///
    /// What was newest is forgotten with this value: when a server starts, name
    /// the least sequence number to [`Ruleset::open_signed`].
    ///
    /// # Errors
    /// Those of [`Ruleset::open_signed`]; `A407`: it is older; `A408`: it is
    /// another one of the same sequence number; [`LoadError::Unlike`] as of
    /// [`Live::reload`]. The ruleset that was there stays.
    pub fn reload_signed(&self, path: impl AsRef<Path>, key: &PublicKey) -> Result<(), LoadError> {
        self.reload_signed_with(path, key, &Limits::default())
    }

    /// As [`Live::reload_signed`], under limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Live::reload_signed`].
    pub fn reload_signed_with(
        &self,
        path: impl AsRef<Path>,
        key: &PublicKey,
        limits: &Limits,
    ) -> Result<(), LoadError> {
        let path = path.as_ref();
        let least = self.history().newest.map_or(0, |newest| newest.sequence);
        let ruleset = Ruleset::open_signed_with(path, key, least, limits)?;
        let next = Newest::of(&ruleset);
        // Held until it is in place: of two that are loaded at once, the newer one stays.
        let mut history = self.history();
        if let (Some(newest), Some(next)) = (&history.newest, &next) {
            newest.admits(next).map_err(|fault| LoadError::signature(Some(path), fault))?;
        }
        self.is_followed_by(&ruleset, path)?;
        history.newest = next;
        let current = self.load();
        if current.hash() != ruleset.hash() || current.signature() != ruleset.signature() {
            self.put(ruleset, &mut history);
        }
        Ok(())
    }

    /// Lets those rulesets go that were in place and that no session and no snapshot has
    /// any more, and says how many are left. So does whoever puts one in place.
    pub fn release(&self) -> usize {
        self.history().release()
    }

    fn is_followed_by(&self, next: &Ruleset, path: &Path) -> Result<(), LoadError> {
        let unlike = next.follows(&self.shared.current.load());
        unlike.map_err(|unlike| LoadError::Unlike { path: path.to_owned(), unlike })
    }

    fn put(&self, ruleset: Ruleset, history: &mut History) -> Ruleset {
        let old = Ruleset::clone(&self.shared.current.swap(Arc::new(ruleset)));
        // Behind it: whoever sees the number sees the ruleset, too.
        self.shared.generation.fetch_add(1, Ordering::Release);
        history.release();
        history.retired.push(old.clone());
        old
    }

    /// A thread that panicked meanwhile has left it as good as any other.
    fn history(&self) -> MutexGuard<'_, History> {
        self.shared.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
