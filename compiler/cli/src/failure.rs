//! How a verb ends: its exit status, or why it could not go on.

use std::fmt;
use std::io;
use std::process::ExitCode;

/// The exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Done = 0,
    /// What was given is at fault.
    Fault = 1,
    /// Wrong use.
    Usage = 2,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(status as u8)
    }
}

/// Why a verb could not go on.
#[derive(Debug)]
pub enum Failure {
    /// Nobody reads standard output any more, as behind `| head`: no fault of anyone.
    Closed,
    /// The findings have been printed.
    Reported,
    /// What was given is at fault. The code is a stable one, such as `A008`.
    Given { code: Option<&'static str>, message: String },
    /// Wrong use.
    Usage(String),
}

impl Failure {
    /// What was given is at fault.
    pub fn given(message: impl Into<String>) -> Failure {
        Failure::Given { code: None, message: message.into() }
    }

    /// Standard output failed.
    pub fn output(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Closed,
            _ => Failure::given(format!("cannot write to standard output: {error}")),
        }
    }

    /// A file that was given can't be read or written; `what` is "read" or "write".
    pub fn file(what: &str, path: impl fmt::Display, error: &io::Error) -> Failure {
        Failure::given(format!("cannot {what} {path}: {error}"))
    }

    pub fn status(&self) -> Status {
        match self {
            Failure::Closed => Status::Done,
            Failure::Reported | Failure::Given { .. } => Status::Fault,
            Failure::Usage(_) => Status::Usage,
        }
    }
}

/// An archive that can't be loaded. `name` is what to call it where the error
/// has no path.
pub fn not_loaded(error: &rulestone::LoadError, name: &str) -> Failure {
    let code = error.code().map(|code| code.as_str());
    let message = match error.path() {
        Some(_) => error.to_string(),
        None => format!("{name}: {error}"),
    };
    Failure::Given { code, message }
}
