//! Archives of each version of the format, kept as files: those that this build
//! says it reads stay readable, and decide as they did; others are refused with
//! words that help.
//!
//! In `golden/vN/`, N being the version of the format: `ruleset.yaml`, the
//! `archive.stone` that was made of it then, `facts.jsonl`, the same facts as
//! `frames.hex` (a frame a line, as encoders wrote it then), and the
//! `decisions.jsonl` about them.
//!
//! Where the layout has changed on purpose,
//! `RULESTONE_BLESS=1 cargo test -p rulestone-compiler --test golden` makes the
//! archive and the frames of the current version anew. Decisions don't depend
//! on the layout: those that are there are never changed.

mod support;

use rulestone::{ErrorCode, Ruleset, Session};
use rulestone_compiler::compile;
use rulestone_compiler::source::Input;
use rulestone_compiler::{Indexing, Options};
use rulestone_format::version::{FORMAT_VERSION, LANGUAGE_VERSION};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use support::Twin;

/// How to make files anew; part of messages.
const BLESS: &str = "RULESTONE_BLESS=1 cargo test -p rulestone-compiler --test golden";

/// Where the versions stand in a header.
const FORMAT_AT: usize = 8;
const LANGUAGE_AT: usize = 10;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The versions of the format that there are archives of, ascending.
fn versions() -> Vec<u16> {
    let entries = fs::read_dir(root()).expect("the folder is there").flatten();
    let version = |entry: fs::DirEntry| {
        entry.file_name().to_str().and_then(|name| name.strip_prefix('v')?.parse().ok())
    };
    let mut versions: Vec<u16> = entries.filter_map(version).collect();
    versions.sort_unstable();
    versions
}

fn folder(version: u16) -> PathBuf {
    root().join(format!("v{version}"))
}

fn read(folder: &Path, name: &str) -> String {
    let path = folder.join(name);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}; run {BLESS}", path.display()))
}

fn source(folder: &Path) -> Input {
    Input::Memory(vec![("ruleset.yaml".to_owned(), read(folder, "ruleset.yaml").into_bytes())])
}

/// An archive of now, with all tables of the index, however few the rules are.
fn archive(folder: &Path) -> Vec<u8> {
    let options = Options { index: Indexing::Always, ..Options::default() };
    compile(&source(folder), options).archive.expect("the source is good")
}

fn encode(ruleset: &Ruleset, facts: &str) -> Vec<u8> {
    let facts: serde_json::Value = serde_json::from_str(facts).expect("the facts are JSON");
    ruleset.encode(&facts).expect("the facts are good")
}

fn decide(session: &mut Session, frame: &[u8]) -> String {
    let mut line = Vec::new();
    session.decide(frame).expect("the frame is good").write_json(&mut line);
    String::from_utf8(line).expect("JSON is UTF-8")
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_hexadecimal(line: &str) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).expect("hexadecimal digits") as u8;
    let digits: Vec<u8> = line.as_bytes().iter().map(digit).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}

/// Makes what is kept of the current version. A new version takes its ruleset
/// and facts from the one before.
fn bless() {
    let folder = folder(FORMAT_VERSION);
    fs::create_dir_all(&folder).expect("the folder can be made");
    let before = versions().into_iter().rev().find(|version| *version < FORMAT_VERSION);
    for name in ["ruleset.yaml", "facts.jsonl", "decisions.jsonl"] {
        if let Some(before) = before
            && !folder.join(name).exists()
        {
            fs::copy(self::folder(before).join(name), folder.join(name)).expect("it is there");
        }
    }
    let twin = Twin::compile(&source(&folder)).unwrap_or_else(|error| panic!("{error}"));
    let mut session = twin.ruleset.session();
    let (mut frames, mut decisions) = (String::new(), String::new());
    for facts in read(&folder, "facts.jsonl").lines() {
        let frame = encode(&twin.ruleset, facts);
        let _ = writeln!(frames, "{}", hexadecimal(&frame));
        // Both evaluators are asked, and must agree.
        let _ = writeln!(decisions, "{}", twin.decide(&mut session, &frame));
    }
    let kept = fs::read_to_string(folder.join("decisions.jsonl"));
    if kept.is_ok_and(|kept| kept != decisions) {
        panic!("the decisions have changed, not only the layout:\n{decisions}");
    }
    let archive = archive(&folder);
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.join(name), bytes).expect("it can be written");
    };
    write("archive.stone", &archive);
    write("frames.hex", frames.as_bytes());
    write("decisions.jsonl", decisions.as_bytes());
    println!("wrote {}", folder.display());
}

#[test]
fn archives_of_each_version_decide_as_they_did_or_are_refused_with_help() {
    if std::env::var_os("RULESTONE_BLESS").is_some() {
        bless();
    }
    let versions = versions();
    assert!(versions.contains(&FORMAT_VERSION), "no archive of this version is kept: run {BLESS}");
    for version in versions {
        let folder = folder(version);
        let archive = folder.join("archive.stone");
        match version {
            FORMAT_VERSION => decides_as_it_did(&folder, &archive),
            version => is_refused(&archive, version),
        }
    }
}

fn decides_as_it_did(folder: &Path, archive: &Path) {
    let ruleset = Ruleset::open(archive).unwrap_or_else(|error| {
        panic!(
            "{error}\nThis build says that it reads format version {FORMAT_VERSION}, and can't \
             read an archive of it: archives that are in use would be refused.\nIf that is \
             meant, raise `FORMAT_VERSION`; if this version was never released, or just raised, \
             keep a new archive by\n    {BLESS}"
        )
    });
    let mut session = ruleset.session();
    let (facts, frames) = (read(folder, "facts.jsonl"), read(folder, "frames.hex"));
    let decisions = read(folder, "decisions.jsonl");
    let count = decisions.lines().count();
    assert!(count >= 6 && facts.lines().count() == count && frames.lines().count() == count);
    let lines = facts.lines().zip(frames.lines()).zip(decisions.lines());
    for (number, ((facts, frame), expected)) in lines.enumerate() {
        let old = decide(&mut session, &from_hexadecimal(frame));
        assert_eq!(old, expected, "line {}, a frame of then", number + 1);
        let new = encode(&ruleset, facts);
        assert_eq!(decide(&mut session, &new), expected, "line {}, a frame of now", number + 1);
        assert_eq!(hexadecimal(&new), frame, "line {}: encoders write other frames", number + 1);
    }
}

/// What is said of an archive of some version.
#[track_caller]
fn refusal(bytes: Vec<u8>, expected: ErrorCode) -> String {
    let error = Ruleset::from_vec(bytes).expect_err("another version is refused");
    assert_eq!(error.code(), Some(expected), "{error}");
    error.to_string()
}

#[track_caller]
fn is_refused(archive: &Path, version: u16) {
    let bytes = fs::read(archive).expect("the archive is there");
    let text = refusal(bytes, ErrorCode::FormatVersion);
    assert!(text.contains(&format!("has format version {version}, ")), "{text}");
    assert!(text.contains(&format!(" than version {FORMAT_VERSION}, ")), "{text}");
    assert!(text.contains("compile the ruleset again"), "{text}");
}

#[test]
fn a_newer_or_older_version_is_named_with_what_to_do() {
    let whole = archive(&folder(FORMAT_VERSION));
    for (code, at, what, known) in [
        (ErrorCode::FormatVersion, FORMAT_AT, "format", FORMAT_VERSION),
        (ErrorCode::LanguageVersion, LANGUAGE_AT, "language", LANGUAGE_VERSION),
    ] {
        for other in [known + 1, known + 41, u16::MAX, known - 1] {
            let mut bytes = whole.clone();
            bytes[at..at + 2].copy_from_slice(&other.to_le_bytes());
            let text = refusal(bytes.clone(), code);
            let (age, advice) = match other > known {
                true => ("newer", "; update Rulestone here, or compile the ruleset again by "),
                false => ("older", "; compile the ruleset again by "),
            };
            let versions = format!(
                "{}: the archive has {what} version {other}, {age} than version {known},",
                code.as_str()
            );
            assert!(text.starts_with(&versions), "{text}");
            assert!(text.contains(advice), "{text}");
            // Whatever else is other in it: nothing behind the version is looked at.
            bytes.truncate(64);
            bytes[12..].fill(0xEE);
            assert_eq!(refusal(bytes, code), text);
        }
    }
}
