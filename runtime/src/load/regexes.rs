//! The regexes of an archive as automata that are ready to search.
//!
//! In: serialised sparse automata of the `regex-automata` crate, which the
//! verifier has accepted. Out: the same, on the heap.

use regex_automata::dfa::sparse;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::{Error, ErrorCode};

/// A compiled regex.
pub(crate) type Regex = sparse::DFA<Vec<u8>>;

/// Decodes all regexes of an archive.
///
/// # Errors
/// [`ErrorCode::RegexTable`], with the number of the regex. Not for a verified
/// archive, which also bounds how many bytes they are together; but decoding
/// without a check of its own would be unsafe.
pub(crate) fn regexes(archive: &ArchivedRuleset) -> Result<Vec<Regex>, Error> {
    let decode = |(index, blob)| match sparse::DFA::from_bytes(archive.blob(blob)) {
        Ok((regex, _)) => Ok(regex.to_owned()),
        Err(_) => Err(Error::at(ErrorCode::RegexTable, index as u64)),
    };
    archive.regexes.iter().enumerate().map(decode).collect()
}
