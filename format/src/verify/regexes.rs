//! Regexes: sparse automata of the `regex-automata` crate.

use crate::archive::ArchivedRuleset;
use crate::error::{Error, ErrorCode};
use regex_automata::dfa::sparse::DFA;

/// Checks that each regex is a whole automaton. Those that overlap are paid
/// for from a budget in proportion to the data.
pub(super) fn check(archive: &ArchivedRuleset) -> Result<(), Error> {
    let mut left = archive.data.len();
    for (number, blob) in archive.regexes.iter().enumerate() {
        let wrong = Error::at(ErrorCode::RegexTable, number as u64);
        let bytes = archive.blob(blob);
        left = left.checked_sub(bytes.len()).ok_or(wrong)?;
        match DFA::from_bytes(bytes) {
            Ok((_, length)) if length == bytes.len() => {}
            _ => return Err(wrong),
        }
    }
    Ok(())
}
