//! `test`, `expr`, `verify`, `inspect`, `disasm`, `bench`, `completions`.

mod support;

use serde_json::Value;
use support::{Folder, KIM, SHOP};

fn with_archive() -> Folder {
    let folder = Folder::with_shop();
    folder.run(&["compile", "shop.yaml", "-o", "shop.stone", "--quiet"]).expect(0);
    folder
}

#[test]
fn tests_that_pass_are_counted() {
    let folder = Folder::with_shop();
    assert_eq!(folder.run(&["test", "shop.yaml"]).expect(0).stdout, "1 passed, 0 failed\n");
    let ran = folder.run(&["test", "shop.yaml", "--filter", "points"]).expect(0);
    assert_eq!(ran.stdout, "1 passed, 0 failed\n");
    let ran = folder.run(&["test", "shop.yaml", "--filter", "nothing"]).expect(0);
    assert_eq!(ran.stdout, "no test has \"nothing\" in its name\n");
}

#[test]
fn a_failing_test_shows_expected_beside_found() {
    let folder = Folder::new();
    let expected = "{matched: [strong], outputs: {points: 120, gift: [], note: Hi kim, factor: 1}}";
    let wrong = "{matched: [vip, strong], outputs: {points: 121, note: null, factor: 1.0000001}}";
    folder.write("shop.yaml", SHOP.replace(expected, wrong));
    let ran = folder.run(&["test", "shop.yaml"]).expect(1);
    let text = "shop.yaml:35: strong players get points: FAILED\n  \
        matched\n    expected [\"vip\",\"strong\"]\n    found    [\"strong\"]\n  \
        points\n    expected 121\n    found    120\n  \
        note\n    expected absent\n    found    \"Hi kim\"\n  \
        factor\n    expected 1.0000001\n    found    1.0\n\n0 passed, 1 failed\n";
    assert_eq!(ran.stdout, text);
    let ran = folder.run(&["test", "shop.yaml", "--format", "json"]).expect(1);
    let test: Value = serde_json::from_str(ran.lines()[0]).expect("JSON");
    assert_eq!(test["differences"][1]["expected"], 121);
    assert_eq!(test["differences"][2]["expected"], Value::Null);
    assert_eq!(ran.lines()[1], r#"{"failed":1,"passed":0}"#);
}

#[test]
fn a_test_with_bad_facts_fails_and_says_why() {
    let folder = Folder::new();
    folder.write("shop.yaml", SHOP.replace("{level: 12, kind: new", "{level: ten, kind: new"));
    let ran = folder.run(&["test", "shop.yaml"]).expect(1);
    assert!(ran.stdout.contains("player.level: expected int, found \"ten\""), "{}", ran.stdout);
}

#[test]
fn errors_of_a_decision_are_shown_with_a_failing_test() {
    let folder = Folder::new();
    let source = SHOP.replace("level: 12, kind", "level: 0, kind");
    folder.write("shop.yaml", source);
    let ran = folder.run(&["test", "shop.yaml"]).expect(1);
    assert!(
        ran.stdout.contains("error: output `points` of rule `broken`: division by zero"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_ruleset_without_tests_says_so() {
    let folder = Folder::new();
    folder.write("shop.yaml", SHOP.split("tests:").next().expect("the rules"));
    assert_eq!(folder.run(&["test", "shop.yaml"]).expect(0).stdout, "shop has no tests\n");
}

#[test]
fn an_expression_has_a_type_and_a_value() {
    let folder = Folder::new();
    for (expression, printed) in [
        ("1 + 2", "int\n3\n"),
        ("-1", "int\n-1\n"),
        ("[1, 2].map(x, x * 1.5)", ""),
        ("[1.0, 2.0].map(x, x * 1.5)", "list(double)\n[1.5,3.0]\n"),
        ("{1: 'a'}", "map(int, string)\n{\"1\":\"a\"}\n"),
        ("[]", "list(nothing)\n[]\n"),
        ("duration('90s')", "duration\n\"90s\"\n"),
        ("double('NaN')", "double\n\"NaN\"\n"),
    ] {
        let status = i32::from(printed.is_empty());
        let ran = folder.run(&["expr", expression]).expect(status);
        assert_eq!(ran.stdout, printed);
    }
    let ran = folder.run(&["expr", "--format", "json", "[1u]"]).expect(0);
    assert_eq!(ran.stdout, "{\"type\":\"list(uint)\",\"value\":[1]}\n");
    assert_eq!(folder.run_with(&["expr", "-"], "2 *\n 3\n").expect(0).stdout, "int\n6\n");
}

#[test]
fn an_expression_that_fails_says_why() {
    let folder = Folder::new();
    let ran = folder.run(&["expr", "1 / 0"]).expect(1);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "error: division by zero\n"));
    let ran = folder.run(&["expr", "1 +"]).expect(1);
    assert!(ran.stderr.contains("<expression>:1:4"), "{}", ran.stderr);
    folder.run(&["expr", &"(".repeat(100_000)]).expect(1);
    folder.run(&["expr", ""]).expect(1);
}

#[test]
fn an_expression_may_use_a_ruleset_and_its_facts() {
    let folder = Folder::with_shop();
    folder.write("facts.jsonl", format!("{KIM}\n{{}}\n{KIM}\n"));
    let uses = ["expr", "variables.strong ? player.level - constants.least : 0", "--schema"];
    let with_facts = [&uses[..], &["shop.yaml", "--facts", "facts.jsonl"]].concat();
    let ran = folder.run(&with_facts).expect(1);
    assert_eq!(ran.stdout, "int\n2\n2\n");
    assert_eq!(ran.stderr, "error: line 2: now: missing\n");
    let ran = folder.run(&[&with_facts[..], &["--format", "json"]].concat()).expect(1);
    assert_eq!(ran.lines()[0], r#"{"type":"int","value":2}"#);
    assert_eq!(ran.lines()[1], r#"{"error":"line 2: now: missing"}"#);
    let ran = folder.run(&["expr", "constants.least", "--schema", "shop.yaml"]).expect(0);
    assert_eq!(ran.stdout, "int\n10\n");
    let ran = folder.run(&["expr", "player.level", "--schema", "shop.yaml"]).expect(1);
    assert!(ran.stderr.contains("--facts"), "{}", ran.stderr);
}

#[test]
fn an_archive_is_verified_with_its_identity_and_limits() {
    let folder = with_archive();
    let ran = folder.run(&["verify", "shop.stone"]).expect(0);
    for expected in ["name                 shop\n", "worst-case cost", "tzdata", "registers"] {
        assert!(ran.stdout.contains(expected), "{}", ran.stdout);
    }
    let ran = folder.run(&["verify", "--format", "json", "shop.stone"]).expect(0);
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(report["rules"], 4);
    assert_eq!(report["bytes"], folder.read("shop.stone").len());
    assert_eq!(report["valid"], true);
}

#[test]
fn an_archive_that_is_damaged_is_refused_with_a_code() {
    let folder = with_archive();
    let whole = folder.read("shop.stone");
    let mut flipped = whole.clone();
    flipped[80] ^= 4;
    for (bytes, code) in
        [(&flipped[..], "A008"), (&whole[..whole.len() - 1], "A002"), (SHOP.as_bytes(), "A001")]
    {
        folder.write("bad.stone", bytes);
        for verb in ["verify", "inspect", "disasm"] {
            let ran = folder.run(&[verb, "bad.stone"]).expect(1);
            assert!(ran.stderr.contains(code) && ran.stdout.is_empty(), "{}", ran.stderr);
            let ran = folder.run_with(&[verb, "-"], bytes).expect(1);
            assert!(ran.stderr.contains(code), "{}", ran.stderr);
        }
        let ran = folder.run(&["verify", "--format", "json", "bad.stone"]).expect(1);
        let error: Value = serde_json::from_str(ran.stderr.trim()).expect("JSON");
        assert_eq!(error["code"], code);
    }
    folder.run(&["verify", "missing.stone"]).expect(1);
    folder.run(&["verify", "."]).expect(1);
    folder.run(&["verify", "/dev/null"]).expect(1);
}

#[test]
fn what_is_in_an_archive_is_shown_section_by_section() {
    let folder = with_archive();
    let text = folder.run(&["inspect", "shop.stone"]).expect(0).stdout;
    for expected in [
        "player.kind   enum(new, old, vip)",
        "list(string)",
        "\nregexes\n",
        "strong  5         default",
    ] {
        assert!(text.contains(expected), "{text}");
    }
    let json = folder.run(&["inspect", "shop.stone", "--format", "json"]).expect(0).stdout;
    let report: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(report["identity"]["name"], "shop");
    assert_eq!(report["rules"][0]["id"], "strong");
    assert_eq!(report["rules"][0]["slots"], 1);
    assert_eq!(report["slots"][0]["rule"], "strong");
    assert_eq!(report["facts"][4]["optional"], true);
    assert_eq!(report["variables"][0]["type"], "bool");
}

#[test]
fn code_is_shown_with_its_places() {
    let folder = with_archive();
    let text = folder.run(&["disasm", "shop.stone"]).expect(0).stdout;
    for expected in [
        "rule strong (priority 5, group default)  shop.yaml:21:9\n",
        "\n  slot 0\n",
        " player.kind == \"vip\"\n",
        " player.level == 0\n",
        " player.score > 0.0\n",
        "  output gift = \"crown\"\n",
        "variable strong  shop.yaml:19:11\n",
        " variables.strong\n",
        " \"gold\" in player.tags\n",
        "matches",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    let text = folder.run(&["disasm", "shop.stone", "--rule", "vip"]).expect(0).stdout;
    assert!(text.starts_with("rule vip") && !text.contains("variable"), "{text}");
    let text = folder.run(&["disasm", "shop.stone", "--rule", "strong"]).expect(0).stdout;
    assert!(text.contains("variable strong") && !text.contains("rule vip"), "{text}");
    let ran = folder.run(&["disasm", "shop.stone", "--rule", "vpi"]).expect(1);
    assert!(ran.stderr.contains("`vpi`"), "{}", ran.stderr);
    let json = folder.run(&["disasm", "shop.stone", "--format", "json"]).expect(0).stdout;
    for line in json.lines() {
        serde_json::from_str::<Value>(line).expect("a JSON object a line");
    }
    folder.run(&["compile", "shop.yaml", "-o", "shop.stone", "--strip", "--quiet"]).expect(0);
    let text = folder.run(&["disasm", "shop.stone"]).expect(0).stdout;
    assert!(text.contains("rule strong") && !text.contains("shop.yaml"), "{text}");
}

#[test]
fn speed_is_measured_on_good_lines() {
    let folder = Folder::with_shop();
    folder.write("facts.jsonl", format!("{KIM}\nbad\n{KIM}\n"));
    let bench = ["bench", "shop.yaml", "--facts", "facts.jsonl", "--seconds", "0.05"];
    let ran = folder.run(&bench).expect(0);
    assert!(ran.stdout.starts_with("shop: 4 rules, 2 requests\n"), "{}", ran.stdout);
    assert_eq!(ran.stderr, "1 bad line passed over\n");
    let ran = folder.run(&[&bench[..], &["--format", "json"]].concat()).expect(0);
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(report["matches_per_decision"], 2.0);
    assert!(report["decisions_per_second"].as_f64().is_some_and(|speed| speed > 0.0));
    folder.write("facts.jsonl", "bad\n");
    folder.run(&bench).expect(1);
}

#[test]
fn shells_get_completions() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = Folder::new().run(&["completions", shell]).expect(0);
        assert!(ran.stdout.contains("rulestone") && ran.stdout.contains("disasm"));
    }
}
