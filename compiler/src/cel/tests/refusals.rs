//! What is refused: with which kind, at which place, with which help.

use super::*;

pub(super) fn refused(text: &str) -> Error {
    match parse(text, &Limits::default()) {
        Ok(expr) => panic!("{text} was read as {}", print(&expr)),
        Err(error) => error,
    }
}

/// Asserts kind and place, and that message or help say `hint`.
fn assert_refused(text: &str, kind: ErrorKind, place: &str, hint: &str) {
    let error = refused(text);
    assert_eq!(error.kind, kind, "{text}: {error}");
    assert_eq!(error.range.of(text), place, "{text}: {error} at {:?}", error.range);
    assert!(error.to_string().contains(hint), "{text}: {error}");
}

#[test]
fn habits_from_other_languages_get_the_cel_spelling() {
    for (text, place, hint) in [
        ("a = b", "=", "did you mean `==`?"),
        ("a => b", "=>", "`>=`"),
        ("a === b", "=", "`==`"),
        ("a <> b", ">", "`!=`"),
        ("a & b", "&", "`&&`"),
        ("a | b", "|", "`||`"),
        ("a and b", "and", "`&&`"),
        ("(a OR b)", "OR", "`||`"),
        ("not a", "a", "`!`"),
        ("a not in b", "not", "`!(x in y)`"),
        ("a is b", "is", "`==`"),
        ("name contains 'x'", "contains", "x.contains(y)"),
        ("if a", "if", "? value : other"),
        ("a # b", "#", "`//`"),
        ("/* a */ b", "/", "expected a value, found `/`"),
        ("a; b", ";", "`&&`"),
        ("$a", "$", "without `$`"),
        ("a ** b", "*", "power"),
        ("+1", "+", "no `+`"),
        ("\u{2018}x\u{2019} == a", "\u{2018}", "typographic quote"),
        ("a == \u{201c}x\u{201d}", "\u{201c}", "typographic quote"),
        ("a\u{a0}&& b", "\u{a0}", "U+00A0"),
        ("a ≤ b", "≤", "`<=`"),
        ("größe > 1", "ö", "names are made of"),
        ("a == 'it's'", "s", "the other kind of quote"),
        ("1_000", "_000", "1000"),
        ("0X1F", "X1F", "0x"),
        ("1.5u", "u", "whole numbers"),
        ("2x", "x", "begin with a digit"),
        ("1e", "e", "exponent"),
        ("1.2.3", ".3", "decimal point"),
        ("a b", "b", "operator"),
        ("a 'x'", "'x'", "operator"),
        ("x'a'", "'a'", "prefix"),
    ] {
        assert_refused(text, ErrorKind::Syntax, place, hint);
    }
}

#[test]
fn what_is_missing_is_named() {
    for (text, place, hint) in [
        ("", "", "empty"),
        (" // nothing\n", " // nothing\n", "empty"),
        ("a +", "", "expected a value after `+`, found the end"),
        ("a.", "", "expected a field or a method after `.`"),
        ("a.1", ".1", "expected an operator"),
        ("a ? b", "?", "no `:`"),
        ("a ? b ? c : d : e", "?", "parentheses"),
        ("{a}", "}", "expected `:` after the key"),
        ("T{a}", "}", "expected `:` after the field's name"),
        ("T{1: 2}", "1", "expected a field's name"),
        ("f(a,)", ")", "remove the comma"),
        ("f(,a)", ",", "nothing before this comma"),
        ("[, a]", ",", "nothing before this comma"),
        ("[a,, b]", ",", "nothing before this comma"),
        ("[a b]", "b", "expected `,` or `]`"),
        ("a()()", "(", "only a name can be called"),
        ("'T'{}", "{", "only a type's name"),
        ("(a.b){}", "{", "only a type's name"),
        ("a[]", "]", "expected a value after `[`"),
        ("a.`x`()", "`x`", "backquoted"),
        ("`x`", "`x`", "after a dot"),
        ("a.``", "``", "at least one"),
        ("a.`x:y`", "`x:y`", "map['the key']"),
        ("a.`x", "`x", "no closing backquote"),
        ("\\d", "\\", "between quotes"),
        ("a \u{7} b", "\u{7}", "U+0007"),
        ("a 🦀", "🦀", "no meaning in CEL"),
    ] {
        assert_refused(text, ErrorKind::Syntax, place, hint);
    }
    // The end is pointed at behind the last word, not behind the blank after it.
    assert_eq!(refused("a + \n\n").range, Range::new(3, 3));
}

#[test]
fn unbalanced_parentheses_point_at_the_opening_one() {
    for (text, start, hint) in [
        ("a && (b || c", 5, "this `(` is never closed"),
        ("(", 0, "this `(` is never closed"),
        ("((a)", 0, "this `(` is never closed"),
        ("[a, (b]", 4, "this `(` meets `]` before its `)`"),
        ("f(a, [1, 2)", 5, "this `[` meets `)` before its `]`"),
        ("f(a, ", 1, "this `(` is never closed"),
        ("f(", 1, "this `(` is never closed"),
        ("{'a': [1}", 6, "this `[` meets `}` before its `]`"),
        ("a[b", 1, "this `[` is never closed"),
        ("a[", 1, "this `[` is never closed"),
        ("T{a: 1", 1, "this `{` is never closed"),
        ("{", 0, "this `{` is never closed"),
        ("a)", 1, "`)` closes nothing"),
        ("[a]]", 3, "`]` closes nothing"),
    ] {
        let error = refused(text);
        assert_eq!(error.kind, ErrorKind::Syntax);
        assert_eq!(error.range, Range::new(start, start + 1), "{text}: {error}");
        assert!(error.message.contains(hint), "{text}: {error}");
    }
}

#[test]
fn optionals_are_outside_the_language() {
    for text in ["a.?b", ".?b", "a[?b]", "[?x]", "[1, ?x]", "{?k: v}", "{1: 2, ?k: v}", "T{?f: v}"]
    {
        assert_refused(text, ErrorKind::Outside, "?", "optionals are outside the language");
    }
}

#[test]
fn numbers_beyond_their_type_are_refused() {
    for (text, place, hint) in [
        ("9223372036854775808", "9223372036854775808", "9223372036854775808u"),
        ("a - 9223372036854775808", "9223372036854775808", "beyond an int"),
        ("-9223372036854775809", "-9223372036854775809", "beyond an int"),
        ("1 + 0x10000000000000000", "0x10000000000000000", "beyond an int"),
        ("-(9223372036854775808)", "9223372036854775808", "beyond an int"),
        ("18446744073709551616u", "18446744073709551616u", "beyond a uint"),
        ("1e400", "1e400", "beyond a double"),
    ] {
        assert_refused(text, ErrorKind::Number, place, hint);
    }
}

#[test]
fn bad_escapes_and_open_strings_are_refused_where_they_stand() {
    for (text, place, hint) in [
        (r"a == 'x\dy'", r"\d", "raw string"),
        (r"'\8'", r"\8", "no escape"),
        (r"'\é'", r"\é", "no escape"),
        (r"'\x4'", r"\x4", "2 hexadecimal digits, found 1"),
        (r"'\u12g4'", r"\u12", "4 hexadecimal digits, found 2"),
        (r"'\u+123'", r"\u", "found 0"),
        (r"'\U0001F62'", r"\U0001F62", "8 hexadecimal digits, found 7"),
        (r"'\0'", r"\0", "000"),
        (r"'\400'", r"\400", "000 to 377"),
        (r"'\U00110000'", r"\U00110000", "10FFFF"),
        (r"'\uD83D\uDE2C'", r"\uD83D", r"\U0001F62C"),
        (r"'\uDE2C'", r"\uDE2C", "surrogate"),
        (r"'\U0000D800'", r"\U0000D800", "surrogate"),
        (r"b'\u0041'", r"\u", "bytes"),
        (r"b'\U00000041'", r"\U", "bytes"),
        ("a == 'x", "'x", "no closing '"),
        ("a == 'x\nb'", "'x", "several lines"),
        ("'x\\\n'", "'x\\", "no closing '"),
        ("r'''x''", "r'''x''", "no closing '''"),
        (r"'\'", r"'\'", "no closing '"),
        ("\"", "\"", "no closing \""),
        ("b\"\"\"\\", "b\"\"\"\\", "no closing \"\"\""),
    ] {
        assert_refused(text, ErrorKind::Escape, place, hint);
    }
}

#[test]
fn limits_hold_for_every_way_to_nest() {
    let depth = Limits::default().depth;
    let nested = |open: &str, middle: &str, close: &str, times: usize| {
        [open.repeat(times), middle.to_owned(), close.repeat(times)].concat()
    };
    for (open, middle, close) in [
        ("(", "a", ")"),
        ("[", "a", "]"),
        ("[", "-1", "]"),
        ("{1:", "a", "}"),
        ("f(", "a", ")"),
        ("a.f(", "a", ")"),
        ("T{f:", "a", "}"),
        ("a[", "a", "]"),
        ("!", "a", ""),
        ("-", "a", ""),
        ("a ? b : ", "c", ""),
        ("", "a", "+a"),
        ("", "a", "*a"),
        ("", "a", "<a"),
        ("", "a", ".b"),
        ("", "a", ".b()"),
        ("", "a", "[0]"),
    ] {
        let fits = nested(open, middle, close, depth - 1);
        assert!(parse(&fits, &Limits::default()).is_ok(), "{open}{middle}{close}");
        assert_eq!(canonical(&fits), print(&parsed(&fits)));
        for times in [depth, 10 * depth, 30_000, 100_000] {
            let deep = nested(open, middle, close, times);
            let error = refused(&deep);
            assert_eq!(
                error.kind,
                ErrorKind::Depth,
                "{open}{middle}{close} {times} times: {error}"
            );
        }
    }
    // Unclosed, so that nothing but the nesting can be at fault first.
    assert_eq!(refused(&"(".repeat(1_000_000)).kind, ErrorKind::Depth);
    assert_eq!(refused(&"{a:f(!-[".repeat(100_000)).kind, ErrorKind::Depth);
}

#[test]
fn no_limits_overflow_a_small_stack() {
    // The stack of a test thread, in the build with the largest frames.
    let run = || {
        let limits = Limits { depth: usize::MAX, nodes: usize::MAX, bytes: usize::MAX };
        let worst = "a||b&&c==d+e*-(";
        let deep = [worst.repeat(100_000), ")".repeat(100_000)].concat();
        let error = parse(&deep, &limits).map(drop).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Depth);
        for (worst, close, height) in [
            ("a||b&&c==d+e*-(", ")", 6),
            ("[", "]", 1),
            ("a.f(", ")", 1),
            ("a?b:(", ")", 2),
            ("T{f:", "}", 1),
        ] {
            let times = (Limits::GREATEST_DEPTH - 1) / height;
            let fits = [&worst.repeat(times), "x", &close.repeat(times)].concat();
            let expr = parse(&fits, &limits).unwrap();
            let again = parse(&print(&expr.clone()), &limits).unwrap();
            assert!(again.same_as(&expr));
            assert!(!format!("{expr:?}").is_empty());
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn long_texts_and_many_parts_are_refused() {
    let limits = Limits { depth: 8, nodes: 10, bytes: 40 };
    let items = |count: usize| format!("[{}]", vec!["1"; count].join(","));
    assert!(parse(&items(9), &limits).is_ok());
    assert_eq!(parse(&items(10), &limits).unwrap_err().kind, ErrorKind::Size);
    let padded = |length: usize| format!("a{}", " ".repeat(length - 1));
    assert!(parse(&padded(40), &limits).is_ok());
    let error = parse(&padded(41), &limits).unwrap_err();
    assert_eq!((error.kind, error.range), (ErrorKind::Size, Range::new(40, 41)));
    // The limit may fall into a character; the range doesn't.
    let text = format!("'{}é'", "x".repeat(38));
    let error = parse(&text, &limits).unwrap_err();
    assert_eq!((error.kind, error.range.of(&text)), (ErrorKind::Size, "é'"));
    let string = format!("'{}'", "x".repeat(40));
    assert_eq!(parse(&string, &limits).unwrap_err().kind, ErrorKind::Size);
    assert_eq!(refused(&vec!["a"; 20_001].join("||")).kind, ErrorKind::Size);
    assert_eq!(refused(&format!("a//{}", "x".repeat(70_000))).kind, ErrorKind::Size);
}
