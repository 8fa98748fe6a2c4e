//! Text as JSON strings (RFC 8259, section 7), with the escapes that it demands and no
//! others.

use super::plain::plain;

/// Where JSON goes.
pub(super) trait Target {
    fn push(&mut self, bytes: &[u8]);
}

impl Target for Vec<u8> {
    #[inline]
    fn push(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Writes UTF-8 in quotes.
#[inline]
pub(super) fn write_string(text: &[u8], target: &mut impl Target) {
    target.push(b"\"");
    let mut rest = text;
    while let Some(plain) = plain(rest) {
        let (before, after) = rest.split_at(plain);
        target.push(before);
        let Some((byte, after)) = after.split_first() else {
            break;
        };
        write_escape(*byte, target);
        rest = after;
    }
    target.push(rest);
    target.push(b"\"");
}

fn write_escape(byte: u8, target: &mut impl Target) {
    match byte {
        b'"' => target.push(b"\\\""),
        b'\\' => target.push(b"\\\\"),
        0x08 => target.push(b"\\b"),
        0x0c => target.push(b"\\f"),
        b'\n' => target.push(b"\\n"),
        b'\r' => target.push(b"\\r"),
        b'\t' => target.push(b"\\t"),
        _ => {
            let digit = |half: u8| {
                if half < 10 { b'0' + half } else { b'a' + half - 10 }
            };
            target.push(b"\\u00");
            target.push(&[digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut line = Vec::new();
        write_string(text.as_bytes(), &mut line);
        String::from_utf8(line).expect("is text")
    }

    #[test]
    fn strings_are_escaped_as_json_demands() {
        let text = "a\"b\\c/\u{8}\u{c}\n\r\t\0\u{1f}\u{7f}é\u{1f5ff}";
        let expected = "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0000\\u001f\u{7f}é\u{1f5ff}\"";
        assert_eq!(escaped(text), expected);
        assert_eq!(escaped(""), "\"\"");
        for byte in (0..0x20_u8).filter(|byte| !b"\n\r\t\x08\x0c".contains(byte)) {
            let text = char::from(byte).to_string();
            assert_eq!(escaped(&text), format!("\"\\u{byte:04x}\""));
        }
    }
}
