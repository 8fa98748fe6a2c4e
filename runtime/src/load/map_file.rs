//! Loading a file without a copy of it, under a contract of the caller.

use super::{file, mapping};
use crate::error::LoadError;
use crate::limits::Limits;
use crate::ruleset::Ruleset;
use std::path::Path;

impl Ruleset {
    /// Maps an archive's file itself and verifies it: no copy is made, and
    /// processes that map the same file share its memory.
    ///
    /// [`Ruleset::open`] is the safe way; it costs one copy.
    ///
    /// # Safety
    /// Until the last clone of the ruleset is gone, nobody may change the
    /// file's bytes or its length: no process, by no name of the file.
    /// Otherwise the behaviour is undefined; a file that is cut short kills
    /// the process (SIGBUS on Unix). To publish a new version, write another
    /// file and rename it over the old name: the mapped file then lives on,
    /// unchanged, until it is let go.
    ///
    /// # Errors
    /// As [`Ruleset::open`].
    ///
    /// # Cost
    /// Verification reads the whole file once.
    pub unsafe fn map_file(path: impl AsRef<Path>, limits: &Limits) -> Result<Ruleset, LoadError> {
        let path = path.as_ref();
        let (file, _) = file::open(path, limits.bytes)?;
        // SAFETY: the caller promises that nobody changes this file while the ruleset lives.
        let storage = unsafe { mapping::map(&file) };
        let storage = storage.map_err(|error| LoadError::io(path, error))?;
        Ruleset::from_storage(storage, Some(path), limits, None)
    }
}
