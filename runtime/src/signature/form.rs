//! What keys and signatures have in common as text.

use super::key_id::KeyId;
use crate::facts::base64;

/// Longest text of a signature or public key in bytes: comments of minisign are
/// below 10 KiB together.
pub(super) const MAX_TEXT: usize = 16 << 10;

/// What the first line of signatures and keys begins with.
pub(super) const UNTRUSTED: &str = "untrusted comment: ";

/// What a line of a key or signature begins with.
pub(super) fn algorithm_and_id(line: &str) -> Option<([u8; 2], KeyId)> {
    let mut bytes = Vec::new();
    base64::decode(line, &mut bytes)?;
    let (algorithm, rest) = bytes.split_first_chunk()?;
    Some((*algorithm, KeyId::new(*rest.first_chunk()?)))
}
