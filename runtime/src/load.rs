//! From a file or bytes to an archive that has been verified.
//!
//! In: a path, or bytes of any origin and alignment. Out: an [`Archive`], which
//! cannot be had without the checks, and its regexes. `mapping` and `archive`
//! are the only rooms of this crate with unsafe code.

#[allow(unsafe_code, reason = "reaches the root of an archive that was checked when it was loaded")]
mod archive;
mod file;
#[allow(unsafe_code, reason = "maps sealed memory, and files under a contract of the caller")]
mod mapping;
mod regexes;

#[cfg(test)]
mod tests;

pub(crate) use archive::Archive;
pub(crate) use mapping::Storage;
pub(crate) use regexes::{Regex, regexes};

use crate::error::LoadError;
use rulestone_format::verify::Limits;
use std::io::{self, Read, Seek};
use std::path::Path;

/// A private copy of a regular file, in memory that nobody else can change.
pub(crate) fn copy(path: &Path, limits: &Limits) -> Result<Storage, LoadError> {
    let (mut file, length) = file::open(path, limits)?;
    // One byte more than the limit, so that a file that grows meanwhile is seen to be too large.
    let most = (limits.bytes as u64).saturating_add(1);
    let sealed = mapping::copy_sealed(&mut file, most);
    let storage = sealed.or_else(|_| {
        // Not every kernel and sandbox has sealed memory; the heap does as well.
        file.rewind()?;
        copy_owned(&mut file, length, most)
    });
    let storage = storage.map_err(|error| LoadError::io(path, error))?;
    if storage.bytes().is_empty() {
        return Err(LoadError::Empty { path: path.to_owned() });
    }
    Ok(storage)
}

fn copy_owned(file: &mut std::fs::File, length: u64, most: u64) -> io::Result<Storage> {
    let mut bytes = Vec::new();
    let expected = usize::try_from(length.min(most)).map_err(io::Error::other)?;
    bytes.try_reserve_exact(expected).map_err(io::Error::other)?;
    file.take(most).read_to_end(&mut bytes)?;
    Ok(Storage::Owned(bytes))
}
