//! Input in chunks of whole lines, each by itself: they can be worked on side by side.
//!
//! In: bytes, however they come. Out: chunks that know the numbers of their lines. A chunk
//! is what one read has brought, so that a line which comes alone doesn't wait for others.
//! Memory is that of a chunk, or of the longest line that is accepted.

use super::source::Source;
use crate::failure::Failure;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Bytes of a line, at most.
pub(super) const LONGEST: usize = 64 << 20;

/// Bytes that are read at once.
pub const CHUNK: usize = 256 << 10;

/// Some editors begin files with it.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Input on its way to become chunks.
#[derive(Debug)]
pub struct Chunks<R = Source> {
    input: R,
    /// As messages call it.
    name: String,
    buffer: Vec<u8>,
    /// How much of the buffer was read: the beginning of a line.
    filled: usize,
    /// The number of that line, from 1.
    number: u64,
    passing: Option<Passing>,
    has_ended: bool,
    longest: usize,
}

/// A line that is too long, and is passed over.
#[derive(Debug, Clone, Copy)]
struct Passing {
    is_blank: bool,
}

/// Some whole lines.
#[derive(Debug)]
pub struct Chunk {
    bytes: Vec<u8>,
    /// The number of the first line.
    number: u64,
    /// Of one line that is too long nothing is kept.
    is_beyond: bool,
    longest: usize,
}

/// A place between the lines of a chunk.
#[derive(Debug, Clone, Copy)]
pub struct Cursor {
    at: usize,
    number: u64,
}

/// A line, and its number from 1.
#[derive(Debug, Clone, Copy)]
pub struct Line<'c> {
    pub number: u64,
    /// `None` where it is too long.
    pub(super) bytes: Option<&'c [u8]>,
}

impl Chunks {
    /// Opens a file, or standard input.
    pub fn open(path: &Path) -> Result<Chunks, Failure> {
        let (source, name) = Source::open(path)?;
        Ok(Chunks::of(source, name, CHUNK, LONGEST))
    }
}

impl<R: Read> Chunks<R> {
    fn of(input: R, name: String, size: usize, longest: usize) -> Chunks<R> {
        let buffer = vec![0; size];
        Chunks {
            input,
            name,
            buffer,
            filled: 0,
            number: 1,
            passing: None,
            has_ended: false,
            longest,
        }
    }

    /// The next chunk, in which there is a line. Waits for input where there is none.
    pub fn next(&mut self) -> Result<Option<Chunk>, Failure> {
        let mut seen = 0;
        loop {
            if let Some(chunk) = self.whole_lines(seen) {
                return Ok(Some(chunk));
            }
            if self.has_ended {
                return Ok(self.last_line());
            }
            if self.passing.is_none() && self.filled > self.longest {
                self.passing = Some(Passing { is_blank: true });
            }
            if let Some(passing) = &mut self.passing {
                // Passes over gigabytes as fast as they can be read.
                let read = self.buffer.get(..self.filled).unwrap_or_default();
                passing.is_blank = passing.is_blank && read.iter().all(|byte| is_blank(*byte));
                self.filled = 0;
            }
            seen = self.filled;
            self.read().map_err(|error| Failure::file("read", &self.name, &error))?;
        }
    }

    /// Reads once.
    fn read(&mut self) -> io::Result<()> {
        if self.filled == self.buffer.len() {
            let most = self.longest.saturating_add(CHUNK);
            let length = self.buffer.len().saturating_mul(2).min(most).max(self.filled + 1);
            self.buffer.reserve_exact(length - self.filled);
            self.buffer.resize(length, 0);
        }
        loop {
            let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
            match self.input.read(room) {
                Ok(0) => self.has_ended = true,
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }

    /// The lines that have ended, of which there was none in the part that was seen.
    fn whole_lines(&mut self, seen: usize) -> Option<Chunk> {
        let new = self.buffer.get(seen..self.filled)?;
        if let Some(passing) = self.passing {
            let end = memchr::memchr(b'\n', new)?;
            let is_blank = passing.is_blank && new.get(..end)?.iter().all(|byte| is_blank(*byte));
            self.buffer.copy_within(seen + end + 1..self.filled, 0);
            self.filled -= seen + end + 1;
            self.passing = None;
            let number = self.number;
            self.number += 1;
            return match is_blank {
                true => self.whole_lines(0),
                false => Some(self.beyond(number)),
            };
        }
        let end = seen + memchr::memrchr(b'\n', new)? + 1;
        let (number, lines) = (self.number, memchr::memchr_iter(b'\n', self.buffer.get(..end)?));
        self.number += lines.count() as u64;
        Some(Chunk { bytes: self.take(end), number, is_beyond: false, longest: self.longest })
    }

    /// What stands behind the last line break. Nothing begins no line.
    fn last_line(&mut self) -> Option<Chunk> {
        let number = self.number;
        if let Some(passing) = self.passing.take() {
            return (!passing.is_blank).then(|| self.beyond(number));
        }
        if self.filled == 0 {
            return None;
        }
        let bytes = self.take(self.filled);
        Some(Chunk { bytes, number, is_beyond: false, longest: self.longest })
    }

    fn beyond(&self, number: u64) -> Chunk {
        Chunk { bytes: Vec::new(), number, is_beyond: true, longest: self.longest }
    }

    /// Takes the beginning of what was read. A long buffer goes as it is.
    fn take(&mut self, end: usize) -> Vec<u8> {
        let rest = self.filled - end;
        self.filled = rest;
        if self.buffer.len() <= CHUNK.min(self.longest) {
            let bytes = self.buffer.get(..end).unwrap_or_default().to_vec();
            self.buffer.copy_within(end..end + rest, 0);
            return bytes;
        }
        let mut next = vec![0; CHUNK.min(self.longest).max(rest)];
        if let (Some(start), Some(rest)) = (next.get_mut(..rest), self.buffer.get(end..end + rest))
        {
            start.copy_from_slice(rest);
        }
        let mut bytes = std::mem::replace(&mut self.buffer, next);
        bytes.truncate(end);
        bytes
    }
}

impl Chunk {
    /// Bytes that it holds.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Before the first line.
    pub fn start(&self) -> Cursor {
        Cursor { at: 0, number: self.number }
    }

    /// The next line that isn't blank.
    pub fn next<'c>(&'c self, cursor: &mut Cursor) -> Option<Line<'c>> {
        if self.is_beyond {
            let number = cursor.number;
            *cursor = Cursor { at: 1, number: self.number + 1 };
            return (number == self.number).then_some(Line { number, bytes: None });
        }
        loop {
            let rest = self.bytes.get(cursor.at..).filter(|rest| !rest.is_empty())?;
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let mut line = rest.get(..end).unwrap_or_default();
            let number = cursor.number;
            *cursor = Cursor { at: cursor.at + end + 1, number: number + 1 };
            let is_within = line.len() <= self.longest;
            if number == 1 && is_within {
                line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
            }
            if line.iter().all(|byte| is_blank(*byte)) {
                continue;
            }
            return Some(Line { number, bytes: is_within.then_some(line) });
        }
    }
}

/// What may stand between the values of JSON, but for the line break.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives some bytes at each read.
    struct Pieces<'b>(&'b [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            let (now, then) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = then;
            Ok(count)
        }
    }

    /// The lines that aren't blank, with their numbers; `None` where one is too long.
    fn lines(
        bytes: &[u8],
        size: usize,
        each: usize,
        longest: usize,
    ) -> Vec<(u64, Option<Vec<u8>>)> {
        let mut chunks = Chunks::of(Pieces(bytes, each), String::new(), size, longest);
        let mut all = Vec::new();
        while let Some(chunk) = chunks.next().expect("memory") {
            let mut cursor = chunk.start();
            while let Some(line) = chunk.next(&mut cursor) {
                all.push((line.number, line.bytes.map(<[u8]>::to_vec)));
            }
        }
        all
    }

    /// The same by a plain look at all bytes.
    fn expected(bytes: &[u8], longest: usize) -> Vec<(u64, Option<Vec<u8>>)> {
        let mut parts: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        parts.pop_if(|last| last.is_empty());
        let numbered = (1..).zip(parts);
        numbered
            .map(|(number, line)| match number {
                1 if line.len() <= longest => {
                    (1, line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line))
                }
                _ => (number, line),
            })
            .filter(|(_, line)| !line.iter().all(|byte| is_blank(*byte)))
            .map(|(number, line)| (number, (line.len() <= longest).then(|| line.to_vec())))
            .collect()
    }

    #[test]
    fn lines_are_the_same_however_they_come() {
        for text in [
            "",
            "a",
            "a\n",
            "ab\n\ncd\n",
            "\n\n",
            " \t\r\n x\n  ",
            "abcdefgh\nabcdefghi\nabc\n",
            "         \nx",
            "          x\ny",
            "          x",
            "          ",
            "\u{feff}a\n\u{feff}b",
            "\u{feff}\na",
            "\u{feff}abcdefgh\nx",
            "\u{feff}       \nx",
            "\x0b\nabcdefghijklmnopqrstuvwxyz\n\n\nabcdefghijklmnopqrstuvwxyz\nz",
        ] {
            for size in [1, 2, 5, 8, 9, 100] {
                for each in [1, 2, 3, 7, 100] {
                    let found = lines(text.as_bytes(), size, each, 8);
                    assert_eq!(found, expected(text.as_bytes(), 8), "{text:?} {size} {each}");
                }
            }
        }
    }

    #[test]
    fn a_line_is_given_as_soon_as_it_is_there() {
        let mut chunks = Chunks::of(Pieces(b"one\ntwo\nthree", 5), String::new(), 100, 100);
        for (number, expected) in [(1, "one"), (2, "two"), (3, "three")] {
            let chunk = chunks.next().expect("memory").expect("a line");
            let line = chunk.next(&mut chunk.start()).expect("a line");
            assert_eq!((line.number, line.bytes), (number, Some(expected.as_bytes())));
        }
        assert!(chunks.next().expect("memory").is_none());
    }

    #[test]
    fn what_follows_a_line_that_is_too_long_is_read_and_the_line_isnt_kept() {
        let mut bytes = vec![b'x'; LONGEST + 3 * CHUNK];
        bytes.extend_from_slice(b"\nnext");
        let mut chunks = Chunks::of(&bytes[..], String::new(), CHUNK, LONGEST);
        let chunk = chunks.next().expect("memory").expect("a line");
        assert!(chunk.len() == 0 && chunk.next(&mut chunk.start()).expect("it").bytes.is_none());
        assert!(chunks.buffer.capacity() <= LONGEST + CHUNK);
        let chunk = chunks.next().expect("memory").expect("a line");
        assert_eq!(chunk.next(&mut chunk.start()).expect("it").bytes, Some(&b"next"[..]));
    }
}
