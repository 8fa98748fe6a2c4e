//! Names of the ruleset as Rust identifiers, no two the same.

use std::collections::HashSet;

/// What can't be a Rust identifier, in any edition.
#[rustfmt::skip]
const KEYWORDS: [&str; 53] = [
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv",
    "pub", "ref", "return", "self", "Self", "static", "struct", "super", "trait", "true", "try",
    "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The identifiers of one scope.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
    /// Whether one of them isn't what rustc calls snake case.
    pub unusual: bool,
}

impl Names {
    /// A scope in which some names mean something already.
    pub fn with(reserved: &[&str]) -> Names {
        let taken = reserved.iter().map(|name| (*name).to_owned()).collect();
        Names { taken, unusual: false }
    }

    /// An identifier like `wanted`, which no other call has given.
    pub fn add(&mut self, wanted: &str) -> String {
        let legal = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let mut name: String = wanted.chars().map(legal).collect();
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            name.insert(0, '_');
        }
        if KEYWORDS.contains(&name.as_str()) {
            name.push('_');
        }
        let mut unique = name.clone();
        let mut number = 2;
        // Ends after as many turns as there are names.
        while !self.taken.insert(unique.clone()) {
            unique = format!("{name}_{number}");
            number += 1;
        }
        self.unusual |= unique.trim_matches('_').contains("__")
            || unique.chars().any(|c| c.is_ascii_uppercase());
        unique
    }
}
