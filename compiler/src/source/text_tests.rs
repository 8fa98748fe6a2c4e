//! Every part of a decoded text leads back to where it was written.

use super::*;
use crate::diagnostic::Diagnostics;
use crate::source::compose::{Budget, compose};
use crate::source::node::NodeKind;
use crate::source::sources::Sources;

/// The text behind the key `k` at the top of a document.
fn text_of(yaml: &str) -> (Sources, Text) {
    let mut sources = Sources::default();
    let file = sources.push("t.yaml".into(), "t.yaml".into(), yaml.into());
    let mut diagnostics = Diagnostics::default();
    let root = compose(sources.text(file), file, &mut Budget::default(), &mut diagnostics)
        .unwrap_or_else(|| panic!("{yaml:?}: {diagnostics:?}"));
    assert!(diagnostics.is_empty(), "{yaml:?}: {diagnostics:?}");
    let node = root.value("k").unwrap_or_else(|| panic!("{yaml:?} has no k"));
    let text = node.text().unwrap_or_else(|| panic!("{yaml:?}: k is no scalar")).clone();
    (sources, text)
}

/// Finds `part` in the value and asserts that it was written as `written`.
fn assert_written(yaml: &str, value: &str, part: &str, written: &str) {
    let (sources, text) = text_of(yaml);
    assert_eq!(text.value, value, "{yaml:?}");
    let start = text.value.find(part).unwrap_or_else(|| panic!("{part:?} not in {value:?}"));
    let span = text.locate(&sources, start as u32, (start + part.len()) as u32);
    assert_eq!(sources.slice(span), written, "{part:?} in {yaml:?}");
    assert!(text.pieces(yaml).is_some(), "{yaml:?} can't be mapped");
}

#[test]
fn plain_scalars_on_one_line_map_byte_for_byte() {
    assert_written("k: a == 'é' && b\n", "a == 'é' && b", "'é'", "'é'");
    assert_written("k:   x  y  # c\n", "x  y", "x  y", "x  y");
    assert_written("\u{feff}k: 日本 語\n", "日本 語", "語", "語");
    assert_written("{k: a b, l: 1}", "a b", "b", "b");
    assert_written("k: 12.50\n", "12.50", "50", "50");
}

#[test]
fn plain_scalars_over_several_lines_are_folded() {
    let yaml = "k: one\n   two \n\n\n   three\n";
    let value = "one two\n\nthree";
    assert_written(yaml, value, "two", "two");
    assert_written(yaml, value, "three", "three");
    assert_written(yaml, value, "e t", "e\n   t");
    assert_written(yaml, value, "two\n\nthree", "two \n\n\n   three");
    assert_written("k: one\r\n   é\r\n\r\n   x\r\n", "one é\nx", "é", "é");
    assert_written("k: one\r\n   é\r\n\r\n   x\r\n", "one é\nx", "x", "x");
    assert_written("k:\n  a &&\n  b\n", "a && b", "&& b", "&&\n  b");
}

#[test]
fn single_quotes_double_and_fold() {
    assert_written("k: 'it''s é'\n", "it's é", "'", "''");
    assert_written("k: 'it''s é'\n", "it's é", "s é", "s é");
    assert_written("k: 'it''s é'\n", "it's é", "t's", "t''s");
    assert_written("k: 'a\n\n   b  \n  c'\n", "a\nb c", "b", "b");
    assert_written("k: 'a\n\n   b  \n  c'\n", "a\nb c", "c", "c");
    assert_written("k: '\n  a'\n", " a", "a", "a");
    assert_written("k: ' a '\n", " a ", " a ", " a ");
}

#[test]
fn double_quotes_escape_and_fold() {
    let yaml = r#"k: "a\tb \u00e9\x41\U0001F600\"\\z""#;
    let value = "a\tb éA😀\"\\z";
    assert_written(yaml, value, "\t", r"\t");
    assert_written(yaml, value, "é", r"\u00e9");
    assert_written(yaml, value, "A", r"\x41");
    assert_written(yaml, value, "😀", r"\U0001F600");
    assert_written(yaml, value, "\"", "\\\"");
    assert_written(yaml, value, "\\z", r"\\z");
    assert_written(yaml, value, "b é", r"b \u00e9");
    assert_written(r#"k: "\ud83d\ude00x""#, "😀x", "😀", r"\ud83d\ude00");
    assert_written(r#"k: "\ud83d\ude00x""#, "😀x", "x", "x");
    assert_written(r#"k: "\N\_\L\P\0\e\/""#, "\u{85}\u{a0}\u{2028}\u{2029}\0\u{1b}/", "/", r"\/");
    assert_written("k: \"a\\\n   b\"\n", "ab", "b", "b");
    assert_written("k: \"a\\\n\n\n  b\"\n", "a\n\nb", "b", "b");
    assert_written("k: \"a \\\n  \\ b\"\n", "a  b", "b", "b");
    assert_written("k: \"a  \n\n  b\\\n  \"\n", "a\nb", "b", "b");
    assert_written("k: \"a\r\n  é\r\n\r\n  c\"\r\n", "a é\nc", "c", "c");
    assert_written("k: \"a\r\n  é\r\n\r\n  c\"\r\n", "a é\nc", "é", "é");
}

#[test]
fn literal_blocks_keep_lines_and_drop_indentation() {
    let yaml = "k: |\n  a &&\n    é\n\n  c\nz: 1\n";
    let value = "a &&\n  é\n\nc\n";
    assert_written(yaml, value, "a &&", "a &&");
    assert_written(yaml, value, "é", "é");
    assert_written(yaml, value, "c", "c");
    assert_written(yaml, value, "  é", "  é");
    assert_written(yaml, value, "&&\n  é", "&&\n    é");
    assert_written("k: |\r\n  a\r\n  é\r\n", "a\né\n", "é", "é");
    assert_written("k: |2\n     a\n   b\n", "   a\n b\n", " a", " a");
    assert_written("k: |2\n     a\n   b\n", "   a\n b\n", "b", "b");
    assert_written("k: |\n\n   \n   a\n", "\n\na\n", "a", "a");
    assert_written("k: |-  # note\n  a\n  b\n\n\n", "a\nb", "b", "b");
    assert_written("k: |+\n  a\n\n \n  \nz: 1\n", "a\n\n\n\n", "a", "a");
    assert_written("k: |\n  a\n  b", "a\nb\n", "b", "b");
    assert_written("m:\n- 1\nk: |\n    x\n", "x\n", "x", "x");
}

#[test]
fn folded_blocks_fold_all_but_indented_lines() {
    let yaml = "k: >-\n  a\n  é\n\n  c\n   d\n   e\n\n  f\n\n\n";
    let value = "a é\nc\n d\n e\n\nf";
    for part in ["a", "é", "c", "d", "e", "f"] {
        assert_written(yaml, value, part, part);
    }
    assert_written(yaml, value, "a é", "a\n  é");
    assert_written("k: >\r\n  a\r\n  b\r\n\r\n\r\n  c\r\n", "a b\n\nc\n", "c", "c");
    assert_written("k: >+\n\n  a\n  b\n\n\n", "\na b\n\n\n", "b", "b");
    assert_written("k: >1\n  a\n b\n\n  c\n", " a\nb\n\n c\n", "b", "b");
    assert_written("k: >1\n  a\n b\n\n  c\n", " a\nb\n\n c\n", "c", "c");
}

#[test]
fn a_point_between_characters_is_an_empty_span_there() {
    let (sources, text) = text_of("k: 'a''b'\n");
    let at = |n| text.locate(&sources, n, n);
    assert_eq!((at(0).start, at(0).end), (4, 4));
    assert_eq!(at(1).start, 5);
    assert_eq!(at(2).start, 7);
    assert_eq!((at(3).start, at(3).end), (8, 8));
    assert_eq!(at(99), at(3));
    let (sources, text) = text_of("k: \"\"\n");
    assert_eq!(text.locate(&sources, 0, 0).start, 4);
}

#[test]
fn another_source_gives_the_whole_scalar() {
    let (_, text) = text_of("k: \"a\\tb\"\n");
    let mut other = Sources::default();
    other.push("o".into(), "o".into(), "something else altogether".into());
    assert_eq!(text.locate(&other, 1, 2), text.span());
    assert_eq!(text.locate(&Sources::default(), 1, 2), text.span());
}

/// Scalars of all styles put together from awkward parts: whatever the parser
/// makes of one, it must map, and what stands for itself must be found as itself.
#[test]
fn whatever_the_parser_decodes_can_be_mapped() {
    let parts = [
        "a", "é", "日本", " ", "  ", "\n", "\n\n", "\r\n", "b c", "''", "x: y", "\\n", "\\\n",
        "\t", "#",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % n as u64) as usize
    };
    let (mut mapped, mut located) = (0, 0);
    for _ in 0..60_000 {
        let style = random(5);
        let mut body = String::new();
        for _ in 0..random(9) {
            body.push_str(parts[random(parts.len())]);
        }
        let lines = |indent: &str| body.replace('\n', &format!("\n{indent}"));
        let header = ["", "-", "+", "2", "2-", "+2"][random(6)];
        let end = ["", "\n", "\n\n", "\nz: 1\n"][random(4)];
        let yaml = match style {
            0 => format!("k: x{}{end}", lines("  ")),
            1 => format!("k: '{}'{end}", lines("  ")),
            2 => format!("k: \"{}\"{end}", lines("  ").replace("''", "\\u00e9")),
            3 => format!("k: |{header}\n  {}{end}", lines("  ")),
            _ => format!("k: >{header}\n  {}{end}", lines("  ")),
        };
        let mut sources = Sources::default();
        let file = sources.push("t".into(), "t".into(), yaml.clone());
        let mut diagnostics = Diagnostics::default();
        let root = compose(&yaml, file, &mut Budget::default(), &mut diagnostics);
        let Some(root) = root else { continue };
        let NodeKind::Map(_) = root.kind else {
            continue;
        };
        let Some(text) = root.value("k").and_then(|n| n.text()) else {
            continue;
        };
        // A block of nothing but line feeds has no content to point at.
        if text.value.trim_matches('\n').is_empty() {
            continue;
        }
        assert!(text.pieces(&yaml).is_some(), "{yaml:?} gave {:?}", text.value);
        mapped += 1;
        for (at, character) in text.value.char_indices() {
            if !character.is_whitespace() && !matches!(character, '\'' | '\\') {
                let end = at + character.len_utf8();
                let span = text.locate(&sources, at as u32, end as u32);
                let written = sources.slice(span);
                let is_same = written.chars().eq([character]) || written == "\\u00e9";
                assert!(is_same, "{character:?} at {at} of {yaml:?} gave {written:?}");
                located += 1;
            }
        }
    }
    assert!(mapped > 10_000 && located > 50_000, "{mapped} {located}");
}
