//! Decisions as JSON (RFC 8259), one line each.
//!
//! In comes a [`Decision`]; out come bytes, straight into the caller's buffer.
//! Nothing is allocated but what that buffer needs. Values look as facts do:
//! numbers, RFC 3339 timestamps, durations in seconds, base64 bytes
//! (RFC 4648, padded), points as `{"lat":…,"lon":…}`, maps as objects.

mod escape;
pub(crate) mod pieces;
pub(crate) mod plain;

use crate::decision::{Decision, DecisionError, Rules, ValueRef};
use crate::interpret::MAX_TYPE_DEPTH;
use escape::{Target, write_string};
use rulestone_format::meaning::{Outcome, Scalar, Sink, double, duration};

use pieces::Pieces;

impl Decision<'_> {
    /// Appends the decision to `buffer` as one line of JSON, without a line end:
    /// `{"matched":["golden-idol"],"outputs":{"points":2500}}`, and `"errors"` if
    /// there are any.
    pub fn write_json(&self, buffer: &mut Vec<u8>) {
        write_decision(self, buffer);
    }

    /// Writes the same to the start of `buffer`, and says how many bytes it has.
    ///
    /// # Errors
    /// How many bytes are needed, if these are too few; what `buffer` holds then
    /// is of no use.
    pub fn json_into(&self, buffer: &mut [u8]) -> Result<usize, usize> {
        let mut room = Room::new(buffer);
        write_decision(self, &mut room);
        room.finish()
    }
}

/// A caller's buffer. It counts on beyond its end, to tell how much is needed.
struct Room<'b> {
    buffer: &'b mut [u8],
    length: usize,
}

impl<'b> Room<'b> {
    fn new(buffer: &'b mut [u8]) -> Room<'b> {
        Room { buffer, length: 0 }
    }

    /// The length of what was written, or as an error of what would have been.
    fn finish(self) -> Result<usize, usize> {
        if self.length <= self.buffer.len() { Ok(self.length) } else { Err(self.length) }
    }
}

impl Target for Room<'_> {
    fn push(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        if let Some(room) = self.buffer.get_mut(self.length..end) {
            room.copy_from_slice(bytes);
        }
        self.length = end;
    }
}

/// Writes a decision.
fn write_decision(decision: &Decision<'_>, target: &mut impl Target) {
    target.push(b"{\"matched\":");
    write_rules(decision.matched(), decision.pieces(), target);
    target.push(b",\"outputs\":{");
    write_outputs(decision, target);
    target.push(b"}");
    let errors = decision.errors();
    if errors.len() > 0 {
        target.push(b",\"errors\":[");
        let mut first = true;
        for error in errors {
            separate(&mut first, target);
            write_error(error, decision.pieces(), target);
        }
        target.push(b"]");
    }
    target.push(b"}");
}

fn write_outputs(decision: &Decision<'_>, target: &mut impl Target) {
    let mut first = true;
    for number in 0..decision.output_count() {
        let text = decision.text_at(number);
        let value = if text.is_some() { None } else { decision.output_at(number) };
        if text.is_none() && value.is_none() {
            continue;
        }
        match decision.pieces().output(number) {
            Some(piece) => push_piece(piece, &mut first, target),
            None => {
                separate(&mut first, target);
                write_string(decision.output_name(number).as_bytes(), target);
                target.push(b":");
            }
        }
        match (text, value) {
            (Some(text), _) => write_string(text, target),
            (None, Some(value)) => write_value(value, target, MAX_TYPE_DEPTH),
            (None, None) => {}
        }
    }
}

/// Writes a piece, which begins with a comma; not that of the first one.
#[inline]
fn push_piece(piece: &[u8], first: &mut bool, target: &mut impl Target) {
    let without = usize::from(*first);
    *first = false;
    target.push(piece.get(without..).unwrap_or_default());
}

fn write_error(error: DecisionError<'_>, pieces: &Pieces, target: &mut impl Target) {
    match error {
        DecisionError::Output { rule, output, fault } => {
            target.push(b"{\"kind\":\"output\",\"rule\":");
            write_string(rule.id().as_bytes(), target);
            target.push(b",\"output\":");
            write_string(output.as_bytes(), target);
            target.push(b",\"message\":");
            write_string(fault.message().as_bytes(), target);
        }
        DecisionError::Conflict { group, rules } => {
            target.push(b"{\"kind\":\"conflict\",\"group\":");
            write_string(group.as_bytes(), target);
            target.push(b",\"rules\":");
            write_rules(rules, pieces, target);
        }
    }
    target.push(b"}");
}

fn write_rules(rules: Rules<'_>, pieces: &Pieces, target: &mut impl Target) {
    target.push(b"[");
    let mut first = true;
    for rule in rules {
        match pieces.rule(rule.index()) {
            Some(piece) => push_piece(piece, &mut first, target),
            None => {
                separate(&mut first, target);
                write_string(rule.id().as_bytes(), target);
            }
        }
    }
    target.push(b"]");
}

fn write_value(value: ValueRef<'_>, target: &mut impl Target, depth: usize) {
    match value {
        ValueRef::Bool(value) => target.push(if value { b"true" } else { b"false" }),
        ValueRef::Int(value) => write_short(target, |sink| Scalar::Int(value).write(sink)),
        ValueRef::Uint(value) => write_short(target, |sink| Scalar::Uint(value).write(sink)),
        ValueRef::Double(value) => write_short(target, |sink| double::write_json(value, sink)),
        ValueRef::String(text) => write_string(text.as_bytes(), target),
        ValueRef::Bytes(bytes) => {
            target.push(b"\"");
            write_base64(bytes, target);
            target.push(b"\"");
        }
        ValueRef::Timestamp(timestamp) => {
            write_quoted(target, |sink| timestamp.write(sink));
        }
        ValueRef::Duration(span) => write_quoted(target, |sink| duration::write(span, sink)),
        ValueRef::Point(point) => {
            target.push(b"{\"lat\":");
            write_short(target, |sink| double::write_json(point.lat, sink));
            target.push(b",\"lon\":");
            write_short(target, |sink| double::write_json(point.lon, sink));
            target.push(b"}");
        }
        ValueRef::List(list) => {
            target.push(b"[");
            if let Some(depth) = depth.checked_sub(1) {
                let mut first = true;
                if let Some(texts) = list.texts() {
                    for text in texts {
                        separate(&mut first, target);
                        write_string(text, target);
                    }
                } else {
                    for item in list {
                        separate(&mut first, target);
                        write_value(item, target, depth);
                    }
                }
            }
            target.push(b"]");
        }
        ValueRef::Map(map) => {
            target.push(b"{");
            if let Some(depth) = depth.checked_sub(1) {
                let mut first = true;
                for (key, value) in map {
                    separate(&mut first, target);
                    write_key(key, target);
                    target.push(b":");
                    write_value(value, target, depth);
                }
            }
            target.push(b"}");
        }
    }
}

/// Keys are strings in JSON: others as `string()` prints them.
fn write_key(key: ValueRef<'_>, target: &mut impl Target) {
    match key {
        ValueRef::String(text) => write_string(text.as_bytes(), target),
        ValueRef::Bool(value) => write_quoted(target, |sink| Scalar::Bool(value).write(sink)),
        ValueRef::Int(value) => write_quoted(target, |sink| Scalar::Int(value).write(sink)),
        ValueRef::Uint(value) => write_quoted(target, |sink| Scalar::Uint(value).write(sink)),
        // INVARIANT: maps have keys of these four types only.
        _ => target.push(b"\"\""),
    }
}

fn separate(first: &mut bool, target: &mut impl Target) {
    if !*first {
        target.push(b",");
    }
    *first = false;
}

/// Numbers and times: the longest is a double of some 25 bytes.
fn write_short(target: &mut impl Target, write: impl FnOnce(&mut Sink<'_>) -> Outcome<()>) {
    let mut buffer = [0; 64];
    let mut sink = Sink::new(&mut buffer);
    // INVARIANT: it fits; otherwise the value would be missing, not the process.
    match write(&mut sink) {
        Ok(()) => target.push(sink.written()),
        Err(_) => target.push(b"null"),
    }
}

fn write_quoted(target: &mut impl Target, write: impl FnOnce(&mut Sink<'_>) -> Outcome<()>) {
    target.push(b"\"");
    write_short(target, write);
    target.push(b"\"");
}

/// Base64 of RFC 4648, section 4.
/// Bytes as text.
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    write_base64(bytes, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

fn write_base64(bytes: &[u8], target: &mut impl Target) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // INVARIANT: six bits are below 64, the length of the alphabet.
    let letter = |bits: u32| ALPHABET[(bits & 63) as usize];
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let mut group = [b'='; 4];
        for (index, place) in group.iter_mut().enumerate().take(chunk.len() + 1) {
            *place = letter(bits >> (18 - 6 * index));
        }
        target.push(&group);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rulestone_format::meaning::{Point, Timestamp};

    fn json(value: ValueRef<'_>) -> String {
        let mut line = Vec::new();
        write_value(value, &mut line, 4);
        String::from_utf8(line).expect("is text")
    }

    #[test]
    fn scalars_print_in_the_form_of_facts() {
        for (value, expected) in [
            (ValueRef::Bool(true), "true"),
            (ValueRef::Int(i64::MIN), "-9223372036854775808"),
            (ValueRef::Uint(u64::MAX), "18446744073709551615"),
            (ValueRef::Double(1.0), "1.0"),
            (ValueRef::Double(f64::NEG_INFINITY), "\"-Infinity\""),
            (ValueRef::Double(-f64::MIN_POSITIVE), "-2.2250738585072014e-308"),
            (ValueRef::Duration(-1_500_000_000), "\"-1.5s\""),
            (ValueRef::Duration(i64::MIN), "\"-9223372036.854775808s\""),
            (
                ValueRef::Timestamp(Timestamp { seconds: 1_234_567_890, nanos: 500_000_000 }),
                "\"2009-02-13T23:31:30.5Z\"",
            ),
            (ValueRef::Point(Point { lat: 51.5, lon: -0.12 }), "{\"lat\":51.5,\"lon\":-0.12}"),
        ] {
            assert_eq!(json(value), expected);
        }
    }

    #[test]
    fn bytes_print_as_the_base64_of_rfc_4648() {
        for (bytes, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            let value = ValueRef::Bytes(bytes.as_bytes());
            assert_eq!(json(value), format!("\"{expected}\""));
        }
        assert_eq!(json(ValueRef::Bytes(&[0xfb, 0xff])), "\"+/8=\"");
    }

    #[test]
    fn every_letter_of_base64_is_that_of_the_rfc() {
        // 48 bytes whose groups of six bits are 0 to 63.
        let bits = (0..64_u8).flat_map(|letter| (0..6).rev().map(move |at| letter >> at & 1));
        let bits: Vec<u8> = bits.collect();
        let bytes: Vec<u8> =
            bits.chunks(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | bit)).collect();
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        assert_eq!(json(ValueRef::Bytes(&bytes)), format!("\"{alphabet}\""));
    }

    #[test]
    fn keys_that_are_no_text_are_the_text_of_their_value() {
        for (key, expected) in [
            (ValueRef::String("a\"b"), "\"a\\\"b\""),
            (ValueRef::Bool(true), "\"true\""),
            (ValueRef::Bool(false), "\"false\""),
            (ValueRef::Int(-17), "\"-17\""),
            (ValueRef::Uint(u64::MAX), "\"18446744073709551615\""),
        ] {
            let mut line = Vec::new();
            write_key(key, &mut line);
            assert_eq!(String::from_utf8(line).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn a_buffer_that_is_too_small_tells_what_is_needed() {
        let mut buffer = [0; 6];
        let mut room = Room::new(&mut buffer);
        write_string(b"abcd", &mut room);
        assert_eq!(room.finish(), Ok(6));
        assert_eq!(&buffer, b"\"abcd\"");
        let mut room = Room::new(&mut buffer);
        write_string(b"abcdefg", &mut room);
        assert_eq!(room.finish(), Err(9));
        assert_eq!(Room::new(&mut []).finish(), Ok(0));
    }
}
