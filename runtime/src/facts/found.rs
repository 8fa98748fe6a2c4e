//! A value that was given for a fact, before anyone asked whether it fits, and
//! how errors name it.

use rulestone_format::frame::is_timestamp;
use rulestone_format::meaning::{Point, Timestamp};
use std::fmt::{self, Write};

/// What was given.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found<'a> {
    Null,
    Bool(bool),
    /// Any integer; those beyond are doubles.
    Int(i128),
    Double(f64),
    /// A number as it was written.
    Number(&'a str),
    Str(&'a str),
    Bytes(&'a [u8]),
    Timestamp(Timestamp),
    /// Nanoseconds.
    Duration(i64),
    Point(Point),
    List,
    Object,
    /// A variant of a Rust enum that carries data.
    Variant,
}

/// Longer text and longer numbers are cut in messages.
const SHOWN_CHARACTERS: usize = 60;

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Found::Null => f.write_str("null"),
            Found::Bool(value) => value.fmt(f),
            Found::Int(value) => value.fmt(f),
            Found::Double(value) => write!(f, "{value:?}"),
            Found::Number(text) => write_cut(text, f),
            Found::Str(text) => {
                f.write_char('"')?;
                write_cut(text, f)?;
                f.write_char('"')
            }
            Found::Bytes(_) => f.write_str("bytes"),
            Found::Timestamp(value) if !is_timestamp(value) => {
                f.write_str("a timestamp out of range")
            }
            Found::Timestamp(_) => f.write_str("a timestamp"),
            Found::Duration(_) => f.write_str("a duration"),
            Found::Point(_) => f.write_str("a point"),
            Found::List => f.write_str("a list"),
            Found::Object => f.write_str("an object"),
            Found::Variant => f.write_str("an enum with data"),
        }
    }
}

/// Text on one line, of which the beginning says enough.
fn write_cut(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for character in text.chars().take(SHOWN_CHARACTERS) {
        match character {
            // Debug escapes it, but in double quotes it needs none.
            '\'' => f.write_char('\'')?,
            other => other.escape_debug().try_for_each(|c| f.write_char(c))?,
        }
    }
    if text.chars().nth(SHOWN_CHARACTERS).is_some() {
        f.write_char('…')?;
    }
    Ok(())
}
