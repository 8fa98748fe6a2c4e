//! Who made an archive, and whether it is older than one that was there before.
//!
//! In: the bytes of an archive, the text of its signature, and the public key of
//! who may sign. Out: a [`Signature`] that was checked over just these bytes, or
//! a [`SignatureFault`].
//!
//! # Form
//!
//! Signatures and keys have the form of [minisign](https://jedisct1.github.io/minisign/):
//! the signature of `event.stone` lies beside it as `event.stone.minisig`, and
//! `minisign -Vm event.stone -p event.pub` accepts what this module accepts. It
//! is an Ed25519 signature (RFC 8032) of the BLAKE2b-512 hash (RFC 7693) of the
//! whole file, header included, and a second one of the first with the *trusted
//! comment*. That comment begins with `sequence:` and a number below 2^64,
//! without leading zeros, and goes on with fields of no meaning here, each
//! behind a tab. The older form without the hash is refused.
//!
//! # Sequence
//!
//! A signature stays valid for ever, so whoever can put files in place could put
//! back an old archive. The sequence number says which of two archives is the
//! newer one: a loader names the least that it accepts, and
//! [`Live::reload_signed`](crate::Live::reload_signed) never goes back.

use crate::error::LoadError;
use crate::facts::base64;
use crate::limits::Limits;
use crate::load;
use crate::ruleset::Ruleset;
use rulestone_format::{Error, ErrorCode};
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

#[cfg(test)]
mod tests;

/// What the name of an archive's signature has at its end.
pub const EXTENSION: &str = "minisig";

/// The first field of a trusted comment.
const SEQUENCE: &str = "sequence:";

/// Longest text of a signature or public key in bytes: comments of minisign are
/// below 10 KiB together.
const MAX_TEXT: usize = 16 << 10;

/// The eight bytes that name a key pair. Prints as minisign does.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// Of the eight bytes in keys and signatures.
    pub fn new(bytes: [u8; 8]) -> KeyId {
        KeyId(bytes)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", u64::from_le_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The public half of a key pair: who may sign archives.
///
/// ```
/// use rulestone::PublicKey;
///
/// // As it stands in a `.pub` file, or the second line of it alone.
/// let key: PublicKey = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3".parse()?;
/// assert_eq!(key.id().to_string(), "E7620F1842B4E81F");
/// # Ok::<(), rulestone::Error>(())
/// ```
#[derive(Clone)]
pub struct PublicKey {
    key: minisign_verify::PublicKey,
    id: KeyId,
}

impl PublicKey {
    /// Reads a `.pub` file.
    ///
    /// # Errors
    /// The file cannot be read; `A401`: it is no regular file or holds no public key.
    pub fn open(path: impl AsRef<Path>) -> Result<PublicKey, LoadError> {
        let path = path.as_ref();
        let text = match load::text(path, MAX_TEXT) {
            Err(LoadError::NotAFile { .. }) => None,
            text => text?,
        };
        let key = text.ok_or(Error::new(ErrorCode::PublicKey)).and_then(|text| text.parse());
        key.map_err(|error| LoadError::format(Some(path), error))
    }

    /// Names the key pair.
    pub fn id(&self) -> KeyId {
        self.id
    }
}

impl FromStr for PublicKey {
    type Err = Error;

    /// Reads the text of a `.pub` file, or its second line alone.
    ///
    /// # Errors
    /// `A401`.
    fn from_str(text: &str) -> Result<PublicKey, Error> {
        let wrong = Error::new(ErrorCode::PublicKey);
        let mut lines = text.lines().filter(|line| !line.starts_with(UNTRUSTED));
        let (Some(line), None) = (lines.next(), lines.next()) else { return Err(wrong) };
        let line = line.trim_ascii();
        let key = minisign_verify::PublicKey::from_base64(line).map_err(|_| wrong)?;
        // The crate takes a key that says the algorithm of signatures, too; minisign doesn't.
        match algorithm_and_id(line) {
            Some((ALGORITHM_OF_KEYS, id)) => Ok(PublicKey { key, id }),
            _ => Err(wrong),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PublicKey").field(&self.id).finish()
    }
}

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

/// What the first line of signatures and keys begins with.
const UNTRUSTED: &str = "untrusted comment: ";

/// Of a signature.
const LINES: usize = 4;

/// What a public key begins with.
const ALGORITHM_OF_KEYS: [u8; 2] = *b"Ed";

/// What a line of a key or signature begins with.
fn algorithm_and_id(line: &str) -> Option<([u8; 2], KeyId)> {
    let mut bytes = Vec::new();
    base64::decode(line, &mut bytes)?;
    let (algorithm, rest) = bytes.split_first_chunk()?;
    Some((*algorithm, KeyId(*rest.first_chunk()?)))
}

/// The sequence number of a trusted comment, and what stands behind it. A number
/// is written in one way only.
fn read_comment(comment: &str) -> Option<(u64, &str)> {
    let (first, rest) = comment.split_once('\t').unwrap_or((comment, ""));
    let digits = first.strip_prefix(SEQUENCE)?;
    let sequence: u64 = digits.parse().ok()?;
    (sequence.to_string() == digits).then_some((sequence, rest))
}

/// The trusted comment of a signature with this sequence number. For tools that sign.
#[doc(hidden)]
pub fn trusted_comment(sequence: u64, rest: &str) -> String {
    let tab = if rest.is_empty() { "" } else { "\t" };
    format!("{SEQUENCE}{sequence}{tab}{rest}")
}

/// Where the signature of an archive lies: `event.stone.minisig`.
pub fn path_beside(archive: &Path) -> PathBuf {
    let mut path = OsString::from(archive);
    path.push(".");
    path.push(EXTENSION);
    path.into()
}

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

impl Ruleset {
    /// Loads an archive as [`Ruleset::open`] does, if the signature beside it is
    /// by this key and has at least this sequence number.
    ///
    /// The bytes that are checked are the very bytes that are used: the file is
    /// copied first. Nothing in an archive is looked at before its signature was
    /// found to be right.
    ///
    /// # Errors
    /// As [`Ruleset::open`], and `A402` to `A407`. An archive that is replaced
    /// just now may not fit the signature yet: try again.
    ///
    /// # Cost
    /// As [`Ruleset::open`], one more pass for the hash, which is the slowest of
    /// the passes, and checking two signatures.
    pub fn open_signed(
        path: impl AsRef<Path>,
        key: &PublicKey,
        least_sequence: u64,
    ) -> Result<Ruleset, LoadError> {
        Ruleset::open_signed_with(path, key, least_sequence, &Limits::default())
    }

    /// As [`Ruleset::open_signed`], under limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Ruleset::open_signed`].
    pub fn open_signed_with(
        path: impl AsRef<Path>,
        key: &PublicKey,
        least_sequence: u64,
        limits: &Limits,
    ) -> Result<Ruleset, LoadError> {
        let path = path.as_ref();
        let storage = load::copy(path, limits.bytes)?;
        let beside = path_beside(path);
        let signed = read(&beside).and_then(|text| {
            Signature::check(storage.bytes(), &text, key, least_sequence)
                .map_err(|fault| LoadError::signature(Some(path), fault))
        })?;
        Ruleset::from_storage(storage, Some(path), limits, Some(signed))
    }

    /// As [`Ruleset::open_signed`], of bytes in memory and the text of their signature.
    ///
    /// # Errors
    /// As [`Ruleset::from_bytes`], and `A403` to `A407`.
    pub fn from_signed_bytes(
        bytes: &[u8],
        signature: &str,
        key: &PublicKey,
        least_sequence: u64,
    ) -> Result<Ruleset, LoadError> {
        let limits = Limits::default();
        Ruleset::from_signed_bytes_with(bytes, signature, key, least_sequence, &limits)
    }

    /// As [`Ruleset::from_signed_bytes`], under limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Ruleset::from_signed_bytes`].
    pub fn from_signed_bytes_with(
        bytes: &[u8],
        signature: &str,
        key: &PublicKey,
        least_sequence: u64,
        limits: &Limits,
    ) -> Result<Ruleset, LoadError> {
        let storage = load::copy_bytes(bytes, limits.bytes)?;
        let signed = Signature::check(storage.bytes(), signature, key, least_sequence)
            .map_err(|fault| LoadError::signature(None, fault))?;
        Ruleset::from_storage(storage, None, limits, Some(signed))
    }
}

/// The text of the signature at a path.
fn read(path: &Path) -> Result<String, LoadError> {
    let malformed = || LoadError::signature(Some(path), SignatureFault::Malformed);
    match load::text(path, MAX_TEXT) {
        Ok(text) => text.ok_or_else(malformed),
        Err(LoadError::NotAFile { .. }) => Err(malformed()),
        Err(LoadError::Io { error, .. }) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(LoadError::signature(Some(path), SignatureFault::Unsigned))
        }
        Err(error) => Err(error),
    }
}
