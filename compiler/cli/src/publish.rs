//! Writing an archive so that nobody ever sees half of it.
//!
//! In: a path and bytes. Out: the file, whole and on disk, or the old one
//! untouched. The way: a temporary file in the same folder, flushed, put in
//! place by a rename, and then the folder flushed too.

use crate::failure::Failure;
use crate::target::is_standard;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Names that are tried before it must be something else.
const ATTEMPTS: usize = 16;

/// Where bytes will go.
#[derive(Debug)]
pub enum Destination {
    StandardOutput,
    /// A device such as `/dev/null`, which is written to as it is.
    Device(PathBuf),
    /// A file that is there, or will be; no symbolic link.
    File(PathBuf),
}

impl Destination {
    /// Looks at what is at a path, before any work is done.
    ///
    /// # Errors
    /// A folder, a pipe, a link that leads nowhere.
    pub fn of(path: &Path) -> Result<Destination, Failure> {
        if is_standard(path) {
            return Ok(Destination::StandardOutput);
        }
        let refused = |why: &str| {
            let path = path.display();
            Err(Failure::given(format!("cannot write {path}: {why}")))
        };
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => refused("it is a folder; name a file in it"),
            Ok(metadata) if metadata.is_file() => match fs::canonicalize(path) {
                // A symbolic link stays, and leads to the new archive.
                Ok(file) => Ok(Destination::File(file)),
                Err(error) => Err(Failure::file("write", path.display(), &error)),
            },
            Ok(metadata) if is_character_device(&metadata) => {
                Ok(Destination::Device(path.to_owned()))
            }
            Ok(_) => refused("it is a pipe, socket or disk; use `-o -` to write into a pipe"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                match fs::symlink_metadata(path) {
                    Ok(_) => refused("it is a symbolic link that leads nowhere"),
                    Err(_) => Ok(Destination::File(path.to_owned())),
                }
            }
            Err(error) => Err(Failure::file("write", path.display(), &error)),
        }
    }

    /// Writes all bytes, or changes nothing.
    pub fn publish(&self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Destination::StandardOutput => {
                let mut stdout = io::stdout().lock();
                let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
                written.map_err(Failure::output)
            }
            Destination::Device(path) => {
                let file = OpenOptions::new().write(true).open(path);
                let written = file.and_then(|mut file| file.write_all(bytes));
                written.map_err(|error| Failure::file("write", path.display(), &error))
            }
            Destination::File(path) => {
                replace(path, bytes).map_err(|error| Failure::file("write", path.display(), &error))
            }
        }
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let (mut file, temporary) = create_temporary(folder)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&temporary.path, path)?;
    temporary.keep();
    sync_folder(folder)
}

/// A file that is removed when this is dropped.
struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// The file has its final name now.
    fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // What failed before is what the user needs to hear of.
        let _ = fs::remove_file(&self.path);
    }
}

/// A new file with a name that nobody else has or guesses.
fn create_temporary(folder: &Path) -> io::Result<(File, Temporary)> {
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for attempt in 0..ATTEMPTS {
        // The state is seeded by the operating system.
        let number = RandomState::new().hash_one((std::process::id(), attempt));
        let path = folder.join(format!(".rulestone-{number:016x}.tmp"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, Temporary { path })),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// Makes the rename last through a loss of power. Some file systems can't, and
/// a folder may be writable but not readable: the archive is in place all the same.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error)
            if !matches!(
                error.kind(),
                io::ErrorKind::InvalidInput
                    | io::ErrorKind::Unsupported
                    | io::ErrorKind::PermissionDenied
            ) =>
        {
            Err(error)
        }
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn is_character_device(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_char_device(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_character_device(_metadata: &fs::Metadata) -> bool {
    false
}
