//! What patterns mean: RE2's answers where it differs from the `regex` crate,
//! that crate's where it doesn't, and the bounds.

use proptest::prelude::*;
use regex_automata::dfa::{Automaton, sparse};

use super::RegexErrorKind::{Syntax, TooLarge, TooMany, Unsupported};
use super::*;

fn matches(pattern: &str, haystack: &str) -> bool {
    let regex = compile(pattern).unwrap_or_else(|e| panic!("{pattern}: {e:?}"));
    let (dfa, _) = sparse::DFA::from_bytes(&regex.bytes).unwrap();
    is_match(&dfa, haystack.as_bytes())
}

#[track_caller]
fn expect(pattern: &str, yes: &[&str], no: &[&str]) {
    for haystack in yes {
        assert!(matches(pattern, haystack), "{pattern} matches {haystack:?}");
    }
    for haystack in no {
        assert!(!matches(pattern, haystack), "{pattern} doesn't match {haystack:?}");
    }
}

#[track_caller]
fn refused(pattern: &str, kind: RegexErrorKind) -> RegexError {
    let error = compile(pattern).expect_err(pattern);
    assert_eq!(error.kind, kind, "{pattern}: {error:?}");
    if let Some((start, end)) = error.range {
        assert!(pattern.get(start as usize..end as usize).is_some(), "{pattern}: {error:?}");
    }
    error
}

#[test]
fn searches_are_not_anchored() {
    expect("b+", &["abc", "b"], &["ac", ""]);
    expect("^b+$", &["b", "bb"], &["abc", "b\n"]);
    expect("", &["", "x"], &[]);
    expect("a|", &["", "x"], &[]);
}

#[test]
fn perl_classes_are_ascii() {
    expect(r"^\d$", &["7"], &["٧", "x"]);
    expect(r"^\w$", &["a", "_", "9"], &["é", "-"]);
    expect(r"^\s$", &[" ", "\t", "\n", "\x0c", "\r"], &["\x0b", "\u{a0}", "\u{2003}"]);
    expect(r"^\D$", &["٧", "x"], &["7"]);
    expect(r"^\W$", &["é", "-", "\n"], &["a"]);
    expect(r"^\S$", &["\x0b", "\u{a0}"], &[" "]);
    expect(r"^[\d.]+$", &["1.5"], &["٧"]);
    expect(r"^[^\w]$", &["é", "\n"], &["a"]);
    expect(r"^[\W\d]$", &["é", "1"], &["a"]);
    expect(r"^[\d-z]$", &["1", "-", "z"], &["a"]);
}

#[test]
fn word_boundaries_are_ascii() {
    expect(r"\bb\b", &["éb", "a b c", "éb é"], &["ab", "b_"]);
    expect(r"^\B", &["é", "", "-"], &["a"]);
    // In UTF-8, a boundary is between characters: not within the é.
    expect(r"a\B", &["ab"], &["aé", "a"]);
    expect(r"\B", &["", "é", "ab"], &["a", "aéb"]);
}

#[test]
fn dot_and_negated_classes_are_code_points() {
    expect("^.$", &["a", "é", "😀"], &["", "\n", "ab"]);
    expect("(?s)^.$", &["\n", "😀"], &[""]);
    expect("^[^a]$", &["é", "\n", "😀"], &["a", ""]);
    expect(r"^[^\x00-\x{10FFFF}]?$", &[""], &["a", "é"]);
}

#[test]
fn ends_are_those_of_the_text_or_of_lines() {
    expect("^b$", &["b"], &["a\nb", "b\n"]);
    expect("(?m)^b$", &["b", "a\nb\nc", "b\n"], &["ab"]);
    expect(r"(?m)\Ab\z", &["b"], &["b\nc", "a\nb"]);
    expect("(?m:^b)$", &["a\nb"], &["a\nb\n"]);
    expect("(?i)a(?-i)b", &["Ab"], &["AB"]);
    expect("(?i:a)b", &["Ab"], &["AB"]);
    expect("((?i)a)b", &["Ab"], &["AB"]);
    expect("(?sU)a.+b", &["a\nb"], &["ab"]);
    expect("(?)a(?i-s:b)(?-m)", &["aB"], &["Ab"]);
}

#[test]
fn case_is_folded_as_unicode_does() {
    expect("(?i)straße", &["STRAßE", "straẞe"], &["STRASSE"]);
    expect("(?i)^k$", &["K", "\u{212a}"], &["c"]);
    expect("(?i)^[^k]$", &["c"], &["K", "\u{212a}"]);
    expect("(?i)^σ$", &["Σ", "ς"], &["s"]);
    expect(r"(?i)^\w$", &["\u{212a}", "ſ"], &["é"]);
    expect(r"(?i)^\p{Lu}$", &["a", "A"], &["1"]);
    expect(r"(?i)^[[:lower:]]\Qa.b\E$", &["XA.B"], &["xaxb"]);
}

#[test]
fn classes_have_names() {
    expect(r"^\pL+$", &["aéλ"], &["1"]);
    expect(r"^\p{Greek}+$", &["αβγ"], &["a"]);
    expect(r"^\p{^Greek}$", &["a"], &["α"]);
    expect(r"^\P{Greek}$", &["a"], &["α"]);
    expect(r"^\P{^Greek}$", &["α"], &["a"]);
    expect(r"^[\pN\p{Lu}_]+$", &["٧É_"], &["é"]);
    expect(r"^\p{Yi}\p{Zl}\p{Any}$", &["\u{a000}\u{2028}\n"], &["a"]);
    expect(r"^\p{C}$", &["\0", "\u{ad}", "\u{e000}"], &["\u{378}", "a"]);
    expect("^[[:alpha:]]$", &["a"], &["é", ":"]);
    expect("^[[:^alpha:]x]$", &["é", ":", "x"], &["a"]);
    expect("^[[:space:]]$", &["\x0b"], &["a"]);
    expect("^[[:word:][:punct:]]+$", &["a_1-"], &[" "]);
}

#[test]
fn names_of_classes_are_spelled_as_re2_has_them() {
    for name in names::CATEGORIES.iter().chain(&names::SCRIPTS).chain(&["C", "Cs", "Any"]) {
        for pattern in [format!(r"\p{{{name}}}"), format!(r"[\P{{^{name}}}]")] {
            assert!(compile(&pattern).is_ok() || *name == "Cs", "{pattern}");
        }
        assert!(compile(&format!(r"\p{{Is{name}}}")).is_err(), "{name}");
        assert!(compile(&format!(r"\p{{{}}}", name.to_lowercase())).is_err(), "{name}");
    }
    for name in [
        "IsGreek",
        "greek",
        "GREEK",
        "Grek",
        "LC",
        "Cn",
        "l",
        "lu",
        "LU",
        "any",
        "Letter",
        "letter",
        "Lowercase_Letter",
        "Uppercase",
        "Alphabetic",
        "Assigned",
        "ASCII",
        "gc=L",
        "sc=Greek",
        "Script=Greek",
        "scx=Greek",
        "Greek ",
        " Greek",
        "OldItalic",
        "old_italic",
        "Zzzz",
        "Unknown",
        "Katakana_Or_Hiragana",
        "White_Space",
        "L&",
        "L1",
        "",
        "^",
        "^^Greek",
        "Gre_ek",
        "Ｌ",
    ] {
        for pattern in
            [format!(r"\p{{{name}}}"), format!(r"\P{{{name}}}"), format!(r"[\p{{{name}}}]")]
        {
            refused(&pattern, Syntax);
        }
    }
    for pattern in
        [r"\pl", r"\pg", r"\Pl", r"\p1", r"\p", r"\p{", r"\p{Greek", r"\p^L", r"[\pl]", r"\pé"]
    {
        refused(pattern, Syntax);
    }
    expect(r"^\pN\pL\PN$", &["1aa"], &["aaa", "1a1"]);
    expect(r"^\p{^Lu}\P{^Lu}$", &["aA"], &["Aa"]);
    expect(r"^\p{Latin}l$", &["él"], &["λl"]);
}

#[test]
fn brackets_are_those_of_re2() {
    expect("^[a&&b]+$", &["a&b"], &["c"]);
    expect("^[[a]+$", &["[a"], &["b"]);
    expect("^[]a]+$", &["]a"], &["b"]);
    expect("^[^]a]$", &["b"], &["]", "a"]);
    expect("^[a-]+$", &["a-"], &["b"]);
    expect("^[-a]+$", &["a-"], &["b"]);
    expect("^[a-c-e]+$", &["abc-e"], &["d"]);
    expect("^[--/~~]+$", &["-./~"], &["a"]);
    expect(r"^[\]\-\\]+$", &[r"]-\"], &["a"]);
    expect("^[:a]+$", &[":a"], &["b"]);
}

#[test]
fn escapes_are_those_of_re2() {
    expect(r"^\x41\x{1F600}\101\0\07$", &["A😀A\0\x07"], &["A"]);
    expect(r"^\0101$", &["\x081"], &["A"]);
    expect(r"^\a\f\n\r\t\v$", &["\x07\x0c\n\r\t\x0b"], &[""]);
    expect(r"^\<\_\ \/$", &["<_ /"], &[""]);
    expect(r"^\Qa+b\\E+$", &[r"a+b\", r"a+b\\"], &["aab"]);
    expect(r"^\Q", &[""], &[]);
    expect(r"\Qa+b$", &["a+b$"], &["a+b"]);
}

#[test]
fn repetitions_are_those_of_re2() {
    expect("^a{2,3}$", &["aa", "aaa"], &["a", "aaaa"]);
    expect("^a{2}$", &["aa"], &["a", "aaa"]);
    expect("^a{2,}?$", &["aa", "aaaaa"], &["a"]);
    expect("^(?:ab)*?c+?d??$", &["ababcc", "cd"], &["d"]);
    // What is not a count stands for itself.
    expect("^a{,3}$", &["a{,3}"], &["aa"]);
    expect("^a{$", &["a{"], &["a"]);
    expect("^{a}$", &["{a}"], &["a"]);
    expect("^a{01}$", &["a{01}"], &["a"]);
    expect("^a{1, 2}$", &["a{1, 2}"], &["a"]);
    expect("^a}]$", &["a}]"], &[]);
    expect("^x{0}$", &[""], &["x"]);
    expect("^*a$", &["a", "ba"], &["b"]);
}

#[test]
fn groups_may_have_names() {
    expect(r"^(?P<year>\d{4})-(?<month>\d\d)$", &["2026-06"], &["2026"]);
    refused("(?P<a>x)(?P<a>y)", Syntax);
    refused("(?P<a b>x)", Syntax);
    refused("(?P<>x)", Syntax);
    refused("(?P<a", Syntax);
    refused("(?<a", Syntax);
}

#[test]
fn what_re2_lacks_is_refused_by_name() {
    for (pattern, word) in [
        ("a(?=b)", "lookahead"),
        ("a(?!b)", "lookahead"),
        ("(?<=a)b", "lookbehind"),
        ("(?<!a)b", "lookbehind"),
        ("(?>a)", "atomic"),
        ("(?#a)", "comment"),
        ("(?R)", "recursion"),
        ("(?P>a)", "recursion"),
        ("(?P=a)", "backreference"),
        (r"(a)\1", "backreferences"),
        (r"\k<a>", "backreferences"),
        (r"\C", "bytes"),
        (r"\u{41}", "\\u"),
        (r"\Z", "\\Z"),
    ] {
        let error = refused(pattern, Unsupported);
        assert!(error.message.contains(word), "{pattern}: {}", error.message);
        assert!(error.range.is_some());
    }
    for pattern in ["(?x)a b", "(?u)a", "(?i-)a", "(?-)", "(?i", "(?"] {
        let error = refused(pattern, Syntax);
        assert!(error.message.contains("flags"), "{pattern}: {}", error.message);
    }
}

#[test]
fn errors_point_at_the_place() {
    for (pattern, range) in [
        ("ab)", (2, 3)),
        ("é(ab", (2, 3)),
        ("a[bc", (1, 2)),
        ("*", (0, 1)),
        ("a|*", (2, 3)),
        ("a**", (2, 3)),
        ("a*?+", (3, 4)),
        ("a{2}{3}", (4, 7)),
        ("a{3,2}", (1, 6)),
        ("[z-a]", (1, 4)),
        (r"[a-\d]", (3, 5)),
        (r"x\q", (1, 3)),
        (r"x\é", (1, 4)),
        (r"a\", (1, 2)),
        (r"\x{110000}", (0, 10)),
        (r"\x{d800}", (0, 8)),
        (r"\x4", (0, 2)),
        (r"\x{}", (0, 4)),
        (r"\p{Nowhere}", (0, 11)),
        (r"\p{}", (0, 4)),
        (r"\p", (0, 2)),
        ("[[:nope:]]", (1, 9)),
        (r"\8", (0, 2)),
    ] {
        let error = compile(pattern).expect_err(pattern);
        assert_ne!(error.kind, TooLarge, "{pattern}");
        assert_eq!(error.range, Some(range), "{pattern}: {error:?}");
    }
}

#[test]
fn large_automata_are_refused_quickly() {
    let long = "a".repeat(MAX_PATTERN + 1);
    let deep = format!("{}a{}", "(".repeat(101), ")".repeat(101));
    let deeper = "(".repeat(MAX_PATTERN);
    let unicode = r"\pL".repeat(MAX_PATTERN / 3);
    let folded = format!("(?i){}", r"[\pL\PN]".repeat(500));
    let wide = format!("(?i){}", r"[\x{0}-\x{10FFFF}]".repeat(220));
    for pattern in [
        "(a{1000}){1000}",
        "((a{10}){10}){11}",
        "a{1001}",
        "a{99999999999999}",
        "(.*a.{50}){20}",
        "a.{20}b",
        "[ab]*a[ab]{25}c",
        r"(\pL{30}\pN{3}){10}",
        r"(?i)(\pL.*){500}",
        ".{1000}.*x.{900}",
        &long,
        &deep,
        &deeper,
        &unicode,
        &folded,
        &wide,
    ] {
        let mut budget = Budget::default();
        let error = compile_within(pattern, &mut budget).expect_err(pattern);
        assert_eq!(error.kind, TooLarge, "{pattern:.40}");
        // Some tenths of a second, where nothing else runs.
        let work = MAX_WORK - budget.work;
        assert!(work < MAX_WORK / 10, "{pattern:.40}: {work}");
    }
}

/// Patterns that are all different, each a lot of work.
const HEAVY: &[fn(usize) -> String] = &[
    |n| format!("[a-z]{{1,500}}x{n}[0-9]{{1,400}}"),
    |n| format!("^.{{1,300}}x{n}$"),
    |n| format!(r"(?i)\pL{{1,{}}}x$", 20 + n % 50),
    |n| format!("(.*a.{{{}}}){{20}}", 30 + n % 20),
    |n| format!("(?:[ab]?){{{}}}c", 500 + n % 400),
    |n| format!("{}x{n}", "(?:(?:(?:a*)*)*)*".repeat(200)),
    |n| format!("{}{n}", r"[\pL\pN]?".repeat(60)),
    |n| format!("x{n}{}", "(?:a|b|cd|efg)".repeat(250)),
];

#[test]
fn regexes_are_refused_together_before_they_take_long() {
    for pattern in HEAVY {
        let mut budget = Budget { bytes: 2 << 20, work: MAX_WORK / 12 };
        let refused = (0..2_000).find_map(|n| {
            let error = compile_within(&pattern(n), &mut budget).err()?;
            (error.kind == TooMany).then_some(n)
        });
        assert!(refused.is_some_and(|n| n > 0), "{}: {refused:?}", pattern(0));
        // From then on none is built, however many come.
        for n in 0..100 {
            let (before, small) = (budget, format!("small{n}"));
            let patterns = [pattern(n), small];
            let kinds = patterns.map(|pattern| compile_within(&pattern, &mut budget));
            assert!(kinds.iter().all(|kind| kind.as_ref().is_err_and(|e| e.kind == TooMany)));
            assert_eq!(budget, before);
        }
        assert!(refused_syntax(&mut budget), "mistakes are still found");
    }
}

fn refused_syntax(budget: &mut Budget) -> bool {
    compile_within("a(", budget).is_err_and(|error| error.kind == Syntax)
}

#[test]
fn thousands_of_ordinary_regexes_are_within_the_budget() {
    let mut budget = Budget::default();
    let ordinary: &[fn(usize) -> String] = &[
        |n| format!("^player{n}-[a-z0-9]+$"),
        |n| format!(r"^\d{{1,3}}\.\d{{1,3}}\.{n}$"),
        |n| format!("(?i)clan{n}|guild{n}"),
        |n| format!(r"^[\w.+-]+@mail{n}\.example\.(com|org)$"),
    ];
    for n in 0..100 {
        for pattern in ordinary {
            compile_within(&pattern(n), &mut budget).expect("a regex");
        }
    }
    let used = (MAX_AUTOMATA - budget.bytes, MAX_WORK - budget.work);
    assert!(used.0 < MAX_AUTOMATA / 10 && used.1 < MAX_WORK / 10, "{used:?}");
}

#[test]
fn a_pattern_of_the_greatest_length_and_depth_compiles() {
    let long = format!("^{}", "a".repeat(MAX_PATTERN - 1));
    assert!(matches(&long, &long[1..]));
    let deep = format!("{}a{}", "(?:".repeat(100), ")+".repeat(100));
    assert!(matches(&deep, "xa"));
}

#[test]
fn bytes_are_the_same_each_time_and_readable_at_any_address() {
    for pattern in PATTERNS.iter().map(|pattern| ours(pattern)) {
        let regex = compile(&pattern).unwrap();
        for _ in 0..3 {
            assert_eq!(compile(&pattern).unwrap(), regex, "{pattern}");
        }
        for shift in 0..8 {
            let mut shifted = vec![0; shift];
            shifted.extend_from_slice(&regex.bytes);
            let (dfa, read) = sparse::DFA::from_bytes(&shifted[shift..]).unwrap();
            assert_eq!(read, regex.bytes.len());
            is_match(&dfa, b"abc");
        }
    }
}

#[test]
fn automata_never_give_up() {
    let every_byte: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
    for pattern in PATTERNS.iter().map(|pattern| ours(pattern)) {
        let regex = compile(&pattern).unwrap();
        let (dfa, _) = sparse::DFA::from_bytes(&regex.bytes).unwrap();
        let mut haystack = every_byte.clone();
        while !haystack.is_empty() {
            let input = Input::new(&haystack).earliest(true);
            assert!(dfa.try_search_fwd(&input).is_ok(), "{pattern}");
            haystack.pop();
        }
    }
}

#[test]
fn automata_are_small() {
    for (pattern, most) in [
        (r"^\w+@\w+$", 1_000),
        ("vip", 900),
        ("a.*b.*c", 2_000),
        ("^[^a-z]+$", 1_600),
        ("(?i)hello", 1_600),
    ] {
        let size = compile(pattern).unwrap().bytes.len();
        assert!(size <= most, "{pattern}: {size}");
    }
}

/// Patterns that mean the same to RE2 and, with Unicode's `\b` and classes
/// left out, to the `regex` crate.
const PATTERNS: &[&str] = &[
    "",
    "a",
    "^a",
    "a$",
    "^$",
    "^a*$",
    "ab|ba",
    "^(?:a|b)+$",
    "(a|ab)(c|bcd)(d*)",
    "a.b",
    "(?s)a.b",
    "(?m)^a$",
    "(?m)b$",
    "[^a]b",
    "a+?b*?c??",
    "a{2,3}b",
    "(?:ab){2,}",
    "(?i)aB",
    "(?i)[^a-b]é",
    "é",
    "[é-ü]",
    r"\pL\pN",
    r"^\pL+$",
    r"^\PL*$",
    r"\p{Greek}",
    r"a\x{e9}",
    "(?:)",
    "a||b",
    "(?:a*)*b",
    "(?:(?:a|b)*c){2}",
    r"\.\*",
    "[a-c]{3}",
    "(?:^|-)a(?:-|$)",
    r"(?-u:\b)a(?-u:\b)",
    r"^(?-u:\b)",
    r"a(?-u:\b)$",
];

fn ours(pattern: &str) -> String {
    // The `regex` crate needs to be told that `\b` is ASCII, RE2 mustn't be.
    pattern.replace(r"(?-u:\b)", r"\b")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn common_patterns_mean_what_the_regex_crate_says(
        haystacks in prop::collection::vec("[abcdABé7٧α\n.*_ -]{0,8}", 20)
    ) {
        thread_local! {
            static COMPILED: Vec<(Regex, regex::Regex)> = PATTERNS
                .iter()
                .map(|p| (compile(&ours(p)).unwrap(), regex::Regex::new(p).unwrap()))
                .collect();
        }
        COMPILED.with(|compiled| {
            for (bytes, oracle) in compiled {
                let (dfa, _) = sparse::DFA::from_bytes(&bytes.bytes).unwrap();
                for haystack in &haystacks {
                    prop_assert_eq!(
                        is_match(&dfa, haystack.as_bytes()),
                        oracle.is_match(haystack),
                        "{} in {:?}", oracle.as_str(), haystack
                    );
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn random_patterns_mean_what_the_regex_crate_says(
        pattern in pattern(),
        haystacks in prop::collection::vec("[abcé\n]{0,8}", 30),
    ) {
        let bytes = compile(&pattern).unwrap().bytes;
        let (dfa, _) = sparse::DFA::from_bytes(&bytes).unwrap();
        let oracle = regex::Regex::new(&pattern).unwrap();
        for haystack in &haystacks {
            prop_assert_eq!(is_match(&dfa, haystack.as_bytes()), oracle.is_match(haystack),
                "{} in {:?}", pattern, haystack);
        }
    }

    #[test]
    fn no_text_makes_it_panic(pattern in "[\\\\\\[\\](){}|*+?.^$a-cxpQE0-9:,<>=!PimsU&~é-]{0,24}") {
        if let Err(RegexError { range: Some((start, end)), .. }) = compile(&pattern) {
            prop_assert!(start < end);
            prop_assert!(pattern.get(start as usize..end as usize).is_some());
        }
    }
}

/// Patterns of what both languages have in common.
fn pattern() -> impl Strategy<Value = String> {
    let atom = prop::sample::select(vec![
        "a", "b", "c", "é", ".", "[ab]", "[^a]", "^", "$", "(?s:.)", "(?m:^)", "(?m:$)", "(?i:A)",
    ])
    .prop_map(str::to_owned);
    atom.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(?:{a}|{b})")),
            (inner, prop::sample::select(vec!["*", "+", "?", "*?", "{2}", "{1,2}", "{0,1}"]))
                .prop_map(|(a, operator)| format!("({a}){operator}")),
        ]
    })
}
