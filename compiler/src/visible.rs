//! Foreign text as people may safely see it: names, ids, descriptions, paths,
//! lines of source, whatever this program did not write itself.
//!
//! In: any text. Out: text without anything that a terminal obeys or doesn't
//! show. Everything foreign passes through here on its way to a terminal, a log
//! or a generated comment: [`escaped`] in text for people, [`escaped_json`] in
//! lines of JSON.
//!
//! Escaped are, as in `\u{202e}`: control characters (C0, DEL, C1), line breaks
//! of any kind, format characters (general category Cf: marks of direction, the
//! soft hyphen, tags), and all else that is invisible by default (the property
//! `Default_Ignorable_Code_Point`). All other text stays as it is, in every
//! script. Of the invisible characters those stay that ordinary writing needs,
//! where it needs them: U+200D and the variation selectors U+FE0E and U+FE0F in
//! emoji, U+200C and U+200D within words of Arabic, Persian or an Indic script.
//! There they change how their neighbours look, and can hide nothing.
//!
//! Backslashes are not doubled: the aim is that nothing acts, not that the
//! original can be read back.

use std::borrow::Cow;
use std::fmt::Write;

/// Text for one line of a terminal.
pub fn escaped(text: &str) -> Cow<'_, str> {
    rewritten(text, is_hidden, in_text)
}

/// Text of several lines that this program has laid out, in which foreign parts
/// are escaped already: a last look, which leaves its line breaks.
pub fn escaped_lines(text: &str) -> Cow<'_, str> {
    rewritten(text, |character| character != '\n' && is_hidden(character), in_text)
}

/// A line of source: tabs stay, which whoever shows it makes spaces.
pub(crate) fn escaped_source(line: &str) -> Cow<'_, str> {
    rewritten(line, |character| character != '\t' && is_hidden(character), in_text)
}

/// Whether text stays as it is in each of these ways, at a glance: all of it is printable ASCII.
pub fn is_plain(text: &[u8]) -> bool {
    first_unusual(text).is_none()
}

/// Lines of JSON with the same characters escaped as JSON has it (`\u202e`), so
/// that the values stay the same. Without line breaks within, JSON has such
/// characters in strings only.
pub fn escaped_json(json: &str) -> Cow<'_, str> {
    rewritten(json, |character| character != '\n' && is_hidden(character), in_json)
}

/// Where the first byte is that is not printable ASCII. Nearly all text has none, so bytes
/// are looked at side by side.
fn first_unusual(text: &[u8]) -> Option<usize> {
    let is_unusual = |byte: &u8| !matches!(byte, b' '..=b'~');
    let (chunks, rest) = text.as_chunks::<32>();
    // What is below a space becomes large, and the largest of many is one instruction.
    let highest = |chunk: &[u8; 32]| {
        chunk.iter().fold(0, |highest: u8, byte| highest.max(byte.wrapping_sub(b' ')))
    };
    let has_one = |chunk: &[u8; 32]| highest(chunk) > b'~' - b' ';
    let plain = chunks.iter().position(has_one).unwrap_or(chunks.len()) * 32;
    let rest = if plain < chunks.len() * 32 { text.get(plain..)? } else { rest };
    rest.iter().position(is_unusual).map(|at| plain + at)
}

fn rewritten<'t>(
    text: &'t str,
    is_hidden: impl Fn(char) -> bool,
    escape: fn(char, &mut String),
) -> Cow<'t, str> {
    let Some(first) = first_unusual(text.as_bytes()) else {
        return Cow::Borrowed(text);
    };
    // All before it is ASCII, so that this is where a character begins.
    let (plain, rest) = text.split_at(first);
    let mut before = plain.chars().next_back();
    let mut characters = rest.chars().peekable();
    let mut changed: Option<String> = None;
    let mut at = first;
    while let Some(character) = characters.next() {
        let hides = is_hidden(character) && !joins(before, character, characters.peek().copied());
        if hides {
            let shown = changed.get_or_insert_with(|| text.get(..at).unwrap_or("").to_owned());
            escape(character, shown);
        } else if let Some(shown) = &mut changed {
            shown.push(character);
        }
        before = Some(character);
        at += character.len_utf8();
    }
    changed.map_or(Cow::Borrowed(text), Cow::Owned)
}

fn in_text(character: char, shown: &mut String) {
    match character {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        // Writing to a string can't fail.
        other => drop(write!(shown, "\\u{{{:x}}}", u32::from(other))),
    }
}

fn in_json(character: char, shown: &mut String) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        // Writing to a string can't fail.
        let _ = write!(shown, "\\u{unit:04x}");
    }
}

/// Whether an invisible character does what ordinary writing needs it for.
fn joins(before: Option<char>, character: char, after: Option<char>) -> bool {
    let (Some(before), after) = (before, after.unwrap_or(' ')) else { return false };
    match character {
        '\u{200d}' if is_emoji(after) => is_emoji(before) || before == '\u{fe0f}',
        '\u{200c}' | '\u{200d}' => is_cursive(before) && is_cursive(after),
        // After `❤`, or between a digit and the cap of its key.
        '\u{fe0e}' | '\u{fe0f}' => is_emoji(before) || after == '\u{20e3}',
        _ => false,
    }
}

/// Whether a character may be a part of an emoji: the blocks that have them,
/// with some symbols besides.
fn is_emoji(character: char) -> bool {
    matches!(character,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{24c2}'
        | '\u{25a0}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}'
        | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Whether a character is of a script whose words are spelt with joiners:
/// Arabic, Syriac, Thaana, N'Ko, and those of India from Devanagari to Sinhala.
fn is_cursive(character: char) -> bool {
    matches!(character, '\u{620}'..='\u{dff}') && !is_hidden(character)
}

/// Whether a terminal obeys a character or shows nothing for it.
fn is_hidden(character: char) -> bool {
    let code = u32::from(character);
    let at = HIDDEN.partition_point(|(_, last)| *last < code);
    HIDDEN.get(at).is_some_and(|(first, _)| *first <= code)
}

/// The general categories Cc, Cf, Zl and Zp, and `Default_Ignorable_Code_Point`
/// (Unicode 16, `DerivedCoreProperties.txt`), in order.
#[rustfmt::skip]
const HIDDEN: &[(u32, u32)] = &[
    (0x0, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x600, 0x605), (0x61C, 0x61C),
    (0x6DD, 0x6DD), (0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2), (0x115F, 0x1160),
    (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F),
    (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB),
    (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_escaped_wherever_it_stands() {
        for before in 0..100 {
            for behind in [0, 1, 40] {
                let around = |middle: &str| "x".repeat(before) + middle + &"y".repeat(behind);
                assert_eq!(escaped(&around("\u{1b}")), around("\\u{1b}"));
                assert_eq!(escaped(&around("é")), around("é"));
                assert_eq!(escaped(&around("\u{7f}")), around("\\u{7f}"));
            }
        }
    }

    #[test]
    fn what_a_terminal_obeys_or_hides_is_escaped() {
        for (text, shown) in [
            ("a\u{1b}[2Jb", "a\\u{1b}[2Jb"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("nul\0 del\u{7f}", "nul\\u{0} del\\u{7f}"),
            ("a\nb\rc\td", "a\\nb\\rc\\td"),
            ("\u{85}\u{2028}\u{2029}\u{b}\u{c}", "\\u{85}\\u{2028}\\u{2029}\\u{b}\\u{c}"),
            ("gpj.\u{202e}exe\u{2066}", "gpj.\\u{202e}exe\\u{2066}"),
            ("a\u{200b}b\u{ad}c\u{feff}", "a\\u{200b}b\\u{ad}c\\u{feff}"),
            ("a\u{200d}b\u{200c}c\u{fe0f}", "a\\u{200d}b\\u{200c}c\\u{fe0f}"),
            ("\u{e0041}\u{e007f}", "\\u{e0041}\\u{e007f}"),
            ("\u{3164}\u{115f}\u{180e}\u{34f}", "\\u{3164}\\u{115f}\\u{180e}\\u{34f}"),
            // A selector or joiner where there is nothing for it to do.
            ("❤\u{fe0f}\u{fe0f}", "❤\u{fe0f}\\u{fe0f}"),
            ("👩\u{200d}\u{200d}💻", "👩\\u{200d}\\u{200d}💻"),
        ] {
            assert_eq!(escaped(text), shown);
        }
    }

    #[test]
    fn ordinary_text_of_any_script_stays() {
        for text in [
            "",
            "golden-idol",
            "C:\\new \"folder\"",
            "naïve Ελλάδα Україна",
            "日本語 한국어 ไทย",
            "שלום עליכם",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "👩\u{200d}💻 👨\u{200d}👩\u{200d}👧 👩🏽\u{200d}🚀 ❤\u{fe0f}\u{200d}🔥 1\u{fe0f}\u{20e3}",
        ] {
            assert_eq!(escaped(text), text);
            assert_eq!(escaped_json(text), text);
            assert!(matches!(escaped(text), Cow::Borrowed(_)));
        }
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({"a\u{202e}": "\u{85}\u{e0041}\u{7f}\u{2028}\n"});
        let json = format!("{value}\n");
        let shown = escaped_json(&json);
        assert_eq!(shown, "{\"a\\u202e\":\"\\u0085\\udb40\\udc41\\u007f\\u2028\\n\"}\n");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).ok(), Some(value));
    }

    #[test]
    fn lines_keep_what_they_are_made_of() {
        assert_eq!(escaped_lines("a\nb\u{1b}\t"), "a\nb\\u{1b}\\t");
        assert_eq!(escaped_source("\ta\u{1b}\u{2028}"), "\ta\\u{1b}\\u{2028}");
    }

    #[test]
    fn ranges_are_in_order_and_apart() {
        assert!(HIDDEN.iter().all(|(first, last)| first <= last));
        assert!(HIDDEN.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
    }
}
