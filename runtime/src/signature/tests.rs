//! What signatures promise: whoever lacks the secret key can change nothing,
//! and nothing older comes back.

use super::{PublicKey, Signature, SignatureFault, path_beside, trusted_comment};
use crate::error::LoadError;
use crate::limits::Limits;
use crate::live::Live;
use crate::ruleset::Ruleset;
use crate::testing::{self, every_kind, file, file_of};
use blake2::{Blake2b512, Digest};
use ed25519_dalek::{Signer, SigningKey};
use rulestone_format::ErrorCode;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// Made by minisign 0.11, for a key pair that was thrown away.
const GOLDEN: &[u8] = b"an archive, as far as a signature goes\n";
const GOLDEN_KEY: &str = "untrusted comment: minisign public key FEECB1502143EC2
RWTCPhQCFcvuD0SMLt4vCFuqAPd11qs5dJ3izZRlYvBDojHIM1B0Lk8r
";
const GOLDEN_SIGNATURE: &str = "untrusted comment: by minisign 0.11
RUTCPhQCFcvuD7cMOYxThb+LF6k6wBIbt9cIt0xirXojI1Ry1gm6leq3tICxWNP6jtzWJoc4JCxk3/PbDoVVKf8adZB+yHQ+Dgg=
trusted comment: sequence:7\truleset:shop
3UGQyERgvoBFyWFgTYP2BRzIPrCYl21IQh6KEpUr2ijGPSFs6mQeuXp8lZKBpuxgA7179s2cSk86RqWEXw/MAA==
";
/// The same key's, of the form that minisign makes with `-l`.
const GOLDEN_LEGACY: &str = "untrusted comment: signature from minisign secret key
RWTCPhQCFcvuD0HyHz4gmgODf7HoKWLlTxFYfwZZPC6Kj3yLvKJaBktKh0INJ9sfzexgbYVJ3r7kE5IFB78paiWEWtMalSWh5ww=
trusted comment: sequence:7
w3Mzkn3kb/NzegY3KL5alweazrrba5N+iTLyVp4cGmEfmRYGPOQwT/wBYRZB2ZHrIc/dQg2hRunagVlYayBaCw==
";

/// Someone with a secret key.
struct Signatory {
    key: SigningKey,
    id: [u8; 8],
}

impl Signatory {
    fn new(number: u8) -> Signatory {
        Signatory { key: SigningKey::from_bytes(&[number; 32]), id: [number; 8] }
    }

    fn public(&self) -> PublicKey {
        let key = self.key.verifying_key();
        let bytes = [b"Ed", &self.id[..], key.as_bytes()].concat();
        base64(&bytes).parse().expect("is a key")
    }

    /// A signature by hand, with any trusted comment.
    fn sign_with(&self, bytes: &[u8], comment: &str) -> String {
        let signature = self.key.sign(&Blake2b512::digest(bytes)).to_bytes();
        let whole = [&signature[..], comment.as_bytes()].concat();
        let first = base64(&[b"ED", &self.id[..], &signature].concat());
        let second = base64(&self.key.sign(&whole).to_bytes());
        format!("untrusted comment: x\n{first}\ntrusted comment: {comment}\n{second}\n")
    }

    fn sign(&self, bytes: &[u8], sequence: u64) -> String {
        self.sign_with(bytes, &trusted_comment(sequence, "ruleset:test"))
    }
}

/// By RFC 4648, for tests only.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let quantum = |chunk: &[u8]| {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let digit = |at: u32| char::from(DIGITS[(bits >> (18 - 6 * at)) as usize & 63]);
        let text: String = (0..=chunk.len() as u32).map(digit).collect();
        format!("{text:=<4}")
    };
    bytes.chunks(3).map(quantum).collect()
}

fn archive() -> Vec<u8> {
    file(&every_kind())
}

fn from_bytes(bytes: &[u8], text: &str, least: u64) -> Result<Ruleset, Option<ErrorCode>> {
    let key = Signatory::new(1).public();
    Ruleset::from_signed_bytes(bytes, text, &key, least).map_err(|error| error.code())
}

#[track_caller]
fn refused(bytes: &[u8], text: &str, least: u64, code: ErrorCode) {
    assert_eq!(from_bytes(bytes, text, least).err(), Some(Some(code)));
}

#[test]
fn what_minisign_signs_is_accepted() {
    let key: PublicKey = GOLDEN_KEY.parse().expect("is a key");
    assert_eq!(key.id().to_string(), "0FEECB1502143EC2");
    let signature = Signature::check(GOLDEN, GOLDEN_SIGNATURE, &key, 7).expect("is right");
    assert_eq!((signature.sequence(), signature.comment()), (7, "ruleset:shop"));
    assert_eq!(signature.key(), key.id());
    // As a checkout on Windows may have it.
    let text = GOLDEN_SIGNATURE.replace('\n', "\r\n");
    assert_eq!(Signature::check(GOLDEN, &text, &key, 7), Ok(signature));
}

#[test]
fn a_signature_of_the_bytes_themselves_is_refused() {
    let key: PublicKey = GOLDEN_KEY.parse().expect("is a key");
    let fault = Signature::check(GOLDEN, GOLDEN_LEGACY, &key, 0);
    assert_eq!(fault, Err(SignatureFault::Malformed));
}

#[test]
fn an_archive_is_loaded_by_a_signature_of_the_right_key() {
    let bytes = archive();
    let text = Signatory::new(1).sign(&bytes, 17);
    let ruleset = from_bytes(&bytes, &text, 17).expect("is signed");
    let signature = ruleset.signature().expect("it was checked");
    assert_eq!((signature.sequence(), signature.comment()), (17, "ruleset:test"));
    assert_eq!(signature.key(), Signatory::new(1).public().id());
    assert!(Ruleset::from_bytes(&bytes).expect("is in order").signature().is_none());
}

#[test]
fn another_key_is_named() {
    let bytes = archive();
    let text = Signatory::new(2).sign(&bytes, 17);
    refused(&bytes, &text, 0, ErrorCode::SignatureKey);
    let key = Signatory::new(1).public();
    let error = Ruleset::from_signed_bytes(&bytes, &text, &key, 0).expect_err("is refused");
    let expected =
        "A404: the archive is signed by another key: 0202020202020202, not 0101010101010101";
    assert_eq!(error.to_string(), expected);
    // Of the same id, which anyone can give to a key.
    let forger = Signatory { id: [1; 8], ..Signatory::new(2) };
    refused(&bytes, &forger.sign(&bytes, 17), 0, ErrorCode::SignatureMismatch);
}

#[test]
fn every_changed_byte_of_an_archive_is_refused() {
    let bytes = archive();
    let text = Signatory::new(1).sign(&bytes, 17);
    // Verifying takes its time: each byte of the header, some of the body.
    for at in (0..64).chain((64..bytes.len()).step_by(97)).chain([bytes.len() - 1]) {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        refused(&changed, &text, 0, ErrorCode::SignatureMismatch);
    }
    refused(&bytes[..bytes.len() - 1], &text, 0, ErrorCode::SignatureMismatch);
    refused(&[&bytes[..], &[0]].concat(), &text, 0, ErrorCode::SignatureMismatch);
    refused(&[], &text, 0, ErrorCode::SignatureMismatch);
}

#[test]
fn every_changed_byte_of_a_signature_is_refused() {
    let bytes = archive();
    let text = Signatory::new(1).sign(&bytes, 17);
    let first_line = text.find('\n').expect("has lines");
    for at in 0..text.len() {
        let mut changed = text.clone().into_bytes();
        changed[at] ^= 2;
        let Ok(changed) = String::from_utf8(changed) else { continue };
        let result = from_bytes(&bytes, &changed, 0);
        // The first comment is anybody's.
        let is_free = (super::form::UNTRUSTED.len()..first_line).contains(&at);
        match result {
            Ok(_) => assert!(is_free, "{at}: {changed}"),
            Err(code) => assert!(
                matches!(
                    code,
                    Some(
                        ErrorCode::SignatureForm
                            | ErrorCode::SignatureKey
                            | ErrorCode::SignatureMismatch
                    )
                ),
                "{at}: {code:?}"
            ),
        }
    }
}

#[test]
fn the_sequence_of_another_signature_cannot_be_put_in() {
    let bytes = archive();
    let signatory = Signatory::new(1);
    let text = signatory.sign(&bytes, 17);
    let raised = text.replace("sequence:17", "sequence:18");
    refused(&bytes, &raised, 0, ErrorCode::SignatureMismatch);
    // Nor can the comment of one archive go with the signature of another.
    let other = signatory.sign(b"another archive", 18);
    let (mine, its): (Vec<&str>, Vec<&str>) = (text.lines().collect(), other.lines().collect());
    let mixed = [mine[0], mine[1], its[2], its[3]].join("\n");
    refused(&bytes, &mixed, 0, ErrorCode::SignatureMismatch);
}

#[test]
fn garbage_is_no_signature() {
    let bytes = archive();
    let text = Signatory::new(1).sign(&bytes, 17);
    let lines: Vec<&str> = text.lines().collect();
    let long = format!("untrusted comment: {}\n{}", "x".repeat(20_000), lines[1..].join("\n"));
    for garbage in [
        "",
        "\n\n\n\n",
        "untrusted comment: x",
        "untrusted comment: x\n\ntrusted comment: \n\n",
        &text[..text.len() - 3],
        &lines[1..].join("\n"),
        &lines[..3].join("\n"),
        &format!("{text}more\n"),
        &text.replace("trusted comment: s", "trusted comments: s"),
        &text.replacen("untrusted", "trusted", 1),
        &format!("\u{feff}{text}"),
        &text.replace('=', ""),
        &"\u{1f600}\n".repeat(4),
        GOLDEN_KEY,
        &long,
    ] {
        refused(&bytes, garbage, 0, ErrorCode::SignatureForm);
    }
}

#[test]
fn a_sequence_number_is_written_in_one_way() {
    let bytes = archive();
    let signatory = Signatory::new(1);
    for comment in [
        "",
        "sequence:",
        "sequence:x",
        "sequence:+1",
        "sequence:01",
        "sequence:1 ",
        "sequence:-1",
        "sequence: 1",
        "sequence:18446744073709551616",
        "file:x\tsequence:1",
        "timestamp:1700000000\tfile:test.stone\thashed",
    ] {
        refused(&bytes, &signatory.sign_with(&bytes, comment), 0, ErrorCode::SequenceMissing);
    }
    for (comment, sequence, rest) in [
        ("sequence:0", 0, ""),
        ("sequence:18446744073709551615", u64::MAX, ""),
        ("sequence:3\tsequence:4", 3, "sequence:4"),
    ] {
        let text = signatory.sign_with(&bytes, comment);
        let ruleset = from_bytes(&bytes, &text, 0).expect("is signed");
        let signature = ruleset.signature().expect("it was checked");
        assert_eq!((signature.sequence(), signature.comment()), (sequence, rest));
    }
}

#[test]
fn what_is_older_than_required_is_refused() {
    let bytes = archive();
    let text = Signatory::new(1).sign(&bytes, 17);
    assert!(from_bytes(&bytes, &text, 17).is_ok());
    refused(&bytes, &text, 18, ErrorCode::SequenceOld);
    let key = Signatory::new(1).public();
    let error = Ruleset::from_signed_bytes(&bytes, &text, &key, 18).expect_err("is refused");
    assert!(error.to_string().contains("sequence 17, at least 18"), "{error}");
}

#[test]
fn what_is_signed_must_be_an_archive_within_the_limits_all_the_same() {
    let signatory = Signatory::new(1);
    let garbage = vec![0; 4096];
    refused(&garbage, &signatory.sign(&garbage, 1), 0, ErrorCode::NotAnArchive);
    let bytes = archive();
    let limits = Limits::default().with_bytes(bytes.len() - 1);
    let (text, key) = (signatory.sign(&bytes, 1), signatory.public());
    let error = Ruleset::from_signed_bytes_with(&bytes, &text, &key, 0, &limits);
    assert_eq!(error.expect_err("is too large").code(), Some(ErrorCode::TooLarge));
}

#[test]
fn public_keys_are_read_from_their_file_or_their_line() {
    let line = GOLDEN_KEY.lines().nth(1).expect("has two lines");
    for text in [GOLDEN_KEY, line, &format!("{line}\r\n"), &GOLDEN_KEY.replace('\n', "\r\n")] {
        let key: PublicKey = text.parse().expect("is a key");
        assert_eq!(format!("{key:?}"), "PublicKey(0FEECB1502143EC2)");
        assert!(Signature::check(GOLDEN, GOLDEN_SIGNATURE, &key, 0).is_ok());
    }
    // Nor one with the algorithm of signatures, which minisign refuses as well.
    let other = line.replacen("RW", "RU", 1);
    let long = format!("{line}A");
    for text in ["", "\n", "RWT", &line[..55], &long, GOLDEN_SIGNATURE, &other, "é"] {
        let error = text.parse::<PublicKey>().expect_err("is no key");
        assert_eq!(error.code(), ErrorCode::PublicKey);
    }
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("k.pub");
    fs::write(&path, GOLDEN_KEY).expect("is written");
    assert!(PublicKey::open(&path).is_ok());
    let opened = |path: PathBuf| PublicKey::open(path).expect_err("is refused");
    for bytes in [&b""[..], b"\xff\xff", &[b'A'; 100_000]] {
        fs::write(&path, bytes).expect("is written");
        let error = opened(path.clone());
        assert_eq!(error.code(), Some(ErrorCode::PublicKey), "{error}");
        assert_eq!(error.path(), Some(path.as_path()));
    }
    assert!(matches!(opened(folder.path().join("none")), LoadError::Io { .. }));
    assert_eq!(opened(folder.path().into()).code(), Some(ErrorCode::PublicKey));
}

/// An archive on disk, with its signature beside it.
struct Published {
    folder: TempDir,
    path: PathBuf,
}

impl Published {
    fn new() -> Published {
        let folder = TempDir::new().expect("a temporary folder");
        let path = folder.path().join("event.stone");
        Published { folder, path }
    }

    fn publish(&self, bytes: &[u8], signature: &str) {
        fs::write(&self.path, bytes).expect("is written");
        fs::write(path_beside(&self.path), signature).expect("is written");
    }

    fn open(&self, least: u64) -> Result<Ruleset, LoadError> {
        Ruleset::open_signed(&self.path, &Signatory::new(1).public(), least)
    }
}

#[test]
fn a_signature_lies_beside_its_archive() {
    let published = Published::new();
    let bytes = archive();
    assert_eq!(path_beside(&published.path), published.folder.path().join("event.stone.minisig"));
    published.publish(&bytes, &Signatory::new(1).sign(&bytes, 5));
    assert_eq!(published.open(5).expect("is signed").facts().len(), every_kind().len());
    assert_eq!(published.open(6).expect_err("is old").code(), Some(ErrorCode::SequenceOld));

    fs::remove_file(path_beside(&published.path)).expect("is removed");
    let error = published.open(0).expect_err("is unsigned");
    assert_eq!(error.code(), Some(ErrorCode::Unsigned));
    assert_eq!(error.path(), Some(path_beside(&published.path).as_path()));
    assert!(error.to_string().contains("`rulestone sign`"), "{error}");

    for signature in [&b""[..], b"\xff", &[b'x'; 100_000]] {
        fs::write(path_beside(&published.path), signature).expect("is written");
        let error = published.open(0).expect_err("is no signature");
        assert_eq!(error.code(), Some(ErrorCode::SignatureForm));
    }
    fs::remove_file(path_beside(&published.path)).expect("is removed");
    fs::create_dir(path_beside(&published.path)).expect("is made");
    let error = published.open(0).expect_err("is no signature");
    assert_eq!(error.code(), Some(ErrorCode::SignatureForm));
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_in_the_place_of_a_signature_is_refused_without_waiting() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let published = Published::new();
    fs::write(&published.path, archive()).expect("is written");
    let pipe = path_beside(&published.path);
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).expect("makes a pipe");
    let error = published.open(0).expect_err("is no signature");
    assert_eq!(error.code(), Some(ErrorCode::SignatureForm));
}

#[test]
fn a_signed_ruleset_is_never_followed_by_an_older_one() {
    let (signatory, published) = (Signatory::new(1), Published::new());
    let key = signatory.public();
    // Of another source.
    let mut other = testing::archive(&every_kind());
    other.identity.source_hash = [8; 32];
    let (all, other) = (archive(), file_of(&other));
    published.publish(&all, &signatory.sign(&all, 5));
    let live = Live::new(published.open(0).expect("is signed"));
    let first = live.load();
    let refused = |code| {
        let error = live.reload_signed(&published.path, &key).expect_err("is refused");
        assert_eq!(error.code(), Some(code), "{error}");
        assert_eq!(error.path(), Some(published.path.as_path()));
    };

    published.publish(&other, &signatory.sign(&other, 4));
    refused(ErrorCode::SequenceOld);
    published.publish(&other, &signatory.sign(&other, 5));
    refused(ErrorCode::SequenceReused);
    published.publish(&other, &Signatory::new(2).sign(&other, 6));
    refused(ErrorCode::SignatureKey);
    published.publish(&other, &signatory.sign(&all, 6));
    refused(ErrorCode::SignatureMismatch);
    assert!(live.is_current(&first), "what is refused changes nothing");

    // The same once more is fine, and nobody needs new sessions for it.
    published.publish(&all, &signatory.sign(&all, 5));
    live.reload_signed(&published.path, &key).expect("is the same");
    assert!(live.is_current(&first));

    published.publish(&other, &signatory.sign(&other, 6));
    live.reload_signed(&published.path, &key).expect("is newer");
    assert_eq!(live.load().identity().source_hash, &[8; 32]);
    published.publish(&all, &signatory.sign(&all, 5));
    refused(ErrorCode::SequenceOld);

    // Nor does a ruleset of another origin in between make it forget.
    live.replace(first.clone());
    live.replace(Ruleset::from_bytes(&all).expect("is in order"));
    live.reload(&published.path).expect("is in order");
    refused(ErrorCode::SequenceOld);
    published.publish(&all, &signatory.sign(&all, 7));
    live.reload_signed(&published.path, &key).expect("is newer");
    assert_eq!(live.load().signature().map(Signature::sequence), Some(7));
    // The same bytes, signed anew.
    published.publish(&all, &signatory.sign(&all, 8));
    live.reload_signed(&published.path, &key).expect("is newer");
    assert_eq!(live.load().signature().map(Signature::sequence), Some(8));
}

#[test]
fn of_archives_that_are_loaded_at_once_the_newest_stays() {
    let signatory = Signatory::new(1);
    let key = signatory.public();
    let all = archive();
    let live = Live::new(Ruleset::from_bytes(&all).expect("is in order"));
    let sources: Vec<Published> = (1..=4).map(|_| Published::new()).collect();
    for (sequence, source) in (1..).zip(&sources) {
        source.publish(&all, &signatory.sign(&all, sequence));
    }
    std::thread::scope(|scope| {
        for source in &sources {
            scope.spawn(|| {
                for _ in 0..5 {
                    let _ = live.reload_signed(&source.path, &key);
                }
            });
        }
    });
    assert_eq!(live.load().signature().map(Signature::sequence), Some(4));
}
