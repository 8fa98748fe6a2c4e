//! `eval`: one line for each line, whatever is in it.

mod support;

use support::{Folder, KIM, KIMS_DECISION, SHOP};

/// The errors that a line of facts gives.
#[track_caller]
fn error_of(line: &str) -> String {
    let folder = Folder::with_shop();
    let facts = format!("{KIM}\n{line}\n{KIM}\n");
    let ran = folder.run_with(&["eval", "shop.yaml", "--facts", "-"], facts).expect(1);
    let lines = ran.lines();
    assert_eq!(lines.len(), 3, "{}", ran.stdout);
    assert_eq!((lines[0], lines[2]), (KIMS_DECISION, KIMS_DECISION));
    let error: serde_json::Value = serde_json::from_str(lines[1]).expect("JSON");
    error["error"].as_str().expect("an error").to_owned()
}

fn kim_with(from: &str, to: &str) -> String {
    assert!(KIM.contains(from));
    KIM.replace(from, to)
}

#[test]
fn sources_and_archives_decide_alike_from_wherever_they_come() {
    let folder = Folder::with_shop();
    folder.write("facts.jsonl", format!("{KIM}\n"));
    // The name tells nothing.
    folder.run(&["compile", "shop.yaml", "-o", "archive.yaml"]).expect(0);
    let archive = folder.read("archive.yaml");
    for target in ["shop.yaml", "archive.yaml"] {
        let ran = folder.run(&["eval", target, "--facts", "facts.jsonl"]).expect(0);
        assert_eq!(ran.stdout, format!("{KIMS_DECISION}\n"));
        assert_eq!(ran.stderr, "");
        let ran = folder.run_with(&["eval", target, "--facts", "-"], KIM).expect(0);
        assert_eq!(ran.stdout, format!("{KIMS_DECISION}\n"));
    }
    for target in [SHOP.as_bytes(), &archive] {
        let ran = folder.run_with(&["eval", "-", "--facts", "facts.jsonl"], target).expect(0);
        assert_eq!(ran.stdout, format!("{KIMS_DECISION}\n"));
    }
}

#[test]
fn a_bad_line_gives_an_error_in_its_place() {
    let error = error_of(&kim_with("12", "\"ten\""));
    assert_eq!(error, "line 2: player.level: expected int, found \"ten\"");
    assert_eq!(error_of(&kim_with("12", "null")), "line 2: player.level: missing");
    assert_eq!(error_of("{}"), "line 2: now: missing");
    let error = error_of(&kim_with("vip", "king"));
    assert_eq!(error, "line 2: player.kind: expected one of new, old, vip, found \"king\"");
    let error = error_of(&kim_with("kim", "someone long"));
    assert_eq!(error, "line 2: player.name: 12 bytes, at most 8");
    let error = error_of(&kim_with(r#"["gold"]"#, r#"["a","b","c","d","e"]"#));
    assert_eq!(error, "line 2: player.tags: 5 items, at most 4");
    assert_eq!(error_of("[]"), "line 2: expected an object of facts, found a list");
}

#[test]
fn what_is_no_json_is_said_so() {
    assert!(error_of(&KIM[..20]).starts_with("line 2: not JSON: EOF"));
    assert!(error_of(&format!("{KIM} x")).contains("not JSON: trailing characters at column"));
    assert!(error_of("{\"a\":NaN}").contains("not JSON: expected value at column 6"));
    assert!(error_of(&kim_with("12", "01")).contains("not JSON: invalid number"));
    let error = error_of(&kim_with("kim", "é\\ud800"));
    assert_eq!(error, "line 2: not JSON: half of a surrogate pair in an escape at column 53");
}

#[test]
fn a_line_of_nothing_but_blanks_prints_nothing_and_counts() {
    let folder = Folder::with_shop();
    let eval = |facts: &str| folder.run_with(&["eval", "shop.yaml", "--facts", "-"], facts);
    let ran = eval(&format!("\n{KIM}\n \t \r\n\n[]\n{KIM}\n   ")).expect(1);
    let bad = r#"{"error":"line 5: expected an object of facts, found a list"}"#;
    assert_eq!(ran.lines(), [KIMS_DECISION, bad, KIMS_DECISION]);
    for nothing in ["\n", " ", "\r\n\r\n", "\u{feff}\n\n", "\t\n \n"] {
        assert_eq!(eval(nothing).expect(0).stdout, "", "{nothing:?}");
    }
    let ran = eval(&format!("\u{feff} \n{KIM}")).expect(0);
    assert_eq!(ran.lines(), [KIMS_DECISION]);
    // No blanks of JSON.
    let ran = eval("\u{a0}\n\u{b}\n\0").expect(1);
    assert_eq!(ran.lines().len(), 3, "{}", ran.stdout);
}

#[test]
fn numbers_that_fit_no_int_are_bad_as_they_are_written() {
    for number in [
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "9007199254740992.5",
        "1.0000000000000000000001",
        "0.99999999999999999999",
        "1e-400",
        "1e400",
        "1e30",
        "-1E+19",
        "1e999999999999999999999",
    ] {
        let error = error_of(&kim_with("12", number));
        assert_eq!(error, format!("line 2: player.level: expected int, found {number}"));
    }
    let error = error_of(&kim_with("12", &"9".repeat(1_000_000)));
    let shown = "9".repeat(60);
    assert_eq!(error, format!("line 2: player.level: expected int, found {shown}…"));
}

#[test]
fn a_key_that_stands_twice_is_bad() {
    let error = error_of(&kim_with("\"level\":12", "\"level\":12,\"level\":13"));
    assert_eq!(error, "line 2: key \"level\" given twice at column 32");
    let error = error_of(&kim_with("\"level\":12", "\"level\":null,\"l\\u0065vel\":12"));
    assert!(error.starts_with("line 2: key \"level\" given twice"), "{error}");
    let two_groups = kim_with("\"now\":0", "\"now\":0,\"player\":{\"score\":1}");
    assert!(error_of(&two_groups).starts_with("line 2: key \"player\" given twice"));
}

#[test]
fn a_key_that_nobody_knows_may_stand_twice() {
    let folder = Folder::with_shop();
    let twice = kim_with("\"now\":0", "\"x\":0,\"now\":0,\"x\":[{\"y\":1,\"y\":2}]");
    let ran = folder.run_with(&["eval", "shop.yaml", "--facts", "-"], &twice).expect(0);
    assert_eq!(ran.lines(), [KIMS_DECISION]);
    let strict = ["eval", "shop.yaml", "--facts", "-", "--strict"];
    let ran = folder.run_with(&strict, &twice).expect(1);
    assert_eq!(ran.lines(), [r#"{"error":"line 1: unknown fact x"}"#]);
}

#[test]
fn what_nobody_knows_must_be_json() {
    for (wrong, message) in [
        ("[1,[2,]]", "trailing comma"),
        ("{\"a\":{1:2}}", "key must be a string"),
        ("[01]", "invalid number"),
        ("[\"\\x\"]", "invalid escape"),
        ("[\"\t\"]", "control character"),
        ("[[[}]]", "expected value"),
        ("[nul]", "expected value"),
    ] {
        let error = error_of(&kim_with("\"now\"", &format!("\"x\":{wrong},\"now\"")));
        assert!(error.contains(&format!("not JSON: {message}")), "{wrong}: {error}");
    }
}

#[test]
fn deep_nesting_is_bad_where_it_is_wanted_and_passed_over_elsewhere() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let error = error_of(&kim_with(r#"["gold"]"#, &deep(100_000)));
    assert!(error.starts_with("line 2: player.tags[0]: expected string"), "{error}");
    assert!(error_of(&"[".repeat(100_000)).starts_with("line 2: "));
    // A value that nobody wants may be what it likes.
    let folder = Folder::with_shop();
    let unknown = kim_with("\"now\"", &format!("\"x\":{},\"now\"", deep(1_000_000)));
    let ran = folder.run_with(&["eval", "shop.yaml", "--facts", "-"], unknown).expect(0);
    assert_eq!(ran.lines(), [KIMS_DECISION]);
}

#[test]
fn bytes_that_are_no_text_are_bad() {
    let folder = Folder::with_shop();
    let mut facts = b"{\"x\":\"\xff\"}\n\0\n".to_vec();
    facts.extend_from_slice(KIM.as_bytes());
    let ran = folder.run_with(&["eval", "shop.yaml", "--facts", "-"], facts).expect(1);
    assert!(ran.lines()[0].contains("not UTF-8"), "{}", ran.stdout);
    assert!(ran.lines()[1].contains("line 2: not JSON"), "{}", ran.stdout);
    assert_eq!(ran.lines()[2], KIMS_DECISION);
}

#[test]
fn a_line_that_is_too_long_is_bad_and_the_next_is_read() {
    let folder = Folder::with_shop();
    let mut facts = vec![b'x'; (64 << 20) + 1];
    facts.extend_from_slice(format!("\n{KIM}").as_bytes());
    let ran = folder.run_with(&["eval", "shop.yaml", "--facts", "-"], facts).expect(1);
    assert_eq!(ran.lines(), [r#"{"error":"line 1: longer than 64 MiB"}"#, KIMS_DECISION]);
}

#[test]
fn line_ends_of_windows_and_byte_order_marks_are_fine() {
    let folder = Folder::with_shop();
    let facts = format!("\u{feff}{KIM}\r\n{KIM}\r\n");
    let ran = folder.run_with(&["eval", "shop.yaml", "--facts", "-"], facts).expect(0);
    assert_eq!(ran.lines(), [KIMS_DECISION, KIMS_DECISION]);
}

#[test]
fn nothing_in_gives_nothing_out() {
    let folder = Folder::with_shop();
    let ran = folder.run_with(&["eval", "shop.yaml", "--facts", "-"], "").expect(0);
    assert_eq!(ran.stdout, "");
}

#[test]
fn unknown_facts_are_ignored_unless_strict() {
    let folder = Folder::with_shop();
    let facts = kim_with("\"level\"", "\"levels\":1,\"level\"");
    let ran = folder.run_with(&["eval", "shop.yaml", "--facts", "-"], &facts).expect(0);
    assert_eq!(ran.lines(), [KIMS_DECISION]);
    let strict = ["eval", "shop.yaml", "--facts", "-", "--strict"];
    let ran = folder.run_with(&strict, &facts).expect(1);
    assert_eq!(
        ran.lines(),
        [r#"{"error":"line 1: unknown fact player.levels (did you mean player.level?)"}"#]
    );
}

#[test]
fn errors_of_rules_are_part_of_the_decision() {
    let folder = Folder::with_shop();
    let facts = kim_with("12", "0");
    let ran = folder.run_with(&["eval", "shop.yaml", "--facts", "-"], facts).expect(0);
    let decision: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(decision["errors"][0]["kind"], "output");
    assert_eq!(decision["errors"][0]["rule"], "broken");
}

#[test]
fn a_bad_target_prints_nothing_but_errors() {
    let folder = Folder::with_shop();
    folder.write("bad.yaml", SHOP.replace("player.level == 0", "player.level =="));
    let ran = folder.run_with(&["eval", "bad.yaml", "--facts", "-"], KIM).expect(1);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("bad.yaml:"), "{}", ran.stderr);

    folder.run(&["compile", "shop.yaml", "-o", "shop.stone"]).expect(0);
    let mut archive = folder.read("shop.stone");
    archive[100] ^= 1;
    folder.write("damaged.stone", &archive);
    let ran = folder.run_with(&["eval", "damaged.stone", "--facts", "-"], KIM).expect(1);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("A008"), "{}", ran.stderr);
    let ran = folder.run(&["eval", "shop.yaml", "--facts", "missing.jsonl"]).expect(1);
    assert!(ran.stderr.contains("missing.jsonl"), "{}", ran.stderr);
    folder.write("folder/x", "");
    folder.run(&["eval", "shop.yaml", "--facts", "folder"]).expect(1);
}

#[test]
fn warnings_are_mentioned_in_one_line() {
    let folder = Folder::new();
    folder.write("shop.yaml", SHOP.replace("player.level == 0", "player.level < 1 && false"));
    let ran = folder.run_with(&["eval", "shop.yaml", "--facts", "-"], KIM).expect(0);
    assert_eq!(ran.stderr, "1 warning (run `rulestone check`)\n");
    assert_eq!(ran.lines(), [KIMS_DECISION]);
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_early_is_no_error() {
    use std::io::{BufRead, BufReader, Write};
    use std::process::Stdio;
    let folder = Folder::with_shop();
    let mut command = folder.command();
    command.args(["eval", "shop.yaml", "--facts", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    // The answer comes before the next question.
    writeln!(stdin, "{KIM}").expect("it reads");
    let mut line = String::new();
    stdout.read_line(&mut line).expect("it answers");
    assert_eq!(line.trim_end(), KIMS_DECISION);
    drop(stdout);
    let line = format!("{KIM}\n").repeat(1000);
    let _ = stdin.write_all(line.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

#[test]
fn with_and_without_index_the_decisions_are_the_same() {
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/black-mesa");
    let requests = format!("{rules}/requests.jsonl");
    let folder = Folder::new();
    let with = folder.run(&["eval", rules, "--facts", &requests]).expect(0);
    let without = folder.run(&["eval", rules, "--facts", &requests, "--no-index"]).expect(0);
    assert_eq!(with.lines().len(), 2_000);
    assert!(with.stdout == without.stdout, "the decisions differ");
}

/// Otherwise a player could switch a rule off by what he sends.
#[test]
fn a_decision_beyond_a_limit_is_an_error_as_a_whole_and_the_rest_goes_on() {
    let folder = Folder::with_shop();
    let mut rules = String::new();
    for n in 0..6 {
        rules += &format!(
            "  - {{id: busy-{n}, condition: 'tags.exists(t, name.contains(t) && level > {n})'}}\n"
        );
    }
    folder.write(
        "busy.yaml",
        format!(
            "rulestone: v1\nruleset: busy\nfacts:\n  name: {{type: string, max_length: 1048576}}\n  \
             tags: {{list: string}}\n  level: int\nrules:\n{rules}  - {{id: cheat, condition: \
             'name.endsWith(\"x\")'}}\n"
        ),
    );
    let line = |length: usize| {
        let tags: Vec<String> = (0..64).map(|n| format!("tag{n}")).collect();
        let facts = serde_json::json!({"name": "x".repeat(length), "tags": tags, "level": 3});
        format!("{facts}\n")
    };
    let facts = [line(10), line(1 << 20), line(10)].concat();
    let way: [&[&str]; 2] = [&[], &["--no-index"]];
    for more in way {
        let arguments = [&["eval", "busy.yaml", "--facts", "-"], more].concat();
        let ran = folder.run_with(&arguments, &facts).expect(1);
        let lines = ran.lines();
        assert_eq!(lines.len(), 3, "{}", ran.stdout);
        let decision = r#"{"matched":["cheat"],"outputs":{}}"#;
        assert_eq!((lines[0], lines[2]), (decision, decision));
        assert!(lines[1].starts_with(r#"{"error":"line 2: limits: "#), "{}", lines[1]);
    }
}

#[test]
fn an_absent_fact_and_null_are_the_default() {
    let folder = Folder::with_shop();
    let shop = SHOP
        .replace(
            "name: {type: string, max_length: 8}",
            "name: {type: string, max_length: 8, default: kim}",
        )
        .replace(
            "tags: {list: string, max_items: 4}",
            "tags: {list: string, max_items: 4, default: [gold]}",
        );
    folder.write("shop.yaml", &shop);
    folder.run(&["compile", "shop.yaml", "-o", "shop.stone"]).expect(0);
    let absent = r#"{"now":0,"player":{"level":12,"kind":"vip"}}"#;
    let null = r#"{"now":0,"player":{"level":12,"kind":"vip","name":null,"tags":null}}"#;
    let other = kim_with("kim", "x1").replace(r#"["gold"]"#, "[]");
    for target in ["shop.yaml", "shop.stone"] {
        let facts = format!("{absent}\n{other}\n{null}\n{KIM}\n");
        let ran = folder.run_with(&["eval", target, "--facts", "-", "--strict"], facts).expect(0);
        let [first, second, others @ ..] = &ran.lines()[..] else { panic!("{}", ran.stdout) };
        assert_eq!(*first, KIMS_DECISION);
        assert!(second.starts_with(r#"{"matched":[],"#), "{second}");
        assert_eq!(others, [KIMS_DECISION; 2]);
    }
    // Null within is no default.
    let line = absent.replace(r#""kind""#, r#""tags":[null],"kind""#);
    let ran = folder.run_with(&["eval", "shop.stone", "--facts", "-"], line).expect(1);
    assert!(ran.stdout.starts_with(r#"{"error":"line 1: "#), "{}", ran.stdout);
    let text = folder.run(&["inspect", "shop.stone"]).expect(0).stdout;
    let row = |path: &str| text.lines().find(|line| line.trim_start().starts_with(path));
    assert!(row("player.name").is_some_and(|row| row.contains(r#"yes       "kim""#)), "{text}");
    assert!(row("player.tags").is_some_and(|row| row.contains(r#"["gold"]"#)), "{text}");
    assert!(row("player.level").is_some_and(|row| !row.contains("kim")), "{text}");
    folder.run(&["test", "shop.yaml"]).expect(0);
}
