//! The first 64 bytes of a `.stone` file: what it is and whether it is whole.
//!
//! In: bytes of any length. Out: a [`Header`], and the body that it speaks of.

use crate::error::{Error, ErrorCode};
use crate::version::{FORMAT_VERSION, LANGUAGE_VERSION};

/// Bytes of a header, and offset of the body.
pub const HEADER_LENGTH: usize = 64;

/// The first eight bytes. The first is no text, and the last four show a file
/// that was mangled as text.
pub const MAGIC: [u8; 8] = *b"\xABSTN\r\n\x1A\n";

/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 8 | [`MAGIC`] |
/// | 8 | 2 | format version |
/// | 10 | 2 | language version |
/// | 12 | 4 | flags, all 0 |
/// | 16 | 8 | offset of the body, 64 |
/// | 24 | 8 | length of the body |
/// | 32 | 32 | BLAKE3 of the body |
///
/// All numbers are little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub format_version: u16,
    pub language_version: u16,
    pub body_length: u64,
    pub body_hash: [u8; 32],
}

impl Header {
    /// The header of a body.
    pub fn of(body: &[u8]) -> Header {
        Header {
            format_version: FORMAT_VERSION,
            language_version: LANGUAGE_VERSION,
            body_length: body.len() as u64,
            body_hash: *blake3::hash(body).as_bytes(),
        }
    }

    pub fn to_bytes(&self) -> [u8; HEADER_LENGTH] {
        let mut bytes = [0; HEADER_LENGTH];
        bytes[0..8].copy_from_slice(&MAGIC);
        bytes[8..10].copy_from_slice(&self.format_version.to_le_bytes());
        bytes[10..12].copy_from_slice(&self.language_version.to_le_bytes());
        bytes[16..24].copy_from_slice(&(HEADER_LENGTH as u64).to_le_bytes());
        bytes[24..32].copy_from_slice(&self.body_length.to_le_bytes());
        bytes[32..64].copy_from_slice(&self.body_hash);
        bytes
    }

    /// Reads the header and gives the body behind it, if the file is whole.
    ///
    /// # Errors
    /// Wrong magic, a version that this reader doesn't know, unknown flags, a
    /// body of another length than promised, or of another hash.
    ///
    /// # Cost
    /// One pass over the body for the hash, at some GB/s.
    pub fn split(file: &[u8]) -> Result<(Header, &[u8]), Error> {
        let (header, body) = Header::split_unhashed(file)?;
        header.check_hash(body)?;
        Ok((header, body))
    }

    /// As [`Header::split`], but for the hash: for who checks that meanwhile
    /// ([`Header::check_hash`]).
    ///
    /// # Errors
    /// The same, without the hash.
    pub fn split_unhashed(file: &[u8]) -> Result<(Header, &[u8]), Error> {
        let Some((header, body)) = file.split_first_chunk::<HEADER_LENGTH>() else {
            let code =
                if is_archive(file) { ErrorCode::Truncated } else { ErrorCode::NotAnArchive };
            return Err(Error::new(code));
        };
        if !is_archive(header) {
            return Err(Error::new(ErrorCode::NotAnArchive));
        }
        let header = Header::read(header)?;
        if header.body_length > body.len() as u64 {
            return Err(Error::new(ErrorCode::Truncated));
        }
        if header.body_length < body.len() as u64 {
            return Err(Error::new(ErrorCode::TrailingBytes));
        }
        Ok((header, body))
    }

    /// That this is the body of which the header has the hash.
    ///
    /// # Errors
    /// A008.
    pub fn check_hash(&self, body: &[u8]) -> Result<(), Error> {
        let is_it = blake3::hash(body) == self.body_hash;
        is_it.then_some(()).ok_or(Error::new(ErrorCode::HashMismatch))
    }

    fn read(bytes: &[u8; HEADER_LENGTH]) -> Result<Header, Error> {
        let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| bytes[at + i]));
        let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let format_version = half(8);
        if format_version != FORMAT_VERSION {
            return Err(Error::at(ErrorCode::FormatVersion, u64::from(format_version)));
        }
        let language_version = half(10);
        if language_version != LANGUAGE_VERSION {
            return Err(Error::at(ErrorCode::LanguageVersion, u64::from(language_version)));
        }
        if bytes[12..16] != [0; 4] {
            return Err(Error::new(ErrorCode::UnknownFlags));
        }
        if word(16) != HEADER_LENGTH as u64 {
            return Err(Error::at(ErrorCode::BodyOffset, word(16)));
        }
        Ok(Header {
            format_version,
            language_version,
            body_length: word(24),
            body_hash: std::array::from_fn(|i| bytes[32 + i]),
        })
    }
}

/// Whether these bytes begin as an archive does.
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}
