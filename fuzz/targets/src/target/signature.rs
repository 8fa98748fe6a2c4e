//! Bytes as the text of a public key or of a signature: whatever they say, only
//! the signature that was made for an archive, by the one key that is trusted,
//! lets it in.

use rulestone::{LoadError, PublicKey, Ruleset};
use rulestone_format::ErrorCode;
use std::fs;

/// What was signed. No archive: a signature is checked before the archive is
/// looked at, so that is what it is refused for.
pub const SIGNED: &[u8] = include_bytes!("../../../seeds/signed.txt");

/// The key that it was signed with, and its signature.
pub const KEY: &str = include_str!("../../../seeds/signed.pub");
pub const SIGNATURE: &str = include_str!("../../../seeds/signed.minisig");

/// First byte of an input that is a key; the rest is its text.
pub const A_KEY: u8 = b'k';

/// First byte of an input that is a signature.
pub const A_SIGNATURE: u8 = b's';

/// A key, a signature, or neither.
pub fn run(data: &[u8]) {
    match data.split_first() {
        Some((&A_KEY, text)) => key(text),
        Some((&A_SIGNATURE, text)) => signature(text),
        _ => {}
    }
}

fn key(text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else { return };
    let key: PublicKey = match text.parse() {
        Ok(key) => key,
        Err(error) => return assert_eq!(error.code(), ErrorCode::PublicKey),
    };
    let trusted: PublicKey = KEY.parse().expect("it is a key");
    assert_eq!(format!("{key:?}"), format!("PublicKey({})", key.id()));
    if is_let_in(SIGNATURE.as_bytes(), &key) {
        assert_eq!(key.id(), trusted.id());
        assert!(text.contains(KEY.lines().nth(1).unwrap_or_default()), "a key in other words");
    }
}

fn signature(text: &[u8]) {
    let trusted: PublicKey = KEY.parse().expect("it is a key");
    if is_let_in(text, &trusted) {
        let text = std::str::from_utf8(text).expect("only text is read");
        for line in SIGNATURE.lines().skip(1) {
            assert!(text.lines().any(|other| other.trim_ascii() == line), "without {line:?}");
        }
    }
}

/// Whether the archive beside this signature is looked at.
fn is_let_in(signature: &[u8], key: &PublicKey) -> bool {
    // One for each process, in which each thread has files of its own.
    let folder = std::env::temp_dir().join(format!("rulestone-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder can be made");
    let archive = folder.join(format!("{:?}", std::thread::current().id()));
    let beside = rulestone::signature::path_beside(&archive);
    fs::write(&archive, SIGNED).expect("a file can be written");
    fs::write(&beside, signature).expect("a file can be written");
    let refusal = Ruleset::open_signed(&archive, key, 0).expect_err("it is no archive");
    let _ = fs::remove_file(&archive);
    let _ = fs::remove_file(&beside);
    let _ = fs::remove_dir(&folder);
    assert!(!refusal.to_string().is_empty());
    match &refusal {
        LoadError::Signature { .. } => false,
        other => {
            assert_eq!(other.code(), Some(ErrorCode::NotAnArchive), "{other}");
            true
        }
    }
}
