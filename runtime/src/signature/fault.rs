//! Why signatures are refused.

use super::key_id::KeyId;
use rulestone_format::ErrorCode;
use std::fmt;

/// Why a signature doesn't do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureFault {
    /// There is none beside the archive.
    Unsigned,
    /// It is not in minisign's form, or of the older one that hashes nothing.
    Malformed,
    /// It was made with another key.
    OtherKey {
        /// The key that made it.
        found: KeyId,
        /// The key that it should be of.
        wanted: KeyId,
    },
    /// The archive, the signature or its trusted comment was changed, or they
    /// don't belong together.
    Mismatch,
    /// It is right, but says no sequence number.
    NoSequence,
    /// It is right, but the archive is older than required.
    Old {
        /// Its sequence number.
        found: u64,
        /// The least that is accepted.
        least: u64,
    },
    /// It is right, but another archive was loaded with its sequence number.
    Reused {
        /// The number.
        sequence: u64,
    },
}

impl SignatureFault {
    /// The stable code.
    pub fn code(self) -> ErrorCode {
        match self {
            SignatureFault::Unsigned => ErrorCode::Unsigned,
            SignatureFault::Malformed => ErrorCode::SignatureForm,
            SignatureFault::OtherKey { .. } => ErrorCode::SignatureKey,
            SignatureFault::Mismatch => ErrorCode::SignatureMismatch,
            SignatureFault::NoSequence => ErrorCode::SequenceMissing,
            SignatureFault::Old { .. } => ErrorCode::SequenceOld,
            SignatureFault::Reused { .. } => ErrorCode::SequenceReused,
        }
    }
}

impl fmt::Display for SignatureFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code();
        write!(f, "{}: {}", code.as_str(), code.message())?;
        match self {
            SignatureFault::Unsigned => f.write_str("; sign it by `rulestone sign`"),
            SignatureFault::OtherKey { found, wanted } => {
                write!(f, ": {found}, not {wanted}")
            }
            SignatureFault::Old { found, least } => write!(
                f,
                ": sequence {found}, at least {least}; to go back to it, sign it anew with a \
                 higher number"
            ),
            SignatureFault::Reused { sequence } => {
                write!(f, ": {sequence}; sign this one anew with a higher number")
            }
            _ => Ok(()),
        }
    }
}
