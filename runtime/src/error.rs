//! Why a ruleset could not be loaded.
//!
//! In come failures of the operating system and of the checks of
//! `rulestone-format`, limits that are exceeded and signatures that don't do; out
//! comes one type whose text names the file, says what is wrong with it and,
//! where that is known, what to do.

mod request;

use crate::limits::Exceeded;
use crate::signature::SignatureFault;
use rulestone_format::{Error, ErrorCode};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

pub use request::RequestError;

/// A ruleset could not be loaded. Its text is one line for people.
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadError {
    /// The operating system refused to open, read or map the file.
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// There is something at the path, but no regular file.
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What is there.
        found: FileKind,
    },
    /// The file has no bytes.
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The bytes are no archive, or not one that this build accepts.
    Format {
        /// The file, unless the bytes came from memory.
        path: Option<PathBuf>,
        /// What is wrong with them.
        error: Error,
    },
    /// The archive has or needs more than the limits allow.
    Limit {
        /// The file, unless the bytes came from memory.
        path: Option<PathBuf>,
        /// Which limit, and by how much.
        exceeded: Exceeded,
    },
    /// The archive is not signed as it must be.
    Signature {
        /// The file of the archive, or of its signature where that is at fault by
        /// itself, unless the bytes came from memory.
        path: Option<PathBuf>,
        /// What is wrong with the signature.
        fault: SignatureFault,
    },
    /// The ruleset is sound, and not one that may take the place of the one that is there.
    Unlike {
        /// The file.
        path: PathBuf,
        /// Why not.
        unlike: Unlike,
    },
}

/// Why a ruleset doesn't take the place of another by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unlike {
    /// It is another ruleset.
    Name {
        /// The name of the new one.
        found: String,
        /// The name of the one that is in place.
        current: String,
    },
    /// A fact of the one that is in place is gone, moved, or has another type or bound.
    Fact {
        /// The fact.
        path: String,
    },
    /// It requires a fact that the one in place doesn't have.
    Required {
        /// The fact.
        path: String,
    },
}

impl fmt::Display for Unlike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unlike::Name { found, current } => write!(
                f,
                "it is the ruleset `{found}`, and `{current}` is in place; is the path right?"
            ),
            Unlike::Fact { path } => write!(
                f,
                "the fact `{path}` is not what it was, so requests for the ruleset that is in place \
                 would fail; declare facts as before and new ones behind them, or build requests \
                 for both"
            ),
            Unlike::Required { path } => write!(
                f,
                "the fact `{path}` is new and not optional, so requests for the ruleset that is in \
                 place would fail; make it optional or give it a default"
            ),
        }
    }
}

/// What stands at a path where an archive should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// A folder.
    Folder,
    /// A pipe, socket or device.
    Special,
}

impl LoadError {
    /// The stable code of what is wrong with the bytes, if it is the bytes.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            LoadError::Format { error, .. } => Some(error.code()),
            LoadError::Limit { exceeded, .. } => Some(exceeded.code()),
            LoadError::Signature { fault, .. } => Some(fault.code()),
            LoadError::Io { .. }
            | LoadError::NotAFile { .. }
            | LoadError::Empty { .. }
            | LoadError::Unlike { .. } => None,
        }
    }

    /// The file that could not be loaded, unless the bytes came from memory.
    pub fn path(&self) -> Option<&Path> {
        match self {
            LoadError::Io { path, .. }
            | LoadError::NotAFile { path, .. }
            | LoadError::Empty { path }
            | LoadError::Unlike { path, .. } => Some(path),
            LoadError::Format { path, .. }
            | LoadError::Limit { path, .. }
            | LoadError::Signature { path, .. } => path.as_deref(),
        }
    }

    pub(crate) fn io(path: &Path, error: io::Error) -> LoadError {
        LoadError::Io { path: path.to_owned(), error }
    }

    pub(crate) fn format(path: Option<&Path>, error: Error) -> LoadError {
        LoadError::Format { path: path.map(Path::to_owned), error }
    }

    pub(crate) fn limit(path: Option<&Path>, exceeded: Exceeded) -> LoadError {
        LoadError::Limit { path: path.map(Path::to_owned), exceeded }
    }

    pub(crate) fn signature(path: Option<&Path>, fault: SignatureFault) -> LoadError {
        LoadError::Signature { path: path.map(Path::to_owned), fault }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Io { path, error } => {
                write!(f, "cannot read {}: {error}", path.display())?;
                match error.kind() {
                    io::ErrorKind::NotFound if path.extension().is_some_and(|e| e == "pub") => {
                        f.write_str("; is the path right?")
                    }
                    io::ErrorKind::NotFound => {
                        f.write_str("; is the path right, and is the archive compiled?")
                    }
                    io::ErrorKind::PermissionDenied => {
                        f.write_str("; may this user read the file?")
                    }
                    _ => Ok(()),
                }
            }
            LoadError::NotAFile { path, found: FileKind::Folder } => write!(
                f,
                "{} is a folder, not an archive; compile a ruleset's folder by `rulestone compile`",
                path.display()
            ),
            LoadError::NotAFile { path, .. } => write!(
                f,
                "{} is not a regular file; read it into memory and load the bytes",
                path.display()
            ),
            LoadError::Empty { path } => {
                write!(f, "{} is empty; was it written whole?", path.display())
            }
            LoadError::Format { path, error } => write!(f, "{}{error}", Before(path)),
            LoadError::Limit { path, exceeded } => {
                let code = exceeded.code();
                let (text, message) = (code.as_str(), code.message());
                write!(f, "{}{text}: {message} ({exceeded})", Before(path))
            }
            LoadError::Signature { path, fault } => write!(f, "{}{fault}", Before(path)),
            LoadError::Unlike { path, unlike } => write!(f, "{}: {unlike}", path.display()),
        }
    }
}

/// A path before what is said about it, if there is one.
struct Before<'p>(&'p Option<PathBuf>);

impl fmt::Display for Before<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(path) => write!(f, "{}: ", path.display()),
            None => Ok(()),
        }
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            LoadError::Io { error, .. } => Some(error),
            LoadError::Format { error, .. } => Some(error),
            LoadError::NotAFile { .. }
            | LoadError::Empty { .. }
            | LoadError::Limit { .. }
            | LoadError::Signature { .. }
            | LoadError::Unlike { .. } => None,
        }
    }
}
