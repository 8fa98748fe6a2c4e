//! What a signature says, and whether it is right.

use super::fault::SignatureFault;
use super::form::{MAX_TEXT, UNTRUSTED, algorithm_and_id};
use super::key_id::KeyId;
use super::public_key::PublicKey;

/// The first field of a trusted comment.
const SEQUENCE: &str = "sequence:";

/// Of a signature.
const LINES: usize = 4;

/// What a signature says that was found to be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    key: KeyId,
    sequence: u64,
    comment: String,
}

impl Signature {
    /// The key that it was made with.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// The higher, the newer.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// What else the signer says about the archive, fields apart by tabs; signed
    /// as the rest is.
    pub fn comment(&self) -> &str {
        &self.comment
    }

    /// Checks the text of a signature over these bytes.
    pub(crate) fn check(
        bytes: &[u8],
        text: &str,
        key: &PublicKey,
        least_sequence: u64,
    ) -> Result<Signature, SignatureFault> {
        use minisign_verify::Error;
        let lines: Vec<&str> = text.lines().take(LINES + 1).collect();
        let [untrusted, signature, _, _] = lines[..] else {
            return Err(SignatureFault::Malformed);
        };
        if text.len() > MAX_TEXT || !untrusted.starts_with(UNTRUSTED) {
            return Err(SignatureFault::Malformed);
        }
        let decoded =
            minisign_verify::Signature::decode(text).map_err(|_| SignatureFault::Malformed)?;
        let (_, found) = algorithm_and_id(signature).ok_or(SignatureFault::Malformed)?;
        key.key.verify(bytes, &decoded, false).map_err(|error| match error {
            Error::UnexpectedKeyId => SignatureFault::OtherKey { found, wanted: key.id },
            Error::InvalidSignature => SignatureFault::Mismatch,
            // Of the bytes themselves, not of their hash.
            _ => SignatureFault::Malformed,
        })?;
        let (sequence, comment) =
            read_comment(decoded.trusted_comment()).ok_or(SignatureFault::NoSequence)?;
        if sequence < least_sequence {
            return Err(SignatureFault::Old { found: sequence, least: least_sequence });
        }
        Ok(Signature { key: found, sequence, comment: comment.to_owned() })
    }
}

/// The trusted comment of a signature with this sequence number. For tools that sign.
#[doc(hidden)]
pub fn trusted_comment(sequence: u64, rest: &str) -> String {
    let tab = if rest.is_empty() { "" } else { "\t" };
    format!("{SEQUENCE}{sequence}{tab}{rest}")
}

/// The sequence number of a trusted comment, and what stands behind it. A number
/// is written in one way only.
fn read_comment(comment: &str) -> Option<(u64, &str)> {
    let (first, rest) = comment.split_once('\t').unwrap_or((comment, ""));
    let digits = first.strip_prefix(SEQUENCE)?;
    let sequence: u64 = digits.parse().ok()?;
    (sequence.to_string() == digits).then_some((sequence, rest))
}
