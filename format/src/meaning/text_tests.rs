//! What `text.rs` promises, checked against the conformance tests' values and naive versions over `Vec<char>`.

use super::super::collect;
use super::*;
use proptest::prelude::*;

fn written(write: impl Fn(&mut Sink<'_>) -> Outcome<()>) -> String {
    String::from_utf8(collect(write).expect("fits")).expect("is text")
}

fn parts<'a>(text: &'a str, separator: &'a str, limit: i64) -> Vec<&'a str> {
    split(text.as_bytes(), separator.as_bytes(), limit).map(as_text).collect()
}

/// Parts of text are text.
fn as_text(part: &[u8]) -> &str {
    std::str::from_utf8(part).expect("no character is cut")
}

/// The functions of text in bytes, for text.
macro_rules! of_text {
    ($( $name:ident($($more:ident: $type:ty),*) -> $result:ty, $wrap:expr; )+) => {
        $(
            #[allow(clippy::needless_lifetimes, reason = "some results borrow from the text")]
            fn $name<'a>(text: &'a str, $($more: $type),*) -> $result {
                $wrap(super::$name(text.as_bytes(), $($more.into_argument()),*))
            }
        )+
    };
}

trait IntoArgument<T> {
    fn into_argument(self) -> T;
}

impl<'a> IntoArgument<&'a [u8]> for &'a str {
    fn into_argument(self) -> &'a [u8] {
        self.as_bytes()
    }
}

impl IntoArgument<i64> for i64 {
    fn into_argument(self) -> i64 {
        self
    }
}

impl<'a, 'b> IntoArgument<&'a mut Sink<'b>> for &'a mut Sink<'b> {
    fn into_argument(self) -> &'a mut Sink<'b> {
        self
    }
}

fn same<T>(value: T) -> T {
    value
}

fn outcome(part: Outcome<&[u8]>) -> Outcome<&str> {
    part.map(as_text)
}

of_text! {
    size() -> i64, same;
    char_at(index: i64) -> Outcome<&'a str>, outcome;
    substring(start: i64) -> Outcome<&'a str>, outcome;
    substring_between(start: i64, end: i64) -> Outcome<&'a str>, outcome;
    index_of(needle: &str) -> i64, same;
    index_of_from(needle: &str, offset: i64) -> Outcome<i64>, same;
    last_index_of(needle: &str) -> i64, same;
    last_index_of_from(needle: &str, offset: i64) -> Outcome<i64>, same;
    lower_ascii(sink: &mut Sink<'_>) -> Outcome<()>, same;
    upper_ascii(sink: &mut Sink<'_>) -> Outcome<()>, same;
    trim() -> &'a str, as_text;
    reverse(sink: &mut Sink<'_>) -> Outcome<()>, same;
    quote(sink: &mut Sink<'_>) -> Outcome<()>, same;
    parse_bool() -> Outcome<bool>, same;
}

fn replace(text: &str, old: &str, new: &str, limit: i64, sink: &mut Sink<'_>) -> Outcome<()> {
    let [text, old, new] = [text, old, new].map(str::as_bytes);
    super::replace(text, old, new, limit, sink, || Ok(()))
}

const OUT_OF_RANGE_TEXT: Outcome<&str> = Err(Fault::IndexOutOfRange);
const OUT_OF_RANGE: Outcome<i64> = Err(Fault::IndexOutOfRange);

#[test]
fn sizes_and_places_count_code_points() {
    assert_eq!((size(""), size("four"), size("πέντε"), size("🐱")), (0, 4, 5, 1));
    assert_eq!(char_at("tacocat", 3), Ok("o"));
    assert_eq!(char_at("tacocat", 7), Ok(""));
    assert_eq!(char_at("©αT", 1), Ok("α"));
    assert_eq!(char_at("tacocat", 30), OUT_OF_RANGE_TEXT);
    assert_eq!(char_at("tacocat", -1), OUT_OF_RANGE_TEXT);
    assert_eq!(substring("tacocat", 4), Ok("cat"));
    assert_eq!(substring("tacocat", 7), Ok(""));
    assert_eq!(substring("tacocat", 40), OUT_OF_RANGE_TEXT);
    assert_eq!(substring("tacocat", i64::MIN), OUT_OF_RANGE_TEXT);
    assert_eq!(substring_between("ta©o©αT", 2, 6), Ok("©o©α"));
    assert_eq!(substring_between("tacocat", 4, 4), Ok(""));
    assert_eq!(substring_between("ta©o©αT", 7, 7), Ok(""));
    assert_eq!(substring_between("tacocat", 1, 50), OUT_OF_RANGE_TEXT);
    assert_eq!(substring_between("tacocat", 49, 50), OUT_OF_RANGE_TEXT);
    assert_eq!(substring_between("tacocat", -1, 5), OUT_OF_RANGE_TEXT);
    assert_eq!(substring_between("tacocat", i64::MIN, i64::MAX), OUT_OF_RANGE_TEXT);
    assert_eq!(substring_between("tacocat", 4, 3), Err(Fault::InvalidArgument));
}

#[test]
fn searches_are_those_of_the_conformance_tests() {
    assert_eq!(index_of("tacocat", ""), 0);
    assert_eq!(index_of("tacocat", "none"), -1);
    assert_eq!(index_of("ta©o©αT", "©"), 2);
    assert_eq!(index_of("hello wello", "hello wello"), 0);
    assert_eq!(index_of("", "a"), -1);
    assert_eq!(index_of_from("tacocat", "", 3), Ok(3));
    for outside in [-1, 7, 30, i64::MIN, i64::MAX] {
        assert_eq!(index_of_from("tacocat", "", outside), OUT_OF_RANGE, "{outside}");
        assert_eq!(last_index_of_from("tacocat", "", outside), OUT_OF_RANGE, "{outside}");
    }
    assert_eq!(last_index_of_from("tacocat", "", 6), Ok(6));
    assert_eq!(index_of_from("", "", 0), OUT_OF_RANGE);
    assert_eq!(index_of_from("tacocat", "a", 3), Ok(5));
    assert_eq!(index_of_from("ta©o©αT", "©αT", 3), Ok(4));
    assert_eq!(index_of_from("ta©o©αT", "©α", 5), Ok(-1));
    assert_eq!(index_of_from("tacocat", "a", 30), OUT_OF_RANGE);
    assert_eq!(index_of_from("tacocat", "a", 7), OUT_OF_RANGE);
    assert_eq!(index_of_from("tacocat", "a", -1), OUT_OF_RANGE);
    assert_eq!(last_index_of("tacocat", ""), 7);
    assert_eq!(last_index_of("tacocat", "at"), 5);
    assert_eq!(last_index_of("ta©o©αT", "©"), 4);
    assert_eq!(last_index_of("hello wello", "low"), -1);
    assert_eq!(last_index_of("a", "abc"), -1);
    assert_eq!(last_index_of_from("tacocat", "a", 3), Ok(1));
    assert_eq!(last_index_of_from("ta©o©αT", "©α", 4), Ok(4));
    assert_eq!(last_index_of_from("hello wello", "ello", 6), Ok(1));
    assert_eq!(last_index_of_from("aaa", "aaaaaaa", 2), Ok(-1));
    assert_eq!(last_index_of_from("tacocat", "a", 30), OUT_OF_RANGE);
    assert_eq!(last_index_of_from("tacocat", "a", i64::MIN), OUT_OF_RANGE);
}

#[test]
fn casing_touches_ascii_only() {
    assert_eq!(written(|sink| lower_ascii("TacoCÆt Xii", sink)), "tacocÆt xii");
    assert_eq!(written(|sink| upper_ascii("TacoCæt Xii", sink)), "TACOCæT XII");
}

#[test]
fn replacing_follows_go() {
    let replaced = |text, old, new, limit| written(|sink| replace(text, old, new, limit, sink));
    assert_eq!(replaced("{0} days {0} hours", "{0}", "2", -1), "2 days 2 hours");
    assert_eq!(replaced("{0} days {0} hours", "{0}", "2", 1), "2 days {0} hours");
    assert_eq!(replaced("1 ©αT taco", "αT", "o©α", -1), "1 ©o©α taco");
    assert_eq!(replaced("banana", "a", "o", 0), "banana");
    assert_eq!(replaced("aaaa", "aa", "b", -1), "bb");
    assert_eq!(replaced("©αT", "", "-", -1), "-©-α-T-");
    assert_eq!(replaced("©αT", "", "-", 2), "-©-αT");
    assert_eq!(replaced("", "", "-", -1), "-");
}

#[test]
fn splitting_follows_go() {
    assert_eq!(parts("hello world events!", " ", 0), [] as [&str; 0]);
    assert_eq!(parts("hello world events!", " ", 1), ["hello world events!"]);
    assert_eq!(parts("hello world events!", " ", 2), ["hello", "world events!"]);
    assert_eq!(parts("o©o©o©o", "©", -1), ["o", "o", "o", "o"]);
    assert_eq!(parts("a,,b,", ",", -1), ["a", "", "b", ""]);
    assert_eq!(parts("", ",", -1), [""]);
    assert_eq!(parts("©αT", "", -1), ["©", "α", "T"]);
    assert_eq!(parts("©αT", "", 2), ["©", "αT"]);
    assert_eq!(parts("©αT", "", 3), ["©", "α", "T"]);
    assert_eq!(parts("", "", -1), [] as [&str; 0]);
    let mut once = split(b"a", b",", -1);
    assert_eq!((once.next(), once.next(), once.next()), (Some(b"a".as_slice()), None, None));
}

#[test]
fn trimming_takes_unicode_white_space_only() {
    assert_eq!(trim(" \t\r\n\u{b}\u{c}\u{85}\u{a0}text\u{1680} "), "text");
    assert_eq!(
        trim(
            "text\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2004}\u{2006}\u{2007}\u{2008}\u{2009}"
        ),
        "text"
    );
    assert_eq!(trim("\u{200a}text\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}"), "text");
    let kept = "\u{180e}text\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}";
    assert_eq!(trim(kept), kept);
}

#[test]
fn quoting_escapes_what_cel_escapes() {
    let quoted = |text| written(|sink| quote(text, sink));
    assert_eq!(quoted("first\nsecond"), r#""first\nsecond""#);
    assert_eq!(quoted("\u{7}\u{8}\u{c}\r\t\u{b}"), r#""\a\b\f\r\t\v""#);
    assert_eq!(quoted(r"double \\ slash"), r#""double \\\\ slash""#);
    assert_eq!(quoted(r#"with "double quote""#), r#""with \"double quote\"""#);
    assert_eq!(quoted("printable 😀 size('πέντε')"), "\"printable 😀 size('πέντε')\"");
    assert_eq!(quoted("\0\u{7f}"), "\"\0\u{7f}\"");
}

#[test]
fn reversal_is_by_code_points() {
    assert_eq!(written(|sink| reverse("Ta©oCαt", sink)), "tαCo©aT");
    assert_eq!(written(|sink| reverse("", sink)), "");
    assert_eq!(written(|sink| reverse("☺", sink)), "☺");
}

/// What is counted in chunks, or turned around as a whole, agrees at their ends.
#[test]
fn long_text_is_text_like_short_text() {
    for length in [0, 1, 190, 191, 192, 193, 383, 384, 385, 1000] {
        for unit in ["a", "é", "ギ", "🐱", "aéギ🐱"] {
            let text: String = unit.chars().cycle().take(length).collect();
            let count = length as i64;
            assert_eq!(size(&text), count);
            for at in [0, 1, 63, 64, 95, 96, 97, 191, 192, count - 1, count] {
                let rest = usize::try_from(at).ok().filter(|at| *at <= length);
                let rest = rest.map(|at| text.chars().skip(at).collect::<String>());
                assert_eq!(substring(&text, at).ok(), rest.as_deref(), "{unit} {length} {at}");
            }
            assert_eq!(substring(&text, count + 1), OUT_OF_RANGE_TEXT);
            let turned: String = text.chars().rev().collect();
            assert_eq!(written(|sink| reverse(&text, sink)), turned);
        }
    }
}

#[test]
fn text_and_bytes_contain_start_and_end_alike() {
    assert!(contains(b"hello", b"") && contains(b"", b"") && !contains(b"", b"something"));
    assert!(contains(b"abababc", b"ababc") && !contains(b"hello", b"ol"));
    assert!(contains("Straße".as_bytes(), "aß".as_bytes()));
    assert!(contains(b"a\xffb", b"\xffb") && !contains(b"a\xffb", b"a\xfe"));
    assert!(
        starts_with(b"foobar", b"foo") && starts_with(b"", b"") && !starts_with(b"foobar", b"bar")
    );
    assert!(ends_with("forté".as_bytes(), "té".as_bytes()) && !ends_with(b"", b"foo"));
    assert_eq!(from_bytes(b"\xc3\xbf"), Ok("ÿ"));
    assert_eq!(from_bytes(b"\0\xff"), Err(Fault::InvalidUtf8));
}

#[test]
fn truth_is_read_in_six_spellings_each() {
    for text in ["1", "t", "T", "true", "True", "TRUE"] {
        assert_eq!(parse_bool(text), Ok(true));
    }
    for text in ["0", "f", "F", "false", "False", "FALSE"] {
        assert_eq!(parse_bool(text), Ok(false));
    }
    for text in ["", "TrUe", "FaLsE", "yes", " true"] {
        assert_eq!(parse_bool(text), Err(Fault::Unparseable));
    }
}

/// cel-go's search over code points.
fn naive_search(text: &[char], needle: &[char], starts: impl Iterator<Item = usize>) -> i64 {
    starts
        .filter(|&start| text[start..].starts_with(needle))
        .map(|start| start as i64)
        .next()
        .unwrap_or(-1)
}

proptest! {
    #[test]
    fn places_agree_with_naive_versions(
        text in "[aé🐱]{0,12}",
        needle in "[aé🐱]{1,3}",
        start in -2..15_i64,
        end in -2..15_i64,
    ) {
        let chars: Vec<char> = text.chars().collect();
        let wanted: Vec<char> = needle.chars().collect();
        let count = chars.len() as i64;
        let string = |chars: &[char]| chars.iter().collect::<String>();
        prop_assert_eq!(size(&text), count);
        if (0..=count).contains(&start) {
            let from = start as usize;
            prop_assert_eq!(substring(&text, start).map(str::to_owned), Ok(string(&chars[from..])));
            let one = chars.get(from).map(|c| c.to_string()).unwrap_or_default();
            prop_assert_eq!(char_at(&text, start).map(str::to_owned), Ok(one));
            if (start..=count).contains(&end) {
                let between = substring_between(&text, start, end).map(str::to_owned);
                prop_assert_eq!(between, Ok(string(&chars[from..end as usize])));
            } else {
                prop_assert!(substring_between(&text, start, end).is_err());
            }
        } else {
            prop_assert_eq!(substring(&text, start), OUT_OF_RANGE_TEXT);
            prop_assert_eq!(char_at(&text, start), OUT_OF_RANGE_TEXT);
        }
        prop_assert_eq!(index_of(&text, &needle), naive_search(&chars, &wanted, 0..chars.len()));
        prop_assert_eq!(last_index_of(&text, &needle), naive_search(&chars, &wanted, (0..chars.len()).rev()));
        if (0..count).contains(&start) {
            let from = start as usize;
            prop_assert_eq!(index_of_from(&text, &needle, start), Ok(naive_search(&chars, &wanted, from..chars.len())));
            prop_assert_eq!(last_index_of_from(&text, &needle, start), Ok(naive_search(&chars, &wanted, (0..=from).rev())));
        } else {
            prop_assert_eq!(index_of_from(&text, &needle, start), OUT_OF_RANGE);
            prop_assert_eq!(last_index_of_from(&text, &needle, start), OUT_OF_RANGE);
        }
    }

    #[test]
    fn parts_join_to_the_whole(text in "[a,é]{0,12}", separator in "[,é]{0,2}", limit in -1..6_i64) {
        let all = parts(&text, &separator, limit);
        if limit != 0 {
            prop_assert_eq!(all.join(&separator), text.clone());
        }
        if limit >= 0 {
            prop_assert!(all.len() <= limit as usize);
        } else if !separator.is_empty() {
            prop_assert!(all.iter().all(|part| !part.contains(&separator)));
        } else {
            prop_assert!(all.iter().all(|part| size(part) == 1));
        }
    }

    #[test]
    fn replacing_agrees_with_the_standard_library(text in "[abé]{0,12}", old in "[abé]{0,2}", new in "[xé]{0,2}", limit in 0..5_usize) {
        prop_assert_eq!(written(|sink| replace(&text, &old, &new, -1, sink)), text.replace(&old, &new));
        prop_assert_eq!(written(|sink| replace(&text, &old, &new, limit as i64, sink)), text.replacen(&old, &new, limit));
    }

    #[test]
    fn trimming_and_reversing_agree_with_the_standard_library(text in "[ \u{85}\u{3000}aé🐱]{0,8}") {
        prop_assert_eq!(trim(&text), text.trim());
        prop_assert_eq!(written(|sink| reverse(&text, sink)), text.chars().rev().collect::<String>());
    }

    #[test]
    fn containment_agrees_with_windows(whole in proptest::collection::vec(prop_oneof![Just(0x61_u8), Just(0xc3), Just(0xa9)], 0..12), part in proptest::collection::vec(prop_oneof![Just(0x61_u8), Just(0xc3), Just(0xa9)], 1..4)) {
        prop_assert_eq!(contains(&whole, &part), whole.windows(part.len()).any(|window| window == part));
    }
}
