//! Strings: size, places by code point, parts, replacing, splitting, quoting; and what text and bytes share.
//!
//! In come the bytes of UTF-8 text; out come slices of them, or text written into a [`Sink`]. Every index, offset and
//! size counts code points, never bytes. Parts are slices of what came in: nothing is copied that need not be. That
//! text is UTF-8 was seen when it came in, and isn't looked at again: of other bytes the answers mean nothing, and
//! nothing else happens. All of this is linear.

use super::{Fault, Outcome, Sink};
use memchr::{memchr, memmem};

/// `size(string)`, in code points.
pub fn size(text: &[u8]) -> i64 {
    let count: usize = text.chunks(CHUNK).map(starts).sum();
    // INVARIANT: no text in memory has more than i64::MAX code points.
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Bytes that are counted at once: fewer than a byte can count.
const CHUNK: usize = 192;

/// How many code points begin in a chunk: wide registers count bytes.
fn starts(chunk: &[u8]) -> usize {
    usize::from(chunk.iter().fold(0_u8, |count, byte| count.wrapping_add(is_start(*byte).into())))
}

/// Whether a code point begins with this byte.
fn is_start(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

/// How long the first code point is.
fn first_length(text: &[u8]) -> usize {
    let rest = text.iter().skip(1).take(3);
    text.len().min(1) + rest.take_while(|byte| !is_start(**byte)).count()
}

/// `charAt`: one code point; the empty string at the end, [`Fault::IndexOutOfRange`] before 0 and beyond the end.
pub fn char_at(text: &[u8], index: i64) -> Outcome<&[u8]> {
    let from = from_index(text, index)?;
    Ok(from.get(..first_length(from)).unwrap_or_default())
}

/// `substring(start)`; [`Fault::IndexOutOfRange`] before 0 and beyond the end.
pub fn substring(text: &[u8], start: i64) -> Outcome<&[u8]> {
    from_index(text, start)
}

/// `substring(start, end)`, without the code point at `end`; [`Fault::IndexOutOfRange`] before 0 and beyond the end,
/// [`Fault::InvalidArgument`] if `start` is after `end`.
pub fn substring_between(text: &[u8], start: i64, end: i64) -> Outcome<&[u8]> {
    if start > end {
        return Err(Fault::InvalidArgument);
    }
    let from = from_index(text, start)?;
    // INVARIANT: 0 <= start <= end here, so the difference does not overflow.
    let beyond = from_index(from, end - start)?;
    Ok(from.get(..from.len() - beyond.len()).unwrap_or_default())
}

/// `indexOf(needle)`: where it first occurs, or -1; 0 for the empty needle.
pub fn index_of(text: &[u8], needle: &[u8]) -> i64 {
    place(text, find(text, needle))
}

/// `indexOf(needle, offset)`: where it first occurs at or after `offset`, or -1.
///
/// [`Fault::IndexOutOfRange`] if no code point is at `offset`, whatever the needle: so has cel-spec it, while cel-go
/// takes the size of the text for an offset, too, and any offset for the empty needle.
pub fn index_of_from(text: &[u8], needle: &[u8], offset: i64) -> Outcome<i64> {
    let from = from_index(text, offset)?;
    if from.is_empty() {
        return Err(Fault::IndexOutOfRange);
    }
    match index_of(from, needle) {
        -1 => Ok(-1),
        // INVARIANT: both are within the text, so the sum does not overflow.
        index => Ok(offset + index),
    }
}

/// `lastIndexOf(needle)`: where it last occurs, or -1; the size of `text` for the empty needle.
pub fn last_index_of(text: &[u8], needle: &[u8]) -> i64 {
    let fits = needle.len() <= text.len();
    place(text, fits.then(|| memmem::rfind(text, needle)).flatten())
}

/// `lastIndexOf(needle, offset)`: where it last occurs at or before `offset`, or -1; faults as for
/// [`index_of_from`].
pub fn last_index_of_from(text: &[u8], needle: &[u8], offset: i64) -> Outcome<i64> {
    let from = from_index(text, offset)?;
    if from.is_empty() {
        return Err(Fault::IndexOutOfRange);
    }
    // An occurrence that starts at or before the offset ends here at the latest.
    let end = (text.len() - from.len()).saturating_add(needle.len());
    Ok(last_index_of(text.get(..end).unwrap_or(text), needle))
}

/// The byte at which `needle` first occurs. What is longer than the text isn't even read.
fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        _ if needle.len() > text.len() => None,
        [byte] => memchr(*byte, text),
        _ => memmem::find(text, needle),
    }
}

/// A byte's place in code points, or -1. Where UTF-8 is found in UTF-8, a code point begins.
fn place(text: &[u8], position: Option<usize>) -> i64 {
    position.map_or(-1, |position| size(text.get(..position).unwrap_or_default()))
}

/// What begins at the code point `index`; empty at the end.
fn from_index(text: &[u8], index: i64) -> Outcome<&[u8]> {
    let mut left = usize::try_from(index).map_err(|_| Fault::IndexOutOfRange)?;
    let mut rest = text;
    while let Some((chunk, after)) = rest.split_at_checked(CHUNK) {
        let Some(fewer) = left.checked_sub(starts(chunk)) else { break };
        (left, rest) = (fewer, after);
    }
    for (position, byte) in rest.iter().enumerate() {
        if is_start(*byte) {
            match left.checked_sub(1) {
                Some(fewer) => left = fewer,
                None => return Ok(rest.get(position..).unwrap_or_default()),
            }
        }
    }
    if left == 0 { Ok(&[]) } else { Err(Fault::IndexOutOfRange) }
}

/// `lowerAscii`: A to Z become a to z, everything else stays.
pub fn lower_ascii(text: &[u8], sink: &mut Sink<'_>) -> Outcome<()> {
    let claimed = sink.claim(text.len())?;
    claimed.copy_from_slice(text);
    claimed.make_ascii_lowercase();
    Ok(())
}

/// `upperAscii`: a to z become A to Z, everything else stays.
pub fn upper_ascii(text: &[u8], sink: &mut Sink<'_>) -> Outcome<()> {
    let claimed = sink.claim(text.len())?;
    claimed.copy_from_slice(text);
    claimed.make_ascii_uppercase();
    Ok(())
}

/// `replace(old, new, limit)`: the first `limit` occurrences from the left, all if it is negative
/// (`replace(old, new)` is -1). An empty `old` occurs before each code point and at the end, as in Go. Before each
/// `replacing` is asked.
pub fn replace(
    text: &[u8],
    old: &[u8],
    new: &[u8],
    limit: i64,
    sink: &mut Sink<'_>,
    mut replacing: impl FnMut() -> Outcome<()>,
) -> Outcome<()> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut copied = 0;
    for position in Occurrences::of(text, old).take(limit) {
        replacing()?;
        sink.push(text.get(copied..position).unwrap_or_default())?;
        sink.push(new)?;
        copied = position + old.len();
    }
    sink.push(text.get(copied..).unwrap_or_default())
}

/// Where text occurs in another, each occurrence behind the one before it; empty text before each code point and at
/// the end.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "one is made for each call, and a box would allocate")]
enum Occurrences<'a> {
    Nowhere,
    /// The text, and where the next code point begins.
    Between(&'a [u8], Option<usize>),
    Byte(memchr::Memchr<'a>),
    Text(memmem::FindIter<'a, 'a>),
}

impl<'a> Occurrences<'a> {
    fn of(text: &'a [u8], part: &'a [u8]) -> Occurrences<'a> {
        match part {
            [] => Occurrences::Between(text, Some(0)),
            _ if part.len() > text.len() => Occurrences::Nowhere,
            [byte] => Occurrences::Byte(memchr::memchr_iter(*byte, text)),
            _ => Occurrences::Text(memmem::find_iter(text, part)),
        }
    }
}

impl Iterator for Occurrences<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        match self {
            Occurrences::Nowhere => None,
            Occurrences::Between(text, next) => {
                let position = next.take()?;
                let length = first_length(text.get(position..)?);
                *next = (length > 0).then_some(position + length);
                Some(position)
            }
            Occurrences::Byte(positions) => positions.next(),
            Occurrences::Text(positions) => positions.next(),
        }
    }
}

/// `split(separator, limit)`: at most `limit` parts, the last being the unsplit rest; all if it is negative
/// (`split(separator)` is -1), none if it is 0. An empty separator splits into code points. As Go's `strings.SplitN`.
pub fn split<'a>(text: &'a [u8], separator: &'a [u8], limit: i64) -> Split<'a> {
    let mut ends = Occurrences::of(text, separator);
    if separator.is_empty() {
        // No part ends where the text begins.
        ends.next();
    }
    Split {
        // By code points, nothing has no parts; by a separator, it has one, which is empty.
        rest: (!separator.is_empty() || !text.is_empty()).then_some(0),
        text,
        ends,
        separator: separator.len(),
        remaining: usize::try_from(limit).unwrap_or(usize::MAX),
    }
}

/// The parts of [`split`].
#[derive(Clone, Debug)]
pub struct Split<'a> {
    text: &'a [u8],
    /// Where the next part begins; `None` when the last one is given out.
    rest: Option<usize>,
    ends: Occurrences<'a>,
    /// Bytes of the separator.
    separator: usize,
    /// How many parts may still be given out.
    remaining: usize,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        self.remaining = self.remaining.checked_sub(1)?;
        let start = self.rest.take()?;
        let end = if self.remaining == 0 { None } else { self.ends.next() };
        // By code points, the end of the text ends the last part.
        let end = end.filter(|end| self.separator > 0 || *end < self.text.len());
        self.rest = end.map(|end| end + self.separator);
        self.text.get(start..end.unwrap_or(self.text.len()))
    }
}

impl core::iter::FusedIterator for Split<'_> {}

/// `trim`: without white space at both ends. White space is Unicode's White_Space property, so U+180E, U+200B to
/// U+200D, U+2060 and U+FEFF stay.
pub fn trim(text: &[u8]) -> &[u8] {
    let mut rest = text.trim_ascii();
    while let Some(after) = rest.get(first_length(rest)..)
        && is_space(rest.get(..rest.len() - after.len()).unwrap_or_default())
    {
        rest = after;
    }
    while let Some(start) = rest.iter().rposition(|byte| is_start(*byte))
        && let Some((before, last)) = rest.split_at_checked(start)
        && is_space(last)
    {
        rest = before;
    }
    rest
}

/// Whether one code point is white space.
fn is_space(character: &[u8]) -> bool {
    match character {
        [byte] => char::from(*byte).is_whitespace(),
        _ => {
            let character = core::str::from_utf8(character).ok();
            character.and_then(|text| text.chars().next()).is_some_and(char::is_whitespace)
        }
    }
}

/// `reverse`, by code points.
pub fn reverse(text: &[u8], sink: &mut Sink<'_>) -> Outcome<()> {
    let claimed = sink.claim(text.len())?;
    claimed.copy_from_slice(text);
    claimed.reverse();
    if claimed.is_ascii() {
        return Ok(());
    }
    // Now the bytes of each longer code point stand backwards, and its first one last.
    let mut start = 0;
    for end in 0..claimed.len() {
        if is_start(claimed[end]) {
            // INVARIANT: `start` is at most `end`, which is within.
            if end > start {
                claimed[start..=end].reverse();
            }
            start = end + 1;
        }
    }
    Ok(())
}

/// `strings.quote`: between double quotes, with `\a \b \f \n \r \t \v \\ \"` for the characters they stand for and
/// everything else as it is.
pub fn quote(text: &[u8], sink: &mut Sink<'_>) -> Outcome<()> {
    let escaped = text.iter().filter(|byte| ESCAPES[usize::from(**byte)] != 0).count();
    let claimed = sink.claim(text.len().saturating_add(escaped).saturating_add(2))?;
    let mut places = claimed.iter_mut();
    let mut write = |byte| {
        if let Some(place) = places.next() {
            *place = byte;
        }
    };
    write(b'"');
    for &byte in text {
        match ESCAPES[usize::from(byte)] {
            0 => write(byte),
            letter => {
                write(b'\\');
                write(letter);
            }
        }
    }
    write(b'"');
    Ok(())
}

/// What stands behind the `\` for each byte, or 0.
const ESCAPES: [u8; 256] = {
    let mut escapes = [0; 256];
    escapes[0x07] = b'a';
    escapes[0x08] = b'b';
    escapes[0x0c] = b'f';
    escapes[b'\n' as usize] = b'n';
    escapes[b'\r' as usize] = b'r';
    escapes[b'\t' as usize] = b't';
    escapes[0x0b] = b'v';
    escapes[b'\\' as usize] = b'\\';
    escapes[b'"' as usize] = b'"';
    escapes
};

/// `contains`, of text or bytes.
pub fn contains(whole: &[u8], part: &[u8]) -> bool {
    find(whole, part).is_some()
}

/// `startsWith`, of text or bytes.
pub fn starts_with(whole: &[u8], part: &[u8]) -> bool {
    whole.starts_with(part)
}

/// `endsWith`, of text or bytes.
pub fn ends_with(whole: &[u8], part: &[u8]) -> bool {
    whole.ends_with(part)
}

/// `string(bytes)`; what is not UTF-8 is [`Fault::InvalidUtf8`].
pub fn from_bytes(bytes: &[u8]) -> Outcome<&str> {
    core::str::from_utf8(bytes).map_err(|_| Fault::InvalidUtf8)
}

/// `bool(string)`: `1`, `t`, `T`, `true`, `True`, `TRUE` and `0`, `f`, `F`, `false`, `False`, `FALSE`;
/// anything else is [`Fault::Unparseable`].
pub fn parse_bool(text: &[u8]) -> Outcome<bool> {
    match text {
        b"1" | b"t" | b"T" | b"true" | b"True" | b"TRUE" => Ok(true),
        b"0" | b"f" | b"F" | b"false" | b"False" | b"FALSE" => Ok(false),
        _ => Err(Fault::Unparseable),
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
