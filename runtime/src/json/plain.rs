//! How much of a string stands in JSON as it is.
//!
//! In: bytes of text, or of JSON behind an opening quote. Out: how many come before one that is
//! escaped, or ends the string.

/// How many bytes stand for themselves before one that doesn't: a quote, a backslash, a
/// control character. `None` if all do. Eight are looked at at once: in the difference of a byte
/// and a bound the highest bit is set where the byte is less, unless one further down borrowed,
/// and that one is found first (Mycroft, 1987).
#[inline]
pub(crate) fn plain(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 0xFF;
    let mut chunks = bytes.chunks_exact(8);
    let mut before = 0;
    for chunk in &mut chunks {
        let Some(chunk) = chunk.first_chunk() else { break };
        let word = u64::from_le_bytes(*chunk);
        let (quotes, slashes) = (word ^ (ONES * 0x22), word ^ (ONES * 0x5C));
        let less =
            word.wrapping_sub(ONES * 0x20) | quotes.wrapping_sub(ONES) | slashes.wrapping_sub(ONES);
        let found = less & !word & (ONES * 0x80);
        if found != 0 {
            return Some(before + found.trailing_zeros() as usize / 8);
        }
        before += 8;
    }
    let ends = |byte: &u8| matches!(byte, 0..0x20 | b'"' | b'\\');
    chunks.remainder().iter().position(ends).map(|at| before + at)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn the_first_byte_that_is_escaped_is_found_wherever_it_is() {
        for byte in 0..=255_u8 {
            let is_special = byte < 0x20 || byte == b'"' || byte == b'\\';
            for before in 0..20 {
                for behind in [0, 1, 7, 9] {
                    // Neighbours that differ from what is looked for by one bit or by a borrow.
                    for other in [b' ', b'!', b'#', b']', 0x7F, 0x80, 0xA2, 0xDC, 0xFF] {
                        let mut bytes = vec![other; before];
                        bytes.push(byte);
                        bytes.resize(before + 1 + behind, other);
                        assert_eq!(plain(&bytes), is_special.then_some(before), "{bytes:?}");
                    }
                }
            }
        }
        assert_eq!(plain(b"abcdefghijk\n\"\\"), Some(11));
        assert_eq!(plain(b""), None);
    }
}
