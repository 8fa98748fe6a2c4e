//! Regexes: sparse automata of the `regex-automata` crate.

use crate::archive::ArchivedRuleset;
use crate::error::{Error, ErrorCode};
use regex_automata::dfa::sparse::DFA;

/// A regex of an archive: an automaton over the archive's own bytes.
pub type Automaton<'a> = DFA<&'a [u8]>;

/// Checks that each regex is a whole automaton. Those that overlap are paid
/// for from a budget in proportion to the data.
pub(super) fn check(archive: &ArchivedRuleset) -> Result<Vec<Automaton<'_>>, Error> {
    let mut left = archive.data.len();
    let decode = |(number, blob)| {
        let wrong = Error::at(ErrorCode::RegexTable, number as u64);
        let bytes = archive.blob(blob);
        left = left.checked_sub(bytes.len()).ok_or(wrong)?;
        match DFA::from_bytes(bytes) {
            Ok((automaton, length)) if length == bytes.len() => Ok(automaton),
            _ => Err(wrong),
        }
    };
    archive.regexes.iter().enumerate().map(decode).collect()
}
