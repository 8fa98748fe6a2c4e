//! Cuts a CEL text into tokens, one at a time as the parser asks for them: text
//! in, tokens with their ranges out. White space and `//` comments vanish here.
//! A token says what it is and where; values are read in `literal`.

use super::advice;
use super::ast::Range;
use super::error::{Error, ErrorKind};
use super::token::{Token, TokenKind};

/// Whether `word` is spelled as CEL spells a word.
pub(super) fn is_plain_word(word: &str) -> bool {
    word.bytes().next().is_some_and(is_word_start) && word.bytes().all(is_word_part)
}

/// The tokens of a text. After an error the lexer must not be asked again.
pub(super) struct Lexer<'text> {
    text: &'text str,
    position: usize,
    longest: usize,
}

impl<'text> Lexer<'text> {
    /// `longest` is the number of bytes after which a text is refused. It is
    /// compared as tokens are reached, so that an error before it wins.
    pub(super) fn new(text: &'text str, longest: usize) -> Self {
        Self {
            text,
            position: 0,
            // Ranges are 32 bit.
            longest: longest.min(u32::MAX as usize),
        }
    }

    /// The next token; [`TokenKind::End`] when there are no more.
    pub(super) fn next(&mut self) -> Result<Token, Error> {
        self.skip_blank();
        let start = self.position;
        let kind = self.scan(start)?;
        if self.position > self.longest {
            return Err(self.too_long());
        }
        Ok(Token { kind, range: self.range(start, self.position) })
    }

    fn scan(&mut self, start: usize) -> Result<TokenKind, Error> {
        let Some(byte) = self.byte(start) else {
            return Ok(TokenKind::End);
        };
        let following = self.byte(start + 1);
        let (kind, length) = match byte {
            b'0'..=b'9' => return Ok(self.number(start)),
            b'.' if following.is_some_and(|byte| byte.is_ascii_digit()) => {
                return Ok(self.number(start));
            }
            b'"' | b'\'' => return self.string(start, start, false, TokenKind::String),
            b'`' => return self.quoted_selector(start),
            byte if is_word_start(byte) => return self.word(start),
            b'(' => (TokenKind::OpenParenthesis, 1),
            b')' => (TokenKind::CloseParenthesis, 1),
            b'[' => (TokenKind::OpenBracket, 1),
            b']' => (TokenKind::CloseBracket, 1),
            b'{' => (TokenKind::OpenBrace, 1),
            b'}' => (TokenKind::CloseBrace, 1),
            b'.' => (TokenKind::Dot, 1),
            b',' => (TokenKind::Comma, 1),
            b':' => (TokenKind::Colon, 1),
            b'?' => (TokenKind::Question, 1),
            b'+' => (TokenKind::Plus, 1),
            b'-' => (TokenKind::Minus, 1),
            b'*' => (TokenKind::Star, 1),
            b'/' => (TokenKind::Slash, 1),
            b'%' => (TokenKind::Percent, 1),
            b'=' if following == Some(b'=') => (TokenKind::EqualEqual, 2),
            b'!' if following == Some(b'=') => (TokenKind::NotEqual, 2),
            b'!' => (TokenKind::Not, 1),
            b'<' if following == Some(b'=') => (TokenKind::LessEqual, 2),
            b'<' => (TokenKind::Less, 1),
            b'>' if following == Some(b'=') => (TokenKind::GreaterEqual, 2),
            b'>' => (TokenKind::Greater, 1),
            b'&' if following == Some(b'&') => (TokenKind::AndAnd, 2),
            b'|' if following == Some(b'|') => (TokenKind::OrOr, 2),
            _ => return Err(self.stranger(start)),
        };
        self.position = start + length;
        Ok(kind)
    }

    /// White space is `[\t\n\f\r ]`; a comment runs to the end of its line.
    fn skip_blank(&mut self) {
        loop {
            match self.byte(self.position) {
                Some(b' ' | b'\t' | b'\n' | b'\r' | b'\x0c') => self.position += 1,
                Some(b'/') if self.byte(self.position + 1) == Some(b'/') => {
                    self.position = self.line_end(self.position);
                }
                _ => return,
            }
        }
    }

    /// `INT_LIT`, `UINT_LIT` and `FLOAT_LIT`, without their sign. What follows
    /// directly, if it makes no sense there, is left to the parser.
    fn number(&mut self, start: usize) -> TokenKind {
        if self.byte(start) == Some(b'0')
            && self.byte(start + 1) == Some(b'x')
            && self.byte(start + 2).is_some_and(|byte| byte.is_ascii_hexdigit())
        {
            self.position = start + 2;
            self.skip_while(|byte| byte.is_ascii_hexdigit());
            return self.unsigned_suffix();
        }
        self.position = start;
        self.skip_while(|byte| byte.is_ascii_digit());
        let mut kind = TokenKind::Int;
        if self.byte(self.position) == Some(b'.')
            && self.byte(self.position + 1).is_some_and(|byte| byte.is_ascii_digit())
        {
            kind = TokenKind::Double;
            self.position += 1;
            self.skip_while(|byte| byte.is_ascii_digit());
        }
        if matches!(self.byte(self.position), Some(b'e' | b'E')) {
            let sign = matches!(self.byte(self.position + 1), Some(b'+' | b'-'));
            let digits = self.position + 1 + usize::from(sign);
            if self.byte(digits).is_some_and(|byte| byte.is_ascii_digit()) {
                kind = TokenKind::Double;
                self.position = digits;
                self.skip_while(|byte| byte.is_ascii_digit());
            }
        }
        match kind {
            TokenKind::Int => self.unsigned_suffix(),
            double => double,
        }
    }

    fn unsigned_suffix(&mut self) -> TokenKind {
        if matches!(self.byte(self.position), Some(b'u' | b'U')) {
            self.position += 1;
            TokenKind::Uint
        } else {
            TokenKind::Int
        }
    }

    /// A word, or the prefix of a string: `r`, `b` and both, in either case.
    fn word(&mut self, start: usize) -> Result<TokenKind, Error> {
        self.position = start;
        self.skip_while(is_word_part);
        let word = self.text.get(start..self.position).unwrap_or_default();
        if matches!(self.byte(self.position), Some(b'"' | b'\'')) {
            let (raw, kind) = match word.to_ascii_lowercase().as_str() {
                "r" => (true, TokenKind::String),
                "b" => (false, TokenKind::Bytes),
                "br" | "rb" => (true, TokenKind::Bytes),
                _ => return Ok(TokenKind::of_word(word)),
            };
            return self.string(start, self.position, raw, kind);
        }
        Ok(TokenKind::of_word(word))
    }

    /// A string whose opening quote is at `quote` and whose prefix is at `start`.
    fn string(
        &mut self,
        start: usize,
        quote: usize,
        raw: bool,
        kind: TokenKind,
    ) -> Result<TokenKind, Error> {
        let mark = self.byte(quote);
        let is_closing_at = |position| {
            self.byte(position) == mark
                && self.byte(position + 1) == mark
                && self.byte(position + 2) == mark
        };
        let triple = is_closing_at(quote);
        let mut position = quote + if triple { 3 } else { 1 };
        loop {
            match self.byte(position) {
                None => return Err(self.unterminated(start, quote, triple)),
                Some(b'\n' | b'\r') if !triple => {
                    return Err(self.unterminated(start, quote, triple));
                }
                Some(b'\\') if !raw => {
                    // The escaped character can't close the string; a line end
                    // isn't one that can be escaped.
                    let at_line_end = matches!(self.byte(position + 1), None | Some(b'\n' | b'\r'));
                    position += if at_line_end { 1 } else { 2 };
                }
                byte if byte == mark && !triple => {
                    self.position = position + 1;
                    return Ok(kind);
                }
                byte if byte == mark && is_closing_at(position) => {
                    self.position = position + 3;
                    return Ok(kind);
                }
                Some(_) => position += 1,
            }
        }
    }

    /// `` `content-type` ``: letters, digits and `_.-/` and space.
    fn quoted_selector(&mut self, start: usize) -> Result<TokenKind, Error> {
        self.position = start + 1;
        self.skip_while(|byte| is_word_part(byte) || matches!(byte, b'.' | b'-' | b'/' | b' '));
        if self.byte(self.position) == Some(b'`') && self.position > start + 1 {
            self.position += 1;
            return Ok(TokenKind::Quoted);
        }
        let line_end = self.line_end(start);
        let rest = self.text.get(start + 1..line_end).unwrap_or_default();
        Err(match rest.find('`') {
            Some(length) => Error::new(
                ErrorKind::Syntax,
                self.range(start, start + length + 2),
                "a backquoted selector holds letters, digits, spaces and `_`, `.`, `-`, `/`, at least one of them",
            )
            .with_help("any other key is read with an index: `map['the key']`"),
            None => Error::new(
                ErrorKind::Syntax,
                self.range(start, line_end),
                "this backquoted selector has no closing backquote",
            )
            .with_help("backquotes surround a field's name; strings are written between `'` or `\"`"),
        })
    }

    fn unterminated(&self, start: usize, quote: usize, triple: bool) -> Error {
        let mark = match (self.byte(quote), triple) {
            (Some(b'"'), false) => "\"",
            (Some(b'"'), true) => "\"\"\"",
            (_, false) => "'",
            (_, true) => "'''",
        };
        let line_end = self.line_end(start);
        let help = if line_end < self.text.len() && !triple {
            format!(
                "close it with {mark} on its line; a string of several lines stands between ''' and '''"
            )
        } else {
            format!("close it with {mark}")
        };
        Error::new(
            ErrorKind::Escape,
            self.range(start, line_end),
            format!("this string has no closing {mark}"),
        )
        .with_help(help)
    }

    /// A character that begins no token.
    fn stranger(&self, start: usize) -> Error {
        let rest = self.text.get(start..).unwrap_or_default();
        let (length, message, help) = advice::on_character(rest);
        let error = Error::new(ErrorKind::Syntax, self.range(start, start + length), message);
        match help {
            Some(help) => error.with_help(help),
            None => error,
        }
    }

    fn too_long(&self) -> Error {
        let longest = self.longest;
        Error::new(
            ErrorKind::Size,
            self.range(self.text.floor_char_boundary(longest), self.text.len()),
            format!("the expression has {} bytes, more than {longest}", self.text.len()),
        )
        .with_help("split it into several conditions or variables")
    }

    fn line_end(&self, from: usize) -> usize {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        rest.iter()
            .position(|byte| matches!(byte, b'\n' | b'\r'))
            .map_or(self.text.len(), |length| from + length)
    }

    fn skip_while(&mut self, accept: impl Fn(u8) -> bool) {
        while self.byte(self.position).is_some_and(&accept) {
            self.position += 1;
        }
    }

    fn byte(&self, position: usize) -> Option<u8> {
        self.text.as_bytes().get(position).copied()
    }

    fn range(&self, start: usize, end: usize) -> Range {
        // Past 4 GiB there is nothing left to point at but the size.
        let offset = |position| u32::try_from(position).unwrap_or(u32::MAX);
        Range::new(offset(start), offset(end))
    }
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn is_word_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
