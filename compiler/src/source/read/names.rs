//! Names and ids: which characters they may have, that they are unique, and what
//! somebody who mistyped one may have meant.
//!
//! In: keys and strings. Out: whether they can stand, and findings if not.

use super::declared::Kind;
use super::reader::Reader;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::compose::brief;
use crate::source::node::Node;
use crate::source::span::Span;
use crate::source::text::Text;

/// Bytes of a name or id.
const MAX_NAME: usize = 128;

/// Words that CEL keeps for itself wherever a name may stand.
const KEYWORDS: [&str; 4] = ["false", "in", "null", "true"];
/// Words that CEL keeps for itself where an expression may begin (cel-spec,
/// section "Syntax", RESERVED).
const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "namespace",
    "package",
    "return",
    "var",
    "void",
    "while",
];
/// Names that expressions of this language begin with.
const TAKEN: [&str; 8] =
    ["cel", "constants", "fences", "geo", "math", "sets", "strings", "variables"];

impl Reader<'_> {
    /// Whether a name is new. `place` is where it is declared: that of the name,
    /// but of an alias, which has the name of its anchor, the alias.
    pub fn declare(&mut self, kind: Kind, name: &Text, place: Span) -> bool {
        let Some(first) = self.names.declare(kind, &name.value, place) else {
            return true;
        };
        let (word, name) = (kind.word(), brief(&name.value));
        self.report(
            Diagnostic::new(Code::DuplicateName, format!("there are two {word}s named `{name}`"))
                .at(place, "again here")
                .also(first, "first here"),
        );
        false
    }

    /// The same for what `whole` is and `name` is the name of.
    pub fn declare_within(&mut self, kind: Kind, name: &Node, whole: &Node) -> bool {
        let Some(text) = name.text() else { return false };
        let (outer, inner) = (whole.span, name.span);
        let is_within = outer.file == inner.file
            && (outer.start..=outer.end).contains(&inner.start)
            && inner.end <= outer.end;
        self.declare(kind, text, if is_within { inner } else { outer })
    }

    /// Whether a name can be written in CEL after a dot: `[A-Za-z_][A-Za-z0-9_]*`.
    pub fn identifier(&mut self, name: &Text, what: &str) -> bool {
        let value = name.value.as_str();
        if !is_identifier(value) {
            let help = "a name has letters, digits and `_`, and doesn't begin with a digit";
            self.invalid_name(name, what, help);
            return false;
        }
        if KEYWORDS.contains(&value) {
            self.reserved_name(name, what, "CEL");
            return false;
        }
        self.short(name, what)
    }

    /// Whether an identifier can begin an expression.
    pub fn root_identifier(&mut self, name: &Text, what: &str) -> bool {
        let value = name.value.as_str();
        if RESERVED.contains(&value) {
            self.reserved_name(name, what, "CEL");
            return false;
        }
        if TAKEN.contains(&value) {
            self.reserved_name(name, what, "the language");
            return false;
        }
        self.identifier(name, what)
    }

    /// Whether an id is `[a-z0-9][a-z0-9-]*`.
    pub fn id(&mut self, name: &Text, what: &str) -> bool {
        let bytes = name.value.as_bytes();
        let legal = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        if !bytes.first().is_some_and(legal) || !bytes.iter().all(|b| legal(b) || *b == b'-') {
            let help = "it has small letters, digits and `-`, and begins with a letter or digit";
            self.invalid_name(name, what, help);
            return false;
        }
        self.short(name, what)
    }

    /// Whether the name of a group of rules is an identifier or an id.
    pub fn group_name(&mut self, name: &Text, what: &str) -> bool {
        let bytes = name.value.as_bytes();
        let legal = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        if !bytes.first().is_some_and(legal) || !bytes.iter().all(|b| legal(b) || *b == b'-') {
            let help = "it has letters, digits, `_` and `-`";
            self.invalid_name(name, what, help);
            return false;
        }
        self.short(name, what)
    }

    fn short(&mut self, name: &Text, what: &str) -> bool {
        let fits = name.value.len() <= MAX_NAME;
        if !fits {
            self.report(
                Diagnostic::new(
                    Code::InvalidName,
                    format!(
                        "{what} has {} bytes; at most {MAX_NAME} are allowed",
                        name.value.len()
                    ),
                )
                .at(name.span(), ""),
            );
        }
        fits
    }

    fn invalid_name(&mut self, name: &Text, what: &str, help: &str) {
        let message = format!("`{}` can't be {what}", brief(&name.value));
        self.report(Diagnostic::new(Code::InvalidName, message).at(name.span(), "").help(help));
    }

    fn reserved_name(&mut self, name: &Text, what: &str, owner: &str) {
        let message = format!("`{}` can't be {what}: {owner} uses the word", name.value);
        self.report(Diagnostic::new(Code::ReservedName, message).at(name.span(), ""));
    }
}

fn is_identifier(name: &str) -> bool {
    let bytes = name.as_bytes();
    let legal = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    bytes.iter().all(legal) && bytes.first().is_some_and(|b| !b.is_ascii_digit())
}

/// The name that is closest to a mistyped one, if any is close.
pub(super) fn suggestion<'n>(
    name: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    // The distance costs the product of both lengths.
    if name.len() > MAX_NAME {
        return None;
    }
    let name = name.to_lowercase();
    let distance = |other: &str| {
        let other = other.to_lowercase();
        // `prio` for `priority`, `sunday` for `sun`.
        let shorter = name.len().min(other.len());
        if shorter >= 3 && (name.starts_with(&other) || other.starts_with(&name)) {
            return Some(usize::from(name != other));
        }
        let distance = strsim::damerau_levenshtein(&name, &other);
        (distance <= (shorter.max(3) / 3).min(3)).then_some(distance)
    };
    names
        .into_iter()
        .filter_map(|other| distance(other).map(|distance| (distance, other)))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let keys = ["condition", "enabled", "id", "output"];
        assert_eq!(suggestion("conditon", keys), Some("condition"));
        assert_eq!(suggestion("ouptut", keys), Some("output"));
        assert_eq!(suggestion("Enabled", keys), Some("enabled"));
        assert_eq!(suggestion("cond", keys), Some("condition"));
        assert_eq!(suggestion("outputs", keys), Some("output"));
        assert_eq!(suggestion("when", keys), None);
        assert_eq!(suggestion("thing", ["string"]), None);
        assert_eq!(suggestion(&"x".repeat(1 << 20), keys), None);
    }
}
