//! Strings of JSON, and the text that they stand for.
//!
//! In: what stands between two quotes. Out: the text, decoded only where it has escapes.

use std::borrow::Cow;

/// Bytes of a string that are worth decoding: more than any fact takes, as base64
/// too.
pub(super) const LONGEST: usize = 2 << 20;

/// A string as it stands between its quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quoted<'t> {
    pub(super) raw: &'t str,
    pub(super) has_escapes: bool,
    /// Where it begins in the whole text.
    pub(super) start: usize,
}

/// Why a text is no JSON, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) message: &'static str,
    pub(super) at: usize,
}

impl<'t> Quoted<'t> {
    /// The text, if it stands for itself.
    #[inline]
    pub(super) fn as_written(&self) -> Option<&'t str> {
        (!self.has_escapes).then_some(self.raw)
    }

    /// The text that the string stands for. One that is longer than any fact takes
    /// is left as it is written: whoever wants it will find it too long.
    pub(super) fn text(&self) -> Result<Cow<'t, str>, Fault> {
        if !self.has_escapes {
            return Ok(Cow::Borrowed(self.raw));
        }
        let mut text = String::new();
        let mut rest = self.raw;
        while let Some((plain, escaped)) = rest.split_once('\\') {
            text.push_str(plain);
            if text.len() > LONGEST {
                return Ok(Cow::Borrowed(self.raw));
            }
            let (character, length) = unescaped(escaped).ok_or(Fault {
                message: "half of a surrogate pair in an escape",
                at: self.start + self.raw.len() - escaped.len() - 1,
            })?;
            text.push(character);
            rest = escaped.get(length..).unwrap_or_default();
        }
        text.push_str(rest);
        Ok(Cow::Owned(text))
    }
}

/// The character of an escape sequence behind its backslash, and how much of the
/// text belongs to it. `None` of half a surrogate pair.
fn unescaped(escaped: &str) -> Option<(char, usize)> {
    let character = match escaped.as_bytes().first()? {
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let first = hexadecimal(escaped, 1)?;
            if let Some(character) = char::from_u32(first) {
                return Some((character, 5));
            }
            let second = escaped.get(5..7).filter(|prefix| *prefix == "\\u");
            let second = second.and_then(|_| hexadecimal(escaped, 7))?;
            let is_pair = (0xD800..0xDC00).contains(&first) && (0xDC00..0xE000).contains(&second);
            let code = is_pair.then(|| 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00))?;
            return Some((char::from_u32(code)?, 11));
        }
        other => char::from(*other),
    };
    Some((character, 1))
}

fn hexadecimal(text: &str, at: usize) -> Option<u32> {
    u32::from_str_radix(text.get(at..at + 4)?, 16).ok()
}
