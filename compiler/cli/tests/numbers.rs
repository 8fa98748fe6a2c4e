//! Numbers are what is written, wherever they come in: in lines of facts, in the
//! YAML of tests, and in the facts of `expr`.

mod support;

use support::Folder;

const SOURCE: &str = r#"rulestone: v1
ruleset: numbers
facts:
  i: {type: int, optional: true}
  u: {type: uint, optional: true}
  d: {type: double, optional: true}
  t: {type: timestamp, optional: true}
  p: {type: point, optional: true}
  is: {type: {list: {list: int}}, optional: true}
  us: {type: {map: uint}, optional: true}
outputs:
  i: {type: int}
  u: {type: uint}
  d: {type: double}
  t: {type: timestamp}
  p: {type: point}
  is: {type: {list: {list: int}}}
  us: {type: {map: uint}}
rules:
  - {id: i, condition: has(i), output: {i: i}}
  - {id: u, condition: has(u), output: {u: u}}
  - {id: d, condition: has(d), output: {d: d}}
  - {id: t, condition: has(t), output: {t: t}}
  - {id: p, condition: has(p), output: {p: p}}
  - {id: is, condition: has(is), output: {is: is}}
  - {id: us, condition: has(us), output: {us: us}}
"#;

/// A fact, and the output that gives it back, as JSON.
const EXACT: [(&str, &str, &str); 24] = [
    ("i", "9007199254740993.0", "9007199254740993"),
    ("i", "90071992547409930e-1", "9007199254740993"),
    ("i", "9007199254740993e0", "9007199254740993"),
    ("i", "9223372036854775807.0", "9223372036854775807"),
    ("i", "-9223372036854775808", "-9223372036854775808"),
    ("i", "1e+06", "1000000"),
    ("i", "1E+2", "100"),
    ("i", "0e5", "0"),
    ("i", "-0", "0"),
    ("i", "-0.0", "0"),
    ("i", "0e99999999999999999999", "0"),
    ("u", "18446744073709551615.00", "18446744073709551615"),
    ("u", "1844674407370955161.5E1", "18446744073709551615"),
    ("u", "-0e9", "0"),
    ("d", "0.1", "0.1"),
    ("d", "1036.8799999999999", "1036.8799999999999"),
    ("d", "9007199254740993", "9007199254740992.0"),
    ("d", "1e-400", "0.0"),
    ("d", "-0", "-0.0"),
    ("t", "1767225600.123456789", "\"2026-01-01T00:00:00.123456789Z\""),
    ("t", "17672256001234567890e-10", "\"2026-01-01T00:00:00.123456789Z\""),
    ("p", "{\"lat\": 1E+1, \"lon\": -0.5}", "{\"lat\":10.0,\"lon\":-0.5}"),
    ("is", "[[], [9007199254740993.0]]", "[[],[9007199254740993]]"),
    ("us", "{\"a\": 18446744073709551614.0}", "{\"a\":18446744073709551614}"),
];

/// A fact that is bad, and what is said of it.
const BAD: [(&str, &str, &str); 18] = [
    ("i", "9007199254740992.5", "i: expected int, found 9007199254740992.5"),
    ("i", "1.0000000000000000001", "i: expected int, found 1.0000000000000000001"),
    ("i", "0.99999999999999999999", "i: expected int, found 0.99999999999999999999"),
    ("i", "1e-400", "i: expected int, found 1e-400"),
    ("i", "-9223372036854775809", "i: expected int, found -9223372036854775809"),
    ("i", "-9223372036854776832", "i: expected int, found -9223372036854776832"),
    ("i", "9223372036854775808", "i: expected int, found 9223372036854775808"),
    ("i", "1e999999999", "i: expected int, found 1e999999999"),
    ("i", "1e-9223372036854775809", "i: expected int, found 1e-9223372036854775809"),
    ("u", "-1", "u: expected uint, found -1"),
    ("u", "18446744073709551616", "u: expected uint, found 18446744073709551616"),
    ("d", "1e400", "d: expected double, found 1e400"),
    ("d", "-1e309", "d: expected double, found -1e309"),
    (
        "t",
        "1767225600.1234567891",
        "t: expected timestamp, found 1767225600.1234567891 (finer than a nanosecond)",
    ),
    ("t", "253402300800", "t: expected timestamp, found 253402300800"),
    ("p", "{\"lat\": 1e400, \"lon\": 0}", "p.lat: expected double, found 1e400"),
    ("is", "[[], [1, -9223372036854775809]]", "is[1][1]: expected int, found -9223372036854775809"),
    ("us", "{\"a\": 0.5}", "us[\"a\"]: expected uint, found 0.5"),
];

fn folder_with(text: &str) -> Folder {
    let folder = Folder::new();
    folder.write("numbers.yaml", SOURCE.to_owned() + text);
    folder
}

#[test]
fn a_line_of_facts_is_read_digit_by_digit() {
    let folder = folder_with("");
    let eval = |facts: String| folder.run_with(&["eval", "numbers.yaml", "--facts", "-"], facts);
    let lines = EXACT.map(|(fact, written, _)| format!("{{\"{fact}\": {written}}}"));
    let ran = eval(lines.join("\n")).expect(0);
    for ((fact, written, value), line) in EXACT.iter().zip(ran.lines()) {
        assert!(line.contains(&format!("\"{fact}\":{value}")), "{written}: {line}");
    }
    let lines = BAD.map(|(fact, written, _)| format!("{{\"{fact}\": {written}}}"));
    let ran = eval(lines.join("\n")).expect(1);
    assert_eq!(ran.lines().len(), BAD.len());
    for (number, ((_, _, message), line)) in BAD.iter().zip(ran.lines()).enumerate() {
        let error = serde_json::json!({"error": format!("line {}: {message}", number + 1)});
        assert_eq!(line, error.to_string());
    }
}

#[test]
fn facts_of_expressions_are_read_digit_by_digit() {
    let folder = folder_with("");
    for (fact, written, value) in EXACT {
        let ran = folder.run_with(
            &["expr", fact, "--schema", "numbers.yaml", "--facts", "-"],
            format!("{{\"{fact}\": {written}}}"),
        );
        assert_eq!(ran.expect(0).lines().last(), Some(&value), "{written}");
    }
    for (fact, written, message) in BAD {
        let ran = folder.run_with(
            &["expr", fact, "--schema", "numbers.yaml", "--facts", "-"],
            format!("{{\"{fact}\": {written}}}"),
        );
        let ran = ran.expect(1);
        assert!(ran.stderr.contains(&format!("line 1: {message}")), "{written}: {}", ran.stderr);
    }
}

#[test]
fn facts_of_tests_are_read_digit_by_digit() {
    let tests = EXACT.iter().enumerate().map(|(number, (fact, written, value))| {
        format!(
            "  - {{name: n{number}, facts: {{{fact}: {written}}}, expect: {{outputs: {{{fact}: {value}}}}}}}\n"
        )
    });
    let folder = folder_with(&("tests:\n".to_owned() + &tests.collect::<String>()));
    let ran = folder.run(&["test", "numbers.yaml"]).expect(0);
    assert_eq!(ran.stdout, format!("{} passed, 0 failed\n", EXACT.len()));
    for (fact, written, message) in BAD {
        let test = format!(
            "tests:\n  - {{name: bad, facts: {{{fact}: {written}}}, expect: {{matched: []}}}}\n"
        );
        let ran = folder_with(&test).run(&["test", "numbers.yaml"]).expect(1);
        assert!(ran.stdout.contains(message), "{written}: {}", ran.stdout);
    }
}

#[test]
fn what_tests_expect_is_read_digit_by_digit() {
    let expect = |fact: &str, written: &str, expected: &str| {
        let test = format!(
            "tests:\n  - {{name: n, facts: {{{fact}: {written}}}, expect: {{outputs: {{{fact}: {expected}}}}}}}\n"
        );
        folder_with(&test).run(&["test", "numbers.yaml"])
    };
    // The neighbour that a double would make of it.
    for (fact, written, expected) in [
        ("i", "9007199254740993", "9007199254740992.0"),
        ("i", "9223372036854775806", "9223372036854775807.0"),
        ("u", "18446744073709551614", "18446744073709551615.0"),
        ("t", "1767225600.123456789", "1767225600.123456788"),
    ] {
        let ran = expect(fact, written, expected).expect(1);
        assert!(ran.stdout.contains("0 passed, 1 failed"), "{expected}: {}", ran.stdout);
        expect(fact, written, written).expect(0);
    }
    for (fact, expected) in [
        ("i", "9007199254740992.5"),
        ("i", "-9223372036854775809"),
        ("i", "1e-400"),
        ("u", "-0.5"),
        ("d", "1e400"),
        ("t", "1767225600.1234567891"),
        ("is", "[[1e30]]"),
    ] {
        let ran = expect(fact, "null", expected).expect(1);
        assert!(ran.stderr.contains("RS0203"), "{expected}: {}", ran.stderr);
    }
}

#[test]
fn a_number_of_a_million_digits_is_read_soon() {
    let folder = folder_with("");
    let zeros = "0".repeat(1_000_000);
    let lines = [
        format!("{{\"i\": 42.{zeros}}}"),
        format!("{{\"i\": 42.{zeros}1}}"),
        format!("{{\"d\": 0.{zeros}5e1000001}}"),
        format!("{{\"i\": 1{zeros}}}"),
        format!("{{\"i\": 42{zeros}e-1000000, \"x\": 1{zeros}}}"),
    ];
    let ran = folder.run_with(&["eval", "numbers.yaml", "--facts", "-"], lines.join("\n"));
    let ran = ran.expect(1);
    let lines = ran.lines();
    assert!(lines[0].contains("\"i\":42") && lines[4].contains("\"i\":42"), "{}", ran.stdout);
    assert!(lines[2].contains("\"d\":5.0"), "{}", lines[2]);
    for bad in [lines[1], lines[3]] {
        assert!(bad.contains("i: expected int, found ") && bad.len() < 200, "{bad}");
    }
}
