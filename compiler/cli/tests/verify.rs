//! `verify`: costs and limits are told, and it ends whatever it is given.

mod support;

use serde_json::Value;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::{Folder, SHOP};

/// A public key in minisign's form, of nobody.
const PUBLIC_KEY: &str = "untrusted comment: minisign public key FEECB1502143EC2
RWTCPhQCFcvuD0SMLt4vCFuqAPd11qs5dJ3izZRlYvBDojHIM1B0Lk8r
";

/// A folder with `shop.stone`, and `k.pub`.
fn with_archive() -> Folder {
    let folder = Folder::with_shop();
    folder.run(&["compile", "shop.yaml", "-o", "shop.stone", "--quiet"]).expect(0);
    folder.write("k.pub", PUBLIC_KEY);
    folder
}

#[test]
fn costs_and_limits_are_told() {
    let folder = with_archive();
    let ran = folder.run(&["verify", "shop.stone", "--format", "json", "--strict"]).expect(0);
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!((&report["default_limits"], &report["strict_limits"]), (&true.into(), &true.into()));
    assert!(report["session_bytes"].as_u64().is_some_and(|bytes| bytes > 4096), "{report}");
    assert!(report["worst-case_cost"].as_u64().is_some_and(|cost| cost > 0), "{report}");
    assert!(report.get("beyond_strict").is_none());
}

#[test]
fn what_is_beyond_the_limits_that_are_asked_for_is_told_and_refused() {
    let folder = Folder::new();
    // 16 loops in 16 loops, and more rules than a client's archive may have.
    let source = SHOP.replace("max_items: 4", "max_items: 64").replace(
        "rules:\n",
        "rules:\n  - id: dear\n    condition: player.tags.exists(a, player.tags.exists(b, \
         player.tags.exists(c, player.tags.exists(d, a + b == c + d))))\n",
    );
    folder.write("dear.yaml", &source);
    folder.run(&["compile", "dear.yaml", "-o", "dear.stone", "--quiet"]).expect(0);
    let ran = folder.run(&["verify", "dear.stone", "--strict"]).expect(1);
    assert!(ran.stdout.contains("strict limits        no\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("beyond strict        worst-case cost of"), "{}", ran.stdout);
    assert!(ran.stderr.contains("A301: beyond the strict limits"), "{}", ran.stderr);

    let rules: String =
        (0..1001).map(|n| format!("  - {{id: r{n}, condition: player.level == {n}}}\n")).collect();
    let split = SHOP.find("tests:").expect("tests");
    folder.write("many.yaml", format!("{}{rules}", &SHOP[..split]));
    folder.run(&["compile", "many.yaml", "-o", "many.stone", "--quiet"]).expect(0);
    let ran = folder.run(&["verify", "many.stone"]).expect(0);
    assert!(
        ran.stdout.contains("beyond strict        rules: 1,005, at most 1,000"),
        "{}",
        ran.stdout
    );
    let ran = folder.run(&["verify", "many.stone", "--strict", "--format", "json"]).expect(1);
    let error: Value = serde_json::from_str(ran.stderr.trim()).expect("JSON");
    assert_eq!(error["code"], "A302");
}

/// Waits for the end of a process, but not for ever.
#[track_caller]
fn ends(folder: &Folder, arguments: &[&str]) -> i32 {
    let mut command = folder.command();
    command.args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the binary starts");
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a status") {
            return status.code().expect("no signal ended it");
        }
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().expect("it is ended");
            panic!("{arguments:?} doesn't end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(unix)]
#[test]
fn verify_ends_whatever_is_at_the_path() {
    let folder = with_archive();
    let status = Command::new("mkfifo").arg(folder.file("pipe")).status().expect("mkfifo");
    assert!(status.success());
    let socket = std::os::unix::net::UnixListener::bind(folder.file("socket")).expect("a socket");
    std::os::unix::fs::symlink("loop", folder.file("loop")).expect("a link");
    std::os::unix::fs::symlink("pipe", folder.file("to-pipe")).expect("a link");
    folder.write("empty", b"");
    fs::File::create(folder.file("huge")).expect("a file").set_len(1 << 40).expect("is sparse");
    for path in [
        "pipe",
        "to-pipe",
        "socket",
        "loop",
        "empty",
        "huge",
        ".",
        "/",
        "missing",
        "shop.yaml",
        "shop.yaml/x",
        "/dev/null",
        "/dev/zero",
        "/dev/tty",
        "/dev/full",
        "/proc/self/mem",
        "/proc/self/pagemap",
        "/proc/kmsg",
    ] {
        assert_eq!(ends(&folder, &["verify", path]), 1, "{path}");
        assert_eq!(ends(&folder, &["verify", path, "--strict"]), 1, "{path}");
        assert_eq!(ends(&folder, &["verify", path, "--key", "k.pub"]), 1, "{path}");
        assert_eq!(ends(&folder, &["verify", "shop.stone", "--key", path]), 1, "{path}");
    }
    // In the place of a signature.
    fs::rename(folder.file("pipe"), folder.file("shop.stone.minisig")).expect("is moved");
    assert_eq!(ends(&folder, &["verify", "shop.stone", "--key", "k.pub"]), 1);
    drop(socket);
}

#[test]
fn verify_ends_with_0_or_1_on_any_bytes() {
    let folder = with_archive();
    let good = folder.read("shop.stone");
    let mut state = 1_u64;
    let mut random = move || {
        // Knuth's MMIX generator.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for round in 0..60 {
        let mut bytes = good.clone();
        match round % 4 {
            0 => bytes.truncate(random() % bytes.len()),
            1 => bytes = (0..random() % 4096).map(|_| random() as u8).collect(),
            _ => {
                for _ in 0..=random() % 8 {
                    let at = 64 + random() % (bytes.len() - 64);
                    bytes[at] = random() as u8;
                }
                // As who damages it on purpose would mend it.
                let header = rulestone_format::header::Header::of(&bytes[64..]).to_bytes();
                bytes[..64].copy_from_slice(&header);
            }
        }
        folder.write("any.stone", &bytes);
        let status = ends(&folder, &["verify", "any.stone", "--strict"]);
        assert!(matches!(status, 0 | 1), "round {round}: {status}");
    }
}
