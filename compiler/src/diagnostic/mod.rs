//! What the compiler has to say about a ruleset: one [`Diagnostic`] a finding,
//! with a stable [`Code`], places in the source and what to do about it.
//!
//! In: findings of every stage, in any order. Out: text for people
//! ([`render`]) or JSON lines for editors and CI ([`json`]).

mod code;
pub mod json;
pub mod render;

pub use code::{Code, Severity};

use crate::source::span::Span;

/// A place in the source, and what is to be said about it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// One finding: what is wrong, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub message: String,
    /// Where it is wrong. `None` only where no file could be read at all.
    pub primary: Option<Label>,
    /// Further places that the reader needs, such as the first of two duplicates.
    pub secondary: Vec<Label>,
    pub help: Option<String>,
}

impl Diagnostic {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            message: bounded(message.into()),
            primary: None,
            secondary: Vec::new(),
            help: None,
        }
    }

    /// Puts the caret under `span`, with `text` beside it (may be empty).
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.primary = Some(Label { span, text: bounded(text.into()) });
        self
    }

    /// Points at one more place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: bounded(text.into()) });
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(bounded(help.into()));
        self
    }

    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    pub fn is_error(&self) -> bool {
        self.severity() == Severity::Error
    }
}

/// Bytes of a message, label or help that are kept: what it quotes may be as long
/// as a file, and many findings may quote the same.
const MOST_TEXT: usize = 4_096;

fn bounded(mut text: String) -> String {
    if text.len() > MOST_TEXT {
        text.truncate(text.floor_char_boundary(MOST_TEXT));
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

/// How many findings of one ruleset are kept: nobody reads more, and a hostile
/// source must not fill the memory with them.
pub const MOST_FINDINGS: usize = 10_000;

/// The findings of one compilation, in the order in which they were found.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    /// Whether there was an error, kept or not.
    has_errors: bool,
    /// How many were not kept.
    dropped: usize,
}

impl Diagnostics {
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.has_errors |= diagnostic.is_error();
        if self.all.len() < MOST_FINDINGS {
            self.all.push(diagnostic);
        } else {
            self.dropped += 1;
        }
    }

    pub fn extend(&mut self, more: impl IntoIterator<Item = Diagnostic>) {
        more.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    pub fn has_errors(&self) -> bool {
        self.has_errors
    }

    /// How many findings there were beyond [`MOST_FINDINGS`].
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.all.iter()
    }

    /// Orders the findings as a reader meets them: by file, then by position.
    pub fn sort(&mut self) {
        self.all.sort_by_key(|d| {
            let at = d.primary.as_ref().map(|l| (l.span.file, l.span.start, l.span.end));
            (at, d.code)
        });
    }
}
