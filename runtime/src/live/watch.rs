//! A file that is watched, and put in place when it changes.
//!
//! The file is looked at again and again, by its name: whether it was written anew, another
//! was renamed over it, or one of the links that lead to it was turned, what is there then is
//! another file or has another time. That costs a call of the system each time, and
//! works on every kind of file system.

use super::swap::Live;
use crate::error::LoadError;
use crate::limits::Limits;
use crate::ruleset::Ruleset;
use crate::signature::PublicKey;
use std::fs::Metadata;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

/// What is watched, and how.
#[derive(Debug, Clone)]
pub struct Watch {
    path: PathBuf,
    key: Option<PublicKey>,
    limits: Limits,
    interval: Duration,
}

impl Watch {
    /// The file at this path, four times a second, under the default limits.
    pub fn new(path: impl Into<PathBuf>) -> Watch {
        Watch {
            path: path.into(),
            key: None,
            limits: Limits::default(),
            interval: Duration::from_millis(250),
        }
    }

    /// It has to be signed by this key, and not older than what was here
    /// ([`Live::reload_signed`]).
    #[must_use]
    pub fn signed_by(mut self, key: PublicKey) -> Watch {
        self.key = Some(key);
        self
    }

    /// Under these limits.
    #[must_use]
    pub fn within(mut self, limits: Limits) -> Watch {
        self.limits = limits;
        self
    }

    /// How long to wait between looking at it. A change is taken when it was seen twice.
    #[must_use]
    pub fn every(mut self, interval: Duration) -> Watch {
        self.interval = interval.max(Duration::from_millis(1));
        self
    }

    fn reload(&self, live: &Live) -> Result<(), LoadError> {
        match &self.key {
            Some(key) => live.reload_signed_with(&self.path, key, &self.limits),
            None => live.reload_with(&self.path, &self.limits),
        }
    }
}

impl<P: Into<PathBuf>> From<P> for Watch {
    fn from(path: P) -> Watch {
        Watch::new(path)
    }
}

/// Watches a file for as long as it lives ([`Live::watch`]).
#[derive(Debug)]
#[must_use = "the file is watched only as long as this lives"]
pub struct Watcher {
    /// Gone when it is to end.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.stop = None;
        let thread = self.thread.take();
        // It may be dropped by what it calls.
        if let Some(thread) = thread.filter(|it| it.thread().id() != thread::current().id()) {
            let _ = thread.join();
        }
    }
}

/// Which bytes stand at a path, as far as that can be told without reading them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stamp {
    Missing,
    There { length: u64, modified: Option<SystemTime>, file: [i64; 4] },
}

impl Stamp {
    fn of(watch: &Watch) -> Stamp {
        // Through all links that lead there.
        match std::fs::metadata(&watch.path) {
            Ok(metadata) => Stamp::There {
                length: metadata.len(),
                modified: metadata.modified().ok(),
                file: identity(&metadata),
            },
            Err(_) => Stamp::Missing,
        }
    }
}

/// Which file it is, and when anything of it was changed.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> [i64; 4] {
    use std::os::unix::fs::MetadataExt;
    let (device, inode) = (metadata.dev().cast_signed(), metadata.ino().cast_signed());
    [device, inode, metadata.ctime(), metadata.ctime_nsec()]
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> [i64; 4] {
    [0; 4]
}

impl Live {
    /// Watches a file, and puts it in place as [`Live::reload`] does, or as
    /// [`Live::reload_signed`], whenever there is another: written anew, renamed over the old
    /// one, or behind a link that was turned. `tell` is called, by a thread of the watcher's
    /// own, with each ruleset that is put in place and with the reason why one isn't; until
    /// there is a good one the old one stays. What is there already when this begins counts as
    /// a change only if it has other bytes than what is in place.
    ///
    /// It ends when the watcher is dropped. That waits until `tell` has returned.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn watch(
        &self,
        watch: impl Into<Watch>,
        tell: impl FnMut(Result<&Ruleset, &LoadError>) + Send + 'static,
    ) -> io::Result<Watcher> {
        let (stop, stopped) = channel();
        let (live, watch) = (self.clone(), watch.into());
        let work = move || {
            let mut changes = Changes { live, watch, tell, seen: None, taken: None };
            loop {
                changes.look();
                if stopped.recv_timeout(changes.watch.interval) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name("rulestone watch".to_owned()).spawn(work)?;
        Ok(Watcher { stop: Some(stop), thread: Some(thread) })
    }
}

/// The watcher at work.
struct Changes<F> {
    live: Live,
    watch: Watch,
    tell: F,
    /// What was there when it was last looked at.
    seen: Option<Stamp>,
    /// What was there when it was last loaded, or refused.
    taken: Option<Stamp>,
}

impl<F: FnMut(Result<&Ruleset, &LoadError>)> Changes<F> {
    /// Takes what is there, if it is new and stands still: a file that is being written is not
    /// whole.
    fn look(&mut self) {
        let stamp = Stamp::of(&self.watch);
        let stands_still = self.seen.replace(stamp).is_none_or(|seen| seen == stamp);
        if stands_still && self.taken != Some(stamp) {
            self.taken = Some(stamp);
            self.take();
        }
        self.live.release();
    }

    fn take(&mut self) {
        let before = self.live.load();
        let found = self.watch.reload(&self.live);
        let after = self.live.load();
        match found {
            Err(error) => (self.tell)(Err(&error)),
            Ok(()) if after.hash() != before.hash() => (self.tell)(Ok(&after)),
            Ok(()) => {}
        }
    }
}
