//! The tokens of CEL.

use super::ast::Range;

/// A token and its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub range: Range,
}

/// The kinds of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    End,
    Identifier,
    /// A word that CEL reserves for host languages; a selector, never a name.
    Reserved,
    /// A selector between backquotes.
    Quoted,
    True,
    False,
    Null,
    In,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    OpenParenthesis,
    CloseParenthesis,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    Dot,
    Comma,
    Colon,
    Question,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Not,
    EqualEqual,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    AndAnd,
    OrOr,
}

impl TokenKind {
    /// Whether the token is spelled as a word, so may stand after a dot.
    pub(super) fn is_word(self) -> bool {
        matches!(
            self,
            Self::Identifier | Self::Reserved | Self::True | Self::False | Self::Null | Self::In
        )
    }

    /// What a word is, keywords and reserved words included
    /// (langdef.md, "Syntax", productions `KEYWORD` and `RESERVED`).
    pub(super) fn of_word(word: &str) -> Self {
        match word {
            "true" => Self::True,
            "false" => Self::False,
            "null" => Self::Null,
            "in" => Self::In,
            "as" | "break" | "const" | "continue" | "else" | "for" | "function" | "if"
            | "import" | "let" | "loop" | "package" | "namespace" | "return" | "var" | "void"
            | "while" => Self::Reserved,
            _ => Self::Identifier,
        }
    }
}
