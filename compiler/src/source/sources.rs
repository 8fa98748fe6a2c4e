//! The files of a ruleset as they were read, and the lines in them.
//!
//! In: names and bytes, in reading order (`walk`). Out: [`Sources`], which every
//! later stage asks for text, paths, lines and columns.

use std::sync::OnceLock;

use super::span::{FileId, Span};

/// All files of a ruleset in reading order; [`FileId`] is the place in it.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    path: String,
    name: String,
    text: String,
    /// Offsets at which lines start; made when first asked for.
    lines: OnceLock<Vec<u32>>,
}

impl Sources {
    /// Adds a file that is read after those before it. The text is at most 4 GiB;
    /// [`load`](super::load::load) has a far lower limit.
    pub fn push(&mut self, path: String, name: String, text: String) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(File { path, name, text, lines: OnceLock::new() });
        id
    }

    pub fn len(&self) -> usize {
        self.files.len()
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        (0u32..).zip(&self.files).map(|(index, _)| FileId(index))
    }

    /// The path as a person finds it: SOURCE as given, then the file's place in it.
    pub fn path(&self, file: FileId) -> &str {
        self.file(file).map_or("?", |f| &f.path)
    }

    /// The path relative to the ruleset, with `/`: the same on every machine.
    pub fn name(&self, file: FileId) -> &str {
        self.file(file).map_or("?", |f| &f.name)
    }

    /// The whole text. In a file that isn't UTF-8, the bad bytes are replaced.
    pub fn text(&self, file: FileId) -> &str {
        self.file(file).map_or("", |f| &f.text)
    }

    /// The text of a span; empty where the span isn't one of this source.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Line and column of a byte, both from 1, the column in characters. Finding
    /// the line costs O(log lines), the column O(length of the line).
    pub fn line_column(&self, file: FileId, offset: u32) -> (u32, u32) {
        let line = self.line_of(file, offset);
        let range = self.line_range(file, line);
        let text = self.text(file);
        let mut end = (offset as usize).clamp(range.start, text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = text.get(range.start..end).unwrap_or("");
        // A byte-order mark is no character that an editor would count.
        let before = before.strip_prefix('\u{feff}').unwrap_or(before);
        (line, u32::try_from(before.chars().count()).unwrap_or(u32::MAX).saturating_add(1))
    }

    /// The bytes of a line (from 1), without its line break.
    pub fn line_range(&self, file: FileId, line: u32) -> std::ops::Range<usize> {
        let text = self.text(file);
        let starts = self.line_starts(file);
        let index = (line.max(1) - 1) as usize;
        let start = starts.get(index).map_or(text.len(), |&s| s as usize);
        let end = starts.get(index + 1).map_or(text.len(), |&s| s as usize);
        let line = text.get(start..end).unwrap_or("");
        start..start + line.trim_end_matches(['\n', '\r']).len()
    }

    /// Name and bytes of each file in reading order: what the hash of the source
    /// is made of. Of use only if loading found no errors.
    pub fn digest_parts(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|f| (f.name.as_str(), f.text.as_bytes()))
    }

    /// The hash of the source: BLAKE3 over the files in reading order, of each the
    /// length of its name, its name, its length and its bytes, lengths as 8 bytes in
    /// little endian. Of use only if loading found no errors.
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = blake3::Hasher::new();
        for (name, bytes) in self.digest_parts() {
            hash.update(&(name.len() as u64).to_le_bytes());
            hash.update(name.as_bytes());
            hash.update(&(bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        }
        *hash.finalize().as_bytes()
    }

    fn line_of(&self, file: FileId, offset: u32) -> u32 {
        let starts = self.line_starts(file);
        u32::try_from(starts.partition_point(|&s| s <= offset)).unwrap_or(u32::MAX).max(1)
    }

    fn line_starts(&self, file: FileId) -> &[u32] {
        self.file(file).map_or(&[], |f| f.lines.get_or_init(|| line_starts(&f.text)))
    }

    fn file(&self, file: FileId) -> Option<&File> {
        self.files.get(file.0 as usize)
    }
}

/// Lines end in `\n`, `\r\n` or `\r`, as YAML has it.
fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for (index, &byte) in bytes.iter().enumerate() {
        if byte == b'\n' || (byte == b'\r' && bytes.get(index + 1) != Some(&b'\n')) {
            starts.push(u32::try_from(index + 1).unwrap_or(u32::MAX));
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> (Sources, FileId) {
        let mut sources = Sources::default();
        let file = sources.push("p".into(), "n".into(), text.into());
        (sources, file)
    }

    #[test]
    fn columns_count_characters_and_lines_end_in_any_way() {
        let (sources, file) = one("é=1\r\nb\rccc\n");
        assert_eq!(sources.line_column(file, 0), (1, 1));
        assert_eq!(sources.line_column(file, 2), (1, 2));
        assert_eq!(sources.line_column(file, 6), (2, 1));
        assert_eq!(sources.line_column(file, 10), (3, 3));
        assert_eq!(sources.line_column(file, 12), (4, 1));
        assert_eq!(&sources.text(file)[sources.line_range(file, 1)], "é=1");
        assert_eq!(&sources.text(file)[sources.line_range(file, 3)], "ccc");
    }

    #[test]
    fn places_out_of_range_are_clamped() {
        let (sources, file) = one("日");
        assert_eq!(sources.line_column(file, 1), (1, 1));
        assert_eq!(sources.line_column(file, 99), (1, 2));
        assert_eq!(sources.line_column(FileId(7), 3), (1, 1));
        assert_eq!(sources.slice(Span::new(file, 1, 2)), "");
    }
}
