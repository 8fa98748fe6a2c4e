//! From a file or bytes to an archive that has been verified.
//!
//! In: a path, or bytes of any origin and alignment. Out: an [`Archive`], which
//! cannot be had without the checks, and its regexes; and the text of a
//! signature. `mapping` and `archive` map files and reach the root; `map_file` hands
//! on the contract of its caller.

#[allow(unsafe_code, reason = "reaches the root of an archive that was checked when it was loaded")]
mod archive;
mod file;
#[allow(unsafe_code, reason = "hands on the contract of a mapped file")]
mod map_file;
#[allow(unsafe_code, reason = "maps sealed memory, and files under a contract of the caller")]
mod mapping;

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use archive::Refusal;
pub(crate) use archive::{Archive, Regex};
pub(crate) use mapping::Storage;

use crate::error::LoadError;
use crate::limits::Exceeded;
use std::io::{self, Read, Seek};
use std::path::Path;

/// A private copy of a regular file of at most so many bytes, in memory that
/// nobody else can change.
pub(crate) fn copy(path: &Path, limit: usize) -> Result<Storage, LoadError> {
    let (mut file, length) = file::open(path, limit)?;
    // One byte more than the limit, so that a file that grows meanwhile is seen to be too large.
    let most = (limit as u64).saturating_add(1);
    let sealed = mapping::copy_sealed(&mut file, length, most);
    let storage = sealed.or_else(|_| {
        // Not every kernel and sandbox has sealed memory, or as much; the heap does as well.
        file.rewind()?;
        copy_owned(&mut file, length, most)
    });
    let storage = storage.map_err(|error| LoadError::io(path, error))?;
    match storage.bytes().len() {
        0 => Err(LoadError::Empty { path: path.to_owned() }),
        length if length > limit => {
            Err(LoadError::limit(Some(path), Exceeded::bytes(length as u64, limit)))
        }
        _ => Ok(storage),
    }
}

/// The text of a regular file of at most so many bytes. `None` if it is longer,
/// empty or no text: no such file is what it should be.
pub(crate) fn text(path: &Path, limit: usize) -> Result<Option<String>, LoadError> {
    let file = match file::open(path, limit) {
        Ok((file, _)) => file,
        Err(LoadError::Empty { .. } | LoadError::Limit { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    let read = file.take(limit as u64).read_to_end(&mut bytes);
    read.map_err(|error| LoadError::io(path, error))?;
    Ok(String::from_utf8(bytes).ok())
}

/// A copy of at most so many bytes.
pub(crate) fn copy_bytes(bytes: &[u8], limit: usize) -> Result<Storage, LoadError> {
    if bytes.len() > limit {
        return Err(LoadError::limit(None, Exceeded::bytes(bytes.len() as u64, limit)));
    }
    Ok(Storage::Owned(bytes.to_vec()))
}

fn copy_owned(file: &mut std::fs::File, length: u64, most: u64) -> io::Result<Storage> {
    let mut bytes = Vec::new();
    let expected = usize::try_from(length.min(most)).map_err(io::Error::other)?;
    bytes.try_reserve_exact(expected).map_err(io::Error::other)?;
    file.take(most).read_to_end(&mut bytes)?;
    Ok(Storage::Owned(bytes))
}
