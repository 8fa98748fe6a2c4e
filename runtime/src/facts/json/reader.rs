//! JSON text (RFC 8259), read from its beginning to its end.
//!
//! In: a text. Out: what its values begin with, as slices of the text: a number as
//! it is written, a string between its quotes. Nothing is kept of a value that is
//! passed over but a bit for each level that is open, so it may be as deep as it
//! likes; it must be JSON all the same.

use super::quoted::{Fault, Quoted};
use crate::json::plain::plain;

/// A place in a text of JSON.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
}

/// What a value begins with. Of lists and objects, what is in them comes next.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token<'t> {
    Null,
    Bool(bool),
    /// As it is written.
    Number(&'t str),
    String(Quoted<'t>),
    List,
    Object,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Reader<'t> {
        Reader { text, at: 0 }
    }

    /// The beginning of the value that comes next.
    pub(super) fn value(&mut self) -> Result<Token<'t>, Fault> {
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
    pub(super) fn item(&mut self, is_first: bool) -> Result<bool, Fault> {
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
    pub(super) fn key(&mut self, is_first: bool) -> Result<Option<Quoted<'t>>, Fault> {
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
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
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

    /// Where it stands in the text.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes to a place where it stood before, or up to which it knows the text.
    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// What it hasn't read yet.
    #[inline]
    pub(super) fn ahead(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The text from a place on that it stood at before.
    pub(super) fn since(&self, from: usize) -> &'t str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    /// Passes over just these bytes, if they come next.
    #[inline]
    pub(super) fn passes(&mut self, bytes: &[u8]) -> bool {
        let is_there = self.ahead().starts_with(bytes);
        self.at += if is_there { bytes.len() } else { 0 };
        is_there
    }

    /// Whether nothing comes any more.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(_) => Err(self.fault("trailing characters")),
            None => Ok(()),
        }
    }

    /// The next byte that is not blank.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
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
            let Some(plain) = plain(rest) else {
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

/// Which of the levels that are open are objects, a bit each.
#[derive(Debug, Default)]
struct Levels {
    /// Of the innermost ones, up to 64 of them; and of those around, 64 in each.
    inner: u64,
    outer: Vec<u64>,
    depth: usize,
}

impl Levels {
    fn enter(&mut self, is_object: bool) {
        let bit = self.depth % 64;
        if bit == 0 && self.depth > 0 {
            self.outer.push(self.inner);
        }
        self.inner = (self.inner & !(1 << bit)) | (u64::from(is_object) << bit);
        self.depth += 1;
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth.is_multiple_of(64)
            && let Some(outer) = self.outer.pop()
        {
            self.inner = outer;
        }
    }

    /// Whether the innermost level is one; `None` where none is open.
    fn is_object(&self) -> Option<bool> {
        let last = self.depth.checked_sub(1)?;
        Some((self.inner >> (last % 64)) & 1 == 1)
    }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
