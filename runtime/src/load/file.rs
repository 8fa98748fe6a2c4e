//! Opening a file that is meant to be an archive.
//!
//! In: a path. Out: a regular file of a size within the limit, of which no byte
//! has been read yet. Pipes would block, devices may do anything when they are
//! opened, folders cannot be read: each is refused by name.

use crate::error::{FileKind, LoadError};
use crate::limits::Exceeded;
use std::fs::{File, Metadata, OpenOptions};
use std::path::Path;

/// Opens a regular file of at most so many bytes for reading; also gives its length.
pub(super) fn open(path: &Path, limit: usize) -> Result<(File, u64), LoadError> {
    let failed = |error| LoadError::io(path, error);
    check_kind(path, &std::fs::metadata(path).map_err(failed)?)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        // Should a pipe have taken the file's place by now, opening it must not wait for a writer,
        // and a terminal must not become this process's own.
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed());
    }
    let file = options.open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    check_kind(path, &metadata)?;
    match metadata.len() {
        0 => Err(LoadError::Empty { path: path.to_owned() }),
        length if length > limit as u64 => {
            Err(LoadError::limit(Some(path), Exceeded::bytes(length, limit)))
        }
        length => Ok((file, length)),
    }
}

fn check_kind(path: &Path, metadata: &Metadata) -> Result<(), LoadError> {
    if metadata.is_file() {
        return Ok(());
    }
    let found = if metadata.is_dir() { FileKind::Folder } else { FileKind::Special };
    Err(LoadError::NotAFile { path: path.to_owned(), found })
}
