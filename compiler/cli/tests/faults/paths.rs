//! What stands where a file should: every verb says so, soon, in little memory.
//!
//! A table of all the ways in which verbs read paths, and a table of things
//! that may stand there. Each of the one meets each of the other.

use crate::child::{BINARY, Ended, Limits, NOBODY, command, finish, run, run_as_nobody};
use crate::support::{Folder, KIM};
use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;

/// Every way in which a verb reads a path; `@` is the path.
const READING: &[&[&str]] = &[
    &["check", "@"],
    &["compile", "@", "-o", "new.stone"],
    &["test", "@"],
    &["eval", "@", "--facts", "facts.jsonl"],
    &["eval", "shop.stone", "--facts", "@"],
    &["expr", "1", "--schema", "@"],
    &["expr", "1", "--schema", "shop.yaml", "--facts", "@"],
    &["keygen", "-o", "new", "--password-file", "@"],
    &["sign", "@", "--key", "k.key"],
    &["sign", "shop.stone", "--key", "@"],
    &["verify", "@"],
    &["verify", "shop.stone", "--key", "@"],
    &["inspect", "@"],
    &["disasm", "@"],
    &["emit-rust", "@", "-o", "twin"],
    &["bench", "@", "--facts", "facts.jsonl", "--seconds", "0.01"],
    &["bench", "shop.stone", "--facts", "@", "--seconds", "0.01"],
];

/// Verbs that read no file.
const READING_NOTHING: &[&str] = &["completions", "help"];

/// KiB of address space: more than the largest file that is accepted needs, and
/// less than the huge ones have.
const MEMORY: u64 = 1 << 20;

/// Bytes of a huge file.
const HUGE: u64 = 5 << 30;

fn is_facts(reading: &[&str]) -> bool {
    reading.windows(2).any(|pair| pair == ["--facts", "@"])
}

fn read<'a>(reading: &[&'a str], path: &'a str) -> Vec<&'a str> {
    reading.iter().map(|argument| if *argument == "@" { path } else { argument }).collect()
}

fn within() -> Limits {
    Limits { memory: Some(MEMORY), ..Limits::default() }
}

/// A ruleset, its archive, facts, and things that are no such files.
fn folder() -> Folder {
    let folder = Folder::with_shop();
    folder.write("facts.jsonl", format!("{KIM}\n"));
    folder.run(&["compile", "shop.yaml", "-o", "shop.stone", "--quiet"]).expect(0);
    folder.run(&["keygen", "-o", "k", "--no-password"]).expect(0);
    fs::create_dir(folder.file("folder")).expect("a folder");
    let made = Command::new("mkfifo").arg(folder.file("pipe")).status();
    assert!(made.is_ok_and(|status| status.success()), "`mkfifo` makes no pipe");
    drop(UnixListener::bind(folder.file("socket")).expect("a socket"));
    symlink("loop", folder.file("loop")).expect("a link");
    symlink("nowhere", folder.file("dangling")).expect("a link");
    folder
}

/// What the child said must name the path and end as it should.
#[track_caller]
fn is_refused(ended: Ended, path: &str) -> Ended {
    let ended = ended.expect(1);
    assert!(ended.stderr.contains(path), "{path} is not named: {ended:?}");
    assert!(ended.stdout.lines().count() <= 1, "{ended:?}");
    ended
}

#[test]
fn every_verb_that_reads_a_path_is_tried() {
    let help = Command::new(BINARY).arg("--help").output().expect("the binary starts").stdout;
    let help = String::from_utf8(help).expect("help is text");
    let commands = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next());
    let verbs: BTreeSet<&str> = commands
        .expect("a list of verbs")
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|verb| !verb.is_empty() && !READING_NOTHING.contains(verb))
        .collect();
    let tried: BTreeSet<&str> = READING.iter().filter_map(|r| r.first()).copied().collect();
    assert_eq!(verbs, tried, "add the verb to the tables of this file");
}

#[test]
fn what_is_no_file_is_refused_by_name() {
    let folder = folder();
    for reading in READING {
        for path in ["missing", "folder", "pipe", "socket", "loop", "dangling", "/dev/zero"] {
            is_refused(run(&folder, &read(reading, path), within()), path);
            let arguments = [&read(reading, path)[..], &["--format", "json"]].concat();
            let ended = is_refused(run(&folder, &arguments, within()), path);
            for line in ended.stderr.lines() {
                let error = serde_json::from_str::<serde_json::Value>(line);
                assert!(error.is_ok_and(|e| e["severity"] == "error"), "{reading:?}: {line}");
            }
        }
    }
    for made in ["new.stone", "twin", "new.key", "new.pub", "shop.stone.minisig"] {
        assert!(!folder.file(made).exists(), "{made}");
    }
}

#[test]
fn what_is_no_file_among_the_files_of_a_ruleset_is_refused_by_name() {
    let folder = folder();
    folder.write("rules/ruleset.yaml", folder.read("shop.yaml"));
    run(&folder, &["check", "rules"], within()).expect(0);
    for path in ["pipe", "socket", "loop", "dangling"] {
        let inside = folder.file("rules").join(format!("{path}.yaml"));
        fs::rename(folder.file(path), &inside).expect("it is there");
        for verb in ["check", "test"] {
            is_refused(run(&folder, &[verb, "rules"], within()), &format!("rules/{path}.yaml"));
        }
        fs::remove_file(inside).expect("it is there");
    }
    let file = File::create(folder.file("rules/huge.yaml")).expect("a file");
    if file.set_len(HUGE).is_ok() {
        is_refused(run(&folder, &["check", "rules"], within()), "rules/huge.yaml");
    }
}

#[test]
fn an_empty_file_is_no_ruleset_and_no_archive_but_may_be_facts() {
    let folder = folder();
    folder.write("empty", "");
    for reading in READING {
        let ended = run(&folder, &read(reading, "empty"), within());
        match (is_facts(reading), reading[0]) {
            (true, "bench") => {
                assert!(ended.expect(1).stderr.contains("no good facts"));
            }
            (true, _) => {
                assert_eq!(ended.expect(0).stderr, "");
            }
            (false, _) => {
                is_refused(ended, "empty");
            }
        }
    }
}

#[test]
fn a_huge_file_is_refused_without_being_read_into_memory() {
    let folder = folder();
    let huge = |name: &str| {
        let file = File::create(folder.file(name)).expect("a file");
        file.set_len(HUGE).is_ok()
    };
    if !huge("huge") {
        println!("SKIPPED: this file system has no sparse files of 5 GiB");
        return;
    }
    for reading in READING.iter().filter(|reading| !is_facts(reading)) {
        is_refused(run(&folder, &read(reading, "huge"), within()), "huge");
    }
    // Of the right magic, length and all, as far as the header goes.
    let mut header = folder.read("shop.stone");
    header.truncate(64);
    header[24..32].copy_from_slice(&(HUGE - 64).to_le_bytes());
    folder.write("huge.stone", &header);
    let file = File::options().write(true).open(folder.file("huge.stone")).expect("it is there");
    file.set_len(HUGE).expect("it grows");
    for reading in READING.iter().filter(|reading| !is_facts(reading)) {
        let ended = is_refused(run(&folder, &read(reading, "huge.stone"), within()), "huge.stone");
        let loads = ["verify", "sign", "inspect", "disasm", "eval", "bench"].contains(&reading[0]);
        if loads && reading[1] == "@" {
            assert!(ended.stderr.contains("A302"), "{ended:?}");
        }
    }
}

/// One line of 5 GiB: too long, but no reason to give up or to use 5 GiB.
#[test]
fn facts_without_end_of_line_are_one_bad_line() {
    let folder = folder();
    let file = File::create(folder.file("huge")).expect("a file");
    if file.set_len(HUGE).is_err() {
        println!("SKIPPED: this file system has no sparse files of 5 GiB");
        return;
    }
    let eval = ["eval", "shop.stone", "--facts", "huge"];
    let ended = run(&folder, &eval, within()).expect(1);
    assert_eq!(ended.stdout, "{\"error\":\"line 1: longer than 64 MiB\"}\n");
}

#[test]
fn standard_input_is_read_up_to_a_limit() {
    let folder = folder();
    let file = File::create(folder.file("huge")).expect("a file");
    if file.set_len(HUGE).is_err() {
        println!("SKIPPED: this file system has no sparse files of 5 GiB");
        return;
    }
    for reading in [&["check", "-"][..], &["verify", "-"], &["eval", "-", "--facts", "facts.jsonl"]]
    {
        let mut command = command(&folder, reading, within());
        command.stdin(File::open(folder.file("huge")).expect("it is there"));
        let ended = finish(command, &format!("{reading:?}")).expect(1);
        assert!(ended.stderr.contains("<stdin>"), "{ended:?}");
    }
}

/// `--facts <(zcat facts.jsonl.gz)`, as bash makes of it.
#[test]
fn facts_come_through_a_pipe_that_a_shell_hands_over() {
    let folder = folder();
    let mut command = Command::new("sh");
    let script = "cat facts.jsonl | \"$0\" eval shop.stone --facts /dev/fd/3 3<&0 </dev/null";
    command.args(["-c", script, BINARY]).current_dir(folder.path());
    let ended = finish(command, "eval").expect(0);
    assert_eq!(ended.stdout.lines().count(), 1, "{ended:?}");
}

#[test]
fn what_may_not_be_read_is_refused_by_name() {
    let folder = folder();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).expect("it is ours");
    for name in ["shop.yaml", "shop.stone", "facts.jsonl"] {
        fs::set_permissions(folder.file(name), Permissions::from_mode(0o644)).expect("ours");
    }
    folder.write("secret", "rulestone: v1");
    fs::create_dir(folder.file("vault")).expect("a folder");
    for name in ["secret", "vault"] {
        fs::set_permissions(folder.file(name), Permissions::from_mode(0o000)).expect("ours");
    }
    // Who may read everything becomes someone who may not.
    let is_root = fs::read(folder.file("secret")).is_ok();
    for path in ["secret", "vault", "vault/x.yaml"] {
        for reading in READING {
            let arguments = read(reading, path);
            let ended = match is_root {
                true => run_as_nobody(&folder, &arguments),
                false => Some(run(&folder, &arguments, within())),
            };
            let Some(ended) = ended else {
                println!("SKIPPED: this user may read everything, and can't become another");
                return;
            };
            is_refused(ended, path);
        }
    }
}

#[test]
fn a_folder_that_may_not_be_written_to_is_said_so() {
    let folder = folder();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("it is ours");
    fs::set_permissions(folder.file("shop.yaml"), Permissions::from_mode(0o644)).expect("ours");
    fs::create_dir(folder.file("sealed")).expect("a folder");
    folder.write("sealed/shop.stone", "old");
    fs::set_permissions(folder.file("sealed"), Permissions::from_mode(0o555)).expect("ours");
    let arguments = ["compile", "shop.yaml", "-o", "sealed/shop.stone"];
    let is_root = chown(folder.file("shop.yaml"), Some(NOBODY), None).is_ok();
    let ended = match is_root {
        true => run_as_nobody(&folder, &arguments),
        false => Some(run(&folder, &arguments, within())),
    };
    let Some(ended) = ended else {
        println!("SKIPPED: this user may write everywhere, and can't become another");
        return;
    };
    let ended = is_refused(ended, "sealed/shop.stone");
    assert!(ended.stderr.contains("cannot write"), "{ended:?}");
    assert!(ended.stderr.contains("unchanged"), "{ended:?}");
    assert_eq!(folder.read("sealed/shop.stone"), b"old");
    fs::set_permissions(folder.file("sealed"), Permissions::from_mode(0o755)).expect("ours");
}

#[test]
fn an_archive_is_written_only_where_a_file_may_be() {
    let folder = folder();
    for output in ["folder", "pipe", "socket", "loop", "dangling", "missing/x.stone"] {
        is_refused(run(&folder, &["compile", "shop.yaml", "-o", output], within()), output);
    }
    assert!(folder.file("loop").is_symlink() && folder.file("dangling").is_symlink());
    folder.write("empty", "");
    run(&folder, &["compile", "shop.yaml", "-o", "empty"], within()).expect(0);
    assert_eq!(folder.read("empty"), folder.read("shop.stone"));
}
