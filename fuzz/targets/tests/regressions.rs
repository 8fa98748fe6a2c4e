//! What fuzzing has found stays found: every file in `fuzz/regressions/TARGET`
//! and every seed goes through its target again, on stable Rust and without a
//! fuzzer.
//!
//! Archives lie at odd addresses here, as they do while they are fuzzed.

#[path = "../../../compiler/tests/alignment/displacing.rs"]
mod displacing;

use rulestone_fuzz_targets::input::placement::{copy_at, offset};
use rulestone_fuzz_targets::{TARGETS, Target, seed};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// An input that takes longer than this is one that never ends. A fuzzer gives
/// each some seconds; here many tests run at once.
const PATIENCE: Duration = Duration::from_secs(120);

fn regressions() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../regressions")
}

/// Files of a folder by name, in order.
fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let paths = entries.map(|entry| entry.expect("a folder can be read").path());
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut files: Vec<_> = paths.map(|path| (name(&path).unwrap_or_default(), path)).collect();
    files.sort();
    files
}

/// Runs a target on inputs, each with a name.
fn replay(target: Target, inputs: Vec<(String, Vec<u8>)>) {
    for (name, bytes) in inputs {
        let (done, result) = mpsc::channel();
        let input = thread::Builder::new().name(format!("{}/{name}", target.name));
        let running = input.spawn(move || {
            // As the fuzzer has it, and whatever it would leave to other inputs.
            (target.run)(&bytes);
            (target.run_all)(&bytes);
            // Who waits may have given up.
            let _ = done.send(());
        });
        let running = running.expect("a thread can be started");
        match result.recv_timeout(PATIENCE) {
            Err(mpsc::RecvTimeoutError::Timeout) => {
                panic!("{}: {name} takes more than {} s", target.name, PATIENCE.as_secs())
            }
            _ => assert!(running.join().is_ok(), "{}: {name}: see above", target.name),
        }
    }
}

fn target(name: &str) -> Target {
    *TARGETS.iter().find(|target| target.name == name).expect("there is such a target")
}

/// What is kept for a target, and its seeds.
fn replay_all(name: &str) {
    let kept = files(&regressions().join(name));
    assert!(!kept.is_empty(), "nothing is kept for {name}");
    let kept = kept.into_iter().map(|(name, path)| {
        let bytes = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        (name, bytes)
    });
    let seeds = seed::all().into_iter().filter(|seed| seed.targets.contains(&name));
    let seeds = seeds.map(|seed| (format!("seed {}", seed.name), seed.bytes));
    replay(target(name), kept.chain(seeds).collect());
}

macro_rules! targets {
    ($($name:ident)+) => {
        /// Names of the tests below.
        const REPLAYED: &[&str] = &[$(stringify!($name)),+];

        $(
            #[test]
            fn $name() {
                replay_all(stringify!($name));
            }
        )+
    };
}

targets! {
    archive archive_raw cel decision differential expression facts frame limits roundtrip
    signature source
}

#[test]
fn every_target_is_replayed_and_every_file_has_a_target() {
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(REPLAYED, names);
    let folders: Vec<String> = files(&regressions()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(folders, names);
}

#[test]
fn bytes_can_be_put_at_every_address() {
    for offset in 0..64 {
        let copy = copy_at(offset, b"archive");
        assert_eq!(copy.as_ptr() as usize % 64, offset);
        assert_eq!(copy, b"archive");
    }
}

#[test]
#[should_panic(expected = "cel: broken: see above")]
fn a_target_that_panics_fails_its_test() {
    let broken = Target { name: "cel", run: |_| panic!("as it should"), run_all: |_| {} };
    replay(broken, vec![("broken".to_owned(), Vec::new())]);
}
