//! What loading promises: only what is in order comes in, from any address,
//! and nothing that happens to the file afterwards matters.

mod limits;

use crate::error::{FileKind, LoadError};
use crate::limits::Limits;
use crate::live::Live;
use crate::ruleset::Ruleset;
use crate::testing::{archive, every_kind, file, file_of};
use regex_automata::Input;
use regex_automata::dfa::{Automaton, dense};
use rulestone_format::ErrorCode;
use rulestone_format::archive::Blob;
use rulestone_format::header::Header;
use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use tempfile::TempDir;

fn folder() -> TempDir {
    TempDir::new().expect("a temporary folder")
}

fn written(folder: &TempDir, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join("test.stone");
    fs::write(&path, bytes).expect("is written");
    path
}

fn code(result: Result<Ruleset, LoadError>) -> Option<ErrorCode> {
    result.expect_err("is refused").code()
}

#[test]
fn an_archive_is_loaded_from_a_file_from_memory_and_from_a_mapping() {
    let folder = folder();
    let path = written(&folder, &file(&every_kind()));
    let opened = Ruleset::open(&path).expect("is in order");
    let copied = Ruleset::from_bytes(&file(&every_kind())).expect("is in order");
    #[allow(unsafe_code, reason = "the function under test")]
    // SAFETY: the file lies in a folder of this test's own, and nobody changes it.
    let mapped = unsafe { Ruleset::map_file(&path, &Limits::default()) }.expect("is in order");
    for ruleset in [opened, copied, mapped] {
        assert_eq!(ruleset.identity().name, "test");
        assert_eq!(ruleset.identity().source_hash, &[7; 32]);
        assert!(ruleset.identity().enabled);
        let facts: Vec<String> = ruleset
            .facts()
            .map(|fact| format!("{fact:?} {:?} {}", fact.bound(), fact.is_optional()))
            .collect();
        assert_eq!(facts.len(), every_kind().len());
        assert_eq!(facts[0], "now: timestamp None false");
        assert_eq!(facts[6], "player.platform: enum(ios, android, web, switch) None true");
        assert_eq!(facts[13], "item.grid: list(list(map(string, string))) Some(3) true");
        for fact in ruleset.facts() {
            assert_eq!(ruleset.fact(fact.path()), Some(fact.id()));
        }
        assert_eq!(ruleset.fact("player"), None);
        assert_eq!(ruleset.rules().len(), 0);
        assert_eq!(ruleset.outputs().len(), 0);
    }
}

#[test]
fn a_ruleset_is_shared_by_threads() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<Ruleset>();
}

#[test]
fn an_archive_is_read_in_place_at_every_address() {
    let bytes = file(&every_kind());
    for offset in 0..64 {
        let mut moved = vec![0xA5; offset];
        moved.extend_from_slice(&bytes);
        let body = &moved[offset + 64..];
        let archived = super::archive::check_structure(body).expect("is well-formed");
        assert_eq!(archived.schema.facts.len(), every_kind().len());
        assert!(Ruleset::from_bytes(&moved[offset..]).is_ok(), "{offset}");
    }
}

#[test]
fn a_file_that_is_cut_short_or_overwritten_while_it_is_open_changes_nothing() {
    let folder = folder();
    let path = written(&folder, &file(&every_kind()));
    let ruleset = Ruleset::open(&path).expect("is in order");
    OpenOptions::new()
        .write(true)
        .truncate(true)
        .open(&path)
        .expect("is cut")
        .write_all(b"overwritten")
        .expect("is written");
    assert_eq!(ruleset.facts().len(), every_kind().len());
    assert_eq!(ruleset.identity().name, "test");
    fs::remove_file(&path).expect("is removed");
    assert!(ruleset.fact("player.level").is_some());
}

#[cfg(target_os = "linux")]
#[test]
fn a_copy_in_sealed_memory_is_what_open_gives() {
    let folder = folder();
    let path = written(&folder, &file(&every_kind()));
    let storage = super::copy(&path, 1 << 20).expect("is read");
    assert!(format!("{storage:?}").starts_with("Mapped("), "{storage:?}");
    let maps = fs::read_to_string("/proc/self/maps").expect("is Linux");
    assert!(maps.contains("memfd:rulestone"));
}

#[test]
fn the_fallback_reads_the_same_bytes() {
    let folder = folder();
    let bytes = file(&every_kind());
    let path = written(&folder, &bytes);
    let mut opened = fs::File::open(&path).expect("opens");
    let storage = super::copy_owned(&mut opened, bytes.len() as u64, u64::MAX).expect("is read");
    assert_eq!(storage.bytes(), bytes);
    let mut opened = fs::File::open(&path).expect("opens");
    // A file that has grown since its length was asked is read up to the limit.
    let storage = super::copy_owned(&mut opened, 10, 20).expect("is read");
    assert_eq!(storage.bytes(), &bytes[..20]);
}

#[test]
fn what_is_no_regular_file_is_refused_by_name() {
    let folder = folder();
    let missing = folder.path().join("missing.stone");
    let error = Ruleset::open(&missing).expect_err("isn't there");
    assert!(matches!(&error, LoadError::Io { path, .. } if *path == missing));
    let text = error.to_string();
    assert!(text.starts_with(&format!("cannot read {}: ", missing.display())), "{text}");
    assert!(text.ends_with("; is the path right, and is the archive compiled?"), "{text}");
    assert!(error.source().is_some());

    let error = Ruleset::open(folder.path()).expect_err("is a folder");
    assert!(matches!(error, LoadError::NotAFile { found: FileKind::Folder, .. }));
    assert!(error.to_string().contains("is a folder, not an archive"));

    let path = written(&folder, b"");
    let error = Ruleset::open(&path).expect_err("is empty");
    assert!(matches!(error, LoadError::Empty { .. }));
    assert_eq!(error.to_string(), format!("{} is empty; was it written whole?", path.display()));
    assert_eq!(error.path(), Some(path.as_path()));
}

#[cfg(target_os = "linux")]
#[test]
fn pipes_and_devices_are_refused_without_waiting() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let folder = folder();
    let pipe = folder.path().join("pipe");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).expect("makes a pipe");
    for path in [pipe, PathBuf::from("/dev/zero")] {
        let error = Ruleset::open(&path).expect_err("is no file");
        assert!(matches!(error, LoadError::NotAFile { found: FileKind::Special, .. }));
        assert!(error.to_string().contains("is not a regular file"));
    }
}

#[test]
fn garbage_is_refused_with_a_code() {
    let folder = folder();
    let bytes = file(&every_kind());
    for (garbage, expected) in [
        (b"rulestone: v1\n".to_vec(), ErrorCode::NotAnArchive),
        (vec![0; 4096], ErrorCode::NotAnArchive),
        (bytes[..bytes.len() - 1].to_vec(), ErrorCode::Truncated),
        (bytes[..40].to_vec(), ErrorCode::Truncated),
        ([&bytes[..], &[0]].concat(), ErrorCode::TrailingBytes),
    ] {
        let path = written(&folder, &garbage);
        let error = Ruleset::open(&path).expect_err("is garbage");
        assert_eq!(error.code(), Some(expected));
        assert!(error.to_string().starts_with(&format!("{}: A0", path.display())));
        assert_eq!(code(Ruleset::from_bytes(&garbage)), Some(expected));
    }
    assert_eq!(code(Ruleset::from_bytes(&[])), Some(ErrorCode::NotAnArchive));
}

#[test]
fn a_body_that_is_no_archive_is_refused_though_its_hash_is_right() {
    for body in [vec![], vec![0; 3], vec![0xFF; 4096], vec![0; 4096]] {
        let mut bytes = Header::of(&body).to_bytes().to_vec();
        bytes.extend_from_slice(&body);
        if let Err(error) = Ruleset::from_vec(bytes) {
            assert!(error.code().is_some());
        } else {
            // A body of zeros is well-formed, and empty; the verifier has the last word on it.
            assert_eq!(body, vec![0; 4096]);
        }
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let bytes = file(&every_kind());
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(code(Ruleset::from_vec(changed)).is_some(), "{bit}");
    }
}

#[test]
fn every_flipped_bit_under_a_mended_hash_is_refused_or_harmless() {
    let bytes = file(&every_kind());
    let mut loaded = 0;
    for bit in 64 * 8..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let header = Header::of(&changed[64..]).to_bytes();
        changed[..64].copy_from_slice(&header);
        if let Ok(ruleset) = Ruleset::from_vec(changed) {
            loaded += 1;
            let named: usize = ruleset.facts().map(|fact| format!("{fact:?}").len()).sum();
            assert!(named < 1 << 20);
            let facts = serde_json::json!({"now": 0, "player": {"name": "x", "level": 1}});
            let _ = ruleset.encode(&facts);
        }
    }
    // The source's hash, at least, may be anything.
    assert!(loaded >= 32 * 8);
}

#[test]
fn archives_above_the_limit_are_refused_before_they_are_read() {
    let folder = folder();
    let bytes = file(&every_kind());
    let path = written(&folder, &bytes);
    let limits = Limits::default().with_bytes(bytes.len() - 1);
    let refused = Some(ErrorCode::TooLarge);
    assert_eq!(code(Ruleset::open_with(&path, &limits)), refused);
    assert_eq!(code(Ruleset::from_vec_with(bytes.clone(), &limits)), refused);
    assert_eq!(code(Ruleset::from_bytes_with(&bytes, &limits)), refused);
    let limits = limits.with_bytes(bytes.len());
    assert!(Ruleset::open_with(&path, &limits).is_ok());

    // Had it been read, it would be no archive.
    fs::write(&path, vec![0; 4096]).expect("is written");
    let limits = limits.with_bytes(4095);
    assert_eq!(code(Ruleset::open_with(&path, &limits)), refused);
    #[allow(unsafe_code, reason = "the function under test")]
    // SAFETY: the file lies in a folder of this test's own, and nobody changes it.
    let mapped = unsafe { Ruleset::map_file(&path, &limits) };
    assert_eq!(code(mapped), refused);
}

#[test]
fn a_file_that_grows_while_it_is_read_is_refused_as_too_large() {
    let folder = folder();
    let path = written(&folder, &[0xAB; 100]);
    let mut growing = fs::File::open(&path).expect("opens");
    fs::write(&path, [0xAB; 4096]).expect("is written");
    let storage = super::copy_owned(&mut growing, 100, 101).expect("is read");
    assert_eq!(storage.bytes().len(), 101, "one more than the limit shows it");
    let archive = super::Archive::new(storage, &Limits::default().with_bytes(100));
    assert!(matches!(archive, Err(super::Refusal::Limit(_))), "{archive:?}");
}

#[test]
fn regexes_must_be_automata_and_must_not_multiply() {
    let build = |bytes: &[u8], times: usize| {
        let mut ruleset = archive(&every_kind());
        let blob = Blob { offset: ruleset.data.len() as u32, length: bytes.len() as u32 };
        ruleset.data.extend_from_slice(bytes);
        ruleset.regexes = vec![blob; times];
        Ruleset::from_vec(file_of(&ruleset))
    };
    let automaton = dense::DFA::new("[a-c]+$").expect("builds");
    let automaton = automaton.to_sparse().expect("builds");
    let bytes = automaton.to_bytes_little_endian();
    let ruleset = build(&bytes, 1).expect("is in order");
    let regex = ruleset.loaded().plan.interpreter.regex(0).expect("is there");
    let found =
        |text: &str| regex.automaton.try_search_fwd(&Input::new(text)).map(|found| found.is_some());
    assert_eq!(found("xyzabc").ok(), Some(true));
    assert_eq!(found("abcx").ok(), Some(false));
    assert!(ruleset.loaded().plan.interpreter.regex(1).is_none());
    let wrong = Some(ErrorCode::RegexTable);
    assert_eq!(code(build(&bytes, 64)), wrong);
    assert_eq!(code(build(&[&bytes[..], &[0]].concat(), 1)), wrong);
    assert_eq!(code(build(b"no automaton", 1)), wrong);
    assert_eq!(code(build(b"", 1)), wrong);
}

#[test]
fn paths_of_absurd_length_are_refused() {
    let mut ruleset = archive(&every_kind());
    ruleset.data.resize(8 << 20, b'a');
    for (index, fact) in ruleset.schema.facts.iter_mut().enumerate() {
        fact.path.offset = 1000 + index as u32;
        fact.path.length = (8 << 20) - fact.path.offset;
    }
    assert!(code(Ruleset::from_vec(file_of(&ruleset))).is_some());
}

#[test]
fn reloading_keeps_the_old_ruleset_where_the_new_one_is_refused() {
    let folder = folder();
    let path = written(&folder, &file(&every_kind()[..3]));
    let live = Live::new(Ruleset::open(&path).expect("is in order"));
    let before = live.load();
    assert!(live.is_current(&before));

    fs::write(&path, b"half an archive").expect("is written");
    let error = live.reload(&path).expect_err("is refused");
    assert_eq!(error.code(), Some(ErrorCode::NotAnArchive));
    assert!(live.is_current(&before));

    fs::write(&path, file(&every_kind())).expect("is written");
    live.reload(&path).expect("is in order");
    assert!(!live.is_current(&before));
    assert_eq!(live.load().facts().len(), every_kind().len());
    assert_eq!(before.facts().len(), 3);

    let replaced = live.replace(before.clone());
    assert_eq!(replaced.facts().len(), every_kind().len());
    assert!(live.is_current(&before));
}

#[test]
fn readers_see_whole_rulesets_while_another_thread_replaces_them() {
    let few = Ruleset::from_vec(file(&every_kind()[..3])).expect("is in order");
    let all = Ruleset::from_vec(file(&every_kind())).expect("is in order");
    let live = Live::new(few.clone());
    std::thread::scope(|scope| {
        let reader = || {
            for _ in 0..2000 {
                let ruleset = live.load();
                assert!([3, every_kind().len()].contains(&ruleset.facts().len()));
            }
        };
        scope.spawn(reader);
        scope.spawn(reader);
        for turn in 0..2000 {
            live.replace(if turn % 2 == 0 { all.clone() } else { few.clone() });
        }
    });
}
