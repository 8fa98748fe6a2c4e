//! Strings: size, places by code point, parts, replacing, splitting, quoting; and what text and bytes share.
//!
//! In comes UTF-8 text; out come slices of it, or text written into a [`Sink`]. Every index, offset and size counts
//! code points, never bytes. Parts are slices of what came in: nothing is copied that need not be.

use super::{Fault, Outcome, Sink};

/// `size(string)`, in code points.
pub fn size(text: &str) -> i64 {
    // INVARIANT: no text in memory has more than i64::MAX code points.
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

/// `charAt`: one code point; the empty string at the end, [`Fault::IndexOutOfRange`] before 0 and beyond the end.
pub fn char_at(text: &str, index: i64) -> Outcome<&str> {
    let from = from_index(text, index)?;
    let length = from.chars().next().map_or(0, char::len_utf8);
    Ok(from.get(..length).unwrap_or_default())
}

/// `substring(start)`; [`Fault::IndexOutOfRange`] before 0 and beyond the end.
pub fn substring(text: &str, start: i64) -> Outcome<&str> {
    from_index(text, start)
}

/// `substring(start, end)`, without the code point at `end`; [`Fault::IndexOutOfRange`] before 0 and beyond the end,
/// [`Fault::InvalidArgument`] if `start` is after `end`.
pub fn substring_between(text: &str, start: i64, end: i64) -> Outcome<&str> {
    if start > end {
        return Err(Fault::InvalidArgument);
    }
    let from = from_index(text, start)?;
    // INVARIANT: 0 <= start <= end here, so the difference does not overflow.
    let beyond = from_index(from, end - start)?;
    Ok(from.get(..from.len() - beyond.len()).unwrap_or_default())
}

/// `indexOf(needle)`: where it first occurs, or -1; 0 for the empty needle.
pub fn index_of(text: &str, needle: &str) -> i64 {
    text.find(needle).map_or(-1, |position| size(text.get(..position).unwrap_or_default()))
}

/// `indexOf(needle, offset)`: where it first occurs at or after `offset`, or -1.
///
/// [`Fault::IndexOutOfRange`] if no code point is at `offset`, whatever the needle: so has cel-spec it, while cel-go
/// takes the size of the text for an offset, too, and any offset for the empty needle.
pub fn index_of_from(text: &str, needle: &str, offset: i64) -> Outcome<i64> {
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
pub fn last_index_of(text: &str, needle: &str) -> i64 {
    text.rfind(needle).map_or(-1, |position| size(text.get(..position).unwrap_or_default()))
}

/// `lastIndexOf(needle, offset)`: where it last occurs at or before `offset`, or -1; faults as for
/// [`index_of_from`].
pub fn last_index_of_from(text: &str, needle: &str, offset: i64) -> Outcome<i64> {
    let from = from_index(text, offset)?;
    if from.is_empty() {
        return Err(Fault::IndexOutOfRange);
    }
    // An occurrence that starts at or before the offset ends here at the latest. Rounding down to a boundary loses
    // none: an occurrence ends on one.
    let end = (text.len() - from.len()).saturating_add(needle.len());
    let end = text.floor_char_boundary(end);
    Ok(last_index_of(text.get(..end).unwrap_or(text), needle))
}

/// What begins at the code point `index`; empty at the end.
fn from_index(text: &str, index: i64) -> Outcome<&str> {
    let index = usize::try_from(index).map_err(|_| Fault::IndexOutOfRange)?;
    let mut characters = text.chars();
    if index > 0 && characters.nth(index - 1).is_none() {
        return Err(Fault::IndexOutOfRange);
    }
    Ok(characters.as_str())
}

/// `lowerAscii`: A to Z become a to z, everything else stays.
pub fn lower_ascii(text: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    let claimed = sink.claim(text.len())?;
    claimed.copy_from_slice(text.as_bytes());
    claimed.make_ascii_lowercase();
    Ok(())
}

/// `upperAscii`: a to z become A to Z, everything else stays.
pub fn upper_ascii(text: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    let claimed = sink.claim(text.len())?;
    claimed.copy_from_slice(text.as_bytes());
    claimed.make_ascii_uppercase();
    Ok(())
}

/// `replace(old, new, limit)`: the first `limit` occurrences from the left, all if it is negative
/// (`replace(old, new)` is -1). An empty `old` occurs before each code point and at the end, as in Go.
pub fn replace(text: &str, old: &str, new: &str, limit: i64, sink: &mut Sink<'_>) -> Outcome<()> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut copied = 0;
    for (position, found) in text.match_indices(old).take(limit) {
        sink.push_str(text.get(copied..position).unwrap_or_default())?;
        sink.push_str(new)?;
        copied = position + found.len();
    }
    sink.push_str(text.get(copied..).unwrap_or_default())
}

/// `split(separator, limit)`: at most `limit` parts, the last being the unsplit rest; all if it is negative
/// (`split(separator)` is -1), none if it is 0. An empty separator splits into code points. As Go's `strings.SplitN`.
pub fn split<'a>(text: &'a str, separator: &'a str, limit: i64) -> Split<'a> {
    let remaining = usize::try_from(limit).unwrap_or(usize::MAX);
    Split {
        // By code points, nothing has no parts; by a separator, it has one, which is empty.
        rest: (!separator.is_empty() || !text.is_empty()).then_some(text),
        separator,
        remaining,
    }
}

/// The parts of [`split`].
#[derive(Clone, Debug)]
pub struct Split<'a> {
    /// What is still to be split; `None` when the last part is given out.
    rest: Option<&'a str>,
    separator: &'a str,
    /// How many parts may still be given out.
    remaining: usize,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.remaining = self.remaining.checked_sub(1)?;
        let rest = self.rest.take()?;
        if self.remaining == 0 {
            return Some(rest);
        }
        if !self.separator.is_empty() {
            let Some((part, rest)) = rest.split_once(self.separator) else {
                return Some(rest);
            };
            self.rest = Some(rest);
            return Some(part);
        }
        let length = rest.chars().next().map_or(0, char::len_utf8);
        let (part, rest) = rest.split_at_checked(length)?;
        self.rest = Some(rest).filter(|rest| !rest.is_empty());
        Some(part)
    }
}

impl core::iter::FusedIterator for Split<'_> {}

/// `trim`: without white space at both ends. White space is Unicode's White_Space property, so U+180E, U+200B to
/// U+200D, U+2060 and U+FEFF stay.
pub fn trim(text: &str) -> &str {
    text.trim()
}

/// `reverse`, by code points.
pub fn reverse(text: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    text.chars().rev().try_for_each(|character| sink.push_char(character))
}

/// `strings.quote`: between double quotes, with `\a \b \f \n \r \t \v \\ \"` for the characters they stand for and
/// everything else as it is.
pub fn quote(text: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    sink.push_byte(b'"')?;
    for &byte in text.as_bytes() {
        let letter = match byte {
            0x07 => b'a',
            0x08 => b'b',
            0x0c => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x0b => b'v',
            b'\\' | b'"' => byte,
            _ => {
                sink.push_byte(byte)?;
                continue;
            }
        };
        sink.push(&[b'\\', letter])?;
    }
    sink.push_byte(b'"')
}

/// `contains`: text as the bytes of its UTF-8, for which the answer is the same. Linear in the lengths for text;
/// for bytes that are not UTF-8 their product at worst.
pub fn contains(whole: &[u8], part: &[u8]) -> bool {
    if part.is_empty() {
        return true;
    }
    match (core::str::from_utf8(whole), core::str::from_utf8(part)) {
        (Ok(whole), Ok(part)) => whole.contains(part),
        _ => whole.windows(part.len()).any(|window| window == part),
    }
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
pub fn parse_bool(text: &str) -> Outcome<bool> {
    match text {
        "1" | "t" | "T" | "true" | "True" | "TRUE" => Ok(true),
        "0" | "f" | "F" | "false" | "False" | "FALSE" => Ok(false),
        _ => Err(Fault::Unparseable),
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
