//! Classes of characters: brackets, `\d` and its like, `[:alpha:]`, `\pN`, and
//! the escapes for a single character.
//!
//! In: a cursor, behind the `[` or `\`. Out: sets of code points, with `(?i)`
//! and negation applied in RE2's order: first fold, then negate.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

use super::cursor::Cursor;
use super::error::{RegexError, syntax, unsupported};
use super::names;

/// Under `(?i)`, adds the other cases of each character (Unicode, simple case
/// folding).
pub(super) fn fold(
    cursor: &mut Cursor,
    class: &mut ClassUnicode,
    start: usize,
) -> Result<(), RegexError> {
    if !cursor.flags.ignores_case {
        return Ok(());
    }
    let characters = class.ranges().iter().map(ClassUnicodeRange::len).sum();
    cursor.pay_for_folding(characters, start)?;
    // INVARIANT: it fails only without case data, which this crate turns on.
    let _ = class.try_case_fold_simple();
    Ok(())
}

/// The class in brackets that begins at `start`, whose `[` is read.
pub(super) fn bracketed(cursor: &mut Cursor, start: usize) -> Result<ClassUnicode, RegexError> {
    let is_negated = cursor.take("^");
    let mut ranges = Vec::new();
    let mut groups = ClassUnicode::empty();
    let mut is_first = true;
    loop {
        // A bracket that comes first stands for itself.
        if !is_first && cursor.take("]") {
            break;
        }
        is_first = false;
        if let Some(group) = group_in_brackets(cursor)? {
            groups.union(&group);
            continue;
        }
        let from_start = cursor.at;
        let from = char_in_brackets(cursor, start)?;
        let is_range = cursor.rest().starts_with('-') && !cursor.rest().starts_with("-]");
        let to = if is_range {
            cursor.take("-");
            char_in_brackets(cursor, start)?
        } else {
            from
        };
        if to < from {
            return Err(syntax(
                format!("`{from}` comes after `{to}`: the range is empty"),
                from_start,
                cursor.at,
            ));
        }
        ranges.push(ClassUnicodeRange::new(from, to));
    }
    let mut class = ClassUnicode::new(ranges);
    fold(cursor, &mut class, start)?;
    class.union(&groups);
    if is_negated {
        class.negate();
    }
    Ok(class)
}

/// A `[:alpha:]`, `\d` or `\pN` within brackets, if one is next.
fn group_in_brackets(cursor: &mut Cursor) -> Result<Option<ClassUnicode>, RegexError> {
    let start = cursor.at;
    if let Some((name, _)) =
        cursor.rest().strip_prefix("[:").and_then(|inside| inside.split_once(":]"))
    {
        let end = start + name.len() + 4;
        let (name, is_negated) = match name.strip_prefix('^') {
            Some(name) => (name, true),
            None => (name, false),
        };
        let Some(ranges) = posix(name) else {
            return Err(syntax(format!("there is no class `[:{name}:]`"), start, end).help(
                "such as `[:alpha:]`, `[:digit:]` or `[:word:]`; write `\\[` for a bracket",
            ));
        };
        cursor.at = end;
        return group(cursor, ascii(ranges), is_negated, start).map(Some);
    }
    if cursor.take("\\") {
        let found = escaped_group(cursor, start)?;
        if found.is_none() {
            cursor.at = start;
        }
        return Ok(found);
    }
    Ok(None)
}

fn char_in_brackets(cursor: &mut Cursor, open: usize) -> Result<char, RegexError> {
    let start = cursor.at;
    match cursor.bump() {
        None => Err(syntax("this class is not closed", open, open + 1)
            .help("add `]`, or write `\\[` for a bracket")),
        Some('\\') => escaped_char(cursor, start),
        Some(literal) => Ok(literal),
    }
}

/// After a `\`: the class that it stands for with the next letter, if any.
/// Reads nothing if it is none.
pub(super) fn escaped_group(
    cursor: &mut Cursor,
    start: usize,
) -> Result<Option<ClassUnicode>, RegexError> {
    let letter = cursor.peek();
    let ranges: &[(char, char)] = match letter {
        Some('d' | 'D') => DIGIT,
        Some('w' | 'W') => WORD,
        Some('s' | 'S') => PERL_SPACE,
        Some('p' | 'P') => return unicode(cursor, start).map(Some),
        _ => return Ok(None),
    };
    cursor.bump();
    let is_negated = letter.is_some_and(|letter| letter.is_ascii_uppercase());
    group(cursor, ascii(ranges), is_negated, start).map(Some)
}

/// `\pN`, `\p{Greek}`, `\p{^Greek}`, `\PN`, at the `p`.
fn unicode(cursor: &mut Cursor, start: usize) -> Result<ClassUnicode, RegexError> {
    let mut is_negated = cursor.bump() == Some('P');
    let name = if cursor.take("{") {
        let Some((name, _)) = cursor.rest().split_once('}') else {
            return Err(syntax("the class's name is not closed with `}`", start, cursor.at));
        };
        cursor.at += name.len() + 1;
        name
    } else {
        let name_start = cursor.at;
        cursor.bump();
        cursor.pattern.get(name_start..cursor.at).unwrap_or("")
    };
    let (name, flips) = match name.strip_prefix('^') {
        Some(name) => (name, true),
        None => (name, false),
    };
    is_negated ^= flips;
    let Some(class) = category_or_script(name) else {
        return Err(syntax(format!("there is no category or script `{name}`"), start, cursor.at)
            .help("such as `\\pL`, `\\p{Lu}` or `\\p{Greek}`"));
    };
    group(cursor, class, is_negated, start)
}

/// A general category by its short name, a script by its long one, or `Any`, spelled as RE2 has them.
fn category_or_script(name: &str) -> Option<ClassUnicode> {
    match name {
        "Any" => return Some(ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)])),
        // RE2's "other" leaves out what is not assigned, unlike Unicode's;
        // and surrogates don't occur in UTF-8.
        "C" => {
            let mut other = property("gc=Cc")?;
            other.union(&property("gc=Cf")?);
            other.union(&property("gc=Co")?);
            return Some(other);
        }
        "Cs" => return Some(ClassUnicode::empty()),
        _ => {}
    }
    let kind = match name {
        _ if names::CATEGORIES.contains(&name) => "gc",
        _ if names::SCRIPTS.contains(&name) => "sc",
        _ => return None,
    };
    property(&format!("{kind}={name}"))
}

/// The class of a property, from regex-syntax's Unicode tables.
fn property(query: &str) -> Option<ClassUnicode> {
    match regex_syntax::parse(&format!("\\p{{{query}}}")).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        // A class of one character.
        HirKind::Literal(literal) => {
            let only = std::str::from_utf8(&literal.0).ok()?.chars().next()?;
            Some(ClassUnicode::new([ClassUnicodeRange::new(only, only)]))
        }
        _ => None,
    }
}

/// After a `\` that begins at `start`: the one character that it stands for.
pub(super) fn escaped_char(cursor: &mut Cursor, start: usize) -> Result<char, RegexError> {
    let Some(letter) = cursor.bump() else {
        return Err(syntax("the pattern ends in a backslash", start, cursor.at)
            .help("write `\\\\` for a backslash"));
    };
    match letter {
        'a' => Ok('\x07'),
        'f' => Ok('\x0c'),
        'n' => Ok('\n'),
        'r' => Ok('\r'),
        't' => Ok('\t'),
        'v' => Ok('\x0b'),
        '0' => octal(cursor, start, 0),
        '1'..='7' if cursor.peek().is_some_and(|next| next.is_digit(8)) => {
            octal(cursor, start, letter.to_digit(8).unwrap_or(0))
        }
        'x' => hexadecimal(cursor, start),
        punctuation if punctuation.is_ascii() && !punctuation.is_ascii_alphanumeric() => {
            Ok(punctuation)
        }
        _ => Err(no_such_escape(letter, start, cursor.at)),
    }
}

/// Up to two more octal digits.
fn octal(cursor: &mut Cursor, start: usize, first: u32) -> Result<char, RegexError> {
    let mut value = first;
    for _ in 0..2 {
        match cursor.peek().and_then(|next| next.to_digit(8)) {
            Some(digit) => value = value * 8 + digit,
            None => break,
        }
        cursor.bump();
    }
    code_point(value, start, cursor.at)
}

/// After `\x`: two digits, or any number of them in braces.
fn hexadecimal(cursor: &mut Cursor, start: usize) -> Result<char, RegexError> {
    let digits = if cursor.take("{") {
        let digits = cursor.rest().split_once('}').map_or("", |(digits, _)| digits);
        cursor.at += digits.len();
        if cursor.take("}") { digits } else { "" }
    } else {
        let digits = cursor.rest().get(..2).unwrap_or("");
        cursor.at += digits.len();
        digits
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(syntax("hexadecimal digits expected", start, cursor.at)
            .help("as in `\\x7F` or `\\x{1F600}`"));
    }
    // All are hexadecimal digits: what doesn't fit is no code point, too.
    code_point(u32::from_str_radix(digits, 16).unwrap_or(u32::MAX), start, cursor.at)
}

fn code_point(value: u32, start: usize, end: usize) -> Result<char, RegexError> {
    char::from_u32(value).ok_or_else(|| {
        syntax("this is not a code point of Unicode", start, end)
            .help("they run up to 10FFFF, without the surrogates D800 to DFFF")
    })
}

fn no_such_escape(letter: char, start: usize, end: usize) -> RegexError {
    let (what, help) = match letter {
        '1'..='9' | 'k' | 'g' => ("backreferences are", "compare the parts in CEL"),
        'C' => ("single bytes are", "`.` is a character"),
        'u' | 'U' => ("`\\u` and `\\U` are", "write the code point as `\\x{1F600}`"),
        'Z' => ("`\\Z` is", "`\\z` is the end of the text"),
        'G' => ("`\\G` is", "`\\A` is the start of the text"),
        'h' => ("`\\h` is", "use `[ \\t]`"),
        'R' => ("`\\R` is", "use `\\r?\\n`"),
        _ => {
            return syntax(format!("there is no escape `\\{letter}`"), start, end)
                .help("write the character without the backslash if it stands for itself");
        }
    };
    unsupported(format!("{what} not supported in patterns"), start, end).help(help)
}

/// A named set: folded as a whole, then negated.
fn group(
    cursor: &mut Cursor,
    mut class: ClassUnicode,
    is_negated: bool,
    start: usize,
) -> Result<ClassUnicode, RegexError> {
    fold(cursor, &mut class, start)?;
    if is_negated {
        class.negate();
    }
    Ok(class)
}

fn ascii(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|&(from, to)| ClassUnicodeRange::new(from, to)))
}

const DIGIT: &[(char, char)] = &[('0', '9')];
const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
/// Without the vertical tab, unlike `[:space:]`.
const PERL_SPACE: &[(char, char)] = &[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')];

fn posix(name: &str) -> Option<&'static [(char, char)]> {
    Some(match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\x7f')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        "digit" => DIGIT,
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => WORD,
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    })
}
