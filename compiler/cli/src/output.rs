//! Standard output, line by line, for people or as JSON.
//!
//! In: lines, with names and text from sources, archives, facts and arguments in
//! them. Out: the same, with all that a terminal would obey or hide escaped. Every
//! verb prints its report by this, so that no foreign text can break a line, move
//! the cursor or pass for something that this program says.

use clap::ValueEnum;
use rulestone_compiler::visible::{escaped, escaped_json, is_plain};
use std::fmt::Display;
use std::io::{self, BufWriter, StdoutLock, Write};

/// Bytes that are written at once.
const CHUNK: usize = 64 << 10;

/// How to print findings, reports and errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

/// A report on its way to whoever reads it.
#[derive(Debug)]
pub struct Report<W: Write> {
    out: W,
    format: Format,
}

impl Report<BufWriter<StdoutLock<'static>>> {
    /// On standard output. It has to be flushed at the end.
    pub fn new(format: Format) -> Self {
        Report::on(BufWriter::with_capacity(CHUNK, io::stdout().lock()), format)
    }
}

impl<W: Write> Report<W> {
    pub fn on(out: W, format: Format) -> Self {
        Report { out, format }
    }

    /// Writes one line: what breaks lines within is escaped, too.
    pub fn line(&mut self, line: impl Display) -> io::Result<()> {
        self.text_line(&line.to_string())
    }

    /// The same, of text that is there already.
    pub fn text_line(&mut self, line: &str) -> io::Result<()> {
        let shown = match self.format {
            Format::Text => escaped(line),
            Format::Json => escaped_json(line),
        };
        self.out.write_all(shown.as_bytes())?;
        self.out.write_all(b"\n")
    }

    /// The same, of bytes that are text if they are not plain.
    pub fn bytes_line(&mut self, line: &[u8]) -> io::Result<()> {
        if is_plain(line) {
            self.out.write_all(line)?;
            return self.out.write_all(b"\n");
        }
        self.text_line(&String::from_utf8_lossy(line))
    }

    /// Writes lines that a report on memory has made.
    pub fn made(&mut self, lines: &[u8]) -> io::Result<()> {
        self.out.write_all(lines)
    }

    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Report<Vec<u8>> {
    /// Bytes of the lines so far.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// The lines so far.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line_whatever_is_in_it() {
        for (format, line, shown) in [
            (Format::Text, "a\nb\u{1b}[1m\u{2028}", "a\\nb\\u{1b}[1m\\u{2028}\n"),
            (Format::Json, "\"\u{9b}\u{202e}\"", "\"\\u009b\\u202e\"\n"),
        ] {
            let mut report = Report::on(Vec::new(), format);
            report.line(line).expect("memory");
            assert_eq!(String::from_utf8_lossy(&report.out), shown);
        }
    }
}
