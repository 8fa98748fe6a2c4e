//! Whether a regex is found in a text.
//!
//! In: a sparse automaton and a text. Out: yes or no, in time linear in the text
//! whatever the automaton is: those of an archive are as hostile as all of it.

use regex_automata::Input;
use regex_automata::dfa::{Automaton, sparse};

/// Whether the automaton finds a match anywhere in the text.
///
/// A search ends at the first byte that decides. An automaton that gives up,
/// which those of the compiler never do, finds nothing.
///
/// # Cost
/// Some nanoseconds a byte, each byte once, and nothing is allocated.
pub fn is_match<T: AsRef<[u8]>>(automaton: &sparse::DFA<T>, text: &[u8]) -> bool {
    // Where an empty match may lie between any two bytes, the crate looks for one that doesn't
    // split a character by searching again from each byte that follows: quadratic.
    if automaton.has_empty() && automaton.is_utf8() {
        return is_match_between_characters(automaton, text);
    }
    let input = Input::new(text).earliest(true);
    matches!(automaton.try_search_fwd(&input), Ok(Some(_)))
}

/// The same for automata that match the empty text. A match that ends within a
/// character is empty, so none of those that are still to come begins before its
/// end: that is where the search goes on, and no byte is looked at twice.
fn is_match_between_characters<T: AsRef<[u8]>>(automaton: &sparse::DFA<T>, text: &[u8]) -> bool {
    let mut from = 0;
    while let Some(end) = first_match(automaton, text, from) {
        if is_boundary(text, end) {
            return true;
        }
        from = end + 1;
    }
    false
}

/// The end of the first match that begins at `from` or later, from `from` on.
fn first_match<T: AsRef<[u8]>>(
    automaton: &sparse::DFA<T>,
    text: &[u8],
    from: usize,
) -> Option<usize> {
    let rest = text.get(from..)?;
    let input = Input::new(text).range(from..);
    let mut state = automaton.start_state_forward(&input).ok()?;
    for (index, byte) in rest.iter().enumerate() {
        state = automaton.next_state(state, *byte);
        if automaton.is_special_state(state) {
            // An automaton knows of a match one byte late.
            if automaton.is_match_state(state) {
                return Some(from + index);
            }
            if automaton.is_dead_state(state) || automaton.is_quit_state(state) {
                return None;
            }
        }
    }
    state = automaton.next_eoi_state(state);
    automaton.is_match_state(state).then_some(text.len())
}

/// Whether no character of UTF-8 goes on there.
fn is_boundary(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|byte| byte & 0b1100_0000 != 0b1000_0000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_automata::dfa::{StartKind, dense};
    use regex_automata::nfa::thompson;
    use regex_automata::util::syntax;

    fn automaton(pattern: &str) -> sparse::DFA<Vec<u8>> {
        let dense = dense::Builder::new()
            .configure(dense::Config::new().start_kind(StartKind::Unanchored))
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .thompson(thompson::Config::new().utf8(true))
            .build(pattern);
        dense.expect("the pattern is good").to_sparse().expect("it is small")
    }

    #[test]
    fn it_finds_what_the_crate_finds() {
        let patterns =
            ["a", "a*", r"\B", r"\b", r"a\B", r"^$", r"$", r"(?:x|\B)b?", r"^\B|c", "", r"(?m)^b"];
        let texts =
            ["", "a", "é", "aé", "éa", "aéa", "aéa,a", "a,b", "\n", "a\nb", "ギルド", "aéb c"];
        let mut seen = [0; 2];
        for pattern in patterns {
            let automaton = automaton(pattern);
            for text in texts {
                let input = Input::new(text).earliest(true);
                let expected = matches!(automaton.try_search_fwd(&input), Ok(Some(_)));
                assert_eq!(
                    is_match(&automaton, text.as_bytes()),
                    expected,
                    "{pattern} in {text:?}"
                );
                seen[usize::from(expected)] += 1;
            }
        }
        assert!(seen.into_iter().all(|count| count > 10), "{seen:?}");
    }

    /// Byte by byte again from the start, this would be some 10^12 steps.
    #[test]
    fn a_long_text_is_searched_once() {
        let automaton = automaton(r"\B");
        assert!(automaton.has_empty() && automaton.is_utf8(), "this tries the other search");
        let text = format!("{}aéa", "a,".repeat(1 << 20));
        assert!(!is_match(&automaton, text.as_bytes()));
        assert!(is_match(&automaton, format!("{text},,").as_bytes()));
        let text = format!("a{}a", "é".repeat(1 << 20));
        assert!(is_match(&automaton, text.as_bytes()));
    }
}
