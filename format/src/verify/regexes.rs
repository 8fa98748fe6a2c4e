//! Regexes: sparse automata of the `regex-automata` crate, and what searching by them costs.

use crate::archive::ArchivedRuleset;
use crate::error::{Error, ErrorCode};
use regex_automata::dfa::Automaton as _;
use regex_automata::dfa::sparse::DFA;

/// A regex of an archive.
#[derive(Debug, Clone)]
pub struct Automaton<'a> {
    /// Over the archive's own bytes.
    pub automaton: DFA<&'a [u8]>,
    pub work: Work,
}

/// What a search costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// The most ranges of bytes that a state tries for a byte, one after the other.
    pub ranges: u16,
    /// How many bytes are looked at before it is decided, at most.
    pub bytes: u32,
}

impl Work {
    /// Of an automaton of which nothing is known: a range for each byte and one for the end of text.
    const UNKNOWN: Work = Work { ranges: 257, bytes: u32::MAX };

    /// What a search in so many bytes costs.
    #[inline]
    pub fn of(self, bytes: u64) -> u64 {
        crate::code::work::matched(bytes.min(self.bytes.into()), self.ranges.into())
    }
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
                let mut work = States::of(bytes).map_or(Work::UNKNOWN, |states| states.work());
                if automaton.has_empty() {
                    // A search may go on behind a match that lies within a character.
                    work.bytes = u32::MAX;
                }
                Ok(Automaton { automaton, work })
            }
            _ => Err(wrong),
        }
    };
    archive.regexes.iter().enumerate().map(decode).collect()
}

/// What stands before the states in an automaton's bytes: its label, byte order, version, an unused
/// word, flags, how many states and patterns there are, the classes of bytes. Then come the bytes of
/// the states and these.
const BEFORE_STATES: usize = 32 + 4 * 4 + 2 * 4 + 256;

/// The states of a sparse automaton that was checked, as `regex-automata` 0.4 writes them. (Another
/// version of its form is no automaton to it.)
///
/// A state has the number of its transitions, in 15 bits, and above them whether it matches; a range
/// of two bytes for each transition and then the next state, of four, for each; if it matches the
/// number of its patterns and these, of four bytes; and a length of up to three bytes, and these. Its
/// number is where it begins. The first one is dead, the last transition that at the end of text.
struct States<'a> {
    bytes: &'a [u8],
    /// Where each begins, ascending.
    starts: Vec<u32>,
}

/// A state, with the numbers of those that come next.
struct State<'a> {
    matches: bool,
    next: &'a [[u8; 4]],
}

fn word(bytes: &[u8]) -> Option<usize> {
    Some(u32::from_le_bytes(*bytes.first_chunk()?) as usize)
}

impl<'a> States<'a> {
    /// `None` where this reads something else.
    fn of(automaton: &'a [u8]) -> Option<States<'a>> {
        let rest = automaton.get(BEFORE_STATES..)?;
        let bytes = rest.get(4..4_usize.checked_add(word(rest)?)?)?;
        let mut states = States { bytes, starts: Vec::new() };
        let mut at = 0;
        while at < bytes.len() {
            states.starts.push(u32::try_from(at).ok()?);
            let state = states.state(at)?;
            let mut rest = bytes.get(at + 2 + state.next.len() * 6..)?;
            if state.matches {
                rest = rest.get(word(rest)?.checked_mul(4)?.checked_add(4)?..)?;
            }
            rest = rest.get(1 + usize::from(*rest.first()?)..)?;
            at = bytes.len() - rest.len();
        }
        Some(states)
    }

    fn state(&self, at: usize) -> Option<State<'a>> {
        let state = self.bytes.get(at..)?;
        let head = u16::from_le_bytes(*state.first_chunk()?);
        let count = usize::from(head & 0x7fff);
        let (next, _) = state.get(2 + count * 2..2 + count * 6)?.as_chunks();
        Some(State { matches: head >> 15 != 0, next })
    }

    fn work(&self) -> Work {
        let all = self.starts.iter().filter_map(|start| self.state(*start as usize));
        let ranges = all.map(|state| state.next.len()).max().unwrap_or(0);
        let ranges = u16::try_from(ranges).unwrap_or(Work::UNKNOWN.ranges);
        Work { ranges, bytes: self.longest().unwrap_or(u32::MAX) }
    }

    /// Where a search goes on from a state, by a byte: not from the dead state, nor from one that
    /// matches, where it ends.
    fn next(&self, number: usize) -> impl Iterator<Item = usize> {
        let start = self.starts.get(number).copied().unwrap_or(0);
        let state = self.state(start as usize).filter(|state| start != 0 && !state.matches);
        let next = state.map_or(&[][..], |state| state.next);
        let next = next.get(..next.len().saturating_sub(1)).unwrap_or_default();
        next.iter().filter_map(|id| self.starts.binary_search(&u32::from_le_bytes(*id)).ok())
    }

    /// The longest way through states, in bytes, or `None` where there are circles: states are taken
    /// off once all that lead to them are (Kahn 1962).
    fn longest(&self) -> Option<u32> {
        let mut before = vec![0_u32; self.starts.len()];
        for number in 0..self.starts.len() {
            self.next(number).for_each(|next| before[next] += 1);
        }
        let mut depths = vec![0_u32; self.starts.len()];
        let mut ready: Vec<u32> =
            (0..).zip(&before).filter(|(_, n)| **n == 0).map(|(at, _)| at).collect();
        let mut taken = 0;
        while let Some(number) = ready.pop() {
            taken += 1;
            for next in self.next(number as usize) {
                depths[next] = depths[next].max(depths[number as usize] + 1);
                before[next] -= 1;
                if before[next] == 0 {
                    ready.push(next as u32);
                }
            }
        }
        (taken == self.starts.len()).then(|| depths.iter().copied().max().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_automata::dfa::{StartKind, dense};

    fn work(pattern: &str) -> Work {
        let dense = dense::Builder::new()
            .configure(dense::Config::new().start_kind(StartKind::Unanchored))
            .build(pattern);
        let sparse = dense.expect("builds").to_sparse().expect("it is small");
        let bytes = sparse.to_bytes_little_endian();
        States::of(&bytes).expect("is read").work()
    }

    #[test]
    fn ranges_are_those_of_the_state_that_has_most() {
        // One range, what isn't in it and where it ends: a range for each, and the end of text.
        assert!((2..=5).contains(&work("^a").ranges), "{:?}", work("^a"));
        let odd: String = (0x21..0x7e).step_by(2).map(|byte| format!("\\x{byte:x}")).collect();
        assert!((47..=49).contains(&work(&format!("^(?:[{odd}][{odd}])+$")).ranges));
    }

    #[test]
    fn a_search_that_is_decided_soon_looks_at_few_bytes() {
        for (pattern, least, most) in [
            ("^a", 1, 2),
            ("^cheat", 5, 6),
            (r"\A[a-z]{3,16}\z", 16, 17),
            ("^(?:ab|cde)$", 3, 4),
            ("^a+", 1, 2),
        ] {
            let found = work(pattern).bytes;
            assert!((least..=most).contains(&found), "{pattern}: {found}");
        }
        for endless in ["a", "^a*b", "^[a-z]+$"] {
            assert_eq!(work(endless).bytes, u32::MAX, "{endless}");
        }
    }
}
