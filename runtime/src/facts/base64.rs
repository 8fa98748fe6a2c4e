//! Base64 of RFC 4648, section 4: the standard alphabet, with padding or
//! without.

/// How many bytes this text stands for, if it is base64.
pub(super) fn decoded_length(text: &str) -> Option<usize> {
    let digits = digits(text)?.len();
    (digits % 4 != 1).then(|| digits / 4 * 3 + (digits % 4).saturating_sub(1))
}

/// Appends the bytes that the text stands for. `None` if it is no base64; some
/// bytes may have been appended by then.
pub(crate) fn decode(text: &str, bytes: &mut Vec<u8>) -> Option<()> {
    for quantum in digits(text)?.chunks(4) {
        let mut bits = 0_u32;
        for digit in quantum {
            bits = bits << 6 | value(*digit)?;
        }
        // Digits that are not there count as zeros.
        bits <<= 6 * (4 - quantum.len());
        let [_, decoded @ ..] = bits.to_be_bytes();
        let (whole, rest) = decoded.split_at_checked(quantum.len().checked_sub(1)?)?;
        // One digit is no byte; bits that belong to no byte must be zero, so that there is one
        // text for the same bytes.
        if whole.is_empty() || rest.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(whole);
    }
    Some(())
}

/// The text without its padding; `None` if that is not as long as it must be.
fn digits(text: &str) -> Option<&[u8]> {
    let bytes = text.as_bytes();
    let digits = match bytes {
        [digits @ .., b'=', b'='] | [digits @ .., b'='] => digits,
        digits => digits,
    };
    (digits.len() == bytes.len() || bytes.len().is_multiple_of(4)).then_some(digits)
}

fn value(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        decode(text, &mut bytes)?;
        assert_eq!(decoded_length(text), Some(bytes.len()), "{text}");
        Some(bytes)
    }

    #[test]
    fn the_vectors_of_the_rfc_are_read_with_padding_and_without() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decoded(text).as_deref(), Some(bytes.as_bytes()), "{text}");
            let bare = text.trim_end_matches('=');
            assert_eq!(decoded(bare).as_deref(), Some(bytes.as_bytes()), "{bare}");
        }
        assert_eq!(decoded("+/+/"), Some(vec![0xfb, 0xff, 0xbf]));
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        for text in [
            "Z", "Zg=", "Zm9v=", "Zm9v==", "Zm9v====", "=", "==", "====", "Zg==Zg==", "Zh==",
            "Zm9=", "-_-_", "Zm 9v", "Zm9v\n", "é", "Zm9vY",
        ] {
            assert_eq!(decode(text, &mut Vec::new()), None, "{text}");
        }
    }
}
