//! Regular expressions of CEL's `matches`: RE2's syntax and meaning, compiled
//! offline into a sparse DFA that the runtime searches in place.
//!
//! In: a pattern. Out: the bytes of a `regex_automata::dfa::sparse::DFA`,
//! little endian, valid at any address, the same for the same pattern; or a
//! [`RegexError`] that says where and why.
//!
//! RE2 (<https://github.com/google/re2/wiki/Syntax>) matches in linear time,
//! and a DFA keeps that promise with a constant that is known beforehand. What
//! RE2 runs and a bounded DFA can't hold is refused here. What all patterns of a
//! ruleset may take together is in `budget`.

mod budget;
mod class;
mod cursor;
mod error;
mod names;
mod parse;
#[cfg(test)]
mod tests;

pub use budget::{Budget, MAX_AUTOMATA, MAX_WORK};
pub use error::{RegexError, RegexErrorKind};

use budget::MAX_NFA;
use regex_automata::dfa::{Automaton, StartKind, dense, sparse};
use regex_automata::nfa::thompson;
use regex_automata::{Input, MatchKind};

/// Bytes of a pattern, at most.
pub const MAX_PATTERN: usize = 4 * 1024;

/// Bytes of a compiled automaton, at most.
pub const MAX_AUTOMATON: usize = 1024 * 1024;

/// Bytes that building may take, beside [`MAX_NFA`]. The worst of the patterns in the
/// tests meets one of these bounds after 0.2 s.
const MAX_DENSE: usize = 8 * 1024 * 1024;
const MAX_DETERMINIZE: usize = 2 * 1024 * 1024;

/// Bytes of sets of states that are tried first, and how many times as much next:
/// what succeeds tells about how much work it was, and what fails took little.
const FIRST_DETERMINIZE: usize = 2 * 1024;
const GROWTH: usize = 4;

/// Bytes of a dense automaton up to which it is minimised, which takes more
/// than linear time: at this size about as long as all the rest.
const MAX_MINIMIZED: usize = 64 * 1024;

/// A compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regex {
    /// What `sparse::DFA::from_bytes` reads, at any alignment.
    pub bytes: Vec<u8>,
}

/// Compiles a pattern by itself: see [`compile_within`].
///
/// # Errors
/// See [`RegexErrorKind`].
pub fn compile(pattern: &str) -> Result<Regex, RegexError> {
    compile_within(pattern, &mut Budget::default())
}

/// Compiles a pattern of RE2's syntax for [`is_match`], and takes what that needs
/// out of a budget, also where it comes to nothing.
///
/// # Errors
/// See [`RegexErrorKind`]. Every pattern is answered within a fraction of a
/// second, however large its automaton would be.
pub fn compile_within(pattern: &str, budget: &mut Budget) -> Result<Regex, RegexError> {
    if pattern.len() > MAX_PATTERN {
        return Err(RegexError {
            kind: RegexErrorKind::TooLarge,
            message: format!(
                "a pattern of {} bytes; at most {MAX_PATTERN} are possible",
                pattern.len()
            ),
            range: None,
            help: Some("for a list of words, use `in` with a list constant".to_owned()),
        });
    }
    let hir = parse::parse(pattern)?;
    let most = budget.bytes_of_states()?;
    // No captures, and no reverse automaton: the only question is whether.
    let nfa = thompson::Compiler::new()
        .configure(
            thompson::Config::new()
                .utf8(true)
                .which_captures(thompson::WhichCaptures::None)
                .nfa_size_limit(Some(most)),
        )
        .build_from_hir(&hir);
    budget.pay_for_states(nfa.as_ref().map_or(most, thompson::NFA::memory_usage))?;
    let Ok(nfa) = nfa else {
        return Err(if most < MAX_NFA { budget.exhausted() } else { too_large() });
    };

    let dense = determinized(&nfa, budget)?;
    let bytes = dense.to_sparse().map_err(|_| too_large())?.to_bytes_little_endian();
    if bytes.len() > MAX_AUTOMATON {
        return Err(too_large());
    }
    budget.keep(bytes.len())?;
    Ok(Regex { bytes })
}

/// Whether the pattern matches anywhere in `haystack`, which is UTF-8: how the
/// runtime is to search what [`compile`] made.
///
/// One forward pass that ends at the first byte that decides; no allocation.
/// An automaton made by [`compile`] has no quit bytes and an unanchored start,
/// so that the search can't fail; one from elsewhere that does fail is no match.
pub fn is_match<T: AsRef<[u8]>>(dfa: &sparse::DFA<T>, haystack: &[u8]) -> bool {
    matches!(dfa.try_search_fwd(&Input::new(haystack).earliest(true)), Ok(Some(_)))
}

/// The automaton of a pattern, minimised where that is soon done.
fn determinized(
    nfa: &thompson::NFA,
    budget: &mut Budget,
) -> Result<dense::DFA<Vec<u32>>, RegexError> {
    let classes = nfa.byte_classes().alphabet_len();
    let mut limit = FIRST_DETERMINIZE;
    loop {
        let most = budget.bytes_of_sets(limit, classes);
        let built = build(nfa, false, most);
        budget.pay_for_sets(most, classes)?;
        match built {
            Some(dense) if dense.memory_usage() <= MAX_MINIMIZED => {
                budget.pay_for_sets(most, classes)?;
                budget.pay_for_minimising(dense.memory_usage())?;
                return build(nfa, true, limit).ok_or_else(too_large);
            }
            Some(dense) => return Ok(dense),
            None if most < limit => return Err(budget.exhausted()),
            None if limit >= MAX_DETERMINIZE => return Err(too_large()),
            None => limit = (limit * GROWTH).min(MAX_DETERMINIZE),
        }
    }
}

/// The automaton for unanchored searches that end at the first match.
///
/// Leftmost-first, and all repetitions are lazy (see `parse`): then everything
/// behind the earliest match is cut off, which makes for the fewest states.
///
/// `None` where it or, meanwhile, its sets of states need too many bytes.
fn build(
    nfa: &thompson::NFA,
    minimize: bool,
    bytes_of_sets: usize,
) -> Option<dense::DFA<Vec<u32>>> {
    dense::Builder::new()
        .configure(
            dense::Config::new()
                .match_kind(MatchKind::LeftmostFirst)
                .start_kind(StartKind::Unanchored)
                .starts_for_each_pattern(false)
                .unicode_word_boundary(false)
                .minimize(minimize)
                .dfa_size_limit(Some(MAX_DENSE))
                .determinize_size_limit(Some(bytes_of_sets)),
        )
        .build_from_nfa(nfa)
        .ok()
}

fn too_large() -> RegexError {
    RegexError {
        kind: RegexErrorKind::TooLarge,
        message: format!(
            "the pattern needs an automaton of more than {} KiB",
            MAX_AUTOMATON / 1024
        ),
        range: None,
        help: Some(
            "anchor it with `^`, shorten counted repetitions, or use `[a-z]` and the like for `.`, `\\pL` and `(?i)`"
                .to_owned(),
        ),
    }
}
