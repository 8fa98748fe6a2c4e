//! Key files on disk: `NAME.key`, which is its owner's alone, and `NAME.pub`.
//!
//! Each appears as a whole or not at all, and none is overwritten unless that is
//! wanted: a secret key that is gone is gone for good. A public key that replaces
//! another may be read by whom that could be; a secret key is its owner's alone,
//! whatever stood there. A symbolic link is replaced, not followed.

use super::password::PasswordSource;
use super::privacy::is_open_to_others;
use super::secret_key::SecretKey;
use crate::failure::Failure;
use crate::publish::Access;
use crate::target::is_standard;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Longest key file in bytes. Its comment is below 1 KiB.
const MAX_LENGTH: usize = 4096;

/// Reads the secret key of a file that only its owner may read.
pub fn read_secret_key(path: &Path, password: &PasswordSource) -> Result<SecretKey, Failure> {
    let name = path.display();
    let failed = |error| Failure::file("read", &name, &error);
    let given = |why: &str| Failure::given(format!("{name} {why}"));
    // Opening a pipe would wait for whoever writes to it.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(given("is not a file; name the secret key's"));
    }
    let file = File::open(path).map_err(failed)?;
    if is_open_to_others(&file.metadata().map_err(failed)?) {
        return Err(given(
            "is a secret key that others than its owner may read; run `chmod 600` on it, and make \
             a new key if others may have read it",
        ));
    }
    // Room for all, so that no part of it is left behind when it grows.
    let mut text = Zeroizing::new(String::with_capacity(MAX_LENGTH + 1));
    let read = file.take(MAX_LENGTH as u64 + 1).read_to_string(&mut text);
    match read {
        Ok(length) if length <= MAX_LENGTH => {}
        Ok(_) => return Err(given("is no secret key: it is too long")),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(given("is no secret key: it is no text"));
        }
        Err(error) => return Err(failed(error)),
    }
    SecretKey::read(&text, || password.password()).map_err(|failure| match failure {
        Failure::Given { code, message } => {
            Failure::Given { code, message: format!("{name}: {message}") }
        }
        failure => failure,
    })
}

/// Where a key pair goes.
#[derive(Debug)]
pub struct KeyFiles {
    pub secret: PathBuf,
    pub public: PathBuf,
    force: bool,
}

impl KeyFiles {
    /// `NAME.key` and `NAME.pub`. With `force`, those that are there are overwritten.
    pub fn of(name: &Path, force: bool) -> Result<KeyFiles, Failure> {
        if is_standard(name) || name.file_name().is_none() || ends_as_folder(name) {
            let message = format!("{} is not the beginning of a file's name", name.display());
            return Err(Failure::Usage(message));
        }
        let with = |extension: &str| {
            let mut path = OsString::from(name);
            path.push(extension);
            PathBuf::from(path)
        };
        let files = KeyFiles { secret: with(".key"), public: with(".pub"), force };
        for path in [&files.secret, &files.public] {
            match fs::symlink_metadata(path) {
                Ok(metadata) if metadata.is_dir() => {
                    let message = format!("cannot write {}: it is a folder", path.display());
                    return Err(Failure::given(message));
                }
                Ok(_) if !force => return Err(is_there(path)),
                _ => {}
            }
        }
        Ok(files)
    }

    /// Writes both, the secret one for its owner alone.
    pub fn write(&self, secret: &str, public: &str) -> Result<(), Failure> {
        self.write_one(&self.secret, secret, Some(0o600))?;
        let written = self.write_one(&self.public, public, None);
        if written.is_err() && !self.force {
            // Half a pair, which would be in the way.
            let _ = fs::remove_file(&self.secret);
        }
        written
    }

    fn write_one(&self, path: &Path, text: &str, mode: Option<u32>) -> Result<(), Failure> {
        write(path, text, mode, self.force).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => is_there(path),
            _ => Failure::file("write", path.display(), &error),
        })
    }
}

fn is_there(path: &Path) -> Failure {
    let path = path.display();
    Failure::given(format!("{path} is there already; `--force` overwrites it, for good"))
}

/// Whether a path ends with a separator, which `Path` itself passes over.
fn ends_as_folder(path: &Path) -> bool {
    path.as_os_str()
        .as_encoded_bytes()
        .last()
        .is_some_and(|byte| std::path::is_separator(char::from(*byte)))
}

/// A file that has its name only once it is whole and on disk. Without a mode, it
/// has that of the file which it replaces.
fn write(path: &Path, text: &str, mode: Option<u32>, force: bool) -> io::Result<()> {
    let number = RandomState::new().hash_one(std::process::id());
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let temporary = Temporary(folder.join(format!(".rulestone-key-{number:016x}.tmp")));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if let Some(mode) = mode {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    }
    let mut file = options.open(&temporary.0)?;
    file.write_all(text.as_bytes())?;
    if let Some(access) = Access::of(path).filter(|_| mode.is_none() && force) {
        access.give_to(&file)?;
    }
    file.sync_all()?;
    drop(file);
    if force {
        fs::rename(&temporary.0, path)?;
    } else {
        // Unlike a rename, a link fails where there is something, even if it came just now. Not
        // every file system has links.
        match fs::hard_link(&temporary.0, path) {
            Err(error)
                if error.kind() != io::ErrorKind::AlreadyExists
                    && fs::symlink_metadata(path).is_err() =>
            {
                fs::rename(&temporary.0, path)?;
            }
            linked => linked?,
        }
    }
    drop(temporary);
    match File::open(folder) {
        Ok(folder) => folder.sync_all().or(Ok(())),
        Err(_) => Ok(()),
    }
}

/// A file that is removed when this is dropped, if it still has this name.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // What failed before is what the user needs to hear of.
        let _ = fs::remove_file(&self.0);
    }
}
