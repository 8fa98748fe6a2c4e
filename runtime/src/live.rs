//! The ruleset that a server decides by right now, replaced while it runs.
//!
//! In come rulesets that are already verified, or paths of archives that
//! become so here; out come snapshots that stay what they are for as long as
//! they are held. Signed archives never go back to an older one.

use crate::error::LoadError;
use crate::limits::Limits;
use crate::ruleset::Ruleset;
use crate::signature::{PublicKey, SignatureFault};
use arc_swap::ArcSwap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A ruleset that can be replaced while other threads decide by it.
///
/// Nobody waits: readers take a snapshot and keep it for as long as they like;
/// the bytes of an old ruleset go when its last snapshot does.
///
/// Of signed archives ([`Live::reload_signed`]) it remembers the highest sequence
/// number, and takes none that is older.
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
    /// Held by whoever puts a signed ruleset in place; readers never ask for it.
    newest: Mutex<Option<Newest>>,
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
        ruleset.hash().map(|hash| Newest { sequence, hash: *hash })
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
        let newest = Mutex::new(Newest::of(&ruleset));
        Live { current: ArcSwap::from_pointee(ruleset), newest }
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

    /// Puts another ruleset in its place, of whatever origin and age, and gives
    /// the one that was there.
    pub fn replace(&self, ruleset: Ruleset) -> Ruleset {
        let mut newest = self.newest();
        *newest = match (*newest, Newest::of(&ruleset)) {
            (Some(newest), Some(next)) if next.sequence <= newest.sequence => Some(newest),
            (newest, next) => next.or(newest),
        };
        Ruleset::clone(&self.current.swap(Arc::new(ruleset)))
    }

    /// Loads an archive as [`Ruleset::open`] does and puts it in place. Whether
    /// it is signed isn't asked.
    ///
    /// # Errors
    /// Those of [`Ruleset::open`]; the ruleset that was there stays.
    pub fn reload(&self, path: impl AsRef<Path>) -> Result<(), LoadError> {
        self.reload_with(path, &Limits::default())
    }

    /// As [`Live::reload`], under limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Live::reload`].
    pub fn reload_with(&self, path: impl AsRef<Path>, limits: &Limits) -> Result<(), LoadError> {
        let ruleset = Ruleset::open_with(path, limits)?;
        self.current.store(Arc::new(ruleset));
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
    /// another one of the same sequence number. The ruleset that was there stays.
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
        let least = self.newest().map_or(0, |newest| newest.sequence);
        let ruleset = Ruleset::open_signed_with(path, key, least, limits)?;
        let next = Newest::of(&ruleset);
        // Held until it is in place: of two that are loaded at once, the newer one stays.
        let mut newest = self.newest();
        if let (Some(newest), Some(next)) = (&*newest, &next) {
            newest.admits(next).map_err(|fault| LoadError::signature(Some(path), fault))?;
        }
        *newest = next;
        let current = self.current.load();
        if current.hash() != ruleset.hash() || current.signature() != ruleset.signature() {
            self.current.store(Arc::new(ruleset));
        }
        Ok(())
    }

    /// A thread that panicked meanwhile has left it as good as any other.
    fn newest(&self) -> MutexGuard<'_, Option<Newest>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{every_kind, file};
    use std::fs;
    use tempfile::TempDir;

    #[test]
    fn whatever_is_wrong_with_the_new_archive_the_old_one_stays() {
        let folder = TempDir::new().expect("a temporary folder");
        let path = folder.path().join("live.stone");
        let good = file(&every_kind());
        fs::write(&path, &good).expect("it is written");
        let live = Live::new(Ruleset::open(&path).expect("it is good"));
        let before = live.load();
        let frame = before
            .encode(&serde_json::json!({"now": 0, "player": {"name": "x", "level": 1}}))
            .expect("the facts are good");
        let stays = |why: &str| {
            let error = live.reload(&path).expect_err(why);
            assert!(error.to_string().contains("live.stone"), "{why}: {error}");
            assert!(live.is_current(&before), "{why}");
            assert!(live.load().session().decide(&frame).is_ok(), "{why}");
        };
        for (why, bytes) in [
            ("empty", &[][..]),
            ("a source", b"rulestone: v1\n"),
            ("cut short", &good[..good.len() - 1]),
            ("too long", &[&good[..], b"x"].concat()),
            ("of another version", &[&good[..8], &[0xFF, 0xFF], &good[10..]].concat()),
            ("damaged", &[&good[..100], &[!good[100]], &good[101..]].concat()),
        ] {
            fs::write(&path, bytes).expect("it is written");
            stays(why);
        }
        fs::remove_file(&path).expect("it is there");
        stays("missing");
        fs::create_dir(&path).expect("a folder");
        stays("a folder");
        fs::remove_dir(&path).expect("it is there");
        fs::write(&path, &good).expect("it is written");
        live.reload(&path).expect("it is good again");
        assert!(!live.is_current(&before));
    }

    #[test]
    fn a_session_goes_on_by_the_rules_that_it_began_with() {
        let live = Live::new(Ruleset::from_vec(file(&every_kind())).expect("it is good"));
        let before = live.load();
        let facts = serde_json::json!({"now": 0, "player": {"name": "x", "level": 1}});
        let frame = before.encode(&facts).expect("the facts are good");
        let mut session = before.session();
        session.decide(&frame).expect("the frame is good");
        let mut other = every_kind();
        other.truncate(1);
        drop(live.replace(Ruleset::from_vec(file(&other)).expect("it is good")));
        session.decide(&frame).expect("the frame is as good as before");
        // The new rules have another schema, and say so.
        assert!(live.load().session().decide(&frame).is_err());
    }
}
