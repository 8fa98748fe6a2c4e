//! An archive that has been verified, and the way to its root.
//!
//! In: a [`Storage`]. Out: an [`Archive`], which exists only if every check has
//! passed: header and hash, then rkyv's own structure, then everything that the
//! records say.

use super::Storage;
use rkyv::rancor::Failure;
use rkyv::validation::Validator;
use rkyv::validation::archive::ArchiveValidator;
use rkyv::validation::shared::SharedValidator;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::header::{HEADER_LENGTH, Header};
use rulestone_format::verify::{Limits, Verified, verify};
use rulestone_format::{Error, ErrorCode};
use std::num::NonZeroUsize;

/// Archived vectors lie in records, never in each other, so this is deep
/// enough; a crafted archive cannot nest until the stack is used up.
const MAX_DEPTH: NonZeroUsize = NonZeroUsize::new(4).unwrap();

// An archive is read in place at any address. Cargo unifies features: should some other crate ask
// rkyv for aligned types, this fails to compile rather than in production.
const _: () = assert!(align_of::<ArchivedRuleset>() == 1);

/// A verified archive.
#[derive(Debug)]
pub(crate) struct Archive {
    /// INVARIANT: behind the header lie bytes that have passed [`check_structure`].
    storage: Storage,
    verified: Verified,
}

impl Archive {
    /// Checks the bytes: nothing of them is trusted.
    pub(crate) fn new(storage: Storage, limits: &Limits) -> Result<Archive, Error> {
        let bytes = storage.bytes();
        if bytes.len() > limits.bytes {
            return Err(Error::at(ErrorCode::TooLarge, bytes.len() as u64));
        }
        let (_, body) = Header::split(bytes)?;
        let verified = verify(check_structure(body)?, limits)?;
        Ok(Archive { storage, verified })
    }

    /// What the archive holds.
    #[inline]
    pub(crate) fn root(&self) -> &ArchivedRuleset {
        let body = self.storage.bytes().get(HEADER_LENGTH..).unwrap_or_default();
        // SAFETY: `new` is the only way to an `Archive`, and there `check_structure` accepted just
        // these bytes as an `ArchivedRuleset`. They have neither moved nor changed since: that is
        // what `Storage` promises. The borrow of `self` keeps them alive.
        unsafe { rkyv::access_unchecked::<ArchivedRuleset>(body) }
    }

    /// What the verifier found out about it.
    pub(crate) fn verified(&self) -> &Verified {
        &self.verified
    }
}

/// Checks that every pointer and length of the archive stays inside it.
pub(super) fn check_structure(body: &[u8]) -> Result<&ArchivedRuleset, Error> {
    let mut validator = Validator::new(
        ArchiveValidator::with_max_depth(body, Some(MAX_DEPTH)),
        SharedValidator::new(),
    );
    rkyv::api::access_with_context::<ArchivedRuleset, _, Failure>(body, &mut validator)
        .map_err(|_| Error::new(ErrorCode::Structure))
}
