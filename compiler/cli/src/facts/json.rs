//! JSON text (RFC 8259), read from its beginning to its end.
//!
//! In: a text. Out: what its values begin with, as slices of the text: a number as
//! it is written, a string between its quotes. Nothing is kept of a value that is
//! passed over but a bit for each level that is open, so it may be as deep as it
//! likes; it must be JSON all the same.

use std::borrow::Cow;

/// Bytes of a string that are worth decoding: more than any fact takes, as base64
/// too.
const LONGEST: usize = 2 << 20;

/// Of each byte, whether it is none that stands for itself in a string.
const ENDS_PLAIN: [bool; 256] = {
    let mut ends = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        ends[byte] = true;
        byte += 1;
    }
    ends[b'"' as usize] = true;
    ends[b'\\' as usize] = true;
    ends
};

/// A place in a text of JSON.
#[derive(Debug)]
pub(crate) struct Reader<'t> {
    text: &'t str,
    at: usize,
}

/// What a value begins with. Of lists and objects, what is in them comes next.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Token<'t> {
    Null,
    Bool(bool),
    /// As it is written.
    Number(&'t str),
    String(Quoted<'t>),
    List,
    Object,
}

/// A string as it stands between its quotes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quoted<'t> {
    raw: &'t str,
    has_escapes: bool,
    /// Where it begins in the whole text.
    pub(crate) start: usize,
}

/// Why a text is no JSON, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) message: &'static str,
    pub(crate) at: usize,
}

impl<'t> Reader<'t> {
    pub(crate) fn new(text: &'t str) -> Reader<'t> {
        Reader { text, at: 0 }
    }

    /// The beginning of the value that comes next.
    pub(crate) fn value(&mut self) -> Result<Token<'t>, Fault> {
        match self.peek() {
            Some(b'"') => self.string().map(Token::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Token::Number),
            Some(b'[') => self.step(Token::List),
            Some(b'{') => self.step(Token::Object),
            Some(b'n') => self.word("null", Token::Null),
            Some(b't') => self.word("true", Token::Bool(true)),
            Some(b'f') => self.word("false", Token::Bool(false)),
            Some(_) => Err(self.fault("expected value")),
            None => Err(self.fault("EOF while parsing a value")),
        }
    }

    /// Whether another item of a list comes next. Behind the last one, the list ends.
    pub(crate) fn item(&mut self, is_first: bool) -> Result<bool, Fault> {
        match self.peek() {
            Some(b']') => self.step(false),
            Some(_) if is_first => Ok(true),
            Some(b',') => {
                self.at += 1;
                match self.peek() {
                    Some(b']') => Err(self.fault("trailing comma")),
                    _ => Ok(true),
                }
            }
            Some(_) => Err(self.fault("expected `,` or `]`")),
            None => Err(self.fault("EOF while parsing a list")),
        }
    }

    /// The key of an object that comes next; its value follows. Behind the last one,
    /// the object ends.
    pub(crate) fn key(&mut self, is_first: bool) -> Result<Option<Quoted<'t>>, Fault> {
        let ended = "EOF while parsing an object";
        match self.peek() {
            Some(b'}') => return self.step(None),
            Some(b',') if !is_first => {
                self.at += 1;
                if self.peek() == Some(b'}') {
                    return Err(self.fault("trailing comma"));
                }
            }
            Some(_) if is_first => {}
            Some(_) => return Err(self.fault("expected `,` or `}`")),
            None => return Err(self.fault(ended)),
        }
        let key = match self.peek() {
            Some(b'"') => self.string()?,
            Some(_) => return Err(self.fault("key must be a string")),
            None => return Err(self.fault(ended)),
        };
        match self.peek() {
            Some(b':') => self.step(Some(key)),
            Some(_) => Err(self.fault("expected `:`")),
            None => Err(self.fault(ended)),
        }
    }

    /// Passes over the value that comes next.
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        let mut levels = Levels::default();
        loop {
            match self.value()? {
                Token::List if self.item(true)? => {
                    levels.enter(false);
                    continue;
                }
                Token::Object if self.key(true)?.is_some() => {
                    levels.enter(true);
                    continue;
                }
                _ => {}
            }
            // A value has ended, and with it maybe what it is in.
            loop {
                let goes_on = match levels.is_object() {
                    None => return Ok(()),
                    Some(true) => self.key(false)?.is_some(),
                    Some(false) => self.item(false)?,
                };
                if goes_on {
                    break;
                }
                levels.leave();
            }
        }
    }

    /// Whether nothing comes any more.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(_) => Err(self.fault("trailing characters")),
            None => Ok(()),
        }
    }

    /// The next byte that is not blank.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = self.byte(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    fn step<T>(&mut self, value: T) -> Result<T, Fault> {
        self.at += 1;
        Ok(value)
    }

    fn word(&mut self, word: &str, token: Token<'t>) -> Result<Token<'t>, Fault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(self.fault("expected value"));
        }
        self.at += word.len();
        Ok(token)
    }

    fn number(&mut self) -> Result<&'t str, Fault> {
        let start = self.at;
        self.take(b"-");
        match self.byte(self.at) {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.take(b".") {
            self.digits()?;
        }
        if self.take(b"eE") {
            self.take(b"+-");
            self.digits()?;
        }
        if matches!(self.byte(self.at), Some(b'0'..=b'9')) {
            // Behind a zero that is the first digit.
            return Err(self.fault("invalid number"));
        }
        // INVARIANT: what was read is ASCII.
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// One digit or more.
    fn digits(&mut self) -> Result<(), Fault> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        match count {
            0 if rest.is_empty() => Err(self.fault("EOF while parsing a value")),
            0 => Err(self.fault("invalid number")),
            _ => Ok(()),
        }
    }

    fn take(&mut self, any: &[u8]) -> bool {
        let is_there = self.byte(self.at).is_some_and(|byte| any.contains(&byte));
        self.at += usize::from(is_there);
        is_there
    }

    /// A string, from its opening quote on.
    fn string(&mut self) -> Result<Quoted<'t>, Fault> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut at = start;
        let mut has_escapes = false;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let plain = rest.iter().position(|byte| ENDS_PLAIN[usize::from(*byte)]);
            let Some(plain) = plain else {
                return Err(Fault { message: "EOF while parsing a string", at: bytes.len() });
            };
            at += plain;
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    has_escapes = true;
                    at += self.escape(at)?;
                }
                _ => {
                    let message =
                        "control character (\\u0000-\\u001F) found while parsing a string";
                    return Err(Fault { message, at });
                }
            }
        }
        self.at = at + 1;
        // INVARIANT: quotes are whole characters.
        let raw = self.text.get(start..at).unwrap_or_default();
        Ok(Quoted { raw, has_escapes, start })
    }

    /// How long the escape sequence is that begins here.
    fn escape(&self, at: usize) -> Result<usize, Fault> {
        match self.byte(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
            Some(b'u') => {
                let digits = self.text.as_bytes().get(at + 2..at + 6);
                match digits {
                    Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => Ok(6),
                    _ => Err(Fault { message: "invalid escape", at }),
                }
            }
            Some(_) => Err(Fault { message: "invalid escape", at }),
            None => Err(Fault { message: "EOF while parsing a string", at: at + 1 }),
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn fault(&self, message: &'static str) -> Fault {
        Fault { message, at: self.at }
    }
}

impl<'t> Quoted<'t> {
    /// The text that the string stands for. One that is longer than any fact takes
    /// is left as it is written: whoever wants it will find it too long.
    pub(crate) fn text(&self) -> Result<Cow<'t, str>, Fault> {
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

/// Which of the levels that are open are objects, a bit each.
#[derive(Debug, Default)]
struct Levels {
    bits: Vec<u64>,
    depth: usize,
}

impl Levels {
    fn enter(&mut self, is_object: bool) {
        let (word, bit) = (self.depth / 64, self.depth % 64);
        if word == self.bits.len() {
            self.bits.push(0);
        }
        if let Some(bits) = self.bits.get_mut(word) {
            *bits = (*bits & !(1 << bit)) | (u64::from(is_object) << bit);
        }
        self.depth += 1;
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Whether the innermost level is one; `None` where none is open.
    fn is_object(&self) -> Option<bool> {
        let last = self.depth.checked_sub(1)?;
        let bits = self.bits.get(last / 64)?;
        Some((bits >> (last % 64)) & 1 == 1)
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
