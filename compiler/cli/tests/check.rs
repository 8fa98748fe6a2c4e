//! `check`, and what holds for every verb: statuses, colour, odd arguments.

mod support;

use support::{Folder, SHOP, run};

/// A rule that never matches: a warning.
const WARNING: &str = "  - {id: never, condition: 'player.level > 1 && false'}\ntests: []\n";

fn with_warning() -> String {
    let rules = SHOP.split("tests:").next().expect("the rules");
    format!("{rules}{WARNING}")
}

#[test]
fn a_clean_source_is_done() {
    let folder = Folder::with_shop();
    let ran = folder.run(&["check", "shop.yaml"]).expect(0);
    assert_eq!(ran.stdout, "shop: 4 rules, 1 test: no findings\n");
    assert_eq!(ran.stderr, "");
}

#[test]
fn every_finding_comes_at_once_with_its_place() {
    let folder = Folder::new();
    let source = SHOP.replace("10 * player.level", "10 * player.levle");
    folder.write("shop.yaml", source.replace("1 / player.level", "1 +"));
    let ran = folder.run(&["check", "shop.yaml"]).expect(1);
    assert!(ran.stderr.contains("shop.yaml:24:27"), "{}", ran.stderr);
    assert!(ran.stderr.contains("did you mean `player.level`?"), "{}", ran.stderr);
    assert!(ran.stderr.contains("RS0301"), "{}", ran.stderr);
    assert!(ran.stdout.contains("2 errors"), "{}", ran.stdout);
    assert!(!ran.stderr.contains('\u{1b}'), "there is no terminal");
}

#[test]
fn findings_are_json_lines_if_asked() {
    let folder = Folder::new();
    folder.write("shop.yaml", SHOP.replace("10 * player.level", "10 * player.levle"));
    let ran = folder.run(&["--format", "json", "check", "shop.yaml"]).expect(1);
    let finding: serde_json::Value = serde_json::from_str(ran.stderr.trim()).expect("one line");
    assert_eq!(finding["line"], 24);
    assert_eq!(finding["severity"], "error");
    let summary: serde_json::Value = serde_json::from_str(&ran.stdout).expect("a summary");
    assert_eq!(summary["errors"], 1);
}

#[test]
fn warnings_alone_are_done_unless_denied() {
    let folder = Folder::new();
    folder.write("shop.yaml", with_warning());
    let ran = folder.run(&["check", "shop.yaml"]).expect(0);
    assert!(ran.stderr.contains("RS0904"), "{}", ran.stderr);
    assert!(ran.stdout.contains("1 warning"), "{}", ran.stdout);
    folder.run(&["check", "shop.yaml", "--deny-warnings"]).expect(1);
}

#[test]
fn what_is_printed_is_bounded() {
    let folder = Folder::new();
    let mut source = SHOP.split("tests:").next().expect("the rules").to_owned();
    for number in 0..1_500 {
        source.push_str(&format!("  - {{id: r{number}, condition: nothing.here}}\n"));
    }
    folder.write("shop.yaml", source);
    let ran = folder.run(&["check", "shop.yaml"]).expect(1);
    assert_eq!(ran.stderr.matches("error[RS0401]").count(), 1_000);
    assert!(ran.stderr.ends_with("... and 500 more\n"));
    assert!(ran.stdout.contains("1500 errors"), "{}", ran.stdout);
}

#[test]
fn a_source_may_come_from_standard_input() {
    let ran = Folder::new().run_with(&["check", "-"], SHOP).expect(0);
    assert!(ran.stdout.starts_with("shop: 4 rules"));
    let ran = Folder::new().run_with(&["check", "-"], "rulestone: v1\nruleset: Shop\n").expect(1);
    assert!(ran.stderr.contains("<stdin>:2:10"), "{}", ran.stderr);
    Folder::new().run_with(&["check", "-"], b"\xff\xfe\0\0").expect(1);
    Folder::new().run_with(&["check", "-"], b"").expect(1);
}

#[test]
fn what_is_not_there_or_no_file_is_at_fault() {
    let folder = Folder::new();
    let ran = folder.run(&["check", "nothing.yaml"]).expect(1);
    assert!(ran.stderr.contains("RS0101"), "{}", ran.stderr);
    folder.write("empty/readme.txt", "");
    folder.run(&["check", "empty"]).expect(1);
    folder.run(&["check", "/dev/null"]).expect(1);
}

#[test]
fn wrong_use_is_2() {
    let folder = Folder::with_shop();
    for arguments in [
        &[][..],
        &["chekc", "shop.yaml"],
        &["check"],
        &["check", "shop.yaml", "--nope"],
        &["check", "shop.yaml", "--format", "xml"],
        &["eval", "shop.yaml"],
        &["eval", "-", "--facts", "-"],
        &["compile", "shop.yaml"],
        &["compile", "shop.yaml", "-o", "x.stone", "--threads", "0"],
        &["expr"],
        &["expr", "1", "--facts", "x"],
        &["bench", "shop.yaml", "--facts", "x", "--seconds", "-1"],
        &["completions", "csh"],
    ] {
        let ran = folder.run(arguments).expect(2);
        assert!(!ran.stderr.is_empty() && ran.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn every_verb_has_help_with_an_example() {
    let folder = Folder::new();
    let help = folder.run(&["--help"]).expect(0).stdout;
    let verbs =
        ["check", "compile", "test", "eval", "expr", "verify", "inspect", "disasm", "bench"];
    for verb in verbs.into_iter().chain(["completions"]) {
        assert!(help.contains(&format!("  {verb} ")), "{help}");
        let help = folder.run(&[verb, "--help"]).expect(0).stdout;
        assert!(help.contains("Example:\n  rulestone "), "{help}");
    }
    assert!(folder.run(&["--version"]).expect(0).stdout.starts_with("rulestone "));
}

#[test]
fn colour_is_as_asked() {
    let folder = Folder::new();
    folder.write("shop.yaml", "rulestone: v1\n");
    let ran = folder.run(&["check", "shop.yaml", "--color", "always"]).expect(1);
    assert!(ran.stderr.contains('\u{1b}'));
    let ran = folder.run(&["--color", "never", "check", "shop.yaml"]).expect(1);
    assert!(!ran.stderr.contains('\u{1b}'));
}

#[cfg(unix)]
#[test]
fn arguments_that_are_no_text_are_handled() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new();
    let name = OsStr::from_bytes(b"\xff.yaml");
    let mut command = folder.command();
    command.arg("check").arg(name);
    assert_eq!(run(command, b"").status, 1);
    let mut command = folder.command();
    command.arg("expr").arg(name);
    assert_eq!(run(command, b"").status, 2);
    // The file system may not take such a name.
    if std::fs::write(folder.path().join(name), SHOP).is_ok() {
        let mut command = folder.command();
        command.arg("check").arg(name);
        assert_eq!(run(command, b"").status, 0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_nobody_reads_ends_quietly_and_a_full_disk_does_not() {
    use std::process::Stdio;
    let folder = Folder::with_shop();
    let verbs: [&[&str]; 4] =
        [&["check", "shop.yaml"], &["expr", "1"], &["completions", "bash"], &["--help"]];
    for arguments in verbs {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = folder.command();
        let child = command.args(arguments).stdout(writer).stderr(Stdio::piped()).spawn();
        let output = child.and_then(|child| child.wait_with_output()).expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    }
    let full = std::fs::File::options().write(true).open("/dev/full").expect("/dev/full");
    let mut command = folder.command();
    let child = command.args(["expr", "1"]).stdout(full).stderr(Stdio::piped()).spawn();
    let output = child.and_then(|child| child.wait_with_output()).expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("standard output"));
}
