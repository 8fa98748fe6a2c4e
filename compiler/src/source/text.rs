//! The text of a scalar, and where each part of it was written.
//!
//! In: a decoded scalar and the bytes that it was decoded from. Out: [`Text`],
//! whose [`locate`](Text::locate) leads from a place in the decoded text back to
//! the source, through escapes, folded lines and indentation.
//!
//! Nothing is stored but the style: the few texts that end up in a diagnostic are
//! decoded once more, in step with the value, which says at each point what the
//! parser made of the source there.

use super::sources::Sources;
use super::span::{FileId, Span};

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// A scalar: its decoded value and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub value: String,
    style: Style,
    file: FileId,
    start: u32,
    end: u32,
}

impl Text {
    /// `span` covers quotes; of a block scalar it starts at the first character
    /// of the content.
    pub fn new(value: String, style: Style, span: Span) -> Self {
        Text { value, style, file: span.file, start: span.start, end: span.end }
    }

    /// The whole scalar, with its quotes.
    pub fn span(&self) -> Span {
        Span::new(self.file, self.start, self.end)
    }

    pub fn style(&self) -> Style {
        self.style
    }

    /// Where bytes `start..end` of the value were written. An end within an
    /// escape or a folded line break takes in the whole of it. Costs O(length of
    /// the scalar). Falls back to the whole scalar if `sources` isn't where this
    /// text came from.
    pub fn locate(&self, sources: &Sources, start: u32, end: u32) -> Span {
        self.places(sources).locate(start, end)
    }

    /// The same for many places: costs O(length of the scalar) once, then
    /// O(log) for each.
    pub fn places(&self, sources: &Sources) -> Places {
        Places {
            pieces: self.pieces(sources.text(self.file)),
            length: offset(self.value.len()),
            whole: self.span(),
        }
    }

    /// The value in pieces that cover it from end to end; `None` if the source
    /// doesn't decode to the value.
    fn pieces(&self, source: &str) -> Option<Vec<Piece>> {
        let start = self.start as usize;
        let mut decoder = Decoder {
            value: &self.value,
            source,
            value_at: 0,
            source_at: start,
            pieces: Vec::new(),
        };
        match self.style {
            Style::Plain => decoder.flow(Quote::None)?,
            Style::SingleQuoted => {
                decoder.source_at += 1;
                decoder.flow(Quote::Single)?;
            }
            Style::DoubleQuoted => {
                decoder.source_at += 1;
                decoder.flow(Quote::Double)?;
            }
            Style::Literal => decoder.block(false)?,
            Style::Folded => decoder.block(true)?,
        }
        if decoder.pieces.is_empty() {
            // An empty scalar: the place between its quotes, or where it would be.
            decoder.piece(0, decoder.source_at, false);
        }
        Some(decoder.pieces)
    }
}

/// Where each part of a text was written.
#[derive(Debug)]
pub struct Places {
    pieces: Option<Vec<Piece>>,
    length: u32,
    whole: Span,
}

impl Places {
    /// Where bytes `start..end` of the value were written.
    pub fn locate(&self, start: u32, end: u32) -> Span {
        let end = end.max(start).min(self.length);
        let start = start.min(end);
        let Some(pieces) = &self.pieces else { return self.whole };
        let found = if start == end {
            source_of_point(pieces, start as usize).map(|at| (at, at))
        } else {
            let from = source_of_point(pieces, start as usize);
            let to = source_of_end(pieces, end as usize);
            from.zip(to)
        };
        match found {
            Some((from, to)) => Span::new(self.whole.file, offset(from), offset(to.max(from))),
            None => self.whole,
        }
    }
}

/// A part of the value and of the source that belong together.
#[derive(Debug)]
struct Piece {
    value: std::ops::Range<usize>,
    source: std::ops::Range<usize>,
    /// Byte for byte the same; else one is replaced by the other as a whole.
    verbatim: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Quote {
    None,
    Single,
    Double,
}

fn source_of_point(pieces: &[Piece], at: usize) -> Option<usize> {
    let index = pieces.partition_point(|p| p.value.end <= at);
    match pieces.get(index) {
        Some(piece) if piece.verbatim => Some(piece.source.start + (at - piece.value.start)),
        Some(piece) => Some(piece.source.start),
        None => pieces.last().map(|p| p.source.end),
    }
}

fn source_of_end(pieces: &[Piece], end: usize) -> Option<usize> {
    let index = pieces.partition_point(|p| p.value.end < end);
    let piece = pieces.get(index)?;
    Some(if piece.verbatim {
        piece.source.start + (end - piece.value.start)
    } else {
        piece.source.end
    })
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Walks value and source in step.
struct Decoder<'a> {
    value: &'a str,
    source: &'a str,
    value_at: usize,
    source_at: usize,
    pieces: Vec<Piece>,
}

impl Decoder<'_> {
    /// Plain and quoted scalars: lines are folded, and in quotes there are escapes.
    fn flow(&mut self, quote: Quote) -> Option<()> {
        // A double-quoted scalar may end in an escaped line break, which is no
        // part of the value, so the end of the value is the end of the work.
        while self.value_at < self.value.len() {
            let rest = self.rest();
            match rest.first()? {
                b'\'' if quote == Quote::Single => {
                    if rest.get(1) != Some(&b'\'') {
                        return None;
                    }
                    self.replace(2)?;
                }
                b'"' if quote == Quote::Double => return None,
                b'\\' if quote == Quote::Double => match rest.get(1)? {
                    b'\n' | b'\r' => {
                        self.source_at += 1;
                        self.source_at += break_length(self.rest());
                        self.newlines_and_blanks(0)?;
                    }
                    b'x' => self.replace(4)?,
                    b'u' => self.unicode_escape()?,
                    b'U' => self.replace(10)?,
                    _ => {
                        let escaped = self.source.get(self.source_at + 1..)?.chars().next()?;
                        self.replace(1 + escaped.len_utf8())?;
                    }
                },
                b' ' | b'\t' | b'\n' | b'\r' => self.flow_space()?,
                _ => self.verbatim(|b| match b {
                    b' ' | b'\t' | b'\n' | b'\r' => false,
                    b'\'' => quote != Quote::Single,
                    b'"' | b'\\' => quote != Quote::Double,
                    _ => true,
                })?,
            }
        }
        Some(())
    }

    /// Blanks within a line stand for themselves; with a line break among them,
    /// they and the break are folded.
    fn flow_space(&mut self) -> Option<()> {
        let rest = self.rest();
        let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        if !matches!(rest.get(blanks), Some(b'\n' | b'\r')) {
            return self.verbatim(|b| matches!(b, b' ' | b'\t'));
        }
        let start = self.source_at;
        self.source_at += blanks;
        self.source_at += break_length(self.rest());
        if self.value.as_bytes().get(self.value_at) == Some(&b' ') {
            self.source_at += self.blanks();
            self.piece(1, start, false);
            return Some(());
        }
        self.newlines_and_blanks(1)
    }

    /// Empty lines, each of which is a line feed of the value, and the
    /// indentation of the line after them.
    fn newlines_and_blanks(&mut self, least: usize) -> Option<()> {
        let mut seen = 0;
        loop {
            self.source_at += self.blanks();
            let length = break_length(self.rest());
            if length == 0 {
                return (seen >= least).then_some(());
            }
            self.replace(length)?;
            seen += 1;
        }
    }

    /// `\u`, and the second one of a surrogate pair.
    fn unicode_escape(&mut self) -> Option<()> {
        let length = self.value.get(self.value_at..)?.chars().next()?.len_utf8();
        self.replace(if length == 4 { 12 } else { 6 })
    }

    /// Literal and folded scalars.
    fn block(&mut self, folded: bool) -> Option<()> {
        let content = self.source_at;
        let line_start = self.source.get(..content)?.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let indent = content - line_start;
        self.leading_lines(line_start)?;
        self.source_at = content;
        while self.value_at < self.value.len() {
            match self.rest().first() {
                Some(b'\n' | b'\r') => self.block_breaks(indent, folded)?,
                Some(_) => self.verbatim(|b| !matches!(b, b'\n' | b'\r'))?,
                // A last line without a break is read as if it had one.
                None => {
                    let start = self.source_at;
                    self.piece(1, start, false);
                }
            }
        }
        Some(())
    }

    /// Empty lines before the first line with content: the value begins with
    /// their line feeds, the span of the scalar doesn't.
    fn leading_lines(&mut self, line_start: usize) -> Option<()> {
        let count = self.value.bytes().take_while(|&b| b == b'\n').count();
        let mut starts = Vec::new();
        let mut end = line_start;
        for _ in 0..count {
            let before = self.source.get(..end)?;
            let length = if before.ends_with("\r\n") {
                2
            } else {
                usize::from(before.ends_with(['\n', '\r']))
            };
            if length == 0 {
                break;
            }
            end -= length;
            starts.push(end);
            let blank = self.source.get(..end)?.trim_end_matches(' ');
            if !blank.ends_with(['\n', '\r']) {
                break;
            }
            end = blank.len();
        }
        if starts.len() < count {
            // No line has content: the line feeds follow the start instead.
            return Some(());
        }
        for start in starts.into_iter().rev() {
            self.source_at = start;
            self.replace(break_length(self.rest()))?;
        }
        Some(())
    }

    /// The breaks between two lines with content, or after the last one.
    fn block_breaks(&mut self, indent: usize, folded: bool) -> Option<()> {
        let start = self.source_at;
        let mut breaks = Vec::new();
        loop {
            let length = break_length(self.rest());
            if length == 0 {
                break;
            }
            let at = self.source_at;
            self.source_at += length;
            let spaces = self.rest().iter().take(indent).take_while(|&&b| b == b' ').count();
            self.source_at += spaces;
            breaks.push(at..self.source_at);
        }
        let value = self.value.as_bytes().get(self.value_at..)?;
        if folded && breaks.len() == 1 && value.first() == Some(&b' ') {
            self.piece(1, start, false);
            return Some(());
        }
        let feeds = value.iter().take_while(|&&b| b == b'\n').count();
        // Between two lines a folded scalar drops the first of several breaks; at
        // the end, chomping drops the last ones.
        let skip = usize::from(feeds + 1 == breaks.len() && feeds < value.len());
        if feeds == 0 || feeds + skip > breaks.len() {
            return None;
        }
        let after = self.source_at;
        for range in breaks.into_iter().skip(skip).take(feeds) {
            self.source_at = range.end;
            self.piece(1, range.start, false);
        }
        self.source_at = after;
        Some(())
    }

    /// Takes bytes that stand for themselves as long as `more` holds.
    fn verbatim(&mut self, more: impl Fn(u8) -> bool) -> Option<()> {
        let length = self.rest().iter().take_while(|&&b| more(b)).count();
        let value = self.value.as_bytes().get(self.value_at..)?;
        let length = length.min(value.len());
        if length == 0 || self.rest().get(..length)? != value.get(..length)? {
            return None;
        }
        let start = self.source_at;
        self.source_at += length;
        self.piece(length, start, true);
        Some(())
    }

    /// Takes `length` bytes of the source that stand for one character.
    fn replace(&mut self, length: usize) -> Option<()> {
        let character = self.value.get(self.value_at..)?.chars().next()?;
        let start = self.source_at;
        self.source_at += length;
        self.source.get(start..self.source_at)?;
        self.piece(character.len_utf8(), start, false);
        Some(())
    }

    fn piece(&mut self, length: usize, source_start: usize, verbatim: bool) {
        let value = self.value_at..self.value_at + length;
        self.value_at = value.end;
        self.pieces.push(Piece { value, source: source_start..self.source_at, verbatim });
    }

    fn rest(&self) -> &[u8] {
        self.source.as_bytes().get(self.source_at..).unwrap_or(&[])
    }

    fn blanks(&self) -> usize {
        self.rest().iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
    }
}

/// Bytes of the line break that `bytes` begin with: 0, 1 or 2.
fn break_length(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        _ => 0,
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
