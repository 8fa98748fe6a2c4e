//! Where facts are read from: standard input, or a file by its name.
//!
//! In: a path. Out: bytes. Nothing is opened that might never answer.

use crate::failure::Failure;
use crate::target::is_standard;
use std::fs::File;
use std::io::{self, Read, Stdin};
use std::path::Path;

#[derive(Debug)]
pub enum Source {
    Standard(Stdin),
    File(File),
}

impl Source {
    /// Opens a file, or standard input; and says what messages call it.
    pub(super) fn open(path: &Path) -> Result<(Source, String), Failure> {
        if is_standard(path) {
            return Ok((Source::Standard(io::stdin()), "standard input".to_owned()));
        }
        let name = path.display().to_string();
        Ok((Source::File(open(path, &name)?), name))
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Source::Standard(stdin) => stdin.read(buffer),
            Source::File(file) => file.read(buffer),
        }
    }
}

/// Where a process finds what it was handed, as by a shell for `<(…)`.
const HANDED: [&str; 5] = ["/dev/fd", "/dev/stdin", "/dev/tty", "/dev/null", "/proc"];

/// Opens a regular file, or what this process was handed. Opening any other pipe
/// would wait for whoever writes to it, and a device may have no end.
fn open(path: &Path, name: &str) -> Result<File, Failure> {
    let failed = |error| Failure::file("read", name, &error);
    let metadata = std::fs::metadata(path).map_err(failed)?;
    let is_handed = HANDED.iter().any(|place| path.starts_with(place));
    if metadata.is_dir() {
        return Err(Failure::given(format!("cannot read {name}: it is a folder; name a file")));
    }
    if !metadata.is_file() && !is_handed {
        return Err(Failure::given(format!(
            "cannot read {name}: it is a pipe, socket or device; use `--facts -` to read from one"
        )));
    }
    File::open(path).map_err(failed)
}
