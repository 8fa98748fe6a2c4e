//! How the parser words its refusals: the current token, the one before it and
//! what was expected in, an [`Error`] out.

use super::super::advice::{self, Sighting};
use super::super::ast::Range;
use super::super::error::{Error, ErrorKind};
use super::super::token::{Token, TokenKind};
use super::parser::Parser;

impl Parser<'_> {
    /// Fails at `open` if the text, or what surrounds `open`, ends here.
    pub(super) fn not_unclosed(&self, open: Token) -> Result<(), Box<Error>> {
        let (opening, closing) = match open.kind {
            TokenKind::OpenParenthesis => ("(", ")"),
            TokenKind::OpenBracket => ("[", "]"),
            _ => ("{", "}"),
        };
        let message = match self.token.kind {
            TokenKind::End => format!("this `{opening}` is never closed"),
            TokenKind::CloseParenthesis | TokenKind::CloseBracket | TokenKind::CloseBrace
                if self.token.range.of(self.text) != closing =>
            {
                format!("this `{opening}` meets {} before its `{closing}`", self.shown())
            }
            _ => return Ok(()),
        };
        let error = Error::new(ErrorKind::Syntax, open.range, message);
        Err(error.with_help(format!("add the missing `{closing}`")).into())
    }

    pub(super) fn too_deep(&self, range: Range) -> Error {
        Error::new(
            ErrorKind::Depth,
            range,
            format!("the expression is more than {} levels deep", self.limits.depth),
        )
        .with_help("name a part of it as a variable; chains of `&&` and `||` count as one level")
    }

    pub(super) fn too_many(&self, range: Range) -> Error {
        Error::new(
            ErrorKind::Size,
            range,
            format!("the expression has more than {} parts", self.limits.nodes),
        )
        .with_help("split it into several conditions or variables")
    }

    pub(super) fn optional(&self, form: &str, instead: &str) -> Error {
        Error::new(
            ErrorKind::Outside,
            self.token.range,
            format!("{form} makes an optional, and optionals are outside the language"),
        )
        .with_help(instead)
    }

    pub(super) fn missing_operand(&self) -> Error {
        let help = advice::before_operand(self.last_sighting(), self.sighting());
        let expected = match self.previous {
            Some(previous) => format!("a value after `{}`", previous.range.of(self.text)),
            None => "a value".to_owned(),
        };
        let error = self.unexpected(&expected);
        match help {
            Some(help) => error.with_help(help),
            None => error,
        }
    }

    pub(super) fn missing_operator(&self, expected: &str) -> Error {
        let help = self
            .last_sighting()
            .and_then(|previous| advice::after_operand(previous, self.sighting()));
        let error = self.unexpected(expected);
        match help {
            Some(help) => error.with_help(help),
            None => error,
        }
    }

    pub(super) fn unexpected(&self, expected: &str) -> Error {
        self.error(format!("expected {expected}, found {}", self.shown()))
    }

    /// A syntax error at the current token.
    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        // The end is shown after the last token, not after blank lines.
        let range = match (self.token.kind, self.previous) {
            (TokenKind::End, Some(last)) => Range::new(last.range.end, last.range.end),
            _ => self.token.range,
        };
        Error::new(ErrorKind::Syntax, range, message)
    }

    /// The current token as a message names it; long ones are cut.
    pub(super) fn shown(&self) -> String {
        const LONGEST: usize = 40;
        let text = self.token.range.of(self.text);
        let text = text.lines().next().unwrap_or_default();
        match self.token.kind {
            TokenKind::End => "the end of the expression".to_owned(),
            TokenKind::Reserved => format!("the reserved word `{text}`"),
            _ if text.chars().nth(LONGEST).is_some() => {
                let cut: String = text.chars().take(LONGEST).collect();
                format!("`{cut}…`")
            }
            _ => format!("`{text}`"),
        }
    }

    fn sighting(&self) -> Sighting<'_> {
        Sighting {
            kind: self.token.kind,
            text: self.token.range.of(self.text),
            adjacent: self
                .previous
                .is_some_and(|previous| previous.range.end == self.token.range.start),
        }
    }

    fn last_sighting(&self) -> Option<Sighting<'_>> {
        self.previous.map(|token| Sighting {
            kind: token.kind,
            text: token.range.of(self.text),
            adjacent: false,
        })
    }
}
