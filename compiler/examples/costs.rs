//! What each operation takes beside what it is stated to cost: nanoseconds a unit, at the arguments
//! that take longest.
//!
//! `cargo run --release -p rulestone-compiler --example costs [WORD]` prints a line for each operation
//! and size; WORD chooses those whose name it is part of. A loader's limits hold if no figure is above
//! ten (`format/src/code/work.rs` has the rates).

use rulestone::{Limits, Ruleset};
use rulestone_compiler::Options;
use rulestone_compiler::compile;
use rulestone_compiler::source::Input;
use serde_json::{Value, json};
use std::error::Error;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// An operation at work.
struct Case {
    name: &'static str,
    /// A condition that is false, and asks for all there is. `k` is a list of numbers to repeat it.
    condition: &'static str,
    /// Variables, as YAML.
    variables: &'static str,
    facts: Facts,
}

/// Which facts a case has, and what makes them dear.
#[derive(Clone, Copy)]
enum Facts {
    /// `s` and `t` are of this text again and again; `t` as long as its second number says, in parts
    /// of the size.
    Text(&'static str, &'static str, Second),
    /// `a` and `b`, lists of strings of so many bytes.
    Words(usize),
    /// `a` and `b`, lists of ints.
    Ints,
    /// `a` and `b`, lists of doubles.
    Doubles,
    /// `m` and `n`, maps of so long keys to ints.
    Map(usize),
    /// No more than `k`, and some scalars.
    Scalars,
}

#[derive(Clone, Copy)]
enum Second {
    Whole,
    Half,
    One,
}

fn main() -> Result<(), Box<dyn Error>> {
    let word = std::env::args().nth(1).unwrap_or_default();
    println!("{:>9}  {:<28} {:>9} {:>15} {:>15}", "ns a unit", "operation", "size", "units", "ns");
    for case in cases().into_iter().filter(|case| case.name.contains(&word)) {
        for size in sizes(case.facts) {
            match measure(&case, *size) {
                Ok((stated, taken)) => {
                    let ratio = taken / stated;
                    let name = case.name;
                    println!("{ratio:>9.3}  {name:<28} {size:>9} {stated:>15.0} {taken:>15.0}");
                }
                Err(error) => println!("{} at {size}: {error}", case.name),
            }
        }
    }
    Ok(())
}

fn sizes(facts: Facts) -> &'static [usize] {
    match facts {
        Facts::Text(..) => &[1 << 10, 1 << 16, 1 << 18, 1 << 20],
        Facts::Scalars => &[1000],
        Facts::Words(long) if long > 100 => &[1000],
        _ => &[64, 1000, 20_000],
    }
}

/// Times that a condition is asked: more of what is small.
fn turns(case: &Case, size: usize) -> usize {
    match case.facts {
        Facts::Text(..) => ((1 << 18) / size).clamp(2, 64),
        Facts::Scalars => 1000,
        _ => (4000 / size).clamp(2, 64),
    }
}

/// What a decision is stated to cost, and the nanoseconds that it takes.
fn measure(case: &Case, size: usize) -> Result<(f64, f64), Box<dyn Error>> {
    let turns = turns(case, size);
    let (schema, mut facts) = facts(case.facts, size);
    facts["k"] = (0..turns).collect();
    let yaml = format!(
        "rulestone: v1\nruleset: r\nfacts:\n  k: {{list: int, max_items: {turns}}}\n{schema}{}\
         rules:\n  - id: r\n    condition: >-\n      k.all(k, ({}) == false)\n",
        case.variables, case.condition
    );
    let input = Input::Memory(vec![("ruleset.yaml".to_owned(), yaml.into_bytes())]);
    let compiled = compile(&input, Options::default());
    let bytes = compiled.archive.ok_or_else(|| format!("{:.900?}", compiled.diagnostics))?;
    let ruleset = Ruleset::from_bytes_with(&bytes, &Limits::default().with_cost(u64::MAX))?;
    let frame = ruleset.encode(&facts)?;
    let mut session = ruleset.session();
    session.set_memory_limit(512 << 20);
    let matched = session.decide(&frame)?.matched().count();
    if matched != 1 {
        return Err("it isn't false, or fails".into());
    }
    let (mut count, begun) = (0_u32, processor_time());
    let taken = loop {
        std::hint::black_box(session.decide(&frame)?.matched().count());
        count += 1;
        let taken = processor_time() - begun;
        // The kernel looks at its clock some hundred times a second.
        if taken > Duration::from_millis(60) {
            break taken;
        }
    };
    let taken = taken.as_nanos() as f64 / f64::from(count);
    Ok((ruleset.verified().worst_case_cost as f64, taken))
}

/// What this thread has used of a processor, whoever else uses it; where that isn't told, time.
fn processor_time() -> Duration {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| BEGUN.elapsed(), Duration::from_nanos)
}

fn facts(facts: Facts, size: usize) -> (String, Value) {
    match facts {
        Facts::Text(unit, second, length) => {
            let length = match length {
                Second::Whole => size,
                Second::Half => size / 2,
                Second::One => second.len(),
            };
            let schema = format!(
                "  s: {{type: string, max_length: {size}}}\n  t: {{type: string, max_length: \
                 {length}}}\n  y: {{type: bytes, max_length: {size}}}\n"
            );
            let s = filled(unit, size);
            (schema, json!({ "t": filled(second, length), "y": base64(&s), "s": s }))
        }
        Facts::Words(long) => {
            let words: Vec<String> = (0..size).map(|n| format!("{n:0long$}")).collect();
            let schema = list(size, &format!("{{type: string, max_length: {long}}}"));
            (schema, json!({ "a": words, "b": words, "none": "x".repeat(long), "x": "" }))
        }
        Facts::Ints => {
            let ints: Vec<usize> = (0..size).collect();
            (list(size, "int"), json!({ "a": ints, "b": ints, "none": -1, "x": "" }))
        }
        Facts::Doubles => {
            let doubles = vec![1.7e308; size];
            (list(size, "double"), json!({ "a": doubles, "b": doubles, "none": -1.0, "x": "" }))
        }
        Facts::Map(long) => {
            let map: serde_json::Map<String, Value> =
                (0..size).map(|n| (format!("{n:0long$}"), json!(n))).collect();
            let schema = format!(
                "  m: {{map: int, max_items: {size}}}\n  n: {{map: int, max_items: {size}}}\n  \
                 none: {{type: string, max_length: {long}}}\n"
            );
            (schema, json!({ "m": map, "n": map, "none": "0".repeat(long - 1) + "x" }))
        }
        Facts::Scalars => (
            "  i: int\n  u: uint\n  d: double\n  p: point\n  q: point\n  when: timestamp\n  \
             span: duration\n  flag: bool\n  x: {type: string, max_length: 40}\n"
                .to_owned(),
            json!({
                "i": -987_654_321_987_654_321_i64, "u": 987_654_321_987_654_321_u64, "d": 1.234e300,
                "p": {"lat": 12.5, "lon": 13.5}, "q": {"lat": -12.5, "lon": 113.5},
                "when": "2026-05-06T07:08:09.123456789Z", "span": "12345s", "flag": true, "x": "17"
            }),
        ),
    }
}

fn list(size: usize, item: &str) -> String {
    format!(
        "  a: {{list: {item}, max_items: {size}}}\n  b: {{list: {item}, max_items: {size}}}\n  \
         none: {item}\n  x: string\n"
    )
}

/// So many bytes of a text again and again, and blanks where it doesn't fit.
fn filled(unit: &str, length: usize) -> String {
    let mut text = unit.repeat(length / unit.len().max(1));
    text.extend(std::iter::repeat_n(' ', length - text.len()));
    text
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        let word = word << (8 * (3 - chunk.len()));
        for n in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * n)) as usize & 63];
            out.push(if n <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

fn cases() -> Vec<Case> {
    use Facts::{Doubles, Ints, Map, Scalars, Text, Words};
    use Second::{Half, One, Whole};
    let mut cases = Vec::new();
    let mut case = |name, facts, condition| {
        cases.push(Case { name, facts, condition, variables: "" });
    };
    // Text
    case("size(string)", Text("aé🐱", "x", One), "s.size() < 0");
    case("size(bytes)", Text("a", "x", One), "y.size() < 0");
    case("string ==", Text("a", "a", Whole), "s == t + 'b' || s + 'c' == t + 'b'");
    case("string == same", Text("a", "a", Whole), "(s == t) == false");
    case("string <", Text("a", "a", Whole), "s < t");
    case("string(bytes)", Text("aé🐱", "x", One), "string(y) == 'b'");
    case("bytes(string)", Text("aé🐱", "x", One), "bytes(s) == b'b'");
    case("contains", Text("a", "a", Half), "s.contains(t + 'b')");
    case("contains short", Text("ab", "aab", One), "s.contains(t)");
    case(
        "contains 60",
        Text("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaabaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", One),
        "s.contains(t)",
    );
    case("contains 12", Text("a", "aaaaabaaaaaa", One), "s.contains(t)");
    case(
        "contains typical",
        Text("the quick brown fox jumps over the lazy dog ", "lazy cat", One),
        "s.contains(t)",
    );
    case(
        "contains two-way",
        Text("abababababababaababab", "abababababababaabababb", One),
        "s.contains(t)",
    );
    case(
        "needle beyond",
        Text("a", "a", Whole),
        "'a'.contains(t) || 'a'.indexOf(t) >= 0 || 'a'.replace(t, 'b') == 'b'",
    );
    case("startsWith", Text("a", "a", Whole), "s.startsWith(t) == false");
    case("endsWith", Text("a", "a", Whole), "s.endsWith(t) == false");
    case("charAt", Text("aé🐱", "x", One), "s.charAt(s.size() - 1) == 'b'");
    case("indexOf", Text("a", "a", Half), "s.indexOf(t + 'b') >= 0");
    case(
        "indexOf found",
        Text("a", "a", Half),
        "(t + t).indexOf(t + 'b') >= 0 || s.indexOf(t) < 0",
    );
    case("indexOf from", Text("é", "é", Half), "s.indexOf(t + 'b', 10) >= 0");
    case("lastIndexOf", Text("a", "a", Half), "s.lastIndexOf('b' + t) >= 0");
    case("lastIndexOf short", Text("ab", "bb", One), "s.lastIndexOf(t) >= 0");
    case("lastIndexOf from", Text("é", "é", Half), "s.lastIndexOf('b' + t, 100) >= 0");
    case("lowerAscii", Text("A", "x", One), "s.lowerAscii() == 'b'");
    case("upperAscii", Text("a", "x", One), "s.upperAscii() == 'b'");
    case("replace each", Text("a", "a", One), "s.replace('a', 'b') == 'b'");
    case("replace two", Text("ab", "ab", One), "s.replace('ab', 'b') == 'b'");
    case("replace by fact", Text("ab", "ab", One), "s.replace(t, 'b') == 'b'");
    case("replace empty", Text("é", "a", One), "s.replace('', 'b') == 'b'");
    case("replace none", Text("a", "a", Half), "s.replace(t + 'b', 'c') == 'b'");
    case("replace limit", Text("a", "a", One), "s.replace('a', 'b', 100000000) == 'b'");
    case("substring", Text("aé🐱", "x", One), "s.substring(s.size() - 2) == 'b'");
    case("substring to", Text("aé🐱", "x", One), "s.substring(1, s.size() - 2) == 'b'");
    case("trim", Text(" ", "x", One), "s.trim() == 'b'");
    case("trim wide", Text("\u{3000}", "x", One), "s.trim() == 'b'");
    case("trim typical", Text("a", "x", One), "s.trim() == 'b'");
    case("reverse", Text("a", "x", One), "s.reverse() == 'b'");
    case("reverse wide", Text("aé🐱", "x", One), "s.reverse() == 'b'");
    case("quote", Text("\\\"", "x", One), "strings.quote(s) == 'b'");
    case("quote typical", Text("a", "x", One), "strings.quote(s) == 'b'");
    case("join.2", Text("a", "a", Whole), "s + t == 'b'");
    case("split each", Text("a,", "x", One), "s.split(',').size() < 0");
    case("split empty", Text("aé🐱", "x", One), "s.split('').size() < 0");
    case("split by fact", Text("a", "a", Half), "s.split(t + 'b').size() < 0");
    case("split beyond", Text("a", "a", Whole), "'a'.split(t).size() < 0");
    case("split and join", Text("a,", "x", One), "s.split(',').join('-') == 'b'");
    case("int(string)", Text("0", "x", One), "int(s + '1') < 0");
    case("uint(string)", Text("0", "x", One), "uint(s + '1') == 7u");
    case("double(string)", Text("12345678", "0", One), "double('0.' + s + '1') < 0.0");
    case("duration(string)", Text("0", "x", One), "duration(s + '1s') < duration('0s')");
    case(
        "matches scattered",
        Text("!#", "x", One),
        r"s.matches(r'^(?:[\x21\x23\x25\x27\x29\x2b\x2d\x2f\x31\x33\x35\x37\x39\x3b\x3d\x3f\x41\x43\x45\x47\x49\x4b\x4d\x4f\x51\x53\x55\x57\x59\x5b\x5d\x5f\x61\x63\x65\x67\x69\x6b\x6d\x6f\x71\x73\x75\x77\x79\x7b][\x21\x23\x25\x27\x29\x2b\x2d\x2f\x31\x33\x35\x37\x39\x3b\x3d\x3f\x41\x43\x45\x47\x49\x4b\x4d\x4f\x51\x53\x55\x57\x59\x5b\x5d\x5f\x61\x63\x65\x67\x69\x6b\x6d\x6f\x71\x73\x75\x77\x79\x7b])+z$')",
    );
    case(
        "matches last range",
        Text("}y", "x", One),
        r"s.matches(r'^(?:[\x21\x23\x25\x27\x29\x2b\x2d\x2f\x31\x33\x35\x37\x39\x3b\x3d\x3f\x41\x43\x45\x47\x49\x4b\x4d\x4f\x51\x53\x55\x57\x59\x5b\x5d\x5f\x61\x63\x65\x67\x69\x6b\x6d\x6f\x71\x73\x75\x77\x79\x7b\x7d][\x21\x23\x25\x27\x29\x2b\x2d\x2f\x31\x33\x35\x37\x39\x3b\x3d\x3f\x41\x43\x45\x47\x49\x4b\x4d\x4f\x51\x53\x55\x57\x59\x5b\x5d\x5f\x61\x63\x65\x67\x69\x6b\x6d\x6f\x71\x73\x75\x77\x79\x7b\x7d])+ $')",
    );
    case("matches typical", Text("abc_0123", "x", One), "s.matches('^[a-z0-9_]+-$')");
    case("matches anywhere", Text("abc_0123", "x", One), "s.matches('(?i)cheat[0-9]+')");
    case("matches unicode", Text("щé漢", "x", One), r"s.matches(r'^\pL+\d$')");
    case("bucket(string)", Text("a", "a", Whole), "bucket(s, t) < 0");
    case("bucket(int)", Text("a", "a", Whole), "bucket(k, t) < 0");
    case("%s", Text("a", "x", One), "'%s'.format([s]) == 'b'");
    case("%x", Text("a", "x", One), "'%x'.format([s]) == 'b'");
    case("%x bytes", Text("a", "x", One), "'%X'.format([y]) == 'b'");
    case("%s bytes", Text("aé🐱", "x", One), "'%s'.format([y]) == 'b'");
    case("format unused", Text("a", "x", One), "(s + '%s').format(['a']) == 'b'");
    case("format literals", Text("%%", "x", One), "s.format(['a']) == 'b'");
    case("split in list ==", Text("a,", "x", One), "s.split(',') == ['a', 'b']");
    case("text in words", Text("a", "a", Whole), "!(s in [t, 'a', 'b'])");
    // Lists and maps
    case("list == strings", Words(24), "(a == b) == false");
    case("list == long", Words(1000), "(a == b) == false");
    case("list == ints", Ints, "(a == b) == false");
    case("list == doubles", Doubles, "(a == b) == false");
    case("in strings", Words(24), "none in a");
    case("in ints", Ints, "none in a");
    case("in doubles", Doubles, "none in a");
    case("concatenate", Words(24), "(a + b).size() < 0");
    case("superset", Words(24), "sets.contains(a, b) == false");
    case("intersects", Words(24), "sets.intersects(a, [none, none, none])");
    case("superset ints", Ints, "sets.contains(a, b) == false");
    case("join", Words(24), "a.join(', ') == 'b'");
    case("join short", Words(5), "a.join('') == 'b'");
    case("greatest", Ints, "math.greatest(a) < 0");
    case("least", Doubles, "math.least(a) < 0.0");
    case("filter", Ints, "a.filter(i, i > 5).size() < 0");
    case("map", Ints, "a.map(i, i + 1).size() < 0");
    case("map to lists", Ints, "a.map(i, [i, i]).size() < 0");
    case("transformList", Words(24), "a.map(i, i + 'b').size() < 0");
    case("exists", Words(24), "a.exists(i, i == x)");
    case("exists_one", Ints, "a.exists_one(i, i == -1)");
    case("all ints", Ints, "a.all(i, i >= 0) == false");
    case("nested loops", Ints, "a.all(i, b.all(j, i + j >= 0) || i > 3) == false");
    case("transformMap", Ints, "a.transformMap(i, x, x).size() < 0");
    case("transformMapEntry", Ints, "a.transformMapEntry(i, v, {v: i}).size() < 0");
    case("transformMapEntry backwards", Ints, "a.transformMapEntry(i, v, {0 - v: i}).size() < 0");
    case(
        "transformMapEntry scattered",
        Ints,
        "a.transformMapEntry(i, v, {(v * 48271) % 65537: i}).size() < 0",
    );
    case(
        "transformMapEntry text",
        Words(24),
        "a.transformMapEntry(i, v, {v.reverse(): i}).size() < 0",
    );
    case(
        "transformMapEntry long",
        Words(1000),
        "a.transformMapEntry(i, v, {'%d'.format([100000 - i]) + v: i}).size() < 0",
    );
    case("%s of strings", Words(24), "'%s'.format([a]) == 'b'");
    case("%s of ints", Ints, "'%s'.format([a]) == 'b'");
    case("%s of doubles", Doubles, "'%s'.format([a]) == 'b'");
    case("%s of a map", Map(24), "'%s'.format([m]) == 'b'");
    case("format list", Ints, "'%d %d %d'.format(a) == 'b'");
    case("map ==", Map(24), "(m == n) == false");
    case("map == long", Map(500), "(m == n) == false");
    case("lookup", Map(24), "none in m");
    case("lookup long", Map(1000), "none in m");
    case("map of entries", Map(24), "m.all(key, value, value >= 0) == false");
    // Scalars
    for (name, condition) in [
        ("nothing", "k < 0"),
        ("add.int", "k + 1 < 0"),
        ("divide.int", "k / 7 < 0"),
        ("double", "d * 2.0 < 0.0"),
        ("conversions", "double(k) < 0.0"),
        ("compare mixed", "k > 1e9"),
        ("string(int)", "string(i) == 'b'"),
        ("string(double)", "string(d) == 'b'"),
        ("string(timestamp)", "string(when) == 'b'"),
        ("string(duration)", "string(span) == 'b'"),
        ("string(bool)", "string(flag) == 'b'"),
        ("int(string) short", "int(x) < 0"),
        ("double(string) short", "double(x) < 0.0"),
        (
            "timestamp(string)",
            "timestamp('2026-05-06T07:08:09.123456789+0' + string(k % 10) + ':00') < timestamp('2000-01-01T00:00:00Z')",
        ),
        ("duration(string) short", "duration(x + 's') < duration('0s')"),
        ("distance", "geo.distance(p, q) < 0.0"),
        ("getFullYear", "when.getFullYear() < 0"),
        ("getDayOfYear zone", "when.getDayOfYear('Europe/Berlin') < 0"),
        ("timestamp +", "when + span < timestamp('2000-01-01T00:00:00Z')"),
        ("elapsed", "when - when > duration('1s')"),
        ("greatest(int)", "math.greatest(k, 1) < 0"),
        ("sqrt", "math.sqrt(d) < 0.0"),
        ("round", "math.round(d) < 0.0"),
        ("bitShift", "math.bitShiftLeft(k, 3) < 0"),
        ("%d", "'%d'.format([i]) == 'b'"),
        ("%b", "'%b'.format([i]) == 'b'"),
        ("%x int", "'%x'.format([i]) == 'b'"),
        ("%s double", "'%s'.format([d]) == 'b'"),
        ("%f", "'%f'.format([d]) == 'b'"),
        ("%.100f", "'%.100f'.format([d]) == 'b'"),
        ("%.1000f", "'%.1000f'.format([1.0 / d]) == 'b'"),
        ("%.1000e", "'%.1000e'.format([1.0 / d]) == 'b'"),
        ("%e", "'%e'.format([d]) == 'b'"),
        ("%.2f", "'%.2f'.format([3.14159]) == 'b'"),
        ("%.2f double", "'%.2f'.format([d / 1e298]) == 'b'"),
        ("bucket short", "bucket(k, 'seed') < 0"),
        ("new list", "[k, k, k].size() < 0"),
        ("new map", "{'a': k, 'b': k}.size() < 0"),
        ("index", "[k, k][1] < 0"),
        ("index of a constant", "[1, 2, 3][k % 3] < 0"),
        ("lookup short", "{'a': 1, 'b': 2}[x == '' ? 'a' : 'b'] < 0"),
        ("in constants", "k in [-1, -2, -3]"),
    ] {
        case(name, Scalars, condition);
    }
    cases.push(Case {
        name: "%s of an int map",
        condition: "'%s'.format([variables.m]).contains('zz')",
        variables: "variables:\n  m: 'a.transformMapEntry(i, v, {v * v * v * v + i: v})'\n",
        facts: Ints,
    });
    cases.push(Case {
        name: "%s of many maps",
        condition: "'%s'.format([variables.m]).contains('zz')",
        variables: "variables:\n  m: 'a.map(v, {v: v})'\n",
        facts: Ints,
    });
    cases.push(Case {
        name: "list of lists ==",
        condition: "(variables.m == variables.n) == false",
        variables: "variables:\n  m: 'a.map(v, [v, v])'\n  n: 'a.map(v, [v, v])'\n",
        facts: Ints,
    });
    cases
}
