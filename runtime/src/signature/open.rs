//! Loading archives that must be signed.

use super::fault::SignatureFault;
use super::form::MAX_TEXT;
use super::public_key::PublicKey;
use super::signed::Signature;
use crate::error::LoadError;
use crate::limits::Limits;
use crate::load;
use crate::ruleset::Ruleset;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What the name of an archive's signature has at its end.
pub const EXTENSION: &str = "minisig";

/// Where the signature of an archive lies: `event.stone.minisig`.
pub fn path_beside(archive: &Path) -> PathBuf {
    let mut path = OsString::from(archive);
    path.push(".");
    path.push(EXTENSION);
    path.into()
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
