//! An archive that has been verified, and the way to its root.
//!
//! In: a [`Storage`]. Out: an [`Archive`], which exists only if every check has
//! passed: header and hash, rkyv's own structure, then everything that the records
//! say, and in between the limits, each as soon as it can be seen.

use super::mapping::Storage;
use crate::error::LoadError;
use crate::limits::{Exceeded, Limits};
use regex_automata::dfa::sparse;
use rkyv::rancor::Failure;
use rkyv::validation::Validator;
use rkyv::validation::archive::ArchiveValidator;
use rkyv::validation::shared::SharedValidator;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::header::{HEADER_LENGTH, Header};
use rulestone_format::verify::{self, Verified, verify_and_decode};
use rulestone_format::{Error, ErrorCode};
use std::num::NonZeroUsize;
use std::path::Path;

/// Archived vectors lie in records, never in each other, so this is deep
/// enough; a crafted archive cannot nest until the stack is used up.
const MAX_DEPTH: NonZeroUsize = NonZeroUsize::new(4).unwrap();

// An archive is read in place at any address. Cargo unifies features: should some other crate ask
// rkyv for aligned types, this fails to compile rather than in production.
const _: () = assert!(align_of::<ArchivedRuleset>() == 1);

/// A compiled regex, on the heap.
#[derive(Debug, Clone)]
pub(crate) struct Regex {
    pub(crate) automaton: sparse::DFA<Vec<u8>>,
    pub(crate) work: verify::Work,
}

impl Regex {
    fn of(automaton: &verify::Automaton<'_>) -> Regex {
        Regex { automaton: automaton.automaton.to_owned(), work: automaton.work }
    }
}

/// Why bytes don't become an archive.
#[derive(Debug)]
pub(crate) enum Refusal {
    Format(Error),
    Limit(Exceeded),
}

impl Refusal {
    /// The error of loading a file, or bytes that have no path.
    pub(crate) fn at(self, path: Option<&Path>) -> LoadError {
        match self {
            Refusal::Format(error) => LoadError::format(path, error),
            Refusal::Limit(exceeded) => LoadError::limit(path, exceeded),
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal::Format(error)
    }
}

impl From<Exceeded> for Refusal {
    fn from(exceeded: Exceeded) -> Refusal {
        Refusal::Limit(exceeded)
    }
}

/// A verified archive.
#[derive(Debug)]
pub(crate) struct Archive {
    /// INVARIANT: behind the header lie bytes that have passed [`check_structure`].
    storage: Storage,
    verified: Verified,
    needs: Limits,
}

impl Archive {
    /// Checks the bytes: nothing of them is trusted. Also gives the regexes,
    /// which are copied as they were decoded for the check.
    pub(crate) fn new(storage: Storage, limits: &Limits) -> Result<(Archive, Vec<Regex>), Refusal> {
        let bytes = storage.bytes();
        if bytes.len() > limits.bytes {
            return Err(Exceeded::bytes(bytes.len() as u64, limits.bytes).into());
        }
        let (header, body) = Header::split_unhashed(bytes)?;
        let (verified, needs, regexes) = with_hash(header, body, || {
            let root = check_structure(body)?;
            let needs = Limits::of_tables(bytes.len(), root);
            limits.check(&needs)?;
            let (verified, automata) = verify_and_decode(root, &within(body))?;
            let needs = needs.of_verified(root, &verified);
            limits.check(&needs)?;
            let regexes = automata.iter().map(Regex::of).collect();
            Ok((verified, needs, regexes))
        })?;
        Ok((Archive { storage, verified, needs }, regexes))
    }

    /// Of a body whose structure is sound; what its records say, nobody has looked at.
    #[cfg(test)]
    pub(crate) fn unverified(body: &[u8]) -> Option<Archive> {
        let needs = Limits::of_tables(body.len(), check_structure(body).ok()?);
        let storage = Storage::Owned([&[0; HEADER_LENGTH], body].concat());
        Some(Archive { storage, verified: Verified::default(), needs })
    }

    /// What the archive holds.
    #[inline]
    pub(crate) fn root(&self) -> &ArchivedRuleset {
        let body = self.storage.bytes().get(HEADER_LENGTH..).unwrap_or_default();
        // SAFETY: whichever way an `Archive` was made, `check_structure` accepted just
        // these bytes as an `ArchivedRuleset`. They have neither moved nor changed since: that is
        // what `Storage` promises. The borrow of `self` keeps them alive.
        unsafe { rkyv::access_unchecked::<ArchivedRuleset>(body) }
    }

    /// The file, header and all.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.storage.bytes()
    }

    /// BLAKE3 of the body, as the header gives it and as it was found to be.
    pub(crate) fn hash(&self) -> &[u8; 32] {
        let header = self.storage.bytes().get(..HEADER_LENGTH);
        // INVARIANT: whoever made an `Archive` has split its header off.
        header.and_then(|header| header.last_chunk()).unwrap_or(&[0; 32])
    }

    /// The limits that would just do.
    pub(crate) fn needs(&self) -> &Limits {
        &self.needs
    }

    /// What the verifier found out about it.
    pub(crate) fn verified(&self) -> &Verified {
        &self.verified
    }
}

/// Bodies of so many bytes are hashed on a thread of their own meanwhile.
const LARGE: usize = 1 << 20;

/// Checks a body, and its hash. Neither needs the other: what is checked need not be
/// what was meant. But a wrong hash says more than what it leads to, and comes first.
fn with_hash<T>(
    header: Header,
    body: &[u8],
    check: impl FnOnce() -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    if body.len() < LARGE {
        header.check_hash(body)?;
        return check();
    }
    std::thread::scope(|scope| {
        let hash = std::thread::Builder::new().name("rulestone hash".to_owned());
        match hash.spawn_scoped(scope, || header.check_hash(body)) {
            Ok(hash) => {
                let checked = check();
                hash.join().unwrap_or_else(|_| header.check_hash(body))?;
                checked
            }
            // There is no thread to be had.
            Err(_) => {
                header.check_hash(body)?;
                check()
            }
        }
    })
}

/// What the verifier is to bound: that the tables don't overlap, so that the
/// memory of its work is in proportion to the file. The rest is up to the
/// [`Limits`] of this crate.
fn within(body: &[u8]) -> verify::Limits {
    verify::Limits {
        bytes: body.len(),
        rules: u32::MAX,
        facts: u32::MAX,
        cost: u64::MAX,
        scratch: usize::MAX,
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
