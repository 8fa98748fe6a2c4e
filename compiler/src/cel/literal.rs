//! The values of literals: the text of one token in, a number, a string or
//! bytes out (langdef.md, "Numeric Values" and "String and Bytes Values").
//! Errors point into the token: `start` is its offset in the whole text.

use super::ast::Range;
use super::error::{Error, ErrorKind};

/// An int's value; `source` is its digits, `range` the sign too if `negative`.
/// The sign belongs to the literal, so that the least int can be written.
pub(super) fn int(source: &str, negative: bool, range: Range) -> Result<i64, Error> {
    let magnitude = magnitude(source);
    let value = match negative {
        false => magnitude.and_then(|magnitude| i64::try_from(magnitude).ok()),
        true => magnitude.and_then(|magnitude| 0_i64.checked_sub_unsigned(magnitude)),
    };
    value.ok_or_else(|| {
        let error = Error::new(
            ErrorKind::Number,
            range,
            "this number is beyond an int, which has 64 bits: -9223372036854775808 to 9223372036854775807",
        );
        match magnitude {
            Some(_) if !negative => error.with_help(format!(
                "as a uint it is `{source}u`, as a double `double('{source}')`"
            )),
            _ => error.with_help("a larger number is a double, written with a point or an exponent: `1e30`"),
        }
    })
}

/// A uint's value; `source` includes the suffix.
pub(super) fn uint(source: &str, range: Range) -> Result<u64, Error> {
    magnitude(source.trim_end_matches(['u', 'U'])).ok_or_else(|| {
        Error::new(
            ErrorKind::Number,
            range,
            "this number is beyond a uint, which has 64 bits: 0 to 18446744073709551615",
        )
        .with_help("a larger number is a double, written with a point or an exponent: `1e30`")
    })
}

/// A double's value, the nearest to what is written. Too small a value is 0.
pub(super) fn double(source: &str, range: Range) -> Result<f64, Error> {
    match source.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(Error::new(
            ErrorKind::Number,
            range,
            "this number is beyond a double, which ends at 1.7976931348623157e308",
        )
        .with_help("infinity is written `double('Infinity')`")),
    }
}

fn magnitude(source: &str) -> Option<u64> {
    match source.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => source.parse().ok(),
    }
}

/// A string's value; `source` is the token with prefix and quotes.
pub(super) fn string(source: &str, start: u32) -> Result<String, Error> {
    let literal = Quoted::new(source, start);
    let mut value = String::with_capacity(literal.body.len());
    literal.unescape(|part| match part {
        Part::Text(text) => value.push_str(text),
        Part::Character(character) => value.push(character),
        // In a string an octet is the code point of that number.
        Part::Octet(octet) => value.push(char::from(octet)),
    })?;
    Ok(value)
}

/// A bytes literal's value; `source` is the token with prefix and quotes.
pub(super) fn bytes(source: &str, start: u32) -> Result<Vec<u8>, Error> {
    let literal = Quoted::new(source, start);
    let mut value = Vec::with_capacity(literal.body.len());
    literal.unescape(|part| match part {
        Part::Text(text) => value.extend_from_slice(text.as_bytes()),
        Part::Character(character) => {
            value.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Part::Octet(octet) => value.push(octet),
    })?;
    Ok(value)
}

/// The token of a string or bytes literal, taken apart.
struct Quoted<'text> {
    raw: bool,
    bytes: bool,
    body: &'text str,
    /// Where the body begins in the whole text.
    start: u32,
}

/// What a literal's body is made of.
enum Part<'text> {
    Text(&'text str),
    Character(char),
    /// From `\x` or three octal digits.
    Octet(u8),
}

impl<'text> Quoted<'text> {
    fn new(source: &'text str, start: u32) -> Self {
        let quoted = source.trim_start_matches(['r', 'R', 'b', 'B']);
        let prefix = source.get(..source.len() - quoted.len()).unwrap_or_default();
        // Six marks and more are a triple-quoted string; two are the empty one.
        let triple =
            quoted.len() >= 6 && (quoted.starts_with("'''") || quoted.starts_with("\"\"\""));
        let mark = if triple { 3 } else { 1 };
        Self {
            raw: prefix.contains(['r', 'R']),
            bytes: prefix.contains(['b', 'B']),
            // INVARIANT: the lexer ends a string token only at its closing quote.
            body: quoted.get(mark..quoted.len() - mark).unwrap_or_default(),
            start: start + (prefix.len() + mark) as u32,
        }
    }

    fn unescape(&self, mut push: impl FnMut(Part<'text>)) -> Result<(), Error> {
        let mut rest = self.body;
        if self.raw {
            push(Part::Text(rest));
            return Ok(());
        }
        while let Some((text, escaped)) = rest.split_once('\\') {
            push(Part::Text(text));
            let position = self.body.len() - escaped.len() - 1;
            let (part, length) = self.escape(position, escaped)?;
            push(part);
            rest = escaped.get(length..).unwrap_or_default();
        }
        push(Part::Text(rest));
        Ok(())
    }

    /// One escape sequence; `escaped` is what follows the backslash at `position`.
    /// Also returns how many bytes of `escaped` belong to it.
    fn escape(&self, position: usize, escaped: &str) -> Result<(Part<'text>, usize), Error> {
        let Some(selector) = escaped.chars().next() else {
            // The lexer never closes a string after a lone backslash.
            return Err(self.bad(position, 1, "a backslash ends the string"));
        };
        let character = match selector {
            '\\' | '?' | '"' | '\'' | '`' => selector,
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            'x' | 'X' => {
                let octet = self.digits(position, escaped, 2)?;
                return Ok((Part::Octet((octet & 0xFF) as u8), 3));
            }
            'u' => return Ok((Part::Character(self.code_point(position, escaped, 4)?), 5)),
            'U' => return Ok((Part::Character(self.code_point(position, escaped, 8)?), 9)),
            '0'..='7' => return Ok((Part::Octet(self.octal(position, escaped)?), 3)),
            _ => {
                return Err(self
                    .bad(
                        position,
                        1 + selector.len_utf8(),
                        format!("`\\{}` is no escape sequence", selector.escape_debug()),
                    )
                    .with_help(
                        "a backslash itself is written `\\\\`; a regular expression is best a raw string: `r'\\d+'`",
                    ));
            }
        };
        Ok((Part::Character(character), selector.len_utf8()))
    }

    fn code_point(&self, position: usize, escaped: &str, count: usize) -> Result<char, Error> {
        if self.bytes {
            return Err(self
                .bad(position, 2, "bytes have no `\\u` and `\\U`, which are code points")
                .with_help("write the character itself, or its UTF-8 as `\\x` escapes"));
        }
        let number = self.digits(position, escaped, count)?;
        char::from_u32(number).ok_or_else(|| {
            let length = count + 2;
            if number > 0x10_FFFF {
                return self.bad(position, length, "code points end at 10FFFF");
            }
            let error = self.bad(
                position,
                length,
                format!("{number:04X} is half of a surrogate pair, not a code point"),
            );
            match surrogate_pair(number, escaped.get(count + 1..).unwrap_or_default()) {
                Some(whole) => {
                    error.with_help(format!("both halves together are `\\U{whole:08X}`"))
                }
                None => error.with_help("write the code point itself, as `\\U` and eight digits"),
            }
        })
    }

    fn digits(&self, position: usize, escaped: &str, count: usize) -> Result<u32, Error> {
        let digits = escaped.get(1..=count).unwrap_or_default();
        let all = digits.len() == count && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u32::from_str_radix(digits, 16) {
            Ok(number) if all => Ok(number),
            _ => {
                let found = escaped.bytes().skip(1).take_while(u8::is_ascii_hexdigit).count();
                let selector = escaped.get(..1).unwrap_or_default();
                Err(self.bad(
                    position,
                    2 + found,
                    format!("`\\{selector}` needs {count} hexadecimal digits, found {found}"),
                ))
            }
        }
    }

    fn octal(&self, position: usize, escaped: &str) -> Result<u8, Error> {
        let digits = escaped.get(..3).unwrap_or_default();
        let all = digits.len() == 3 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
        match u8::from_str_radix(digits, 8) {
            Ok(octet) if all => Ok(octet),
            _ => {
                let found =
                    escaped.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
                Err(self
                    .bad(position, 1 + found, "an octal escape is three digits, 000 to 377")
                    .with_help("NUL is written `\\000`"))
            }
        }
    }

    fn bad(&self, position: usize, length: usize, message: impl Into<String>) -> Error {
        let start = self.start.saturating_add(position as u32);
        let range = Range::new(start, start.saturating_add(length as u32));
        Error::new(ErrorKind::Escape, range, message)
    }
}

/// The code point that a high surrogate and a following escape of four digits make in UTF-16.
fn surrogate_pair(high: u32, following: &str) -> Option<u32> {
    let digits = following.strip_prefix("\\u")?.get(..4)?;
    let low = u32::from_str_radix(digits, 16).ok()?;
    let in_order = (0xD800..0xDC00).contains(&high) && (0xDC00..0xE000).contains(&low);
    in_order.then(|| 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00))
}
