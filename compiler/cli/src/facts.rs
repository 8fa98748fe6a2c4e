//! Facts as JSON lines: one object a line, one request an object.
//!
//! In: bytes, however long and of whatever content. Out: lines, each with its
//! number, and for each a frame of facts, or one line of text that says what is
//! wrong. Lines of nothing but blanks count, but nobody sees them. Memory is that
//! of the longest line that is accepted, and of the facts in it.

mod json;
mod transcode;

use crate::failure::Failure;
use crate::target::is_standard;
use rulestone::FactsBuilder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, StdinLock};
use std::path::Path;
use transcode::Transcoder;

/// Bytes of a line, at most.
const LONGEST: usize = 64 << 20;

/// Bytes that are read at once.
const CHUNK: usize = 64 << 10;

/// Where lines of facts come from.
pub struct Lines {
    input: BufReader<Source>,
    /// As messages call it.
    name: String,
    line: Vec<u8>,
    number: u64,
}

/// A line, and its number from 1.
pub struct Line<'l> {
    pub number: u64,
    /// `None` where it is too long.
    bytes: Option<&'l [u8]>,
}

enum Source {
    Standard(StdinLock<'static>),
    File(File),
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Source::Standard(stdin) => stdin.read(buffer),
            Source::File(file) => file.read(buffer),
        }
    }
}

impl Lines {
    /// Opens a file, or standard input.
    pub fn open(path: &Path) -> Result<Lines, Failure> {
        let (source, name) = match is_standard(path) {
            true => (Source::Standard(io::stdin().lock()), "standard input".to_owned()),
            false => {
                let name = path.display().to_string();
                (Source::File(open(path, &name)?), name)
            }
        };
        Ok(Lines {
            input: BufReader::with_capacity(CHUNK, source),
            name,
            line: Vec::new(),
            number: 0,
        })
    }

    /// Whether the next line may have to be waited for: what was written so far
    /// should be seen by then.
    pub fn may_wait(&self) -> bool {
        let buffered = self.input.buffer().iter();
        let mut next = buffered.skip_while(|byte| is_blank(**byte) || **byte == b'\n');
        !next.any(|byte| *byte == b'\n')
    }

    /// The next line that isn't blank. A line break at the end of the input begins no
    /// line.
    pub fn next(&mut self) -> Result<Option<Line<'_>>, Failure> {
        loop {
            let read = read_line(&mut self.input, &mut self.line);
            let length = read.map_err(|error| Failure::file("read", &self.name, &error))?;
            self.number += 1;
            let is_blank = match length {
                Length::End => return Ok(None),
                Length::Blank => true,
                Length::Within if self.number == 1 && self.line.starts_with(BYTE_ORDER_MARK) => {
                    self.line.drain(..BYTE_ORDER_MARK.len());
                    self.line.iter().all(|byte| is_blank(*byte))
                }
                Length::Within | Length::Beyond => false,
            };
            if !is_blank {
                let bytes = (length == Length::Within).then_some(self.line.as_slice());
                return Ok(Some(Line { number: self.number, bytes }));
            }
        }
    }
}

/// What may stand between the values of JSON, but for the line break.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

/// Some editors begin files with it.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    End,
    /// Nothing but blanks, however many.
    Blank,
    Within,
    Beyond,
}

/// Reads up to a line break, which is not kept. Of a line that is too long, the
/// rest is passed over.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Length> {
    line.clear();
    let (mut length, mut count) = (Length::End, 0_usize);
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            return Ok(length);
        }
        if length == Length::Beyond {
            // Passes over gigabytes as fast as they can be read.
            input.skip_until(b'\n')?;
            return Ok(length);
        }
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
        count = count.saturating_add(part.len());
        if matches!(length, Length::End | Length::Blank) {
            let is_blank = part.iter().all(|byte| is_blank(*byte));
            length = if is_blank { Length::Blank } else { Length::Within };
        }
        if count <= LONGEST {
            line.extend_from_slice(part);
        } else if length == Length::Within {
            length = Length::Beyond;
        }
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Ok(length);
        }
    }
}

/// Makes frames of lines.
pub struct Encoder {
    builder: FactsBuilder,
    transcoder: Transcoder,
}

impl Encoder {
    pub fn new(builder: FactsBuilder) -> Encoder {
        Encoder { builder, transcoder: Transcoder::default() }
    }

    /// The frame of a line of JSON.
    ///
    /// # Errors
    /// What is wrong with the line, as text that begins with its number.
    pub fn encode(&mut self, line: &Line<'_>) -> Result<&[u8], String> {
        let number = line.number;
        let Some(bytes) = line.bytes else {
            return Err(format!("line {number}: longer than {} MiB", LONGEST >> 20));
        };
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(format!("line {number}: not JSON: not UTF-8"));
        };
        self.builder.clear();
        let set = self.transcoder.put(text, &mut self.builder);
        set.map_err(|error| format!("line {number}: {error}"))?;
        let frame = self.builder.finish();
        frame.map_err(|error| format!("line {number}: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
        // A small buffer, so that lines come in pieces.
        let mut input = BufReader::with_capacity(3, bytes);
        let mut line = Vec::new();
        let mut all = Vec::new();
        while read_line(&mut input, &mut line).expect("memory") != Length::End {
            all.push(line.clone());
        }
        all
    }

    #[test]
    fn a_line_break_at_the_end_begins_no_line() {
        assert_eq!(lines(b""), Vec::<Vec<u8>>::new());
        assert_eq!(lines(b"abcdefg"), [b"abcdefg"]);
        assert_eq!(lines(b"abcdefg\n"), [b"abcdefg"]);
        assert_eq!(lines(b"ab\n\ncd\n"), [&b"ab"[..], b"", b"cd"]);
        assert_eq!(lines(b"\n\n"), [b"", b""]);
    }

    #[test]
    fn what_follows_a_line_that_is_too_long_is_read() {
        let mut bytes = vec![b'x'; LONGEST + 1];
        bytes.extend_from_slice(b"\nnext");
        let mut input = BufReader::with_capacity(CHUNK, &bytes[..]);
        let mut line = Vec::new();
        assert!(matches!(read_line(&mut input, &mut line), Ok(Length::Beyond)));
        assert!(line.len() <= LONGEST);
        assert!(matches!(read_line(&mut input, &mut line), Ok(Length::Within)));
        assert_eq!(line, b"next");
    }

    #[test]
    fn a_line_of_blanks_is_blank_however_long() {
        let length = |bytes: &[u8]| {
            let mut input = BufReader::with_capacity(CHUNK, bytes);
            read_line(&mut input, &mut Vec::new()).expect("memory")
        };
        assert_eq!(length(b"\n"), Length::Blank);
        assert_eq!(length(b" \t\r\n"), Length::Blank);
        assert_eq!(length(b"  x \n"), Length::Within);
        assert_eq!(length(b"\x0b\n"), Length::Within);
        let mut long = vec![b' '; LONGEST + CHUNK];
        assert_eq!(length(&long), Length::Blank);
        long.push(b'x');
        assert_eq!(length(&long), Length::Beyond);
    }
}
