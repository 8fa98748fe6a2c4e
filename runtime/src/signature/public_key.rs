//! Who may sign archives.

use super::form::{MAX_TEXT, UNTRUSTED, algorithm_and_id};
use super::key_id::KeyId;
use crate::error::LoadError;
use crate::load;
use rulestone_format::{Error, ErrorCode};
use std::fmt;
use std::path::Path;
use std::str::FromStr;

/// What a public key begins with.
const ALGORITHM_OF_KEYS: [u8; 2] = *b"Ed";

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
    pub(super) key: minisign_verify::PublicKey,
    pub(super) id: KeyId,
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
