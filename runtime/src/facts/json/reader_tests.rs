//! What `json.rs` promises, checked against serde_json.

use super::super::quoted::LONGEST;
use super::*;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// Whether a text is one value of JSON.
fn is_json(text: &str) -> bool {
    let mut reader = Reader::new(text);
    reader.skip().and_then(|()| reader.end()).is_ok()
}

fn text(json: &str) -> Result<String, &'static str> {
    match Reader::new(json).value() {
        Ok(Token::String(quoted)) => quoted.text().map(Cow::into_owned).map_err(|f| f.message),
        other => panic!("{json} begins with {other:?}"),
    }
}

const GOOD: [&str; 24] = [
    "null",
    " true\t",
    "false\r",
    "0",
    "-0",
    "-0.0e-0",
    "12.50E+2",
    "1e999999999999999999999999",
    "\"\"",
    r#""a\"\\\/\b\f\n\r\t\u00e9é""#,
    r#""\ud83c\udfc6""#,
    r#""\ud800""#,
    "[]",
    "[ ]",
    "{}",
    "{ }",
    "[1,[2,[3]],{}]",
    r#"{"a":{"b":[{"c":null}]},"a":2}"#,
    "[[],[],{},{}]",
    r#"{"":[]}"#,
    "[\n1\n,\n2\n]",
    "\"\u{7f}\u{80}\u{2028}\"",
    r#"[{"a":[{"b":[{}]}]},[[[{"c":[]}]]]]"#,
    "9.999999999999999999999999999999999",
];

const BAD: [&str; 52] = [
    "",
    " ",
    "nul",
    "nulll",
    "True",
    "NaN",
    "Infinity",
    "-",
    "+1",
    "01",
    "-01",
    "00",
    "1.",
    ".5",
    "1e",
    "1e+",
    "1.e5",
    "0x1",
    "1 2",
    "-a",
    "\"",
    "\"\\",
    "\"\\\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\\uD83\"",
    "\"\t\"",
    "\"\n\"",
    "\"\0\"",
    "[",
    "]",
    "[1",
    "[1,",
    "[,1]",
    "[1,]",
    "[1 2]",
    "[1}",
    "{",
    "}",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,",
    "{\"a\":1,}",
    "{a:1}",
    "{1:1}",
    "{\"a\" 1}",
    "{\"a\":1]",
    "{\"a\":1 \"b\":2}",
    "'a'",
    "\u{feff}1",
];

#[test]
fn what_is_passed_over_is_json_all_the_same() {
    for text in GOOD {
        assert!(is_json(text), "{text}");
        assert!(serde_json::from_str::<IgnoredAny>(text).is_ok(), "{text}");
    }
    for text in BAD {
        assert!(!is_json(text), "{text}");
        assert!(serde_json::from_str::<IgnoredAny>(text).is_err(), "{text}");
        let inside = format!("{{\"a\":[[{text}]]}}");
        assert_eq!(is_json(&inside), serde_json::from_str::<IgnoredAny>(&inside).is_ok());
    }
}

/// Any text of the characters that matter.
#[test]
fn a_text_is_json_where_serde_json_says_so() {
    let parts =
        ["[", "]", "{", "}", ",", ":", "\"a\"", "\"\\u00e9\"", "0", "1", "-", ".", "e", " "];
    let mut state = 1_u64;
    let (mut good, mut bad) = (0, 0);
    for round in 0..200_000_u64 {
        let mut text = String::new();
        for _ in 0..round % 12 {
            // Knuth's generator, of which the upper bits are good.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text.push_str(parts[(state >> 33) as usize % parts.len()]);
        }
        let expected = serde_json::from_str::<IgnoredAny>(&text).is_ok();
        assert_eq!(is_json(&text), expected, "{text}");
        (good, bad) = (good + u32::from(expected), bad + u32::from(!expected));
    }
    assert!(good > 1_000 && bad > 1_000, "{good} {bad}");
}

#[test]
fn strings_are_decoded_as_they_are_wanted() {
    for json in GOOD.into_iter().filter(|json| json.starts_with('"')) {
        assert_eq!(text(json).ok(), serde_json::from_str::<String>(json).ok(), "{json}");
    }
    let lone = "half of a surrogate pair in an escape";
    for json in [r#""\ud800""#, r#""\udfff\ud800""#, r#""\ud800\ud800""#, r#""\ud800x\udc00""#] {
        assert_eq!(text(json), Err(lone), "{json}");
    }
    let half = Reader::new(r#" "ab\n\ud800""#).value();
    let Ok(Token::String(quoted)) = half else { panic!("{half:?}") };
    assert_eq!(quoted.text(), Err(Fault { message: lone, at: 6 }));
}

#[test]
fn a_string_that_no_fact_takes_is_not_kept() {
    let long = format!("\"\\n{}\"", "\\u00e9".repeat(LONGEST));
    let Ok(Token::String(quoted)) = Reader::new(&long).value() else { panic!("is a string") };
    let text = quoted.text().expect("is in order");
    assert!(matches!(text, Cow::Borrowed(_)));
    assert!(text.len() > LONGEST);
    let most = format!("\"\\n{}\"", "x".repeat(LONGEST - 1));
    let Ok(Token::String(quoted)) = Reader::new(&most).value() else { panic!("is a string") };
    assert_eq!(quoted.text().expect("is in order").len(), LONGEST);
}

#[test]
fn any_depth_is_passed_over() {
    let deep = |open: &str, close: &str, depth| open.repeat(depth) + "1" + &close.repeat(depth);
    assert!(is_json(&deep("[", "]", 1_000_000)));
    assert!(is_json(&deep("{\"a\":", "}", 1_000_000)));
    assert!(is_json(&deep("[{\"a\":[", "]}]", 300_000)));
    assert!(!is_json(&(deep("[{\"a\":[", "]}]", 300_000).replace("]}]]}]]}]", "]}]}]"))));
    assert!(!is_json(&"[".repeat(1_000_000)));
}

#[test]
fn a_fault_says_where_it_is() {
    for (text, message, at) in [
        ("{\"a\":NaN}", "expected value", 5),
        ("[1, 02]", "invalid number", 5),
        ("{\"a\":1,}", "trailing comma", 7),
        ("[1 2]", "expected `,` or `]`", 3),
        ("{1:1}", "key must be a string", 1),
        ("[\"a\\x\"]", "invalid escape", 3),
        ("{\"a", "EOF while parsing a string", 3),
        ("1 x", "trailing characters", 2),
    ] {
        let mut reader = Reader::new(text);
        let fault = reader.skip().and_then(|()| reader.end());
        assert_eq!(fault, Err(Fault { message, at }), "{text}");
    }
}
