//! Regexes: sparse automata of the `regex-automata` crate.

use crate::archive::ArchivedRuleset;
use crate::error::{Error, ErrorCode};
use regex_automata::dfa::sparse::DFA;

/// A regex of an archive.
#[derive(Debug, Clone)]
pub struct Automaton<'a> {
    /// Over the archive's own bytes.
    pub automaton: DFA<&'a [u8]>,
    /// The most ranges of bytes that one of its states tries, one after the other.
    pub ranges: u16,
}

/// Checks that each regex is a whole automaton. Those that overlap are paid
/// for from a budget in proportion to the data.
pub(super) fn check(archive: &ArchivedRuleset) -> Result<Vec<Automaton<'_>>, Error> {
    let mut left = archive.data.len();
    let decode = |(number, blob)| {
        let wrong = Error::at(ErrorCode::RegexTable, number as u64);
        let bytes = archive.blob(blob);
        left = left.checked_sub(bytes.len()).ok_or(wrong)?;
        match DFA::from_bytes(bytes) {
            Ok((automaton, length)) if length == bytes.len() => {
                Ok(Automaton { automaton, ranges: most_ranges(bytes).unwrap_or(MOST_RANGES) })
            }
            _ => Err(wrong),
        }
    };
    archive.regexes.iter().enumerate().map(decode).collect()
}

/// One for each byte, and one for the end of the text.
const MOST_RANGES: u16 = 257;

/// What stands before the states in an automaton's bytes: its label, byte order, version, an unused
/// word, flags, how many states and patterns there are, the classes of bytes. Then come the bytes of
/// the states and these.
const BEFORE_STATES: usize = 32 + 4 * 4 + 2 * 4 + 256;

/// The states of a sparse automaton as `regex-automata` 0.4 writes them; another version of its form
/// is no automaton to it. `None` where this reads something else.
///
/// A state has the number of its transitions, in 15 bits, and above them whether it matches; a range
/// of two bytes and the next state, of four, for each transition; if it matches the number of its
/// patterns and these, of four bytes; and the length of up to three bytes, and these.
fn most_ranges(automaton: &[u8]) -> Option<u16> {
    let word = |bytes: &[u8]| Some(u32::from_le_bytes(*bytes.first_chunk()?) as usize);
    let states = automaton.get(BEFORE_STATES..)?;
    let mut rest = states.get(4..4_usize.checked_add(word(states)?)?)?;
    let mut most = 0;
    while let Some(head) = rest.first_chunk() {
        let head = u16::from_le_bytes(*head);
        let transitions = head & 0x7fff;
        most = most.max(transitions);
        rest = rest.get(2 + usize::from(transitions) * 6..)?;
        if head != transitions {
            let patterns = word(rest)?;
            rest = rest.get(patterns.checked_mul(4)?.checked_add(4)?..)?;
        }
        rest = rest.get(1 + usize::from(*rest.first()?)..)?;
    }
    (rest.is_empty() && most <= MOST_RANGES).then_some(most)
}
