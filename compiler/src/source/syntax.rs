//! What the YAML parser refuses, in words that a designer can act on.
//!
//! In: an error of the parser. Out: a [`Diagnostic`] at its place. Also the
//! checks that come before parsing: UTF-8 and characters that YAML doesn't allow.

use granit_parser::{ErrorKind, ScanError};

use super::span::{FileId, Span};
use crate::diagnostic::{Code, Diagnostic};

const QUOTE_CONDITION: &str = "text that begins with a quote ends with it; to write CEL that begins \
with a string, put the whole expression in quotes: '\"vip\" in player.tags'";

/// The parser's error as a diagnostic.
pub(super) fn diagnostic(error: &ScanError, file: FileId, text: &str) -> Diagnostic {
    let kind = error.kind();
    let span = point(file, text, error.marker().byte_offset().unwrap_or(0));
    let code = match kind {
        ErrorKind::UnknownAnchor => Code::Alias,
        ErrorKind::RecursionLimitExceeded => Code::TooDeep,
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            Code::ControlCharacter
        }
        _ => Code::YamlSyntax,
    };
    let (message, help) = words(kind);
    let diagnostic = Diagnostic::new(code, message).at(span, "");
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

fn words(kind: &ErrorKind) -> (String, Option<&'static str>) {
    let (message, help) = match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => {
            ("a tab can't be used for indentation", Some("indent with spaces"))
        }
        ErrorKind::UnclosedQuotedScalar => {
            ("this quote is never closed", Some("add the same quote at the end of the text"))
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            ("unexpected text after the closing quote", Some(QUOTE_CONDITION))
        }
        ErrorKind::MappingValueNotAllowed => (
            "a `:` isn't allowed here",
            Some(
                "a text that contains `: ` must be in quotes; a key must be indented like its neighbours",
            ),
        ),
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::UnexpectedEofFlowMapping => {
            ("expected `,` or `}` here", Some("is the `{` before it closed?"))
        }
        ErrorKind::ExpectedFlowSequenceSeparator | ErrorKind::UnexpectedEofFlowSequence => {
            ("expected `,` or `]` here", Some("is the `[` before it closed?"))
        }
        ErrorKind::ExpectedBlockMappingKey => {
            ("expected a key here", Some("keys of one mapping have the same indentation"))
        }
        ErrorKind::UnknownAnchor => (
            "this alias has no anchor before it",
            Some(
                "`*name` repeats the value marked `&name`; text that begins with `*` must be in quotes",
            ),
        ),
        ErrorKind::RecursionLimitExceeded => {
            ("lists and mappings are nested too deeply", Some("at most 64 levels are allowed"))
        }
        ErrorKind::InvalidTagTerminator
        | ErrorKind::MissingTagUri
        | ErrorKind::UndeclaredTagHandle
        | ErrorKind::ExpectedTagBang
        | ErrorKind::InvalidTagEscape => (
            "this YAML tag can't be read",
            Some("an expression that begins with `!` must be in quotes: '!player.banned'"),
        ),
        ErrorKind::UnknownQuotedScalarEscape => (
            "unknown escape in a double-quoted text",
            Some("write `\\\\` for a backslash, or use single quotes, in which it has no meaning"),
        ),
        ErrorKind::UnclosedFlowCollection { open } => {
            return (format!("this `{open}` is never closed"), None);
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return (format!("`{open}` is closed by `{close}`"), None);
        }
        ErrorKind::UnexpectedCharacter { character } => {
            return (
                format!("unexpected character {character:?}"),
                Some("text that begins with this character must be in quotes"),
            );
        }
        other => return (format!("not valid YAML: {other}"), None),
    };
    (message.to_owned(), help)
}

/// The first thing that stops `bytes` from being YAML text, if any, and the text
/// with which to show it.
pub(super) fn decode(bytes: Vec<u8>, file: FileId) -> (String, Option<Diagnostic>) {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let byte = error.as_bytes().get(at).copied().unwrap_or(0);
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let span = point(file, &text, at);
            let diagnostic = Diagnostic::new(Code::InvalidUtf8, "this file isn't valid UTF-8")
                .at(span, format!("byte 0x{byte:02x} is out of place"))
                .help("save the file as UTF-8");
            return (text, Some(diagnostic));
        }
    };
    let found = first_control_character(&text).map(|(at, character)| {
        Diagnostic::new(
            Code::ControlCharacter,
            format!("the character U+{:04X} isn't allowed in YAML", u32::from(character)),
        )
        .at(point(file, &text, at), "")
        .help("remove it, or write it as an escape in double quotes")
    });
    (text, found)
}

/// The first character outside YAML's `c-printable` (section 5.1).
fn first_control_character(text: &str) -> Option<(usize, char)> {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().find_map(|(at, &byte)| {
        let suspect = match byte {
            b'\t' | b'\n' | b'\r' => false,
            0..0x20 | 0x7f => true,
            // U+0080..U+009F except U+0085 (next line).
            0xc2 => bytes.get(at + 1).is_some_and(|&b| b < 0xa0 && b != 0x85),
            // U+FFFE and U+FFFF.
            0xef => bytes.get(at + 1) == Some(&0xbf) && bytes.get(at + 2) >= Some(&0xbe),
            _ => false,
        };
        if !suspect {
            return None;
        }
        text.get(at..)?.chars().next().map(|character| (at, character))
    })
}

/// The character at `offset`, or the empty span at the end of the text.
pub(super) fn point(file: FileId, text: &str, offset: usize) -> Span {
    let mut start = offset.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let length = text
        .get(start..)
        .and_then(|rest| rest.chars().next())
        .filter(|c| !matches!(c, '\n' | '\r'))
        .map_or(0, char::len_utf8);
    let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(file, clamp(start), clamp(start + length))
}
