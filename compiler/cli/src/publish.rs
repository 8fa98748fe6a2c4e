//! Writing an archive so that nobody ever sees half of it.
//!
//! In: a path and bytes. Out: the file, whole and on disk, or the old one
//! untouched. The way: a temporary file in the same folder, flushed, put in
//! place by a rename, and then the folder flushed too. A process that is killed
//! on the way leaves its temporary file; whoever next publishes into that folder
//! removes it.
//!
//! The new file may be read by whom the old one could be: it gets the old one's
//! mode, and its owner and group where the system allows that. A new name gets
//! what the umask leaves. A symbolic link stays a link; other names of the old
//! file (hard links) keep the old content; access lists and extended attributes
//! are not carried over.

use crate::failure::Failure;
use crate::target::is_standard;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Names that are tried before it must be something else.
const ATTEMPTS: usize = 16;

/// Names of temporary files are these around 16 hexadecimal digits.
const PREFIX: &str = ".rulestone-";
const SUFFIX: &str = ".tmp";

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
                let shown = path.display();
                replace(path, bytes).map_err(|error| {
                    let state = match path.exists() {
                        true => "the archive that was there is unchanged",
                        false => "nothing was written",
                    };
                    Failure::given(format!("cannot write {shown}: {error}; {state}"))
                })?;
                sync_folder(folder_of(path)).map_err(|error| {
                    Failure::given(format!(
                        "{shown} is written, but may not outlast a loss of power: its folder \
                         cannot be flushed: {error}"
                    ))
                })
            }
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Puts a new file in the place of the old one. Until the last step, that is as it was.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    // Before anything is written: what they take up may be what is missing.
    remove_abandoned(folder);
    let access = Access::of(path);
    let mut temporary = Temporary::create(folder, access.as_ref())?;
    temporary.file.write_all(bytes)?;
    if let Some(access) = access {
        access.give_to(&temporary.file)?;
    }
    temporary.file.sync_all()?;
    fs::rename(&temporary.path, path)?;
    temporary.keep();
    Ok(())
}

/// Who may do what with a file.
#[cfg(unix)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access {
    mode: u32,
    user: u32,
    group: u32,
}

#[cfg(unix)]
impl Access {
    /// That of the file at a path, if there is one.
    pub(crate) fn of(path: &Path) -> Option<Access> {
        use std::os::unix::fs::MetadataExt;
        let metadata = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
        Some(Access { mode: metadata.mode(), user: metadata.uid(), group: metadata.gid() })
    }

    /// No more than its owner may use a file that is about to be made.
    pub(crate) fn limit(&self, options: &mut OpenOptions) {
        std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    }

    /// Makes it that of another file. Who isn't the system's administrator can't give
    /// files away: then the file stays its maker's, and no other group than before
    /// may do more with it than anybody.
    pub(crate) fn give_to(self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
        let made = file.metadata()?;
        let mut mode = self.mode & 0o777;
        let has_group = made.gid() == self.group || fchown(file, None, Some(self.group)).is_ok();
        if !has_group {
            mode &= !0o070 | (mode & 0o007) << 3;
        }
        if made.uid() != self.user {
            // Refused where it is for the administrator alone.
            let _ = fchown(file, Some(self.user), None);
        }
        file.set_permissions(fs::Permissions::from_mode(mode))
    }
}

/// Access is inherited from the folder here.
#[cfg(not(unix))]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access;

#[cfg(not(unix))]
impl Access {
    pub(crate) fn of(_path: &Path) -> Option<Access> {
        None
    }

    pub(crate) fn limit(&self, _options: &mut OpenOptions) {}

    pub(crate) fn give_to(self, _file: &File) -> io::Result<()> {
        Ok(())
    }
}

/// A file that is locked while its process lives, and removed when this is dropped.
struct Temporary {
    path: PathBuf,
    file: File,
    /// Whether it still has its temporary name.
    is_temporary: bool,
}

impl Temporary {
    /// A new file with a name that nobody else has or guesses. Of what will have this
    /// access, nobody else may read a part while it is written.
    fn create(folder: &Path, access: Option<&Access>) -> io::Result<Temporary> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        if let Some(access) = access {
            access.limit(&mut options);
        }
        for attempt in 0..ATTEMPTS {
            // The state is seeded by the operating system.
            let number = RandomState::new().hash_one((std::process::id(), attempt));
            let path = folder.join(format!("{PREFIX}{number:016x}{SUFFIX}"));
            match options.open(&path) {
                Ok(file) => {
                    let temporary = Temporary { path, file, is_temporary: true };
                    if claim(&temporary.file, &temporary.path) {
                        return Ok(temporary);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// The file has its final name now.
    fn keep(mut self) {
        self.is_temporary = false;
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if self.is_temporary {
            // What failed before is what the user needs to hear of.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Locks a temporary file, so that nobody takes it for abandoned. False if
/// somebody did, in the moment before.
fn claim(file: &File, path: &Path) -> bool {
    match file.try_lock() {
        Ok(()) => fs::symlink_metadata(path).is_ok(),
        Err(TryLockError::WouldBlock) => false,
        // Where there are no locks, nobody gets one on this file, and it stays.
        Err(TryLockError::Error(_)) => true,
    }
}

/// Removes the temporary files that a process left in a folder when it was
/// killed, or the machine with it. Those of processes that live are locked.
///
/// A file is gone only under its temporary name: should its owner just have
/// given it the final one, that stays.
fn remove_abandoned(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if !is_file || !is_temporary_name(&entry.file_name()) {
            continue;
        }
        let path = entry.path();
        // NFS gives exclusive locks only to who may write.
        let Ok(file) = OpenOptions::new().write(true).open(&path) else { continue };
        if file.try_lock().is_ok() {
            let _ = fs::remove_file(&path);
        }
    }
}

/// Whether this is a name that [`Temporary::create`] gives.
fn is_temporary_name(name: &OsStr) -> bool {
    let number = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    number.is_some_and(|number| number.len() == 16 && number.bytes().all(is_digit))
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
