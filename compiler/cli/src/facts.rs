//! Facts as JSON lines: one object a line, one request an object.
//!
//! In: bytes, however long and of whatever content. Out: lines, each with its
//! number, and for each a frame of facts, or one line of text that says what is
//! wrong. Lines of nothing but blanks count, but nobody sees them. Memory is that
//! of the longest line that is accepted, and of the facts in it.

mod chunks;
mod source;

use crate::failure::Failure;
use rulestone::JsonEncoder;
use std::path::Path;

pub use chunks::{CHUNK, Chunk, Chunks, Cursor, Line};

/// Lines of facts, one by one.
pub struct Lines {
    chunks: Chunks,
    now: Option<(Chunk, Cursor)>,
}

impl Lines {
    /// Opens a file, or standard input.
    pub fn open(path: &Path) -> Result<Lines, Failure> {
        Ok(Lines { chunks: Chunks::open(path)?, now: None })
    }

    /// Whether the next line may have to be waited for: what was written so far
    /// should be seen by then.
    pub fn may_wait(&self) -> bool {
        let Some((chunk, mut cursor)) = self.now.as_ref().map(|(chunk, cursor)| (chunk, *cursor))
        else {
            return true;
        };
        chunk.next(&mut cursor).is_none()
    }

    /// The next line that isn't blank. A line break at the end of the input begins no
    /// line.
    pub fn next(&mut self) -> Result<Option<Line<'_>>, Failure> {
        while self.may_wait() {
            let Some(chunk) = self.chunks.next()? else { return Ok(None) };
            let start = chunk.start();
            self.now = Some((chunk, start));
        }
        Ok(self.now.as_mut().and_then(|(chunk, cursor)| chunk.next(cursor)))
    }
}

/// The frame of a line of JSON.
///
/// # Errors
/// What is wrong with the line, as text that begins with its number.
pub fn encode<'e>(encoder: &'e mut JsonEncoder, line: &Line<'_>) -> Result<&'e [u8], String> {
    let number = line.number;
    let Some(bytes) = line.bytes else {
        return Err(format!("line {number}: longer than {} MiB", chunks::LONGEST >> 20));
    };
    encoder.encode(bytes).map_err(|error| format!("line {number}: {error}"))
}
