//! `keygen` and `sign`, and what `verify` says of signatures: secret keys stay
//! secret, and signatures are what minisign makes of them.

mod support;

use serde_json::Value;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};
use support::{Folder, Ran, run};

/// Made by minisign 0.11 without a password, for a key pair that was thrown away.
const MINISIGN_KEY: &str = "untrusted comment: minisign encrypted secret key
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAwj4UAhXL7g/SY7ecETSLNXmR6Sbx3b91dQDNkiQIjLhi0ENNzqwE6USMLt4vCFuqAPd11qs5dJ3izZRlYvBDojHIM1B0Lk8rAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
";
const MINISIGN_PUBLIC: &str = "untrusted comment: minisign public key FEECB1502143EC2
RWTCPhQCFcvuD0SMLt4vCFuqAPd11qs5dJ3izZRlYvBDojHIM1B0Lk8r
";

/// A folder with `shop.stone`, and the pair `k.key` and `k.pub` without a password.
fn ready() -> Folder {
    let folder = Folder::with_shop();
    folder.run(&["compile", "shop.yaml", "-o", "shop.stone", "--quiet"]).expect(0);
    folder.run(&["keygen", "-o", "k", "--no-password"]).expect(0);
    folder
}

fn sign(folder: &Folder, more: &[&str]) -> Ran {
    folder.run(&[&["sign", "shop.stone", "--key", "k.key"], more].concat())
}

fn signature(folder: &Folder) -> String {
    String::from_utf8(folder.read("shop.stone.minisig")).expect("text")
}

fn verify(folder: &Folder, more: &[&str]) -> Ran {
    folder.run(&[&["verify", "shop.stone", "--format", "json", "--key", "k.pub"], more].concat())
}

fn verify_by(folder: &Folder, key: &str) -> Ran {
    folder.run(&["verify", "shop.stone", "--format", "json", "--key", key])
}

#[track_caller]
fn refused(ran: Ran, code: &str) {
    let ran = ran.expect(1);
    let error: Value = serde_json::from_str(ran.stderr.trim()).expect("JSON");
    assert_eq!(error["code"], code, "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
}

#[cfg(unix)]
fn mode(folder: &Folder, name: &str) -> u32 {
    use std::os::unix::fs::MetadataExt;
    folder.file(name).metadata().expect("the file").mode() & 0o777
}

#[cfg(unix)]
fn set_mode(folder: &Folder, name: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder.file(name), fs::Permissions::from_mode(mode)).expect("the mode");
}

/// The binary with a password in its environment.
fn with_password(folder: &Folder, password: &str, arguments: &[&str]) -> Ran {
    let mut command = folder.command();
    command.args(arguments).env("RULESTONE_PASSWORD", password);
    run(command, b"")
}

#[test]
fn a_signed_archive_is_verified_with_who_signed_it_and_how_new_it_is() {
    let folder = ready();
    sign(&folder, &["--sequence", "42", "--comment", "build 7"]).expect(0);
    let ran = verify(&folder, &["--least-sequence", "42"]).expect(0);
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(report["sequence"], 42);
    assert_eq!(report["signed_comment"], "ruleset:shop\tbuild 7");
    let public = String::from_utf8(folder.read("k.pub")).expect("text");
    assert!(public.contains(report["signed_by"].as_str().expect("an id")), "{public}");
    let text = folder.run(&["verify", "shop.stone", "--key", "k.pub"]).expect(0).stdout;
    assert!(text.contains("sequence             42\n"), "{text}");
    assert_eq!(folder.names(), ["k.key", "k.pub", "shop.stone", "shop.stone.minisig", "shop.yaml"]);
}

#[test]
fn each_way_of_being_signed_wrongly_has_its_code() {
    let folder = ready();
    refused(verify(&folder, &[]), "A402");
    sign(&folder, &["--sequence", "42"]).expect(0);
    verify(&folder, &[]).expect(0);
    refused(verify(&folder, &["--least-sequence", "43"]), "A407");
    folder.run(&["keygen", "-o", "other", "--no-password"]).expect(0);
    refused(verify_by(&folder, "other.pub"), "A404");

    let right = signature(&folder);
    folder.write("shop.stone.minisig", right.replace("sequence:42", "sequence:43"));
    refused(verify(&folder, &[]), "A405");
    folder.write("shop.stone.minisig", "untrusted comment: x\n");
    refused(verify(&folder, &[]), "A403");
    folder.write("shop.stone.minisig", &right);
    let mut archive = folder.read("shop.stone");
    archive[100] ^= 1;
    folder.write("shop.stone", archive);
    // The signature is looked at first, so it isn't even asked whether this is an archive.
    refused(verify(&folder, &[]), "A405");
    refused(verify_by(&folder, "shop.yaml"), "A401");
}

#[test]
fn the_same_key_archive_number_and_comment_give_the_same_signature() {
    let folder = ready();
    sign(&folder, &["--sequence", "7", "--comment", "x"]).expect(0);
    let first = signature(&folder);
    sign(&folder, &["--sequence", "7", "--comment", "x"]).expect(0);
    assert_eq!(signature(&folder), first);
    sign(&folder, &["--sequence", "7", "--comment", "y"]).expect(0);
    assert_ne!(signature(&folder), first);
}

#[test]
fn without_a_number_each_signature_is_newer_than_the_last() {
    let folder = ready();
    let sequence = || -> u64 {
        sign(&folder, &[]).expect(0);
        let ran = verify(&folder, &[]).expect(0);
        let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        report["sequence"].as_u64().expect("a number")
    };
    let now = || {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.expect("after 1970").as_secs()
    };
    let before = now();
    let first = sequence();
    assert!((before..=now()).contains(&first), "{first}");
    let second = sequence();
    assert!(second > first);
    // As from a machine whose clock is wrong.
    let ahead = now() + 1_000_000;
    sign(&folder, &["--sequence", &ahead.to_string()]).expect(0);
    assert_eq!(sequence(), ahead + 1);
    // What this key didn't sign counts for nothing.
    let forged = signature(&folder).replace("sequence:", "sequence:9");
    folder.write("shop.stone.minisig", forged);
    assert!(sequence() < ahead);
    sign(&folder, &["--sequence", &u64::MAX.to_string()]).expect(0);
    sign(&folder, &[]).expect(1);
    let ran = sign(&folder, &["--sequence", "1"]).expect(0);
    assert!(ran.stderr.contains("warning: the signature that was there"), "{}", ran.stderr);
}

#[test]
fn what_is_no_archive_is_not_signed() {
    let folder = ready();
    let mut damaged = folder.read("shop.stone");
    damaged[100] ^= 1;
    folder.write("damaged.stone", damaged);
    for archive in ["shop.yaml", "damaged.stone", "missing.stone", "."] {
        folder.run(&["sign", archive, "--key", "k.key"]).expect(1);
    }
    folder.run(&["sign", "-", "--key", "k.key"]).expect(2);
    sign(&folder, &["--comment", "two\nlines"]).expect(2);
    sign(&folder, &["--comment", "a\ttab"]).expect(2);
    sign(&folder, &["--sequence", "-1"]).expect(2);
    assert_eq!(folder.names(), ["damaged.stone", "k.key", "k.pub", "shop.stone", "shop.yaml"]);
}

#[test]
fn keys_are_never_overwritten_unless_that_is_wanted() {
    let folder = ready();
    let (secret, public) = (folder.read("k.key"), folder.read("k.pub"));
    let ran = folder.run(&["keygen", "-o", "k", "--no-password"]).expect(1);
    assert!(ran.stderr.contains("`--force`"), "{}", ran.stderr);
    folder.write("half.pub", "mine");
    folder.run(&["keygen", "-o", "half", "--no-password"]).expect(1);
    assert_eq!((folder.read("k.key"), folder.read("k.pub")), (secret.clone(), public));
    assert_eq!(folder.read("half.pub"), b"mine");
    assert!(!folder.names().contains(&"half.key".to_owned()));
    folder.run(&["keygen", "-o", "k", "--no-password", "--force"]).expect(0);
    assert_ne!(folder.read("k.key"), secret);
    for name in ["missing/k", "shop.yaml/k"] {
        folder.run(&["keygen", "-o", name, "--no-password"]).expect(1);
    }
    for name in ["-", ".", "..", "", "folder/"] {
        folder.run(&["keygen", "-o", name, "--no-password"]).expect(2);
    }
    assert_eq!(folder.names(), ["half.pub", "k.key", "k.pub", "shop.stone", "shop.yaml"]);
}

#[cfg(unix)]
#[test]
fn a_secret_key_is_its_owners_alone() {
    let folder = ready();
    assert_eq!(mode(&folder, "k.key"), 0o600);
    assert_eq!(mode(&folder, "k.pub"), mode(&folder, "shop.yaml"));
    // One that was there with another mode doesn't keep it.
    set_mode(&folder, "k.key", 0o644);
    folder.run(&["keygen", "-o", "k", "--no-password", "--force"]).expect(0);
    assert_eq!(mode(&folder, "k.key"), 0o600);
    for open in [0o640, 0o604, 0o620, 0o660, 0o666] {
        set_mode(&folder, "k.key", open);
        let ran = sign(&folder, &[]).expect(1);
        assert!(ran.stderr.contains("`chmod 600`"), "{}", ran.stderr);
    }
    for closed in [0o600, 0o400] {
        set_mode(&folder, "k.key", closed);
        sign(&folder, &[]).expect(0);
    }
}

#[test]
fn a_key_with_a_password_signs_only_by_it() {
    let folder = ready();
    let secret = "a secret passphrase";
    with_password(&folder, secret, &["keygen", "-o", "p"]).expect(0);
    let sign = ["sign", "shop.stone", "--key", "p.key", "--quiet"];
    with_password(&folder, secret, &sign).expect(0);
    folder.run(&["verify", "shop.stone", "--key", "p.pub"]).expect(0);
    let signed = signature(&folder);

    let ran = with_password(&folder, "another passphrase", &sign).expect(1);
    assert!(ran.stderr.contains("password of the secret key is another one"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("another passphrase"), "{}", ran.stderr);

    folder.write("password", format!("{secret}\nmore\n"));
    #[cfg(unix)]
    {
        set_mode(&folder, "password", 0o644);
        let ran = folder.run(&[&sign[..], &["--password-file", "password"]].concat()).expect(1);
        assert!(ran.stderr.contains("`chmod 600`"), "{}", ran.stderr);
        set_mode(&folder, "password", 0o600);
    }
    folder.run(&[&sign[..], &["--password-file", "password"]].concat()).expect(0);
    assert_ne!(signature(&folder), signed, "signed anew");

    for wrong in ["\n", "", &"x".repeat(1025)] {
        folder.write("password", wrong);
        #[cfg(unix)]
        set_mode(&folder, "password", 0o600);
        folder.run(&["keygen", "-o", "q", "--password-file", "password"]).expect(1);
    }
    folder.run(&["keygen", "-o", "q", "--password-file", "password", "--no-password"]).expect(2);
    assert!(!folder.names().contains(&"q.key".to_owned()));
}

/// The base64 of the secret in a key file, whole groups only: bytes 62 to 94.
fn secret(key: &str) -> &str {
    key.lines().nth(1).and_then(|line| line.get(84..124)).expect("a key")
}

#[track_caller]
fn shows_nothing(ran: &Ran, secret: &str) {
    for part in secret.as_bytes().windows(8) {
        let part = std::str::from_utf8(part).expect("base64");
        assert!(!ran.stdout.contains(part) && !ran.stderr.contains(part), "{part}");
    }
}

#[test]
fn no_secret_is_ever_shown() {
    let folder = ready();
    let key = String::from_utf8(folder.read("k.key")).expect("text");
    let secret = secret(&key);
    for (name, text) in [
        ("k.key", key.clone()),
        ("damaged.key", key.replace("RWQ", "RWR")),
        ("short.key", key[..key.len() - 20].to_owned()),
        ("bare.key", key.lines().nth(1).expect("a line").to_owned()),
    ] {
        folder.write(name, &text);
        #[cfg(unix)]
        set_mode(&folder, name, 0o600);
        for format in ["text", "json"] {
            let uses: [&[&str]; 4] = [
                &["sign", "shop.stone", "--key", name],
                &["verify", "shop.stone", "--key", name],
                &["verify", name],
                &["inspect", name],
            ];
            for arguments in uses {
                let ran = folder.run(&[arguments, &["--format", format]].concat());
                shows_nothing(&ran, secret);
            }
        }
    }
    let ran = folder.run(&["keygen", "-o", "n", "--no-password"]).expect(0);
    let new = String::from_utf8(folder.read("n.key")).expect("text");
    shows_nothing(&ran, self::secret(&new));
}

/// The bytes of a key file's second line.
fn decoded(key: &str) -> Vec<u8> {
    use base64::Engine;
    let line = key.lines().nth(1).expect("a line");
    base64::engine::general_purpose::STANDARD.decode(line).expect("base64")
}

fn encoded(bytes: &[u8]) -> String {
    use base64::Engine;
    let line = base64::engine::general_purpose::STANDARD.encode(bytes);
    format!("untrusted comment: x\n{line}\n")
}

#[test]
fn hostile_key_files_are_refused_and_soon() {
    let folder = ready();
    let good = decoded(&String::from_utf8(folder.read("k.key")).expect("text"));
    let changed = |at: usize, bytes: &[u8]| {
        let mut key = good.clone();
        key[at..at + bytes.len()].copy_from_slice(bytes);
        encoded(&key).into_bytes()
    };
    let with_cost = |operations: u64, memory: u64| {
        let cost = [&operations.to_le_bytes()[..], &memory.to_le_bytes()].concat();
        let mut key = good.clone();
        key[2..4].copy_from_slice(b"Sc");
        key[38..54].copy_from_slice(&cost);
        encoded(&key).into_bytes()
    };
    let mut all = vec![
        Vec::new(),
        b"\n\n".to_vec(),
        b"untrusted comment: x\n".to_vec(),
        vec![0xFF; 300],
        vec![b'A'; 1 << 20],
        encoded(&good[..157]).into_bytes(),
        encoded(&[&good[..], &[0]].concat()).into_bytes(),
        changed(0, b"XX"),
        changed(2, b"XX"),
        changed(4, b"XX"),
        // Another public key than the secret one's, with and without the checksum.
        changed(94, &[7; 32]),
        changed(94, &[0; 64]),
        MINISIGN_PUBLIC.into(),
        folder.read("shop.stone"),
    ];
    // Years of work, terabytes of memory, parameters that there are none for.
    for (operations, memory) in [
        (u64::MAX, u64::MAX),
        (u64::MAX, 1 << 20),
        (1 << 40, 1 << 25),
        (1 << 22, 1 << 50),
        (0, 1 << 31),
    ] {
        all.push(with_cost(operations, memory));
    }
    for (number, key) in all.iter().enumerate() {
        folder.write("bad.key", key);
        #[cfg(unix)]
        set_mode(&folder, "bad.key", 0o600);
        let start = Instant::now();
        let sign = ["sign", "shop.stone", "--key", "bad.key"];
        let ran = with_password(&folder, "x", &sign);
        let error = ran.expect(1).stderr;
        assert!(error.contains("bad.key") && error.starts_with("error: "), "{number}: {error}");
        assert!(start.elapsed() < Duration::from_secs(20), "{number}");
    }
    for path in [".", "missing.key", "/dev/null"] {
        folder.run(&["sign", "shop.stone", "--key", path]).expect(1);
    }
    assert!(!folder.names().contains(&"shop.stone.minisig".to_owned()));
}

#[test]
fn every_changed_bit_of_a_key_without_a_password_is_found() {
    let folder = ready();
    let good = decoded(&String::from_utf8(folder.read("k.key")).expect("text"));
    // Salt and costs mean nothing without a password.
    for at in (0..6).chain((54..158).step_by(7)) {
        let mut key = good.clone();
        key[at] ^= 1;
        folder.write("bad.key", encoded(&key));
        #[cfg(unix)]
        set_mode(&folder, "bad.key", 0o600);
        folder.run(&["sign", "shop.stone", "--key", "bad.key"]).expect(1);
    }
}

#[test]
fn keys_of_minisign_sign() {
    let folder = ready();
    folder.write("m.key", MINISIGN_KEY);
    folder.write("m.pub", MINISIGN_PUBLIC);
    #[cfg(unix)]
    set_mode(&folder, "m.key", 0o600);
    folder.run(&["sign", "shop.stone", "--key", "m.key", "--sequence", "3"]).expect(0);
    folder.run(&["verify", "shop.stone", "--key", "m.pub"]).expect(0);
}

#[test]
fn minisign_accepts_what_is_signed_here() {
    if Command::new("minisign").arg("-v").output().is_err() {
        println!("minisign is not installed: what it signed is kept in other tests");
        return;
    }
    let folder = ready();
    let minisign = |arguments: &[&str]| {
        let mut command = Command::new("minisign");
        command.args(arguments).current_dir(folder.path());
        run(command, b"passphrase\n")
    };
    sign(&folder, &["--sequence", "5"]).expect(0);
    minisign(&["-Vm", "shop.stone", "-p", "k.pub"]).expect(0);
    minisign(&["-Sm", "shop.stone", "-s", "k.key", "-W", "-t", "sequence:6"]).expect(0);
    verify(&folder, &["--least-sequence", "6"]).expect(0);
    // It reads a key that is enciphered here.
    with_password(&folder, "passphrase", &["keygen", "-o", "p"]).expect(0);
    minisign(&["-Sm", "shop.stone", "-s", "p.key", "-t", "sequence:7"]).expect(0);
    folder.run(&["verify", "shop.stone", "--key", "p.pub", "--least-sequence", "7"]).expect(0);
    folder.write("shop.stone", b"changed");
    minisign(&["-Vm", "shop.stone", "-p", "p.pub"]).expect(1);
}
