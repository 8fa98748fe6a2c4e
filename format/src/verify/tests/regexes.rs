//! Automata that nobody compiled: whatever the check lets through can be searched,
//! soon and without a panic.

use super::fixture::tables;
use super::{access, bytes_of, refused, seal};
use crate::archive::Blob;
use crate::meaning::regex::is_match;
use crate::verify::{Limits, verify_and_decode};
use regex_automata::dfa::{StartKind, dense, sparse};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;

fn automaton(pattern: &str) -> Vec<u8> {
    let dense = dense::Builder::new()
        .configure(dense::Config::new().start_kind(StartKind::Unanchored))
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .thompson(thompson::Config::new().utf8(true))
        .build(pattern);
    dense.expect("builds").to_sparse().expect("builds").to_bytes_little_endian()
}

/// Searches some texts if these bytes are a whole automaton, as the verifier has it.
fn search(bytes: &[u8], texts: &[&[u8]]) -> bool {
    let Ok((automaton, length)) = sparse::DFA::from_bytes(bytes) else { return false };
    if length != bytes.len() {
        return false;
    }
    for text in texts {
        let found = is_match(&automaton, text);
        assert_eq!(is_match(&automaton, text), found, "the same again");
    }
    true
}

#[test]
fn a_damaged_automaton_is_refused_or_searched_without_a_panic() {
    let long = "xyz abc é 0123 ".repeat(50);
    let texts: [&[u8]; 6] =
        [b"", b"a", b"xyzabc", "é größer".as_bytes(), b"\xff\xfe", long.as_bytes()];
    let (mut accepted, mut tried) = (0, 0);
    for pattern in ["a", r"^[a-c]+\d$", r"\B", r"(?m)^(foo|bar)*\b", r"[^x]{2}z"] {
        let whole = automaton(pattern);
        assert!(search(&whole, &texts), "{pattern}");
        for bit in 0..whole.len() * 8 {
            let mut damaged = whole.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            accepted += usize::from(search(&damaged, &texts));
            tried += 1;
        }
        for extreme in [[0_u8; 4], [0xff; 4], [0xff, 0xff, 0xff, 0x7f]] {
            for at in 0..whole.len() - 4 {
                let mut damaged = whole.clone();
                damaged[at..at + 4].copy_from_slice(&extreme);
                accepted += usize::from(search(&damaged, &texts));
                tried += 1;
            }
        }
        for length in 0..whole.len() {
            assert!(!search(&whole[..length], &texts), "{pattern} cut to {length}");
        }
    }
    // Classes of bytes, and transitions to other states that there are, are free.
    assert!(accepted > 100 && accepted < tried / 2, "{accepted} of {tried}");
}

#[test]
fn nothing_stands_behind_an_automaton() {
    refused! { RegexTable:
        0, |r| { r.regexes[0].length += 1; };
        1, |r| {
            let mut bytes = automaton("a");
            bytes.extend([0; 4]);
            let (offset, length) = (r.data.len() as u32, bytes.len() as u32);
            r.data.extend(bytes);
            r.regexes.push(Blob { offset, length });
        };
    }
}

#[test]
fn a_search_for_what_may_be_empty_can_look_at_all_text() {
    let bytes_looked_at = |pattern: &str| {
        let mut r = tables();
        let bytes = automaton(pattern);
        let (offset, length) = (r.data.len() as u32, bytes.len() as u32);
        r.data.extend(bytes);
        r.regexes.push(Blob { offset, length });
        seal(&mut r);
        let bytes = bytes_of(&r);
        let archive = access(&bytes).expect("accessible");
        let (_, automata) = verify_and_decode(archive, &Limits::default()).expect("in order");
        automata[1].work.bytes
    };
    assert!(bytes_looked_at("^ab") <= 3, "{}", bytes_looked_at("^ab"));
    assert_eq!(bytes_looked_at("^"), u32::MAX);
    assert_eq!(bytes_looked_at("^(?:ab|)"), u32::MAX);
}
